using CrmPortal.Api.Contracts;

namespace CrmPortal.Features.Analytics;

/// <summary>What the API's description shows, with ids as the contract writes them.</summary>
internal sealed class AnalyticsExamples(ApiContract contract)
{
    public const string Retention = """
        {
          "cohorts": [
            {"month": "2025-11-01", "customers": 120, "months": [
              {"months_since": 0, "customers": 120, "percentage": 100, "orders": 131, "revenue": 9840.50},
              {"months_since": 1, "customers": 30, "percentage": 25, "orders": 34, "revenue": 2210.00}
            ]}
          ],
          "currency": "EUR", "time_zone": "Europe/Berlin", "as_of": "2025-12-17T08:00:00Z"
        }
        """;

    public const string Trends = """
        {
          "from": "2025-12-01", "to": "2025-12-17",
          "period": {"revenue": 9840.50, "orders": 131, "average_order_value": 75.12, "new_customers": 40, "returning_orders": 80, "anonymous_orders": 11},
          "period_before": {"revenue": 9000.00, "orders": 120, "average_order_value": 75.00, "new_customers": 35, "returning_orders": 75, "anonymous_orders": 10},
          "year_before": null,
          "points": [{"from": "2025-12-01", "to": "2025-12-01", "revenue": 540.00, "orders": 7}],
          "currency": "EUR", "time_zone": "Europe/Berlin", "as_of": "2025-12-17T08:00:00Z"
        }
        """;

    public string Summary => $$"""
        {
          "customer_id": {{contract.Written(17)}}, "customer_number": "CUST-20251217-0001", "customer_name": "John Doe", "email": "john@example.com",
          "purchase_summary": {
            "customer_id": {{contract.Written(17)}}, "total_orders": 15, "total_spent": 60000.00, "average_order_value": 4000.00,
            "first_order_date": "2024-01-15T10:00:00Z", "last_order_date": "2025-12-15T14:30:00Z", "favorite_category": "Shirts",
            "favorite_brand": "Brand A", "most_purchased_product": "Blue Oxford Shirt", "purchase_frequency_days": 30
          },
          "loyalty_tier": "silver", "loyalty_points": 1500, "rfm_recency_score": 5, "rfm_frequency_score": 4, "rfm_monetary_score": 4,
          "rfm_segment": "Loyal", "clv": 48000.00, "email_open_rate": null, "email_click_rate": null, "last_activity_at": "2025-12-15T14:30:00Z"
        }
        """;
}
