namespace CrmPortal.Core.Platform.Exports;

/// <summary>
/// Makes text harmless that a spreadsheet would take for a formula: it gets an apostrophe in front, and importing takes exactly
/// that one off again.
/// </summary>
public static class FormulaGuard
{
    /// <summary>The text with an apostrophe in front where it needs one.</summary>
    /// <remarks>Also where apostrophes are in front already, so that <see cref="Unguard"/> gives every text back as it was.</remarks>
    public static string Guard(string text) => Needs(text) ? "'" + text : text;

    /// <summary>The text that was guarded.</summary>
    public static string Unguard(string text) => text is ['\'', ..] && Needs(text) ? text[1..] : text;

    /// <summary>Whether the text, without the apostrophes in front, begins as a formula does.</summary>
    public static bool Needs(ReadOnlySpan<char> text)
    {
        // Most texts can be decided by their first letter.
        if (text.IsEmpty || char.IsAsciiLetterOrDigit(text[0])) return false;
        foreach (var c in text.TrimStart('\''))
        {
            if (c is '\t' or '\r' or '\n' or '\0' || IsSign(c)) return true;
            if (!IsBlank(c)) return false;
        }

        return false;
    }

    /// <summary>The signs with which formulas begin, also in the widths and shapes that East Asian spreadsheets take for them.</summary>
    private static bool IsSign(char c) =>
        c is '=' or '+' or '-' or '@' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20' or '\uFE66' or '\uFE62' or '\uFE63' or '\uFE6B'
            or '\u2212';

    /// <summary>What a spreadsheet may drop in front: blanks of all widths, and signs that are not seen.</summary>
    private static bool IsBlank(char c) =>
        char.IsWhiteSpace(c) || char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format;
}
