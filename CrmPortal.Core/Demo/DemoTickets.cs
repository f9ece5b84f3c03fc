using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Demo;

/// <summary>Three weeks of support in the demo shop: tickets in every state, some late, some praised, with what agents work by.</summary>
internal sealed class DemoTickets(CrmDbContext db, DemoStaff staff, LocalZone zone, DateTimeOffset now)
{
    private static readonly (string Subject, string Ask, string Answer)[] Matters =
    [
        ("My parcel has not arrived", "I ordered a week ago and the tracking has not moved since Monday. Where is my parcel?",
            "I am sorry about the wait. The carrier has found your parcel; it reaches you **tomorrow**."),
        ("Cup arrived broken", "The tea cup was in pieces when I opened the box. Can you send another one?",
            "That should not happen. A new cup leaves today, and you need not send the broken one back."),
        ("Points for last order missing", "My last order does not show up among my points. Could you check?",
            "You are right, the till had not sent the order. The points are on your account now."),
        ("Invoice with company address", "I need the invoice with the address of my company on it.",
            "Here is the invoice with the new address. Write again if anything is missing."),
        ("Wrong size", "The jumper is too small. How do I exchange it?",
            "Send it back with the label in the parcel, and tell us the size you need."),
        ("Change of delivery address", "I have moved. Please send order to my new address.", "Done. The parcel goes to the new address."),
        ("Discount code does not work", "The code from your mail is refused at the checkout.",
            "The code had ended by a day; here is a new one."),
        ("Thank you", "Just wanted to say that the tea is wonderful.", "Thank you! I pass it on to everybody here."),
    ];

    /// <summary>Writes what is not there yet.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        if (await db.Tickets.AnyAsync(cancellationToken)) return;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var usual = await db.TicketQueues.FirstAsync(q => q.IsUsual, cancellationToken);
        (usual.Email, usual.Signature) = ("support@shop.example", "Your support team");
        var returns = new TicketQueue { Name = "Returns", NameKey = "returns", Email = "returns@shop.example" };
        db.TicketQueues.Add(returns);
        await AddRulesAsync(cancellationToken);
        AddTexts();
        await db.SaveChangesAsync(cancellationToken);
        var customers = await db.Customers.Where(c => c.DeletedAt == null && c.Email != null).OrderByDescending(c => c.OrderCount)
            .ThenBy(c => c.Id).Take(24).ToListAsync(cancellationToken);
        var levels = await ServiceLevels.ReadAsync(db, cancellationToken);
        var standings = await CustomerStanding.OfAsync(db, customers.ConvertAll(c => c.Id), cancellationToken);
        for (var i = 0; i < customers.Count; i++)
        {
            var ticket = Make(i, customers[i], i % 8 is 1 or 4 ? returns.Id : usual.Id);
            levels.Apply(ticket, standings[customers[i].Id], ticket.Events, now);
            TicketUrgency.Apply(ticket, standings[customers[i].Id]);
            db.Tickets.Add(ticket);
        }

