using System.Globalization;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Reports;
using CrmPortal.Core.Tickets;

namespace CrmPortal.Tests.Reports;

/// <summary>Counts the tickets of a desk one by one, from what happened to them.</summary>
internal sealed class SupportCount(IReadOnlyList<Ticket> tickets, SupportDesk desk, ShopClock clock, SupportScope scope)
{
    private readonly DateTimeOffset _now = clock.Now;

    private IEnumerable<Ticket> All => tickets.Where(t => t.MergedIntoId is null
        && (scope.Channel is null || t.Channel == scope.Channel) && (scope.Priority is null || t.Priority == scope.Priority)
        && (scope.Tag is null || Tags(t).Contains(scope.Tag))
        && (scope.SegmentId is null || (t.CustomerId is { } customer && desk.Members.Contains(customer))));

    private IEnumerable<Ticket> Those => All.Where(t => (scope.QueueId is null || t.QueueId == scope.QueueId)
        && (scope.AgentId is null || (t.AssigneeId ?? 0) == scope.AgentId));

    /// <summary>Surveys count for whoever had solved the ticket.</summary>
    private IEnumerable<Ticket> Rated => All.Where(t => t.Ratings is [var rating]
        && (scope.QueueId is null || rating.QueueId == scope.QueueId) && (scope.AgentId is null || (rating.AgentId ?? 0) == scope.AgentId));

    public SupportFigures Of(DateOnly from, DateOnly until) => Of([.. Those], [.. Rated], from, until);

    public Dictionary<string, SupportFigures> Groups(SupportGrouping by, DateOnly from, DateOnly until)
    {
        Func<Ticket, IEnumerable<string>> keys = by switch
        {
            SupportGrouping.Agent => t => [Text(t.AssigneeId)],
            SupportGrouping.Queue => t => [Text(t.QueueId)],
            SupportGrouping.Tag => t => Tags(t).DefaultIfEmpty(""),
            SupportGrouping.Priority => t => [t.Priority.ToString().ToLowerInvariant()],
            SupportGrouping.Channel => t => [t.Channel.ToString().ToLowerInvariant()],
            SupportGrouping.Segment => t => t.CustomerId is { } c && desk.Members.Contains(c) ? [Text(desk.Group)] : [],
            _ => _ => [""],
        };
        Func<Ticket, IEnumerable<string>> rated = by switch
        {
            SupportGrouping.Agent => t => [Text(t.Ratings[0].AgentId)],
            SupportGrouping.Queue => t => [Text(t.Ratings[0].QueueId)],
            _ => keys,
        };
        return Those.SelectMany(keys).Concat(Rated.SelectMany(rated)).Distinct()
            .Select(key => (key, Figures: Of([.. Those.Where(t => keys(t).Contains(key))], [.. Rated.Where(t => rated(t).Contains(key))],
                from,
                until)))
            .Where(g => g.Figures is not { New: 0, Solved: 0, Reopened: 0, Backlog: 0, In.Messages: 0, Out.Messages: 0,
                First: { Kept: 0, Missed: 0 }, Solution: { Kept: 0, Missed: 0 }, Satisfaction.Asked: 0, Resolution.Tickets: 0 })
            .ToDictionary(g => g.key, g => g.Figures);
    }

    public List<long> Hours(DateOnly from, DateOnly until)
    {
        var hours = new long[168];
        foreach (var ticket in Those.Where(t => IsIn(t.CreatedAt, from, until)))
        {
            var local = clock.Zone.TimeOf(ticket.CreatedAt);
            hours[((((int)local.DayOfWeek + 6) % 7) * 24) + local.Hour]++;
        }

        return [.. hours];
    }

