using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Analytics;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Analytics;

/// <summary>Figures of the shop and of one customer, for programs.</summary>
internal static class AnalyticsEndpoints
{
    public static void MapAnalytics(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/analytics").WithTags("Analytics");
        group.MapGet("/retention", RetentionAsync)
            .Documented("GetRetention", "Get who came back by the month of their first order", Permissions.ReportsView, null, 200,
                AnalyticsExamples.Retention);
        group.MapGet("/trends", TrendsAsync)
            .Documented("GetTrends", "Get the sales of some days beside those before them", Permissions.ReportsView, null, 200,
                AnalyticsExamples.Trends);
        MapSummary(api.MapGroup(@"/customers/{id:regex(^\d+$)}").WithTags("Analytics"), new(ApiContract.Core), "");
    }

    /// <summary>Maps what document 3 prints under its own customers.</summary>
    /// <param name="prefix">Stands in front of the operations' names, which are unique among all contracts.</param>
    public static void MapAnalytics(this RouteGroupBuilder customers, ApiContract contract, string prefix) =>
        MapSummary(customers.MapGroup("/{id}"), new(contract), prefix);

    private static void MapSummary(RouteGroupBuilder customer, AnalyticsExamples examples, string prefix) =>
        customer.MapGet("/analytics/summary", SummaryAsync)
            .Documented(prefix + "GetCustomerAnalyticsSummary", "Get orders, points, scores and value of a customer together",
                Permissions.CustomersView, null, 200, examples.Summary);

    private static async Task<Ok<RetentionAnswer>> RetentionAsync(
        [Description("Only customers whose first order was in this year; without it those of the last 24 months.")] int? year,
        RetentionService retention, IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        TypedResults.Ok(RetentionAnswer.Of(await retention.GetAsync(year, cancellationToken), shop.Value));

    private static async Task<Ok<TrendsAnswer>> TrendsAsync(
        [Description("The first day; without both days, this month as far as it has come.")] DateOnly? from,
        [Description("The last day.")] DateOnly? to, TrendsService trends, ShopClock clock, IOptions<ShopOptions> shop,
        CancellationToken cancellationToken)
    {
        var kind = from is null && to is null ? PeriodKind.Month : PeriodKind.Own;
        return TypedResults.Ok(TrendsAnswer.Of(await trends.GetAsync(TrendPeriod.Of(kind, null, from, to, clock.Today), cancellationToken),
            shop.Value));
    }

    private static async Task<Ok<CustomerSummaryAnswer>> SummaryAsync([Description("The id of the customer.")] string id,
        CustomerSummaryService summaries, IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        TypedResults.Ok(CustomerSummaryAnswer.Of(await summaries.GetAsync(OpaqueId.Read(id), cancellationToken)
            ?? throw ApiException.NotFound("Customer not found"), shop.Value.Currency));
}
