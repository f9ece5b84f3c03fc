using System.Text.Json;
using CrmPortal.Api;
using CrmPortal.Core.Network;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Network;

/// <summary>
/// What the RADIUS server of a shop asks and tells, in the JSON of FreeRADIUS's rlm_rest: attributes by their names, whatever else the API
/// calls its fields.
/// </summary>
internal static class NetworkAccessEndpoints
{
    /// <summary>Bare: the module of FreeRADIUS takes nothing else.</summary>
    private const string JsonType = "application/json";

    /// <summary>What somebody is told who is refused. Who may not know the password is told nothing of the contract.</summary>
    private const string Refused = "Name or password is wrong.";

    private const string Suspended = "The access is suspended.";

    public static void MapNetworkAccess(this RouteGroupBuilder api)
    {
        var access = api.MapGroup("/network-access").WithTags("Network access").WithMetadata(new NoLimitWithKey());
        access.MapPost("/authorise", AuthoriseAsync)
            .Documented("AuthoriseAccess", "Ask whether somebody is let in, as FreeRADIUS does by rlm_rest", Permissions.NetworkAccess,
                NetworkExamples.AccessRequest, 200, NetworkExamples.AccessAccept)
            .WithDescription("Passwords are checked here, by PAP or CHAP, and answered to nobody. Who is refused is answered 401, with the "
                + "reason as Reply-Message.");
        access.MapPost("/accounting", AccountAsync).NeedsPermission(Permissions.NetworkAccess)
            .WithName("AccountAccess").WithSummary("Tell of sessions, as FreeRADIUS does by rlm_rest")
            .WithMetadata(new ApiExample(0, NetworkExamples.Accounting)).AnswersProblems(400, 401, 403, 413, 415, 429, 500, 503)
            .WithDescription("Start, interim and stop, of which each may come twice, late or not at all. Sessions of nobody that is known "
                + "are taken and forgotten, so that the access server does not repeat them.");
    }

    private static async Task<ContentHttpResult> AuthoriseAsync(JsonElement body, NetworkAccessService access,
        CancellationToken cancellationToken)
    {
        var request = PacketOf(body).ToAccessRequest();
        if (request.Name is null) throw new ApiException(StatusCodes.Status400BadRequest, "The packet has no User-Name.");
        var answer = await access.AuthoriseAsync(request, cancellationToken);
        return answer.Verdict == AccessVerdict.Accepted ? Answer(200, [new("control:Auth-Type", "Accept"),
                .. answer.Attributes.Select(a => new KeyValuePair<string, object>("reply:" + a.Key, a.Value))])
            : Answer(401, [new("reply:Reply-Message", IsOfPassword(answer.Verdict) ? Refused : Suspended)]);
    }

    private static async Task<NoContent> AccountAsync(JsonElement body, NetworkAccessService access,
        CancellationToken cancellationToken)
    {
        await access.AccountAsync(PacketOf(body).ToReport(), cancellationToken);
        return TypedResults.NoContent();
    }

    private static RadiusPacket PacketOf(JsonElement body) => new RadiusPacket(body) is { IsPacket: true } packet ? packet
        : throw new ApiException(StatusCodes.Status400BadRequest, "Send the attributes of a packet as an object.");

    private static bool IsOfPassword(AccessVerdict verdict) =>
        verdict is AccessVerdict.UnknownName or AccessVerdict.WrongPassword or AccessVerdict.NoPassword;

    /// <summary>Attributes of one name stand together. A text is none that FreeRADIUS should fill in: % is a sign like others.</summary>
    private static ContentHttpResult Answer(int status, IReadOnlyList<KeyValuePair<string, object>> attributes) => TypedResults.Content(
        JsonSerializer.Serialize(attributes.GroupBy(a => a.Key).ToDictionary(g => g.Key, g => new Dictionary<string, object>
        {
            ["op"] = g.Count() > 1 ? "+=" : ":=", ["value"] = g.Select(a => a.Value).ToList(), ["do_xlat"] = false,
        })), JsonType, statusCode: status);
}
