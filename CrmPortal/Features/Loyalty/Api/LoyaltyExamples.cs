using CrmPortal.Api.Contracts;

namespace CrmPortal.Features.Loyalty;

/// <summary>What the API's description shows, with ids as the contract writes them.</summary>
internal sealed class LoyaltyExamples(ApiContract contract)
{
    public const string Metrics = """
        {
          "total_members": 5000, "active_members": 4500, "bronze_members": 3000, "silver_members": 1200, "gold_members": 250,
          "platinum_members": 50, "total_points_issued": 5000000, "total_points_redeemed": 1500000, "total_points_expired": 200000,
          "current_outstanding_points": 3300000, "redemption_rate": 30.0
        }
        """;

    public const string Expired = """{"message":"Points expired successfully.","points_expired":200,"lots":3}""";

    private readonly string _id = contract.Written(17);

    public string Balance => $$"""
        {
          "customer_id": {{_id}}, "current_balance": 1500, "lifetime_points": 3500, "points_expiring_soon": 200,
          "points_expiring_date": "2025-12-31T23:59:59Z", "tier": "silver", "pending_points": 0
        }
        """;

    public string Earned => Entry("EARNED");

    public string Redeemed => Entry("REDEEMED");

    public string Adjusted => Entry("ADJUSTED");

    public string Earning => $$"""
        {"customer_id":{{_id}},"points":200,"description":"Purchase reward - Order #12345","order_id":"12345","expiry_days":365}
        """;

    public string Redeeming => $$"""{"customer_id":{{_id}},"points":500,"description":"Discount redemption","order_id":"12346"}""";

    public string Adjusting => $$"""{"customer_id":{{_id}},"points":100,"reason":"Compensation for delayed delivery"}""";

    public string Giving => $$"""
        {"customer_id":{{_id}},"new_tier":"gold","reason":"Promotional upgrade","tier_expiry_date":"2026-12-31"}
        """;

    public string Standing => $$"""
        {
          "customer_id": {{_id}}, "tier": "gold", "is_manual": true, "tier_expires_at": "2027-01-01T00:00:00Z", "basis_amount": 2450.00,
          "next_tier": "platinum", "remaining": 7550.00
        }
        """;

    private string Entry(string kind) => $$"""
        {
          "id": {{_id}}, "customer_id": {{_id}}, "transaction_type": "{{kind}}", "points": 200, "balance_after": 1500,
          "description": "Purchase reward - Order #12345", "order_id": "12345", "expires_at": "2026-12-31T00:00:00Z",
          "created_at": "2025-12-31T10:00:00Z"
        }
        """;
}
