using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>Spreads what was taken off a whole order over its lines, by what they cost.</summary>
internal static class OrderDiscounts
{
    public static List<StagedOrderLine> Spread(IReadOnlyList<StagedOrderLine> lines, ShopOptions shop)
    {
        // Some files say it in the first row of an order, others in each.
        var discount = lines.Max(l => l.OrderDiscount);
        if (discount == 0) return [.. lines];
        var currency = lines[0].Currency ?? shop.Currency;
        var goods = lines.Select(l => Money.LineAmount(l.Quantity, l.UnitPrice, currency) - l.Discount).ToList();
        var (left, open) = (Math.Min(discount, goods.Sum()), goods.Sum());
        var spread = new List<StagedOrderLine>(lines.Count);
        foreach (var (line, amount) in lines.Zip(goods))
        {
            // From what is left over what is still to come, so that the parts add up to the whole.
            var part = open == 0 ? 0 : (long)Math.Round((decimal)left * amount / open, MidpointRounding.AwayFromZero);
            (left, open) = (left - part, open - amount);
            spread.Add(line with { Discount = line.Discount + part });
        }

        return spread;
    }
}
