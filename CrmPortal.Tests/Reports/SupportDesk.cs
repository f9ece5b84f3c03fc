using System.Globalization;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Segments;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Reports;

/// <summary>A shop in Madrid in the spring of 2026, over the night in which its clocks are put on, with three agents who do
/// anything.</summary>
internal sealed class SupportDesk : IAsyncDisposable
{
    private static readonly LocalZone Zone = LocalZone.Of("Europe/Madrid");
    private readonly Random _random;
    private readonly List<long> _customers = [];
    private readonly List<long> _tickets = [];

    private SupportDesk(TestServices data, int seed) => (Data, _random) = (data, new Random(seed));

    public TestServices Data { get; }

    public List<TestScope> Scopes { get; } = [];

    public List<long> Agents => Scopes.ConvertAll(s => s.UserId);

    public List<long> Queues { get; } = [];

    /// <summary>A group in which some customers are.</summary>
    public long Group { get; private set; }

    public HashSet<long> Members { get; } = [];

    public static async Task<SupportDesk> OpenAsync(DatabaseKind kind, int seed, CancellationToken token)
    {
        var desk = new SupportDesk(await TestServices.CreateAsync(kind, s => s.Configure<ShopOptions>(o => o.TimeZone = Zone.Id)), seed);
        desk.Data.Clock.Set(new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
        await using var system = desk.Data.AsSystem();
        var week = Enum.GetValues<DayOfWeek>().Where(d => d is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            .ToDictionary(d => d, IReadOnlyList<OpenTime> (_) => [new(9 * 60, 18 * 60)]);
        var hours = (await system.Get<ServiceLevelService>().SaveCalendarAsync(null, "Hours", new BusinessHours(Zone, week), true, token))!;
        await system.Get<ServiceLevelService>().SavePolicyAsync(null, new() { Name = "High", Priorities = [TicketPriority.High],
            CalendarId = hours.Part.Id, FirstResponseMinutes = 60, ResolutionMinutes = 600 }, token);
        await system.Get<ServiceLevelService>().SavePolicyAsync(null, new() { Name = "Normal", Priorities = [TicketPriority.Normal],
            CalendarId = hours.Part.Id, FirstResponseMinutes = 480, NextResponseMinutes = 400, ResolutionMinutes = 2_400 }, token);
        desk.Queues.Add(await desk.Data.ReadAsync(db => db.TicketQueues.Where(q => q.IsUsual).Select(q => q.Id).SingleAsync(token)));
        foreach (var name in new[] { "Returns", "Points" })
            desk.Queues.Add((await system.Get<QueueService>().SaveAsync(null, new(name, null, null, false), null, token))!.Part.Id);
        for (var i = 0; i < 3; i++) desk.Scopes.Add(await desk.Data.AsRoleAsync(RoleNames.SupportAgent));
        // Months go by here, in which nobody signs in again.
        var later = desk.Data.Clock.GetUtcNow().AddYears(2);
        await desk.Data.WriteAsync(db => db.Sessions.ExecuteUpdateAsync(s => s.SetProperty(x => x.ExpiresAt, later), token));
        desk.Group = (await system.Get<GroupService>().SaveAsync(null, new("Hand", null, null, 5, false, false), null, token))!.Part.Id;
        for (var i = 0; i < 7; i++)
        {
            desk._customers.Add((await desk.Data.AddCustomerAsync($"C{i}", "Doe", $"c{i}@example.com")).Id);
            if (i % 3 > 0) continue;
            await system.Get<GroupService>().AddAsync(desk.Group, desk._customers[i], token);
            desk.Members.Add(desk._customers[i]);
        }

        return desk;
    }

    /// <summary>Lets so many things happen.</summary>
    public async Task WorkAsync(int steps, CancellationToken token)
    {
        for (var step = 0; step < steps; step++)
        {
            Data.Clock.Advance(TimeSpan.FromMinutes(_random.Next(3) == 0 ? _random.Next(1_500) : _random.Next(45)));
            await TickAsync(token);
            var tickets = Scopes[_random.Next(3)].Get<TicketService>();
            if (_tickets.Count < 4 || _random.Next(6) == 0)
            {
                await CreateAsync(tickets, step, token);
                continue;
            }

            // The newest are worked on most.
            var id = _tickets[^Math.Min(_tickets.Count, 1 + _random.Next(12))];
            await StepAsync(tickets, id, token);
        }

        Data.Clock.Advance(TimeSpan.FromHours(3));
        await TickAsync(token);
    }

    /// <summary>A talk by day in which every answer is in time, and after which the customer does not say how it was.</summary>
    public async Task TalkAsync(CancellationToken token)
    {
        while (Zone.TimeOf(Data.Clock.GetUtcNow()) is not { Hour: 10, DayOfWeek: not (DayOfWeek.Saturday or DayOfWeek.Sunday) })
            Data.Clock.Advance(TimeSpan.FromHours(1));
        var tickets = Scopes[0].Get<TicketService>();
        var talk = (await tickets.CreateAsync(new() { ContactEmail = "talk@example.com", Subject = "Talk", Text = "Please help",
            QueueId = Queues[0] }, token)).Id;
        for (var i = 0; i < 2; i++)
        {
            if (i > 0) await WriteAsync(talk, token);
            await tickets.ReplyAsync(talk, new() { Text = "We look into it" }, token);
            Data.Clock.Advance(TimeSpan.FromMinutes(1));
            await RunAsync(token);
        }

        await tickets.ChangeAsync(talk, new() { State = TicketState.Solved }, token);
        Data.Clock.Advance(TimeSpan.FromHours(2));
        await RunAsync(token);
    }

    public Task<List<Ticket>> ReadAsync(CancellationToken token) => Data.ReadAsync(db => db.Tickets.AsNoTracking().AsSplitQuery()
        .Include(t => t.Events.OrderBy(e => e.Id)).Include(t => t.Messages).Include(t => t.Ratings).ToListAsync(token));

    public async ValueTask DisposeAsync()
    {
        foreach (var scope in Scopes) await scope.DisposeAsync();
        await Data.DisposeAsync();
    }

    private async Task CreateAsync(TicketService tickets, int step, CancellationToken token)
    {
        var customer = _random.Next(4) == 0 ? (long?)null : _customers[_random.Next(_customers.Count)];
        string[] tags = [.. new[] { "delivery", "refund" }.Where(_ => _random.Next(3) == 0)];
        _tickets.Add((await tickets.CreateAsync(new()
        {
            CustomerId = customer, ContactEmail = customer is null ? $"someone{step}@example.com" : null, Subject = $"Matter {step}",
            Text = "Please help", IsOutgoing = _random.Next(8) == 0, Channel = (TicketChannel)_random.Next(5),
            Priority = (TicketPriority)_random.Next(3), QueueId = Queues[_random.Next(3)], Tags = tags,
            AssigneeId = _random.Next(3) == 0 ? Agents[_random.Next(3)] : null,
        }, token)).Id);
    }

    private async Task StepAsync(TicketService tickets, long id, CancellationToken token)
    {
        var now = Data.Clock.GetUtcNow();
        try
        {
            switch (_random.Next(12))
            {
                case 0 or 1 or 2:
                    await tickets.ReplyAsync(id, new() { Text = "We look into it", State = _random.Next(3) switch
                    {
                        0 => TicketState.Solved, 1 => TicketState.Pending, _ => null,
                    }, PendingUntil = now.AddHours(_random.Next(1, 60)), SendAt = _random.Next(6) == 0 ? now.AddHours(5) : null }, token);
                    break;
                case 3 or 4:
                    await WriteAsync(id, token);
                    break;
                case 5 or 6:
                    await tickets.ChangeAsync(id, new() { State = TicketState.Solved }, token);
                    break;
                case 7:
                    await tickets.ChangeAsync(id, new() { State = _random.Next(2) == 0 ? TicketState.Open : TicketState.OnHold }, token);
                    break;
                case 8:
                    await tickets.ChangeAsync(id, new() { AssigneeId = _random.Next(4) == 0 ? null : Agents[_random.Next(3)],
                        QueueId = Queues[_random.Next(3)] }, token);
                    break;
                case 9:
                    await tickets.ChangeAsync(id, new() { Priority = (TicketPriority)_random.Next(3), AddedTags = ["refund"] }, token);
                    break;
                case 10:
                    await tickets.ChangeAsync(id, new() { State = TicketState.Closed }, token);
                    break;
                default:
                    await tickets.MergeAsync(id, [_tickets[_random.Next(_tickets.Count)]], token);
                    break;
            }
        }
        catch (RuleViolationException)
        {
            // Not everything can be done with every ticket.
        }
    }

    /// <summary>As a mail does: the customer's word opens what was solved.</summary>
    private async Task WriteAsync(long id, CancellationToken token)
    {
        await using var system = Data.AsSystem();
        await using var db = await system.Get<IDbContextFactory<CrmDbContext>>().CreateDbContextAsync(token);
        var ticket = await db.Tickets.SingleAsync(t => t.Id == id, token);
        if (ticket.MergedIntoId is not null || ticket.State == TicketState.Closed) return;
        db.TicketMessages.Add(new() { TicketId = id, Kind = TicketMessageKind.Incoming, At = Data.Clock.GetUtcNow(), Text = "And?" });
        ticket.State = TicketState.Open;
        await db.SaveChangesAsync(token);
    }

    /// <summary>What the program does by itself.</summary>
    private async Task RunAsync(CancellationToken token)
    {
        await using var system = Data.AsSystem();
        var clockwork = system.Get<TicketClockwork>();
        await clockwork.SendDueAsync(token);
        await clockwork.ReopenDueAsync(token);
        await clockwork.WatchTargetsAsync(token);
        await clockwork.CloseAsync(token);
        await system.Get<SurveyService>().SendDueAsync(token);
    }

    /// <summary>The same, and what customers answer who are asked.</summary>
    private async Task TickAsync(CancellationToken token)
    {
        await RunAsync(token);
        await using var system = Data.AsSystem();
        var asked = await Data.ReadAsync(db => db.OutgoingMails.Where(m => m.Subject.StartsWith("Survey")).OrderByDescending(m => m.Id)
            .Select(m => m.Text).Take(3).ToListAsync(token));
        foreach (var text in asked.Where(_ => _random.Next(8) == 0))
        {
            var parts = text.Split(' ');
            await system.Get<SurveyService>().AnswerAsync(long.Parse(parts[0], CultureInfo.InvariantCulture), parts[1],
                _random.Next(3) > 0 ? 5
                : _random.Next(1, 5), null, token);
        }
    }
}
