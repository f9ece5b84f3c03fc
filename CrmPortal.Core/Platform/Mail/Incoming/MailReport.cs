using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;

namespace CrmPortal.Core.Platform.Mail.Incoming;

/// <summary>
/// What a mail server reports of a mail of ours. Servers agree on little: the parts are told by what they are, wherever they stand, and
/// the mail that came back is the surest witness of what it was.
/// </summary>
/// <param name="Failed">Whoever was not reached, or not yet, and whoever the report names besides.</param>
/// <param name="ReturnedId">The id of the mail that the report is about.</param>
internal sealed partial record MailReport(IReadOnlyList<FailedRecipient> Failed, string? ReturnedId, bool IsDelivery, bool IsRejection,
    bool IsReceipt)
{
    private const int MostRecipients = 100;
    private const int LongestDiagnostic = 500;

    /// <summary>Reads the reports of a mail.</summary>
    /// <param name="parts">Its parts, without those inside of mails that it brings.</param>
    public static MailReport Of(HeaderList headers, IReadOnlyList<MimeEntity> parts, string text)
    {
        var groups = parts.OfType<MessageDeliveryStatus>().SelectMany(GroupsOf).ToList();
        var named = MailHeaders.Values(headers, "X-Failed-Recipients").SelectMany(v => v.Split(',')).Select(MailHeaders.Address)
            .OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Take(MostRecipients).ToList();
        var recipients = groups.Select(RecipientOf).OfType<FailedRecipient>().Take(MostRecipients).ToList();
        var disposition = parts.OfType<MessageDispositionNotification>().Select(FieldsOf).FirstOrDefault();
        var returned = Returned(headers, parts, groups, disposition, text);
        if (disposition is not null && recipients.Count == 0)
        {
            var isRejection = (MailHeaders.Value(disposition, "Disposition") ?? "").Contains("deleted", StringComparison.OrdinalIgnoreCase)
                && (MailHeaders.Value(headers, "Auto-Submitted") ?? "").Contains("(rejected)", StringComparison.OrdinalIgnoreCase);
            var refused = isRejection ? RecipientOf(disposition, "failed") : null;
            return new(refused is null ? [] : [refused with { IsPermanent = false }], returned, false, isRejection, true);
        }

        if (recipients.Count == 0 && named.Count == 0 && IsFromMailer(headers)) recipients = FromText(text);
        return new(WithNamed(recipients, named), returned, groups.Count > 0, false, false);
    }

    /// <summary>
    /// Exim names behind an alias the alias as the one that failed, which reached its other mailboxes, and the dead mailbox only in a
    /// header of its own: nobody wrote to that one, and whether the alias is dead is not known.
    /// </summary>
    private static List<FailedRecipient> WithNamed(List<FailedRecipient> recipients, List<string> named)
    {
        var foreign = named.Where(n => !recipients.Any(r => r.Addresses.Contains(n, StringComparer.OrdinalIgnoreCase))).ToList();
        if (foreign.Count == 0) return recipients;
        var isAlias = recipients.Count > 0;
        return
        [
            .. recipients.Select(r => r.Status is null or "5.0.0" ? r with { IsPermanent = false } : r),
            .. foreign.Select(f => new FailedRecipient(f, "failed", null, null, !isAlias)),
        ];
    }

    private static IEnumerable<HeaderList> GroupsOf(MessageDeliveryStatus status)
    {
        try
        {
            // The first group is about the mail as a whole; a report that has only one mixes both.
            return status.StatusGroups.Take(MostRecipients + 1).ToList();
        }
        catch (Exception fault) when (fault is FormatException or IOException)
        {
            return [];
        }
    }

    private static HeaderList? FieldsOf(MessageDispositionNotification notification)
    {
        try
        {
            return notification.Fields;
        }
        catch (Exception fault) when (fault is FormatException or IOException)
        {
            return null;
        }
    }

    private static FailedRecipient? RecipientOf(HeaderList group) =>
        MailHeaders.Value(group, "Action") is { Length: > 0 } action ? RecipientOf(group, action) : null;

    private static FailedRecipient? RecipientOf(HeaderList group, string action)
    {
        // Postfix gives what was written to as the original, and the mailbox it became as the final one.
        string?[] given = [AddressOf(group, "Original-Recipient"), AddressOf(group, "Final-Recipient")];
        List<string> addresses = [.. given.OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)];
        if (addresses.Count == 0) return null;
        var diagnostic = MailHeaders.Value(group, "Diagnostic-Code");
        if (diagnostic?.IndexOf(';', StringComparison.Ordinal) is > 0 and < 20 and var type) diagnostic = diagnostic[(type + 1)..].Trim();
        var status = StatusOf(MailHeaders.Value(group, "Status"), diagnostic);
        action = action.Split(' ', ';', '(')[0].Trim().ToLowerInvariant();
        var isPermanent = action == "failed" && (status is null ? Reply(diagnostic) != '4' : status[0] == '5');
        return new(addresses[0], MailHeaders.Cut(action, 20), status,
            diagnostic is { Length: > 0 } ? MailHeaders.Cut(diagnostic, LongestDiagnostic) : null, isPermanent) { Addresses = addresses };
    }

    /// <summary>OpenSMTPD says 5.0.0 whatever the other server said; the code then stands in what it said.</summary>
    private static string? StatusOf(string? status, string? diagnostic)
    {
        var own = status is null ? null : Code().Match(status) is { Success: true } found ? found.Value : null;
        if (own is not null && !own.EndsWith(".0.0", StringComparison.Ordinal)) return own;
        var said = diagnostic is null ? null : Code().Match(diagnostic) is { Success: true } match ? match.Value : null;
        return said is not null && (own is null || said[0] == own[0]) ? said : own;
    }

    private static char? Reply(string? diagnostic) =>
        diagnostic is not null && ReplyCode().Match(diagnostic) is { Success: true } reply ? reply.Value[0] : null;

    private static string? AddressOf(HeaderList group, string field)
    {
        if (MailHeaders.Value(group, field) is not { } value) return null;
        var type = value.IndexOf(';', StringComparison.Ordinal);
        var address = type < 0 ? value : value[(type + 1)..];
        if (type >= 0 && value[..type].Trim().StartsWith("utf-8", StringComparison.OrdinalIgnoreCase))
            address = Escaped().Replace(address, e => Letter(e.Groups[1].Value));
        return MailHeaders.Address(address);
    }

    private static string Letter(string hexadecimal) =>
        int.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var code && Rune.IsValid(code)
            ? new Rune(code).ToString() : "";

    private static string? Returned(
        HeaderList headers, IReadOnlyList<MimeEntity> parts, List<HeaderList> groups, HeaderList? disposition, string text)
    {
        foreach (var message in parts.OfType<MessagePart>().Where(p => p.Message is not null))
            if (MailHeaders.Id(MailHeaders.Value(message.Message!.Headers, "Message-ID")) is { } id) return id;
        foreach (var part in parts.OfType<TextPart>().Where(p => p.ContentType.IsMimeType("text", "rfc822-headers")))
            if (InText(part.Text) is { } id) return id;
        foreach (var group in groups)
            if (MailHeaders.Id(MailHeaders.Value(group, "X-Original-Message-ID")) is { } id) return id;
        if (disposition is not null && MailHeaders.Id(MailHeaders.Value(disposition, "Original-Message-ID")) is { } original)
            return original;
        return MailHeaders.References(headers) is [.., var last] ? last
            : MailHeaders.Id(MailHeaders.Value(headers, "In-Reply-To")) ?? InText(text);
    }

    private static string? InText(string? text) =>
        text is not null && OwnId().Match(text) is { Success: true } found ? MailHeaders.Id(found.Groups[1].Value) : null;

    /// <summary>Servers that write no report name the addresses in their text, one a paragraph.</summary>
    private static List<FailedRecipient> FromText(string text)
    {
        var found = new List<FailedRecipient>();
        foreach (Match match in Named().Matches(MailHeaders.Cut(text, 20_000)))
        {
            if (found.Count >= 20 || MailHeaders.Address(match.Groups[1].Value) is not { } address) continue;
            var said = match.Groups[2].Value.Replace('\n', ' ').Trim();
            var status = StatusOf(null, said);
            found.Add(new(address, "failed", status, said.Length > 0 ? MailHeaders.Cut(said, LongestDiagnostic) : null,
                (status?[0] ?? Reply(said)) == '5'));
        }

        return found;
    }

    /// <summary>Whether a mail server itself is the sender.</summary>
    public static bool IsFromMailer(HeaderList headers) =>
        MailHeaders.Person(headers, "From")?.Address.Split('@')[0].ToLowerInvariant() is "mailer-daemon" or "postmaster" or "mail-daemon"
        || (MailHeaders.Value(headers, "From") ?? "").StartsWith("MAILER-DAEMON", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])", RegexOptions.CultureInvariant)]
    private static partial Regex Code();

    [GeneratedRegex(@"(?<!\d)[45]\d\d(?!\d)", RegexOptions.CultureInvariant)]
    private static partial Regex ReplyCode();

    [GeneratedRegex(@"\\x\{([0-9A-Fa-f]{1,6})\}", RegexOptions.CultureInvariant)]
    private static partial Regex Escaped();

    [GeneratedRegex(@"^Message-ID:\s*(<[^<>\s]{3,500}>)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex OwnId();

    [GeneratedRegex(@"^[ \t]*<?([^\s<>:]{1,100}@[^\s<>:]{1,150})>?:[ \t]*\n?((?:[ \t]*\S.*\n?){0,6})",
        RegexOptions.CultureInvariant | RegexOptions.Multiline, 1_000)]
    private static partial Regex Named();
}
