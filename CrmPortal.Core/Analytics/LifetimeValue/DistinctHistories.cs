using System.Runtime.InteropServices;

namespace CrmPortal.Core.Analytics;

/// <summary>A number of repeat purchases, and how many customers have it.</summary>
internal readonly record struct RepeatCount(int RepeatPurchases, int Weight);

/// <summary>A history without its value, and how many customers have it.</summary>
internal readonly record struct WeightedHistory(int RepeatPurchases, double RecencyWeeks, double AgeWeeks, int Weight)
    : IComparable<WeightedHistory>
{
    public int CompareTo(WeightedHistory other) =>
        RepeatPurchases != other.RepeatPurchases ? RepeatPurchases.CompareTo(other.RepeatPurchases)
        : AgeWeeks != other.AgeWeeks ? AgeWeeks.CompareTo(other.AgeWeeks)
        : RecencyWeeks.CompareTo(other.RecencyWeeks);

    public bool IsLike(WeightedHistory other) => CompareTo(other) == 0;
}

/// <summary>
/// Histories for the likelihood of purchases: equal ones counted once, in an order of their own, so that the sum is the same to the last
/// digit in whatever order the customers come.
/// </summary>
internal sealed class DistinctHistories
{
    private readonly WeightedHistory[] _histories;

    private DistinctHistories(WeightedHistory[] histories)
    {
        _histories = histories;
        var repeats = new List<RepeatCount>();
        foreach (var history in histories)
        {
            Customers += history.Weight;
            RepeatPurchases += (long)history.Weight * history.RepeatPurchases;
            Weeks += history.Weight * history.AgeWeeks;
            if (repeats.Count > 0 && repeats[^1].RepeatPurchases == history.RepeatPurchases)
                repeats[^1] = repeats[^1] with { Weight = repeats[^1].Weight + history.Weight };
            else repeats.Add(new(history.RepeatPurchases, history.Weight));
        }

        Repeats = [.. repeats];
    }

    public ReadOnlySpan<WeightedHistory> Histories => _histories;

    /// <summary>By number of repeat purchases: the costly functions of the likelihood depend on nothing else.</summary>
    public IReadOnlyList<RepeatCount> Repeats { get; }

    public int Customers { get; }

    /// <summary>Of all customers together.</summary>
    public long RepeatPurchases { get; }

    /// <summary>Of all customers together, each from their first purchase on.</summary>
    public double Weeks { get; }

    public static DistinctHistories Of(ReadOnlySpan<PurchaseHistory> histories)
    {
        var weighted = new WeightedHistory[histories.Length];
        for (var i = 0; i < weighted.Length; i++)
            weighted[i] = new(histories[i].RepeatPurchases, histories[i].RecencyWeeks, histories[i].AgeWeeks, 1);
        return Joined(weighted);
    }

    public static DistinctHistories Of(ReadOnlySpan<WeightedHistory> histories) => Joined(histories.ToArray());

    private static DistinctHistories Joined(WeightedHistory[] histories)
    {
        Array.Sort(histories);
        var distinct = new List<WeightedHistory>();
        foreach (var history in histories)
        {
            if (distinct.Count == 0 || !distinct[^1].IsLike(history)) distinct.Add(history);
            else CollectionsMarshal.AsSpan(distinct)[^1] = history with { Weight = distinct[^1].Weight + history.Weight };
        }

        return new([.. distinct]);
    }
}
