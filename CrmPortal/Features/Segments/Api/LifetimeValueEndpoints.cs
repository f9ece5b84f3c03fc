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

/// <summary>The lifetime value of document 3, at its own address and in the core: one set of handlers.</summary>
internal static class LifetimeValueEndpoints
{
    /// <summary>So many customers are listed where nobody says how many.</summary>
    private const int UsualLimit = 10;

    public static void MapLifetimeValue(this RouteGroupBuilder api)
    {
        var examples = new LifetimeValueExamples(ApiContract.Core);
        MapAll(api.MapGroup("/analytics/clv").WithTags("Analytics"), examples, "");
        MapCustomer(api.MapGroup(@"/customers/{id:regex(^\d+$)}/analytics/clv").WithTags("Analytics"), examples, "");
    }

    /// <summary>Maps the same under the customers of another contract.</summary>
    /// <param name="prefix">Stands in front of the operations' names, which are unique among all contracts.</param>
    public static void MapLifetimeValue(this RouteGroupBuilder customers, ApiContract contract, string prefix)
    {
        var examples = new LifetimeValueExamples(contract);
        MapAll(customers.MapGroup("/analytics/clv"), examples, prefix);
        MapCustomer(customers.MapGroup("/{id}/analytics/clv"), examples, prefix);
    }

    private static void MapAll(RouteGroupBuilder group, LifetimeValueExamples examples, string prefix)
    {
        group.MapPost("/calculate", CalculateAsync)
            .Documented(prefix + "CalculateClv", "Calculate the lifetime value of customers", Permissions.SegmentsEdit,
                examples.Calculation, 200, LifetimeValueExamples.Calculated);
        group.MapGet("/analysis", AnalysisAsync)
            .Documented(prefix + "GetClvAnalysis", "Get how lifetime value is distributed among customers", Permissions.SegmentsView,
                null, 200, examples.Analysis);
    }

    private static void MapCustomer(RouteGroupBuilder group, LifetimeValueExamples examples, string prefix) => group.MapGet("", GetAsync)
        .Documented(prefix + "GetCustomerClv", "Get the lifetime value of a customer", Permissions.CustomersView, null, 200,
            examples.Customer);

    private static async Task<Ok<ValuesCalculatedAnswer>> CalculateAsync(LifetimeValueBody body, LifetimeValueService values,
        CancellationToken cancellationToken)
    {
        var result = await values.CalculateAsync(body.CustomerIds?.Select(id => id.Value).ToList(), body.PredictionMonths,
            body.Recalculate, cancellationToken);
        return TypedResults.Ok(new ValuesCalculatedAnswer(result.Calculated == 1 ? "CLV calculated for 1 customer"
            : $"CLV calculated for {result.Calculated} customers", result.Calculated, result.Months));
    }

    private static async Task<Ok<ValueAnalysisAnswer>> AnalysisAsync(LifetimeValueService values, IOptions<ShopOptions> shop,
        CancellationToken cancellationToken, [Description("Customers listed; defaults to 10, at most 100.")] int limit = UsualLimit) =>
        TypedResults.Ok(ValueAnalysisAnswer.Of(await values.SimpleAnalysisAsync(limit, cancellationToken), shop.Value.Currency));

    private static async Task<Ok<LifetimeValueAnswer>> GetAsync(string id, CustomerService customers, LifetimeValueService values,
        IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var customerId = OpaqueId.Read(id);
        if (await values.OfCustomerAsync(customerId, cancellationToken) is { } found)
            return TypedResults.Ok(LifetimeValueAnswer.Of(found, shop.Value.Currency));
        throw ApiException.NotFound(await customers.GetAsync(customerId, cancellationToken) is null
            ? "Customer not found" : "CLV not calculated for this customer");
    }
}
