using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Common;
using MimeKit;
using MimeKit.Utils;

namespace CrmPortal.Core.Platform.Mail.Incoming;

/// <summary>What the headers of a mail say, decoded and bounded.</summary>
internal static partial class MailHeaders
{
    private const int LongestId = 500;
    private const int LongestName = 200;
    private const int LongestSubject = 300;
    private const int MostReferences = 100;
    private const int MostPeople = 200;
    private const int MostDeliveries = 20;

    /// <summary>The first header of a name as it stands there, unfolded; null where there is none.</summary>
    public static string? Value(HeaderList headers, string name)
    {
        foreach (var header in headers) if (header.Field.Equals(name, StringComparison.OrdinalIgnoreCase)) return Text(header);
        return null;
    }

    /// <summary>All headers of a name, from the top.</summary>
    public static IEnumerable<string> Values(HeaderList headers, string name) =>
        headers.Where(h => h.Field.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(Text);

    /// <summary>One line of text, without what is no letter.</summary>
    public static string Clean(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var isBlank = IsOverride(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator;
            line.Append(isBlank ? " " : rune.ToString());
        }

        return Blanks().Replace(line.ToString(), " ").Trim();
    }

    /// <summary>Overrides of direction turn the rest of a line around, also that of our own page.</summary>
    private static bool IsOverride(Rune rune) => rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    public static string Subject(HeaderList headers) => Cut(Value(headers, "Subject") ?? "", LongestSubject);

    /// <summary>The first id in a header, without angle brackets.</summary>
    public static string? Id(string? value)
    {
        if (string.IsNullOrWhiteSpace(value)) return null;
        if (Ids(value).FirstOrDefault() is { } id) return id;
        var bare = value.Trim().Trim('<', '>');
        return bare.Length is > 2 and <= LongestId && bare.Contains('@') && !bare.Any(c => char.IsWhiteSpace(c) || c is '<' or '>')
            ? bare : null;
    }

    public static IReadOnlyList<string> References(HeaderList headers) =>
        [.. Ids(Value(headers, "References") ?? "").Distinct(StringComparer.Ordinal).TakeLast(MostReferences)];

    public static MailPerson? Person(HeaderList headers, string name) => People(headers, name) is [var first, ..] ? first : null;

    /// <summary>The people of a header; groups are opened, and what is no address is left out.</summary>
    public static IReadOnlyList<MailPerson> People(HeaderList headers, string name)
    {
        var people = new List<MailPerson>();
        foreach (var header in headers.Where(h => h.Field.Equals(name, StringComparison.OrdinalIgnoreCase)).Take(10))
        {
            if (!InternetAddressList.TryParse(RawMail.Options, MailCharsets.Repaired(header.RawValue), out var list)) continue;
            people.AddRange(list.Mailboxes.Take(MostPeople - people.Count).Select(Person).OfType<MailPerson>());
        }

        return people;
    }

    /// <summary>Where servers say they delivered the mail. One program writes the word "unknown" above the true address.</summary>
    public static IReadOnlyList<string> DeliveredTo(HeaderList headers) =>
    [
        .. headers.Where(h => h.Field.ToLowerInvariant() is "delivered-to" or "x-original-to" or "envelope-to" or "x-envelope-to")
            .Select(h => Address(Text(h))).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Take(MostDeliveries),
    ];

    public static DateTimeOffset? Date(HeaderList headers) =>
        Value(headers, "Date") is { Length: < 200 } text && DateUtils.TryParse(text, out var date) && date.Year > 1900 ? date : null;

    /// <summary>An address that may stand in angle brackets; null for anything else.</summary>
    public static string? Address(string text)
    {
        var address = text.Trim().Trim('<', '>').Trim();
        return address.Length is > 2 and <= TextRules.EmailLength && address.IndexOf('@', StringComparison.Ordinal) > 0
            && !address.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '<' or '>') ? address : null;
    }

    public static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    private static MailPerson? Person(MailboxAddress mailbox) =>
        Address(mailbox.Address) is { } address ? new(address, Cut(Clean(mailbox.Name ?? ""), LongestName)) : null;

    private static string Text(Header header) => Clean(Rfc2047.DecodeText(RawMail.Options, MailCharsets.Repaired(header.RawValue)));

    private static IEnumerable<string> Ids(string value) => MessageIds().Matches(value).Select(m => m.Groups[1].Value);

    [GeneratedRegex(@"<\s*([^<>\s]{3,500})\s*>", RegexOptions.CultureInvariant)]
    private static partial Regex MessageIds();

    [GeneratedRegex(" {2,}", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();
}
