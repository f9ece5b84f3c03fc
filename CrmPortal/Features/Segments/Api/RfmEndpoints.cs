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
