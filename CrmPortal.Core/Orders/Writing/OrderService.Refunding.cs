using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <content>Giving money back.</content>
public sealed partial class OrderService
{
    /// <summary>
    /// Refunds an order in part or in full; null where there is no such order. However many do so at once, no more is given back than was
    /// paid.
    /// </summary>
    /// <exception cref="RuleViolationException">More is wanted than is left, or the order was not paid.</exception>
    public async Task<OrderRefunded?> RefundAsync(long orderId, RefundInput input, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersRefund, cancellationToken);
        var errors = new List<FieldError>();
        var externalId = TextRules.Text(nameof(input.ExternalId), input.ExternalId, Order.ExternalIdLength, errors).Value;
        var reason = TextRules.Text(nameof(input.Reason), input.Reason, Refund.ReasonLength, errors).Value;
        if (input.Lines is { Count: > OrderRules.MostLines })
            errors.Add(new(nameof(input.Lines), "A refund can have at most {0} lines.", OrderRules.MostLines));
        else if (input.Lines?.Any(l => l is null) == true) errors.Add(new(nameof(input.Lines), "Choose what to refund."));
        else if (input.Lines?.GroupBy(l => l.LineId).Any(g => g.Count() > 1) == true)
            errors.Add(new(nameof(input.Lines), "This product is listed twice."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        var wanted = input with { ExternalId = externalId, Reason = reason };
        return await RetriedAsync(() => RefundOnceAsync(grant, orderId, wanted, cancellationToken));
    }

    /// <summary>The refunds of an order, oldest first; null where there is no such order.</summary>
    public async Task<IReadOnlyList<RefundDetails>?> RefundsAsync(long orderId, CancellationToken cancellationToken) =>
        (await GetAsync(orderId, cancellationToken))?.Refunds;

    private async Task<OrderRefunded?> RefundOnceAsync(Grant grant, long orderId, RefundInput input, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("order.refund");
        if (await LockAsync(db, orderId, null, cancellationToken) is not { } order) return null;
        if (input.ExternalId is { } number && await db.Refunds.Where(r => r.ExternalId == number).Select(r => (long?)r.Id)
            .FirstOrDefaultAsync(cancellationToken) is { } known)
            return await RepeatedAsync(db, grant, order, known, cancellationToken);
        if (!IsCounted(order)) throw new RuleViolationException("", "Only paid orders can be refunded.");

        var lines = await db.OrderLines.Where(l => l.OrderId == orderId).OrderBy(l => l.Id).Details().ToListAsync(cancellationToken);
        var left = RefundableBalance.Of(lines, await db.ReturnedOfAsync(order, cancellationToken), order.Total);
        var planned = Plan(left, input.Lines, order.Currency);

        var amount = planned.Sum(l => l.Amount);
        var before = order.Total - left.Amount;
        var refund = new Refund
        {
            CustomerId = order.CustomerId, ExternalId = input.ExternalId, RefundedAt = clock.GetUtcNow(), Currency = order.Currency,
                Rate = order.Rate, Amount = amount, Reason = input.Reason, IsReturn = input.IsReturn,
            // From running sums, so that parts in another currency add up to the whole in the base currency.
            BaseAmount = Money.ToBase(before + amount, order.Currency, order.Rate, shop.Value.Currency) - Money
                .ToBase(before, order.Currency, order.Rate, shop.Value.Currency),
        };
        var bought = order.Lines.ToDictionary(l => l.Id);
        refund.Lines.AddRange(planned.Select(l => new RefundLine
        {
            OrderId = orderId, OrderLineId = l.LineId, ProductId = bought[l.LineId].ProductId, Description = bought[l.LineId].Description,
                Quantity = l.Quantity, UnitPrice = bought[l.LineId].UnitPrice, Amount = l.Amount,
        }));
        db.Refunds.Add(refund);
        await db.SaveChangesAsync(cancellationToken);
        var touched = refund.CustomerId is { } holder ? new[] { holder } : [];
        await OrderStatistics.RefreshAsync(db, touched, cancellationToken);
        await loyalty.ClawBackAsync(db, grant.Actor, refund.Id, cancellationToken);
        // What is answered of the order is another from now on, also for those who ask whether it changed.
        await db.Orders.Where(o => o.Id == orderId)
            .ExecuteUpdateAsync(o => o.SetProperty(x => x.Version, x => x.Version + 1), cancellationToken);
        await TellAsync(db, grant, order, touched, nameof(Refund), cancellationToken);
        var details = await DetailsAsync(db, grant, orderId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(details!, details!.Refunds.First(r => r.Id == refund.Id), false);
    }

    private async Task<OrderRefunded> RepeatedAsync(CrmDbContext db, Grant grant, Order order, long refundId,
        CancellationToken cancellationToken)
    {
        var details = await DetailsAsync(db, grant, order.Id, cancellationToken);
        return details!.Refunds.FirstOrDefault(r => r.Id == refundId) is { } refund
            ? new(details, refund, true)
            : throw new RuleViolationException(nameof(RefundInput.ExternalId),
                "Another refund already has this external id.") { IsDuplicate = true };
    }

    /// <summary>What comes back of which line, in minor units.</summary>
    private static List<(long LineId, int Quantity, long Amount)> Plan(RefundableBalance left, IReadOnlyList<RefundLineInput>? wanted,
        string currency)
    {
        if (left.Amount == 0) throw new RuleViolationException("", "This order is fully refunded.");
        var errors = new List<FieldError>();
        var planned = new List<(long LineId, int Quantity, long Amount)>();
        if (wanted is null)
        {
            planned.AddRange(left.Lines.Where(l => l.QuantityLeft > 0 || l.AmountLeft > 0)
                .Select(l => (l.Id, l.QuantityLeft, l.AmountLeft)));
        }
        else
        {
            foreach (var (at, input) in wanted.Index())
            {
                var field = $"{nameof(RefundInput.Lines)}[{at}].";
                if (left.Lines.FirstOrDefault(l => l.Id == input.LineId) is not { } line)
                {
                    errors.Add(new(field + nameof(input.LineId), "The order does not have this line."));
                    continue;
                }

                if (input.Quantity < 0 || input.Quantity > line.QuantityLeft)
                    errors.Add(new(field + nameof(input.Quantity), "At most {0} of it can be returned.", line.QuantityLeft));
                else if (input is { Quantity: 0, Amount: null or 0 })
                    errors.Add(new(field + nameof(input.Quantity), "Enter a quantity or an amount."));
                var known = errors.Count;
                var amount = input.Amount is { } given ? OrderRules.Amount(field + nameof(input.Amount), given, currency, errors)
                    : RefundableBalance.PriceOf(line, Math.Clamp(input.Quantity, 0, line.QuantityLeft));
                if (errors.Count == known && amount > line.AmountLeft)
                    errors.Add(new(field + nameof(input.Amount), "The refund cannot exceed what is left of the line."));
                planned.Add((line.Id, (int)Math.Clamp(input.Quantity, 0, int.MaxValue), amount));
            }
        }

        if (errors.Count == 0 && planned.Count == 0) errors.Add(new(nameof(RefundInput.Lines), "Choose what to refund."));
        // Lines of a refund that said nothing of lines may leave less of the order than of each line.
        if (errors.Count == 0 && planned.Sum(l => l.Amount) > left.Amount)
        {
            if (wanted is not null) errors.Add(new(nameof(RefundInput.Lines), "The refund cannot exceed what is left of the order."));
            else planned = Cut(planned, left.Amount);
        }

        return errors.Count > 0 ? throw new RuleViolationException(errors) : planned;
    }

    private static List<(long LineId, int Quantity, long Amount)> Cut(List<(long LineId, int Quantity, long Amount)> planned, long most) =>
        planned.ConvertAll(l =>
    {
        var part = Math.Min(most, l.Amount);
        most -= part;
        return l with { Amount = part };
    });
}
