using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Worklist;

/// <summary>
/// Finds who is worth a call: each rule names the few customers for whom it speaks most, read along an index where there is one. Only
/// customers who are active: nobody calls somebody who is blocked.
/// </summary>
internal sealed class WorklistFinder(CrmDbContext db, ShopClock clock)
{
    /// <summary>By how many repeat customers, those who bought last, the typical gap is measured at most and at least.</summary>
    private const int MostMeasured = 1_000, FewestMeasured = 20;

    private readonly DateOnly _today = clock.Today;

    /// <summary>The candidates of all rules, those with the most at stake first.</summary>
    /// <returns>And the typical gap; null where too few have bought twice.</returns>
    public async Task<(IReadOnlyList<WorklistCandidate> Candidates, int? GapDays)> FindAsync(CancellationToken cancellationToken)
    {
        var gap = await TypicalGapAsync(cancellationToken);
        List<(long CustomerId, WorklistReason Reason)> found =
        [
            .. await SleepingAsync(cancellationToken), .. await TierEndsAsync(cancellationToken),
            .. await TierReachedAsync(cancellationToken), .. await BirthdaysAsync(cancellationToken),
            .. await PointsAsync(cancellationToken),
            .. gap is { } days ? await SecondOrderAsync(days, cancellationToken) : [],
            .. await VipsAsync(cancellationToken),
        ];
        var ids = found.Select(f => f.CustomerId).Distinct().ToList();
        var values = await Eligible().Where(c => ids.Contains(c.Id))
            .Select(c => new { c.Id, Value = c.Forecast == null ? c.AverageOrder ?? 0 : c.Forecast.Value })
            .ToDictionaryAsync(c => c.Id, c => Math.Max(0, c.Value), cancellationToken);
        return ([.. found.Where(f => values.ContainsKey(f.CustomerId)).GroupBy(f => f.CustomerId)
            .Select(g => new WorklistCandidate(g.Key, [.. g.Select(f => f.Reason).OrderBy(r => r.Rule)],
                Math.Max(values[g.Key], g.Max(f => f.Reason.Rule == WorklistRule.Sleeping ? f.Reason.Amount : 0))))
            .OrderByDescending(c => c.Value).ThenBy(c => c.CustomerId)], gap);
    }

    private IQueryable<Customer> Eligible() =>
        db.Customers.AsNoTracking().Where(c => c.DeletedAt == null && c.Status == CustomerStatus.Active);

    /// <summary>They more probably have left than not, and were worth something.</summary>
    private async Task<List<(long, WorklistReason)>> SleepingAsync(CancellationToken cancellationToken) =>
        (await db.Set<CustomerForecast>().Where(f => f.AtRisk != null && f.AtRisk > 0).OrderByDescending(f => f.AtRisk)
            .Join(Eligible(), f => f.CustomerId, c => c.Id, (f, c) => new { f.CustomerId, f.AtRisk, f.Alive, c.LastOrderAt })
            .OrderByDescending(f => f.AtRisk).ThenBy(f => f.CustomerId).Take(WorklistLimits.MostOfARule).ToListAsync(cancellationToken))
        .ConvertAll(f => (f.CustomerId, new WorklistReason(WorklistRule.Sleeping, f.AtRisk!.Value,
            (int)Math.Round(100 * (f.Alive ?? 0)), f.LastOrderAt is { } at ? clock.DayOf(at) : null)));

    private async Task<List<(long, WorklistReason)>> TierEndsAsync(CancellationToken cancellationToken)
    {
        var (now, end) = (clock.Now, clock.EndOf(_today.AddDays(WorklistLimits.DaysAhead)));
        return (await Eligible().Where(c => c.TierUntil != null && c.TierUntil > now && c.TierUntil <= end).OrderBy(c => c.TierUntil)
            .Take(WorklistLimits.MostOfARule).Select(c => new { c.Id, c.Tier, c.TierUntil }).ToListAsync(cancellationToken))
            .ConvertAll(c => (c.Id, new WorklistReason(WorklistRule.TierEnds, Day: clock.DayOf(c.TierUntil!.Value.AddTicks(-1)),
                Name: c.Tier)));
    }

    /// <summary>A step up that was reached and not given, and still holds; who has only joined has reached nothing.</summary>
    private async Task<List<(long, WorklistReason)>> TierReachedAsync(CancellationToken cancellationToken)
    {
        var since = clock.StartOf(_today.AddDays(-WorklistLimits.TierNewsDays));
        return (await db.TierChanges.AsNoTracking().Where(t => t.At >= since && t.Cause == TierCause.Automatic && t.From != null)
            .Join(Eligible(), t => t.CustomerId, c => c.Id, (t, c) => new { t.CustomerId, t.To, t.At, c.Tier })
            .Where(t => t.Tier == t.To).OrderByDescending(t => t.At).Take(WorklistLimits.MostOfARule).ToListAsync(cancellationToken))
            .DistinctBy(t => t.CustomerId)
            .Select(t => (t.CustomerId, new WorklistReason(WorklistRule.TierReached, Day: clock.DayOf(t.At), Name: t.To))).ToList();
    }

