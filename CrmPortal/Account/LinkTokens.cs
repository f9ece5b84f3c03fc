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

    public static readonly TimeSpan InvitationLifetime = TimeSpan.FromDays(3);
    public static readonly TimeSpan ResetLifetime = TimeSpan.FromMinutes(10);

    private readonly IDataProtector _protector = protection.CreateProtector("account link");

    public string Make(string purpose, User user)
    {
        var end = clock.GetUtcNow() + (purpose is Invitation or Registration ? InvitationLifetime : ResetLifetime);
        var text = string.Join('|', purpose, user.Id.ToString(CultureInfo.InvariantCulture), user.SecurityStamp, end.ToUnixTimeSeconds()
            .ToString(CultureInfo.InvariantCulture));
        return WebEncoders.Base64UrlEncode(_protector.Protect(Encoding.UTF8.GetBytes(text)));
    }

    public bool IsGood(string purpose, string token, User user)
    {
        try
        {
            var parts = Encoding.UTF8.GetString(_protector.Unprotect(WebEncoders.Base64UrlDecode(token))).Split('|');
            return parts.Length == 4 && parts[0] == purpose && parts[1] == user.Id.ToString(CultureInfo.InvariantCulture)
                && parts[2] == user.SecurityStamp
                && long.Parse(parts[3], CultureInfo.InvariantCulture) > clock.GetUtcNow().ToUnixTimeSeconds();
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            return false;
        }
    }

    public Task<string> GenerateAsync(string purpose, UserManager<User> manager, User user) => Task.FromResult(Make(purpose, user));

    public Task<bool> ValidateAsync(string purpose, string token, UserManager<User> manager, User user) =>
        Task.FromResult(IsGood(purpose, token, user));

    public Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<User> manager, User user) => Task.FromResult(false);
}
