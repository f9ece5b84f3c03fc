using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Segments;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Segments;

/// <summary>Rules by the tickets of customers: they answer alike in lists, in counts, for a few customers and for all members.</summary>
public sealed class TicketRuleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Rules_AboutTickets_AnswerWhatTheyMean_HoweverTheyAreAsked(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var tickets = await ShopAsync(data, new Random(20261129), 24);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var now = data.Clock.GetUtcNow();
        var divided = 0;
        foreach (var rule in Rules())
        {
            var wanted = tickets.Where(t => Holds(rule, t.Value, now)).Select(t => t.Key).Order().ToList();
            foreach (var (asked, expected) in new (FilterExpression, List<long>)[]
            {
                (rule, wanted), (new FilterNot(rule), [.. tickets.Keys.Except(wanted).Order()]),
            })
            {
                var filter = new FilterAll([asked]).ToString();

                var listed = await manager.Finder.ListAsync(new(Filter: filter), new(1, 100), Token);
                var counted = await manager.Finder.CountAsync(new(Filter: filter), null, Token);
                var some = await manager.Finder.FittingAsync([.. tickets.Keys], filter, Token);

                Assert.Equal((filter, string.Join(' ', expected)), (filter, string.Join(' ', listed.Items.Select(c => c.Id).Order())));
                Assert.Equal((filter, expected.Count), (filter, counted.Rows));
                Assert.Equal((filter, string.Join(' ', expected)), (filter, string.Join(' ', some.Order())));
            }

            if (wanted.Count > 0 && wanted.Count < tickets.Count) divided++;
        }

        Assert.True(divided > 30, $"only {divided} rules divided the customers");
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Members_FollowWhatHappensToATicket(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var customer = (await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com")).Id;
        await data.AddCustomerAsync("Bob", "Doe", "bob@example.com");
        var segments = manager.Get<SegmentService>();
        var tickets = manager.Get<TicketService>();
        var ids = new Dictionary<string, long>();
        foreach (var rule in new[] { "tickets:more:0", "open_complaint:yes", "ticket_tag:is:refund", "ticket_queue:is:Points", "last_rating:less:3",
            "open_tickets:more:0", "missed_target:yes" })
            ids.Add(rule.Split(':')[0], (await segments.SaveAsync(null, new(rule.Replace(':', ' '), null, rule), null, Token))!.Part.Id);
        var queue = (await manager.Get<QueueService>().SaveAsync(null, new("Points", null, null, false), null, Token))!.Part.Id;
        await manager.Get<ServiceLevelService>().SavePolicyAsync(null, new()
        {
            Name = "All", FirstResponseMinutes = 60,
            CalendarId = (await manager.Get<ServiceLevelService>().SaveCalendarAsync(null, "Always", BusinessHours.Always, true, Token))!.Part.Id,
        }, Token);

        Assert.Empty(await InAsync());
        var ticket = await tickets.CreateAsync(new() { CustomerId = customer, Subject = "Help", Text = "?" }, Token);
        Assert.Equal("open_tickets tickets", await InAsync());
        await tickets.ChangeAsync(ticket.Id, new() { IsComplaint = true, AddedTags = ["Refund"] }, Token);
        Assert.Equal("open_complaint open_tickets ticket_tag tickets", await InAsync());
        await tickets.ChangeAsync(ticket.Id, new() { QueueId = queue }, Token);
        Assert.Equal("open_complaint open_tickets ticket_queue ticket_tag tickets", await InAsync());
        await manager.Get<QueueService>().SaveAsync(queue, new("Loyalty", null, null, false), null, Token);
        Assert.Equal("open_complaint open_tickets ticket_tag tickets", await InAsync());
        // Nobody changes the ticket: time passes, and what was missed is escalated.
        data.Clock.Advance(TimeSpan.FromHours(2));
        await Tickets.TicketTests.RunAsync(data, c => c.WatchTargetsAsync(Token));
        Assert.Equal("missed_target open_complaint open_tickets ticket_tag tickets", await InAsync());
        await tickets.ReplyAsync(ticket.Id, new() { Text = "Done", State = TicketState.Solved }, Token);
        data.Clock.Advance(TimeSpan.FromMinutes(1));
        await Tickets.TicketTests.RunAsync(data, c => c.SendDueAsync(Token));
        Assert.Equal("missed_target ticket_tag tickets", await InAsync());
        data.Clock.Advance(TimeSpan.FromHours(2));
        await using var system = data.AsSystem();
        await system.Get<SurveyService>().SendDueAsync(Token);
        var survey = (await data.ReadAsync(db => db.OutgoingMails.OrderByDescending(m => m.Id).Select(m =>
            m.Text).FirstAsync(Token))).Split(' ');
        await system.Get<SurveyService>().AnswerAsync(long.Parse(survey[0], CultureInfo.InvariantCulture), survey[1], 1, null, Token);
        Assert.Equal("last_rating missed_target open_complaint open_tickets ticket_tag tickets", await InAsync());
        await tickets.ChangeAsync(ticket.Id, new() { CustomerId = (long?)null }, Token);
        Assert.Empty(await InAsync());

        async Task<string> InAsync()
        {
            await data.Get<SegmentKeeper>().RunAsync(Token);
            var now = await data.ReadAsync(db => db.SegmentMembers.Where(m => m.CustomerId == customer && m.Until == null)
                .Select(m => m.SegmentId).ToListAsync(Token));
            return string.Join(' ', ids.Where(i => now.Contains(i.Value)).Select(i => i.Key).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Rules_AboutTickets_AreForThoseWhoWorkOnThem()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var clerk = await data.AsAsync(Permissions.CustomersView);

        foreach (var rule in new[] { "tickets:more:0", "open_tickets:more:0", "last_ticket:last:5", "last_rating:present", "mean_rating:less:3",
            "open_complaint:yes", "missed_target:no", "ticket_queue:is:x", "ticket_channel:any:email", "ticket_tag:is:x", "tickets_30:is:0" })
            await Assert.ThrowsAsync<RuleViolationException>(() => clerk.Finder.ListAsync(new(Filter: rule), new(1, 10), Token));
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        foreach (var wrong in new[] { "tickets:more:x", "ticket_channel:any:fax", "last_rating:starts:5", "mean_rating:more:good" })
            await Assert.ThrowsAsync<RuleViolationException>(() => agent.Finder.ListAsync(new(Filter: wrong), new(1, 10), Token));
    }

    private static IEnumerable<FilterCondition> Rules()
    {
        FilterCondition Of(string field, FilterOperator comparison, params string[] values) => new(field, comparison, values);
        foreach (var field in new[] { "open_tickets", "tickets", "tickets_30", "tickets_90", "tickets_365" })
            foreach (var number in new[] { "0", "1", "3" })
            {
                yield return Of(field, FilterOperator.More, number);
                yield return Of(field, FilterOperator.Less, number);
                yield return Of(field, FilterOperator.Is, number);
                yield return Of(field, FilterOperator.Between, number, "4");
            }

        foreach (var days in new[] { "0", "30", "200" })
        {
            yield return Of("last_ticket", FilterOperator.Last, days);
            yield return Of("last_ticket", FilterOperator.Older, days);
        }

        yield return Of("last_ticket", FilterOperator.Before, "2026-01-15");
        yield return Of("last_ticket", FilterOperator.After, "2026-01-15");
        yield return Of("last_ticket", FilterOperator.Between, "2025-06-01", "2026-02-01");
        foreach (var field in new[] { "last_ticket", "last_rating", "mean_rating", "ticket_tag", "ticket_queue", "ticket_channel" })
        {
            yield return Of(field, FilterOperator.Present);
            yield return Of(field, FilterOperator.Empty);
        }

        foreach (var field in new[] { "open_complaint", "missed_target" })
        {
            yield return Of(field, FilterOperator.Yes);
            yield return Of(field, FilterOperator.No);
        }

        foreach (var number in new[] { "1", "3", "5" })
        {
            yield return Of("last_rating", FilterOperator.Is, number);
            yield return Of("last_rating", FilterOperator.More, number);
            yield return Of("mean_rating", FilterOperator.Less, number);
            yield return Of("mean_rating", FilterOperator.More, number + ".5");
            yield return Of("mean_rating", FilterOperator.Between, "2", number);
        }

        yield return Of("ticket_queue", FilterOperator.Is, "RETURNS");
        yield return Of("ticket_queue", FilterOperator.Not, "returns");
        yield return Of("ticket_queue", FilterOperator.Starts, "Re");
        yield return Of("ticket_tag", FilterOperator.Is, "Refund");
        yield return Of("ticket_tag", FilterOperator.Not, "refund");
        yield return Of("ticket_tag", FilterOperator.Starts, "re");
        yield return Of("ticket_channel", FilterOperator.Any, "email", "chat");
        yield return Of("ticket_channel", FilterOperator.None, "email");
    }

    private static bool Holds(FilterCondition rule, List<Ticket> all, DateTimeOffset now)
    {
        var tickets = all.Where(t => t.MergedIntoId is null).ToList();
        var rated = all.SelectMany(t => t.Ratings).Where(r => r.Score is not null).OrderBy(r => r.AnsweredAt).ThenBy(r => r.Id).ToList();
        var days = rule.Field.StartsWith("tickets_", StringComparison.Ordinal)
            ? int.Parse(rule.Field.Split('_')[1], CultureInfo.InvariantCulture) : 100_000;
        var since = days == 100_000 ? DateTimeOffset.MinValue : Start(Today(now).AddDays(-days));
        return rule.Field switch
        {
            "open_tickets" => Number(rule, all.Count(t => t.IsUnsolved)),
            "tickets" or "tickets_30" or "tickets_90" or "tickets_365" => Number(rule, tickets.Count(t => t.CreatedAt >= since)),
            "last_ticket" => tickets.Count == 0 ? rule.Operator == FilterOperator.Empty : Date(rule, tickets.Max(t => t.CreatedAt), now),
            "open_complaint" => (rule.Operator == FilterOperator.Yes) == tickets.Exists(t => t.IsUnsolved && t.IsComplaint),
            "missed_target" => (rule.Operator == FilterOperator.Yes) == tickets.Exists(t => t.FirstResponseLate > 0 || t.EscalatedOf is not null),
            "last_rating" => rated.Count == 0 ? rule.Operator == FilterOperator.Empty : Number(rule, rated[^1].Score!.Value),
            "mean_rating" => rated.Count == 0 ? rule.Operator == FilterOperator.Empty : Number(rule, rated.Average(r => (double)r.Score!.Value)),
            "ticket_queue" => Text(rule, tickets.Select(t => t.QueueId == 1 ? "support" : "returns")),
            "ticket_tag" => Text(rule, tickets.SelectMany(t => t.Tags.Split('\n', StringSplitOptions.RemoveEmptyEntries))),
            _ => Text(rule, tickets.Select(t => t.Channel.ToString().ToLowerInvariant())),
        };
    }

    private static DateOnly Today(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime);

    private static DateTimeOffset Start(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static bool Number(FilterCondition rule, double value)
    {
        var values = rule.Values.Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToList();
        return rule.Operator switch
        {
            FilterOperator.Present => true,
            FilterOperator.Empty => false,
            FilterOperator.More => value > values[0],
            FilterOperator.Less => value < values[0],
            FilterOperator.Is => value == values[0],
            _ => value >= values[0] && value <= values[1],
        };
    }

    private static bool Date(FilterCondition rule, DateTimeOffset value, DateTimeOffset now)
    {
        var day = Today(value);
        return rule.Operator switch
        {
            FilterOperator.Present => true,
            FilterOperator.Empty => false,
            FilterOperator.Last => day >= Today(now).AddDays(-Days()) && day <= Today(now),
            FilterOperator.Older => day < Today(now).AddDays(-Days()),
            FilterOperator.Before => day < Day(0),
            FilterOperator.After => day > Day(0),
            _ => day >= Day(0) && day <= Day(1),
        };

        int Days() => int.Parse(rule.Values[0], CultureInfo.InvariantCulture);

        DateOnly Day(int i) => DateOnly.ParseExact(rule.Values[i], "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static bool Text(FilterCondition rule, IEnumerable<string> texts)
    {
        var (has, wanted) = (texts.ToList(), rule.Values.Select(v => v.ToLowerInvariant()).ToList());
        return rule.Operator switch
        {
            FilterOperator.Present => has.Count > 0,
            FilterOperator.Empty => has.Count == 0,
            FilterOperator.Starts => has.Exists(t => t.StartsWith(wanted[0], StringComparison.Ordinal)),
            FilterOperator.Not or FilterOperator.None => !has.Exists(wanted.Contains),
            _ => has.Exists(wanted.Contains),
        };
    }

    /// <summary>Customers with any number of tickets.</summary>
    private static async Task<Dictionary<long, List<Ticket>>> ShopAsync(TestServices data, Random random, int customers)
    {
        var ids = new List<long>();
        for (var i = 0; i < customers; i++) ids.Add((await data.AddCustomerAsync($"C{i}")).Id);
        var now = data.Clock.GetUtcNow();
        long usual = 0, returns = 0;
        await data.WriteAsync(async db =>
        {
            usual = await db.TicketQueues.Where(q => q.IsUsual).Select(q => q.Id).SingleAsync(Token);
            var queue = new TicketQueue { Name = "Returns", NameKey = "returns" };
            db.TicketQueues.Add(queue);
            await db.SaveChangesAsync(Token);
            returns = queue.Id;
        });
        Assert.Equal(1, usual);
        await data.WriteAsync(async db =>
        {
            Ticket? former = null;
            foreach (var _ in Enumerable.Range(0, customers * 2))
            {
                var created = now.AddDays(-random.Next(2) * random.Next(400)).AddMinutes(-random.Next(5_000));
                var ticket = new Ticket
                {
                    CustomerId = random.Next(6) == 0 ? null : ids[random.Next(ids.Count - 3)], Subject = "Help", CreatedAt = created,
                    LastMessageAt = created, Channel = (TicketChannel)random.Next(5), State = (TicketState)random.Next(6),
                    QueueId = random.Next(3) == 0 ? returns : usual, IsComplaint = random.Next(3) == 0,
                    Tags = random.Next(3) switch { 0 => "", 1 => "\ndelivery\nrefund\n", _ => "\nretained\n" },
                    FirstResponseLate = random.Next(3) == 0 ? 30 : 0, EscalatedOf = random.Next(6) == 0 ? created : null,
                };
                if (random.Next(8) == 0 && former is not null) ticket.MergedIntoId = former.Id;
                if (random.Next(2) == 0)
                    ticket.Ratings.Add(new() { QueueId = usual, SentAt = created, Score = random.Next(3) == 0 ? null : random.Next(1, 6),
                        AnsweredAt = created.AddHours(random.Next(3)) });
                db.Tickets.Add(ticket);
                await db.SaveChangesAsync(Token);
                former = ticket;
            }
        });
        await data.WriteAsync(db => db.Customers.ExecuteUpdateAsync(c => c.SetProperty(x => x.OpenTickets, x => db.Set<Ticket>().Count(t =>
            t.CustomerId == x.Id && Ticket.UnsolvedStates.Contains(t.State))), Token));
        var all = await data.ReadAsync(db => db.Tickets.AsNoTracking().Include(t => t.Ratings).ToListAsync(Token));
        return ids.ToDictionary(id => id, id => all.Where(t => t.CustomerId == id).ToList());
    }
}
