using System.ComponentModel;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;

namespace CrmPortal.Features.Tickets;

/// <summary>A new ticket as a program writes it.</summary>
internal sealed record TicketCreationBody
{
    [Description("The customer; without one, a name or an e-mail address is needed.")]
    public long? CustomerId { get; init; }

    public string? ContactName { get; init; }

    [Description("Where answers go; defaults to the customer's address.")]
    public string? ContactEmail { get; init; }

    public string? Subject { get; init; }

    [Description("What the customer said, as plain text; of an outgoing ticket what they are written, in Markdown.")]
    public string? Text { get; init; }

    [Description("Whether the text is sent to the customer and begins the conversation.")]
    public bool IsOutgoing { get; init; }

    [Description("How it came; defaults to api.")]
    public TicketChannel Channel { get; init; } = TicketChannel.Api;

    [Description("Defaults to the usual queue.")]
    public long? QueueId { get; init; }

    public TicketPriority Priority { get; init; } = TicketPriority.Normal;
    public bool IsComplaint { get; init; }
    public long? AssigneeId { get; init; }
    public long? OrderId { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }

    [Description("Values of the shop's own fields of tickets, by their keys.")]
    public Dictionary<string, string?>? CustomFields { get; init; }

    public TicketInput Input() => new()
    {
        CustomerId = CustomerId, ContactName = ContactName, ContactEmail = ContactEmail, Subject = Subject, Text = Text,
        IsOutgoing = IsOutgoing, Channel = Channel, QueueId = QueueId, Priority = Priority, IsComplaint = IsComplaint,
        AssigneeId = AssigneeId, OrderId = OrderId, Tags = Tags ?? [], Fields = CustomFields ?? [],
    };
}

/// <summary>What a program changes of a ticket; a field that is absent stays as it is.</summary>
internal sealed record TicketChangeBody
{
    public Optional<string?> Subject { get; init; }
    public Optional<TicketState> State { get; init; }

    [Description("When a pending ticket is opened again; null for only by an answer.")]
    public Optional<DateTimeOffset?> PendingUntil { get; init; }

    public Optional<TicketPriority> Priority { get; init; }
    public Optional<bool> IsComplaint { get; init; }
    public Optional<long> QueueId { get; init; }

    [Description("Null gives the ticket to nobody.")]
    public Optional<long?> AssigneeId { get; init; }

    [Description("Null for somebody who is not known as a customer.")]
    public Optional<long?> CustomerId { get; init; }

    public Optional<long?> OrderId { get; init; }

    [Description("All tags of the ticket.")]
    public Optional<IReadOnlyList<string>> Tags { get; init; }

    [Description("Values of the shop's own fields of tickets, by their keys; null clears one, and those that are absent stay.")]
    public Optional<Dictionary<string, string?>?> CustomFields { get; init; }

    public TicketChanges Changes() => new()
    {
        Subject = Subject, State = State, PendingUntil = PendingUntil, Priority = Priority, IsComplaint = IsComplaint, QueueId = QueueId,
        AssigneeId = AssigneeId, CustomerId = CustomerId, OrderId = OrderId, Tags = Tags, Fields = CustomFields.Value ?? [],
    };
}

/// <summary>The state that a ticket shall have.</summary>
internal sealed record TicketStateBody
{
    public required TicketState State { get; init; }

    [Description("Of a pending ticket: when it is opened again.")]
    public DateTimeOffset? PendingUntil { get; init; }
}

/// <summary>Who shall have a ticket.</summary>
internal sealed record TicketAssignmentBody
{
    [Description("The agent's id; null for nobody. If absent, you.")]
    public Optional<long?> AssigneeId { get; init; }
}

internal sealed record TicketMergeBody
{
    [Description("The tickets whose messages go into this one.")]
    public IReadOnlyList<long>? TicketIds { get; init; }
}

internal sealed record TicketSplitBody
{
    [Description("The message that belongs elsewhere; it moves to the new ticket.")]
    public required long MessageId { get; init; }

    [Description("The subject of the new ticket.")]
    public string? Subject { get; init; }
}

