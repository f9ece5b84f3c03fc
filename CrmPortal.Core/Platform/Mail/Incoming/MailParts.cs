using System.Text;
using MimeKit;
using MimeKit.Text;
using MimeKit.Tnef;

namespace CrmPortal.Core.Platform.Mail.Incoming;

/// <summary>The parts of one mail: which are its text, which are files, and which are for programs.</summary>
internal sealed class MailParts(ISet<MailFault> faults)
{
    private const int MostAttachments = 100;
    private const int MostTextBytes = 4 * MailReader.MostText;
    private const long MostUnpacked = 60L * 1024 * 1024;
    private const long MostPacked = 25L * 1024 * 1024;
    private const int LongestType = 100;

    private readonly List<Section> _sections = [];
    private readonly List<(string? Name, string Type, string? ContentId, byte[] Content)> _files = [];
    private long _unpacked;
    private int _seen;

    /// <summary>Every part that is not inside of another mail.</summary>
    public List<MimeEntity> All { get; } = [];

    /// <summary>The texts of the mail in their order, each as plain text, as HTML or as both.</summary>
    public IReadOnlyList<Section> Sections => _sections;

    public IReadOnlyList<MailAttachment> Attachments(IReadOnlySet<string> shown) =>
    [
        .. _files.Select(f => new MailAttachment(MailFileName.Safe(f.Name, f.Type), f.Type, f.Content, f.ContentId,
            f.ContentId is not null && shown.Contains(f.ContentId))),
    ];

    public void Read(MimeEntity? entity) => Read(entity, 0, null);

    /// <param name="alternative">The section that a part is another form of.</param>
    private void Read(MimeEntity? entity, int depth, Section? alternative)
    {
        if (entity is null) return;
        if (++_seen > RawMail.MostParts || depth > RawMail.DeepestPart)
        {
            faults.Add(MailFault.PartsCut);
            return;
        }

        All.Add(entity);
        try
        {
            ReadOne(entity, depth, alternative);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            faults.Add(MailFault.PartUnreadable);
        }
    }

    private void ReadOne(MimeEntity entity, int depth, Section? alternative)
    {
        switch (entity)
        {
            case Multipart multipart:
                ReadAll(multipart, depth, alternative);
                break;
            case MessageDeliveryStatus or MessageDispositionNotification:
                break;
            case MessagePart message:
                if (message.Message is not null) Keep(message);
                break;
            case TnefPart packed:
                Unpack(packed, depth, alternative);
                break;
            case TextPart text when IsBody(text):
                Add(text, alternative);
                break;
            case MimePart part when part.ContentType.IsMimeType("multipart", "*") || part.ContentType.IsMimeType("message", "rfc822"):
                // So deep that the parser did not open it.
                faults.Add(MailFault.PartsCut);
                break;
            case MimePart part when IsPacked(part):
                Unpack(new TnefPart { Content = part.Content }, depth, alternative);
                break;
            case MimePart part:
                Keep(part);
                break;
        }
    }

    private void ReadAll(Multipart multipart, int depth, Section? alternative)
    {
        var isAlternative = multipart.ContentType.IsMimeType("multipart", "alternative");
        if (isAlternative && alternative is null)
        {
            alternative = new();
            _sections.Add(alternative);
        }

        var isFirst = true;
        foreach (var part in multipart)
        {
            // Below an alternative, only the root of a set of related parts is another form of the text.
            var own = isAlternative || isFirst || multipart.ContentType.IsMimeType("multipart", "mixed") ? alternative : null;
            Read(part, depth + 1, own);
            isFirst = false;
        }
    }

    private static bool IsBody(TextPart text) =>
        text.ContentType.MediaSubtype.ToLowerInvariant() is "plain" or "html" && !text.IsAttachment
        && string.IsNullOrEmpty(text.FileName);

    private static bool IsPacked(MimePart part) =>
        part.ContentType.IsMimeType("application", "octet-stream")
        && string.Equals(part.FileName, "winmail.dat", StringComparison.OrdinalIgnoreCase);

    private void Add(TextPart part, Section? alternative)
    {
        var text = TextOf(part, out var isCut);
        var section = alternative ?? new();
        if (part.IsHtml) section.IsHtmlCut |= isCut;
        else section.IsPlainCut |= isCut;
        if (alternative is null) _sections.Add(section);
        if (part.IsHtml) section.Html = section.Html is null ? text : section.Html + "<br>" + text;
        else section.Plain = section.Plain is null ? Unflowed(part, text) : section.Plain + "\n" + Unflowed(part, text);
    }

    private string TextOf(TextPart part, out bool isCut)
    {
        var bytes = BytesOf(part, MostTextBytes, out isCut);
        var charset = part.ContentType.Charset;
        if (part.IsHtml && string.IsNullOrEmpty(charset)) charset = HtmlCharset.Of(bytes);
        var text = MailCharsets.Decode(bytes, charset);
        isCut |= text.Length > MailReader.MostText;
        if (isCut) faults.Add(MailFault.TextCut);
        return MailHeaders.Cut(text, MailReader.MostText);
    }

