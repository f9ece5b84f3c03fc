namespace CrmPortal.Core.Platform.Common;

/// <summary>One page of a list.</summary>
/// <param name="HasMore">Whether a next page exists; known without counting.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, int Number, int Size, bool HasMore);

/// <summary>Which page is wanted, counted from 1.</summary>
/// <param name="Total">How many rows the list has, where that has been counted: pages behind the middle are then read from the end.</param>
public sealed record PageRequest(int Number = 1, int Size = PageRequest.DefaultSize, int? Total = null)
{
    public const int DefaultSize = 25;
    public const int LargestSize = 100;

    /// <summary>How many rows to skip and to read.</summary>
    /// <exception cref="RuleViolationException">The number or the size is out of range; nothing is silently cut.</exception>
    public (int Skip, int Take) Validated()
    {
        var errors = new List<FieldError>();
        if (Number < 1 || Number > 10_000_000) errors.Add(new("Page", "The page must be 1 or more."));
        if (Size < 1 || Size > LargestSize) errors.Add(new("Limit", "The limit must be between 1 and {0}.", LargestSize));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        return (checked((Number - 1) * Size), Size);
    }
}

/// <summary>How many rows a list has, or the limit at which counting stopped.</summary>
public sealed record RowCount(int Rows, bool IsExact);
