using System.Linq.Expressions;

namespace CrmPortal.Core.Chats;

/// <summary>A message as both sides see it.</summary>
public sealed record ChatMessageDetails(long Id, ChatMessageKind Kind, DateTimeOffset At, string AuthorName, string Text, ChatEvent? Event,
    ChatFileDetails? File)
{
    internal static Expression<Func<ChatMessage, ChatMessageDetails>> Of { get; } = m => new(m.Id, m.Kind, m.At, m.AuthorName, m.Text,
        m.Event, m.File == null ? null : new(m.File.Id, m.File.Name, m.File.ContentType, m.File.Size));
}

/// <param name="Size">In bytes.</param>
public sealed record ChatFileDetails(long Id, string Name, string ContentType, long Size);

/// <summary>The visitor's side of a chat.</summary>
/// <param name="Agent">Who talks with them; null while nobody does.</param>
/// <param name="Ticket">The number of the request that it became.</param>
/// <param name="NeedsEmail">Whether nobody could answer that request, since no address is known.</param>
/// <param name="AgentReadId">Up to which message the agent has read.</param>
public sealed record VisitorChat(long Id, ChatState State, string? Agent, string? Ticket, bool NeedsEmail, int? Score, long AgentReadId,
    IReadOnlyList<ChatMessageDetails> Messages);

/// <summary>What a visitor begins a chat with.</summary>
public sealed record ChatStart
{
    /// <summary>256 random bits of the visitor's browser, in base64url.</summary>
    public string? Key { get; init; }

    public string? Name { get; init; }
    public string? Email { get; init; }
    public string? Text { get; init; }

    /// <summary>What the browser calls the first message.</summary>
    public string? MessageKey { get; init; }

    /// <summary>The address of the page.</summary>
    public string? Page { get; init; }

    public string? Language { get; init; }

    /// <summary>What the site signed about who it is.</summary>
    public string? Identity { get; init; }
}

/// <summary>How a visitor finds the chat.</summary>
/// <param name="IsOn">Whether there is chat at all.</param>
/// <param name="IsOpen">Whether somebody is there; otherwise a message can be left.</param>
public sealed record ChatDoorState(bool IsOn, bool IsOpen, AskedBefore Asks, string? Greeting, IReadOnlyList<string> Origins);

/// <summary>Which chats a list shows.</summary>
public enum ChatView
{
    /// <summary>Those that nobody has taken.</summary>
    Waiting,

    /// <summary>The acting user's own that go on.</summary>
    Mine,

    /// <summary>Those of colleagues that go on.</summary>
    Others,

    /// <summary>Those that are over.</summary>
    Past,
}

/// <summary>A line of a list of chats.</summary>
/// <param name="Visitor">What they are called; empty where nobody knows.</param>
/// <param name="Last">The beginning of what was said last.</param>
/// <param name="Unread">Messages of the visitor that the agent has not read.</param>
public sealed record ChatRow(long Id, ChatState State, long? CustomerId, string Visitor, string? Agent, bool IsMine, string Last,
    DateTimeOffset LastMessageAt, DateTimeOffset? WaitingSince, int Unread, int MessageCount, int? Score, long? TicketId,
        DateTimeOffset StartedAt);

/// <summary>The agents' side of a chat.</summary>
/// <param name="IsIdentified">Whether it is certain who the visitor is.</param>
/// <param name="VisitorReadId">Up to which message the visitor has read.</param>
public sealed record ChatDetails(long Id, ChatState State, long? CustomerId, string Visitor, string? VisitorName, string? VisitorEmail,
    bool IsIdentified, long? AgentId, string? Agent, bool IsMine, string? Page, string Language, DateTimeOffset StartedAt,
    DateTimeOffset? AcceptedAt, DateTimeOffset? EndedAt, int MessageCount, long VisitorReadId, long AgentReadId, int? Score,
        string? Comment,
    long? TicketId)
{
    /// <summary>The name of the customer; null where there is none, or the acting user may not see customers.</summary>
    public string? Customer { get; init; }
}

/// <summary>The newest messages of a chat, or those before one of them.</summary>
public sealed record ChatConversation(IReadOnlyList<ChatMessageDetails> Messages, bool HasEarlier);

/// <summary>An agent who can take chats.</summary>
/// <param name="IsThere">Whether they are available and have a page open.</param>
public sealed record ChatAgentDetails(long UserId, string Name, bool IsThere, int Active, int MostChats);

/// <summary>A customer's conversations, as document 4 counts them.</summary>
/// <param name="AverageResponseSeconds">How long an answer took on average; null where there was none.</param>
/// <param name="Satisfaction">The mean of all scores from 1 to 5, of chats and of tickets; null where there is none.</param>
public sealed record ConversationFigures(int Conversations, int Open, int Resolved, int Messages, int Tickets,
    double? AverageResponseSeconds,
    double? Satisfaction, DateTimeOffset? LastMessageAt);
