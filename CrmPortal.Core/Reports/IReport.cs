namespace CrmPortal.Core.Reports;

/// <summary>What a report lets one choose.</summary>
[Flags]
public enum ReportChoices
{
    /// <summary>It shows what holds at the moment.</summary>
    None = 0,

    /// <summary>From which day until which.</summary>
    Period = 1,

    /// <summary>By days, weeks, months, quarters or years.</summary>
    Grouping = 2,
}

/// <summary>
/// A kind of report: one small class that says what it is and makes its figures. Screen, files and mails are made of these figures alone.
/// </summary>
public interface IReport
{
    /// <summary>Stored, and in addresses, such as <c>orders</c>; never changed.</summary>
    string Name { get; }

    /// <summary>English, and the key of its translations.</summary>
    string Title { get; }

    /// <summary>What it answers: an English sentence, and the key of its translations.</summary>
    string Purpose { get; }

    /// <summary>What one must be allowed to see beside reports; null for nothing.</summary>
    string? Permission { get; }

    ReportChoices Choices { get; }

    /// <summary>Makes the figures; the caller has asked for the permissions.</summary>
    Task<ReportContent> MakeAsync(ReportScope scope, CancellationToken cancellationToken);
}
