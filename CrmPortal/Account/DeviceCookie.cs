using System.Security.Cryptography;
using System.Text.Json;
using CrmPortal.Core.Platform.Access;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace CrmPortal.Account;

/// <summary>
/// Lets a browser in which somebody signed in before be told from strangers, so that strangers who guess at a password do not keep
/// the owner of the account out. It opens nothing: anyone who holds it still needs password and second factor.
/// </summary>
internal sealed class DeviceCookie(IDataProtectionProvider protection, TimeProvider clock, IHostEnvironment environment)
{
    private const int MostUsers = 5;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(180);

    private readonly IDataProtector _protector = protection.CreateProtector("known device");

    private string Name => environment.IsDevelopment() ? "crm-device" : "__Host-crm-device";

    /// <summary>Where an attempt to sign in as this user comes from.</summary>
    public SignInSource SourceOf(HttpContext http, long userId) =>
        new(Read(http).FirstOrDefault(d => d.UserId == userId) is { } device ? $"device {device.Id}" : null,
            http.Connection.RemoteIpAddress);

    /// <summary>Notes that this user signed in here.</summary>
    public void Remember(HttpContext http, long userId)
    {
        var known = Read(http);
        var own = known.FirstOrDefault(d => d.UserId == userId) ?? new Device(userId, Guid.NewGuid().ToString("N"), default);
        IReadOnlyList<Device> kept = [own with { EndsAt = clock.GetUtcNow() + Lifetime }, .. known.Where(d => d.UserId != userId)
            .Take(MostUsers - 1)];
        http.Response.Cookies.Append(Name, WebEncoders.Base64UrlEncode(_protector.Protect(JsonSerializer.SerializeToUtf8Bytes(kept))), new()
        {
            HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true, MaxAge = Lifetime,
                Secure = !environment.IsDevelopment() || http.Request.IsHttps,
        });
    }

    private IReadOnlyList<Device> Read(HttpContext http)
    {
        if (http.Request.Cookies[Name] is not { Length: > 0 } cookie) return [];
        try
        {
            var now = clock.GetUtcNow();
            return [.. (JsonSerializer.Deserialize<List<Device>>(_protector.Unprotect(WebEncoders.Base64UrlDecode(cookie))) ?? [])
                .Where(d => d.EndsAt > now)];
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException or JsonException)
        {
            return [];
        }
    }

    private sealed record Device(long UserId, string Id, DateTimeOffset EndsAt);
}