/// <summary>A message that is written into a ticket.</summary>
internal sealed record TicketMessageBody
{
    [Description("reply, which is sent to the customer, or internal, for colleagues.")]
    public TicketMessageKind Kind { get; init; } = TicketMessageKind.Reply;

    [Description("Markdown.")]
    public string? Text { get; init; }

    [Description("Files of this ticket that you uploaded and did not send yet.")]
    public IReadOnlyList<long>? FileIds { get; init; }

    [Description("Of a reply: the state that the ticket gets with it.")]
    public TicketState? State { get; init; }

    [Description("Of a reply with the state pending: when the ticket is opened again.")]
    public DateTimeOffset? PendingUntil { get; init; }

    [Description("Of a reply: when it is sent. Without it, it is sent after the seconds in which it can be taken back.")]
    public DateTimeOffset? SendAt { get; init; }
}

/// <summary>Who asks.</summary>
internal sealed record TicketRequesterAnswer(long? CustomerId, string Name, string? Email, bool IsVip, string? Tier)
{
    public static TicketRequesterAnswer Of(TicketRequester r) => new(r.CustomerId, r.Name, r.Email, r.IsVip, r.Tier);
}

/// <summary>A reason for which a ticket is more or less urgent than its target says.</summary>
/// <param name="Hours">By how many hours it is brought forward; negative where it is put back.</param>
internal sealed record UrgencyAnswer(UrgencyReason Reason, int Hours)
{
    public static IReadOnlyList<UrgencyAnswer> Of(IReadOnlyList<UrgencyShift> shifts) =>
        [.. shifts.Select(s => new UrgencyAnswer(s.Reason, s.Hours))];
}

/// <summary>A ticket in a list.</summary>
/// <param name="DueAt">The earliest target that is open.</param>
internal sealed record TicketItem(long Id, string Number, string Subject, TicketRequesterAnswer Requester, TicketChannel Channel,
    string Queue, TicketPriority Priority, TicketState State, DateTimeOffset? PendingUntil, string? Assignee, IReadOnlyList<string> Tags,
    DateTimeOffset CreatedAt, DateTimeOffset LastMessageAt, int MessageCount, bool IsAnswerDue, DateTimeOffset? DueAt,
    IReadOnlyList<UrgencyAnswer> Urgency)
{
    public static TicketItem Of(TicketRow t) => new(t.Id, t.Name, t.Subject, TicketRequesterAnswer.Of(t.Requester), t.Channel, t.Queue,
        t.Priority, t.State, t.PendingUntil, t.Assignee, t.Tags, t.CreatedAt, t.LastMessageAt, t.MessageCount, t.IsAnswerDue, t.Due,
        UrgencyAnswer.Of(t.Urgency));
}

/// <summary>What is promised of a ticket and what became of it; times that are late or held are seconds of business time.</summary>
internal sealed record TicketTargetsAnswer(string? ServiceLevel, DateTimeOffset? FirstResponseDueAt, DateTimeOffset? FirstResponseAt,
    long? FirstResponseLateSeconds, DateTimeOffset? NextResponseDueAt, DateTimeOffset? ResolutionDueAt, DateTimeOffset? SolvedAt,
    long? ResolutionLateSeconds, long HeldSeconds, bool CameOutsideHours)
{
    public static TicketTargetsAnswer Of(TicketTargets t) => new(t.Policy, t.FirstResponseDue, t.FirstResponseAt, t.FirstResponseLate,
        t.NextResponseDue, t.ResolutionDue, t.SolvedAt, t.ResolutionLate, t.HeldSeconds, t.CameOutsideHours);
}

/// <summary>A ticket that has to do with this one.</summary>
internal sealed record TicketTieAnswer(long Id, string Number, string Subject, TicketState State, TicketTieKind Tie);

