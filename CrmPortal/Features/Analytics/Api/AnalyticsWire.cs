using CrmPortal.Api.Contracts;
using CrmPortal.Core.Analytics;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.Analytics;

internal sealed record RetentionAnswer(IReadOnlyList<CohortAnswer> Cohorts, string Currency, string TimeZone, DateTimeOffset AsOf)
{
    public static RetentionAnswer Of(RetentionMatrix matrix, ShopOptions shop) => new([.. matrix.Cohorts.Select(c => new CohortAnswer(
        c.First, c.Customers, [.. c.Months.Select((m, i) => new CohortMonthAnswer(i, m.Customers,
            c.Customers == 0 ? 0 : Math.Round(100m * m.Customers / c.Customers, 2, MidpointRounding.AwayFromZero), m.Orders,
            Money.ToDecimal(m.Revenue, shop.Currency)))]))], shop.Currency, shop.Zone.Id, matrix.AsOf);
}

/// <param name="Month">The first day of the month of the first orders.</param>
internal sealed record CohortAnswer(DateOnly Month, int Customers, IReadOnlyList<CohortMonthAnswer> Months);

/// <param name="Percentage">Of the customers of the cohort, those who bought in the month.</param>
internal sealed record CohortMonthAnswer(int MonthsSince, int Customers, decimal Percentage, int Orders, decimal Revenue);

internal sealed record TrendsAnswer(DateOnly From, DateOnly To, TrendFiguresAnswer Period, TrendFiguresAnswer PeriodBefore,
    TrendFiguresAnswer? YearBefore, IReadOnlyList<TrendPointAnswer> Points, string Currency, string TimeZone, DateTimeOffset AsOf)
{
    public static TrendsAnswer Of(ShopTrends trends, ShopOptions shop) => new(trends.Period.Shown.From, trends.Period.Shown.To,
        TrendFiguresAnswer.Of(trends.Now, shop), TrendFiguresAnswer.Of(trends.Before, shop),
        trends.YearBefore is { } year ? TrendFiguresAnswer.Of(year, shop) : null,
        [.. trends.Points.Select(p => new TrendPointAnswer(p.From, p.To, Money.ToDecimal(p.Sales.Revenue, shop.Currency), p.Sales.Orders))],
        shop.Currency, shop.Zone.Id, trends.AsOf);
}

internal sealed record TrendFiguresAnswer(decimal Revenue, int Orders, decimal? AverageOrderValue, int NewCustomers, int ReturningOrders,
    int AnonymousOrders)
{
    public static TrendFiguresAnswer Of(PeriodSales sales, ShopOptions shop) => new(Money.ToDecimal(sales.Revenue, shop.Currency),
        sales.Orders, sales.Orders == 0 ? null : Money.ToDecimal(
            (long)Math.Round((decimal)sales.Revenue / sales.Orders, MidpointRounding.AwayFromZero), shop.Currency),
        sales.NewCustomers, sales.Returning, sales.Anonymous);
}

internal sealed record TrendPointAnswer(DateOnly From, DateOnly To, decimal Revenue, int Orders);

/// <summary>A customer as document 3 prints the summary; rates of mails are null until mails are sent from here.</summary>
internal sealed record CustomerSummaryAnswer(OpaqueId CustomerId, string CustomerNumber, string CustomerName, string? Email,
    PurchaseSummaryAnswer PurchaseSummary, string? LoyaltyTier, long LoyaltyPoints, int? RfmRecencyScore, int? RfmFrequencyScore,
    int? RfmMonetaryScore, string? RfmSegment, decimal? Clv, decimal? EmailOpenRate, decimal? EmailClickRate,
    DateTimeOffset LastActivityAt)
{
    public static CustomerSummaryAnswer Of(CustomerSummary summary, string currency)
    {
        var (customer, orders) = (summary.Customer, summary.Customer.Orders);
        return new(new(customer.Id), customer.Number, customer.DisplayName, customer.Email, new(new(customer.Id), orders.Count,
                Money.ToDecimal(orders.Spent, currency), orders.Average is { } average ? Money.ToDecimal(average, currency) : null,
                orders.FirstAt, orders.LastAt, summary.Favourites?.Category, summary.Favourites?.Brand, summary.Favourites?.Product,
                summary.DaysBetweenOrders),
            summary.Tier, summary.Points, summary.Scores?.Recency, summary.Scores?.Frequency, summary.Scores?.Monetary,
            summary.Scores is { } scores ? RfmSegments.NameOf(scores.Segment) : null,
            summary.Value is { } value ? Money.ToDecimal(value, currency) : null, null, null, customer.LastInteractionAt);
    }
}

internal sealed record PurchaseSummaryAnswer(OpaqueId CustomerId, int TotalOrders, decimal TotalSpent, decimal? AverageOrderValue,
    DateTimeOffset? FirstOrderDate, DateTimeOffset? LastOrderDate, string? FavoriteCategory, string? FavoriteBrand,
    string? MostPurchasedProduct, int? PurchaseFrequencyDays);
