using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.SelfService;
using Microsoft.AspNetCore.Identity;

namespace CrmPortal.Account;

/// <summary>What a user changes about how they sign in. Sessions but the present one end with each of these.</summary>
internal sealed class AccountChanges(UserManager<User> users, IUserStore<User> store, SignInService signIn, SignInGuard guard,
    AuditLog audit, RegistrationService registrations, SignInEmailService emails, LinkTokens tokens, CurrentUser currentUser)
{
    public const string WrongPassword = "The current password is wrong.";
    public const string DeadLink = "This link has been used or has expired. Request a new one.";
    private const int CodeCount = 10;

    /// <summary>Sets the password of a mailed link; anyone who holds the mail holds the address, so it is confirmed too.</summary>
    /// <exception cref="RuleViolationException">The link is dead, or the password is not possible.</exception>
    public async Task<User> SetByLinkAsync(long userId, string token, bool isInvitation, string? password,
        CancellationToken cancellationToken)
    {
        var user = await FindByLinkAsync(userId, token, isInvitation) ?? throw new RuleViolationException("", DeadLink);
        if (PasswordRules.Check(password) is { } wrong) throw new RuleViolationException("Password", wrong);
        var isNews = !user.EmailConfirmed;
        user.EmailConfirmed = true;
        // Both ways give the user a new stamp: the link and all sessions die in the same save.
        if (user.PasswordHash is not null) user.PasswordHash = null;
        Demand(await users.AddPasswordAsync(user, password!), DeadLink);
        await guard.ForgetAsync(user.Id, cancellationToken);
        await audit.WriteAsync(AuditAction.Updated, nameof(User), user.Id, null, "Password", cancellationToken);
        if (isNews) await registrations.SettleAsync(user.Id, cancellationToken);
        return user;
    }

    /// <summary>
    /// Confirms the e-mail with which a customer registered. It takes the link and the password: nobody shall confirm by a click what a
    /// stranger registered with their address, and with a password that the stranger knows.
    /// </summary>
    /// <exception cref="RuleViolationException">The link is dead, or the password is not the chosen one.</exception>
    public async Task ConfirmAsync(long userId, string token, string? password, CancellationToken cancellationToken)
    {
        var user = await FindByLinkAsync(userId, token, LinkTokens.Registration) ?? throw new RuleViolationException("", DeadLink);
        if (!await signIn.ConfirmAsync(user, password, cancellationToken))
            throw new RuleViolationException("Password", "This is not the password that was chosen when registering.");
        user.EmailConfirmed = true;
        // The new stamp is the end of the link.
        Demand(await users.UpdateSecurityStampAsync(user), DeadLink);
        await registrations.SettleAsync(user.Id, cancellationToken);
    }

    /// <summary>The user of a link that is good, or null.</summary>
    public Task<User?> FindByLinkAsync(long userId, string? token, bool isInvitation) => FindByLinkAsync(userId, token,
        isInvitation ? LinkTokens.Invitation : UserManager<User>.ResetPasswordTokenPurpose);

    /// <summary><inheritdoc cref="FindByLinkAsync(long, string?, bool)"/></summary>
    /// <param name="purpose">What the link was sent for.</param>
    public async Task<User?> FindByLinkAsync(long userId, string? token, string purpose)
    {
        if (string.IsNullOrEmpty(token)
            || await users
            .FindByIdAsync(userId
            .ToString(System.Globalization.CultureInfo.InvariantCulture)) is not { DisabledAt: null } user) return null;
        return await users.VerifyUserTokenAsync(user, LinkTokens.Provider, purpose, token)
            && !await guard.IsStrandedAsync(user, CancellationToken.None) ? user : null;
    }

    /// <summary>Mails a link to the address that a customer wants to sign in with from now on.</summary>
    /// <exception cref="RuleViolationException">The current password is wrong, or it is no address to change to.</exception>
    public async Task AskForEmailAsync(User user, string? current, string? email, CancellationToken cancellationToken)
    {
        await DemandPasswordAsync(user, current, cancellationToken);
        await emails.AskAsync(email, cancellationToken);
    }

    /// <summary>The address that a link would confirm, or null where the link is not good.</summary>
    public async Task<string?> FindNewEmailAsync(long userId, string? token) =>
        await FindByLinkAsync(userId, token, LinkTokens.NewEmail) is { } user ? tokens.Read(LinkTokens.NewEmail, token!, user) : null;

    /// <summary>
    /// Makes the confirmed address the one to sign in with. It takes the password as well: whoever has the mailbox of a mistyped address
    /// shall not get the account by a click.
    /// </summary>
    /// <returns>The user as they are now, without a session.</returns>
    /// <exception cref="RuleViolationException">The link is dead, or the password is wrong.</exception>
    public async Task<User> ConfirmEmailAsync(long userId, string token, string? password, CancellationToken cancellationToken)
    {
        if (await FindByLinkAsync(userId, token, LinkTokens.NewEmail) is not { } user
            || tokens.Read(LinkTokens.NewEmail, token, user) is not { } email) throw new RuleViolationException("", DeadLink);
        if (!await signIn.ConfirmAsync(user, password, cancellationToken)) throw new RuleViolationException("Password", WrongPassword);
        // The history says who did it, in whatever browser the link was opened.
        currentUser.Set(new(user.Id, user.DisplayName, null, ActorOrigin.Browser, currentUser.Actor.IpAddress));
        if (!await emails.ChangeAsync(user.Id, user.SecurityStamp, email, cancellationToken))
            throw new RuleViolationException("", DeadLink);
        return await users.FindByIdAsync(user.Id.ToString(System.Globalization.CultureInfo.InvariantCulture))
            ?? throw new RuleViolationException("", DeadLink);
    }

    /// <exception cref="RuleViolationException">The current password is wrong, or the new one is not possible.</exception>
    public async Task ChangePasswordAsync(User user, string? current, string? password, CancellationToken cancellationToken)
    {
        if (PasswordRules.Check(password) is { } wrong) throw new RuleViolationException("NewPassword", wrong);
        await DemandPasswordAsync(user, current, cancellationToken);
        Demand(await users.ChangePasswordAsync(user, current!, password!), WrongPassword);
        await audit.WriteAsync(AuditAction.Updated, nameof(User), user.Id, null, "Password", cancellationToken);
    }

    /// <summary>Gives the user a secret for their app; it counts from the first code on.</summary>
    public async Task<string> StartTwoFactorAsync(User user, CancellationToken cancellationToken)
    {
        if (!user.TwoFactorEnabled && await users.GetAuthenticatorKeyAsync(user) is null)
            await SetKeyAsync(user, Totp.NewKey(), cancellationToken);
        return await users.GetAuthenticatorKeyAsync(user) ?? "";
    }

    /// <summary>Demands the second factor from now on and returns the recovery codes, which are never shown again.</summary>
    /// <exception cref="RuleViolationException">The code is wrong.</exception>
    public async Task<IReadOnlyList<string>> EnableTwoFactorAsync(User user, string? code, CancellationToken cancellationToken)
    {
        var typed = (code ?? "").Replace(" ", "", StringComparison.Ordinal).Trim();
        var source = signIn.SourceOfSession();
        if (!await guard.TakeAttemptAsync(user.Id, SignInGuard.CodeWeight, source, cancellationToken)
            || !await signIn.UseCodeAsync(user, typed, cancellationToken))
            throw new RuleViolationException("Code", "The code is wrong. Enter the one that the app shows now.");
        await guard.ForgetAsync(user.Id, source, cancellationToken);
        Demand(await users.SetTwoFactorEnabledAsync(user, true), "");
        return await NewCodesAsync(user);
    }

    /// <exception cref="RuleViolationException">The current password is wrong.</exception>
    public async Task DisableTwoFactorAsync(User user, string? current, CancellationToken cancellationToken)
    {
        await DemandPasswordAsync(user, current, cancellationToken);
        Demand(await users.SetTwoFactorEnabledAsync(user, false), "");
        await SetKeyAsync(user, null, cancellationToken);
        await users.GenerateNewTwoFactorRecoveryCodesAsync(user, 0);
    }

    /// <exception cref="RuleViolationException">The current password is wrong.</exception>
    public async Task<IReadOnlyList<string>> RenewCodesAsync(User user, string? current, CancellationToken cancellationToken)
    {
        await DemandPasswordAsync(user, current, cancellationToken);
        await audit.WriteAsync(AuditAction.Updated, nameof(User), user.Id, null, "RecoveryCodes", cancellationToken);
        return await NewCodesAsync(user);
    }

    public async Task AddPasskeyAsync(User user, UserPasskeyInfo passkey, CancellationToken cancellationToken)
    {
        Demand(await users.AddOrUpdatePasskeyAsync(user, passkey), "");
        await audit.WriteAsync(AuditAction.Created, nameof(Passkey), user.Id, null, "", cancellationToken);
    }

    /// <exception cref="RuleViolationException">The current password is wrong.</exception>
    public async Task RemovePasskeyAsync(User user, byte[] credentialId, string? current, CancellationToken cancellationToken)
    {
        await DemandPasswordAsync(user, current, cancellationToken);
        Demand(await users.RemovePasskeyAsync(user, credentialId), "");
        // Sessions that were opened with it end.
        Demand(await users.UpdateSecurityStampAsync(user), "");
        await audit.WriteAsync(AuditAction.Deleted, nameof(Passkey), user.Id, null, "", cancellationToken);
    }

    private async Task<IReadOnlyList<string>> NewCodesAsync(User user) =>
        [.. await users.GenerateNewTwoFactorRecoveryCodesAsync(user, CodeCount) ?? []];

    private async Task DemandPasswordAsync(User user, string? current, CancellationToken cancellationToken)
    {
        if (!await signIn.ConfirmAsync(user, current, cancellationToken))
            throw new RuleViolationException("CurrentPassword", WrongPassword);
    }

    private static void Demand(IdentityResult result, string sentence)
    {
        if (result.Succeeded) return;
        var isTwice = result.Errors.Any(e => e.Code == nameof(IdentityErrorDescriber.ConcurrencyFailure));
        throw new RuleViolationException("", isTwice || sentence.Length == 0 ? "The account was changed in the meantime. Try again."
            : sentence);
    }

    /// <summary>Sets the secret without ending sessions: nothing depends on it before the first code.</summary>
    private async Task SetKeyAsync(User user, string? key, CancellationToken cancellationToken)
    {
        await ((IUserAuthenticatorKeyStore<User>)store).SetAuthenticatorKeyAsync(user, key!, cancellationToken);
        Demand(await users.UpdateAsync(user), "");
    }
}
