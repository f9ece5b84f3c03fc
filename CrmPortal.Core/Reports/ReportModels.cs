using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Core.Reports;

/// <summary>A kind of report that the acting user may see.</summary>
public sealed record ReportInfo(string Name, string Title, string Purpose, ReportChoices Choices);

/// <summary>A report that was made: its figures, and everything one must know about them.</summary>
/// <param name="Heading">The name under which it was saved; null where it was not.</param>
/// <param name="Dates">Null where it shows what held at the moment.</param>
/// <param name="MadeAt">As of when the figures are.</param>
/// <param name="Zone">The IANA name of the zone in which the days begin.</param>
/// <param name="Currency">ISO 4217, of all amounts.</param>
public sealed record ReportView(ReportInfo Report, string? Heading, ReportChoice Choice, ReportDates? Dates, DateTimeOffset MadeAt,
    string Zone, string Currency, ReportContent Content)
{
    /// <summary>Whether there are amounts in it, so that the currency says something.</summary>
    public bool HasAmounts => Content.Columns.Any(c => c.Kind == ExportKind.Money) || Content.Figures.Any(f => f.Kind == ExportKind.Money);
}

/// <summary>How often a saved report is made by itself.</summary>
public enum ReportFrequency { Never, Daily, Weekly, Monthly }

/// <summary>What somebody types of a saved report.</summary>
/// <param name="Day">Weekly, the day of the week, 1 for Monday to 7; monthly, the day of the month, 1 to 28.</param>
/// <param name="Format">In which form it is attached to the mails.</param>
/// <param name="RecipientIds">To whom it is mailed; they must have the right to see it when it is sent.</param>
public sealed record SavedReportInput(string? Name, string Report, ReportChoice Choice, ReportFrequency Frequency, int Day,
    string? Format, IReadOnlyList<long> RecipientIds);

/// <summary>A saved report.</summary>
/// <param name="NextOn">The shop's day on whose morning it is made next; null where it is not made by itself.</param>
/// <param name="LastRunId">The figures that were kept last.</param>
public sealed record SavedReportDetails(long Id, string Name, ReportInfo Report, ReportChoice Choice, ReportFrequency Frequency, int Day,
    string? Format, IReadOnlyList<ReportRecipientDetails> Recipients, DateOnly? NextOn, long? LastRunId, DateTimeOffset? LastAt,
    string CreatedByName, long Version);

/// <summary>Somebody to whom a report is, or could be, mailed.</summary>
/// <param name="MaySee">Whether they have the right to see it at the moment.</param>
public sealed record ReportRecipientDetails(long UserId, string Name, bool MaySee);

/// <summary>Figures that were kept, in a list.</summary>
public sealed record ReportRunRow(long Id, string Title, string? Heading, ReportDates? Dates, DateTimeOffset MadeAt, string MadeByName);
