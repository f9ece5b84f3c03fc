namespace CrmPortal.Core.Tickets;

/// <summary>
/// What is due when, by what happened to a ticket. All clocks stand still while it is pending, on hold, solved or closed, so that what is
/// due moves by the business time that passes meanwhile.
/// </summary>
public static class SlaCalculator
{
    /// <summary>Computes where a ticket stands.</summary>
    /// <param name="history">In any order; of one instant, in the order in which it happened. What is later than now is left out.</param>
    public static SlaState Of(IReadOnlyList<TicketMoment> history, SlaTargets targets, BusinessHours hours, DateTimeOffset now)
    {
        List<TicketMoment> moments = [.. history.Where(m => m.At <= now).OrderBy(m => m.At)];
        var opening = moments.FindIndex(m => m.Kind is TicketMomentKind.Created or TicketMomentKind.CreatedByAgent);
        // A ticket whose opening is missing begins with whatever is known first.
        var start = Math.Max(opening, 0);
        if (moments.Count == 0) return new();
        var isOurs = moments[start].Kind is TicketMomentKind.CreatedByAgent or TicketMomentKind.AgentReplied;
        var course = new Course(moments[start].At, isOurs, hours, targets);
        foreach (var moment in moments.Skip(start + (opening < 0 ? 0 : 1))) course.Take(moment);
        return course.StateAt(now);
    }

    /// <summary>Follows a ticket from moment to moment.</summary>
    private sealed class Course(DateTimeOffset createdAt, bool isOurs, BusinessHours hours, SlaTargets targets)
    {
        private readonly List<(DateTimeOffset From, DateTimeOffset To)> _running = [];
        private DateTimeOffset? _runningFrom = createdAt;
        private DateTimeOffset? _pausedAt;
        private DateTimeOffset? _solvedAt;
        private DateTimeOffset? _respondedAt;

        /// <summary>The oldest message after the first answer that nobody has answered.</summary>
        private DateTimeOffset? _waiting;

        private TimeSpan _held;
        private SlaResult _lastNext;
        private int _met;
        private int _breached;

        private bool AwaitsFirst => !isOurs && _respondedAt is null;

        public void Take(TicketMoment moment)
        {
            var at = moment.At;
            switch (moment.Kind)
            {
                case TicketMomentKind.CustomerWrote:
                    if (_pausedAt is not null) Resume(at);
                    if (!AwaitsFirst) _waiting ??= at;
                    break;
                case TicketMomentKind.AgentReplied:
                    if (_waiting is not null) Answer(at);
                    if (!isOurs) _respondedAt ??= at;
                    break;
                case TicketMomentKind.Paused when _solvedAt is null && _pausedAt is null:
                    Stop(at);
                    _pausedAt = at;
                    break;
                case TicketMomentKind.Resumed when _pausedAt is not null:
                    Resume(at);
                    break;
                case TicketMomentKind.Solved or TicketMomentKind.Closed when _solvedAt is null:
                    Solve(at);
                    break;
                case TicketMomentKind.Reopened when _solvedAt is not null || _pausedAt is not null:
                    _solvedAt = null;
                    Resume(at);
                    break;
            }
        }

        private void Stop(DateTimeOffset at)
        {
            if (_runningFrom is { } from) _running.Add((from, at));
            _runningFrom = null;
        }

        private void Resume(DateTimeOffset at)
        {
            if (_pausedAt is { } paused) _held += hours.Between(paused, at);
            _pausedAt = null;
            _runningFrom = at;
        }

        private void Solve(DateTimeOffset at)
        {
            if (_pausedAt is { } paused) _held += hours.Between(paused, at);
            _pausedAt = null;
            Stop(at);
            _solvedAt = at;
            // Solved without a word: what was late is late, and what was not needs no answer any more.
            if (_waiting is { } since && targets.NextResponse is { } target
                && target - Elapsed(since, at) is var left && left < TimeSpan.Zero)
            {
                _breached++;
                _lastNext = new(SlaStatus.Breached, left);
            }

            _waiting = null;
        }

        private void Answer(DateTimeOffset at)
        {
            if (targets.NextResponse is { } target)
            {
                var left = target - Elapsed(_waiting!.Value, at);
                _lastNext = new(left < TimeSpan.Zero ? SlaStatus.Breached : SlaStatus.Met, left);
                if (left < TimeSpan.Zero) _breached++;
                else _met++;
            }

            _waiting = null;
        }

        public SlaState StateAt(DateTimeOffset now)
        {
            var first = isOurs ? default : Result(targets.FirstResponse, createdAt, _respondedAt, now);
            if (_respondedAt is null && _solvedAt is not null && first.Result.Status != SlaStatus.Breached) first = default;
            var resolution = Result(targets.Resolution, createdAt, _solvedAt, now);
            // A message that came after the solution waits only once the ticket is open again.
            var waiting = _solvedAt is null ? _waiting : null;
            var next = waiting is { } since ? Result(targets.NextResponse, since, null, now) : (Result: _lastNext, Due: null);
            DateTimeOffset?[] open = [_respondedAt is null ? first.Due : null, next.Due, resolution.Due];
            return new()
            {
                FirstResponseDue = first.Due,
                FirstResponseAt = _respondedAt,
                NextResponseDue = next.Due,
                ResolutionDue = resolution.Due,
                SolvedAt = _solvedAt,
                HeldTime = _held + (_pausedAt is { } paused ? hours.Between(paused, now) : TimeSpan.Zero),
                IsPaused = _pausedAt is not null,
                FirstResponse = first.Result,
                NextResponse = next.Result,
                Resolution = resolution.Result,
                NextResponsesMet = _met,
                NextResponsesBreached = _breached,
                WaitingSince = _solvedAt is not null ? null : AwaitsFirst ? createdAt : waiting,
                NextDue = _runningFrom is null ? null : open.Min(),
            };
        }

        /// <summary>How it stands with a promise that counts from one instant and was kept at another.</summary>
        private (SlaResult Result, DateTimeOffset? Due) Result(
            TimeSpan? target, DateTimeOffset from, DateTimeOffset? keptAt, DateTimeOffset now)
        {
            if (target is not { } promised) return default;
            var to = keptAt ?? now;
            var left = promised - Elapsed(from, to);
            var status = left < TimeSpan.Zero ? SlaStatus.Breached : keptAt is null ? SlaStatus.Pending : SlaStatus.Met;
            return (new(status, left), Due(promised, from, to));
        }

        /// <summary>The instant at which so much business time has passed by the clock, which runs on from the last one known.</summary>
        private DateTimeOffset? Due(TimeSpan target, DateTimeOffset from, DateTimeOffset to)
        {
            var left = target;
            foreach (var (start, end) in Runs(from, to))
            {
                if (hours.After(start, left) is { } due && due <= end) return due;
                left -= hours.Between(start, end);
            }

            return hours.After(to, left);
        }

        private TimeSpan Elapsed(DateTimeOffset from, DateTimeOffset to) =>
            Runs(from, to).Aggregate(TimeSpan.Zero, (sum, run) => sum + hours.Between(run.From, run.To));

        private IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Runs(DateTimeOffset from, DateTimeOffset to)
        {
            IEnumerable<(DateTimeOffset From, DateTimeOffset To)> all = _runningFrom is { } open ? _running.Append((open, to)) : _running;
            return all.Select(r => (From: r.From > from ? r.From : from, To: r.To < to ? r.To : to)).Where(r => r.To >= r.From);
        }
    }
}
