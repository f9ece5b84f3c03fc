using System.ComponentModel;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Analytics;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.Segments;

internal sealed record RfmBody
{
    [Description("At most 1,000; null for all customers.")]
    public IReadOnlyList<OpaqueId>? CustomerIds { get; init; }

    [Description("Also customers whose scores are younger than a day.")]
    public bool Recalculate { get; init; }
}

internal sealed record CalculatedAnswer(string Message, int CustomersUpdated);

/// <summary>The scores of a customer as document 3 prints them.</summary>
internal sealed record RfmAnswer(OpaqueId CustomerId, string CustomerNumber, string CustomerName, int RecencyScore, int FrequencyScore,
    int MonetaryScore, string RfmSegment, int TotalOrders, decimal TotalSpent, DateTimeOffset? LastOrderDate, int? DaysSinceLastOrder,
    DateTimeOffset CalculatedAt)
{
    public static RfmAnswer Of(CustomerRfm scores, string currency) => new(new(scores.CustomerId), scores.Number, scores.Name,
        scores.Recency, scores.Frequency, scores.Monetary, RfmSegments.NameOf(scores.Segment), scores.Orders.Count,
        Money.ToDecimal(scores.Orders.Spent, currency), scores.Orders.LastAt, scores.DaysSinceLastOrder, scores.CalculatedAt);
}

/// <summary>A segment's customers together.</summary>
internal sealed record SegmentAnswer(string Segment, int Count, decimal Percentage, decimal TotalRevenue, decimal? AverageOrderValue);

/// <summary>How the customers of the last calculation are distributed; its date is null before the first one.</summary>
internal sealed record DistributionAnswer(int TotalCustomersAnalyzed, IReadOnlyList<SegmentAnswer> SegmentDistribution, int ChampionCount,
    int LoyalCount, int PotentialLoyalistCount, int NewCustomersCount, int PromisingCount, int NeedAttentionCount, int AboutToSleepCount,
    int AtRiskCount, int CannotLoseCount, int HibernatingCount, int LostCount, DateTimeOffset? AnalysisDate)
{
    public static DistributionAnswer Of(RfmDistribution? distribution, string currency)
    {
        var shares = (distribution?.Segments ?? []).ToDictionary(s => s.Segment);
        var all = shares.Values.Sum(s => s.Customers);
        return new(all, [.. shares.Values.Select(s => new SegmentAnswer(RfmSegments.NameOf(s.Segment), s.Customers,
                all == 0 ? 0 : Math.Round(100m * s.Customers / all, 2, MidpointRounding.AwayFromZero),
                Money.ToDecimal(s.Spent, currency), s.Average is { } average ? Money.ToDecimal(average, currency) : null))],
            Count(RfmSegment.Champion), Count(RfmSegment.Loyal), Count(RfmSegment.PotentialLoyalist), Count(RfmSegment.NewCustomer),
            Count(RfmSegment.Promising), Count(RfmSegment.NeedAttention), Count(RfmSegment.AboutToSleep), Count(RfmSegment.AtRisk),
            Count(RfmSegment.CannotLose), Count(RfmSegment.Hibernating), Count(RfmSegment.Lost), distribution?.Run.EndedAt);

        int Count(RfmSegment segment) => shares.TryGetValue(segment, out var share) ? share.Customers : 0;
    }
}
