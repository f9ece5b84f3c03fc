namespace CrmPortal.Features.Customers;

/// <summary>What the API's description shows, after the examples of the published documents.</summary>
internal static class CustomerExamples
{
    public const string Search = """
        { "search": "doe", "loyalty_tier": "gold", "min_total_spent": 500, "filter": "tags:any:vip", "ordering": "-total_spent", "limit": 20 }
        """;

    public const string Creation = """
        { "name": "John Doe", "email": "john.doe@example.com", "phone": "+1234567890", "tags": ["newsletter"] }
        """;

    public const string Change = """
        { "name": "Jane Smith", "email": "jane.smith@example.com", "phone": "+9876543210" }
        """;

    public const string Customer = $$"""
        { {{Record}} }
        """;

    public const string Changed = $$"""
        { "message": "Customer updated successfully.", {{Record}} }
        """;

    public const string Deleted = """
        { "message": "Customer deleted successfully.", "id": 1, "permanent": false }
        """;

    public const string List = """
        {
          "items": [
            {
              "id": 1, "number": "CUST-20260131-0001", "name": "John Doe", "email": "john.doe@example.com", "phone": "+1234567890", "status": "active",
              "is_vip": false, "source": "website", "language": "en", "city": "London", "country": "GB",
              "total_orders": 3, "total_spent": 249.50, "average_order_value": 83.17, "first_order_date": "2026-02-03T10:15:00Z", "last_order_date": "2026-04-12T16:40:00Z", "tags": ["newsletter"],
              "created_at": "2026-01-31T09:30:00Z", "updated_at": "2026-01-31T09:30:00Z", "last_interaction_at": "2026-01-31T09:30:00Z", "version": 0
            }
          ],
          "page": 1, "limit": 20, "total": 1, "pages": 1
        }
        """;

    private const string Record = """
        "id": 1, "number": "CUST-20260131-0001", "name": "John Doe", "first_name": "John", "last_name": "Doe", "email": "john.doe@example.com",
        "phone": "+1234567890", "external_id": null, "loyalty_card": null, "date_of_birth": "1990-05-17", "gender": "unspecified",
            "language": "en", "currency": "EUR", "country": "GB",
        "source": "website", "status": "active", "block_reason": null, "is_vip": false, "vip_reason": null, "is_masked": false, "preferred_name": null, "email_verified": true, "phone_verified": false, "email_marketing": true, "sms_marketing": false,
        "time_zone": "Europe/London", "contact_from": "09:00:00", "contact_until": "18:00:00", "preferred_agent_id": null, "subscription_state": "none", "first_contact_at": "2026-01-31T09:30:00Z", "custom_fields": { "shoe_size": "42" },
        "total_orders": 3, "total_spent": 249.50, "average_order_value": 83.17, "first_order_date": "2026-02-03T10:15:00Z", "last_order_date": "2026-04-12T16:40:00Z", "tags": ["newsletter"],
        "addresses": [
          { "id": 1, "type": "billing", "is_default": true, "line1": "1 High Street", "line2": null, "city": "London", "state": null, "postal_code": "N1 1AA", "country": "GB" }
        ],
        "contacts": [ { "id": 1, "kind": "email", "value": "doe@example.com", "label": "Work" } ],
        "created_at": "2026-01-31T09:30:00Z", "updated_at": "2026-01-31T09:30:00Z", "last_interaction_at": "2026-01-31T09:30:00Z", "version": 0
        """;
}
