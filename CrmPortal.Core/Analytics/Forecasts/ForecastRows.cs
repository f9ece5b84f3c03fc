using CrmPortal.Core.Customers;

namespace CrmPortal.Core.Analytics;

/// <summary>Forecasts as calculations write them.</summary>
internal static class ForecastRows
{
    public static CalculatedRows<CustomerForecast> Of(long runId) => new("analytics.clv", "Forecasting customers", f => f.CustomerId,
        (one, other) => (one.Value, one.ExpectedOrders, one.Alive, one.SimpleValue, one.AtRisk)
            == (other.Value, other.ExpectedOrders, other.Alive, other.SimpleValue, other.AtRisk),
        f => new()
        {
            CustomerId = f.CustomerId, Value = f.Value, ExpectedOrders = f.ExpectedOrders, Alive = f.Alive, SimpleValue = f.SimpleValue,
            AtRisk = f.AtRisk, RunId = runId,
        });
}
