using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Overview;

/// <summary>
/// Keeps the figures by day: takes the marks of what has changed and computes those days again, each in a short transaction of its own, the
/// newest first. Run by the background of every node; they take turns.
/// </summary>
public sealed class DayKeeper(IDatabaseProvider provider, ShopClock clock)
{
    /// <summary>Marks the statements by which days are looked for and computed.</summary>
    public const string KeepingTag = "Keeps the figures by day";

    /// <summary>How long after a change its day is looked at, at most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private const string ZoneSetting = "overview.zone";
    private const string Turn = "figures";
    private static readonly DateTimeOffset Latest = DateTimeOffset.MaxValue.AddDays(-2);

    private bool _knowsZone;

    /// <summary>Computes every day again that was marked.</summary>
    /// <returns>How many days had other figures before.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await FollowZoneAsync(cancellationToken);
        var changed = 0;
        while (true)
        {
            await using var db = provider.CreateContext(null);
            if (await db.StaleHours.TagWith(KeepingTag).MaxAsync(h => (long?)h.Hour, cancellationToken) is not { } hour) return changed;
            changed += await KeepAsync(db, hour, cancellationToken);
        }
    }

    /// <summary>Computes all days again; there must be nothing to correct once <see cref="RunAsync"/> has run.</summary>
    /// <returns>How many days had other figures before.</returns>
    public async Task<int> RecalculateAsync(CancellationToken cancellationToken)
    {
        await RunAsync(cancellationToken);
        await MarkAllAsync(cancellationToken);
        return await RunAsync(cancellationToken);
    }

    /// <summary>Days begin elsewhere where the shop has another zone than when they were computed.</summary>
    private async Task FollowZoneAsync(CancellationToken cancellationToken)
    {
        if (_knowsZone) return;
        await using var db = provider.CreateContext(null);
        var kept = await db.Settings.TagWith(KeepingTag).FirstOrDefaultAsync(s => s.Name == ZoneSetting, cancellationToken);
        if (kept?.Value != clock.Zone.Id)
        {
            await MarkAllAsync(cancellationToken);
            if (kept is null) db.Settings.Add(new Setting { Name = ZoneSetting, Value = clock.Zone.Id });
            else kept.Value = clock.Zone.Id;
            try
            {
                await db.SaveWithoutRecordAsync(cancellationToken);
            }
            catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
            {
                // Another node noted it at the same moment. Where it did not, the next look comes back to it.
                return;
            }
        }

        _knowsZone = true;
    }

    private async Task MarkAllAsync(CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.RaiseCounterAsync(db, Turn, 1, cancellationToken);
        await ((IDayMarks)provider).MarkAllAsync(db, cancellationToken);
        // Days that have figures and nothing behind them any more.
        var kept = await db.SalesDays.Select(d => d.Day).Union(db.PointsDays.Select(d => d.Day)).ToListAsync(cancellationToken);
        var marked = (await db.StaleHours.Select(h => h.Hour).Distinct().ToListAsync(cancellationToken)).ToHashSet();
        db.StaleHours.AddRange(kept.Select(day => HourOf(clock.StartOf(day))).Distinct().Where(hour => !marked.Contains(hour))
            .Select(hour => new StaleHour { Hour = hour }));
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Computes the day of an hour again, or both where the hour lies in two. The marks go first: what is committed after that is marked
    /// anew, and what was committed before is seen by what is read next.
    /// </summary>
    private async Task<int> KeepAsync(CrmDbContext db, long hour, CancellationToken cancellationToken)
    {
        var (first, last) = (DayOf(StartOf(hour)), DayOf(StartOf(hour + 1).AddTicks(-1)));
        var (from, to) = (HourOf(clock.StartOf(first).AddHours(1).AddTicks(-1)), HourOf(clock.EndOf(last)) - 1);
        (from, to) = (Math.Min(from, hour), Math.Max(to, hour));
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Two nodes at once: the one that read earlier must not write later.
        await provider.RaiseCounterAsync(db, Turn, 1, cancellationToken);
        await db.StaleHours.TagWith(KeepingTag).Where(h => h.Hour >= from && h.Hour <= to).ExecuteDeleteAsync(cancellationToken);
        var changed = await KeepAsync(db, first, cancellationToken);
        if (last != first) changed += await KeepAsync(db, last, cancellationToken);
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return changed;
    }

    private async Task<int> KeepAsync(CrmDbContext db, DateOnly day, CancellationToken cancellationToken)
    {
        var (start, end) = (clock.StartOf(day), clock.EndOf(day));
        var sales = await DayFigures.SalesAsync(db, day, start, end, cancellationToken);
        var points = await DayFigures.PointsAsync(db, day, start, end, cancellationToken);
        var keptSales = await db.SalesDays.AsNoTracking().TagWith(KeepingTag).Where(d => d.Day == day).OrderBy(d => d.Currency)
            .ToListAsync(cancellationToken);
        var keptPoints = await db.PointsDays.AsNoTracking().TagWith(KeepingTag).FirstOrDefaultAsync(d => d.Day == day, cancellationToken);
        var (areSalesSame, arePointsSame) = (keptSales.OrderBy(d => d.Currency, StringComparer.Ordinal).Select(Values)
            .SequenceEqual(sales.Select(Values)), Values(keptPoints) == Values(points));
        if (!areSalesSame)
        {
            await db.SalesDays.TagWith(KeepingTag).Where(d => d.Day == day).ExecuteDeleteAsync(cancellationToken);
            db.SalesDays.AddRange(sales);
        }

        if (!arePointsSame)
        {
            await db.PointsDays.TagWith(KeepingTag).Where(d => d.Day == day).ExecuteDeleteAsync(cancellationToken);
            if (points is not null) db.PointsDays.Add(points);
        }

        return areSalesSame && arePointsSame ? 0 : 1;
    }

    /// <summary>The day whose start and end an instant lies between, which is what a day's figures are summed over.</summary>
    private DateOnly DayOf(DateTimeOffset instant)
    {
        var day = clock.DayOf(instant);
        return instant < clock.StartOf(day) ? day.AddDays(-1) : instant >= clock.EndOf(day) ? day.AddDays(1) : day;
    }

    private static DateTimeOffset StartOf(long hour) => hour >= HourOf(Latest) ? Latest : DateTimeOffset.UnixEpoch.AddHours(hour);

    private static long HourOf(DateTimeOffset instant)
    {
        var ticks = (instant - DateTimeOffset.UnixEpoch).Ticks;
        return (ticks / TimeSpan.TicksPerHour) - (ticks % TimeSpan.TicksPerHour < 0 ? 1 : 0);
    }

    private static (string, int, int, int, long, long) Values(SalesDay d) =>
        (d.Currency, d.Orders, d.FirstOrders, d.AnonymousOrders, d.Amount, d.BaseAmount);

    private static (long, long, long, long)? Values(PointsDay? d) => d is null ? null : (d.Issued, d.Redeemed, d.Expired, d.Change);
}
