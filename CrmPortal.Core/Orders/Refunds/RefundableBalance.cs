namespace CrmPortal.Core.Orders;

/// <summary>What can still be refunded of an order, line by line.</summary>
/// <param name="Amount">Of the whole, in minor units.</param>
public sealed record RefundableBalance(IReadOnlyList<OrderLineDetails> Lines, long Amount)
{
    /// <param name="returned">What was refunded of the order before; a line that does not say what it was bought in takes from those with
    /// its product.</param>
    public static RefundableBalance Of(IReadOnlyList<OrderLineDetails> lines, IReadOnlyList<OrderLineDetails> returned, long total)
    {
        var left = lines.ToDictionary(l => l.Id, l => (l.Quantity, l.Amount));
        foreach (var gone in returned.OrderBy(r => r.OrderLineId is null))
        {
            var (quantity, amount) = (gone.Quantity, gone.Amount);
            foreach (var line in lines.Where(l => gone.OrderLineId is { } id ? l.Id == id : l.ProductCode == gone.ProductCode))
            {
                var has = left[line.Id];
                var (pieces, money) = (Math.Min(quantity, has.Quantity), Math.Min(amount, has.Amount));
                left[line.Id] = (has.Quantity - pieces, has.Amount - money);
                (quantity, amount) = (quantity - pieces, amount - money);
            }
        }

        var rest = Math.Max(0, total - returned.Sum(r => r.Amount));
        return new([.. lines.Select(l => l with { QuantityLeft = left[l.Id].Quantity, AmountLeft = Math.Min(rest, left[l.Id].Amount) })],
            rest);
    }

    /// <summary>
    /// What so many more of a line cost, in minor units; parts of parts add up to the line, and there is never more than is left.
    /// </summary>
    public static long PriceOf(OrderLineDetails line, long quantity)
    {
        var before = line.Quantity - line.QuantityLeft;
        return Math.Min(line.AmountLeft, Part(before + quantity) - Part(before));

        long Part(long pieces) => line.Quantity == 0
            ? 0 : (long)Math.Round((decimal)line.Amount * pieces / line.Quantity, MidpointRounding.AwayFromZero);
    }
}
