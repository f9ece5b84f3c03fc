using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>
/// Signs what leads from outside to a ticket or a survey: the <c>Message-ID</c> of replies, the reference at their end, links. Whoever
/// guesses a number has nothing.
/// </summary>
public sealed partial class TicketTokens(IDatabaseProvider provider, ISecretProtector secrets)
{
    private const string Purpose = "support tokens";
    private const string KeySetting = "support.token-key";
    private const int KeyBytes = 32;
    private const int SignatureLetters = 16;

    private byte[]? _key;

    /// <summary>
    /// Makes the key where there is none yet. Whoever signs within a transaction asks for this before it: the key is written by a
    /// transaction of its own.
    /// </summary>
    public async Task PrepareAsync(CancellationToken cancellationToken) => _key ??= await KeyAsync(cancellationToken);

    /// <summary>The <c>Message-ID</c> of a message of a ticket, without angle brackets.</summary>
    public async Task<string> MessageIdAsync(long ticketId, long messageId, string domain, CancellationToken cancellationToken)
    {
        var signature = await SignAsync("ticket", ticketId, cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"t{ticketId}.{messageId}.{signature}@{domain}");
    }

    /// <summary>What stands at the end of a reply, for programs that drop the headers of what they answer.</summary>
    public async Task<string> ReferenceAsync(long ticketId, CancellationToken cancellationToken) =>
        $"[{Ticket.NameOf(ticketId)}.{await SignAsync("ticket", ticketId, cancellationToken)}]";

    /// <summary>The ticket that one of our own message ids belongs to; null where it is none of ours.</summary>
    public async Task<long?> TicketOfMessageIdAsync(string messageId, CancellationToken cancellationToken) =>
        OwnMessageId().Match(messageId) is { Success: true } match ? await CheckedAsync(match, cancellationToken) : null;

    /// <summary>The ticket whose reference stands in a text; null where none does.</summary>
    public async Task<long?> TicketOfTextAsync(string text, CancellationToken cancellationToken)
    {
        foreach (Match match in OwnReference().Matches(text))
            if (await CheckedAsync(match, cancellationToken) is { } id) return id;
        return null;
    }

    /// <summary>The signature of the survey of a rating.</summary>
    public Task<string> SurveyAsync(long ratingId, CancellationToken cancellationToken) => SignAsync("rating", ratingId, cancellationToken);

    /// <summary>Whether a signature is that of a survey.</summary>
    public async Task<bool> IsSurveyAsync(long ratingId, string signature, CancellationToken cancellationToken) =>
        Same(await SurveyAsync(ratingId, cancellationToken), signature);

    private async Task<long?> CheckedAsync(Match match, CancellationToken cancellationToken) =>
        long.TryParse(match.Groups["id"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && Same(await SignAsync("ticket", id, cancellationToken), match.Groups["sign"].Value) ? id : null;

    private static bool Same(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private async Task<string> SignAsync(string kind, long id, CancellationToken cancellationToken)
    {
        var key = _key ??= await KeyAsync(cancellationToken);
        var signature = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind}:{id}")));
        return Convert.ToHexStringLower(signature)[..SignatureLetters];
    }

    /// <summary>One key for all nodes, made by the first that needs it.</summary>
    private async Task<byte[]> KeyAsync(CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            await using var db = provider.CreateContext(null);
            var stored = await db.Settings.Where(s => s.Name == KeySetting).Select(s => s.Value).FirstOrDefaultAsync(cancellationToken);
            if (stored is not null) return Convert.FromBase64String(secrets.Unprotect(Purpose, stored));
            var key = RandomNumberGenerator.GetBytes(KeyBytes);
            db.Settings.Add(new Setting { Name = KeySetting, Value = secrets.Protect(Purpose, Convert.ToBase64String(key)) });
            try
            {
                await db.SaveChangesAsync(cancellationToken);
                return key;
            }
            catch (DbUpdateException) when (tries < 3)
            {
                // Another node was first.
            }
        }
    }

    [GeneratedRegex("^t(?<id>[0-9]{1,18})\\.[0-9]{1,18}\\.(?<sign>[0-9a-f]{16})@", RegexOptions.ExplicitCapture)]
    private static partial Regex OwnMessageId();

    [GeneratedRegex("\\[T-(?<id>[0-9]{1,18})\\.(?<sign>[0-9a-f]{16})\\]", RegexOptions.ExplicitCapture)]
    private static partial Regex OwnReference();
}