        await db.SaveChangesAsync(cancellationToken);
        await RateAsync(cancellationToken);
        await TicketFigures.RefreshRangeAsync(db, 0, long.MaxValue, cancellationToken);
        await OrderStatistics.RefreshAsync(db, customers.ConvertAll(c => c.Id), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private Ticket Make(int index, Customer customer, long queue)
    {
        var (subject, ask, answer) = Matters[index % Matters.Length];
        // The newest wait; the older ones are done.
        var created = now.AddHours(-(index * index * 0.9) - 1).AddMinutes(-(index * 7));
        var isAnswered = index > 5;
        var state = index switch { < 3 => TicketState.New, < 7 => TicketState.Open, 7 or 8 => TicketState.Pending, 9 => TicketState.OnHold,
            < 18 => TicketState.Solved, _ => TicketState.Closed };
        var ticket = new Ticket
        {
            CustomerId = customer.Id, ContactEmail = customer.EmailKey, ContactName = customer.DisplayName, Subject = subject, Channel =
                index % 5 == 3 ? TicketChannel.Phone : TicketChannel.Email, QueueId = queue, State = state, AssigneeId = index < 3 ? null
                    : staff.Agent.Id,
            Priority = index % 7 == 1 ? TicketPriority.High : TicketPriority.Normal, IsComplaint = index % 8 == 1, CreatedAt = created,
            LastMessageAt = created, MessageCount = 1, IsAnswerDue = !isAnswered,
            Tags = TicketTags.Write(index % 8 is 0 or 5 ? ["delivery"] : index % 8 is 1 or 4 ? ["return"] : []),
            PendingUntil = state == TicketState.Pending ? now.AddDays(2) : null, ArrivedHour = TicketArrival.HourOf(zone, created),
        };
        ticket.Messages.Add(new()
        {
            Kind = TicketMessageKind.Incoming, At = created, AuthorName = customer.DisplayName, AuthorEmail = customer.EmailKey, Text = ask,
            SearchText = TicketSearch.Of(subject, customer.DisplayName, ask),
        });
        Note(ticket, TicketEventKind.Created, created);
        if (ticket.AssigneeId is not null) Note(ticket, TicketEventKind.Assigned, created.AddMinutes(20), ticket.AssigneeId);
        if (!isAnswered) return ticket;
        var answered = created.AddMinutes(25 + (index * 17 % 400));
        ticket.Messages.Add(new()
        {
            Kind = TicketMessageKind.Reply, At = answered, AuthorId = staff.Agent.Id, AuthorName = staff.Agent.Name, Text = answer,
            Recipient = customer.EmailKey, Delivery = TicketDelivery.Sent, SearchText = TicketSearch.Of(answer),
        });
        (ticket.LastMessageAt, ticket.MessageCount) = (answered, 2);
        Note(ticket, TicketEventKind.AgentReplied, answered);
        if (index % 3 == 0)
        {
            ticket.Messages.Add(new() { Kind = TicketMessageKind.Internal, At = answered.AddMinutes(3), AuthorId = staff.Agent.Id,
                AuthorName = staff.Agent.Name, Text = "Checked with the warehouse.", SearchText = "checked with the warehouse" });
            ticket.MessageCount++;
        }

        if (state is TicketState.Pending or TicketState.OnHold) Note(ticket, TicketEventKind.Paused, answered);
        if (ticket.IsUnsolved) return ticket;
        ticket.SolvedAt = answered;
        Note(ticket, TicketEventKind.Solved, answered);
        if (state == TicketState.Closed) Note(ticket, TicketEventKind.Closed, answered.AddDays(7) < now ? answered.AddDays(7) : now);
        return ticket;
    }

    private void Note(Ticket ticket, TicketEventKind kind, DateTimeOffset at, long? subject = null) => ticket.Events.Add(new()
    {
        Kind = kind, At = at, SubjectId = subject, UserId = kind == TicketEventKind.Created ? null : staff.Agent.Id,
    });

    private async Task AddRulesAsync(CancellationToken cancellationToken)
    {
        var week = new[] { DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday }
            .ToDictionary(d => d, IReadOnlyList<OpenTime> (_) => [new(9 * 60, 18 * 60)]);
        week[DayOfWeek.Saturday] = [new(10 * 60, 14 * 60)];
        var calendar = new SupportCalendar { Name = "Shop hours", HoursJson = new BusinessHours(zone, week).ToJson(), IsUsual = true };
        db.SupportCalendars.Add(calendar);
        await db.SaveChangesAsync(cancellationToken);
        db.SlaPolicies.Add(new() { Name = "High and urgent", Position = 1, Priorities = "High Urgent", CalendarId = calendar.Id,
            FirstResponseMinutes = 60, NextResponseMinutes = 120, ResolutionMinutes = 480 });
        db.SlaPolicies.Add(new() { Name = "Everybody", Position = 2, CalendarId = calendar.Id, FirstResponseMinutes = 240,
            NextResponseMinutes = 480, ResolutionMinutes = 1_440 });
    }

    private void AddTexts()
    {
        db.SavedReplies.Add(new() { Name = "We are looking into it", Text =
            "Hello {{customer.first_name|there}},\n\nthank you for your message. We are looking into it and come back to you soon.\n\n{{agent.name}}" });
        db.SavedReplies.Add(new() { Name = "How to send something back", Text =
            "Hello {{customer.first_name|there}},\n\nthe label for the way back lies in your parcel. Once it is here, you have your money within three days." });
        db.TicketMacros.Add(new() { Name = "Ask for a picture", ActionsJson = new MacroActions(TicketState.Pending, 3, AssignToMe: true,
            Reply: "Hello {{customer.first_name|there}},\n\ncould you send us a picture of it? Then we can help at once.").Write() });
    }

    /// <summary>What the customers of solved tickets said, the latest of them nothing yet.</summary>
    private async Task RateAsync(CancellationToken cancellationToken)
    {
        var solved = await db.Tickets.Where(t => t.SolvedAt != null).OrderBy(t => t.SolvedAt).Take(12).ToListAsync(cancellationToken);
        for (var i = 0; i < solved.Count; i++)
        {
            var score = i switch { < 7 => 5, 7 or 8 => 4, 9 => 2, _ => (int?)null };
            db.TicketRatings.Add(new()
            {
                TicketId = solved[i].Id, AgentId = solved[i].AssigneeId, QueueId = solved[i].QueueId,
                    SentAt = solved[i].SolvedAt!.Value.AddHours(1),
                Score = score, AnsweredAt = score is null ? null : solved[i].SolvedAt!.Value.AddHours(5),
                Comment = score switch { 5 when i == 2 => "So quick and so kind!", 2 => "It took three days.", _ => null },
            });
        }

        await db.SaveChangesAsync(cancellationToken);
    }
}
