using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Worklist;

public sealed partial class WorklistService
{
    /// <summary>
    /// A page of the open entries: those of the acting user first, then by what is at stake. Whoever may not see dates of birth is not told
    /// of birthdays.
    /// </summary>
    /// <param name="rule">Only entries with this reason; null for all.</param>
    /// <exception cref="RuleViolationException">The page is wrong.</exception>
    public async Task<WorklistContent> ListAsync(WorklistRule? rule, PageRequest page, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var (skip, take) = page.Validated();
        var (me, maySee, stale) = (grant.Actor.UserId ?? 0, grant.Has(Permissions.CustomersSensitive), StaleClaim);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        // There are a few hundred at most, and who comes first depends on who asks.
        var open = await db.WorklistEntries.AsNoTracking().Where(e => e.State == WorklistState.Open)
            .Join(db.Set<Customer>().Where(c => c.DeletedAt == null && c.Status == CustomerStatus.Active), e => e.CustomerId, c => c.Id,
                (e, c) => new { Entry = e, AgentId = c.PreferredAgentId })
            .OrderByDescending(e => e.Entry.Value).ThenBy(e => e.Entry.Id).Take(WorklistLimits.MostEntries + 100)
            .ToListAsync(cancellationToken);
        var shown = open.Select(e => (e.Entry, Reasons: Visible(e.Entry, maySee), IsMine: e.AgentId == me
                || (e.Entry.ClaimedById == me && e.Entry.ClaimedAt >= stale)))
            .Where(e => e.Reasons.Count > 0 && (rule is null || e.Reasons.Any(r => r.Rule == rule)))
            .OrderByDescending(e => e.IsMine).ThenByDescending(e => e.Entry.Value).ThenBy(e => e.Entry.Id).ToList();
        var ids = shown.Skip(skip).Take(take).Select(e => e.Entry.CustomerId).ToList();
        var customers = await db.Customers.AsNoTracking().Include(c => c.PreferredAgent).Where(c => ids.Contains(c.Id))
            .ToDictionaryAsync(c => c.Id, cancellationToken);
        var refused = (await db.Set<CommunicationPreference>().Where(p => ids.Contains(p.CustomerId) && p.Kind == MessageKind.Marketing
            && !p.IsOptedIn).Select(p => new { p.CustomerId, p.Channel }).ToListAsync(cancellationToken))
            .Select(p => (p.CustomerId, p.Channel)).ToHashSet();
        var resting = await rest.RestingAsync(db, ids, cancellationToken);
        var quiet = await db.WorklistEntries.CountAsync(e => e.State != WorklistState.Open, cancellationToken);
        var (at, gap) = await MadeAsync(db, cancellationToken);
        return new([.. shown.Skip(skip).Take(take).Select(e => Row(e.Entry, customers[e.Entry.CustomerId], e.Reasons, e.IsMine))],
            page.Number, shown.Count > skip + take, shown.Count, quiet, at, gap, await RunningAsync(db, cancellationToken));

        WorklistRow Row(WorklistEntry entry, Customer c, IReadOnlyList<WorklistReason> reasons, bool isMine)
        {
            var isResting = resting.ContainsKey(c.Id);
            var (mayMail, mayCall) = (!isResting && c.EmailMarketing && !refused.Contains((c.Id, Channel.Email)),
                !isResting && !refused.Contains((c.Id, Channel.Phone)));
            var isClaimed = entry.ClaimedById is not null && entry.ClaimedAt >= stale;
            return new(entry.Id, c.Id, CustomerQueries.Shown(c, maySee), c.Number, c.IsVip, reasons, entry.Value,
                maySee && mayMail ? c.Email : null, maySee && mayCall ? c.Phone : null, !mayMail && !mayCall, c.PreferredAgent?.DisplayName,
                isMine, isClaimed ? entry.ClaimedByName : null, isClaimed && entry.ClaimedById == me, entry.Since);
        }
    }

    /// <summary>The open entry of a customer; null where there is none.</summary>
    public async Task<CustomerWorklistEntry?> OfCustomerAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var entry = await db.WorklistEntries.AsNoTracking().FirstOrDefaultAsync(e => e.CustomerId == customerId
            && e.State == WorklistState.Open, cancellationToken);
        if (entry is null || Visible(entry, grant.Has(Permissions.CustomersSensitive)) is not { Count: > 0 } reasons) return null;
        return new(entry.Id, reasons, entry.ClaimedAt >= StaleClaim ? entry.ClaimedByName : null);
    }

    private DateTimeOffset StaleClaim => clock.Now.AddHours(-WorklistLimits.ClaimHours);

    private static IReadOnlyList<WorklistReason> Visible(WorklistEntry entry, bool maySee) =>
        [.. entry.Reasons.Where(r => maySee || r.Rule != WorklistRule.Birthday)];
}
