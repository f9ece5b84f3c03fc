using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Layout;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace CrmPortal.Account;

/// <summary>The state of a sign-in. A refusal gives no reason: wrong, locked, disabled and unknown look alike.</summary>
internal enum SignInProgress { Refused, NeedsCode, Done }

internal sealed record SignInStep(SignInProgress Progress, User? User);

/// <summary>With what somebody signed in, as the audit log says it.</summary>
internal static class SignedInBy
{
    public const string Password = "Password";
    public const string PasswordAndCode = "Password Code";
    public const string Passkey = "Passkey";
}

/// <summary>What waits in the browser for the second factor.</summary>
internal sealed record PendingSignIn(long UserId, string Stamp, bool Remember, string ReturnUrl);

/// <summary>Checks who somebody is, and opens and closes sessions of browsers.</summary>
internal sealed class SignInService(
    UserManager<User> users, IPasswordHasher<User> hasher, SignInGuard guard, SessionService sessions, AuditLog audit, DeviceCookie devices,
        ICurrentUser currentUser, TimeProvider clock)
{
    public const string Refusal = "E-mail or password is wrong.";

    // Somebody who is not there costs the same hash as somebody who is.
    private static readonly User Nobody = new() { UserName = "", Email = "" };
    private static readonly Lazy<string> NobodysHash = new(() => new PasswordHasher<User>()
        .HashPassword(Nobody, Guid.NewGuid().ToString()));

    /// <summary>Checks e-mail (or user name) and password.</summary>
    public async Task<SignInStep> ByPasswordAsync(HttpContext http, string? login, string? password, CancellationToken cancellationToken)
    {
        var user = await FindAsync(login, cancellationToken);
        var source = devices.SourceOf(http, user?.Id ?? 0);
        if (user is null || !await CheckPasswordAsync(user, password, source, cancellationToken)
            || !await MaySignInAsync(user, cancellationToken))
        {
            if (user is null) await CheckNobodyAsync(password, source, cancellationToken);
            await audit.WriteAsync(AuditAction.Refused, "SignIn", user?.Id ?? 0, null, "Password", cancellationToken);
            return new(SignInProgress.Refused, null);
        }

        if (user.TwoFactorEnabled)
        {
            await guard.ReleaseAsync(user.Id, source, cancellationToken);
            return new(SignInProgress.NeedsCode, user);
        }

        await guard.ForgetAsync(user.Id, source, cancellationToken);
        return new(SignInProgress.Done, user);
    }

    /// <summary>Checks the code of the authenticator app, or a recovery code, of a user whose password was right.</summary>
    public async Task<bool> ByCodeAsync(HttpContext http, User user, string? code, CancellationToken cancellationToken)
    {
        var source = devices.SourceOf(http, user.Id);
        var typed = (code ?? "").Replace(" ", "", StringComparison.Ordinal).Trim();
        var counts = await guard.TakeAttemptAsync(user.Id, SignInGuard.CodeWeight, source, cancellationToken);
        var good = counts && typed.Length is > 0 and < 50 && !StoredText.IsUnstorable(typed)
            && (typed.Length == 6
                ? await UseCodeAsync(user, typed, cancellationToken)
                : (await users.RedeemTwoFactorRecoveryCodeAsync(user, typed)).Succeeded);
        if (!good || !await MaySignInAsync(user, cancellationToken))
        {
            await audit.WriteAsync(AuditAction.Refused, "SignIn", user.Id, null, "Code", cancellationToken);
            return false;
        }

        if (typed.Length != 6) await audit.WriteAsync(AuditAction.Updated, nameof(User), user.Id, null, "RecoveryCode", cancellationToken);
        await guard.ForgetAsync(user.Id, source, cancellationToken);
        return true;
    }

    /// <summary>Whether the code belongs to the user's app; it is used up by that.</summary>
    public async Task<bool> UseCodeAsync(User user, string code, CancellationToken cancellationToken) =>
        await users.GetAuthenticatorKeyAsync(user) is { } key && Totp.Match(key, code, clock.GetUtcNow()) is { } step
            && await guard.UseStepAsync(user.Id, step, cancellationToken);

    /// <summary>Asks a signed-in user for the password again, before something that matters; wrong ones count as when signing in.</summary>
    public async Task<bool> ConfirmAsync(User user, string? password, CancellationToken cancellationToken)
    {
        var source = SourceOfSession();
        var right = await CheckPasswordAsync(user, password, source, cancellationToken);
        if (right) await guard.ForgetAsync(user.Id, source, cancellationToken);
        else await audit.WriteAsync(AuditAction.Refused, nameof(User), user.Id, null, "Password", cancellationToken);
        return right;
    }

    /// <summary>The session of whoever is signed in: strangers who guess elsewhere do not keep them from what they are doing.</summary>
    public SignInSource SourceOfSession() => new(
        currentUser.Actor.SessionId is { } session ? string.Create(CultureInfo.InvariantCulture, $"session {session}") : null, null);

    /// <summary>Whether the account may be used at all.</summary>
    public async Task<bool> MaySignInAsync(User user, CancellationToken cancellationToken) =>
        user is { DisabledAt: null, EmailConfirmed: true, IsService: false } && !await guard.IsBarredAsync(user, cancellationToken);

    /// <summary>Notes that somebody has shown who they are, before they are let in.</summary>
    public Task NoteAsync(User user, string by, CancellationToken cancellationToken) =>
        audit.WriteSignInAsync(user.Id, user.DisplayName.Length > 0 ? user.DisplayName : user.UserName ?? "", by, cancellationToken);

    /// <summary>Signs somebody in who has shown who they are: that is in the audit log first.</summary>
    /// <param name="by">See <see cref="SignedInBy"/>.</param>
    public async Task OpenAsync(HttpContext http, User user, bool remember, string by)
    {
        await NoteAsync(user, by, http.RequestAborted);
        await OpenAsync(http, user, remember);
    }

    /// <summary>Opens a session for the browser, under a new cookie; the one that it had ends.</summary>
    private async Task OpenAsync(HttpContext http, User user, bool remember)
    {
        if (user.Language is not null) ScreenSetup.RememberLanguage(http, user.Language);
        devices.Remember(http, user.Id);
        if (http.User.SessionId() is { } earlier) await sessions.EndAsync(earlier, http.RequestAborted);
        var id = await sessions.StartBrowserAsync(user, http.Connection.RemoteIpAddress?.ToString(), http.Request.Headers.UserAgent,
            http.RequestAborted);
        var signedIn = await sessions.FindAsync(id, http.RequestAborted) ?? throw new SignedOutException();
        await http.SignInAsync(AccountSetup.CookieScheme, SessionClaims.Principal(signedIn, AccountSetup.CookieScheme),
            new AuthenticationProperties { IsPersistent = remember });
    }

    /// <summary>Opens a new session for a user whose other ones have just ended by their own doing.</summary>
    public async Task OpenAgainAsync(HttpContext http, User user)
    {
        var present = await http.AuthenticateAsync(AccountSetup.CookieScheme);
        await OpenAsync(http, user, present.Properties?.IsPersistent == true);
    }

    /// <summary>Ends the browser's session and takes its cookie away.</summary>
    public async Task CloseAsync(HttpContext http)
    {
        if (http.User.SessionId() is { } session) await sessions.EndAsync(session, http.RequestAborted);
        await http.SignOutAsync(AccountSetup.CookieScheme);
    }

    /// <summary>The user of an e-mail address or a user name.</summary>
    public async Task<User?> FindAsync(string? login, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var typed = (login ?? "").Trim();
        if (typed.Length is 0 or > 254 || StoredText.IsUnstorable(typed)) return null;
        return await users.FindByEmailAsync(typed) ?? await users.FindByNameAsync(typed);
    }

    private async Task<bool> CheckPasswordAsync(User user, string? password, SignInSource source, CancellationToken cancellationToken)
    {
        var counts = await guard.TakeAttemptAsync(user.Id, 1, source, cancellationToken);
        if (user.PasswordHash is null || !counts || password is null or { Length: > PasswordRules.Longest })
        {
            hasher.VerifyHashedPassword(Nobody, NobodysHash.Value, Cut(password));
            return false;
        }

        return await users.CheckPasswordAsync(user, password);
    }

    private async Task CheckNobodyAsync(string? password, SignInSource source, CancellationToken cancellationToken)
    {
        await guard.TakeAttemptAsync(0, 1, source, cancellationToken);
        hasher.VerifyHashedPassword(Nobody, NobodysHash.Value, Cut(password));
    }

    private static string Cut(string? password) => password is { Length: > PasswordRules.Longest }
        ? password[..PasswordRules.Longest] : password ?? "";
}
