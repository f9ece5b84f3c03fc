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
            L["an account was created for you. Choose your password here; the link is valid for three days:"],
            Link(user, LinkTokens.Invitation, "account/invitation"))));

    public (string Subject, string Text) Registration(User user) => In(user, L => (
        L["Confirm your account at {0}", shop.Name],
        Lines(
            L["Hello {0},", user.DisplayName],
            L["you, or someone else, registered with this e-mail address. Confirm it here with the password that was chosen; the link is valid for three days:"],
            Link(user, LinkTokens.Registration, "account/confirm"),
            L["If it was not you, ignore this message: without your confirmation nobody can use the account."])));

    public (string Subject, string Text) Reset(User user) => In(user, L => (
        L["Choose a new password for {0}", shop.Name],
        Lines(
            L["Hello {0},", user.DisplayName],
            L["you, or someone else, asked for a new password. Choose it here; the link works once and is valid for ten minutes:"],
            Link(user, UserManager<User>.ResetPasswordTokenPurpose, "account/reset-password"),
            L["If it was not you, ignore this message: your password stays the same."])));

    private string Link(User user, string purpose, string page) =>
        address.Page(string.Create(CultureInfo.InvariantCulture, $"{page}?user={user.Id}&token={tokens.Make(purpose, user)}")).AbsoluteUri;

    private static string Lines(params string[] parts) => string.Join("\n\n", parts) + "\n";

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
