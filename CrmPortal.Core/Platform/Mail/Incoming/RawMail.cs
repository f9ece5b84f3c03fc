using System.Text;
using MimeKit;

namespace CrmPortal.Core.Platform.Mail.Incoming;

/// <summary>
/// The bytes of a mail, made fit for a parser that keeps whatever it is given: a file of fifty megabytes can hold twelve million parts or
/// headers, each of which would become an object.
/// </summary>
internal static class RawMail
{
    public const int MostParts = 200;
    public const int DeepestPart = 20;
    private const int MostHeaders = 1_000;
    private const int MostHeaderBytes = 512 * 1024;
    private const int MostFieldBytes = 64 * 1024;

    private static readonly byte[] Mark = [0xEF, 0xBB, 0xBF];

    /// <summary>The same for counting and for reading.</summary>
    public static ParserOptions Options { get; } = new()
    {
        MaxMimeDepth = DeepestPart, RespectContentLength = false, CharsetEncoding = Encoding.UTF8,
    };

    /// <summary>The parts of the mail that a parser is to see, one after the other.</summary>
    public static Stream Bounded(ReadOnlyMemory<byte> raw, ICollection<MailFault> faults)
    {
        var start = Start(raw.Span);
        var body = start;
        var head = new MemoryStream();
        if (Headers(raw.Span[start..], head, out var length)) faults.Add(MailFault.HeadersCut);
        body += length;
        var rest = raw[body..];
        var bounds = new Bounds(faults);
        var whole = Joined(head, rest);
        bounds.Count(whole);
        if (bounds.End is { } end && end < whole.Length) whole.SetLength(end);
        whole.Position = 0;
        return whole;
    }

    private static MemoryStream Joined(MemoryStream head, ReadOnlyMemory<byte> rest)
    {
        var whole = new MemoryStream((int)head.Length + rest.Length);
        head.WriteTo(whole);
        whole.Write(rest.Span);
        whole.Position = 0;
        return whole;
    }

    /// <summary>Where the headers begin: behind a byte order mark, the line of a mailbox file, and empty lines before headers.</summary>
    private static int Start(ReadOnlySpan<byte> raw)
    {
        var at = raw.StartsWith(Mark) ? Mark.Length : 0;
        if (raw[at..].StartsWith("From "u8) || raw[at..].StartsWith(">From "u8))
        {
            var end = raw[at..].IndexOf((byte)'\n');
            at = end < 0 ? raw.Length : at + end + 1;
        }

        var line = at;
        while (line < raw.Length && raw[line] is (byte)'\r' or (byte)'\n') line++;
        return line > at && IsField(raw[line..]) ? line : at;
    }

    private static bool IsField(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        return colon is > 0 and < 60 && line[..colon].IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0;
    }

    /// <summary>Copies the headers within bounds, and says whether something was left out.</summary>
    /// <param name="length">How long they are in the mail, without the empty line that ends them.</param>
    private static bool Headers(ReadOnlySpan<byte> raw, Stream head, out int length)
    {
        var (isCut, fields, field, isOut) = (false, 0, 0, false);
        length = 0;
        while (length < raw.Length)
        {
            var end = raw[length..].IndexOf((byte)'\n');
            var line = end < 0 ? raw[length..] : raw.Slice(length, end + 1);
            if (line.Trim("\r\n"u8).IsEmpty) break;
            if (line[0] is not ((byte)' ' or (byte)'\t'))
            {
                field = 0;
                isOut = ++fields > MostHeaders || head.Length > MostHeaderBytes;
            }

            length += line.Length;
            var room = isOut ? 0 : MostFieldBytes - field;
            if (line.Length <= room) head.Write(line);
            else
            {
                isCut = true;
                if (room > 2)
                {
                    head.Write(line[..(room - 2)]);
                    head.Write("\r\n"u8);
                }

                isOut = true;
            }

            field += line.Length;
        }

        return isCut;
    }

    /// <summary>Walks through a mail without keeping it, up to where a bound is passed.</summary>
    private sealed class Bounds(ICollection<MailFault> faults) : MimeReader(RawMail.Options, Stream.Null, MimeFormat.Entity)
    {
        private int _parts;
        private int _headers;
        private long _headerBytes;

        public long? End { get; private set; }

        public void Count(Stream mail)
        {
            SetStream(mail, MimeFormat.Entity);
            try
            {
                ReadMessage();
            }
            catch (PassedException)
            {
                // End says where.
            }
            catch (Exception fault) when (fault is FormatException or IOException or ArgumentException or InvalidOperationException)
            {
                // What the parser makes of it is another question.
            }
        }

        protected override void OnMimePartBegin(
            ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => Part(beginOffset);

        protected override void OnMultipartBegin(
            ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => Part(beginOffset);

        protected override void OnMessagePartBegin(
            ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => Part(beginOffset);

        protected override void OnHeaderRead(Header header, int beginLineNumber, CancellationToken cancellationToken)
        {
            _headerBytes += header.RawField.Length + header.RawValue.Length;
            if (++_headers <= MostHeaders * 4 && _headerBytes <= MostHeaderBytes * 8) return;
            faults.Add(MailFault.HeadersCut);
            Pass(header.Offset ?? 0);
        }

        private void Part(long at)
        {
            if (++_parts <= MostParts) return;
            faults.Add(MailFault.PartsCut);
            Pass(at);
        }

        private void Pass(long at)
        {
            End = at;
            throw new PassedException();
        }
    }

    private sealed class PassedException : Exception;
}
