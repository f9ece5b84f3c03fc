using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>What an agent has before them.</summary>
/// <param name="UserId">The agent; 0 for the program, which has no tickets.</param>
/// <param name="Mine">Their unsolved tickets.</param>
/// <param name="Unassigned">Unsolved ones that nobody has.</param>
/// <param name="Overdue">Of their own, those with a target that has passed.</param>
/// <param name="DueSoon">Of their own, those with a target within the next hour.</param>
/// <param name="Pending">Of their own, those that wait for the customer.</param>
/// <param name="Asked">Customers who were asked how it was within <see cref="OwnTicketsService.RatedDays"/> days, after a solution of
/// theirs.</param>
/// <param name="Answered">Of these, who answered.</param>
/// <param name="Good">Of these, who gave 4 or 5.</param>
public sealed record OwnTickets(long UserId, int Mine, int Unassigned, int Overdue, int DueSoon, int Pending, int Asked, int Answered,
    int Good);

/// <summary>Why a ticket is to be looked at today.</summary>
public enum DueReason
{
    Overdue,
    ReturnsToday,

    /// <summary>Nobody has it, and its target has passed.</summary>
    UnassignedOverdue,

    /// <summary>Nobody has it, and its target comes within the next hour.</summary>
    UnassignedSoon,
}

/// <summary>A ticket that is to be looked at today.</summary>
/// <param name="At">When it is due, or comes back.</param>
public sealed record DueTicket(TicketRow Ticket, DueReason Reason, DateTimeOffset At);

/// <summary>The tickets of the acting agent, for the places where they begin their day.</summary>
public sealed class OwnTicketsService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, ShopClock clock)
{
    /// <summary>So many days back the own satisfaction is reckoned, today included.</summary>
    public const int RatedDays = 30;

    private const int LeastGood = 4;
    private static readonly TimeSpan Soon = TimeSpan.FromHours(1);

    public async Task<OwnTickets> CountAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        var me = grant.Actor.UserId ?? 0;
        var (now, soon, since) = (clock.Now, clock.Now + Soon, clock.StartOf(clock.Today.AddDays(-RatedDays)));
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var counts = await db.Tickets.Where(t => t.UrgentAt != null && (t.AssigneeId == me || t.AssigneeId == null)).GroupBy(t => 1)
            .Select(g => new
            {
                Mine = g.Count(t => t.AssigneeId == me), Unassigned = g.Count(t => t.AssigneeId == null),
                Overdue = g.Count(t => t.AssigneeId == me && t.NextDue <= now),
                DueSoon = g.Count(t => t.AssigneeId == me && t.NextDue > now && t.NextDue <= soon),
                Pending = g.Count(t => t.AssigneeId == me && t.State == TicketState.Pending),
            }).FirstOrDefaultAsync(cancellationToken);
        var rated = await db.TicketRatings.Where(r => r.AgentId == me && r.SentAt >= since && r.Ticket!.MergedIntoId == null).GroupBy(r =>
            1)
            .Select(g => new { Asked = g.Count(), Answered = g.Count(r => r.Score != null), Good = g.Count(r => r.Score >= LeastGood) })
            .FirstOrDefaultAsync(cancellationToken);
        return new(me, counts?.Mine ?? 0, counts?.Unassigned ?? 0, counts?.Overdue ?? 0, counts?.DueSoon ?? 0, counts?.Pending ?? 0,
            rated?.Asked ?? 0, rated?.Answered ?? 0, rated?.Good ?? 0);
    }

    /// <summary>
    /// What is due for the acting agent: their own tickets that are overdue or come back today, and those of nobody with a target within
    /// the
    /// next hour; the most urgent first.
    /// </summary>
    /// <exception cref="RuleViolationException">More are wanted than a page has.</exception>
    public async Task<IReadOnlyList<DueTicket>> DueAsync(int most, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        new PageRequest(1, most).Validated();
        var me = grant.Actor.UserId ?? 0;
        var (now, soon, tonight) = (clock.Now, clock.Now + Soon, clock.EndOf(clock.Today));
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.Tickets.Where(t => t.UrgentAt != null
                && ((t.AssigneeId == me && (t.NextDue <= now || t.PendingUntil < tonight)) || (t.AssigneeId == null && t.NextDue <= soon)))
            .OrderBy(t => t.UrgentAt).ThenBy(t => t.Id).Take(most).Select(t => new { t.Id, t.AssigneeId, t.NextDue, t.PendingUntil })
            .ToListAsync(cancellationToken);
        var rows = (await db.TicketRowsAsync([.. found.Select(t => t.Id)], grant, cancellationToken)).ToDictionary(r => r.Id);
        return [.. found.Where(t => rows.ContainsKey(t.Id)).Select(t => new DueTicket(rows[t.Id],
            (t.AssigneeId is null, t.NextDue <= now) switch
            {
                (true, true) => DueReason.UnassignedOverdue,
                (true, _) => DueReason.UnassignedSoon,
                (_, true) => DueReason.Overdue,
                _ => DueReason.ReturnsToday,
            },
            t.NextDue ?? t.PendingUntil!.Value))];
    }
}
