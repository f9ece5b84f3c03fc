using System.Globalization;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Hosting;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Account;

/// <summary>The mails about accounts, in the user's language.</summary>
internal sealed class AccountLetters(LinkTokens tokens, ServerAddress address, IStringLocalizer<Texts> localizer,
    ShopIdentity shop) : IAccountLetters
{
    public (string Subject, string Text) Invitation(User user) => In(user, L => (
        L["Your account at {0}", shop.Name],
        Lines(
            L["Hello {0},", user.DisplayName],
            user.CustomerId is null
                ? L["an account was created for you. Choose your password here; the link is valid for three days:"]
                : L["here you can see your orders, points and messages with us. Choose your password; the link is valid for three days:"],
            Link(user, LinkTokens.Invitation, "account/invitation"),
            user.CustomerId is null ? null : L["If you do not want an account, ignore this message."].Value)));

    public (string Subject, string Text) Registration(User user) => In(user, L => (
        L["Confirm your account at {0}", shop.Name],
        Lines(
            L["Hello {0},", user.DisplayName],
            L["you, or someone else, registered with this e-mail address. Confirm it here with the password that was chosen; the link is valid for three days:"],
            Link(user, LinkTokens.Registration, "account/confirm"),
            L["If it was not you, ignore this message: without your confirmation nobody can use the account."])));

    // To an address that may be anybody's, so it names nobody.
    public (string Subject, string Text) NewEmail(User user, string email) => In(user, L => (
        L["Confirm your new e-mail at {0}", shop.Name],
        Lines(
            L["Hello,"],
            L["you, or someone else, wants to sign in with this e-mail address. Confirm it here with your password; the link is valid for one day:"],
            Link(user, LinkTokens.NewEmail, "account/email", email),
            L["If it was not you, ignore this message: nothing changes without the password."])));

    public (string Subject, string Text) EmailLeaves(User user) => In(user, L => (
        L["A new e-mail for your account at {0}", shop.Name],
        Lines(
            L["Hello {0},", user.DisplayName],
            L["somebody who knows your password wants to sign in with another e-mail address in place of this one. Nothing changes before it is confirmed."],
            L["If it was not you, choose a new password now; then it cannot be confirmed any more:"],
            address.Page("account/forgot-password").AbsoluteUri)));

    public (string Subject, string Text) EmailStays(User holder) => In(holder, L => (
        L["Your e-mail address at {0}", shop.Name],
        Lines(
            L["Hello {0},", holder.DisplayName],
            L["somebody wants to sign in to another account with this e-mail address. It belongs to your account, so nothing was changed."],
            L["If it was you, sign in with this address:"],
            address.Page("account/login").AbsoluteUri)));

    public (string Subject, string Text) Reset(User user) => In(user, L => (
        L["Choose a new password for {0}", shop.Name],
        Lines(
            L["Hello {0},", user.DisplayName],
            L["you, or someone else, asked for a new password. Choose it here; the link works once and is valid for ten minutes:"],
            Link(user, UserManager<User>.ResetPasswordTokenPurpose, "account/reset-password"),
            L["If it was not you, ignore this message: your password stays the same."])));

    private string Link(User user, string purpose, string page, string about = "") => address.Page(string.Create(
        CultureInfo.InvariantCulture, $"{page}?user={user.Id}&token={tokens.Make(purpose, user, about)}")).AbsoluteUri;

    private static string Lines(params string?[] parts) => string.Join("\n\n", parts.OfType<string>()) + "\n";

    private T In<T>(User user, Func<IStringLocalizer, T> write)
    {
        var present = CultureInfo.CurrentUICulture;
        try
        {
            if (user.Language is { } language) CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            return write(localizer);
        }
        finally
        {
            CultureInfo.CurrentUICulture = present;
        }
    }
}
