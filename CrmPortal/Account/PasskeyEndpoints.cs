using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Account;

/// <summary>What the script of the account pages asks for, and the forms that a browser posts without a page of their own.</summary>
internal static class PasskeyEndpoints
{
    private const string Adding = "passkey to add";
    private const string SigningIn = "passkey to sign in with";
    private const int LongestName = 100;

    public static void MapPasskeys(this WebApplication app)
    {
        var group = app.MapGroup("/account/passkey").ExcludeFromDescription();
        group.MapPost("/creation-options", CreationOptionsAsync);
        group.MapPost("/add", AddAsync);
        group.MapPost("/request-options", RequestOptionsAsync).AllowAnonymous();
        group.MapPost("/sign-in", SignInAsync).AllowAnonymous();
    }

    public static void MapSignOut(this WebApplication app) =>
        app.MapPost("/account/logout", SignOutAsync).AllowAnonymous().ExcludeFromDescription();

    private static async Task<IResult> CreationOptionsAsync(
        HttpContext http, [FromForm] string? name, [FromForm] string? currentPassword, UserManager<User> users, SignInService signIn,
        IPasskeyHandler<User> passkeys, StepCookie steps, IStringLocalizer<Texts> texts, CancellationToken cancellationToken)
    {
        if (await OwnAsync(http, users) is not { } user) return TypedResults.Unauthorized();
        if (!await signIn.ConfirmAsync(user, currentPassword, cancellationToken)) return Refused(texts[AccountChanges.WrongPassword]);
        var label = (name ?? "").Trim();
        if (label.Length is 0 or > LongestName || StoredText.IsUnstorable(label)) return Refused(texts["Give the passkey a name."]);
        var options = await passkeys.MakeCreationOptionsAsync(
            new PasskeyUserEntity { Id = user.Id.ToString(CultureInfo.InvariantCulture), Name = user.UserName,
                DisplayName = user.DisplayName }, http);
        steps.Write(http, Adding, new PasskeyStep(options.AttestationState, user.Id, label));
        return TypedResults.Content(options.CreationOptionsJson, "application/json");
    }

    private static async Task<IResult> AddAsync(
        HttpContext http, [FromForm] string? credential, UserManager<User> users, IPasskeyHandler<User> passkeys, AccountChanges changes,
            StepCookie steps, CancellationToken cancellationToken)
    {
        var (user, step) = (await OwnAsync(http, users), steps.Read<PasskeyStep>(http, Adding));
        steps.Clear(http);
        if (user is null || step is null || step.UserId != user.Id || string.IsNullOrEmpty(credential))
            return TypedResults.LocalRedirect("/account?failed=passkey");
        var result = await passkeys.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = http, CredentialJson = credential,
            AttestationState = step.State });
        if (!result.Succeeded) return TypedResults.LocalRedirect("/account?failed=passkey");
        result.Passkey.Name = step.Name;
        await changes.AddPasskeyAsync(user, result.Passkey, cancellationToken);
        return TypedResults.LocalRedirect("/account?done=passkey-added");
    }

    private static async Task<IResult> RequestOptionsAsync(HttpContext http, IAntiforgery antiforgery, SignInGuard guard,
        IPasskeyHandler<User> passkeys, StepCookie steps, IStringLocalizer<Texts> texts)
    {
        if (!await antiforgery.IsRequestValidAsync(http)) return Refused(texts["The page has expired. Reload it."]);
        if (await guard.IsExceededAsync(http))
            return TypedResults.Text(texts[SignInRate.Refusal].Value, statusCode: StatusCodes.Status429TooManyRequests);
        var options = await passkeys.MakeRequestOptionsAsync(null, http);
        steps.Write(http, SigningIn, new PasskeyStep(options.AssertionState, 0, ""));
        return TypedResults.Content(options.RequestOptionsJson, "application/json");
    }

    private static async Task<RedirectHttpResult> SignInAsync(
        HttpContext http, [FromForm] string? credential, [FromForm] string? returnUrl, UserManager<User> users,
            IPasskeyHandler<User> passkeys, SignInService signIn, StepCookie steps,
        AuditLog audit, CancellationToken cancellationToken)
    {
        var step = steps.Read<PasskeyStep>(http, SigningIn);
        steps.Clear(http);
        if (step is not null && !string.IsNullOrEmpty(credential))
        {
            var result = await passkeys
                .PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = http, CredentialJson = credential,
                AssertionState = step.State });
            if (result.Succeeded && await signIn.MaySignInAsync(result.User, cancellationToken))
            {
                await users.AddOrUpdatePasskeyAsync(result.User, result.Passkey);
                await signIn.OpenAsync(http, result.User, remember: false, SignedInBy.Passkey);
                return TypedResults.LocalRedirect(LocalUrl.Safe(returnUrl));
            }
        }

        await audit.WriteAsync(AuditAction.Refused, "SignIn", 0, null, "Passkey", cancellationToken);
        return TypedResults.LocalRedirect(LocalUrl.SignIn(returnUrl ?? "/") + "&failed=passkey");
    }

    private static async Task<RedirectHttpResult> SignOutAsync(HttpContext http, [FromForm] string? returnUrl, SignInService signIn)
    {
        await signIn.CloseAsync(http);
        return TypedResults.LocalRedirect(returnUrl is null ? "/account/login" : LocalUrl.Safe(returnUrl));
    }

    // An answer like any other to the script: what was typed was wrong, not how it was sent.
    private static JsonHttpResult<Refusal> Refused(string sentence) => TypedResults.Json(new Refusal(sentence));

    private static async Task<User?> OwnAsync(HttpContext http, UserManager<User> users) =>
        http.User.UserId() is { } id ? await users.FindByIdAsync(id.ToString(CultureInfo.InvariantCulture)) : null;

    private sealed record Refusal([property: System.Text.Json.Serialization.JsonPropertyName("refusal")] string Sentence);

    private sealed record PasskeyStep(string? State, long UserId, string Name);
}
