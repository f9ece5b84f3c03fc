namespace CrmPortal.Core.Analytics;

/// <summary>How many of those who bought for the first time in a month came back in the months after it.</summary>
/// <param name="Cohorts">The newest first; a month in which nobody bought for the first time is left out.</param>
/// <param name="Years">Those in which customers bought for the first time, the newest first.</param>
/// <param name="ThisMonth">The first day of the month that still runs.</param>
/// <param name="IsBehind">Whether something changed a moment ago that is not counted yet.</param>
public sealed record RetentionMatrix(IReadOnlyList<Cohort> Cohorts, IReadOnlyList<int> Years, DateOnly ThisMonth, DateTimeOffset AsOf,
    bool IsBehind)
{
    /// <summary>How many months the longest row has.</summary>
    public int Length => Cohorts.Count == 0 ? 0 : Cohorts.Max(c => c.Months.Count);

    /// <summary>
    /// All cohorts together: the share of those who came back so many months after, of the cohorts for which that month is over; null
    /// where there is no such cohort.
    /// </summary>
    public double? ShareOfAll(int monthsSince)
    {
        var over = Cohorts.Where(c => c.Months.Count > monthsSince && c.First.AddMonths(monthsSince) < ThisMonth).ToList();
        var size = over.Sum(c => c.Customers);
        return size == 0 ? null : (double)over.Sum(c => c.Months[monthsSince].Customers) / size;
    }
}

/// <summary>The customers whose first order that counts was in one month.</summary>
/// <param name="First">The first day of the month.</param>
/// <param name="Months">That month and those after it, as far as time has come.</param>
public sealed record Cohort(DateOnly First, int Customers, IReadOnlyList<CohortFigures> Months)
{
    /// <summary>A share of fewer customers than this says little.</summary>
    public const int FewCustomers = 30;

    public bool IsSmall => Customers < FewCustomers;
}

/// <summary>What a cohort bought in a month.</summary>
/// <param name="Customers">Those of the cohort who had an order that counts in the month.</param>
/// <param name="Revenue">Less the refunds of the month, in minor units of the base currency.</param>
public sealed record CohortFigures(int Customers, int Orders, long Revenue);
