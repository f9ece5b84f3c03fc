using System.Buffers;
using System.Globalization;
using System.Text;

namespace CrmPortal.Core.Exports.Xlsx;

/// <summary>Text as the parts of a workbook hold it.</summary>
internal static class XlsxText
{
    /// <summary>The longest text of a cell; a spreadsheet calls a file with a longer one damaged.</summary>
    public const int Longest = 32_767;

    private static readonly SearchValues<char> Special = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (char)c), '&', '<', '>', '"', '_', '\uFFFE', '\uFFFF']);

    /// <summary>For values of attributes and small parts.</summary>
    public static string Escape(string text)
    {
        var xml = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            xml.Append(rune.Value switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                < 0x20 or 0xFFFE or 0xFFFF => " ",
                _ => rune.ToString(),
            });
        }

        return xml.ToString();
    }

    /// <summary>Writes a cell's text. What XML cannot hold stands as <c>_xHHHH_</c>, which spreadsheets read back; what looks like it is escaped too.</summary>
    public static void Write(Utf8Buffer buffer, ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAny(Special); at >= 0; at = text.IndexOfAny(Special))
        {
            buffer.Write(text[..at]);
            switch (text[at])
            {
                case '&': buffer.Write("&amp;"u8); break;
                case '<': buffer.Write("&lt;"u8); break;
                case '>': buffer.Write("&gt;"u8); break;
                case '"': buffer.Write((byte)'"'); break;
                case '\t' or '\n': buffer.Write((byte)text[at]); break;
                case '_' when !LooksEscaped(text[at..]): buffer.Write((byte)'_'); break;
                case var c: buffer.Write("_x" + ((int)c).ToString("X4", CultureInfo.InvariantCulture) + "_"); break;
            }

            text = text[(at + 1)..];
        }

        buffer.Write(text);
    }

    private static bool LooksEscaped(ReadOnlySpan<char> text) =>
        text.Length >= 7 && text[1] is 'x' or 'X' && text[6] == '_' && text[2..6].IndexOfAnyExcept(SearchHex) < 0;

    private static readonly SearchValues<char> SearchHex = SearchValues.Create("0123456789abcdefABCDEF");
}
