using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Segments;

namespace CrmPortal.Features.Segments;

/// <summary>A group as a program makes or changes it: a field that is absent stays as it is, null clears it.</summary>
internal sealed record GroupBody
{
    public Optional<string?> Name { get; init; }
    public Optional<string?> Description { get; init; }

    [Description("From 0 to 100, with at most two decimals.")]
    public Optional<decimal?> DiscountPercentage { get; init; }

    public Optional<bool?> PrioritySupport { get; init; }
    public Optional<bool?> FreeShipping { get; init; }

    [Description(
        """Conditions joined by all, any and not, such as {"all":[{"field":"spent","is":"more","values":["500"]}]}; null for none.""")]
    public Optional<JsonElement?> AssignmentRules { get; init; }

    public GroupInput On(GroupDetails? present) => new(Name.Or(present?.Name), Description.Or(present?.Description),
        AssignmentRules.IsPresent ? AssignmentRules.Value is { ValueKind: not JsonValueKind.Null } rules ? FilterJson.Read(rules).ToString()
            : null : present?.Filter,
        DiscountPercentage.IsPresent ? DiscountPercentage.Value ?? 0 : present?.Perks.DiscountPercent ?? 0,
        PrioritySupport.IsPresent ? PrioritySupport.Value ?? false : present?.Perks.PrioritySupport ?? false,
        FreeShipping.IsPresent ? FreeShipping.Value ?? false : present?.Perks.FreeShipping ?? false);
}

internal sealed record GroupMemberBody
{
    public required OpaqueId CustomerId { get; init; }
}

/// <summary>A group with its perks.</summary>
/// <param name="AssignmentRules">Null where members are added by hand only.</param>
internal sealed record GroupAnswer(long Id, string Name, string? Description, decimal DiscountPercentage, bool PrioritySupport,
    bool FreeShipping, JsonObject? AssignmentRules, int MemberCount, DateTimeOffset CreatedAt)
{
    /// <summary>Written as the document prints it, with two decimals.</summary>
    private const decimal TwoPlaces = 0.00m;

    /// <summary>The members together; only where one group is asked for.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public GroupStatisticsAnswer? Statistics { get; init; }

    public static GroupAnswer Of(GroupDetails group) => new(group.Id, group.Name, group.Description,
        group.Perks.DiscountPercent + TwoPlaces, group.Perks.PrioritySupport, group.Perks.FreeShipping,
        group.Filter.Length == 0 ? null : FilterJson.Write(FilterText.Parse(group.Filter)), group.Customers, group.CreatedAt);
}

/// <summary>The members of a group together, in the shop's currency.</summary>
internal sealed record GroupStatisticsAnswer(int MemberCount, int NewThisMonth, int AddedByHand, int TotalOrders, ContractMoney TotalSpent,
    ContractMoney? AverageOrderValue)
{
    public static GroupStatisticsAnswer Of(GroupStatistics sums, string currency) => new(sums.Members, sums.New, sums.ByHand, sums.Orders,
        new(Money.ToDecimal(sums.Spent, currency)), sums.AverageOrder is { } average ? new(Money.ToDecimal(average, currency)) : null);
}

/// <summary>A member of a group.</summary>
internal sealed record GroupMemberAnswer(OpaqueId CustomerId, string CustomerNumber, string CustomerName, DateTimeOffset Since,
    bool AddedByHand, int TotalOrders, ContractMoney TotalSpent)
{
    public static GroupMemberAnswer Of(MemberDetails member, string currency) => new(new(member.CustomerId), member.Number, member.Name,
        member.Since, member.IsByHand, member.Orders.Count, new(Money.ToDecimal(member.Orders.Spent, currency)));
}

/// <summary>What the API's description shows, as the contract writes it.</summary>
internal sealed class GroupExamples(ApiContract contract)
{
    public const string Input = """
        {
          "name": "VIP Gold Members", "description": "Top tier customers with exclusive benefits", "discount_percentage": 15.00,
          "priority_support": true, "free_shipping": true
        }
        """;

    public const string Group = """
        {
          "id": 5, "name": "VIP Gold Members", "description": "Top tier customers with exclusive benefits", "discount_percentage": 15.00,
          "priority_support": true, "free_shipping": true,
          "assignment_rules": {"all": [{"field": "spent", "is": "more", "values": ["5000"]}]}, "member_count": 12,
          "created_at": "2026-01-31T09:30:00Z"
        }
        """;

    public static readonly string List = $$"""{"items": [{{Group}}], "page": 1, "limit": 20, "total": 1, "pages": 1}""";

    public string Customer => $$"""{"customer_id": {{contract.Written(123)}}}""";

    public string Members => $$"""
        {
          "items": [
            {"customer_id": {{contract.Written(123)}}, "customer_number": "CUST-20251217-0001", "customer_name": "John Doe",
             "since": "2026-01-31T09:30:00Z", "added_by_hand": true, "total_orders": 15, "total_spent": {{Money}}}
          ],
          "page": 1, "limit": 20, "total": 1, "pages": 1
        }
        """;

    private string Money => JsonSerializer.Serialize(new ContractMoney(4500), contract.Json);
}
