using CrmPortal.Core.Customers;

namespace CrmPortal.Core.Analytics;

/// <summary>What a customer is scored by.</summary>
/// <param name="LastDay">The day number of the last order in the shop's zone.</param>
/// <param name="Spent">Less refunds, in minor units of the base currency.</param>
internal readonly record struct RfmFigures(long CustomerId, int LastDay, int Orders, long Spent);

/// <summary>
/// Scores by rank: <c>1 + ⌊5 × (customers who are strictly worse) ÷ N⌋</c>. Equal values get the same score, whatever their order; where
/// most customers have one order, all of those share one score and nobody is cut off by chance.
/// </summary>
internal static class RfmScorer
{
    /// <summary>With fewer customers who have orders, ranks say nothing.</summary>
    public const int FewestCustomers = 5;

    /// <summary>The scores of each customer, in the order of the figures.</summary>
    public static (byte[] Recency, byte[] Frequency, byte[] Monetary) Score(IReadOnlyList<RfmFigures> figures)
    {
        byte[] recency = [], frequency = [], monetary = [];
        Parallel.Invoke(
            () => recency = Ranks(figures, f => f.LastDay),
            () => frequency = Ranks(figures, f => f.Orders),
            () => monetary = Ranks(figures, f => f.Spent));
        return (recency, frequency, monetary);
    }

    private static byte[] Ranks(IReadOnlyList<RfmFigures> figures, Func<RfmFigures, long> value)
    {
        var (values, places) = (new long[figures.Count], new int[figures.Count]);
        for (var i = 0; i < values.Length; i++) (values[i], places[i]) = (value(figures[i]), i);
        Array.Sort(values, places);
        var scores = new byte[values.Length];
        var worse = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] != values[worse]) worse = i;
            scores[places[i]] = (byte)(1 + ((long)RfmSegments.Highest * worse / values.Length));
        }

        return scores;
    }
}
