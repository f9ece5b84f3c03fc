using System.ComponentModel;
using System.Text.Json.Serialization;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Customers;

/// <summary>How many customers there are, as document 4 prints it at its own address, and in the core.</summary>
internal static class CustomerStatsEndpoints
{
    public static void MapStats(this RouteGroupBuilder customers) => customers.MapGet("/stats/summary", GetAsync)
        .Documented("GetCustomerStats", "Count customers by status and segment", Permissions.ReportsView, null, 200, """
            {"summary":{"total_customers":1250,"active_customers":980,"vip_customers":45,"blocked_customers":12,"new_this_month":78},
             "segments":[{"segment":"vip","count":45},{"segment":"regular","count":850},{"segment":"new","count":355}]}
            """);

    public static void MapStatsV2(this RouteGroupBuilder customers) => customers.MapGet("/stats/summary", GetV2Async)
        .Documented("V2GetCustomerStats", "Count customers by status and segment", Permissions.ReportsView, null, 200, """
            {"success":true,
             "summary":{"totalCustomers":1250,"activeCustomers":980,"vipCustomers":45,"blockedCustomers":12,"newThisMonth":78},
             "segments":[{"_id":"vip","count":45},{"_id":"regular","count":850},{"_id":"new","count":355}]}
            """);

    /// <summary>Maps the figures of one customer, as document 2 prints them, under the contract's customers.</summary>
    /// <param name="prefix">Stands in front of the operation's name, which is unique among all contracts.</param>
    public static void MapStatsOf(this RouteGroupBuilder api, string prefix) => api.MapGroup("/customers").WithTags("Customers")
        .MapGet(@"/{id:regex(^\d+$)}/stats", OfCustomerAsync).NeedsPermissionOrOwner(Permissions.CustomersView)
        .Documented(prefix + "GetStatsOfCustomer", "Get what a customer's orders and points come to", null, 200,
            prefix.Length > 0
                ? """
                {"total_orders":15,"total_spent":"2450.00","average_order_value":"163.33","last_order_date":"2025-10-15T14:30:00Z",
                 "loyalty_points":2450,"loyalty_tier":"gold"}
                """
                : """
                {"total_orders":15,"total_spent":2450.00,"average_order_value":163.33,"last_order_date":"2025-10-15T14:30:00Z",
                 "loyalty_points":2450,"loyalty_tier":"gold"}
                """);

    private static async Task<Ok<StatsOfCustomerAnswer>> OfCustomerAsync([Description("The id of the customer.")] string id,
        CustomerStatsService stats, IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        TypedResults.Ok(StatsOfCustomerAnswer.Of(await stats.OfCustomerAsync(OpaqueId.Read(id), cancellationToken)
            ?? throw ApiException.NotFound("Customer not found"), shop.Value.Currency));

    private static async Task<Ok<StatsAnswer>> GetAsync(CustomerStatsService stats, CancellationToken cancellationToken)
    {
        var found = await stats.GetAsync(cancellationToken);
        return TypedResults.Ok(new StatsAnswer(StatsSummary.Of(found),
            [.. Segments(found).Select(s => new SegmentCount(s.Name, s.Count))]));
    }

    private static async Task<Ok<StatsV2Answer>> GetV2Async(CustomerStatsService stats, CancellationToken cancellationToken)
    {
        var found = await stats.GetAsync(cancellationToken);
        return TypedResults.Ok(new StatsV2Answer(StatsSummary.Of(found),
            [.. Segments(found).Select(s => new SegmentCountV2(s.Name, s.Count))]));
    }

    private static IEnumerable<(string Name, int Count)> Segments(CustomerStats stats) =>
        [("vip", stats.Vip), ("regular", stats.Regular), ("new", stats.New)];
}

internal sealed record StatsAnswer(StatsSummary Summary, IReadOnlyList<SegmentCount> Segments);

internal sealed record StatsV2Answer(StatsSummary Summary, IReadOnlyList<SegmentCountV2> Segments);

internal sealed record StatsSummary(int TotalCustomers, int ActiveCustomers, int VipCustomers, int BlockedCustomers, int NewThisMonth)
{
    public static StatsSummary Of(CustomerStats stats) => new(stats.All, stats.Active, stats.Vip, stats.Blocked, stats.NewThisMonth);
}

internal sealed record SegmentCount(string Segment, int Count);

internal sealed record SegmentCountV2([property: JsonPropertyName("_id")] string Id, int Count);

internal sealed record StatsOfCustomerAnswer(int TotalOrders, ContractMoney TotalSpent, ContractMoney? AverageOrderValue,
    DateTimeOffset? LastOrderDate, long LoyaltyPoints, string? LoyaltyTier)
{
    public static StatsOfCustomerAnswer Of(StatsOfCustomer stats, string currency) => new(stats.Orders.Count,
        new(Money.ToDecimal(stats.Orders.Spent, currency)),
        stats.Orders.Average is { } average ? new(Money.ToDecimal(average, currency)) : null, stats.Orders.LastAt, stats.Points,
            stats.Tier);
}
