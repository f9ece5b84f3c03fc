using CrmPortal.Api.Contracts;

namespace CrmPortal.Features.Segments;

/// <summary>What the API's description shows, with ids as the contract writes them.</summary>
internal sealed class RfmExamples(ApiContract contract)
{
    public const string Calculated = """{"message":"RFM scores calculated for 150 customers","customers_updated":150}""";

    public const string Distribution = """
        {
          "total_customers_analyzed": 500,
          "segment_distribution": [
            {"segment": "Champion", "count": 25, "percentage": 5.0, "total_revenue": 500000, "average_order_value": 4000}
          ],
          "champion_count": 25, "loyal_count": 75, "potential_loyalist_count": 50, "new_customers_count": 40, "promising_count": 60,
          "need_attention_count": 45, "about_to_sleep_count": 35, "at_risk_count": 30, "cannot_lose_count": 15, "hibernating_count": 80,
          "lost_count": 45, "analysis_date": "2025-12-17T08:00:00Z"
        }
        """;

    private readonly string _id = contract.Written(17);

    public string Calculation => $$"""{"customer_ids":[{{_id}}],"recalculate":true}""";

    public string Customer => $$"""
        {
          "customer_id": {{_id}}, "customer_number": "CUST-20251217-0001", "customer_name": "John Doe", "recency_score": 5,
          "frequency_score": 4, "monetary_score": 4, "rfm_segment": "Loyal", "total_orders": 15, "total_spent": 45000,
          "last_order_date": "2025-12-15T10:30:00Z", "days_since_last_order": 2, "calculated_at": "2025-12-17T08:00:00Z"
        }
        """;
}
