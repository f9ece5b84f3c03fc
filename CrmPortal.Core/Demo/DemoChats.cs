using System.Globalization;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Demo;

/// <summary>Some chats of the last weeks in the demo shop, all of them over, and chat that is switched on.</summary>
internal sealed class DemoChats(CrmDbContext db, DemoStaff staff, DateTimeOffset now)
{
    private static readonly (string[] Said, int? Score, string? Comment)[] Talks =
    [
        (["Do you have the blue teapot in the shop in town?", "Yes, two of them. Shall I put one aside for you?", "Please, until Saturday.",
            "Done. It is at the till under your name."], 5, "That was quick."),
        (["How many points do I get for 40 pounds?", "40 points, and twice as many this week.", "Lovely, thanks"], 5, null),
        (["My code does not work", "Which one is it?", "TEA10", "That one ended yesterday; use TEA11 instead."], 4, null),
        (["Can I change my order?", "It has left already, I am afraid. You can send it back free of charge."], 2, "I asked an hour after ordering."),
        (["Is the cup dishwasher safe?", "It is, up to 60 degrees."], null, null),
        (["Do you send to Ireland?", "We do, in three to five days for 6 pounds.", "Great"], 4, null),
    ];

    /// <summary>Writes what is not there yet.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        if (await db.ChatSettings.AnyAsync(cancellationToken)) return;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.ChatSettings.Add(new() { IsOn = true });
        var customers = await db.Customers.Where(c => c.DeletedAt == null && c.Email != null).OrderByDescending(c => c.OrderCount)
            .ThenBy(c => c.Id).Skip(3).Take(Talks.Length).ToListAsync(cancellationToken);
        if (staff.Agent.Id is { } agent) db.ChatAgents.Add(new() { UserId = agent });
        foreach (var (i, customer) in customers.Index()) db.Chats.Add(Make(i, customer));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private Chat Make(int index, Customer customer)
    {
        var (said, score, comment) = Talks[index];
        var started = now.AddDays(-20 + (index * 3)).AddMinutes(index * 7);
        var agent = staff.Agent;
        var chat = new Chat
        {
            CustomerId = customer.Id, VisitorName = customer.GivenName, VisitorEmail = customer.Email?.ToLowerInvariant(),
                State = ChatState.Ended,
            // Nobody has the key of a chat that never was: no hash is that of anything.
            KeyHash = string.Create(CultureInfo.InvariantCulture, $"demo {index}"), AgentId = agent.Id, Page = "https://shop.example/",
            Language = "en", StartedAt = started, AcceptedAt = started.AddSeconds(25), MessageCount = said.Length,
            LastMessageAt = started.AddMinutes(said.Length), EndedAt = started.AddMinutes(said.Length + 1), AnswerCount = said.Length / 2,
            AnswerSeconds = said.Length / 2 * 60, Score = score, Comment = comment,
        };
        foreach (var (i, text) in said.Index())
        {
            var isAgent = i % 2 == 1;
            chat.Messages.Add(new()
            {
                Kind = isAgent ? ChatMessageKind.Agent : ChatMessageKind.Visitor, At = started.AddMinutes(i), Text = text,
                AuthorId = isAgent ? agent.Id : null, AuthorName = isAgent ? agent.Name : "",
            });
        }

        return chat;
    }
}
