using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

/// <summary>Who came back: read from the sums of cohorts alone, so that it costs the same however many orders there are.</summary>
public sealed class RetentionService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, ShopClock clock)
{
    /// <summary>So many cohorts are shown, and so many months of each.</summary>
    public const int MostMonths = 24;

    /// <param name="year">The cohorts of a year; null for those of the last 24 months.</param>
    /// <exception cref="AccessDeniedException">The acting user may not see the figures of the shop.</exception>
    /// <exception cref="RuleViolationException">There is no such year.</exception>
    public async Task<RetentionMatrix> GetAsync(int? year, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        if (year is < 1 or > 9998) throw new RuleViolationException("Year", "Enter a year with four digits.");
        var (now, thisMonth) = (clock.Now, CalendarMonth.Of(clock.Today));
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        // Before the figures: what is marked while they are read is not in them.
        var zone = clock.Zone.Id;
        var isBehind = await db.StaleBuyers.AnyAsync(cancellationToken)
            || !await db.Settings.AnyAsync(s => s.Name == CohortZone.Setting && s.Value == zone, cancellationToken);
        var (first, last) = year is { } y ? (y * 12, Math.Min((y * 12) + 11, thisMonth)) : (thisMonth - MostMonths + 1, thisMonth);
        var sums = await db.CohortMonths.AsNoTracking()
            .Where(m => m.Cohort >= first && m.Cohort <= last && m.Month >= m.Cohort && m.Month < m.Cohort + MostMonths)
            .ToListAsync(cancellationToken);
        return new(
            [.. sums.GroupBy(m => m.Cohort).OrderByDescending(g => g.Key).Select(g => Row(g.Key, g.ToDictionary(m => m.Month), thisMonth))],
            await YearsAsync(db, cancellationToken), CalendarMonth.FirstDay(thisMonth), now, isBehind);
    }

    private static Cohort Row(int cohort, Dictionary<int, CohortMonth> months, int thisMonth) => new(CalendarMonth.FirstDay(cohort),
        months.GetValueOrDefault(cohort)?.Customers ?? 0,
        [.. Enumerable.Range(cohort, Math.Clamp(thisMonth - cohort + 1, 1, MostMonths)).Select(month =>
            months.TryGetValue(month, out var sum) ? new CohortFigures(sum.Customers, sum.Orders, sum.Amount) : new(0, 0, 0))]);

    /// <summary>From the first to the last, both read from an end of the key.</summary>
    private static async Task<IReadOnlyList<int>> YearsAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var last = await db.CohortMonths.MaxAsync(m => (int?)m.Cohort, cancellationToken);
        var first = await db.CohortMonths.MinAsync(m => (int?)m.Cohort, cancellationToken);
        if (first is null || last is null) return [];
        return [.. Enumerable.Range(first.Value / 12, (last.Value / 12) - (first.Value / 12) + 1).Reverse()];
    }
}
