namespace CrmPortal.Features.Customers;

/// <summary>Examples of document 2, as its pages print them.</summary>
internal static class ShopExamples
{
    public const string Customer = """
        {
          "id": 123, "customer_number": "CUST-20251001-0001", "username": "johndoe", "email": "john@example.com", "first_name": "John", "last_name": "Doe", "phone": "+12025550123",
          "phone_verified": true, "date_of_birth": "1990-01-15", "gender": "male", "is_active": true, "is_verified": true, "is_vip": false, "loyalty_tier": "silver",
          "loyalty_points": 2450, "accepts_marketing_email": true, "accepts_marketing_sms": false, "preferred_language": "en", "preferred_currency": "USD", "total_orders": 15,
          "total_spent": "2450.00", "average_order_value": "163.33", "last_order_date": "2025-10-15T14:30:00Z", "date_joined": "2025-01-10T09:00:00Z",
          "updated_at": "2025-10-15T14:30:00Z"
        }
        """;

    public const string List = $$"""{ "items": [ {{Customer}} ], "page": 1, "limit": 20, "total": 1, "pages": 1 }""";

    public const string Change = """
        { "first_name": "John", "last_name": "Smith", "phone": "+12025550123", "accepts_marketing_email": true, "preferred_currency": "USD" }
        """;

    public const string Registration = """
        {
          "username": "johndoe", "email": "john@example.com", "password": "SecureP@ssw0rd123!", "password2": "SecureP@ssw0rd123!", "first_name": "John", "last_name": "Doe",
          "phone": "+12025550123"
        }
        """;

    public const string Password = """
        { "old_password": "OldPassword123!", "new_password": "NewSecureP@ss456!", "new_password2": "NewSecureP@ss456!" }
        """;

    public const string NewEmail = """
        { "email": "john.new@example.com", "password": "SecureP@ssw0rd123!" }
        """;

    public const string AddressInput = """
        {
          "address_type": "shipping", "first_name": "John", "last_name": "Doe", "phone": "+12025550123", "address_line1": "123 Main St", "address_line2": "Apt 4B", "city": "New York",
          "state": "NY", "postal_code": "10001", "country": "USA", "is_default": true
        }
        """;

    public const string Address = """
        {
          "id": 456, "customer": 123, "address_type": "shipping", "first_name": "John", "last_name": "Doe", "phone": "+12025550123", "address_line1": "123 Main St",
          "address_line2": "Apt 4B", "city": "New York", "state": "NY", "postal_code": "10001", "country": "US", "is_default": true
        }
        """;
}
