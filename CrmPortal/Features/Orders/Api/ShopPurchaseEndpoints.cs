using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CrmPortal.Features.Orders;

/// <summary>What a customer bought, wishes for and says of products, as document 2 prints it, for staff and for the customer.</summary>
internal static class ShopPurchaseEndpoints
{
    private const string Order = """
        {
          "id": 101, "order_number": "A-1001", "status": "delivered", "total": "150.00", "currency": "USD", "item_count": 2, "placed_at": "2025-10-15T14:30:00Z"
        }
        """;

    private const string Wish = """{ "id": 1, "product_code": "MUG-1", "name": "Mug", "added_at": "2026-01-31T09:30:00Z" }""";

    private const string Review = """
        { "id": 1, "product_code": "MUG-1", "product_name": "Mug", "rating": 5, "title": "Lovely", "text": "Keeps warm.", "at": "2026-01-31T09:30:00Z", "version": 0 }
        """;

    private static readonly Dictionary<string, string> States = Enum.GetValues<OrderStatus>().Select(s => s.ToString().ToLowerInvariant())
        .ToDictionary(s => s, s => $"status:any:{s}");

    public static void MapShopPurchases(this RouteGroupBuilder shop)
    {
        var customer = shop.MapGroup(@"/customers/{id:regex(^\d+$)}").WithTags("Shopping");
        customer.MapGet("/orders", OrdersAsync).NeedsPermissionOrOwner(Permissions.OrdersView)
            .Documented("ShopListOrders", "List the orders of a customer, the newest first", null, 200,
                $$"""{ "items": [ {{Order}} ], "page": 1, "limit": 20, "total": 1, "pages": 1 }""");
        customer.MapGet("/wishlist", WishesAsync).NeedsPermissionOrOwner(Permissions.CustomersView)
            .Documented("ShopListWishes", "List the products on a customer's wishlist", null, 200, $"[{Wish}]");
        customer.MapGet("/reviews", ReviewsAsync).NeedsPermissionOrOwner(Permissions.CustomersView)
            .Documented("ShopListReviews", "List a customer's product reviews", null, 200, $"[{Review}]");
    }

    private static async Task<Ok<ListAnswer<ShopOrderAnswer>>> OrdersAsync([Description("The id of the customer.")] long id,
        [FromQuery, Description("Such as delivered.")] string? status, [FromQuery] int? page, [FromQuery] int? limit, HttpContext http,
        OrderService orders, CustomerService customers, CancellationToken cancellationToken)
    {
        await customers.FindAsync(id, cancellationToken);
        var query = new OrderQuery(Filter: new DocumentedFilter().Word("status", status, States).Text, CustomerId: id);
        var wanted = http.Contract().Paging.Page(page, limit, OrderListQuery.UsualLimit);
        var count = await orders.CountAsync(query, null, cancellationToken);
        var rows = await orders.ListAsync(query, wanted with { Total = count.Rows }, cancellationToken);
        return TypedResults.Ok(ListAnswer<ShopOrderAnswer>.Of(http, [.. rows.Items.Select(ShopOrderAnswer.Of)], wanted.Number, wanted.Size,
            count.Rows));
    }

    private static async Task<Ok<IReadOnlyList<WishDetails>>> WishesAsync([Description("The id of the customer.")] long id,
        ShoppingService shopping, CustomerService customers, CancellationToken cancellationToken)
    {
        await customers.FindAsync(id, cancellationToken);
        return TypedResults.Ok(await shopping.WishesAsync(id, cancellationToken));
    }

    private static async Task<Ok<IReadOnlyList<ReviewDetails>>> ReviewsAsync([Description("The id of the customer.")] long id,
        ShoppingService shopping, CustomerService customers, CancellationToken cancellationToken)
    {
        await customers.FindAsync(id, cancellationToken);
        return TypedResults.Ok(await shopping.ReviewsAsync(id, cancellationToken));
    }
}

/// <summary>An order in the list of a customer.</summary>
internal sealed record ShopOrderAnswer(long Id, string OrderNumber, OrderStatus Status, ContractMoney Total, string Currency, int ItemCount,
    DateTimeOffset PlacedAt)
{
    public static ShopOrderAnswer Of(OrderRow row) => new(row.Id, row.Name, row.Status, new(Money.ToDecimal(row.Total, row.Currency)),
        row.Currency, row.LineCount, row.PlacedAt);
}
