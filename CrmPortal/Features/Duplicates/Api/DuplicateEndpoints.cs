using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Features.Customers;
using CrmPortal.Features.Settings;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Duplicates;

/// <summary>Customers who may be the same person, for programs.</summary>
internal static class DuplicateEndpoints
{
    private const string Side = """
        { "id": 1, "number": "CUST-20260131-0001", "name": "John Doe", "email": "john@example.com", "phone": null, "date_of_birth": null,
          "address": null, "total_orders": 2, "created_at": "2026-01-31T09:30:00Z" }
        """;

    private const string Pairs = $$"""
        { "items": [ { "id": 9, "score": 910, "reasons": [ { "kind": "same_email", "value": 1 } ], "first": {{Side}}, "second": {{Side}} } ],
          "page": 1, "limit": 20, "total": 1, "pages": 1 }
        """;

    public static void MapDuplicates(this RouteGroupBuilder api)
    {
        var pairs = api.MapGroup("/duplicates").WithTags("Duplicates");
        pairs.MapGet("/", ListAsync)
            .Documented("ListDuplicates", "List the pairs of customers who may be the same person, the surest first",
                Permissions.CustomersMerge, null, 200, Pairs).WithDescription("A pair is merged by POST /api/customers/merge.");
        pairs.MapPost("/scan", ScanAsync)
            .Documented("ScanDuplicates", "Compare all customers anew", Permissions.CustomersMerge, null, 202, JobExamples.Job);
        pairs.MapDelete(@"/{pairId:regex(^\d+$)}", DismissAsync)
            .Documented("DismissDuplicate", "Say that the two are different people", Permissions.CustomersMerge, null, 200,
                CustomerPartExamples.Done("They stay two customers."));
        api.MapGet(@"/customers/{id:regex(^\d+$)}/duplicates", OfCustomerAsync).WithTags("Duplicates")
            .Documented("ListDuplicatesOfCustomer", "List the customers who may be the same person as this one", Permissions.CustomersMerge,
                null, 200,
                """[ { "customer_id": 2, "number": "CUST-20260131-0002", "name": "Jon Doe", "score": 910, "reasons": [ { "kind": "same_email", "value": 1 } ] } ]""");
    }

    private static async Task<Ok<ListAnswer<DuplicatePairAnswer>>> ListAsync(int? page, int? limit, HttpContext http,
        DuplicateService duplicates, CancellationToken cancellationToken)
    {
        var wanted = http.Contract().Paging.Page(page, limit, ListQuery.UsualLimit);
        var total = await duplicates.CountAsync(cancellationToken);
        var found = await duplicates.ListAsync(wanted, cancellationToken);
        return TypedResults.Ok(ListAnswer<DuplicatePairAnswer>.Of(http, [.. found.Items.Select(DuplicatePairAnswer.Of)], wanted.Number,
            wanted.Size, total));
    }

    private static async Task<Accepted<JobAnswer>> ScanAsync(DuplicateService duplicates, JobService jobs,
        CancellationToken cancellationToken) =>
        await JobAnswer.AcceptedAsync(jobs, await duplicates.StartScanAsync(cancellationToken), cancellationToken);

    private static async Task<Ok<DoneAnswer>> DismissAsync([Description("The id of the pair.")] long pairId, DuplicateService duplicates,
        CancellationToken cancellationToken)
    {
        _ = await duplicates.DismissAsync(pairId, cancellationToken) ?? throw ApiException.NotFound("Pair not found");
        return TypedResults.Ok(new DoneAnswer("They stay two customers."));
    }

    private static async Task<Ok<IReadOnlyList<DuplicateMatch>>> OfCustomerAsync([Description("The id of the customer.")] long id,
        DuplicateService duplicates, CustomerService customers, CancellationToken cancellationToken)
    {
        await customers.FindAsync(id, cancellationToken);
        return TypedResults.Ok(await duplicates.SimilarToAsync(id, cancellationToken));
    }
}

/// <summary>Two customers who may be the same person.</summary>
/// <param name="Score">From 0 to 1,000.</param>
internal sealed record DuplicatePairAnswer(long Id, int Score, IReadOnlyList<DuplicateReason> Reasons, DuplicateSideAnswer First,
    DuplicateSideAnswer Second)
{
    public static DuplicatePairAnswer Of(DuplicatePairDetails pair) =>
        new(pair.Id, pair.Score, pair.Reasons, DuplicateSideAnswer.Of(pair.First), DuplicateSideAnswer.Of(pair.Second));
}

/// <summary>One of the two; what you may not see is masked.</summary>
internal sealed record DuplicateSideAnswer(long Id, string Number, string Name, string? Email, string? Phone, DateOnly? DateOfBirth,
    string? Address, int TotalOrders, DateTimeOffset CreatedAt)
{
    public static DuplicateSideAnswer Of(DuplicateSide side) => new(side.Id, side.Number, side.Name, side.Email, side.Phone,
        side.BirthDate, side.Address, side.Orders.Count, side.CreatedAt);
}
