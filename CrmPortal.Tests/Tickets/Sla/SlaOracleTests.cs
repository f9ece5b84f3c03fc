using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;

namespace CrmPortal.Tests.Tickets.Sla;

/// <summary>
/// Compares with somebody who looks at the clock on the wall once a minute and keeps tallies: slow, and without any arithmetic of days.
/// </summary>
public sealed class SlaOracleTests
{
    private static readonly string[] Zones =
    [
        "UTC", "Europe/Berlin", "America/New_York", "Europe/Dublin", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kathmandu",
        "Pacific/Apia", "America/Havana", "America/St_Johns", "Asia/Beirut", "Pacific/Kiritimati",
    ];

    /// <summary>Instants near which clocks of these zones were changed, in this century.</summary>
    private static readonly string[] Starts =
    [
        "2026-03-05", "2026-03-25", "2026-10-22", "2026-10-29", "2025-02-20", "2025-04-03", "2026-04-02", "2026-10-01", "2011-12-24",
        "2010-11-04", "2026-11-23", "2026-12-20",
    ];

    [Fact]
    public void Hours_AreWhatTheClockOnTheWallShows()
    {
        var random = new Random(20261129);
        for (var round = 0; round < 300; round++)
        {
            var (hours, start, wall) = Calendar(random, 45);
            for (var i = 0; i < 20; i++)
            {
                int from = random.Next(21 * 1440), to = random.Next(21 * 1440), wanted = random.Next(12) == 0 ? 0 : random.Next(20 * 60);
                Assert.Equal(Math.Max(0, wall.Count(from, to)), hours.Between(At(start, from), At(start, to)).TotalMinutes);
                Assert.Equal(wall.Open[from], hours.IsOpen(At(start, from)));
                var after = wall.After(from, wanted);
                if (after is not null) Assert.Equal(At(start, after.Value), hours.After(At(start, from), TimeSpan.FromMinutes(wanted)));
                else Assert.False(hours.After(At(start, from), TimeSpan.FromMinutes(wanted)) < At(start, wall.Open.Length));
                var opening = Array.IndexOf(wall.Open, true, from);
                if (opening >= 0) Assert.Equal(At(start, opening), hours.NextOpening(At(start, from)));
            }
        }
    }

    [Fact]
    public void States_AreWhatTheTalliesSay()
    {
        var random = new Random(74);
        var (breached, met, paused) = (0, 0, 0);
        for (var round = 0; round < 400; round++)
        {
            var (hours, start, wall) = Calendar(random, 120);
            var (history, now) = History(random);
            int? Target(int most) => random.Next(6) == 0 ? null : random.Next(10) == 0 ? 0 : random.Next(1, most);
            var (first, next, resolution) = (Target(600), Target(300), Target(2_000));
            var targets = new SlaTargets(Minutes(first), Minutes(next), Minutes(resolution));
            var moments = history.Select(h => new TicketMoment(At(start, h.Minute), h.Kind)).ToList();

            var state = SlaCalculator.Of(moments, targets, hours, At(start, now));

            var expected = new Tally(wall, first, next, resolution).Run(history, now, start);
            Assert.Equal(expected, state);
            if (state.Resolution.Status == SlaStatus.Breached) breached++;
            if (state.FirstResponse.Status == SlaStatus.Met) met++;
            if (state.HeldTime > TimeSpan.Zero) paused++;
        }

        // The stories are of all kinds, or this would say little.
        Assert.True(breached > 40 && met > 40 && paused > 40, $"{breached} {met} {paused}");
    }

    private static TimeSpan? Minutes(int? minutes) => minutes is { } some ? TimeSpan.FromMinutes(some) : null;

    private static DateTimeOffset At(DateTimeOffset start, int minute) => start.AddMinutes(minute);

    private static (BusinessHours Hours, DateTimeOffset Start, Wall Wall) Calendar(Random random, int days)
    {
        var zone = LocalZone.Of(Zones[random.Next(Zones.Length)]);
        var day = DateOnly.Parse(Starts[random.Next(Starts.Length)], System.Globalization.CultureInfo.InvariantCulture);
        var start = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        var week = Enum.GetValues<DayOfWeek>().Where(_ => random.Next(4) > 0).ToDictionary(d => d, _ => Times(random));
        week.TryAdd(DayOfWeek.Wednesday, [new(0, 1440)]);
        var first = zone.DayOf(start);
        var holidays = Enumerable.Range(0, random.Next(4)).Select(_ => first.AddDays(random.Next(21))).ToList();
        var special = Enumerable.Range(0, random.Next(4)).Select(_ => first.AddDays(random.Next(21))).Distinct()
            .ToDictionary(d => d, _ => random.Next(3) == 0 ? [] : Times(random));
        return (new(zone, week, holidays, special), start, new(zone, week, holidays, special, start, days * 1440));
    }