/// <summary>A ticket in full, without its messages.</summary>
internal sealed record TicketAnswer
{
    public required long Id { get; init; }
    public required string Number { get; init; }
    public required string Subject { get; init; }
    public required TicketRequesterAnswer Requester { get; init; }
    public required TicketChannel Channel { get; init; }
    public required long QueueId { get; init; }
    public required string Queue { get; init; }
    public required TicketPriority Priority { get; init; }
    public required TicketState State { get; init; }
    public required DateTimeOffset? PendingUntil { get; init; }
    public required bool IsComplaint { get; init; }
    public required long? AssigneeId { get; init; }
    public required string? Assignee { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }

    [Description("What it has in the shop's own fields of tickets, by their keys.")]
    public required IReadOnlyDictionary<string, string> CustomFields { get; init; }

    public required long? OrderId { get; init; }
    public required string? Order { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string? CreatedBy { get; init; }
    public required DateTimeOffset LastMessageAt { get; init; }
    public required int MessageCount { get; init; }
    public required int ReopenedCount { get; init; }
    public required bool IsAnswerDue { get; init; }
    public required TicketTargetsAnswer Targets { get; init; }
    public required IReadOnlyList<UrgencyAnswer> Urgency { get; init; }

    [Description("Tickets that are linked, were merged, or were split off.")]
    public required IReadOnlyList<TicketTieAnswer> Related { get; init; }

    [Description("The ticket that goes on with this one's messages.")]
    public required long? MergedIntoId { get; init; }

    [Description("Whether you follow it.")]
    public required bool IsFollowed { get; init; }

    public required int Followers { get; init; }
    public required long Version { get; init; }

    public static TicketAnswer Of(TicketDetails t) => new()
    {
        Id = t.Id, Number = t.Name, Subject = t.Subject, Requester = TicketRequesterAnswer.Of(t.Requester), Channel = t.Channel,
        QueueId = t.QueueId, Queue = t.Queue, Priority = t.Priority, State = t.State, PendingUntil = t.PendingUntil,
        IsComplaint = t.IsComplaint, AssigneeId = t.AssigneeId, Assignee = t.Assignee, Tags = t.Tags, OrderId = t.OrderId, Order = t.Order,
        CustomFields = t.Fields.Where(f => f.Value is not null).ToDictionary(f => f.Field.Key, f => f.Value!),
        CreatedAt = t.CreatedAt, CreatedBy = t.CreatedByName, LastMessageAt = t.LastMessageAt, MessageCount = t.MessageCount,
        ReopenedCount = t.ReopenedCount, IsAnswerDue = t.IsAnswerDue, Targets = TicketTargetsAnswer.Of(t.Targets),
        Urgency = UrgencyAnswer.Of(t.Urgency), MergedIntoId = t.MergedIntoId, IsFollowed = t.IsFollowed, Followers = t.Followers,
        Related = [.. t.Ties.Select(r => new TicketTieAnswer(r.Id, Ticket.NameOf(r.Id), r.Subject, r.State, r.Tie))], Version = t.Version,
    };
}

internal sealed record TicketFileAnswer(long Id, string Name, string ContentType, long Size)
{
    public static TicketFileAnswer Of(TicketFileDetails f) => new(f.Id, f.Name, f.ContentType, f.Size);
}

/// <summary>A message of a ticket.</summary>
/// <param name="Text">Of staff Markdown, of customers plain text.</param>
/// <param name="Quoted">What a mail quotes of earlier ones.</param>
/// <param name="At">When it was written; of a reply that is still to be sent, when that is.</param>
internal sealed record TicketMessageAnswer(long Id, TicketMessageKind Kind, DateTimeOffset At, string AuthorName, string? AuthorEmail,
    bool IsMine, string Text, string? Quoted, string? Recipient, TicketDelivery Delivery, string? Failure,
    IReadOnlyList<TicketFileAnswer> Files)
{
    public static TicketMessageAnswer Of(TicketMessageDetails m) => new(m.Id, m.Kind, m.At, m.AuthorName, m.AuthorEmail, m.IsMine, m.Text,
        m.Quoted, m.Recipient, m.Delivery, m.Failure, [.. m.Files.Select(TicketFileAnswer.Of)]);
}

/// <summary>Messages, oldest first.</summary>
/// <param name="Earlier">What <c>before</c> is set to for those before these; null where there are none.</param>
internal sealed record TicketMessagesAnswer(IReadOnlyList<TicketMessageAnswer> Items, long? Earlier);

/// <summary>Something that happened to a ticket.</summary>
/// <param name="Subject">Of assigned the agent, of moved the queue.</param>
internal sealed record TicketEventAnswer(long Id, TicketEventKind Kind, DateTimeOffset At, long? UserId, string? User, long? SubjectId,
    string? Subject)
{
    public static TicketEventAnswer Of(TicketEventDetails e) => new(e.Id, e.Kind, e.At, e.UserId, e.User, e.SubjectId, e.Subject);
}

internal sealed record TicketQueueAnswer(long Id, string Name, string? Email, bool IsUsual, bool IsArchived, int Unsolved)
{
    public static TicketQueueAnswer Of(QueueDetails q) => new(q.Id, q.Name, q.Email, q.IsUsual, q.IsArchived, q.Unsolved);
}

/// <summary>A text for replies; placeholders stand in it as they were written.</summary>
internal sealed record SavedReplyAnswer(long Id, string Name, string Text, string? Language, bool IsOwn)
{
    public static SavedReplyAnswer Of(SavedReplyDetails r) => new(r.Id, r.Name, r.Text, r.Language, r.IsOwn);
}

/// <summary>A saved reply with its placeholders filled for a ticket.</summary>
internal sealed record FilledReplyAnswer(long Id, long TicketId, string Text);

/// <summary>Steps that are taken together; what is null stays as it is.</summary>
internal sealed record MacroAnswer(long Id, string Name, TicketState? State, int? PendingDays, TicketPriority? Priority, long? QueueId,
    bool AssignsToMe, IReadOnlyList<string> Tags, string? Reply, string? Note)
{
    public static MacroAnswer Of(MacroDetails m) => new(m.Id, m.Name, m.Actions.State, m.Actions.PendingDays, m.Actions.Priority,
        m.Actions.QueueId, m.Actions.AssignToMe, m.Actions.Tags ?? [], m.Actions.Reply, m.Actions.Note);
}

/// <summary>What a macro did.</summary>
/// <param name="ReplyId">The message that it wrote to the customer.</param>
/// <param name="LeavesAt">Until when that can be taken back.</param>
internal sealed record MacroRunAnswer(TicketAnswer Ticket, long? ReplyId, DateTimeOffset? LeavesAt);

/// <summary>Whether you follow a ticket.</summary>
internal sealed record FollowAnswer(long TicketId, bool IsFollowed);

/// <summary>A survey, with the customer's answer if there is one.</summary>
internal sealed record FeedbackAnswer(long Id, long TicketId, string Ticket, string Subject, TicketRequesterAnswer Requester, long? AgentId,
    string? Agent, long QueueId, string Queue, DateTimeOffset SentAt, int? Score, string? Comment, DateTimeOffset? AnsweredAt)
{
    public static FeedbackAnswer Of(FeedbackRow r) => new(r.Id, r.TicketId, Core.Tickets.Ticket.NameOf(r.TicketId), r.Subject,
        TicketRequesterAnswer.Of(r.Requester), r.AgentId, r.Agent, r.QueueId, r.Queue, r.SentAt, r.Score, r.Comment, r.AnsweredAt);
}

/// <summary>What customers say, in figures; rates are from 0 to 1.</summary>
/// <param name="Scores">How many answers each score has.</param>
internal sealed record FeedbackSummaryAnswer(int Sent, int Answered, decimal? ResponseRate, decimal? AverageScore, decimal? SatisfiedShare,
    IReadOnlyDictionary<string, int> Scores)
{
    public static FeedbackSummaryAnswer Of(FeedbackSummary s) => new(s.Sent, s.Answered, s.ResponseRate, s.Average, s.SatisfiedShare,
        s.Scores.Select((count, at) => (count, at)).ToDictionary(
            p => (p.at + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), p => p.count));
}
