using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace CrmPortal.Account;

/// <summary>Says of an endpoint that it takes a token in its address instead of the header, made for it alone.</summary>
internal sealed record TakesOneTimeToken(string Purpose);

/// <summary>
/// Tokens for addresses that a browser opens, which cannot send a header. A token names a session and a purpose; it is good for one use
/// within a minute, on any node, and not longer than its session. Nothing is kept of one until it is used, and then its hash, among the
/// keys that were used. An access token is never taken from an address.
/// </summary>
internal sealed class OneTimeTokens(IDataProtectionProvider protection, TimeProvider clock)
{
    public const string Parameter = "token";

    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private readonly IDataProtector _protector = protection.CreateProtector("one-time token");

    public string Make(string purpose, long sessionId)
    {
        var end = clock.GetUtcNow() + Lifetime;
        return WebEncoders.Base64UrlEncode(_protector.Protect(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{purpose}|{sessionId}|{end.ToUnixTimeMilliseconds()}"))));
    }

    /// <summary>The session of the token in the address; null where there is none, the endpoint takes none, or it is not good.</summary>
    public long? SessionOf(HttpContext context)
    {
        if (Taken(context) is not var (purpose, token)) return null;
        try
        {
            var parts = Encoding.UTF8.GetString(_protector.Unprotect(WebEncoders.Base64UrlDecode(token))).Split('|');
            return parts is [var meant, var session, var end] && meant == purpose
                && long.Parse(end, CultureInfo.InvariantCulture) > clock.GetUtcNow().ToUnixTimeMilliseconds()
                ? long.Parse(session, CultureInfo.InvariantCulture) : null;
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Uses up the token with which the request came, if it came with one; of several uses one succeeds.</summary>
    /// <exception cref="SignedOutException">It was used before.</exception>
    public static async Task SpendAsync(HttpContext context, IdempotencyRecords used)
    {
        if (Taken(context) is not var (purpose, token)) return;
        var hash = SessionService.Hash(token);
        var claim = await used.ClaimAsync($"{purpose} {hash}", hash, context.RequestAborted);
        if (claim.Outcome != ClaimOutcome.First) throw new SignedOutException();
        await used.RememberAsync(claim.Request!, new(StatusCodes.Status200OK, null, null, null, ""), context.RequestAborted);
    }

    /// <summary>Whoever sends the header needs no token.</summary>
    private static (string Purpose, string Token)? Taken(HttpContext context) =>
        context.Request.Headers.Authorization.Count == 0
        && context.GetEndpoint()?.Metadata.GetMetadata<TakesOneTimeToken>() is { } taken
        && context.Request.Query[Parameter] is [{ } token] ? (taken.Purpose, token) : null;
}
