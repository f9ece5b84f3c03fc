using System.Globalization;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>The policies in their order, with their hours, as one save needs them.</summary>
internal sealed class ServiceLevels
{
    /// <summary>There are no more policies than this.</summary>
    public const int Most = 50;

    private readonly List<(SlaPolicy Policy, BusinessHours Hours)> _policies;

    private ServiceLevels(List<(SlaPolicy, BusinessHours)> policies) => _policies = policies;

    public static async Task<ServiceLevels> ReadAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var policies = await db.SlaPolicies.TagWith(TicketRecount.ComputingTag).AsNoTracking().Where(p => p.IsActive)
            .OrderBy(p => p.Position).ThenBy(p => p.Id).Include(p => p.Calendar).Take(Most).ToListAsync(cancellationToken);
        return new([.. policies.Select(p => (p, BusinessHours.Parse(p.Calendar!.HoursJson)))]);
    }

    /// <summary>Computes the targets of a ticket from all its events.</summary>
    public void Apply(Ticket ticket, CustomerStanding? customer, IEnumerable<TicketEvent> events, DateTimeOffset now)
    {
        var found = _policies.Find(p => Fits(p.Policy, ticket, customer));
        ticket.PolicyId = found.Policy?.Id;
        var (targets, hours) = found.Policy is { } policy ? (TargetsOf(policy), found.Hours) : (new(null, null, null),
            BusinessHours.Always);
        var state = SlaCalculator.Of([.. events.Select(Moment).OfType<TicketMoment>()], targets, hours, now);
        ticket.FirstResponseAt = state.FirstResponseAt;
        ticket.FirstResponseDue = state.FirstResponseDue;
        ticket.NextResponseDue = state.NextResponseDue;
        ticket.ResolutionDue = state.ResolutionDue;
        ticket.NextDue = state.IsPaused ? null : state.NextDue;
        ticket.HeldSeconds = (long)state.HeldTime.TotalSeconds;
        ticket.FirstResponseLate = Late(state.FirstResponse);
        ticket.ResolutionLate = Late(state.Resolution);
        ticket.CameOutsideHours = !hours.IsOpen(ticket.CreatedAt);
        ticket.FirstResponseSeconds = Seconds(ticket.CreatedAt, state.FirstResponseAt);
        ticket.ResolutionSeconds = Seconds(ticket.CreatedAt, ticket.SolvedAt);
        ticket.FirstTargetAt = DecidedAt(state, state.FirstResponse, state.FirstResponseDue, state.FirstResponseAt);
        ticket.ResolutionTargetAt = DecidedAt(state, state.Resolution, state.ResolutionDue, state.SolvedAt);
        (ticket.NextKept, ticket.NextMissed) = (state.NextResponsesMet, state.NextResponsesBreached);
    }

    /// <summary>How long before its target somebody is warned; null without a policy.</summary>
    public TimeSpan? WarnsBefore(long? policyId) => _policies.Find(p => p.Policy.Id == policyId).Policy is { } policy
        ? TimeSpan.FromMinutes(policy.WarnMinutes) : null;

    public long? EscalatesTo(long? policyId) => _policies.Find(p => p.Policy.Id == policyId).Policy?.EscalateToId;

    private static bool Fits(SlaPolicy policy, Ticket ticket, CustomerStanding? customer) =>
        Names(policy.Priorities, ticket.Priority.ToString())
        && Names(policy.Queues, ticket.QueueId.ToString(CultureInfo.InvariantCulture))
        && Names(policy.Tiers, customer?.Tier)
        && (!policy.NeedsPrioritySupport || customer?.HasPrioritySupport == true);

    private static bool Names(string list, string? value) => list.Length == 0
        || (value is not null && list.Split(' ').Contains(value, StringComparer.OrdinalIgnoreCase));

    private static SlaTargets TargetsOf(SlaPolicy policy) =>
        new(Minutes(policy.FirstResponseMinutes), Minutes(policy.NextResponseMinutes), Minutes(policy.ResolutionMinutes));

    private static TimeSpan? Minutes(int? minutes) => minutes is { } some ? TimeSpan.FromMinutes(some) : null;

    private static long? Seconds(DateTimeOffset from, DateTimeOffset? to) =>
        to is { } at ? Math.Max(0, (long)(at - from).TotalSeconds) : null;

    /// <summary>A target is decided when it is kept, or when it is due; while the clock stands still it is not about to be.</summary>
    private static DateTimeOffset? DecidedAt(SlaState state, SlaResult result, DateTimeOffset? due, DateTimeOffset? keptAt) =>
        result.Status switch
    {
        SlaStatus.Met => keptAt,
        SlaStatus.Pending when state.IsPaused => null,
        SlaStatus.NotApplicable => null,
        _ => due,
    };

    private static long? Late(SlaResult result) => result.Status switch
    {
        SlaStatus.Met => 0,
        SlaStatus.Breached => Math.Max(1, (long)-result.Left.TotalSeconds),
        _ => null,
    };

    private static TicketMoment? Moment(TicketEvent happened) => happened.Kind switch
    {
        TicketEventKind.Created => new(happened.At, TicketMomentKind.Created),
        TicketEventKind.Begun => new(happened.At, TicketMomentKind.CreatedByAgent),
        TicketEventKind.CustomerWrote => new(happened.At, TicketMomentKind.CustomerWrote),
        TicketEventKind.AgentReplied => new(happened.At, TicketMomentKind.AgentReplied),
        TicketEventKind.Paused => new(happened.At, TicketMomentKind.Paused),
        TicketEventKind.Resumed => new(happened.At, TicketMomentKind.Resumed),
        TicketEventKind.Solved => new(happened.At, TicketMomentKind.Solved),
        TicketEventKind.Reopened => new(happened.At, TicketMomentKind.Reopened),
        TicketEventKind.Closed => new(happened.At, TicketMomentKind.Closed),
        _ => null,
    };
}