    private SupportFigures Of(List<Ticket> those, List<Ticket> rated, DateOnly from, DateOnly until)
    {
        bool In(DateTimeOffset? at) => at is { } instant && IsIn(instant, from, until);
        var came = those.Where(t => In(t.CreatedAt)).ToList();
        var end = clock.EndOf(until);
        var answers = those.Select(t => (Ticket: t, At: FirstAnswer(t))).Where(t => In(t.At)).Select(t => Seconds(t.Ticket,
            t.At!.Value)).ToList();
        var solved = those.Select(t => (Ticket: t, At: SolvedAt(t))).Where(t => In(t.At)).Select(t => Seconds(t.Ticket,
            t.At!.Value)).ToList();
        var first = those.Select(t => (At: Decided(t.FirstResponseLate, FirstAnswer(t), t.FirstResponseDue, t), Late: t.FirstResponseLate))
            .Where(t => In(t.At)).ToList();
        var solution = those.Select(t => (At: Decided(t.ResolutionLate, SolvedAt(t), t.ResolutionDue, t), Late: t.ResolutionLate))
            .Where(t => In(t.At)).ToList();
        bool IsWaitingTooLong(Ticket t) => t.NextDue is not null && t.NextResponseDue <= _now;
        var scores = rated.Where(t => In(t.Ratings[0].SentAt)).Select(t => t.Ratings[0].Score).ToList();
        var given = scores.OfType<int>().ToList();
        return new(came.Count, those.Count(t => Has(t, TicketEventKind.Solved)), those.Count(t => Has(t, TicketEventKind.Reopened)),
            those.Count(t => t.CreatedAt < end && IsUnsolvedAt(t, end)), Messages(IsFromCustomer), Messages(IsToCustomer), Times(answers),
            Times(solved), Targets(first), new(came.Count(t => t.NextKept > 0 && t.NextMissed == 0 && !IsWaitingTooLong(t)),
                came.Count(t => t.NextMissed > 0 || IsWaitingTooLong(t)), 0, null), Targets(solution),
            new(scores.Count, given.Count, given.Count(s => s >= 4), given.Sum()));

        bool Has(Ticket t, TicketEventKind kind) => t.Events.Exists(e => e.Kind == kind && In(e.At));

        SupportMessages Messages(Predicate<TicketMessage> which) => new(those.Sum(t => t.Messages.Count(m => which(m) && In(m.At))),
            those.Count(t => t.Messages.Exists(m => which(m) && In(m.At))));
    }

    private bool IsIn(DateTimeOffset at, DateOnly from, DateOnly until) => clock.DayOf(at) >= from && clock.DayOf(at) <= until;

    private static bool IsFromCustomer(TicketMessage m) => m.Kind == TicketMessageKind.Incoming;

    private static bool IsToCustomer(TicketMessage m) => m.Kind == TicketMessageKind.Reply
        && m.Delivery is TicketDelivery.Sent or TicketDelivery.None && m.Kind == TicketMessageKind.Reply;

    private static DateTimeOffset? FirstAnswer(Ticket t) => t.Events.Exists(e => e.Kind == TicketEventKind.Begun) ? null
        : t.Events.Where(e => e.Kind == TicketEventKind.AgentReplied).Select(e => (DateTimeOffset?)e.At).Min();

    private static DateTimeOffset? SolvedAt(Ticket t) => t.Events.LastOrDefault(e => e.Kind is TicketEventKind.Solved
        or TicketEventKind.Reopened) is { Kind: TicketEventKind.Solved } last ? last.At : null;

    private static bool IsUnsolvedAt(Ticket t, DateTimeOffset end) => t.Events.LastOrDefault(e => e.At < end
        && e.Kind is TicketEventKind.Solved or TicketEventKind.Reopened && e.At < end) is not { Kind: TicketEventKind.Solved };

    /// <summary>What was kept is decided when it was kept, what was missed when it was due.</summary>
    private DateTimeOffset? Decided(long? late, DateTimeOffset? keptAt, DateTimeOffset? due, Ticket t) => late switch
    {
        0 => keptAt,
        > 0 => due,
        _ => keptAt is null && due <= _now && t.NextDue is not null ? due : null,
    };

    private static SupportTargets Targets(List<(DateTimeOffset? At, long? Late)> decided)
    {
        var late = decided.Where(d => d.Late > 0).Select(d => d.Late!.Value).ToList();
        return new(decided.Count(d => d.Late == 0), decided.Count(d => d.Late != 0), late.Count, late.Count == 0 ? null : Mean(late));
    }

    private static SupportTimes Times(List<long> seconds)
    {
        // To the minute below a day, to the hour above.
        var steps = seconds.Select(s => s < 86_400 ? s / 60 * 60 : s / 3_600 * 3_600).Order().ToList();
        return new(seconds.Count, seconds.Count == 0 ? null : Mean(seconds), Nearest(0.5), Nearest(0.9));

        long? Nearest(double share) => steps.Count == 0 ? null : steps[(int)Math.Ceiling(Math.Round(share * steps.Count, 6)) - 1];
    }

    private static long Mean(List<long> values) => (long)Math.Round((decimal)values.Sum() / values.Count, MidpointRounding.AwayFromZero);

    private static long Seconds(Ticket t, DateTimeOffset at) => (long)(at - t.CreatedAt).TotalSeconds;

    private static string[] Tags(Ticket t) => t.Tags.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Text(long? id) => id?.ToString(CultureInfo.InvariantCulture) ?? "";
}