    private static IReadOnlyList<OpenTime> Times(Random random)
    {
        var ends = Enumerable.Range(0, 2 * random.Next(1, 4)).Select(_ => random.Next(5) == 0 ? random.Next(1441) : random.Next(97) * 15)
            .Distinct().Order().ToList();
        if (random.Next(4) == 0) ends = [0, .. ends.Where(e => e is > 0 and < 1440), 1440];
        return [.. Enumerable.Range(0, ends.Count / 2).Select(i => new OpenTime(ends[2 * i], ends[(2 * i) + 1]))];
    }

    private static (List<(int Minute, TicketMomentKind Kind)> History, int Now) History(Random random)
    {
        var now = random.Next(60, 21 * 1440);
        var history = new List<(int, TicketMomentKind)>
        {
            (random.Next(now / 2), random.Next(5) == 0 ? TicketMomentKind.CreatedByAgent : TicketMomentKind.Created),
        };
        TicketMomentKind[] kinds =
        [
            TicketMomentKind.CustomerWrote, TicketMomentKind.CustomerWrote, TicketMomentKind.AgentReplied, TicketMomentKind.Paused,
            TicketMomentKind.Resumed, TicketMomentKind.Solved, TicketMomentKind.Reopened, TicketMomentKind.Closed,
        ];
        for (var i = random.Next(14); i > 0; i--)
        {
            // Some at one instant, some after now, some in no order that happens.
            var minute = random.Next(6) == 0 ? history[^1].Item1 : random.Next(history[0].Item1, now + 500);
            history.Add((minute, kinds[random.Next(kinds.Length)]));
        }

        return (history, now);
    }

    /// <summary>What a clock on the wall shows, minute by minute.</summary>
    private sealed class Wall
    {
        public Wall(LocalZone zone, IReadOnlyDictionary<DayOfWeek, IReadOnlyList<OpenTime>> week, List<DateOnly> holidays,
            IReadOnlyDictionary<DateOnly, IReadOnlyList<OpenTime>> special, DateTimeOffset start, int minutes)
        {
            Open = new bool[minutes];
            for (var i = 0; i < minutes; i++)
            {
                var shown = zone.TimeOf(start.AddMinutes(i));
                var day = DateOnly.FromDateTime(shown);
                var times = special.TryGetValue(day, out var own) ? own
                    : holidays.Contains(day) ? [] : week.TryGetValue(day.DayOfWeek, out var usual) ? usual : [];
                foreach (var time in times) Open[i] |= time.From <= shown.TimeOfDay.TotalMinutes && shown.TimeOfDay.TotalMinutes < time.To;
            }
        }

        public bool[] Open { get; }

        public int Count(int from, int to)
        {
            var count = 0;
            for (var i = from; i < to; i++) if (Open[i]) count++;
            return count;
        }

        public int? After(int from, int wanted)
        {
            for (var i = from; i < Open.Length; i++)
            {
                if (wanted == 0) return i;
                if (Open[i]) wanted--;
            }

            return null;
        }
    }

    /// <summary>Three stopwatches and a list of what is due.</summary>
    private sealed class Tally(Wall wall, int? first, int? next, int? resolution)
    {
        private readonly Watch _first = new(first);
        private readonly Watch _resolution = new(resolution);
        private Watch? _next;
        private bool _isPaused, _isOurs;
        private int? _solved, _responded, _waiting;
        private int _held, _met, _breached;
        private SlaResult _last;

