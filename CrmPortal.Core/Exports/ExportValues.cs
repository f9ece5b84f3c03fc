using System.Globalization;

namespace CrmPortal.Core.Exports;

/// <summary>How the formats read the values of a table.</summary>
internal static class ExportValues
{
    public const string WordSeparator = "; ";
    private const int ShortestPhone = 7;
    private const int LongestPhone = 16;

    private static readonly HashSet<string> WithoutMinorUnits =
        ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"];

    private static readonly HashSet<string> WithThousandths = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

    /// <summary>How many digits the minor units of a currency have.</summary>
    public static int MinorDigits(string? currency) =>
        currency is null ? 2 : WithoutMinorUnits.Contains(currency) ? 0 : WithThousandths.Contains(currency) ? 3 : 2;

    /// <summary>An amount with the digits of its currency: 1050 EUR is 10.50.</summary>
    public static decimal Amount(object value, ExportColumn column, out string? currency)
    {
        (var minorUnits, currency) = value is ExportAmount amount ? (amount.MinorUnits, amount.Currency) : (Convert.ToInt64(value, CultureInfo.InvariantCulture), column.Currency);
        var digits = MinorDigits(currency);
        // The scale keeps the zeros at the end.
        var magnitude = (ulong)Int128.Abs(minorUnits);
        return new decimal((int)(uint)magnitude, (int)(uint)(magnitude >> 32), 0, minorUnits < 0, (byte)digits);
    }

    public static string Joined(object value, string separator) => value is IEnumerable<string> words ? string.Join(separator, words) : value.ToString() ?? "";

    /// <summary>Whether the text is a phone number, which begins with a plus and is no formula.</summary>
    public static bool IsPhone(ReadOnlySpan<char> text) =>
        text.Length is >= ShortestPhone and <= LongestPhone && text[0] == '+' && text[1..].IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>Whether a cell of a spreadsheet with this text needs <see cref="FormulaGuard"/>.</summary>
    public static bool NeedsGuard(ExportKind kind, string text) => FormulaGuard.Needs(text) && !(kind == ExportKind.Phone && IsPhone(text));

    /// <summary>The value as a person of the audience reads it.</summary>
    public static string Shown(object? value, ExportColumn column, ExportAudience audience)
    {
        switch (value)
        {
            case null:
                return "";
            // A total may say "Total" where other rows have a number.
            case string text:
                return column is { Kind: ExportKind.Choice, Show: { } show } ? show(text) : text;
        }

        switch (column.Kind)
        {
            case ExportKind.Number when value is IFormattable number:
                return number.ToString(value is decimal ? "#,##0.##########" : "N0", audience.Culture);
            case ExportKind.Money:
                var amount = Amount(value, column, out var currency);
                var written = amount.ToString("N" + MinorDigits(currency).ToString(CultureInfo.InvariantCulture), audience.Culture);
                return currency is null ? written : $"{written}\u00A0{currency}";
            case ExportKind.Date when value is DateOnly day:
                return day.ToString("d", audience.Culture);
            case ExportKind.Instant when value is DateTimeOffset instant:
                return audience.Zone.TimeOf(instant).ToString("g", audience.Culture);
            case ExportKind.YesNo:
                return value is true ? audience.Words.Yes : audience.Words.No;
            default:
                return Joined(value, ", ");
        }
    }
}
