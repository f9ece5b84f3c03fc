using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Analytics;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Segments;

/// <summary>The scores of document 3, at its own address and in the core: one set of handlers.</summary>
internal static class RfmEndpoints
{
    public static void MapRfm(this RouteGroupBuilder api)
    {
        var examples = new RfmExamples(ApiContract.Core);
        MapAll(api.MapGroup("/analytics/rfm").WithTags("Analytics"), examples, "");
        MapCustomer(api.MapGroup(@"/customers/{id:regex(^\d+$)}/analytics/rfm").WithTags("Analytics"), examples, "");
        var runs = api.MapGroup("/analytics/rfm/runs").WithTags("Analytics");
        runs.MapGet("", RunsAsync)
            .Documented("ListRfmRuns", "List the calculations of everybody, newest first", Permissions.SegmentsView, null, 200,
                """[ { "id": 8, "ended_at": "2026-01-31T04:10:00Z", "as_of": "2026-01-31", "by_name": "System", "window_months": null, "customers": 1200, "changed": 48 } ]""");
        runs.MapGet("/moves", MovesAsync)
            .Documented("ListRfmMoves", "List how many went from which segment to which between two calculations", Permissions.SegmentsView,
                null, 200, """[ { "from": "loyal", "to": "at_risk", "customers": 14 } ]""")
            .WithDescription("from is null for those who had no scores before, to for those who have none afterwards.");
    }

    /// <summary>Maps the same under the customers of another contract.</summary>
    /// <param name="prefix">Stands in front of the operations' names, which are unique among all contracts.</param>
    public static void MapRfm(this RouteGroupBuilder customers, ApiContract contract, string prefix)
    {
        var examples = new RfmExamples(contract);
        MapAll(customers.MapGroup("/analytics/rfm"), examples, prefix);
        MapCustomer(customers.MapGroup("/{id}/analytics/rfm"), examples, prefix);
    }

    private static void MapAll(RouteGroupBuilder group, RfmExamples examples, string prefix)
    {
        group.MapPost("/calculate", CalculateAsync)
            .Documented(prefix + "CalculateRfm", "Score customers by recency, frequency and monetary value", Permissions.SegmentsEdit,
                examples.Calculation, 200, RfmExamples.Calculated);
        group.MapGet("/distribution", DistributionAsync)
            .Documented(prefix + "GetRfmDistribution", "Get how customers are distributed among the segments", Permissions.SegmentsView,
                null, 200, RfmExamples.Distribution);
    }

    private static void MapCustomer(RouteGroupBuilder group, RfmExamples examples, string prefix) => group.MapGet("", GetAsync)
        .Documented(prefix + "GetCustomerRfm", "Get the scores of a customer", Permissions.CustomersView, null, 200, examples.Customer);

    private static async Task<Ok<CalculatedAnswer>> CalculateAsync(RfmBody body, RfmService scores, CancellationToken cancellationToken)
    {
        var result = await scores.CalculateAsync(body.CustomerIds?.Select(id => id.Value).ToList(), body.Recalculate, cancellationToken);
        return TypedResults.Ok(new CalculatedAnswer(result.Scored == 1 ? "RFM scores calculated for 1 customer"
            : $"RFM scores calculated for {result.Scored} customers", result.Scored));
    }

    private static async Task<Ok<DistributionAnswer>> DistributionAsync(RfmService scores, IOptions<ShopOptions> shop,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(DistributionAnswer.Of(await scores.DistributionAsync(null, cancellationToken), shop.Value.Currency));

    private static async Task<Ok<IReadOnlyList<RfmRunDetails>>> RunsAsync(RfmService scores, CancellationToken cancellationToken) =>
        TypedResults.Ok(await scores.RunsAsync(cancellationToken));

    private static async Task<Ok<IReadOnlyList<RfmMoveAnswer>>> MovesAsync([Description("The id of the earlier calculation.")] long first,
        [Description("The id of the later one.")] long second, RfmService scores, CancellationToken cancellationToken) =>
        TypedResults.Ok<IReadOnlyList<RfmMoveAnswer>>(
            [.. (await scores.MovesAsync(first, second, cancellationToken)).Select(m => new RfmMoveAnswer(m.From, m.To, m.Customers))]);

    private static async Task<Ok<RfmAnswer>> GetAsync(string id, CustomerService customers, RfmService scores, IOptions<ShopOptions> shop,
        CancellationToken cancellationToken)
    {
        var customerId = OpaqueId.Read(id);
        if (await scores.OfCustomerAsync(customerId, cancellationToken) is { } found)
            return TypedResults.Ok(RfmAnswer.Of(found, shop.Value.Currency));
        throw ApiException.NotFound(await customers.GetAsync(customerId, cancellationToken) is null
            ? "Customer not found" : "RFM scores not calculated for this customer");
    }
}

/// <summary>How many customers went from one segment to another, or stayed.</summary>
internal sealed record RfmMoveAnswer(RfmSegment? From, RfmSegment? To, int Customers);
