using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Loyalty;

/// <summary>An order of the past as it is played through.</summary>
/// <param name="Refunds">What was given back of it, in the units of <paramref name="Total"/>.</param>
internal sealed record ReplayedOrder(
    long Id, DateTimeOffset PlacedAt, long BaseTotal, long Total,
        IReadOnlyList<(DateTimeOffset At, IReadOnlyList<ReturnedPart> Parts)> Refunds, IReadOnlyList<ReplayedLine> Lines);

/// <param name="Amount">In minor units of the order's currency.</param>
/// <param name="BaseAmount">In minor units of the base currency.</param>
internal sealed record ReplayedLine(long Id, long ProductId, long Amount, long BaseAmount, string? Category);

/// <summary>
/// Books one customer's past orders and their refunds by some rules without writing anything, each on its day: what each would have
/// earned with the tier and the limit of that moment, and the tier that all of them reach today. The same calculator and the same
/// ladder as for real bookings.
/// </summary>
internal sealed class OrderReplay(ProgrammeRules rules, ShopOptions shop, LocalZone zone)
{
    /// <param name="orders">In the order in which they were placed.</param>
    /// <param name="refunds">What was given back, by its day, in the base currency.</param>
    /// <returns>Points of each order less what refunds reverse, what each earned before that, and the tier today.</returns>
    public (IReadOnlyList<long> Points, IReadOnlyList<long> Earned, string Tier) Run(IReadOnlyList<ReplayedOrder> orders,
        IReadOnlyList<(DateTimeOffset At, long Amount)> refunds, DateOnly? born, DateOnly today)
    {
        var (points, earned) = (new long[orders.Count], new long[orders.Count]);
        var refunded = Array.ConvertAll(points, _ => new List<ReturnedPart>());
        var monthly = new Dictionary<(int Year, int Month), long>();
        var placed = 0;
        string? tier = null;
        foreach (var (at, number, returned) in Steps(orders))
        {
            var order = orders[number];
            var day = zone.DayOf(at);
            var used = monthly.GetValueOrDefault((day.Year, day.Month));
            if (returned is { } parts)
            {
                refunded[number].AddRange(parts);
                var back = PointsCalculator.ClawBack(earned[number], earned[number] - points[number], Shares(order), refunded[number],
                    order.Total);
                points[number] -= back;
                // As in the ledger, what is reversed makes room in the month in which it is, whenever it was earned.
                monthly[(day.Year, day.Month)] = used - back;
                continue;
            }

            var worth = PointsCalculator.Of(rules, OrderPoints.BasisOf(order.Lines.Select(l => (l.BaseAmount, l.Category)), order.PlacedAt,
                tier, born, zone), shop.Currency);
            if (rules.MostPointsPerMonth is { } most) worth = Math.Clamp(most - used, 0, worth);
            monthly[(day.Year, day.Month)] = used + worth;
            points[number] = earned[number] = worth;
            placed = number + 1;
            // The tier of that day knew nothing of a refund that came later.
            var reached = rules.TierAt(Amount(Counted(orders, points, placed, refunds.Where(r => r.At <= order.PlacedAt)), day)).Code;
            if (TierSteps.IndexOf(rules, reached) > TierSteps.IndexOf(rules, tier)) tier = reached;
        }

        return (points, earned, rules.TierAt(Amount(Counted(orders, points, placed, refunds), today)).Code);
    }

    /// <summary>What each line counts for the points of its order by these rules.</summary>
    public IReadOnlyList<PointShare> Shares(ReplayedOrder order) => PointsCalculator
        .Shares(rules, order.Lines.Select(l => (l.Id, l.ProductId, l.Amount, l.Category)));

    /// <summary>Orders and what was given back of them as they came; an order before its own refunds, whatever the dates say.</summary>
    private static IEnumerable<(DateTimeOffset At, int Number, IReadOnlyList<ReturnedPart>? Returned)> Steps(
        IReadOnlyList<ReplayedOrder> orders)
    {
        var steps = new List<(DateTimeOffset At, int Number, IReadOnlyList<ReturnedPart>? Returned)>();
        foreach (var (i, order) in orders.Index())
        {
            steps.Add((order.PlacedAt, i, null));
            foreach (var refund in order.Refunds) steps.Add((refund.At < order.PlacedAt ? order.PlacedAt : refund.At, i, refund.Parts));
        }

        return steps.OrderBy(s => s.At).ThenBy(s => s.Number).ThenBy(s => s.Returned is not null);
    }

    /// <summary>
    /// What counts for the tier: money less what was given back, each on its day, or the points of each order that are left, on the order's
    /// day.
    /// </summary>
    private IEnumerable<(DateTimeOffset At, long Amount)> Counted(IReadOnlyList<ReplayedOrder> orders, long[] points, int placed,
        IEnumerable<(DateTimeOffset At, long Amount)> refunds) =>
        rules.TierBasis == TierBasis.Points ? orders.Take(placed).Select((o, i) => (o.PlacedAt, points[i])) : orders.Take(placed)
            .Select(o => (o.PlacedAt, o.BaseTotal)).Concat(refunds.Select(r => (r.At, -r.Amount)));

    private decimal Amount(IEnumerable<(DateTimeOffset At, long Amount)> counted, DateOnly day)
    {
        var start = TierAmounts.FirstDay(rules.TierWindow, day) is { } first ? zone.StartOf(first) : DateTimeOffset.MinValue;
        var sum = counted.Where(c => c.At >= start).Sum(c => c.Amount);
        return rules.TierBasis == TierBasis.Spend ? Money.ToDecimal(sum, shop.Currency) : sum;
    }
}
