namespace CrmPortal.Core.Analytics;

/// <summary>
/// The simple model of lifetime value: the customer goes on as before. It knows of nobody who has left, and asks for no past of others.
/// </summary>
/// <param name="PurchaseFrequency">Counted orders for each month of 30.4375 days since the first order; at least one month.</param>
/// <param name="AverageOrderValue">Net spent ÷ counted orders; null without an order.</param>
/// <param name="LifespanMonths">The months of the prediction.</param>
/// <param name="PredictedOrders">Purchase frequency × months, not rounded.</param>
/// <param name="PredictedRevenue">Predicted orders × average order value, not rounded; 0 without an order. Negative where more came back
/// than was bought.</param>
public sealed record SimpleLifetimeValue(
    decimal PurchaseFrequency, decimal? AverageOrderValue, int LifespanMonths, decimal PredictedOrders, decimal PredictedRevenue)
{
    private const decimal DaysPerMonth = 30.4375m;

    /// <summary>Lifetime value: nothing else than the predicted revenue.</summary>
    public decimal Value => PredictedRevenue;

    /// <param name="orders">Counted orders.</param>
    /// <param name="netSpent">Net of refunds, in any unit of money; the values are in the same.</param>
    /// <param name="firstOrder">Null without a counted order.</param>
    /// <param name="months">The months of the prediction, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are less than 0 orders or less than 1 month.</exception>
    public static SimpleLifetimeValue Of(int orders, decimal netSpent, DateTimeOffset? firstOrder, DateTimeOffset now, int months)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(orders);
        ArgumentOutOfRangeException.ThrowIfLessThan(months, 1);
        if (orders == 0 || firstOrder is not { } first) return new(0, null, months, 0, 0);
        var sinceFirst = (decimal)(now - first).Ticks / TimeSpan.TicksPerDay / DaysPerMonth;
        return Of(orders / Math.Max(1, sinceFirst), netSpent / orders, months);
    }

    /// <summary>The prediction from the two figures of the past.</summary>
    public static SimpleLifetimeValue Of(decimal purchaseFrequency, decimal averageOrderValue, int months)
    {
        var orders = purchaseFrequency * months;
        return new(purchaseFrequency, averageOrderValue, months, orders, orders * averageOrderValue);
    }
}
