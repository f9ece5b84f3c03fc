namespace CrmPortal.Benchmarks;

/// <summary>The figure of a work by which two builds are compared.</summary>
internal enum Figure
{
    Median,
    P95,
    PerSecond,
}

/// <summary>By how much a work has to be faster than another build.</summary>
/// <param name="Work">The beginning of its name.</param>
internal sealed record Target(string Work, Figure Figure, double OnSqlite, double? OnPostgres = null)
{
    /// <summary>What issue 15 asked for, beside the build before it.</summary>
    private static readonly Target[] All =
    [
        new("Start on an existing database", Figure.Median, 2),
        new("First page, two filters, sorted by name: over HTTP", Figure.P95, 15),
        new("Search of two letters: over HTTP", Figure.P95, 3),
        new("Open a customer: over HTTP", Figure.PerSecond, 4),
        new("One edit", Figure.P95, 2),
        new("Create a customer, eight at a time", Figure.PerSecond, 3),
        new("A booking of points: earned", Figure.PerSecond, 3),
        new("Bulk edit of 10,000 customers, with undo", Figure.Median, 3),
        new("Expiry of points", Figure.Median, 1.8),
        new("Import of 100,000 customers: undo", Figure.Median, 3),
        new("Import of 100,000 customers, upload to published", Figure.Median, 5, 3),
        new("Import of Online Retail, upload to published", Figure.Median, 2),
        new("PDF of 10,000 rows", Figure.Median, 1),
        new("Backup", Figure.Median, 3),
        new("Restore", Figure.Median, 5),
    ];

    public static Target? Of(string work) => All.FirstOrDefault(t => work.StartsWith(t.Work, StringComparison.Ordinal));

    public double Least(bool isPostgres) => (isPostgres ? OnPostgres : null) ?? OnSqlite;
}
