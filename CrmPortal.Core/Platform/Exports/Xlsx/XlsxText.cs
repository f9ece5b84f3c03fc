using System.Buffers;
using System.Globalization;
using System.Text;

namespace CrmPortal.Core.Platform.Exports.Xlsx;

/// <summary>Text as the cells of a workbook hold it.</summary>
/// <remarks>
/// The library that writes workbooks drops some control characters, writes others that XML does not allow, and leaves
/// <c>_x0041_</c> as it is, which a spreadsheet reads as the letter A; so all of that is done here.
/// </remarks>
internal static class XlsxText
{
    /// <summary>The longest text of a cell; a spreadsheet calls a file with a longer one damaged.</summary>
    private const int Longest = 32_767;

    private const int LongestTabName = 31;

    private static readonly SearchValues<char> Special =
        SearchValues.Create(
            [.. Enumerable.Range(0, 0x20).Where(c => c is not ('\t' or '\n')).Select(c => (char)c), '_', '\uFFFE', '\uFFFF']);

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>
    /// The text with line feeds alone as line ends, cut where a cell ends. What XML cannot hold stands as <c>_xHHHH_</c>, which
    /// spreadsheets read back; what looks like it is escaped too.
    /// </summary>
    public static string Of(string text)
    {
        if (text.Length > Longest) text = text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)];
        if (!text.AsSpan().ContainsAny(Special)) return text;
        if (text.Contains('\r', StringComparison.Ordinal))
            text = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        return Escaped(text);
    }

    /// <summary>For the properties of a workbook, where nothing is escaped.</summary>
    public static string Plain(string text) =>
        string.Concat(text.EnumerateRunes().Select(r => r.Value is < 0x20 or 0xFFFE or 0xFFFF ? " " : r.ToString()));

    /// <summary>A spreadsheet refuses some characters in the name of a sheet, and names that are long or not unique.</summary>
    public static string TabName(string title, int sheet)
    {
        var end = sheet == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" {sheet}");
        var allowed = title.Where(c => !"[]:*?/\\'".Contains(c, StringComparison.Ordinal) && !char.IsControl(c) && !char.IsSurrogate(c));
        var name = string.Concat(allowed).Trim();
        if (name.Length > LongestTabName - end.Length) name = name[..(LongestTabName - end.Length)];
        return (name.Length == 0 ? "Sheet" : name) + end;
    }

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        var rest = text.AsSpan();
        for (var at = rest.IndexOfAny(Special); at >= 0; at = rest.IndexOfAny(Special))
        {
            escaped.Append(rest[..at]);
            if (rest[at] == '_' && !LooksEscaped(rest[at..])) escaped.Append('_');
            else escaped.Append(CultureInfo.InvariantCulture, $"_x{(int)rest[at]:X4}_");
            rest = rest[(at + 1)..];
        }

        return escaped.Append(rest).ToString();
    }

    private static bool LooksEscaped(ReadOnlySpan<char> text) =>
        text.Length >= 7 && text[1] is 'x' or 'X' && text[6] == '_' && text[2..6].IndexOfAnyExcept(Hexadecimal) < 0;
}
