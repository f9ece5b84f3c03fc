namespace CrmPortal.Core.Analytics;

/// <summary>Holds back the last months of a shop and foretells them.</summary>
internal static class ForecastBackTests
{
    /// <summary>So many weeks are held back where the shop is old enough: half a year, so that every season but one is known.</summary>
    private const int MostWeeks = 26;

    /// <summary>Of the whole time so much is held back at most: one part in three.</summary>
    private const int Parts = 3;

    /// <param name="days">By customer and day.</param>
    /// <returns>Null where the shop is too young for anything to be held back.</returns>
    public static ForecastBackTest? Of(ReadOnlySpan<PurchaseDay> days, DateOnly asOf, CancellationToken cancellationToken)
    {
        var first = asOf;
        foreach (var day in days)
            if (day.Day < first) first = day.Day;
        var weeks = (int)Math.Min(MostWeeks, PurchaseHistory.Weeks(first, asOf) / Parts);
        if (weeks < 1) return null;
        var until = asOf.AddDays(-weeks * (int)PurchaseHistory.DaysPerWeek);
        var result = BackTest.Of(days, until, asOf, PurchaseModelKind.ModifiedBetaGeometric, cancellationToken);
        return new(until, asOf, result.Fit.Obstacle, result.Fit.Customers, result.Purchases, result.Value, result.Groups);
    }
}
