using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Verification;

/// <summary>Makes what is sent to customers, and what of it is stored.</summary>
internal static class VerificationCodes
{
    public const int MostAttempts = 5;
    private const int MostAnHour = 5;
    private const int TokenBytes = 32;
    private const int SaltBytes = 16;

    public static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(24);
    public static readonly TimeSpan PreferencesLifetime = TimeSpan.FromDays(30);

    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <summary>A token is random enough that an unsalted hash reveals nothing.</summary>
    public static string HashToken(string token) => SessionService.Hash(token);

    /// <summary>What could be a token of ours; nothing else is looked for.</summary>
    public static bool IsToken(string? token) => token is { Length: TokenBytes * 2 } && token.All(char.IsAsciiHexDigitLower);

    public static string NewDigits() => RandomNumberGenerator.GetInt32(1_000_000).ToString("000000", CultureInfo.InvariantCulture);

    public static string HashDigits(string digits)
    {
        var salt = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SaltBytes));
        return salt + ":" + Hash(salt, digits);
    }

    /// <summary>Compares in the same time whatever is wrong.</summary>
    public static bool AreDigits(string stored, string digits)
    {
        var colon = stored.IndexOf(':', StringComparison.Ordinal);
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(stored[(colon + 1)..]),
            Encoding.ASCII.GetBytes(Hash(stored[..colon], digits)));
    }

    /// <summary>The digits of what somebody typed, who may write 123 456.</summary>
    public static string Typed(string? code) => string.Concat((code ?? "").Where(c => !char.IsWhiteSpace(c) && c != '-'));

    /// <summary>Holds back who sends too often; the customer's row is locked meanwhile.</summary>
    /// <exception cref="RuleViolationException">One was sent less than a minute ago, or five within the hour.</exception>
    public static async Task DemandMaySendAsync(CrmDbContext db, long customerId, VerificationPurpose purpose, string target,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        // What expires later than the code that was sent with it would be counted twice.
        var sent = await db.VerificationCodes.Where(c => c.CustomerId == customerId && c.Purpose == purpose && c.Target == target
            && c.CreatedAt > now.AddHours(-1))
            .Select(c => c.CreatedAt).Distinct().ToListAsync(cancellationToken);
        if (sent.Any(at => at > now.AddMinutes(-1)))
            throw new RuleViolationException("", "One was sent less than a minute ago; please wait a moment.");
        if (sent.Count >= MostAnHour)
            throw new RuleViolationException("", "{0} were sent within the last hour; try again later.", MostAnHour);
    }

    private static string Hash(string salt, string digits) => SessionService.Hash(salt + ":" + digits);
}
