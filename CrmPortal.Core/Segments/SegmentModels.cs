using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Filtering;

namespace CrmPortal.Core.Segments;

/// <summary>A segment as pages show it.</summary>
/// <param name="Filter">The rules as the list of customers writes them.</param>
/// <param name="Customers">How many were in it when they were last counted; null where nobody has counted yet.</param>
public sealed record SegmentDetails(long Id, string Name, string? Description, string Filter, DateTimeOffset CreatedAt,
    string CreatedByName, int? Customers, DateTimeOffset? CountedAt, long Version);

/// <summary>What somebody types of a segment.</summary>
public sealed record SegmentInput(string? Name, string? Description, string? Filter);

/// <summary>The names of segments and of groups, by their keys as filters write them.</summary>
public sealed record SegmentNames(IReadOnlyDictionary<string, string> Segments, IReadOnlyDictionary<string, string> Groups)
{
    public static SegmentNames None { get; } = new(new Dictionary<string, string>(), new Dictionary<string, string>());
}

/// <summary>Who is in a segment at this moment, while its rules are still being written.</summary>
/// <param name="Sample">The first of them, newest first.</param>
public sealed record SegmentPreview(int Customers, IReadOnlyList<CustomerRow> Sample);

/// <summary>How many customers are in another segment as well.</summary>
/// <param name="Both">Customers who are in both.</param>
/// <param name="Customers">Of the other segment, by its last count.</param>
public sealed record SegmentOverlap(long Id, string Name, int Both, int? Customers);

/// <summary>Whether a customer meets a rule, and why.</summary>
/// <param name="Value">Of a condition, the customer's value; null where it is unknown, or is in rows of its own.</param>
/// <param name="Parts">Of a group, its rules.</param>
public sealed record RuleCheck(FilterExpression Rule, bool IsMet, object? Value, IReadOnlyList<RuleCheck> Parts);
