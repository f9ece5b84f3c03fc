using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using CrmPortal.Account;
using CrmPortal.Api;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail.Incoming;
using CrmPortal.Core.Tickets;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Tickets;

/// <summary>What became of a mail that was handed over.</summary>
/// <param name="Outcome">What it was taken for.</param>
/// <param name="TicketId">The ticket that it belongs to, where it belongs to one.</param>
/// <param name="IsKnown">Whether it had been taken before; then nothing was changed.</param>
internal sealed record MailTaken(IntakeOutcome Outcome, long? TicketId, bool IsKnown);

/// <summary>Takes raw mails from mail servers, which hold the key of the setting and sign in by nothing else.</summary>
internal static class MailIntakeEndpoint
{
    public const string Path = "/api/tickets/mail";
    public const string KeyHeader = "X-Intake-Key";
    public const string MailType = "message/rfc822";
    private const string RetryAfter = "60";

    public static void MapMailIntake(this RouteGroupBuilder api) => api.MapPost("/tickets/mail", TakeAsync).AllowAnonymous()
        .WithTags("Tickets").WithName("TakeMail").WithSummary("Hand over a raw mail")
        .WithDescription("For mail servers: makes a ticket or a message of a mail, each mail once. The key is that of the setting "
            + "`Support:IntakeKey`; without the setting the answer is 404. After 503 the mail must be brought again. Of a mail larger than "
            + "50 MB the first 50 MB and one byte may be sent; its beginning is kept.")
        .Accepts<Stream>(MailType, "application/octet-stream", "text/plain")
        .WithMetadata(new TakesFiles(_ => MailReader.MostBytes + 1L), new LimitsItself())
        .WithExample(null, 200, """{ "outcome": "new_ticket", "ticket_id": 81, "is_known": false }""")
        .AnswersProblems(400, 401, 404, 413, 415, 429, 500, 503, 507);

    private static async Task<Ok<MailTaken>> TakeAsync(
        [FromHeader(Name = KeyHeader), Description("The key of the setting.")] string? key,
        [Description("A name for the way by which the mail came.")] string? mailbox,
        [Description("For whom the mail was delivered, where its headers may not say so.")] string? to,
        HttpContext http, IMailIntake intake, CurrentUser user, SignInGuard guard, IDatabaseProvider provider,
        IOptions<SupportOptions> support)
    {
        if (support.Value.IntakeKey is not { Length: > 0 } expected) throw ApiException.NotFound("No mails are taken here.");
        if (!IsSame(key, expected)) throw await RefusedAsync(http, guard);
        var way = string.IsNullOrWhiteSpace(mailbox) ? "HTTP" : mailbox.Trim();
        if (way.Length > ReceivedMail.MailboxLength || StoredText.IsUnstorable(way))
            throw ApiException.BadField("mailbox", $"This must have {ReceivedMail.MailboxLength} characters or fewer.");
        if (to is { Length: > 0 } && (to.Length > TextRules.EmailLength || !TextRules.IsEmail(to)))
            throw ApiException.BadField("to", "This is not an e-mail address.");
        user.Set(Actor.System("Mail"));
        try
        {
            await using var body = await NotEmptyAsync(http);
            var taken = await intake.TakeAsync(new(body, way) { Recipient = to }, http.RequestAborted);
            return TypedResults.Ok(new MailTaken(taken.Outcome, taken.TicketId, taken.IsKnown));
        }
        catch (Exception fault)
            when (fault is IntakeLaterException or RuleViolationException { IsPassing: true } || provider.IsTransient(fault))
        {
            throw new ApiException(StatusCodes.Status503ServiceUnavailable, "The mail cannot be taken at the moment; bring it again.")
            {
                RetryAfter = RetryAfter,
            };
        }
    }

    private static async Task<Stream> NotEmptyAsync(HttpContext http)
    {
        var body = http.Request.BodyReader;
        var begun = await body.ReadAsync(http.RequestAborted);
        if (begun is { IsCompleted: true, Buffer.IsEmpty: true })
            throw new ApiException(StatusCodes.Status400BadRequest, "There is no mail in the body.");
        body.AdvanceTo(begun.Buffer.Start);
        return body.AsStream();
    }

    private static async Task<ApiException> RefusedAsync(HttpContext http, SignInGuard guard)
    {
        if (!await guard.IsExceededAsync(http)) return new(StatusCodes.Status401Unauthorized, "The key is missing or wrong.");
        return new(StatusCodes.Status429TooManyRequests, SignInRate.Refusal) { RetryAfter = RetryAfter };
    }

    private static bool IsSame(string? given, string expected) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(given ?? "")), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
}
