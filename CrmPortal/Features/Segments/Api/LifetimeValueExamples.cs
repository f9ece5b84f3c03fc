using CrmPortal.Api.Contracts;

namespace CrmPortal.Features.Segments;

/// <summary>What the API's description shows, with ids as the contract writes them.</summary>
internal sealed class LifetimeValueExamples(ApiContract contract)
{
    public const string Calculated = """{"message":"CLV calculated for 200 customers","customers_updated":200,"prediction_months":12}""";

    private readonly string _id = contract.Written(17);

    public string Calculation => $$"""{"customer_ids":[{{_id}}],"prediction_months":12,"recalculate":true}""";

    public string Customer => $$"""
        {
          "customer_id": {{_id}}, "customer_number": "CUST-20251217-0001", "customer_name": "John Doe", "clv": 57600,
          "predicted_orders": 14.4, "predicted_revenue": 57600, "average_order_value": 4000, "purchase_frequency": 1.2,
          "customer_lifespan_months": 12, "calculated_at": "2025-12-17T08:00:00Z"
        }
        """;

    public string Analysis => $$"""
        {
          "total_customers_analyzed": 500, "total_clv": 15000000, "average_clv": 30000, "median_clv": 22000,
          "distribution": [
            {"range_label": "0-1000", "min_value": 0, "max_value": 1000, "count": 50, "percentage": 10.0, "total_clv": 35000}
          ],
          "top_customers": [
            {"customer_id": {{_id}}, "customer_number": "CUST-20251217-0001", "customer_name": "Top Customer", "clv": 150000,
             "total_orders": 30, "total_spent": 120000, "average_order_value": 4000, "last_order_date": "2025-12-15T10:30:00Z"}
          ],
          "analysis_date": "2025-12-17T08:00:00Z"
        }
        """;
}
