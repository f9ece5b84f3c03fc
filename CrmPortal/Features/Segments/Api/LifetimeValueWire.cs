using System.ComponentModel;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Analytics;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.Segments;

internal sealed record LifetimeValueBody
{
    [Description("At most 1,000; null for all customers.")]
    public IReadOnlyList<OpaqueId>? CustomerIds { get; init; }

    [Description("From 1 to 60; what the shop has chosen, usually 12, where it is left out.")]
    public int? PredictionMonths { get; init; }

    [Description("Also customers whose value is younger than a day.")]
    public bool Recalculate { get; init; }
}

internal sealed record ValuesCalculatedAnswer(string Message, int CustomersUpdated, int PredictionMonths);

/// <summary>The lifetime value of a customer as document 3 prints it: by the simple model.</summary>
internal sealed record LifetimeValueAnswer(OpaqueId CustomerId, string CustomerNumber, string CustomerName, decimal Clv,
    decimal PredictedOrders, decimal PredictedRevenue, decimal? AverageOrderValue, decimal PurchaseFrequency, int CustomerLifespanMonths,
    DateTimeOffset CalculatedAt)
{
    /// <summary>Orders are decimals, of which so many digits are printed.</summary>
    private const int Digits = 4;

    public static LifetimeValueAnswer Of(CustomerForecastDetails found, string currency)
    {
        var (simple, digits) = (found.Simple, Money.MinorDigits(currency));
        return new(new(found.CustomerId), found.Number, found.Name, Rounded(simple.Value, digits), Rounded(simple.PredictedOrders, Digits),
            Rounded(simple.PredictedRevenue, digits), simple.AverageOrderValue is { } average ? Rounded(average, digits) : null,
            Rounded(simple.PurchaseFrequency, Digits), simple.LifespanMonths, found.CalculatedAt);
    }

    /// <summary>Without zeros at the end.</summary>
    private static decimal Rounded(decimal value, int digits) =>
        Math.Round(value, digits, MidpointRounding.AwayFromZero) / 1.0000000000000000000000000000m;
}

internal sealed record ValueRangeAnswer(string RangeLabel, long MinValue, long? MaxValue, int Count, decimal Percentage, decimal TotalClv);

internal sealed record TopCustomerAnswer(OpaqueId CustomerId, string CustomerNumber, string CustomerName, decimal Clv, int TotalOrders,
    decimal TotalSpent, decimal? AverageOrderValue, DateTimeOffset? LastOrderDate);

/// <summary>All customers together by the simple model; the date is null before the first calculation.</summary>
internal sealed record ValueAnalysisAnswer(int TotalCustomersAnalyzed, decimal TotalClv, decimal AverageClv, decimal MedianClv,
    IReadOnlyList<ValueRangeAnswer> Distribution, IReadOnlyList<TopCustomerAnswer> TopCustomers, DateTimeOffset? AnalysisDate)
{
    public static ValueAnalysisAnswer Of(ForecastAnalysis? analysis, string currency)
    {
        if (analysis is null) return new(0, 0, 0, 0, [], [], null);
        var spread = analysis.Figures.Simple;
        return new(spread.Customers, Amount(spread.Total), Amount(spread.Average ?? 0), Amount(spread.Median),
            [.. spread.Ranges.Select(r => new ValueRangeAnswer(r.Until is { } until ? $"{r.From}-{until}" : $"{r.From}+", r.From, r.Until,
                r.Customers, spread.Customers == 0 ? 0 : Math.Round(100m * r.Customers / spread.Customers, 2,
                    MidpointRounding.AwayFromZero), Amount(r.Total)))],
            [.. analysis.Top.Select(t => new TopCustomerAnswer(new(t.CustomerId), t.Number, t.Name, Amount(t.SimpleValue), t.Orders.Count,
                Amount(t.Orders.Spent), t.Orders.Average is { } average ? Amount(average) : null, t.Orders.LastAt))],
            analysis.Run.EndedAt);

        decimal Amount(long minor) => Money.ToDecimal(minor, currency);
    }
}
