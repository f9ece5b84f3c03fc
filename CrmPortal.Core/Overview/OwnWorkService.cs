using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Overview;

/// <summary>The own day of whoever works with customers. Each part is read along an index and no further back than it can matter.</summary>
public sealed class OwnWorkService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, ShopClock clock)
{
    private const int MostShown = 6;

    /// <summary>So many of the newest notifications, and of what the user did, are looked through.</summary>
    private const int LooksBack = 300;

    private const int DaysAhead = 7;

    /// <exception cref="AccessDeniedException">The acting user may not see customers.</exception>
    public async Task<OwnWork> GetAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var (user, maySee) = (grant.Actor.UserId ?? 0, grant.Has(Permissions.CustomersSensitive));
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.Notifications.AsNoTracking().Where(n => n.UserId == user).OrderByDescending(n => n.Id).Take(LooksBack)
            .Where(n => n.CustomerId != null && (n.Kind == NotificationKind.Mentioned || n.Kind == NotificationKind.FollowedChanged))
            .OrderByDescending(n => n.Id).ToListAsync(cancellationToken);
        var mentions = found.Where(n => n.Kind == NotificationKind.Mentioned).Take(2 * MostShown).ToList();
        var changes = found.Where(n => n.Kind == NotificationKind.FollowedChanged).DistinctBy(n => n.CustomerId).Take(2 * MostShown)
            .ToList();
        var opened = await OpenedIdsAsync(db, user, 2 * MostShown, cancellationToken);
        var ids = mentions.Concat(changes).Select(n => n.CustomerId!.Value).Concat(opened).Distinct().ToList();
        var names = await db.Customers.AsNoTracking().Where(c => ids.Contains(c.Id) && c.DeletedAt == null)
            .ToDictionaryAsync(c => c.Id, c => CustomerQueries.Shown(c, maySee), cancellationToken);
        return new(Notices(mentions), Notices(changes), maySee ? await BirthdaysAsync(db, cancellationToken) : null,
            [.. opened.Where(names.ContainsKey).Take(MostShown).Select(id => new OpenedCustomer(id, names[id]))]);

        List<OwnNotice> Notices(List<Notification> those) =>
            [.. those.Where(n => names.ContainsKey(n.CustomerId!.Value)).Take(MostShown).Select(n => new OwnNotice(n.Id, n.Kind,
                n.CustomerId!.Value, names[n.CustomerId.Value], n.ActorName, n.CreatedAt, n.ReadAt is not null))];
    }

    /// <summary>The customers whom the acting user opened last.</summary>
    /// <param name="most">At most so many, and never more than a few.</param>
    public async Task<IReadOnlyList<OpenedCustomer>> OpenedAsync(int most, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var (shown, maySee) = (Math.Clamp(most, 0, MostShown), grant.Has(Permissions.CustomersSensitive));
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var ids = await OpenedIdsAsync(db, grant.Actor.UserId ?? 0, 2 * MostShown, cancellationToken);
        var names = await db.Customers.AsNoTracking().Where(c => ids.Contains(c.Id) && c.DeletedAt == null)
            .ToDictionaryAsync(c => c.Id, c => CustomerQueries.Shown(c, maySee), cancellationToken);
        return [.. ids.Where(names.ContainsKey).Take(shown).Select(id => new OpenedCustomer(id, names[id]))];
    }

    private static Task<List<long>> OpenedIdsAsync(CrmDbContext db, long user, int most, CancellationToken cancellationToken) =>
        db.ChangeSets.Where(s => s.ActorId == user).OrderByDescending(s => s.Id).Take(LooksBack)
            .Where(s => s.Kind == ProfileAccessLog.Kind)
            .Join(db.AuditEntries, s => s.Id, e => e.ChangeSetId, (_, e) => e)
            .Where(e => e.Action == AuditAction.Viewed && e.EntityType == "Customer" && e.CustomerId != null)
            .GroupBy(e => e.CustomerId!.Value).Select(g => new { Id = g.Key, Last = g.Max(e => e.Id) })
            .OrderByDescending(o => o.Last).Take(most).Select(o => o.Id).ToListAsync(cancellationToken);

    /// <summary>The next birthdays, today's first; where a year ends within the week, its first days are asked for by themselves.</summary>
    private async Task<IReadOnlyList<Birthday>> BirthdaysAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var today = clock.Today;
        var last = today.AddDays(DaysAhead - 1);
        var found = await OfAsync(today, last.Year == today.Year ? last : new(today.Year, 12, 31));
        if (last.Year != today.Year && found.Count < MostShown) found.AddRange(await OfAsync(new(last.Year, 1, 1), last));
        return [.. found.Take(MostShown)];

        async Task<List<Birthday>> OfAsync(DateOnly from, DateOnly to)
        {
            var (first, end) = (OfYear(from), OfYear(to));
            var customers = await db.Customers.AsNoTracking()
                .Where(c => c.DeletedAt == null && c.Birthday != null && c.Birthday >= first && c.Birthday <= end)
                .OrderBy(c => c.Birthday).ThenBy(c => c.Id).Take(MostShown).ToListAsync(cancellationToken);
            return customers.ConvertAll(c => new Birthday(c.Id, CustomerQueries.Shown(c, true), DayOf(c.Birthday!.Value, from.Year)));
        }
    }

    private static int OfYear(DateOnly day) => (day.Month * 100) + day.Day;

    /// <summary>Born on a 29th of February, one has the last day of the month in other years.</summary>
    private static DateOnly DayOf(int ofYear, int year) =>
        new(year, ofYear / 100, Math.Min(ofYear % 100, DateTime.DaysInMonth(year, ofYear / 100)));
}
