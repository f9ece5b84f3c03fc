using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace CrmPortal.Account;

/// <summary>
/// Carries what the browser has shown so far from one step of a sign-in to the next: a right password that waits for its code,
/// or the challenge of a passkey. Encrypted, short-lived, for one purpose.
/// </summary>
internal sealed class StepCookie(IDataProtectionProvider protection, TimeProvider clock, IHostEnvironment environment)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private string Name => environment.IsDevelopment() ? "crm-step" : "__Host-crm-step";

    public void Write<T>(HttpContext http, string purpose, T value)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new Step<T>(value, clock.GetUtcNow() + Lifetime));
        http.Response.Cookies.Append(Name, WebEncoders.Base64UrlEncode(Protector(purpose).Protect(json)), Options(http));
    }

    public T? Read<T>(HttpContext http, string purpose) where T : class
    {
        if (http.Request.Cookies[Name] is not { Length: > 0 } cookie) return null;
        try
        {
            var step = JsonSerializer.Deserialize<Step<T>>(Protector(purpose).Unprotect(WebEncoders.Base64UrlDecode(cookie)));
            return step is not null && step.EndsAt > clock.GetUtcNow() ? step.Value : null;
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    public void Clear(HttpContext http) => http.Response.Cookies.Delete(Name, Options(http));

    private IDataProtector Protector(string purpose) => protection.CreateProtector("sign-in step", purpose);

    private CookieOptions Options(HttpContext http) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true, Secure = !environment.IsDevelopment()
            || http.Request.IsHttps,
    };

    private sealed record Step<T>(T Value, DateTimeOffset EndsAt);
}
