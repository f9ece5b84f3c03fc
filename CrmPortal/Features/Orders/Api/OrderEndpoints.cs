using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Orders;

/// <summary>Orders and refunds for programs: shops and tills send them here, as often as they like.</summary>
internal static class OrderEndpoints
{
    private const string NotFound = "Order not found";
    private const string ById = @"/{id:regex(^\d+$)}";

    public static void MapOrders(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/orders").WithTags("Orders");
        group.MapGet("/", ListAsync).WithName("ListOrders").WithSummary("List orders, one page at a time")
            .NeedsPermission(Permissions.OrdersView)
            .WithExample(null, 200, OrderExamples.List).AnswersProblems(400, 401, 403, 429, 500, 503);
        group.MapGet(ById, GetAsync).WithName("GetOrder").WithSummary("Get an order with its lines and refunds")
            .NeedsPermission(Permissions.OrdersView)
            .WithExample(null, 200, OrderExamples.Order).AnswersTagged(isConditional: true)
                .AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        group.MapGet("/external/{externalId}", GetByExternalIdAsync).WithName("GetOrderByExternalId")
            .WithSummary("Get an order by its number in your system").NeedsPermission(Permissions.OrdersView)
            .WithExample(null, 200, OrderExamples.Order).AnswersTagged(isConditional: true)
                .AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        group.MapPost("/", SaveAsync).WithName("CreateOrder").WithSummary("Create an order, or change the one with this external_id")
            .NeedsPermission(Permissions.OrdersEdit)
            .WithDescription("Sending the same order again changes nothing.")
            .WithExample(OrderExamples.Creation, 201, OrderExamples.Order).WithExample(null, 200, OrderExamples.Order)
                .AnswersTagged(isConditional: false).AnswersProblems(400, 401, 403, 409, 413, 415, 422, 429, 500, 503);
        group.MapPut(ById, UpdateAsync).WithName("ReplaceOrder").WithSummary("Change an order; absent fields stay as they are")
            .NeedsPermission(Permissions.OrdersEdit)
            .WithExample(OrderExamples.Change, 200, OrderExamples.Order).AnswersTagged(isConditional: false)
                .AnswersProblems(400, 401, 403, 404, 409, 412, 413, 415, 429, 500, 503);
        group.MapPatch(ById, UpdateAsync).WithName("UpdateOrder").WithSummary("Change some fields of an order, such as its status")
            .NeedsPermission(Permissions.OrdersEdit)
            .WithExample(OrderExamples.Change, 200, OrderExamples.Order).AnswersTagged(isConditional: false)
                .AnswersProblems(400, 401, 403, 404, 409, 412, 413, 415, 429, 500, 503);
        group.MapPost(ById + "/match", MatchAsync).WithName("MatchOrder").WithSummary("Match an order to a customer")
            .NeedsPermission(Permissions.OrdersEdit)
            .WithDescription(
                "With customer_id the order is matched to that customer, with null to none. Without it, the customer is looked up again by loyalty card, e-mail and phone.")
            .WithExample("""{ "customer_id": 1 }""", 200, OrderExamples.Order).AnswersTagged(isConditional: false)
            .AnswersProblems(400, 401, 403, 404, 413, 415, 429, 500, 503);
        group.MapGet(ById + "/refunds", RefundsAsync).WithName("ListRefunds").WithSummary("List the refunds of an order, oldest first")
            .NeedsPermission(Permissions.OrdersView)
            .WithExample(null, 200, $"[{OrderExamples.Refund}]").AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        group.MapPost(ById + "/refunds", RefundAsync).WithName("RefundOrder").WithSummary("Refund an order in part or in full")
            .NeedsPermission(Permissions.OrdersRefund)
            .WithDescription(
                "Without lines, everything that is left is refunded. If a refund with the same external_id already exists, it is returned instead of being created again.")
            .WithExample(OrderExamples.RefundCreation, 201, OrderExamples.Refund).WithExample(null, 200, OrderExamples.Refund)
                .AnswersProblems(400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503);
        api.MapGet(@"/customers/{id:regex(^\d+$)}/orders", OfCustomerAsync).WithTags("Orders").WithName("ListCustomerOrders")
            .WithSummary("List the orders of a customer, newest first").NeedsPermission(Permissions.OrdersView)
            .WithExample(null, 200, OrderExamples.List).AnswersProblems(400, 401, 403, 404, 429, 500, 503);
    }

    private static async Task<Ok<ListAnswer<OrderItem>>> ListAsync([AsParameters] OrderListQuery query, HttpContext http,
        OrderService orders, CancellationToken cancellationToken)
    {
        var (sort, descending) = query.Order();
        return TypedResults.Ok(await PageAsync(http, orders, new(query.Search, query.Filter, sort, descending), query.Page, query.Limit,
            cancellationToken));
    }

    private static async Task<Ok<ListAnswer<OrderItem>>> OfCustomerAsync(
        [Description("The id of the customer.")] long id, HttpContext http, OrderService orders, CustomerService customers,
            CancellationToken cancellationToken, int page = 1, int limit = OrderListQuery.UsualLimit)
    {
        _ = await customers.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound("Customer not found");
        return TypedResults.Ok(await PageAsync(http, orders, new(CustomerId: id), page, limit, cancellationToken));
    }

