namespace CrmPortal.Core.Platform.Common;

/// <summary>
/// The upright axis of a chart: round values from below the least to above the most, with zero always among them, so that a small change
/// does not look like a large one.
/// </summary>
public sealed class ChartScale
{
    private const int MostSteps = 4;

    private ChartScale(decimal step, int first, int last) => Ticks =
        [.. Enumerable.Range(first, last - first + 1).Select(i => i * step)];

    /// <summary>From the lowest to the highest.</summary>
    public IReadOnlyList<decimal> Ticks { get; }

    private decimal Lowest => Ticks[0];

    private decimal Highest => Ticks[^1];

    /// <summary>The scale for some values.</summary>
    /// <param name="unit">How many of the values make one of what people count in, such as 100 cents: steps are round in it.</param>
    public static ChartScale Of(IEnumerable<long> values, long unit = 1)
    {
        var (least, most) = (0m, 0m);
        foreach (var value in values) (least, most) = (Math.Min(least, value), Math.Max(most, value));
        // Without any value there is still a line to stand on, and one above it.
        if (most == least) most = unit;
        var step = Step((most - least) / MostSteps / unit) * unit;
        // Counts are whole, and so is the smallest coin.
        step = Math.Max(1, decimal.Ceiling(step));
        return new(step, (int)decimal.Floor(least / step), (int)decimal.Ceiling(most / step));
    }

    /// <summary>How high a value stands, from 0 at the bottom to 100 at the top.</summary>
    public double Height(decimal value) => (double)((value - Lowest) / (Highest - Lowest) * 100);

    /// <summary>The next of 1, 2, 5, 10, 20 … that is no less.</summary>
    private static decimal Step(decimal least)
    {
        var power = 1m;
        while (power > least && power > 0.01m) power /= 10;
        while (power * 10 <= least) power *= 10;
        return least <= power ? power : least <= 2 * power ? 2 * power : least <= 5 * power ? 5 * power : 10 * power;
    }
}
