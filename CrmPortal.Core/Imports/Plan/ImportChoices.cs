using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>The choices offered when the detected format of a file is wrong.</summary>
public static class ImportChoices
{
    /// <summary>IANA names.</summary>
    public static IReadOnlyList<string> Encodings => FileSniffer.Encodings;

    public static IReadOnlyList<char> Delimiters => FormatDetector.Delimiters;

    /// <summary>Each also with a time behind.</summary>
    public static IReadOnlyList<string> DateFormats => ValueReader.DateFormats;

    /// <summary>What customers are matched by where these columns are known: what is best of what they hold.</summary>
    public static MatchKey MatchFor(IReadOnlyDictionary<string, int> columns, ImportKind kind = ImportKind.Customers) =>
        PlanProposer.Match(kind, columns);

    /// <summary>Whether customers can be matched by what a column holds.</summary>
    public static bool CanMatch(MatchKey match, IReadOnlyDictionary<string, int> columns) =>
        PlanProposer.CanMatch(match, columns);

    /// <summary>A plan with other columns, and with what follows from them instead of what followed from those before.</summary>
    public static ImportPlan WithColumns(ImportDetails import, IReadOnlyDictionary<string, int> columns, ShopOptions shop)
    {
        var proposed = PlanProposer.Propose(import.Kind, import.Fields, import.Profile, shop, columns);
        return import.Plan with
        {
            Columns = columns, Match = CanMatch(import.Plan.Match, columns) ? import.Plan.Match : proposed.Match,
            DateFormat = proposed.DateFormat, IsDecimalComma = proposed.IsDecimalComma, RefundPrefix = proposed.RefundPrefix,
        };
    }

    /// <summary>Why columns are taken for fields, and why others go nowhere.</summary>
    public static FileInsight Insight(ImportDetails import, IReadOnlyDictionary<string, int> columns) =>
        FileUnderstanding.Of(import.Kind, import.Fields, import.Profile).Insight(columns);

    /// <summary>What becomes of the first rows by a plan.</summary>
    public static IReadOnlyList<FirstRow> FirstRows(ImportDetails import, ImportPlan plan, ShopOptions shop, DateTimeOffset now) =>
        new FirstRows(import.Kind, import.Profile, plan, shop, now).Read();

    /// <summary>The two days that a text can be, with the day first and with the month first; null where it can be only one.</summary>
    public static (DateTime DayFirst, DateTime MonthFirst)? EitherOf(string text)
    {
        foreach (var (dayFirst, monthFirst) in ValueReader.Ambiguous)
            if (Reads(text, dayFirst) is { } day && Reads(text, monthFirst) is { } other) return day == other ? null : (day, other);
        return null;
    }

    /// <summary>The day that a text is in a format, or null where it is none.</summary>
    public static DateTime? Reads(string text, string dateFormat) => ValueReader.TryDate(text, dateFormat, out var day) ? day : null;
}
