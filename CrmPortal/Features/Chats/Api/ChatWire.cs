using System.ComponentModel;
using CrmPortal.Core.Chats;

namespace CrmPortal.Features.Chats;

/// <summary>What an agent says.</summary>
internal sealed record ChatSaidBody
{
    [Description("Plain text of at most 4,000 characters.")]
    public string? Text { get; init; }

    [Description("What the caller calls the message, of letters, digits, - and _; said again with it, it is said once.")]
    public string? Key { get; init; }
}

internal sealed record HandOverBody
{
    [Description("Null for whoever takes it.")]
    public long? UserId { get; init; }
}

internal sealed record ChatTicketBody
{
    [Description("Null for the beginning of what the visitor said.")]
    public string? Subject { get; init; }
}

internal sealed record SaidAnswer(long Id);

internal sealed record ChatTicketAnswer(long TicketId);

/// <summary>A chat in a list.</summary>
/// <param name="LastMessage">Its beginning.</param>
/// <param name="WaitingSince">Since when the visitor waits for an answer.</param>
internal sealed record ChatAnswer(long Id, ChatState State, long? CustomerId, string Visitor, string? Agent, string LastMessage,
    DateTimeOffset LastMessageAt, DateTimeOffset? WaitingSince, int Unread, int MessageCount, int? Score, long? TicketId,
    DateTimeOffset StartedAt)
{
    public static ChatAnswer Of(ChatRow row) => new(row.Id, row.State, row.CustomerId, row.Visitor, row.Agent, row.Last, row.LastMessageAt,
        row.WaitingSince, row.Unread, row.MessageCount, row.Score, row.TicketId, row.StartedAt);
}

/// <summary>The figures of a customer's conversations, by the names of document 4.</summary>
/// <param name="AverageResponseTime">In seconds.</param>
/// <param name="SatisfactionScore">From 1 to 5.</param>
internal sealed record ConversationStatisticsAnswer(int TotalConversations, int OpenConversations, int ResolvedConversations,
    int TotalMessages, int TotalTickets, double? AverageResponseTime, double? SatisfactionScore, DateTimeOffset? LastMessageAt)
{
    public static ConversationStatisticsAnswer Of(ConversationFigures f) => new(f.Conversations, f.Open, f.Resolved, f.Messages, f.Tickets,
        f.AverageResponseSeconds, f.Satisfaction, f.LastMessageAt);
}

/// <summary>What the API's description shows.</summary>
internal static class ChatExamples
{
    public const string Row = """
        {"id":7,"state":"active","customer_id":12,"visitor":"Ada Lovelace","agent":"Bo Stone","last_message":"Which?",
         "last_message_at":"2026-11-28T10:20:00Z","waiting_since":"2026-11-28T10:20:00Z","unread":1,"message_count":3,"score":null,
         "ticket_id":null,"started_at":"2026-11-28T10:18:00Z"}
        """;

    public const string Chat = """
        {"id":7,"state":"active","customer_id":12,"visitor":"Ada Lovelace","visitor_name":"Ada","visitor_email":"ada@example.com",
         "is_identified":false,"agent_id":3,"agent":"Bo Stone","is_mine":true,"page":"https://shop.example/mugs","language":"en",
         "started_at":"2026-11-28T10:18:00Z","accepted_at":"2026-11-28T10:18:20Z","ended_at":null,"message_count":3,"visitor_read_id":11,
         "agent_read_id":10,"score":null,"comment":null,"ticket_id":null}
        """;

    public const string Messages = """
        {"messages":[{"id":10,"kind":"visitor","at":"2026-11-28T10:18:00Z","author_name":"","text":"Do you have mugs?","event":null,
          "file":null}],"has_earlier":false}
        """;
}
