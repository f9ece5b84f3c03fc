namespace CrmPortal.Components.Charts;

/// <summary>Values of one kind, one for each place of the chart.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Tone">Its colour: <c>main</c>, <c>second</c>, <c>third</c> or <c>before</c>.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<long> Values, string Tone);

/// <summary>A place on the level axis.</summary>
/// <param name="Label">What stands below it.</param>
/// <param name="Name">What it is called in full.</param>
/// <param name="Note">What is remarkable about it, which is marked; null where nothing is.</param>
public sealed record ChartPlace(string Label, string Name, string? Note = null)
{
    /// <summary>Where the records behind its values are; null where nothing leads to them.</summary>
    public string? Href { get; init; }

    /// <summary>With what is remarkable.</summary>
    public string Said => Note is null ? Name : $"{Name} ({Note})";
}
