using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;

namespace CrmPortal.Account;

/// <summary>
/// Makes the tokens of mailed links. A token names user, purpose and security stamp, so that it becomes invalid with its first use, and
/// when it ends.
/// </summary>
internal sealed class LinkTokens(IDataProtectionProvider protection, TimeProvider clock) : IUserTwoFactorTokenProvider<User>
{
    public const string Provider = "Link";

    /// <summary>For users who are invited; Identity names the other purpose itself.</summary>
    public const string Invitation = "Invitation";

    /// <summary>For customers who registered.</summary>
    public const string Registration = "Registration";

    /// <summary>For customers who want to sign in with another e-mail, which the token names.</summary>
    public const string NewEmail = "NewEmail";

    public static readonly TimeSpan InvitationLifetime = AccountLinks.InvitationLifetime;
    public static readonly TimeSpan NewEmailLifetime = TimeSpan.FromDays(1);
    public static readonly TimeSpan ResetLifetime = TimeSpan.FromMinutes(10);

    /// <summary>Purpose, user, stamp and end, and what else the link is about.</summary>
    private const int Parts = 5;

    private readonly IDataProtector _protector = protection.CreateProtector("account link");

    /// <param name="about">What else the link is about, such as an address.</param>
    public string Make(string purpose, User user, string about = "")
    {
        var end = clock.GetUtcNow() + LifetimeOf(purpose);
        var text = string.Join('|', purpose, user.Id.ToString(CultureInfo.InvariantCulture), user.SecurityStamp, end.ToUnixTimeSeconds()
            .ToString(CultureInfo.InvariantCulture));
        if (about.Length > 0) text += '|' + about;
        return WebEncoders.Base64UrlEncode(_protector.Protect(Encoding.UTF8.GetBytes(text)));
    }

    public bool IsGood(string purpose, string token, User user) => Read(purpose, token, user) is not null;

    /// <summary>What else a link is about; null where the link is not good.</summary>
    public string? Read(string purpose, string token, User user)
    {
        try
        {
            var parts = Encoding.UTF8.GetString(_protector.Unprotect(WebEncoders.Base64UrlDecode(token))).Split('|', Parts);
            return parts.Length >= Parts - 1 && parts[0] == purpose && parts[1] == user.Id.ToString(CultureInfo.InvariantCulture)
                && parts[2] == user.SecurityStamp
                && long.Parse(parts[3], CultureInfo.InvariantCulture) > clock.GetUtcNow().ToUnixTimeSeconds()
                ? parts.ElementAtOrDefault(Parts - 1) ?? "" : null;
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            return null;
        }
    }

    private static TimeSpan LifetimeOf(string purpose) => purpose switch
    {
        Invitation or Registration => InvitationLifetime,
        NewEmail => NewEmailLifetime,
        _ => ResetLifetime,
    };

    public Task<string> GenerateAsync(string purpose, UserManager<User> manager, User user) => Task.FromResult(Make(purpose, user));

    public Task<bool> ValidateAsync(string purpose, string token, UserManager<User> manager, User user) =>
        Task.FromResult(IsGood(purpose, token, user));

    public Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<User> manager, User user) => Task.FromResult(false);
}
