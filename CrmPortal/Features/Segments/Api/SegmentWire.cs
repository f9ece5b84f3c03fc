using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrmPortal.Api;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Segments;
using CrmPortal.Features.Customers;

namespace CrmPortal.Features.Segments;

/// <summary>Rules in either of their two forms.</summary>
internal interface IRulesBody
{
    Optional<string?> Filter { get; }
    Optional<JsonElement?> Rules { get; }
}

internal static class RulesBodies
{
    /// <summary>The rules as lists write them, and whether there are any in the body.</summary>
    /// <exception cref="ApiException">Both forms are given.</exception>
    /// <exception cref="RuleViolationException">The rules cannot be read.</exception>
    public static (bool IsPresent, string? Text) Read(this IRulesBody body)
    {
        if (body.Filter.IsPresent && body.Rules.IsPresent) throw ApiException.BadField("rules", "Give either filter or rules.");
        if (!body.Rules.IsPresent) return (body.Filter.IsPresent, body.Filter.Value);
        return (true, body.Rules.Value is { ValueKind: not JsonValueKind.Null } rules ? FilterJson.Read(rules).ToString() : null);
    }
}

/// <summary>A segment as a program makes or changes it: a field that is absent stays as it is, null clears it.</summary>
internal sealed record SegmentBody : IRulesBody
{
    public Optional<string?> Name { get; init; }
    public Optional<string?> Description { get; init; }

    [Description("The rules as the list of customers writes them, such as tier:any:gold;spent:more:500.")]
    public Optional<string?> Filter { get; init; }

    [Description(
        """The same as conditions joined by all, any and not, such as {"all":[{"field":"spent","is":"more","values":["500"]}]}.""")]
    public Optional<JsonElement?> Rules { get; init; }

    public SegmentInput On(SegmentDetails? present)
    {
        var (isPresent, text) = this.Read();
        return new(Name.Or(present?.Name), Description.Or(present?.Description), isPresent ? text : present?.Filter);
    }
}

/// <summary>Rules that are tried.</summary>
internal sealed record SegmentRulesBody : IRulesBody
{
    [Description("The rules as the list of customers writes them, such as tier:any:gold;spent:more:500.")]
    public Optional<string?> Filter { get; init; }

    [Description("The same as conditions joined by all, any and not.")]
    public Optional<JsonElement?> Rules { get; init; }
}

/// <summary>A segment.</summary>
/// <param name="Filter">The rules as the list of customers writes them.</param>
/// <param name="Rules">The same as conditions joined by all, any and not.</param>
/// <param name="MemberCount">How many were in it when they were last counted.</param>
internal sealed record RuleSegmentAnswer(long Id, string Name, string? Description, string Filter, JsonObject? Rules, int? MemberCount,
    DateTimeOffset? CountedAt, DateTimeOffset CreatedAt, string CreatedBy, long Version)
{
    public static RuleSegmentAnswer Of(SegmentDetails segment) => new(segment.Id, segment.Name, segment.Description, segment.Filter,
        segment.Filter.Length == 0 ? null : FilterJson.Write(FilterText.Parse(segment.Filter)), segment.Customers, segment.CountedAt,
        segment.CreatedAt, segment.CreatedByName, segment.Version);
}

/// <summary>Who fits rules now.</summary>
/// <param name="Sample">The first of them, the newest first.</param>
internal sealed record SegmentPreviewAnswer(int Customers, IReadOnlyList<CustomerLine> Sample);

/// <summary>A member of a segment.</summary>
internal sealed record SegmentMemberAnswer(long CustomerId, string CustomerNumber, string CustomerName, DateTimeOffset Since,
    int TotalOrders, decimal TotalSpent)
{
    public static SegmentMemberAnswer Of(MemberDetails member, string currency) => new(member.CustomerId, member.Number, member.Name,
        member.Since, member.Orders.Count, Money.ToDecimal(member.Orders.Spent, currency));
}

/// <summary>Two segments or groups side by side.</summary>
/// <param name="Both">Customers who are in both.</param>
internal sealed record SegmentComparisonAnswer(ComparedSegmentAnswer First, ComparedSegmentAnswer Second, int Both)
{
    public static SegmentComparisonAnswer Of(SegmentComparison comparison, string currency) => new(
        ComparedSegmentAnswer.Of(comparison.First, currency), ComparedSegmentAnswer.Of(comparison.Second, currency), comparison.Both);
}

/// <summary>One side of a comparison; amounts are in the shop's currency.</summary>
/// <param name="Only">Customers who are in this one alone.</param>
internal sealed record ComparedSegmentAnswer(long Id, string Name, int Customers, int Only, int TotalOrders, decimal TotalSpent,
    decimal? AverageOrderValue)
{
    public static ComparedSegmentAnswer Of(ComparedSegment segment, string currency) => new(segment.Id, segment.Name, segment.Customers,
        segment.Only, segment.Orders, Money.ToDecimal(segment.Spent, currency),
        segment.AverageOrder is { } average ? Money.ToDecimal(average, currency) : null);
}

/// <summary>Whether a customer meets a rule.</summary>
/// <param name="Rule">As the list of customers writes it.</param>
/// <param name="Value">Of a condition, the customer's value; null where it is unknown or is in rows of its own.</param>
/// <param name="Parts">Of a group, its rules.</param>
internal sealed record RuleCheckAnswer(string Rule, bool IsMet, string? Value, IReadOnlyList<RuleCheckAnswer> Parts)
{
    public static RuleCheckAnswer Of(RuleCheck check) => new(check.Rule.ToString() ?? "", check.IsMet,
        check.Value is null ? null : Convert.ToString(check.Value, CultureInfo.InvariantCulture), [.. check.Parts.Select(Of)]);
}

/// <summary>What the API's description shows of segments.</summary>
internal static class SegmentExamples
{
    public const string Rules = """{ "filter": "spent:more:500" }""";

    public const string Input = """
        { "name": "Big spenders", "description": "For the spring catalogue",
          "rules": {"all": [{"field": "spent", "is": "more", "values": ["500"]}]} }
        """;

    public const string Segment = """
        { "id": 4, "name": "Big spenders", "description": "For the spring catalogue", "filter": "spent:more:500",
          "rules": {"all": [{"field": "spent", "is": "more", "values": ["500"]}]}, "member_count": 128,
          "counted_at": "2026-01-31T09:30:00Z", "created_at": "2026-01-31T09:30:00Z", "created_by": "Ada Manager", "version": 1 }
        """;

    public const string Preview = """{ "customers": 0, "sample": [] }""";

    public const string Members = """
        { "items": [ { "customer_id": 12, "customer_number": "CUST-20251217-0001", "customer_name": "John Doe",
            "since": "2026-01-31T09:30:00Z", "total_orders": 15, "total_spent": 4500.00 } ], "page": 1, "limit": 20, "total": 1, "pages": 1 }
        """;

    public const string Comparison = """
        { "first": { "id": 4, "name": "Big spenders", "customers": 128, "only": 100, "total_orders": 900, "total_spent": 120000.00,
            "average_order_value": 133.33 },
          "second": { "id": 5, "name": "Newsletter", "customers": 60, "only": 32, "total_orders": 200, "total_spent": 9000.00,
            "average_order_value": 45.00 }, "both": 28 }
        """;

    public const string Why = """
        { "rule": "spent:more:500", "is_met": true, "value": null,
          "parts": [ { "rule": "spent:more:500", "is_met": true, "value": "4500.00", "parts": [] } ] }
        """;

    public static readonly string List = $$"""{ "items": [ {{Segment}} ], "page": 1, "limit": 20, "total": 1, "pages": 1 }""";
}
