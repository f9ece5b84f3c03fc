using System.Globalization;

namespace CrmPortal.Core.Platform.Exports;

/// <summary>How the formats read the values of a table.</summary>
internal static class ExportValues
{
    public const string WordSeparator = "; ";

    /// <summary>
    /// ISO 8601 in UTC, with the same number of digits in each row: where rows differ, some readers take the column for text.
    /// </summary>
    public const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

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
        (var minorUnits, currency) = Minor(value, column);
        var digits = MinorDigits(currency);
        // The scale keeps the zeros at the end.
        var magnitude = (ulong)Int128.Abs(minorUnits);
        return new decimal((int)(uint)magnitude, (int)(uint)(magnitude >> 32), 0, minorUnits < 0, (byte)digits);
    }

    public static string Joined(object value, string separator) => value is IEnumerable<string> words
        ? string.Join(separator, words) : value.ToString() ?? "";

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
                var (minorUnits, currency) = Minor(value, column);
                if (currency is not null && audience.Money is { } say) return say(minorUnits, currency);
                var written = Amount(value, column, out _).ToString("N" + Digits(currency), audience.Culture);
                return currency is null ? written : $"{written}\u00A0{currency}";
            case ExportKind.Date when value is DateOnly day:
                return day.ToString("d", audience.Culture);
            case ExportKind.Instant when value is DateTimeOffset instant:
                return Local(instant, audience);
            case ExportKind.YesNo:
                return value is true ? audience.Words.Yes : audience.Words.No;
            default:
                return Joined(value, ", ");
        }
    }

    /// <summary>
    /// A number or an amount without its currency, as a spreadsheet of the audience reads it; null for other values.
    /// </summary>
    public static string? Figure(object value, ExportColumn column, CultureInfo culture) => column.Kind switch
    {
        ExportKind.Number when value is IFormattable number => number.ToString(value is decimal ? "0.##########" : "D", culture),
        ExportKind.Money when value is not string => Amount(value, column, out var currency).ToString("F" + Digits(currency), culture),
        _ => null,
    };

    /// <summary>In the hour that the clock repeats in autumn, the offset tells which of the two is meant.</summary>
    private static string Local(DateTimeOffset instant, ExportAudience audience)
    {
        var local = audience.Zone.TimeOf(instant);
        var written = local.ToString("g", audience.Culture);
        return audience.Zone.IsRepeated(local)
            ? written + new DateTimeOffset(local, audience.Zone.OffsetOf(instant)).ToString(" zzz", CultureInfo.InvariantCulture)
            : written;
    }

    private static (long MinorUnits, string? Currency) Minor(object value, ExportColumn column) =>
        value is ExportAmount amount
            ? (amount.MinorUnits, amount.Currency)
            : (Convert.ToInt64(value, CultureInfo.InvariantCulture), column.Currency);

    private static string Digits(string? currency) => MinorDigits(currency).ToString(CultureInfo.InvariantCulture);
}