    /// <summary>Where a year ends within the week, its first days are asked for by themselves.</summary>
    private async Task<List<(long, WorklistReason)>> BirthdaysAsync(CancellationToken cancellationToken)
    {
        var last = _today.AddDays(WorklistLimits.BirthdayDays - 1);
        var found = await OfAsync(_today, last.Year == _today.Year ? last : new(_today.Year, 12, 31));
        if (last.Year != _today.Year) found.AddRange(await OfAsync(new(last.Year, 1, 1), last));
        return found;

        async Task<List<(long, WorklistReason)>> OfAsync(DateOnly from, DateOnly to)
        {
            var (first, end) = ((from.Month * 100) + from.Day, (to.Month * 100) + to.Day);
            return (await Eligible().Where(c => c.Birthday != null && c.Birthday >= first && c.Birthday <= end && c.OrderCount > 0)
                .OrderByDescending(c => c.TotalSpent).ThenBy(c => c.Id).Take(WorklistLimits.MostOfARule)
                .Select(c => new { c.Id, Day = c.Birthday!.Value }).ToListAsync(cancellationToken))
                .ConvertAll(c => (c.Id, new WorklistReason(WorklistRule.Birthday, Day: new(from.Year, c.Day / 100,
                    Math.Min(c.Day % 100, DateTime.DaysInMonth(from.Year, c.Day / 100))))));
        }
    }

    private async Task<List<(long, WorklistReason)>> PointsAsync(CancellationToken cancellationToken)
    {
        var (now, end) = (clock.Now, clock.EndOf(_today.AddDays(WorklistLimits.DaysAhead)));
        return (await db.LoyaltyLots.Where(l => l.Remaining > 0 && l.ExpiresAt > now && l.ExpiresAt <= end && l.Account!.CustomerId != null)
            .GroupBy(l => l.Account!.CustomerId!.Value)
            .Select(g => new { Id = g.Key, Points = g.Sum(l => l.Remaining), First = g.Min(l => l.ExpiresAt) })
            .Where(l => l.Points >= WorklistLimits.FewestPoints).OrderByDescending(l => l.Points).ThenBy(l => l.Id)
            .Take(WorklistLimits.MostOfARule).ToListAsync(cancellationToken))
            .ConvertAll(l => (l.Id, new WorklistReason(WorklistRule.PointsExpire, l.Points,
                Day: clock.DayOf(l.First!.Value.AddTicks(-1)))));
    }

    /// <summary>Who has bought once, and is past the time after which others come back.</summary>
    private async Task<List<(long, WorklistReason)>> SecondOrderAsync(int gapDays, CancellationToken cancellationToken)
    {
        var latest = clock.StartOf(_today.AddDays(-gapDays));
        var earliest = clock.StartOf(_today.AddDays(-gapDays - WorklistLimits.SecondOrderDays));
        return (await Eligible().Where(c => c.FirstOrderAt >= earliest && c.FirstOrderAt < latest && c.OrderCount == 1)
            .OrderByDescending(c => c.TotalSpent).ThenBy(c => c.Id).Take(WorklistLimits.MostOfARule)
            .Select(c => new { c.Id, c.FirstOrderAt }).ToListAsync(cancellationToken))
            .ConvertAll(c => (c.Id, DaysSince(WorklistRule.NoSecondOrder, c.FirstOrderAt!.Value)));
    }

    private async Task<List<(long, WorklistReason)>> VipsAsync(CancellationToken cancellationToken)
    {
        var before = clock.StartOf(_today.AddDays(-WorklistLimits.VipDays));
        return (await Eligible().Where(c => c.IsVip && c.LastInteractionAt < before).OrderByDescending(c => c.TotalSpent).ThenBy(c => c.Id)
            .Take(WorklistLimits.MostOfARule).Select(c => new { c.Id, c.LastInteractionAt }).ToListAsync(cancellationToken))
            .ConvertAll(c => (c.Id, DaysSince(WorklistRule.VipUnheard, c.LastInteractionAt)));
    }

    /// <summary>The median of the days between orders, of those repeat customers who bought last.</summary>
    private async Task<int?> TypicalGapAsync(CancellationToken cancellationToken)
    {
        var gaps = (await Eligible().Where(c => c.LastOrderAt != null && c.OrderCount > 1).OrderByDescending(c => c.LastOrderAt)
            .Take(MostMeasured).Select(c => new { c.FirstOrderAt, c.LastOrderAt, c.OrderCount }).ToListAsync(cancellationToken))
            .ConvertAll(c => (c.LastOrderAt!.Value - c.FirstOrderAt!.Value).TotalDays / (c.OrderCount - 1)).Order().ToList();
        return gaps.Count < FewestMeasured ? null : Math.Max(1, (int)Math.Round(gaps[gaps.Count / 2]));
    }

    private WorklistReason DaysSince(WorklistRule rule, DateTimeOffset at)
    {
        var day = clock.DayOf(at);
        return new(rule, Number: _today.DayNumber - day.DayNumber, Day: day);
    }
}

/// <summary>Somebody worth a call.</summary>
internal sealed record WorklistCandidate(long CustomerId, IReadOnlyList<WorklistReason> Reasons, long Value);
