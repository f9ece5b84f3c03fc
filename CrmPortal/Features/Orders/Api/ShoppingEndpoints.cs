using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Features.Customers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Orders;

/// <summary>Wishes, reviews and carts for programs.</summary>
internal static class ShoppingEndpoints
{
    private const string NotFound = "Customer not found";

    public static void MapShopping(this RouteGroupBuilder api)
    {
        var customer = api.MapGroup(@"/customers/{id:regex(^\d+$)}").WithTags("Shopping");
        customer.MapGet("/wishlist", WishesAsync)
            .Documented("ListWishes", "List the products on a customer's wishlist", Permissions.CustomersView, null, 200, $"[{Wish}]");
        customer.MapPost("/wishlist", WishAsync)
            .Documented("AddWish", "Add a product to a customer's wishlist, unless it is already there",
                Permissions.CustomersEdit, """{ "product_code": "MUG-1", "name": "Mug" }""", 201, Wish);
        customer.MapDelete(@"/wishlist/{itemId:regex(^\d+$)}", UnwishAsync)
            .Documented("DeleteWish", "Remove a product from the wishlist", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("Wish deleted successfully."));
        customer.MapGet("/reviews", ReviewsAsync)
            .Documented("ListReviews", "List a customer's product reviews", Permissions.CustomersView, null, 200, $"[{Review}]");
        customer.MapPost("/reviews", ReviewAsync)
            .Documented("SaveReview", "Add a customer's review of a product, or change the existing one", Permissions.CustomersEdit,
                """{ "product_code": "MUG-1", "rating": 5, "title": "Lovely", "text": "Keeps warm." }""", 200, Review);
        customer.MapDelete(@"/reviews/{reviewId:regex(^\d+$)}", RemoveReviewAsync)
            .Documented("DeleteReview", "Remove a review; the points it earned are kept", Permissions.CustomersEdit, null, 200,
                CustomerPartExamples.Done("Review deleted successfully."));
        customer.MapGet("/carts", CartsAsync)
            .Documented("ListCarts", "List a customer's carts, last changed first", Permissions.CustomersView, null, 200,
                $"[{Cart}]");
        api.MapPut("/carts/{externalId}", SaveCartAsync).WithTags("Shopping")
            .Documented("SaveCart", "Save the contents of a cart; a repeated call changes nothing", Permissions.CustomersEdit, CartBody, 200,
                Cart);
    }

    private static async Task<Ok<IReadOnlyList<WishDetails>>> WishesAsync(long id, ShoppingService shopping, CustomerService customers,
        CancellationToken cancellationToken)
    {
        await customers.FindAsync(id, cancellationToken);
        return TypedResults.Ok(await shopping.WishesAsync(id, cancellationToken));
    }

    private static async Task<Created<WishDetails>> WishAsync(long id, WishInput input, HttpContext http, ShoppingService shopping,
        CancellationToken cancellationToken)
    {
        var added = (await shopping.WishAsync(id, input, cancellationToken) ?? throw ApiException.NotFound(NotFound)).Part;
        return TypedResults.Created(http.Contract().AddressOf(id) + "/wishlist", added);
    }

    private static async Task<Ok<DoneAnswer>> UnwishAsync(long id, long itemId, ShoppingService shopping,
        CancellationToken cancellationToken)
    {
        _ = await shopping.UnwishAsync(id, itemId, cancellationToken) ?? throw ApiException.NotFound("Wish not found");
        return TypedResults.Ok(new DoneAnswer("Wish deleted successfully."));
    }

    private static async Task<Ok<IReadOnlyList<ReviewDetails>>> ReviewsAsync(long id, ShoppingService shopping,
        CustomerService customers, CancellationToken cancellationToken)
    {
        await customers.FindAsync(id, cancellationToken);
        return TypedResults.Ok(await shopping.ReviewsAsync(id, cancellationToken));
    }

    private static async Task<Ok<ReviewDetails>> ReviewAsync([Description("The id of the customer.")] long id, ReviewInput input,
        ShoppingService shopping, CancellationToken cancellationToken) =>
        TypedResults.Ok((await shopping.ReviewAsync(id, input, cancellationToken) ?? throw ApiException.NotFound(NotFound)).Review);

    private static async Task<Ok<DoneAnswer>> RemoveReviewAsync(long id, long reviewId, ShoppingService shopping,
        CancellationToken cancellationToken)
    {
        _ = await shopping.RemoveReviewAsync(id, reviewId, cancellationToken) ?? throw ApiException.NotFound("Review not found");
        return TypedResults.Ok(new DoneAnswer("Review deleted successfully."));
    }

    private static async Task<Ok<IReadOnlyList<CartAnswer>>> CartsAsync(long id, ShoppingService shopping, CustomerService customers,
        CancellationToken cancellationToken)
    {
        await customers.FindAsync(id, cancellationToken);
        return TypedResults.Ok<IReadOnlyList<CartAnswer>>(
            [.. (await shopping.CartsAsync(id, cancellationToken)).Select(CartAnswer.Of)]);
    }

    private static async Task<Ok<CartAnswer>> SaveCartAsync([Description("The cart's number in your system.")] string externalId,
        CartInput input, ShoppingService shopping, CancellationToken cancellationToken) =>
        TypedResults.Ok(CartAnswer.Of((await shopping.SaveCartAsync(externalId, input, cancellationToken)).Cart));

    private const string Wish = """{ "id": 1, "product_code": "MUG-1", "name": "Mug", "added_at": "2026-01-31T09:30:00Z" }""";

    private const string Review = """
        { "id": 1, "product_code": "MUG-1", "product_name": "Mug", "rating": 5, "title": "Lovely", "text": "Keeps warm.", "at": "2026-01-31T09:30:00Z", "version": 0 }
        """;

    private const string Cart = """
        { "id": 1, "external_id": "C-77", "customer_id": 1, "state": "open", "currency": "EUR", "total": 25.00, "changed_at": "2026-01-31T09:30:00Z",
          "lines": [ { "product_code": "MUG-1", "name": "Mug", "quantity": 2, "unit_price": 12.50, "amount": 25.00 } ], "version": 0 }
        """;

    private const string CartBody = """
        { "email": "john.doe@example.com", "state": "open", "lines": [ { "product_code": "MUG-1", "name": "Mug", "quantity": 2, "unit_price": 12.50 } ] }
        """;
}

/// <summary>A cart; amounts are in major units of its currency.</summary>
/// <param name="State">An open cart without changes for a while is abandoned.</param>
internal sealed record CartAnswer(long Id, string ExternalId, long? CustomerId, CartState State, string Currency, decimal Total,
    DateTimeOffset ChangedAt, IReadOnlyList<CartLineAnswer> Lines, long Version)
{
    public static CartAnswer Of(CartDetails c) => new(
        c.Id, c.ExternalId, c.CustomerId, c.State, c.Currency, Money.ToDecimal(c.Total, c.Currency), c.ChangedAt,
        [.. c.Lines.Select(l => new CartLineAnswer(l.ProductCode, l.Name, l.Quantity, l.UnitPrice / (decimal)Money.PriceScale,
            Money.ToDecimal(l.Amount, c.Currency)))], c.Version);
}

/// <summary>A product in a cart.</summary>
internal sealed record CartLineAnswer(string ProductCode, string Name, int Quantity, decimal UnitPrice, decimal Amount);