    private static string Unflowed(TextPart part, string text)
    {
        if (!"flowed".Equals(part.ContentType.Parameters["format"], StringComparison.OrdinalIgnoreCase)) return text;
        var isSpaceless = "yes".Equals(part.ContentType.Parameters["delsp"], StringComparison.OrdinalIgnoreCase);
        return new FlowedToText { DeleteSpace = isSpaceless }.Convert(text);
    }

    private void Keep(MimePart part)
    {
        if (part.Content is null || IsFull()) return;
        var bytes = BytesOf(part, MailReader.MostBytes, out _);
        Keep(part.FileName, part.ContentType.MimeType, part.ContentId, bytes);
    }

    private void Keep(MessagePart part)
    {
        if (IsFull()) return;
        using var kept = new MemoryStream();
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        part.Message!.WriteTo(format, kept);
        var name = part.ContentDisposition?.FileName ?? part.ContentType.Name ?? part.Message.Subject;
        if (string.IsNullOrWhiteSpace(name)) name = "message";
        if (!name.EndsWith(".eml", StringComparison.OrdinalIgnoreCase))
            name = (part.ContentDisposition?.FileName is null ? name.Replace('/', '-').Replace('\\', '-') : name) + ".eml";
        Keep(name, "message/rfc822", part.ContentId, kept.ToArray());
    }

    private void Keep(string? name, string type, string? contentId, byte[] content)
    {
        _unpacked += content.Length;
        _files.Add((name, MailHeaders.Cut(MailHeaders.Clean(type).ToLowerInvariant(), LongestType),
            contentId is null ? null : MailHeaders.Cut(MailHeaders.Clean(contentId).Trim('<', '>'), 300), content));
    }

    private bool IsFull()
    {
        if (_files.Count < MostAttachments && _unpacked < MostUnpacked) return false;
        faults.Add(MailFault.AttachmentsCut);
        return true;
    }

    /// <summary>Outlook's own wrapping (TNEF); one that cannot be opened is kept as the file that it is.</summary>
    private void Unpack(TnefPart packed, int depth, Section? alternative)
    {
        var inside = Inside(packed);
        if (inside.Count == 0)
        {
            faults.Add(MailFault.PartUnreadable);
            if (IsFull()) return;
            Keep(packed.FileName ?? "winmail.dat", "application/ms-tnef", packed.ContentId, BytesOf(packed, MailReader.MostBytes, out _));
            return;
        }

        // What the mail says outside of the wrapping, it says inside again.
        var hasText = _sections.Any(s => s.Plain is not null || s.Html is not null);
        var own = hasText ? new Section() : alternative;
        foreach (var part in inside) Read(part, depth + 1, part is MimePart and not TextPart ? null : own);
    }

    /// <summary>What is wrapped; nothing where the wrapping is broken, which the library does not tell from an empty one.</summary>
    private static List<MimeEntity> Inside(TnefPart packed)
    {
        // Its text is compressed, so that a large one would become many times as large.
        if (packed.Content is { Stream.Length: > MostPacked }) return [];
        try
        {
            var body = packed.ConvertToMessage().Body;
            IEnumerable<MimeEntity> parts = body is Multipart multipart ? multipart : body is null ? [] : [body];
            return [.. parts.Where(p => p is not TextPart { Text: "" })];
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return [];
        }
    }

    private byte[] BytesOf(MimePart part, int most, out bool isCut)
    {
        isCut = false;
        if (part.Content is null) return [];
        using var bytes = new CappedStream(most);
        try
        {
            part.Content.DecodeTo(bytes);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            faults.Add(MailFault.PartUnreadable);
        }

        isCut = bytes.IsCut;
        return bytes.ToArray();
    }

    /// <summary>One text of a mail in the forms in which it came.</summary>
    public sealed class Section
    {
        public string? Plain { get; set; }
        public string? Html { get; set; }
        public bool IsPlainCut { get; set; }
        public bool IsHtmlCut { get; set; }
    }

    /// <summary>Keeps so many bytes and lets the others go.</summary>
    private sealed class CappedStream(int most) : MemoryStream
    {
        public bool IsCut { get; private set; }

        // A memory stream that is derived from sends spans through here as well.
        public override void Write(byte[] buffer, int offset, int count)
        {
            var room = (int)Math.Min(count, most - Length);
            if (room < count) IsCut = true;
            base.Write(buffer, offset, room);
        }
    }
}

/// <summary>The charset that HTML gives for itself, where its mail gives none.</summary>
internal static partial class HtmlCharset
{
    public static string? Of(ReadOnlySpan<byte> html)
    {
        var head = Encoding.Latin1.GetString(html[..Math.Min(html.Length, 2_000)]);
        return Charset().Match(head) is { Success: true } found ? found.Groups[1].Value : null;
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"<meta[^>]{0,200}charset\s*=\s*[""']?([\w.:-]{2,40})",
        System.Text.RegularExpressions.RegexOptions.IgnoreCase | System.Text.RegularExpressions.RegexOptions.CultureInvariant)]
    private static partial System.Text.RegularExpressions.Regex Charset();
}
