using CrmPortal.Core.Common;

namespace CrmPortal.Core.Loyalty;

/// <summary>An order of the past as it is played through.</summary>
/// <param name="Lines">In minor units of the base currency.</param>
internal sealed record ReplayedOrder(long Id, DateTimeOffset PlacedAt, long BaseTotal, long Total, long Refunded, IReadOnlyList<(long Amount, string? Category)> Lines);

/// <summary>
/// Books one customer's past orders by some rules without writing anything: what each would have earned with the tier of that
/// moment, and the tier that all of them reach today. The same calculator and the same ladder as for real bookings.
/// </summary>
internal sealed class OrderReplay(ProgrammeRules rules, ShopOptions shop, TimeZoneInfo zone)
{
    /// <param name="orders">In the order in which they were placed.</param>
    /// <param name="refunds">What was given back, by its day.</param>
    /// <returns>Points of each order less what refunds take back, and the tier today.</returns>
    public (IReadOnlyList<long> Points, string Tier) Run(IReadOnlyList<ReplayedOrder> orders, IReadOnlyList<(DateTimeOffset At, long Amount)> refunds, DateOnly? born, DateOnly today)
    {
        var points = new List<long>();
        var counted = new List<(DateTimeOffset At, long Amount)>();
        var monthly = new Dictionary<(int Year, int Month), long>();
        string? tier = null;
        foreach (var order in orders)
        {
            var day = ShopDays.Of(order.PlacedAt, zone);
            var earned = PointsCalculator.Of(rules, OrderPoints.BasisOf(order.Lines, order.PlacedAt, tier, born, zone), shop.Currency);
            if (rules.MostPointsPerMonth is { } most)
            {
                var before = monthly.GetValueOrDefault((day.Year, day.Month));
                earned = Math.Clamp(most - before, 0, earned);
                monthly[(day.Year, day.Month)] = before + earned;
            }

            var left = earned - PointsCalculator.ClawBack(earned, 0, order.Refunded, order.Total);
            points.Add(left);
            // The tier of that day knew nothing of a refund that came later.
            counted.Add((order.PlacedAt, rules.TierBasis == TierBasis.Spend ? order.BaseTotal : earned));
            var reached = rules.TierAt(Amount(counted.Concat(Refunds(refunds.Where(r => r.At <= order.PlacedAt))), day)).Code;
            if (TierSteps.IndexOf(rules, reached) > TierSteps.IndexOf(rules, tier)) tier = reached;
        }

        var all = rules.TierBasis == TierBasis.Spend ? counted.Concat(Refunds(refunds)) : orders.Zip(points, (o, p) => (o.PlacedAt, p));
        return (points, rules.TierAt(Amount(all, today)).Code);
    }

    private IEnumerable<(DateTimeOffset At, long Amount)> Refunds(IEnumerable<(DateTimeOffset At, long Amount)> refunds) =>
        rules.TierBasis == TierBasis.Spend ? refunds.Select(r => (r.At, -r.Amount)) : [];

    private decimal Amount(IEnumerable<(DateTimeOffset At, long Amount)> counted, DateOnly day)
    {
        var start = TierAmounts.FirstDay(rules.TierWindow, day) is { } first ? ShopDays.StartOf(first, zone) : DateTimeOffset.MinValue;
        var sum = counted.Where(c => c.At >= start).Sum(c => c.Amount);
        return rules.TierBasis == TierBasis.Spend ? Money.ToDecimal(sum, shop.Currency) : sum;
    }
}