    private static async Task<ListAnswer<OrderItem>> PageAsync(HttpContext http, OrderService orders, OrderQuery wanted, int? number,
        int? limit, CancellationToken cancellationToken)
    {
        var page = http.Contract().Paging.Page(number, limit, OrderListQuery.UsualLimit);
        var count = await orders.CountAsync(wanted, null, cancellationToken);
        var rows = await orders.ListAsync(wanted, page with { Total = count.Rows }, cancellationToken);
        return ListAnswer<OrderItem>.Of(http, [.. rows.Items.Select(OrderItem.Of)], page.Number, page.Size, count.Rows);
    }

    private static async Task<Results<Ok<OrderAnswer>, StatusCodeHttpResult>> GetAsync([Description("The id of the order.")] long id,
        HttpContext http, OrderService orders, IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        Known(http, await orders.GetAsync(id, cancellationToken), shop);

    private static async Task<Results<Ok<OrderAnswer>, StatusCodeHttpResult>> GetByExternalIdAsync(
        [Description("The order's number in your system.")] string externalId, HttpContext http, OrderService orders,
            IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        Known(http, await orders.FindByExternalIdAsync(externalId, cancellationToken), shop);

    private static Results<Ok<OrderAnswer>, StatusCodeHttpResult> Known(HttpContext http, OrderDetails? order, IOptions<ShopOptions> shop)
    {
        if (order is null) throw ApiException.NotFound(NotFound);
        return EntityTags.Answer(http, order.Version, OrderAnswer.Of(order, shop.Value.Currency));
    }

    private static async Task<Results<Created<OrderAnswer>, Ok<OrderAnswer>>> SaveAsync(OrderInput input, HttpContext http,
        OrderService orders, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var saved = string.IsNullOrWhiteSpace(input.ExternalId.Value) ? await orders.CreateAsync(input, cancellationToken) : await orders
            .UpsertAsync(input, cancellationToken);
        var answer = Tagged(http, saved, shop);
        return saved.IsCreated ? TypedResults.Created($"{ApiSetup.Root}/orders/{saved.Order.Id}", answer) : TypedResults.Ok(answer);
    }

    private static async Task<Ok<OrderAnswer>> UpdateAsync([Description("The id of the order.")] long id, OrderInput input,
        HttpContext http, OrderService orders, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var expected = await EntityTags.ExpectedAsync(http.Request, async () => (await orders.GetAsync(id, cancellationToken))?.Version);
        return TypedResults.Ok(Tagged(http, await orders.UpdateAsync(id, input, expected, cancellationToken), shop));
    }

    private static async Task<Ok<OrderAnswer>> MatchAsync([Description("The id of the order.")] long id, MatchInput input, HttpContext http,
        OrderService orders, IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        TypedResults.Ok(Tagged(http, input.CustomerId.IsPresent
            ? await orders.MatchAsync(id, input.CustomerId.Value, null, cancellationToken) : await orders
            .MatchByContactAsync(id, cancellationToken), shop));

    private static async Task<Ok<IReadOnlyList<RefundAnswer>>> RefundsAsync([Description("The id of the order.")] long id,
        OrderService orders, CancellationToken cancellationToken) =>
        TypedResults.Ok<IReadOnlyList<RefundAnswer>>(
            [.. (await orders.RefundsAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound)).Select(RefundAnswer.Of)]);

    private static async Task<Results<Created<RefundAnswer>, Ok<RefundAnswer>>> RefundAsync([Description("The id of the order.")] long id,
        RefundInput input, OrderService orders, CancellationToken cancellationToken)
    {
        var refunded = await orders.RefundAsync(id, input, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        var answer = RefundAnswer.Of(refunded.Refund);
        return refunded.IsRepeat ? TypedResults.Ok(answer) : TypedResults.Created($"{ApiSetup.Root}/orders/{id}/refunds", answer);
    }

    private static OrderAnswer Tagged(HttpContext http, OrderChangeResult? changed, IOptions<ShopOptions> shop)
    {
        if (changed is null) throw ApiException.NotFound(NotFound);
        var answer = OrderAnswer.Of(changed.Order, shop.Value.Currency);
        http.Response.Headers.ETag = EntityTags.Tag(http, changed.Order.Version, answer);
        return answer;
    }
}

/// <summary>Which orders a list shows.</summary>
internal sealed class OrderListQuery
{
    public const int UsualLimit = 20;

    private static readonly Dictionary<string, OrderSort> Orders = new() { ["placed_at"] = OrderSort.Placed, ["total"] = OrderSort.Total };

    [FromQuery(Name = "page"), Description("Starts at 1.")]
    public int? Page { get; init; }

    [FromQuery(Name = "limit"), Description("Orders per page; defaults to 20, at most 100.")]
    public int? Limit { get; init; }

    [FromQuery(Name = "search"), Description("An order number or its beginning.")]
    public string? Search { get; init; }

    [FromQuery(Name = "filter"),
        Description("Conditions such as status:any:paid,shipped;total:more:100;anonymous:yes;customer:is:CUST-20260131-0001.")]
    public string? Filter { get; init; }

    [FromQuery(Name = "ordering"), Description("placed_at or total; a leading - reverses the order. Defaults to -placed_at.")]
    public string? Ordering { get; init; }

    /// <exception cref="ApiException">There is no such order.</exception>
    public (OrderSort Sort, bool Descending) Order()
    {
        if (string.IsNullOrEmpty(Ordering)) return (OrderSort.Placed, true);
        return Orders.TryGetValue(Ordering.TrimStart('-'), out var sort) && Ordering.LastIndexOf('-') <= 0
            ? (sort, Ordering[0] == '-')
            : throw ApiException.BadField("ordering", "Order by placed_at or total, with a leading - for the other way round.");
    }
}
