namespace CrmPortal.Core.Analytics;

/// <summary>The history of a customer of the shop.</summary>
public readonly record struct CustomerHistory(long CustomerId, PurchaseHistory History);

/// <summary>Histories of many customers.</summary>
public static class PurchaseHistories
{
    /// <summary>The histories of all who had bought by a day, by id of the customer.</summary>
    /// <param name="days">In any order; rows that come by customer and day need no sorting.</param>
    /// <param name="end">The last day that counts.</param>
    public static CustomerHistory[] Of(ReadOnlySpan<PurchaseDay> days, DateOnly end)
    {
        var sorted = Sorted(days);
        var histories = new List<CustomerHistory>();
        for (var start = 0; start < sorted.Length;)
        {
            var own = OfFirstCustomer(sorted[start..]);
            if (PurchaseHistory.Of(own, end) is { } history) histories.Add(new(own[0].CustomerId, history));
            start += own.Length;
        }

        return [.. histories];
    }

    /// <summary>By customer, then by day.</summary>
    internal static ReadOnlySpan<PurchaseDay> Sorted(ReadOnlySpan<PurchaseDay> days)
    {
        for (var i = 1; i < days.Length; i++)
        {
            if (Compare(days[i - 1], days[i]) <= 0) continue;
            var copy = days.ToArray();
            Array.Sort(copy, Compare);
            return copy;
        }

        return days;
    }

    /// <summary>The same in the place of the rows.</summary>
    internal static void Sort(Span<PurchaseDay> days) => days.Sort(Compare);

    /// <summary>The rows at the beginning that belong to one customer.</summary>
    internal static ReadOnlySpan<PurchaseDay> OfFirstCustomer(ReadOnlySpan<PurchaseDay> sorted)
    {
        var count = 1;
        while (count < sorted.Length && sorted[count].CustomerId == sorted[0].CustomerId) count++;
        return sorted[..count];
    }

    // The value decides last, so that sums do not depend on the order in which rows of one day came.
    private static int Compare(PurchaseDay one, PurchaseDay other) =>
        one.CustomerId != other.CustomerId ? one.CustomerId.CompareTo(other.CustomerId)
        : one.Day != other.Day ? one.Day.CompareTo(other.Day)
        : one.Value.CompareTo(other.Value);
}
