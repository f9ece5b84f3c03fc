using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Api.Contracts;

/// <summary>By what a contract cuts its lists.</summary>
internal enum PagingStyle
{
    /// <summary>The number of a page, counted from 1, and a limit.</summary>
    Pages,

    /// <summary>How many rows to pass over, and a limit.</summary>
    Slices,
}

/// <summary>How a contract cuts its lists.</summary>
/// <param name="LargestLimit">How many rows one answer may have.</param>
internal sealed record Paging(PagingStyle Style, int LargestLimit)
{
    /// <exception cref="RuleViolationException">There is no such page, or it would be too large.</exception>
    public PageRequest Page(int? number, int? limit, int usualLimit)
    {
        var page = new PageRequest(number ?? 1, limit ?? usualLimit);
        page.Validated();
        return page.Size <= LargestLimit ? page : throw new RuleViolationException([BadLimit()]);
    }

    /// <exception cref="RuleViolationException">There is no such part of a list, or it would be too large.</exception>
    public (int Skip, int Limit) Slice(int? skip, int? limit, int usualLimit)
    {
        var slice = (Skip: skip ?? 0, Limit: limit ?? usualLimit);
        var errors = new List<FieldError>();
        if (slice.Skip < 0) errors.Add(new("Skip", "Skip must be 0 or more."));
        if (slice.Limit < 1 || slice.Limit > LargestLimit) errors.Add(BadLimit());
        return errors.Count == 0 ? slice : throw new RuleViolationException(errors);
    }

    private FieldError BadLimit() => new("Limit", "The limit must be between 1 and {0}.", LargestLimit);
}
