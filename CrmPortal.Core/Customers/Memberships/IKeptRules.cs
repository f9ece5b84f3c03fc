using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;

namespace CrmPortal.Core.Customers;

/// <summary>The rules of segments and groups, which filters name by their keys.</summary>
public interface IKeptRules
{
    /// <summary>What a filter names, and what that names in turn, as <see cref="FilterContext.Kept"/> wants it.</summary>
    /// <exception cref="RuleViolationException">They go in a circle, or too deep.</exception>
    Task<IReadOnlyDictionary<string, FilterExpression?>> OfAsync(CrmDbContext db, string? filter, CancellationToken cancellationToken);
}
