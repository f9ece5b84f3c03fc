using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Tickets;

/// <summary>By what a list of tickets is sorted.</summary>
public enum TicketSort { Urgency, Activity, Created }

/// <summary>Whose tickets a list shows.</summary>
public enum TicketView
{
    /// <summary>Unsolved ones that wait for an agent.</summary>
    Open,

    /// <summary>The acting user's own unsolved ones.</summary>
    Mine,

    /// <summary>Unsolved ones that nobody has.</summary>
    Unassigned,

    /// <summary>Those that wait for somebody else.</summary>
    Waiting,

    /// <summary>Those that the acting user follows.</summary>
    Followed,

    /// <summary>Solved and closed ones.</summary>
    Solved,
    All,
}

/// <summary>Which tickets, in which order.</summary>
/// <param name="Search">Words of subject and messages, a number, or the customer.</param>
/// <param name="Filter">In the form of addresses and saved views.</param>
public sealed record TicketQuery(TicketView View = TicketView.All, string? Search = null, string? Filter = null,
    TicketSort Sort = TicketSort.Activity, bool Descending = true)
{
    /// <summary>Of one customer only.</summary>
    public long? CustomerId { get; init; }
}

/// <summary>Who asks.</summary>
/// <param name="CustomerId">Null while they are not known as a customer.</param>
public sealed record TicketRequester(long? CustomerId, string Name, string? Email, bool IsVip, string? Tier);

/// <summary>A line of a list of tickets.</summary>
/// <param name="Due">The earliest target that is open.</param>
/// <param name="Urgency">Why it stands further up or down than that.</param>
/// <param name="IsAnswerDue">Whether the customer waits for an answer.</param>
public sealed record TicketRow(long Id, string Subject, TicketRequester Requester, TicketChannel Channel, string Queue,
    TicketPriority Priority, TicketState State, DateTimeOffset? PendingUntil, string? Assignee, bool IsMine, IReadOnlyList<string> Tags,
    DateTimeOffset CreatedAt, DateTimeOffset LastMessageAt, int MessageCount, bool IsAnswerDue, DateTimeOffset? Due,
    IReadOnlyList<UrgencyShift> Urgency)
{
    public string Name => Ticket.NameOf(Id);
}

/// <summary>What was agreed about a ticket, and what became of it.</summary>
/// <param name="Policy">Null where no service level fits.</param>
/// <param name="FirstResponseLate">In seconds of business time; 0 for in time, null while it is open.</param>
/// <param name="HeldSeconds">Of business time, while it waited for somebody else.</param>
public sealed record TicketTargets(string? Policy, DateTimeOffset? FirstResponseDue, DateTimeOffset? FirstResponseAt,
    long? FirstResponseLate,
    DateTimeOffset? NextResponseDue, DateTimeOffset? ResolutionDue, DateTimeOffset? SolvedAt, long? ResolutionLate, long HeldSeconds,
    bool CameOutsideHours);

/// <summary>A ticket that has to do with another one.</summary>
/// <param name="Tie">What it is to it.</param>
public sealed record TicketTie(long Id, string Subject, TicketState State, TicketTieKind Tie);

public enum TicketTieKind { Linked, MergedHere, MergedInto, SplitFrom, SplitOff }

/// <summary>A ticket with everything but its messages.</summary>
/// <param name="Order">The order that it is about, as people call it.</param>
public sealed record TicketDetails(long Id, string Subject, TicketRequester Requester, TicketChannel Channel, long QueueId, string Queue,
    TicketPriority Priority, TicketState State, DateTimeOffset? PendingUntil, long? AssigneeId, string? Assignee,
        IReadOnlyList<string> Tags,
    long? OrderId, string? Order, DateTimeOffset CreatedAt, string? CreatedByName, DateTimeOffset LastMessageAt, int MessageCount,
    int ReopenedCount, bool IsAnswerDue, TicketTargets Targets, IReadOnlyList<UrgencyShift> Urgency, IReadOnlyList<TicketTie> Ties,
    bool IsFollowed, int Followers, TicketRatingDetails? Rating, bool IsComplaint, long Version)
{
    /// <summary>The customer's language; null while they are not known as one.</summary>
    public string? Language { get; init; }

    /// <summary>The shop's own fields of tickets, with what it has in them.</summary>
    public IReadOnlyList<CustomFieldAnswer> Fields { get; init; } = [];

    public string Name => Ticket.NameOf(Id);

    public bool IsUnsolved => State is not (TicketState.Solved or TicketState.Closed);

    /// <summary>Where it went on; null where it was not merged.</summary>
    public long? MergedIntoId => Ties.FirstOrDefault(t => t.Tie == TicketTieKind.MergedInto)?.Id;
}

