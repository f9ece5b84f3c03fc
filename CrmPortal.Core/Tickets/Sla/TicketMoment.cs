namespace CrmPortal.Core.Tickets;

/// <summary>What happened to a ticket, as far as promised times are concerned.</summary>
public enum TicketMomentKind
{
    /// <summary>The customer opened it.</summary>
    Created,

    /// <summary>A colleague opened it with a message of their own, which nobody has to answer but the customer.</summary>
    CreatedByAgent,

    CustomerWrote,

    /// <summary>A colleague answered so that the customer sees it.</summary>
    AgentReplied,

    /// <summary>It became pending or was put on hold.</summary>
    Paused,

    Resumed,
    Solved,
    Reopened,
    Closed,
}

/// <summary>One moment in the life of a ticket.</summary>
public readonly record struct TicketMoment(DateTimeOffset At, TicketMomentKind Kind);

/// <summary>What is promised, in business time; null where nothing is.</summary>
/// <param name="FirstResponse">From the opening by the customer to the first answer.</param>
/// <param name="NextResponse">From a later message of the customer to its answer.</param>
/// <param name="Resolution">From the opening to the solution.</param>
public sealed record SlaTargets(TimeSpan? FirstResponse, TimeSpan? NextResponse, TimeSpan? Resolution);

/// <summary>How it stands with one promise.</summary>
public enum SlaStatus
{
    /// <summary>Nothing is promised, or there is nothing that it is promised for.</summary>
    NotApplicable,

    /// <summary>It is open and not late.</summary>
    Pending,

    /// <summary>It was kept.</summary>
    Met,

    /// <summary>It is late, or was.</summary>
    Breached,
}

/// <summary>How it stands with one promise, and by how much.</summary>
/// <param name="Left">Business time that is left, or was when it was kept; less than nothing where it is late.</param>
public readonly record struct SlaResult(SlaStatus Status, TimeSpan Left);

/// <summary>Where a ticket stands with what is promised.</summary>
public sealed record SlaState
{
    /// <summary>
    /// When the first answer is due, or was. While the clock stands still, it is what it would be if the clock went on now.
    /// </summary>
    public DateTimeOffset? FirstResponseDue { get; init; }

    public DateTimeOffset? FirstResponseAt { get; init; }

    /// <summary>When the oldest message that waits is due to be answered; null where none does, or the first answer is to come.</summary>
    public DateTimeOffset? NextResponseDue { get; init; }

    public DateTimeOffset? ResolutionDue { get; init; }

    /// <summary>When it was solved or closed; null where it was opened again.</summary>
    public DateTimeOffset? SolvedAt { get; init; }

    /// <summary>How much business time it was pending or on hold.</summary>
    public TimeSpan HeldTime { get; init; }

    public bool IsPaused { get; init; }

    public SlaResult FirstResponse { get; init; }

    /// <summary>Of the message that waits; where none does, of the last one that was answered.</summary>
    public SlaResult NextResponse { get; init; }

    public SlaResult Resolution { get; init; }

    /// <summary>How many messages after the first answer were answered in time.</summary>
    public int NextResponsesMet { get; init; }

    /// <summary>How many were answered too late, or not at all until it was solved too late for them.</summary>
    public int NextResponsesBreached { get; init; }

    /// <summary>Since when the customer waits for an answer; null where they do not.</summary>
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>The earliest promise that is still to be kept, late or not; null while no clock runs.</summary>
    public DateTimeOffset? NextDue { get; init; }
}
