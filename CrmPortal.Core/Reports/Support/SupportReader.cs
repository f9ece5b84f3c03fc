using System.Linq.Expressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Reports;

/// <summary>
/// Counts tickets, their events, messages, targets and answers in a period: each kind in one statement along the index of its time, by
/// parts
/// of the period or by what the tickets are. Answers are counts, whatever number of tickets there is.
/// </summary>
/// <param name="tickets">Which tickets.</param>
/// <param name="rated">The same for surveys, whose agent and queue are those of the time.</param>
internal sealed class SupportReader(CrmDbContext db, ReportDates dates, ShopClock clock, Expression<Func<Ticket, bool>> tickets,
    Expression<Func<Ticket, bool>> rated)
{
    private const int MinutesOfDay = 1_440;
    private const int SecondsOfDay = 86_400;
    private const int SecondsOfHour = 3_600;
    private const int LeastGood = 4;

    private readonly DateTimeOffset _now = clock.Now;
    private readonly DateTimeOffset _start = clock.StartOf(dates.From);
    private readonly DateTimeOffset _end = clock.EndOf(dates.Until);

    /// <summary>The parts in their order, and the whole.</summary>
    public async Task<(IReadOnlyList<SupportFigures> Parts, SupportFigures Total)> PartsAsync(CancellationToken cancellationToken)
    {
        var parts = dates.Parts;
        var starts = parts.Select(p => clock.StartOf(p.First)).Append(_end).ToList();
        var tallies = starts.ConvertAll(_ => new SupportTally());
        foreach (var (kind, facts) in Facts())
            foreach (var c in await PartedAsync(facts, starts, cancellationToken)) Note(kind, tallies[c.Part], c.Mark, c.Rows, c.Tickets,
                c.Value);
        var unsolved = await db.Tickets.Where(tickets).LongCountAsync(t => t.UrgentAt != null, cancellationToken);

        // What was unsolved is told from now backwards: nobody counts years of solved tickets for the last month.
        var backlog = new long[parts.Count];
        for (var i = parts.Count - 1; i >= 0; i--)
            backlog[i] = (i == parts.Count - 1 ? unsolved : backlog[i + 1]) - Growth(tallies[i + 1]);
        var total = new SupportTally();
        foreach (var tally in tallies.SkipLast(1)) total.Add(tally);
        // A ticket that was solved in two parts is one ticket that was solved.
        foreach (var mark in new[] { SupportMark.Solved, SupportMark.Reopened, SupportMark.TicketsIn,
            SupportMark.TicketsOut }) total[mark] = 0;
        foreach (var kind in new[] { FactKind.Events, FactKind.Messages })
            foreach (var c in await PartedAsync(Facts().First(f => f.Kind == kind).Facts, [_start, _end], cancellationToken))
                if (c.Part == 0) NoteTickets(kind, total, c.Mark, c.Tickets);
        return ([.. parts.Select((_, i) => tallies[i].Figures(backlog[i]))], total.Figures(backlog[^1]));
    }

    /// <summary>The whole period by what the tickets are.</summary>
    public Task<IReadOnlyDictionary<string, SupportFigures>> GroupsAsync(SupportGrouping group, CancellationToken cancellationToken) =>
        group switch
    {
        SupportGrouping.Agent => GroupsAsync(f => f.Agent, KeysOf, cancellationToken),
        SupportGrouping.Queue => GroupsAsync(f => f.Queue, KeysOf, cancellationToken),
        SupportGrouping.Tag => GroupsAsync(f => f.Ticket.Tags, tags => TicketTags.Read(tags).DefaultIfEmpty(""), cancellationToken),
        SupportGrouping.Priority => GroupsAsync(f => f.Ticket.Priority, p => [p.ToString().ToLowerInvariant()], cancellationToken),
        SupportGrouping.Channel => GroupsAsync(f => f.Ticket.Channel, c => [c.ToString().ToLowerInvariant()], cancellationToken),
        SupportGrouping.Segment => GroupsAsync(f => f.Segment, KeysOf, cancellationToken, OfSegments),
        _ => GroupsAsync(f => f.Ticket.Customer!.Score == null ? null : (RfmSegment?)f.Ticket.Customer.Score.Segment,
            rfm => [rfm is { } segment ? RfmSegments.CodeOf(segment) : ""], cancellationToken),
    };

    /// <summary>How many tickets came in each hour of the week.</summary>
    public async Task<IReadOnlyList<long>> HoursAsync(CancellationToken cancellationToken)
    {
        var (start, end) = (_start, _end);
        var found = await db.Tickets.Where(tickets).Where(t => t.CreatedAt >= start && t.CreatedAt < end).GroupBy(t => t.ArrivedHour)
            .Select(g => new { g.Key, Count = g.LongCount() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        return [.. Enumerable.Range(0, TicketArrival.DaysOfWeek * TicketArrival.HoursOfDay).Select(h => found.GetValueOrDefault(h))];
    }

    private async Task<IReadOnlyDictionary<string, SupportFigures>> GroupsAsync<TKey>(Expression<Func<SupportFact, TKey>> key,
        Func<TKey, IEnumerable<string>> keysOf, CancellationToken cancellationToken,
        Func<IQueryable<SupportFact>, IQueryable<SupportFact>>? prepared = null)
    {
        var (within, after) = (new Dictionary<string, SupportTally>(), new Dictionary<string, SupportTally>());
        foreach (var (kind, facts) in Facts())
            foreach (var c in await GroupedAsync(prepared is null ? facts : prepared(facts), key, cancellationToken))
                foreach (var name in keysOf(c.Key))
                    Note(kind, Of(c.Part == 0 ? within : after, name), c.Mark, c.Rows, c.Tickets, c.Value);
        var unsolved = db.Tickets.Where(tickets).Where(t => t.UrgentAt != null).Select(OfTicket(t => 0, t => t.CreatedAt, t => 0));
        foreach (var c in await (prepared is null ? unsolved : prepared(unsolved)).GroupBy(key)
            .Select(g => new { g.Key, Count = g.LongCount() }).ToListAsync(cancellationToken))
            foreach (var name in keysOf(c.Key)) Of(within, name)[SupportMark.Unsolved] += c.Count;
        foreach (var name in after.Keys) Of(within, name);
        return within.ToDictionary(w => w.Key, w => w.Value.Figures(w.Value[SupportMark.Unsolved]
            - (after.TryGetValue(w.Key, out var later) ? Growth(later) : 0)));

        static SupportTally Of(Dictionary<string, SupportTally> tallies, string name)
        {
            if (!tallies.TryGetValue(name, out var tally)) tallies.Add(name, tally = new());
            return tally;
        }
    }

    private static IEnumerable<string> KeysOf(long? key) => [key?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? ""];

    private static long Growth(SupportTally tally) =>
        tally[SupportMark.New] + tally[SupportMark.Reopenings] - tally[SupportMark.Solutions];

    /// <summary>What is counted, each with a number that says what it is.</summary>
    private IEnumerable<(FactKind Kind, IQueryable<SupportFact> Facts)> Facts()
    {
        var (now, start, end) = (_now, _start, _end);
        var those = db.Tickets.Where(tickets);
        // What came and what was solved after the period leads back to what was unsolved at its end.
        yield return (FactKind.Created, those.Where(t => t.CreatedAt >= start).Select(OfTicket(
            t => t.NextMissed > 0 || (t.NextDue != null && t.NextResponseDue != null && t.NextResponseDue <= now) ? 2 : t.NextKept > 0 ? 1
                : 0,
            t => t.CreatedAt, t => 0)));
        yield return (FactKind.Events, db.TicketEvents.Where(e => e.At >= start
                && (e.Kind == TicketEventKind.Solved || e.Kind == TicketEventKind.Reopened))
            .Join(those, e => e.TicketId, t => t.Id, (e, t) => new SupportFact
            {
                At = e.At, TicketId = t.Id, Mark = e.Kind == TicketEventKind.Solved ? 1 : 2, Value = 0, Agent = t.AssigneeId,
                Queue = t.QueueId, Ticket = t,
            }));
        yield return (FactKind.Messages, db.TicketMessages.Where(m => m.At >= start && m.At < end
                && (m.Kind == TicketMessageKind.Incoming || (m.Kind == TicketMessageKind.Reply
                    && m.Delivery != TicketDelivery.Scheduled && m.Delivery != TicketDelivery.Failed)))
            .Join(those, m => m.TicketId, t => t.Id, (m, t) => new SupportFact
            {
                At = m.At, TicketId = t.Id, Mark = m.Kind == TicketMessageKind.Incoming ? 1 : 2, Value = 0, Agent = t.AssigneeId,
                Queue = t.QueueId, Ticket = t,
            }));
        yield return (FactKind.FirstResponses, those.Where(t => t.FirstResponseAt >= start && t.FirstResponseAt < end).Select(OfTicket(
            t => t.FirstResponseSeconds!.Value < SecondsOfDay ? (int)(t.FirstResponseSeconds.Value / 60)
                : MinutesOfDay + (int)((t.FirstResponseSeconds.Value - SecondsOfDay) / SecondsOfHour),
            t => t.FirstResponseAt!.Value, t => t.FirstResponseSeconds!.Value)));
        yield return (FactKind.Resolutions, those.Where(t => t.SolvedAt >= start && t.SolvedAt < end).Select(OfTicket(
            t => t.ResolutionSeconds!.Value < SecondsOfDay ? (int)(t.ResolutionSeconds.Value / 60)
                : MinutesOfDay + (int)((t.ResolutionSeconds.Value - SecondsOfDay) / SecondsOfHour),
            t => t.SolvedAt!.Value, t => t.ResolutionSeconds!.Value)));
        yield return (FactKind.FirstTargets, those.Where(t => t.FirstTargetAt >= start && t.FirstTargetAt < end && t.FirstTargetAt <= now)
            .Select(OfTicket(t => t.FirstResponseLate == 0 ? 1 : t.FirstResponseLate > 0 ? 2 : 3, t => t.FirstTargetAt!.Value,
                t => t.FirstResponseLate ?? 0)));
        yield return (FactKind.SolutionTargets, those.Where(t => t.ResolutionTargetAt >= start && t.ResolutionTargetAt < end
                && t.ResolutionTargetAt <= now)
            .Select(OfTicket(t => t.ResolutionLate == 0 ? 1 : t.ResolutionLate > 0 ? 2 : 3, t => t.ResolutionTargetAt!.Value,
                t => t.ResolutionLate ?? 0)));
        yield return (FactKind.Ratings, db.TicketRatings.Where(r => r.SentAt >= start && r.SentAt < end)
            .Join(db.Tickets.Where(rated), r => r.TicketId, t => t.Id, (r, t) => new SupportFact
            {
                At = r.SentAt, TicketId = t.Id, Mark = r.Score ?? 0, Value = 0, Agent = r.AgentId, Queue = r.QueueId, Ticket = t,
            }));
    }

    /// <summary>A fact of a ticket itself.</summary>
    private static Expression<Func<Ticket, SupportFact>> OfTicket(Expression<Func<Ticket, int>> mark,
        Expression<Func<Ticket, DateTimeOffset>> at, Expression<Func<Ticket, long>> value)
    {
        Expression<Func<Ticket, SupportFact>> usual = t => new SupportFact
        {
            TicketId = t.Id, Agent = t.AssigneeId, Queue = t.QueueId, Ticket = t,
        };
        var (ticket, made) = (usual.Parameters[0], (MemberInitExpression)usual.Body);
        return Expression.Lambda<Func<Ticket, SupportFact>>(Expression.MemberInit(made.NewExpression, [.. made.Bindings,
            Bound(nameof(SupportFact.Mark), mark), Bound(nameof(SupportFact.At), at), Bound(nameof(SupportFact.Value), value)]), ticket);

        MemberAssignment Bound<TValue>(string name, Expression<Func<Ticket, TValue>> of) =>
            Expression.Bind(typeof(SupportFact).GetProperty(name)!, of.Body.Replaced(of.Parameters[0], ticket));
    }

    /// <summary>Once for each segment in which the customer is now.</summary>
    private IQueryable<SupportFact> OfSegments(IQueryable<SupportFact> facts) => facts.Join(db.Set<SegmentMember>()
        .Where(m => m.Until == null), f => f.Ticket.CustomerId, m => m.CustomerId, (f, m) => new SupportFact
        {
            At = f.At, TicketId = f.TicketId, Mark = f.Mark, Value = f.Value, Agent = f.Agent, Queue = f.Queue, Ticket = f.Ticket,
            Segment = m.SegmentId,
        });

    private static Task<List<Counted<int>>> PartedAsync(IQueryable<SupportFact> facts, List<DateTimeOffset> starts,
        CancellationToken cancellationToken)
    {
        var fact = Expression.Parameter(typeof(SupportFact), "f");
        return facts.Select(CellOf<int>(fact, Part(fact, starts, 0, starts.Count - 1), Expression.Property(fact, nameof(SupportFact.Mark))))
            .GroupBy(c => new { c.Part, c.Key })
            .Select(g => new Counted<int>
            {
                Part = g.Key.Part, Key = g.Key.Key, Mark = g.Key.Key, Rows = g.LongCount(),
                Tickets = g.Select(c => c.TicketId).Distinct().Count(), Value = g.Sum(c => c.Value),
            }).ToListAsync(cancellationToken);
    }

    private Task<List<Counted<TKey>>> GroupedAsync<TKey>(IQueryable<SupportFact> facts, Expression<Func<SupportFact, TKey>> key,
        CancellationToken cancellationToken)
    {
        var fact = key.Parameters[0];
        return facts.Select(CellOf<TKey>(fact, Part(fact, [_start, _end], 0, 1), key.Body)).GroupBy(c => new { c.Part, c.Key, c.Mark })
            .Select(g => new Counted<TKey>
            {
                Part = g.Key.Part, Key = g.Key.Key, Mark = g.Key.Mark, Rows = g.LongCount(),
                Tickets = g.Select(c => c.TicketId).Distinct().Count(), Value = g.Sum(c => c.Value),
            }).ToListAsync(cancellationToken);
    }

    private static Expression<Func<SupportFact, Cell<TKey>>> CellOf<TKey>(ParameterExpression fact, Expression part, Expression key)
    {
        var type = typeof(Cell<TKey>);
        return Expression.Lambda<Func<SupportFact, Cell<TKey>>>(Expression.MemberInit(Expression.New(type),
            Expression.Bind(type.GetProperty(nameof(Cell<TKey>.Part))!, part), Expression.Bind(type.GetProperty(nameof(Cell<TKey>.Key))!,
                key),
            Expression.Bind(type.GetProperty(nameof(Cell<TKey>.Mark))!, Expression.Property(fact, nameof(SupportFact.Mark))),
            Expression.Bind(type.GetProperty(nameof(Cell<TKey>.TicketId))!, Expression.Property(fact, nameof(SupportFact.TicketId))),
            Expression.Bind(type.GetProperty(nameof(Cell<TKey>.Value))!, Expression.Property(fact, nameof(SupportFact.Value)))), fact);
    }

    /// <summary>In which part an instant lies, by halves: hundreds of comparisons within each other no engine bears.</summary>
    private static Expression Part(ParameterExpression fact, List<DateTimeOffset> starts, int first, int last)
    {
        if (first == last) return Expression.Constant(first);
        var middle = (first + last + 1) / 2;
        return Expression.Condition(Expression.LessThan(Expression.Property(fact, nameof(SupportFact.At)),
            Expression.Constant(starts[middle])),
            Part(fact, starts, first, middle - 1), Part(fact, starts, middle, last));
    }

    private static void Note(FactKind kind, SupportTally tally, int mark, long rows, long inTickets, long value)
    {
        NoteTickets(kind, tally, mark, inTickets);
        switch (kind)
        {
            case FactKind.Created:
                tally[SupportMark.New] += rows;
                if (mark > 0) tally[mark == 1 ? SupportMark.NextKept : SupportMark.NextMissed] += rows;
                break;
            case FactKind.Events:
                tally[mark == 1 ? SupportMark.Solutions : SupportMark.Reopenings] += rows;
                break;
            case FactKind.Messages:
                tally[mark == 1 ? SupportMark.MessagesIn : SupportMark.MessagesOut] += rows;
                break;
            case FactKind.FirstResponses or FactKind.Resolutions:
                tally.AddTimes(kind == FactKind.FirstResponses, mark, rows, value);
                break;
            case FactKind.FirstTargets:
                tally[mark == 1 ? SupportMark.FirstKept : SupportMark.FirstMissed] += rows;
                if (mark != 2) break;
                tally[SupportMark.FirstLate] += rows;
                tally[SupportMark.FirstLateSeconds] += value;
                break;
            case FactKind.SolutionTargets:
                tally[mark == 1 ? SupportMark.SolutionKept : SupportMark.SolutionMissed] += rows;
                if (mark != 2) break;
                tally[SupportMark.SolutionLate] += rows;
                tally[SupportMark.SolutionLateSeconds] += value;
                break;
            default:
                tally[SupportMark.Asked] += rows;
                if (mark == 0) break;
                tally[SupportMark.Answered] += rows;
                tally[SupportMark.RatingSum] += mark * rows;
                if (mark >= LeastGood) tally[SupportMark.Good] += rows;
                break;
        }
    }

    /// <summary>What counts tickets and not what happened to them.</summary>
    private static void NoteTickets(FactKind kind, SupportTally tally, int mark, long inTickets)
    {
        SupportMark? counted = (kind, mark) switch
        {
            (FactKind.Events, 1) => SupportMark.Solved,
            (FactKind.Events, _) => SupportMark.Reopened,
            (FactKind.Messages, 1) => SupportMark.TicketsIn,
            (FactKind.Messages, _) => SupportMark.TicketsOut,
            _ => null,
        };
        if (counted is { } those) tally[those] += inTickets;
    }

    private enum FactKind { Created, Events, Messages, FirstResponses, Resolutions, FirstTargets, SolutionTargets, Ratings }

    private sealed class Cell<TKey>
    {
        public int Part { get; init; }
        public required TKey Key { get; init; }
        public int Mark { get; init; }
        public long TicketId { get; init; }
        public long Value { get; init; }
    }

    private sealed class Counted<TKey>
    {
        public int Part { get; init; }
        public required TKey Key { get; init; }
        public int Mark { get; init; }
        public long Rows { get; init; }
        public int Tickets { get; init; }
        public long Value { get; init; }
    }
}

/// <summary>Something that is counted of a ticket.</summary>
internal sealed class SupportFact
{
    public DateTimeOffset At { get; init; }
    public long TicketId { get; init; }

    /// <summary>What it is, among others of its kind.</summary>
    public int Mark { get; init; }

    public long Value { get; init; }
    public long? Agent { get; init; }
    public long? Queue { get; init; }
    public long? Segment { get; init; }
    public Ticket Ticket { get; init; } = null!;
}