        public SlaState Run(List<(int Minute, TicketMomentKind Kind)> history, int now, DateTimeOffset start)
        {
            var created = history[0].Minute;
            _isOurs = history[0].Kind == TicketMomentKind.CreatedByAgent;
            for (var minute = created; minute <= now; minute++)
            {
                foreach (var moment in history.Skip(1).Where(h => h.Minute == minute)) Take(moment.Kind, minute);
                var isRunning = !_isPaused && _solved is null;
                if (isRunning && _responded is null) _first.Look(minute);
                if (isRunning) _resolution.Look(minute);
                if (isRunning) _next?.Look(minute);
                if (minute == now || !wall.Open[minute]) continue;
                if (_isPaused) _held++;
                if (!isRunning) continue;
                if (_responded is null) _first.Passed++;
                _resolution.Passed++;
                if (_next is not null) _next.Passed++;
            }

            return Made(created, now, start);
        }

        private void Take(TicketMomentKind kind, int minute)
        {
            // What became due in this very minute became so before anything happened in it.
            if (!_isPaused && _solved is null)
            {
                if (_responded is null) _first.Look(minute);
                _resolution.Look(minute);
                _next?.Look(minute);
            }

            if (kind == TicketMomentKind.CustomerWrote)
            {
                _isPaused = false;
                if ((_isOurs || _responded is not null) && _waiting is null) (_waiting, _next) = (minute, new(next));
            }
            else if (kind == TicketMomentKind.AgentReplied)
            {
                if (_waiting is not null && next is not null)
                {
                    _last = new(_next!.Left < TimeSpan.Zero ? SlaStatus.Breached : SlaStatus.Met, _next.Left);
                    if (_next.Left < TimeSpan.Zero) _breached++;
                    else _met++;
                }

                (_waiting, _next) = (null, null);
                if (!_isOurs) _responded ??= minute;
            }
            else if (kind == TicketMomentKind.Paused) _isPaused = _solved is null;
            else if (kind == TicketMomentKind.Resumed) _isPaused = false;
            else if (kind == TicketMomentKind.Reopened) (_isPaused, _solved) = (false, null);
            else if (kind is TicketMomentKind.Solved or TicketMomentKind.Closed && _solved is null)
            {
                if (_next is not null && next is not null && _next.Left < TimeSpan.Zero)
                {
                    _last = new(SlaStatus.Breached, _next.Left);
                    _breached++;
                }

                (_isPaused, _solved, _waiting, _next) = (false, minute, null, null);
            }
        }

        private SlaState Made(int created, int now, DateTimeOffset start)
        {
            DateTimeOffset? At(int? minute) => minute is { } some ? start.AddMinutes(some) : null;
            var isWaiting = _waiting is not null && _solved is null;
            var hasFirst = first is not null && !_isOurs && (_solved is null || _responded is not null || _first.Left < TimeSpan.Zero);
            var state = new SlaState
            {
                FirstResponseDue = hasFirst ? At(_first.Due(wall, _responded ?? now)) : null,
                FirstResponseAt = At(_responded),
                NextResponseDue = isWaiting && next is not null ? At(_next!.Due(wall, now)) : null,
                ResolutionDue = resolution is not null ? At(_resolution.Due(wall, _solved ?? now)) : null,
                SolvedAt = At(_solved),
                HeldTime = TimeSpan.FromMinutes(_held),
                IsPaused = _isPaused,
                FirstResponse = hasFirst ? _first.Result(_responded is not null) : default,
                NextResponse = isWaiting ? next is null ? default : _next!.Result(false) : _last,
                Resolution = resolution is not null ? _resolution.Result(_solved is not null) : default,
                NextResponsesMet = _met,
                NextResponsesBreached = _breached,
                WaitingSince = _solved is not null ? null : !_isOurs && _responded is null ? At(created) : At(_waiting),
            };
            DateTimeOffset?[] open = [_responded is null ? state.FirstResponseDue : null, state.NextResponseDue, state.ResolutionDue];
            var earliest = open.Where(d => d is not null).Order().FirstOrDefault();
            return state with { NextDue = _isPaused || _solved is not null ? null : earliest };
        }
    }

    private sealed class Watch(int? target)
    {
        private int? _due;

        public int Passed { get; set; }

        public TimeSpan Left => TimeSpan.FromMinutes((target ?? 0) - Passed);

        public void Look(int minute)
        {
            if (Passed >= target) _due ??= minute;
        }

        public int? Due(Wall wall, int stopped) => _due ?? wall.After(stopped, target!.Value - Passed);

        public SlaResult Result(bool isKept) =>
            new(Left < TimeSpan.Zero ? SlaStatus.Breached : isKept ? SlaStatus.Met : SlaStatus.Pending, Left);
    }
}
