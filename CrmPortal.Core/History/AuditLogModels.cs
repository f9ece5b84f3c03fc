using System.Globalization;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.History;

/// <summary>What of the audit log is wanted; nothing set is all of it.</summary>
public sealed record AuditQuery
{
    /// <summary>The user who did it.</summary>
    public long? ActorId { get; init; }

    /// <summary>The kind of record, by its name in the audit.</summary>
    public string? Kind { get; init; }

    /// <summary>The number of the record, as addresses have it; counts together with <see cref="Kind"/>.</summary>
    public long? RecordId { get; init; }

    public AuditAction? Action { get; init; }

    /// <summary>The first of the shop's days.</summary>
    public DateOnly? From { get; init; }

    /// <summary>The last of the shop's days.</summary>
    public DateOnly? Until { get; init; }
}

/// <summary>A place in the audit log: what is older comes next.</summary>
public sealed record AuditPlace(long ChangeSetId, long EntryId)
{
    internal static AuditPlace Start { get; } = new(long.MaxValue, long.MaxValue);

    /// <summary>The form in which it stands in addresses.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ChangeSetId}.{EntryId}");

    /// <summary>Reads a place; null where the text is none.</summary>
    public static AuditPlace? Parse(string? text) => text?.Split('.') is [var set, var entry]
        && long.TryParse(set, NumberStyles.None, CultureInfo.InvariantCulture, out var setId)
        && long.TryParse(entry, NumberStyles.None, CultureInfo.InvariantCulture, out var entryId) ? new(setId, entryId) : null;
}

/// <summary>One row of the audit log.</summary>
/// <param name="Kind">The kind of work that it was part of, such as <c>customer.edit</c>.</param>
/// <param name="Item">What it did; values that the reader may not see are masked.</param>
/// <param name="CustomerName">Whom it concerned, where the reader may see customers and the customer is still there.</param>
public sealed record AuditRow(
    long Id, long ChangeSetId, DateTimeOffset At, string ActorName, ActorOrigin Origin, string? IpAddress, string Kind, HistoryItem Item,
    long RecordId, long? CustomerId, string? CustomerName);

/// <summary>A part of the audit log.</summary>
/// <param name="Next">The place to go on from, or null at the end.</param>
/// <param name="LookedBackTo">Set where so much had to be looked through that the part ends before it is full: until when.</param>
public sealed record AuditLogPage(IReadOnlyList<AuditRow> Rows, AuditPlace? Next, DateTimeOffset? LookedBackTo);
