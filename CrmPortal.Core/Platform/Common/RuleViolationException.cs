namespace CrmPortal.Core.Platform.Common;

/// <summary>What is wrong with one field; <see cref="Field"/> is the property's name, or "" for the whole.</summary>
/// <param name="Message">An English sentence, which is also the key of its translations; {0} and so on stand for the arguments.</param>
public sealed record FieldError(string Field, string Message, params object[] Arguments);

/// <summary>The input breaks a rule; nothing was changed.</summary>
public sealed class RuleViolationException(IReadOnlyList<FieldError> errors)
    : Exception(string
        .Join(' ', errors.Select(e => string.Format(System.Globalization.CultureInfo.InvariantCulture, e.Message, e.Arguments))))
{
    public RuleViolationException(string field, string message, params object[] arguments) : this([new(field, message, arguments)])
    {
    }

    public IReadOnlyList<FieldError> Errors { get; } = errors;

    /// <summary>True when another record already holds a value that must be unique.</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>True when the input is right in itself, and what is there does not allow it.</summary>
    public bool IsRefusal { get; init; }

    /// <summary>True when the same input may be taken later, because something that is needed does not answer.</summary>
    public bool IsPassing { get; init; }
}

/// <summary>A field that two people changed: what it was, what it is now, and what the second wanted.</summary>
public sealed record FieldConflict(string Field, string? Before, string? Theirs, string? Mine);

/// <summary>Someone else changed the same fields in between; nothing was changed.</summary>
public sealed class ConcurrencyConflictException(IReadOnlyList<FieldConflict> fields, long currentVersion, string? changedBy,
    DateTimeOffset? changedAt)
    : Exception("The record was changed by someone else in the meantime.")
{
    public IReadOnlyList<FieldConflict> Fields { get; } = fields;
    public long CurrentVersion { get; } = currentVersion;
    public string? ChangedBy { get; } = changedBy;
    public DateTimeOffset? ChangedAt { get; } = changedAt;
}
