using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Customers;

/// <summary>Changes of several customers at once, as document 3 prints them, at its own address and in the core.</summary>
internal static class BulkEndpoints
{
    private const int MostNamed = 1_000;

    /// <summary>What the history says where a program gives none.</summary>
    private const string NoReason = "Bulk tier update";

    /// <param name="prefix">Stands in front of the operations' names, which are unique among all contracts.</param>
    public static void MapBulk(this RouteGroupBuilder customers, ApiContract contract, string prefix)
    {
        var ids = $"{contract.Written(17)}, {contract.Written(18)}, {contract.Written(19)}";
        var group = customers.MapGroup("/bulk");
        group.MapPost("/status", StatusAsync).Documented(prefix + "BulkStatus", "Activate or deactivate customers",
            Permissions.CustomersEdit,
            $$"""{"customer_ids":[{{ids}}],"is_active":false,"reason":"Bulk deactivation for maintenance"}""", 200,
            """{"message":"Updated status for 3 customers","customers_updated":3}""");
        group.MapPost("/tier", TierAsync).Documented(prefix + "BulkTier", "Give customers a tier", Permissions.LoyaltyAdjust,
            $$"""{"customer_ids":[{{ids}}],"new_tier":"gold","tier_expiry_date":"2026-12-31"}""", 200,
            """{"message":"Updated tier for 3 customers","customers_updated":3}""");
    }

    /// <summary>Each is a change of its own with its history; who is not there is not counted.</summary>
    private static async Task<Ok<BulkAnswer>> StatusAsync(BulkStatusBody body, CustomerService customers,
        CancellationToken cancellationToken)
    {
        var updated = 0;
        foreach (var id in Checked(body.CustomerIds))
            if (await customers.SetActiveAsync(id, body.IsActive, cancellationToken, body.Reason) is not null) updated++;
        return TypedResults.Ok(BulkAnswer.Of("status", updated));
    }

    private static async Task<Ok<BulkAnswer>> TierAsync(BulkTierBody body, TierService tiers, CancellationToken cancellationToken)
    {
        var updated = 0;
        foreach (var id in Checked(body.CustomerIds))
        {
            if (await tiers.GiveAsync(id, new() { Tier = body.NewTier, Until = body.TierExpiryDate, Reason = body.Reason ?? NoReason },
                cancellationToken) is not null) updated++;
        }

        return TypedResults.Ok(BulkAnswer.Of("tier", updated));
    }

    private static IEnumerable<long> Checked(IReadOnlyList<OpaqueId>? ids)
    {
        if (ids is null or { Count: 0 }) throw new RuleViolationException("CustomerIds", "Name at least one customer.");
        if (ids.Count > MostNamed)
            throw new RuleViolationException("CustomerIds", "At most {0} customers can be named at once.", MostNamed);
        return ids.Select(i => i.Value).Distinct();
    }
}

internal sealed record BulkStatusBody
{
    [Description("At most 1,000.")]
    public IReadOnlyList<OpaqueId>? CustomerIds { get; init; }

    public required bool IsActive { get; init; }

    public string? Reason { get; init; }
}

internal sealed record BulkTierBody
{
    [Description("At most 1,000.")]
    public IReadOnlyList<OpaqueId>? CustomerIds { get; init; }

    public string? NewTier { get; init; }

    [Description("The last day on which the tier holds; without one it holds until it is taken.")]
    public DateOnly? TierExpiryDate { get; init; }

    public string? Reason { get; init; }
}

internal sealed record BulkAnswer(string Message, int CustomersUpdated)
{
    public static BulkAnswer Of(string what, int updated) =>
        new(updated == 1 ? $"Updated {what} for 1 customer" : $"Updated {what} for {updated} customers", updated);
}