/// <summary>The answer to a survey.</summary>
/// <param name="Score">From 1 to 5; null while there is none.</param>
public sealed record TicketRatingDetails(int? Score, string? Comment, DateTimeOffset SentAt, DateTimeOffset? AnsweredAt);

public sealed record TicketFileDetails(long Id, string Name, string ContentType, long Size, string? ContentId);

/// <summary>A message of a ticket.</summary>
/// <param name="Html">A mail as it was formatted, sanitized; shown in a frame where nothing runs.</param>
/// <param name="Quoted">What it quotes.</param>
/// <param name="IsMine">Whether the acting user wrote it.</param>
/// <param name="HasRaw">Whether the raw mail is kept.</param>
public sealed record TicketMessageDetails(long Id, TicketMessageKind Kind, DateTimeOffset At, string AuthorName, string? AuthorEmail,
    string Text, string? Quoted, string? Html, bool HasRemotePictures, string? Recipient, TicketDelivery Delivery, string? Failure,
        bool IsMine,
    bool HasRaw, IReadOnlyList<TicketFileDetails> Files);

/// <summary>Messages in the order in which they came.</summary>
/// <param name="HasEarlier">Whether there are more before the first.</param>
public sealed record TicketConversation(IReadOnlyList<TicketMessageDetails> Messages, bool HasEarlier);

/// <summary>A new ticket.</summary>
public sealed record TicketInput
{
    public long? CustomerId { get; init; }

    /// <summary>Of somebody who is no customer yet.</summary>
    public string? ContactName { get; init; }

    public string? ContactEmail { get; init; }
    public string? Subject { get; init; }

    /// <summary>What the customer said, or, where <see cref="IsOutgoing"/>, what they are written.</summary>
    public string? Text { get; init; }

    /// <summary>Whether the text is written to the customer and begins the conversation.</summary>
    public bool IsOutgoing { get; init; }

    public TicketChannel Channel { get; init; } = TicketChannel.Phone;

    /// <summary>Null for the usual queue.</summary>
    public long? QueueId { get; init; }

    public TicketPriority Priority { get; init; } = TicketPriority.Normal;
    public bool IsComplaint { get; init; }
    public long? AssigneeId { get; init; }
    public long? OrderId { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public IReadOnlyList<long> FileIds { get; init; } = [];

    /// <summary>What it has in the shop's own fields, by their keys.</summary>
    public IReadOnlyDictionary<string, string?> Fields { get; init; } = new Dictionary<string, string?>();
}

/// <summary>What is changed of a ticket; what is absent stays.</summary>
public sealed record TicketChanges
{
    public Optional<string?> Subject { get; init; }
    public Optional<TicketState> State { get; init; }

    /// <summary>Of a pending one: when it comes back.</summary>
    public Optional<DateTimeOffset?> PendingUntil { get; init; }

    public Optional<TicketPriority> Priority { get; init; }
    public Optional<bool> IsComplaint { get; init; }
    public Optional<long> QueueId { get; init; }
    public Optional<long?> AssigneeId { get; init; }
    public Optional<long?> CustomerId { get; init; }
    public Optional<long?> OrderId { get; init; }
    public Optional<IReadOnlyList<string>> Tags { get; init; }

    /// <summary>The shop's own fields that are set, by their keys; blank clears one, and those that are not named stay.</summary>
    public IReadOnlyDictionary<string, string?> Fields { get; init; } = new Dictionary<string, string?>();

    /// <summary>Added to those that are there; for many tickets at once.</summary>
    public IReadOnlyList<string> AddedTags { get; init; } = [];
}

/// <summary>An answer to the customer.</summary>
public sealed record ReplyInput
{
    public string? Text { get; init; }
    public IReadOnlyList<long> FileIds { get; init; } = [];

    /// <summary>The state that the ticket gets with it.</summary>
    public TicketState? State { get; init; }

    public DateTimeOffset? PendingUntil { get; init; }

    /// <summary>When it leaves; null for at once, which leaves some seconds to take it back.</summary>
    public DateTimeOffset? SendAt { get; init; }
}

/// <summary>A message that was written.</summary>
/// <param name="LeavesAt">Until when it can be taken back; null where it cannot.</param>
public sealed record WrittenMessage(long Id, DateTimeOffset? LeavesAt, long? ChangeSetId);
