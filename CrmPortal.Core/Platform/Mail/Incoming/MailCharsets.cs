using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace CrmPortal.Core.Platform.Mail.Incoming;

/// <summary>Text of bytes whose charset is declared wrongly, or not at all, as far as the bytes themselves tell.</summary>
internal static partial class MailCharsets
{
    private static readonly Encoding Western = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>Names that programs give and .NET does not know, or takes for a narrower charset than is meant.</summary>
    private static readonly Dictionary<string, string> Meant = new(StringComparer.OrdinalIgnoreCase)
    {
        ["utf8"] = "utf-8", ["utf-8-mac"] = "utf-8", ["unicode-1-1-utf-8"] = "utf-8", ["utf8mb4"] = "utf-8", ["utf-16"] = "utf-16",
        ["gb2312"] = "gb18030", ["gbk"] = "gb18030", ["x-gbk"] = "gb18030", ["cp936"] = "gb18030", ["ms936"] = "gb18030",
        ["windows-936"] = "gb18030", ["gb_2312-80"] = "gb18030", ["euc-cn"] = "gb18030", ["chinese"] = "gb18030",
        ["ks_c_5601-1987"] = "ks_c_5601-1987", ["euc-kr"] = "ks_c_5601-1987", ["cp949"] = "ks_c_5601-1987", ["uhc"] = "ks_c_5601-1987",
        ["windows-31j"] = "shift_jis", ["x-sjis"] = "shift_jis", ["sjis"] = "shift_jis", ["cp932"] = "shift_jis",
        ["ms_kanji"] = "shift_jis",
        ["big5-hkscs"] = "big5", ["x-big5"] = "big5", ["cp950"] = "big5",
        ["iso-8859-8-i"] = "windows-1255", ["iso-8859-8-e"] = "windows-1255", ["iso-8859-8"] = "windows-1255",
        ["iso-8859-9"] = "windows-1254", ["iso-8859-11"] = "windows-874", ["tis-620"] = "windows-874",
        ["iso-8859-16"] = "iso-8859-2", ["iso-8859-10"] = "iso-8859-4", ["iso-8859-14"] = "windows-1252",
    };

    /// <summary>Charsets that are declared by habit, whatever the bytes are.</summary>
    private static readonly HashSet<string> Habitual = new(StringComparer.OrdinalIgnoreCase)
    {
        "", "us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us", "7bit", "8bit", "binary", "unknown-8bit", "x-unknown", "unknown", "default",
        "iso-8859-1", "iso_8859-1", "iso8859-1", "latin1", "latin-1", "l1", "cp819", "windows-1252", "cp1252", "x-cp1252", "win-1252",
        "windows1252", "ansi", "_autodetect", "_autodetect_all", "x-user-defined",
    };

    /// <summary>The text of some bytes. Bytes that no charset explains become the sign for an unknown character.</summary>
    /// <param name="declared">The charset that the mail gives.</param>
    public static string Decode(ReadOnlySpan<byte> bytes, string? declared)
    {
        if (bytes.StartsWith<byte>([0xEF, 0xBB, 0xBF])) return Encoding.UTF8.GetString(bytes[3..]);
        var name = Named(declared);
        if (name.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) || bytes.StartsWith<byte>([0xFF, 0xFE])
            || bytes.StartsWith<byte>([0xFE, 0xFF])) return DecodeUtf16(bytes, name);
        if (Habitual.Contains(name)) return (IsUtf8(bytes) ? Encoding.UTF8 : Western).GetString(bytes);
        if (name.Equals("utf-8", StringComparison.OrdinalIgnoreCase)) return (HasUtf8(bytes) ? Encoding.UTF8 : Western).GetString(bytes);
        if (EncodingOf(name) is { } encoding)
        {
            var text = encoding.GetString(bytes);
            // A charset of several bytes leaves signs of unknown characters where it is not the true one.
            return text.Contains('\uFFFD') && IsUtf8(bytes) ? Encoding.UTF8.GetString(bytes) : text;
        }

