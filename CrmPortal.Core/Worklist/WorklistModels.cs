namespace CrmPortal.Core.Worklist;

/// <summary>An entry as a list shows it.</summary>
/// <param name="Value">What is at stake, in minor units of the base currency.</param>
/// <param name="Email">Null where there is none, the acting user may not see it, or the customer does not want to be written to.</param>
/// <param name="Phone">The same for calls.</param>
/// <param name="HasOptedOut">Whether the customer wants neither.</param>
/// <param name="AgentName">Who looks after the customer.</param>
/// <param name="IsMine">Whether that is the acting user, or they have claimed it.</param>
/// <param name="ClaimedByName">Who is at it right now.</param>
public sealed record WorklistRow(long Id, long CustomerId, string Name, string Number, bool IsVip, IReadOnlyList<WorklistReason> Reasons,
    long Value, string? Email, string? Phone, bool HasOptedOut, string? AgentName, bool IsMine, string? ClaimedByName, bool IsClaimedByMe,
    DateTimeOffset Since);

/// <summary>A page of the worklist.</summary>
/// <param name="Open">How many entries are open.</param>
/// <param name="Quiet">How many are put off or done.</param>
/// <param name="RefreshedAt">When the list was made; null where it never was.</param>
public sealed record WorklistContent(IReadOnlyList<WorklistRow> Rows, int Page, bool HasMore, int Open, int Quiet,
    DateTimeOffset? RefreshedAt, int? TypicalGapDays, long? JobId);

/// <summary>The open entry of one customer.</summary>
public sealed record CustomerWorklistEntry(long Id, IReadOnlyList<WorklistReason> Reasons, string? ClaimedByName);
