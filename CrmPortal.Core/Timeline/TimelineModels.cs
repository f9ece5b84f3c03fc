using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.History;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Timeline;

public enum TimelineKind { Order, Refund, Note, Consent, Document, Points, Change, Ticket, Chat, Network }

/// <summary>Something that happened with a customer; what it is stands in the part that fits the kind, the others are null.</summary>
public sealed record TimelineEntry(TimelineKind Kind, long Id, DateTimeOffset At)
{
    public OrderRow? Order { get; init; }
    public RefundDetails? Refund { get; init; }
    public NoteDetails? Note { get; init; }
    public ConsentMoment? Consent { get; init; }
    public DocumentMoment? Document { get; init; }
    public PointsMoment? Points { get; init; }
    public HistoryEntry? Change { get; init; }
    public TicketEntry? Ticket { get; init; }
    public ChatEntry? Chat { get; init; }
    public NetworkDay? Network { get; init; }
}

/// <summary>An entry of the ledger of consents.</summary>
public sealed record ConsentMoment(ConsentPurpose Purpose, Channel Channel, ConsentState State, ConsentSource Source, string ActorName);

/// <summary>A document that came.</summary>
public sealed record DocumentMoment(string Name, DocumentKind Kind, DocumentStatus Status, string ActorName, bool IsDeleted);

/// <summary>Points that came or went.</summary>
public sealed record PointsMoment(EntryKind Kind, long Points, string Reason, string ActorName);

/// <summary>What happened to a ticket.</summary>
public enum TicketStep { Created, Begun, Solved, Reopened, CustomerWrote, AgentReplied }

/// <summary>A ticket that came, was answered or was solved.</summary>
/// <param name="Text">What was written; null where nothing was.</param>
/// <param name="ActorName">Who wrote it or did it; empty where that is not known.</param>
public sealed record TicketEntry(long TicketId, string Subject, TicketStep Kind, string? Text, string ActorName);

/// <summary>A chat that was begun.</summary>
/// <param name="Text">The beginning of what the visitor said first.</param>
/// <param name="ActorName">The agent; empty where nobody took it.</param>
/// <param name="Messages">How many were written.</param>
public sealed record ChatEntry(string Text, string ActorName, int Messages, int? Score);

/// <summary>What went through a connection on a day: one entry for all sessions, so that they do not bury the rest.</summary>
/// <param name="Sessions">How many sessions began.</param>
/// <param name="Down">Bytes to the customer.</param>
/// <param name="Up">Bytes from the customer.</param>
public sealed record NetworkDay(string AccessName, int Sessions, long Seconds, long Down, long Up);

/// <summary>Which part of a timeline is wanted.</summary>
/// <param name="Kinds">None means all.</param>
/// <param name="Text">Letters that the entries hold, in any case and script.</param>
/// <param name="Before">Where the page before ended (<see cref="TimelinePage.Next"/>), or null for the newest.</param>
public sealed record TimelineQuery(IReadOnlyCollection<TimelineKind> Kinds, string? Text = null, string? Before = null, int Size = 25);

/// <param name="Next">Where older entries begin, or null at the end.</param>
public sealed record TimelinePage(IReadOnlyList<TimelineEntry> Entries, string? Next);

/// <summary>Where a page ended: everything older than this instant, and of the changes those before this audit row.</summary>
internal sealed record TimelinePlace(DateTimeOffset At, int Kind, long Id, long AuditBefore)
{
    public static TimelinePlace Newest { get; } = new(DateTimeOffset.MaxValue, int.MaxValue, long.MaxValue, long.MaxValue);

    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"{At.UtcTicks}-{Kind}-{Id}-{AuditBefore}");

    /// <exception cref="Common.RuleViolationException">The text names no place.</exception>
    public static TimelinePlace Parse(string? text)
    {
        if (text is null) return Newest;
        var parts = text.Split('-');
        if (parts.Length == 4 && Number(parts[0]) is { } ticks && ticks <= DateTimeOffset.MaxValue.UtcTicks
            && Number(parts[1]) is { } kind and <= int.MaxValue && Number(parts[2]) is { } id && Number(parts[3]) is { } audit)
            return new(new DateTimeOffset(ticks, TimeSpan.Zero), (int)kind, id, audit);
        throw new RuleViolationException("Before", "This position in the timeline is not valid.");

        static long? Number(string part) => long.TryParse(part, System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