        return (IsUtf8(bytes) ? Encoding.UTF8 : Western).GetString(bytes);
    }

    /// <summary>A header with the charsets of its encoded words put right; what is 8 bit and not UTF-8 becomes UTF-8.</summary>
    public static byte[] Repaired(ReadOnlySpan<byte> header)
    {
        var text = Decode(header, null);
        // No other word of a header looks like an encoded one, so that a header of ASCII alone goes through unread.
        if (text.Contains("=?", StringComparison.Ordinal))
            text = EncodedWord().Replace(text, word => $"=?{Corrected(word)}?{word.Groups[2].Value}?{word.Groups[3].Value}?=");
        return Encoding.UTF8.GetBytes(text);
    }

    private static string Corrected(Match word)
    {
        // RFC 2231 allows a language behind the charset.
        var name = Named(word.Groups[1].Value.Split('*')[0]);
        if (!Habitual.Contains(name) && EncodingOf(name) is { } known) return known.WebName;
        return IsUtf8(BytesOf(word)) ? "utf-8" : "windows-1252";
    }

    private static byte[] BytesOf(Match word)
    {
        var text = word.Groups[3].Value;
        if (word.Groups[2].Value is "q" or "Q")
            return Encoding.Latin1.GetBytes(QuotedByte().Replace(text, q => ((char)Convert.ToByte(q.Groups[1].Value, 16)).ToString()));
        try
        {
            return Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
        }
        catch (FormatException)
        {
            return [];
        }
    }

    private static string Named(string? declared)
    {
        var name = (declared ?? "").Trim(' ', '\t', '"', '\'', ';', '=', ',');
        return Meant.GetValueOrDefault(name, name);
    }

    private static Encoding? EncodingOf(string name)
    {
        if (name.Length is 0 or > 40) return null;
        try
        {
            // Turned off in .NET, and what it hides is not worth turning it on.
            if (name.Equals("utf-7", StringComparison.OrdinalIgnoreCase)) return null;
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static string DecodeUtf16(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.StartsWith<byte>([0xFF, 0xFE])) return Encoding.Unicode.GetString(bytes[2..]);
        if (bytes.StartsWith<byte>([0xFE, 0xFF])) return Encoding.BigEndianUnicode.GetString(bytes[2..]);
        // Declared, and yet without a zero byte: no text of this charset has none.
        if (!bytes.Contains((byte)0)) return (IsUtf8(bytes) ? Encoding.UTF8 : Western).GetString(bytes);
        var isLittle = name.EndsWith("le", StringComparison.OrdinalIgnoreCase) || (bytes.Length > 1 && bytes[1] == 0);
        return (isLittle ? Encoding.Unicode : Encoding.BigEndianUnicode).GetString(bytes);
    }

    /// <summary>Whether bytes are UTF-8 throughout, but for a character that the end may cut.</summary>
    private static bool IsUtf8(ReadOnlySpan<byte> bytes)
    {
        for (var cut = 0; cut <= Math.Min(3, bytes.Length); cut++)
        {
            if (cut > 0 && bytes[^cut] < 0x80) return false;
            if (IsWhole(bytes[..^cut])) return true;
        }

        return false;
    }

    private static bool IsWhole(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (Rune.DecodeFromUtf8(bytes, out _, out var read) != OperationStatus.Done) return false;
            bytes = bytes[read..];
        }

        return true;
    }

    /// <summary>Whether there is more that is UTF-8 than that is not, of what is not ASCII.</summary>
    private static bool HasUtf8(ReadOnlySpan<byte> bytes)
    {
        var (right, wrong) = (0, 0);
        while (bytes.Length > 0)
        {
            var isRight = Rune.DecodeFromUtf8(bytes, out _, out var read) == OperationStatus.Done;
            if (!isRight) wrong++;
            else if (read > 1) right++;
            bytes = bytes[read..];
        }

        return wrong == 0 || right > wrong;
    }

    [GeneratedRegex(@"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\s]{0,2000})\?=", RegexOptions.CultureInvariant)]
    private static partial Regex EncodedWord();

    [GeneratedRegex("=([0-9A-Fa-f]{2})", RegexOptions.CultureInvariant)]
    private static partial Regex QuotedByte();
}
