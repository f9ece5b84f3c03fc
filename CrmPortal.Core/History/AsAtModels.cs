namespace CrmPortal.Core.History;

/// <summary>A field as it was and as it is; values are as stored.</summary>
/// <param name="IsMasked">Whether the values may not be seen; then both are null, and only whether they differ is said.</param>
public sealed record AsAtField(string Name, string? Then, string? Now, bool Differs, bool IsMasked);

/// <summary>What became of a row since.</summary>
public enum AsAtChange { Same, Changed, Removed, Added }

/// <summary>A row that hung on the customer then or depends on them now, such as an address.</summary>
/// <param name="Title">The word of a tag, the label of a custom field; null where the fields say it.</param>
public sealed record AsAtPart(string EntityType, long Id, string? Title, AsAtChange Change, IReadOnlyList<AsAtField> Fields);

/// <summary>A customer at a moment in the past beside today.</summary>
/// <param name="At">The moment.</param>
/// <param name="WasThere">False where they were created later.</param>
/// <param name="IsIncomplete">Whether so much happened since that the walk back ended before.</param>
/// <param name="HasErased">Whether values on the way were erased, so that something may be missing.</param>
public sealed record AsAtDetails(long Id, string DisplayName, DateTimeOffset At, bool WasThere, bool IsIncomplete, bool HasErased,
    IReadOnlyList<AsAtField> Profile, IReadOnlyList<AsAtPart> Parts);
