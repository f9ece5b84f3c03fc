namespace CrmPortal.Features.Orders;

/// <summary>What the API's description shows of orders.</summary>
internal static class OrderExamples
{
    public const string Creation = """
        {
          "external_id": "W-1001", "channel": "web", "status": "paid", "placed_at": "2026-01-31T09:30:00Z", "currency": "EUR", "payment_method": "card",
          "email": "john.doe@example.com", "shipping_address": { "name": "John Doe", "line1": "1 High Street", "city": "London", "postal_code": "N1 1AA", "country": "GB" },
          "lines": [ { "product_code": "MUG-1", "name": "Mug", "category": "Kitchen", "brand": "Acme", "quantity": 2, "unit_price": 12.50, "discount": 2.00 } ]
        }
        """;

    public const string Change = """{ "status": "shipped" }""";

    public const string Order = $$"""
        {
          "id": 101, "number": "W-1001", "external_id": "W-1001", "status": "paid", "channel": "web", "placed_at": "2026-01-31T09:30:00Z", "customer_id": 1, "customer_name": "John Doe",
          "loyalty_card": null, "email": "john.doe@example.com", "phone": null, "payment_method": "card",
          "shipping_address": { "name": "John Doe", "line1": "1 High Street", "line2": null, "city": "London", "state": null, "postal_code": "N1 1AA", "country": "GB" }, "billing_address": null, "is_masked": false,
          "currency": "EUR", "rate": null, "total": 23.00, "base_total": 23.00, "refunded": 11.50, "points": 12,
          "lines": [ { "id": 501, "product_code": "MUG-1", "name": "Mug", "category": "Kitchen", "brand": "Acme", "quantity": 2, "unit_price": 12.50, "discount": 2.00, "tax": 0, "amount": 23.00, "quantity_left": 1, "amount_left": 11.50 } ],
          "refunds": [ {{Refund}} ],
          "version": 0
        }
        """;

    public const string List = """
        {
          "items": [ { "id": 101, "number": "W-1001", "placed_at": "2026-01-31T09:30:00Z", "customer_id": 1, "customer_name": "John Doe", "status": "paid", "channel": "web", "line_count": 1, "total": 23.00, "currency": "EUR" } ],
          "page": 1, "limit": 20, "total": 1, "pages": 1
        }
        """;

    public const string RefundCreation =
        """{ "external_id": "RW-1", "reason": "Broken", "is_return": true, "lines": [ { "line_id": 501, "quantity": 1 } ] }""";

    public const string Refund = """
        { "id": 31, "number": "RW-1", "external_id": "RW-1", "refunded_at": "2026-02-03T10:15:00Z", "amount": 11.50, "currency": "EUR", "reason": "Broken", "is_return": true,
          "lines": [ { "line_id": 501, "product_code": "MUG-1", "name": "Mug", "quantity": 1, "amount": 11.50 } ] }
        """;
}
