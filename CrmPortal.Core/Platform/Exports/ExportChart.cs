namespace CrmPortal.Core.Platform.Exports;

/// <summary>Values of one kind, one for each place of a chart.</summary>
public sealed record ExportSeries(string Name, IReadOnlyList<long> Values);

/// <summary>Columns that a document draws above its rows, which say the same in figures.</summary>
/// <param name="Places">What stands below the columns, such as months.</param>
/// <param name="IsStacked">Whether the columns of a place stand on each other instead of side by side.</param>
/// <param name="Say">Says a value of the axis.</param>
/// <param name="Unit">How many of the values make one of what people count in, such as 100 cents.</param>
public sealed record ExportChart(string Title, IReadOnlyList<string> Places, IReadOnlyList<ExportSeries> Series, bool IsStacked,
    Func<long, string> Say, long Unit = 1)
{
    /// <summary>Whether the places are names, such as segments, and not times: they are read beside level bars.</summary>
    public bool IsOfNames { get; init; }
}
