using System.Text;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>Looks at the bytes of a file while they pass by: refuses at once what is no table in text, and finds the encoding.</summary>
internal sealed class FileSniffer
{
    /// <summary>The encodings that can be chosen; the first that fits is taken.</summary>
    public static readonly IReadOnlyList<string> Encodings =
        ["utf-8", "utf-16", "utf-16BE", "windows-1252", "iso-8859-15", "windows-1250", "windows-1251", "windows-1253", "windows-1254",
            "windows-1255", "windows-1256", "shift_jis", "euc-kr", "gb18030", "big5"];

    private static readonly (byte[] Start, string Sentence)[] Others =
    [
        ("%PDF"u8.ToArray(), "This is a PDF, not a table; export the data as CSV first."),
        ([0x50, 0x4b, 0x03, 0x04], "This is an Excel workbook or an archive; save the table as CSV first."),
        ([0xd0, 0xcf, 0x11, 0xe0], "This is an old Excel workbook; save the table as CSV first."),
        ([0x1f, 0x8b], "This file is compressed; unpack it first."),
        ([0x89, 0x50, 0x4e, 0x47], "This is a picture, not a table."),
        ([0xff, 0xd8, 0xff], "This is a picture, not a table."),
    ];

    private readonly Decoder _utf8 = new UTF8Encoding(false, true).GetDecoder();
    private readonly char[] _characters = new char[ImportFileStore.ChunkSize + 16];
    private bool _isUtf8 = true;
    private string? _wide;
    private bool _isFirst = true;

    static FileSniffer() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The encoding of what was seen; without a byte order mark and outside UTF-8 it is a guess that people can change.</summary>
    public string EncodingName => _wide ?? (_isUtf8 ? "utf-8" : "windows-1252");

    public static Encoding EncodingOf(string name) => Encoding.GetEncoding(name);

    /// <exception cref="RuleViolationException">This is no text.</exception>
    public void Look(ReadOnlySpan<byte> bytes)
    {
        if (_isFirst) LookAtStart(bytes);
        _isFirst = false;
        if (_wide is not null || !_isUtf8) return;
        try
        {
            _utf8.Convert(bytes, _characters, flush: false, out _, out _, out _);
        }
        catch (DecoderFallbackException)
        {
            _isUtf8 = false;
        }
    }

    private void LookAtStart(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0) throw new RuleViolationException("File", "The file is empty.");
        foreach (var (start, sentence) in Others)
            if (bytes.StartsWith(start)) throw new RuleViolationException("File", sentence);
        if (bytes.StartsWith<byte>([0xff, 0xfe])) _wide = "utf-16";
        else if (bytes.StartsWith<byte>([0xfe, 0xff])) _wide = "utf-16BE";
        else if (bytes.Contains((byte)0))
            _wide = WideWithoutMark(bytes) ?? throw new RuleViolationException("File", "This is not a text file: byte {0} of it is zero.",
            bytes.IndexOf((byte)0) + 1);
    }

    /// <summary>Western text in UTF-16 has a zero in nearly every second byte, and in the others none.</summary>
    private static string? WideWithoutMark(ReadOnlySpan<byte> bytes)
    {
        int even = 0, odd = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != 0) continue;
            if (i % 2 == 0) even++;
            else odd++;
        }

        var pairs = bytes.Length / 2;
        if (even == 0 && odd > pairs * 0.6) return "utf-16";
        return odd == 0 && even > pairs * 0.6 ? "utf-16BE" : null;
    }
}
