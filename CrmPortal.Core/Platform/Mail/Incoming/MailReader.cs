using System.Text;
using AngleSharp.Html.Dom;
using MimeKit;

namespace CrmPortal.Core.Platform.Mail.Incoming;

/// <summary>
/// Reads a mail as it came from a server or through a pipe. Whatever the bytes are, there is an answer, and what it costs is bounded:
/// 50 MB as a whole, 200 parts, parts in parts 20 deep, 100 attachments, a million characters of text.
/// </summary>
public static class MailReader
{
    /// <summary>The largest mail that is read.</summary>
    public const int MostBytes = 50 * 1024 * 1024;

    /// <summary>So many characters of the text, and of the HTML, are kept.</summary>
    public const int MostText = 1_000_000;

    private const string CutMark = "\n[…]";

    /// <summary>Reads a mail to the end of a stream.</summary>
    /// <exception cref="MailTooLargeException">It is larger than <see cref="MostBytes"/>; what is beyond is not read.</exception>
    public static ReadMail Read(Stream raw)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[81920];
        while (raw.Read(buffer, 0, buffer.Length) is var read and > 0)
        {
            if (bytes.Length + read > MostBytes) throw new MailTooLargeException();
            bytes.Write(buffer, 0, read);
        }

        return Read(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
    }

    /// <summary>Reads a mail.</summary>
    /// <exception cref="MailTooLargeException">It is larger than <see cref="MostBytes"/>.</exception>
    public static ReadMail Read(ReadOnlyMemory<byte> raw)
    {
        if (raw.Length > MostBytes) throw new MailTooLargeException();
        var faults = new SortedSet<MailFault>();
        try
        {
            using var bounded = RawMail.Bounded(raw, faults);
            var message = new MimeParser(RawMail.Options, bounded, MimeFormat.Entity, persistent: true).ParseMessage();
            return Made(message, faults);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            faults.Add(MailFault.Unreadable);
            var text = Tidy(MailCharsets.Decode(raw.Span[..Math.Min(raw.Length, MostText)], null), faults);
            return new() { Text = text, NewText = text, Faults = [.. faults] };
        }
    }

    private static ReadMail Made(MimeMessage message, SortedSet<MailFault> faults)
    {
        var headers = message.Headers;
        var parts = new MailParts(faults);
        parts.Read(message.Body);
        var subject = MailHeaders.Subject(headers);
        var body = MailBody.Of(parts.Sections, MailQuotes.IsForward(subject), faults);
        var report = MailReport.Of(headers, parts.All, body.Text);
        var kind = MailKinds.Of(headers, report, subject);
        var isReport = kind is MailKind.Bounce or MailKind.DelayNotice or MailKind.Refusal;
        return new()
        {
            MessageId = MailHeaders.Id(MailHeaders.Value(headers, "Message-ID")),
            InReplyTo = MailHeaders.Id(MailHeaders.Value(headers, "In-Reply-To")),
            References = MailHeaders.References(headers),
            From = MailHeaders.Person(headers, "From"),
            Sender = MailHeaders.Person(headers, "Sender"),
            ReplyTo = MailHeaders.People(headers, "Reply-To"),
            To = MailHeaders.People(headers, "To"),
            Cc = MailHeaders.People(headers, "Cc"),
            DeliveredTo = MailHeaders.DeliveredTo(headers),
            Subject = subject,
            Date = MailHeaders.Date(headers),
            Text = body.Text,
            NewText = body.New,
            QuotedText = body.Quoted,
            Html = body.Html,
            HasRemotePictures = body.HasRemotePictures,
            Attachments = parts.Attachments(body.ContentIds),
            Kind = kind,
            FailedRecipients = isReport ? report.Failed : [],
            ReturnedMessageId = isReport ? report.ReturnedId : null,
            Faults = [.. faults],
            Hops = headers.Count(h => h.Field.Equals("Received", StringComparison.OrdinalIgnoreCase)),
            LoopMarks = [.. MailHeaders.Values(headers, "X-Loop").Take(20)],
            HasOwnMark = headers.Any(h => h.Field.Equals("X-CrmPortal", StringComparison.OrdinalIgnoreCase)),
        };
    }

