using CrmPortal.Core.Analytics;

namespace CrmPortal.Core.Overview;

/// <summary>How the shop did over a time. Every figure of sales is a sum of days that are kept; none is summed over orders.</summary>
/// <param name="Points">The time in days or months, the oldest first.</param>
/// <param name="AreMonths">Whether a point is a month, not a day.</param>
/// <param name="Best">The day with the highest revenue, of those that are over; null where there are fewer than two.</param>
/// <param name="Unusual">Points that lie far from what is usual, the newest first.</param>
/// <param name="Counts">What is counted at night; null where it never was.</param>
/// <param name="IsBehind">Whether something changed a moment ago that is not counted yet.</param>
public sealed record ShopTrends(TrendPeriod Period, PeriodSales Now, PeriodSales Before, PeriodSales? YearBefore,
    IReadOnlyList<TrendPoint> Points, bool AreMonths, DaySales? Best, DaySales? Worst, IReadOnlyList<UnusualPoint> Unusual,
    ShopCounts? Counts, DateTimeOffset AsOf, bool IsBehind);

/// <summary>A day or a month.</summary>
/// <param name="YearBefore">Revenue a year ago.</param>
public sealed record TrendPoint(DateOnly From, DateOnly To, PeriodSales Sales, long YearBefore);

public sealed record DaySales(DateOnly Day, long Revenue, int Orders);

/// <summary>A day or month outside of the usual: the median of those like it before, give or take three times their usual distance
/// from it.</summary>
/// <param name="Median">Of the same weekdays of the twelve weeks before, or of the twelve months before.</param>
/// <param name="Spread">The median of their distances from it.</param>
/// <param name="Compared">How many there were.</param>
public sealed record UnusualPoint(DateOnly From, DateOnly To, long Revenue, long Median, long Spread, int Compared)
{
    public bool IsHigh => Revenue > Median;
}

/// <summary>What the last night counted.</summary>
/// <param name="Earlier">The same on a day about a month before; null where nothing was counted then.</param>
public sealed record ShopCounts(DateOnly Day, DateTimeOffset At, IReadOnlyDictionary<string, ShopCount> Now,
    IReadOnlyDictionary<string, ShopCount>? Earlier, IReadOnlyList<TierCount> Tiers)
{
    public long this[string name] => Now.TryGetValue(name, out var count) ? count.Customers : 0;

    /// <summary>One as a share of another; null without any of the other.</summary>
    public double? Share(string part, string of) => this[of] == 0 ? null : (double)this[part] / this[of];
}

/// <param name="Spent">Of all time, less refunds, in minor units of the base currency.</param>
public sealed record TierCount(string Code, long Customers, long Spent);

/// <summary>Who and what brought the revenue of a time, before refunds, in minor units of the base currency.</summary>
/// <param name="Orders">How many orders there were; beyond <see cref="TrendsService.MostRankedOrders"/> nothing is ranked.</param>
public sealed record TrendRankings(int Orders, IReadOnlyList<RankedRow> Customers, IReadOnlyList<RankedRow> Products,
    IReadOnlyList<RankedRow> Categories, IReadOnlyList<RankedRow> Tiers, IReadOnlyList<RankedRow> Segments)
{
    public bool IsTooMany => Orders > TrendsService.MostRankedOrders;
}

/// <param name="Key">What leads to the rows; empty where there is none.</param>
/// <param name="Count">Orders, or pieces of a product.</param>
public sealed record RankedRow(string Key, string Name, long Count, long Revenue);
