using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Verification;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Verification;

/// <summary>What to verify, and the code if the customer gave it.</summary>
internal sealed record VerificationInput
{
    [Description("The six-digit code; without it, a code is sent.")]
    public string? VerificationCode { get; init; }

    [Description("An additional e-mail or phone instead of the primary one.")]
    public long? ContactId { get; init; }
}

/// <summary>How far it is.</summary>
internal sealed record VerificationAnswer(string Message, bool Verified);

/// <summary>What a mailed link is for.</summary>
internal sealed record VerificationLinkAnswer(string Message, string Email, bool Verified);

/// <summary>Verification of e-mails and phones for programs: document 5 of the published interface.</summary>
internal static class VerificationEndpoints
{
    private const string NoCustomer = "Customer not found";
    private const string DeadLink = "This link is no longer valid.";
    private const string Sent = """{ "message": "Verification code sent.", "verified": false }""";

    public static void MapVerification(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/customers").WithTags("Verification");
        group.MapPost(@"/{id:regex(^\d+$)}/verify-email", VerifyEmailAsync)
            .Documented("VerifyEmail", "Send a verification link and code by e-mail, or check the code", Permissions.CustomersEdit,
                """{ "verification_code": "123456" }""", 200, Sent);
        group.MapPost(@"/{id:regex(^\d+$)}/verify-phone", VerifyPhoneAsync)
            .Documented("VerifyPhone", "Send a verification code to a phone, or check the code", Permissions.CustomersEdit,
                """{ "verification_code": "123456" }""", 200, Sent);
        group.MapGet("/verify-email", LookAsync).AllowAnonymous().WithName("LookAtEmailLink").WithSummary("Look up a verification link")
            .WithDescription("Changes nothing, because mail scanners follow links; send the same request as POST to verify.")
            .WithExample(null, 200,
                """{ "message": "Send this as POST to verify the e-mail.", "email": "john.doe@example.com", "verified": false }""")
                .AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        group.MapPost("/verify-email", ConfirmAsync).AllowAnonymous().WithName("ConfirmEmailLink")
            .WithSummary("Verify an e-mail by its link").WithDescription("Needs no account: whoever has the link has read the mail.")
            .WithExample(null, 200, """{ "message": "Email verified successfully.", "verified": true }""")
                .AnswersProblems(400, 401, 403, 404, 429, 500, 503);
    }

    private static Task<Ok<VerificationAnswer>> VerifyEmailAsync(long id, VerificationInput? input, VerificationService verification,
        CancellationToken cancellationToken) => VerifyAsync(id, ContactKind.Email, input, verification, cancellationToken);

    private static Task<Ok<VerificationAnswer>> VerifyPhoneAsync(long id, VerificationInput? input, VerificationService verification,
        CancellationToken cancellationToken) => VerifyAsync(id, ContactKind.Phone, input, verification, cancellationToken);

    private static async Task<Ok<VerificationAnswer>> VerifyAsync(long id, ContactKind kind, VerificationInput? input,
        VerificationService verification, CancellationToken cancellationToken)
    {
        var target = new VerificationTarget(kind, input?.ContactId);
        if (input?.VerificationCode is { } code)
        {
            _ = await verification.CheckAsync(id, target, code, cancellationToken) ?? throw ApiException.NotFound(NoCustomer);
            return TypedResults
                .Ok(new VerificationAnswer(kind == ContactKind.Email ? "Email verified successfully." : "Phone verified successfully.",
                true));
        }

        return await verification.SendAsync(id, target, cancellationToken)
            ? TypedResults.Ok(new VerificationAnswer("Verification code sent.", false)) : throw ApiException.NotFound(NoCustomer);
    }

    private static async Task<Ok<VerificationLinkAnswer>> LookAsync([Description("The token from the link.")] string token,
        VerificationService verification, CancellationToken cancellationToken) =>
        await verification.FindLinkAsync(token, cancellationToken) is { } link
            ? TypedResults.Ok(new VerificationLinkAnswer("Send this as POST to verify the e-mail.", link.Email, false)) : throw ApiException
            .NotFound(DeadLink);

    private static async Task<Ok<VerificationAnswer>> ConfirmAsync([Description("The token from the link.")] string token,
        VerificationService verification, CancellationToken cancellationToken) =>
        await verification.ConfirmLinkAsync(token, cancellationToken)
            ? TypedResults.Ok(new VerificationAnswer("Email verified successfully.", true)) : throw ApiException.NotFound(DeadLink);
}
