using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CrmPortal.Core.Webhooks;

/// <summary>
/// Says whom a delivery comes from, as the Standard Webhooks specification does: HMAC-SHA256 over name, time and body, with a key that only
/// the receiver has beside us.
/// </summary>
internal static class WebhookSignature
{
    /// <summary>What the stored secret is for.</summary>
    public const string Purpose = "webhook.secret";

    private const string Prefix = "whsec_";
    private const int KeyBytes = 32;

    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));

    public static string Of(string secret, string id, long timestamp, string body)
    {
        var signed = string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.{body}");
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[Prefix.Length..]),
            Encoding.UTF8.GetBytes(signed)));
    }
}