    /// <summary>Text that a database takes: lines ended by one sign, no control characters, not longer than is kept.</summary>
    /// <param name="isCut">Whether it was cut already, which is marked at its end.</param>
    internal static string Tidy(string text, ISet<MailFault> faults, bool isCut = false)
    {
        var tidy = new StringBuilder(Math.Min(text.Length, MostText));
        foreach (var rune in text.ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t') tidy.Append((char)rune.Value);
            else if (rune.Value is '\u00A0') tidy.Append(' ');
            else if (!Rune.IsControl(rune) && rune.Value is not (0xFFFE or 0xFFFF or 0xFEFF)) tidy.Append(rune.ToString());
            if (tidy.Length <= MostText) continue;
            faults.Add(MailFault.TextCut);
            isCut = true;
            break;
        }

        var lines = tidy.ToString().Split('\n').Select(l => l.TrimEnd());
        var whole = string.Join('\n', lines).Trim('\n');
        return isCut ? MailHeaders.Cut(whole, MostText) + CutMark : whole;
    }
}

/// <summary>What a mail says, made of its texts.</summary>
internal sealed record MailBody(
    string Text, string New, string Quoted, string? Html, bool HasRemotePictures, IReadOnlySet<string> ContentIds)
{
    public static MailBody Of(IReadOnlyList<MailParts.Section> sections, bool isForward, ISet<MailFault> faults)
    {
        // A tree is made once and read before it is changed: the text first, and what is safe of it afterwards.
        var trees = sections.Select(s => TreeOf(s, faults)).ToList();
        var converted = trees.Select(t => HtmlText.Of(t?.Body, MailReader.MostText)).ToList();
        var texts = sections.Select((s, i) => IsBlank(s.Plain) ? FromHtml(s, trees[i], converted[i].Text) : s.Plain!).ToList();
        var isCut = sections.Any(s => IsBlank(s.Plain) ? s.IsHtmlCut : s.IsPlainCut);
        var text = MailReader.Tidy(string.Join('\n', texts.Where(t => !IsBlank(t))), faults, isCut);
        var (fresh, quoted) = MailQuotes.Split(text, isForward, sections.Count == 1 ? Marked(text, converted[0]) : null);
        if (!trees.Any(t => t is not null)) return new(text, fresh, quoted, null, false, new HashSet<string>());
        var safe = trees.Select((t, i) => t is null ? Plain(texts[i]) : MailHtml.Sanitize(t)).ToList();
        return new(text, fresh, quoted, string.Join('\n', safe.Select(s => s.Html)), safe.Any(s => s.HasRemotePictures),
            safe.SelectMany(s => s.ContentIds).ToHashSet(StringComparer.OrdinalIgnoreCase));
    }

    private static IHtmlDocument? TreeOf(MailParts.Section section, ISet<MailFault> faults)
    {
        if (IsBlank(section.Html)) return null;
        var tree = HtmlTree.Of(section.Html!);
        if (tree is null) faults.Add(MailFault.HtmlRefused);
        return tree;
    }

    private static string FromHtml(MailParts.Section section, IHtmlDocument? tree, string converted) =>
        tree is not null ? converted : section.Html is null ? "" : HtmlText.Stripped(section.Html);

    /// <summary>Where a program has marked the quotation in the HTML, found again in the text.</summary>
    private static int? Marked(string text, (string Text, int? QuoteStart) html) =>
        html.QuoteStart is { } start && html.Text[..Math.Min(start, html.Text.Length)] is var fresh && fresh.Any(char.IsLetterOrDigit)
            ? MailQuotes.SamePlace(text, fresh) : null;

    private static SafeHtml Plain(string text) =>
        new("<p>" + System.Net.WebUtility.HtmlEncode(MailReader.Tidy(text, new HashSet<MailFault>()))
            .Replace("\n", "<br>", StringComparison.Ordinal) + "</p>", false, new HashSet<string>());

    private static bool IsBlank(string? text) => string.IsNullOrWhiteSpace(text);
}
