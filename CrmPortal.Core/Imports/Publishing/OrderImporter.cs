using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Imports;

/// <summary>
/// Compares staged orders and refunds with those that are there, and writes what is new or changed; without a writer it only counts.
/// </summary>
internal sealed class OrderImporter(
    CrmDbContext db, ImportPlan plan, ShopOptions shop, IReadOnlyDictionary<string, long> customers, ImportResult result,
        ImportTally notices, List<RejectedRow> rejected, ImportWriter? writer)
{
    private const string PartInOtherMoney =
        "The file contains part of this order, in a different currency or at a different rate from the saved order.";
    internal const string KeptLines = "The order has lines that are not in the file; they are kept.";
    public const int BatchSize = 500;
    private const int MostDifferences = 200;
    private readonly ProductCatalogue _products = new(db, writer);

    /// <summary>The customers whose figures must be computed again.</summary>
    public HashSet<long> Touched { get; } = [];

    public async Task RunAsync(IReadOnlyList<StagedOrder> batch, CancellationToken cancellationToken)
    {
        await _products.LearnAsync([.. batch.SelectMany(o => o.Lines)], cancellationToken);
        await RunOrdersAsync([.. batch.Where(o => !o.IsRefund)], cancellationToken);
        await RunRefundsAsync([.. batch.Where(o => o.IsRefund)], cancellationToken);
        if (writer is null) db.ChangeTracker.Clear();
        else await writer.SaveAndForgetAsync(cancellationToken);
    }

    private async Task RunOrdersAsync(List<StagedOrder> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return;
        var numbers = batch.ConvertAll(o => o.Number);
        var present = await db.Orders.Include(o => o.Lines).Where(o => numbers.Contains(o.ExternalId!))
            .ToDictionaryAsync(o => o.ExternalId!, cancellationToken);
        var presentIds = present.Values.Select(o => o.Id).ToList();
        var refunded = presentIds.Count == 0 ? null : (await db.RefundLines.Where(l => presentIds.Contains(l.OrderId!.Value))
            .Select(l => new { OrderId = l.OrderId!.Value, l.OrderLineId, l.ProductId }).ToListAsync(cancellationToken))
                .ToLookup(l => l.OrderId, l => (l.OrderLineId, l.ProductId));
        var created = new List<StagedOrder>();
        foreach (var staged in batch)
        {
            if (present.TryGetValue(staged.Number, out var order))
            {
                if (plan.Mode == ImportMode.Create) result.Orders.Skipped++;
                else if (ChangeOrder(order, staged, [.. refunded![order.Id]]) is { } fields) Compare(result.Orders, staged, order.Name,
                    fields);
                else continue;
            }
            else if (plan.Mode == ImportMode.Update)
            {
                result.Orders.Skipped++;
            }
            else
            {
                result.Orders.New++;
                created.Add(staged);
            }

            Count(staged, result.KnownOrders, result.AnonymousOrders);
        }

        if (writer is not null && created.Count > 0) await WriteOrdersAsync(created, cancellationToken);
    }

    private async Task RunRefundsAsync(List<StagedOrder> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return;
        var numbers = batch.ConvertAll(o => o.Number);
        var present = await db.Refunds.Include(r => r.Lines).Where(r => numbers.Contains(r.ExternalId!))
            .ToDictionaryAsync(r => r.ExternalId!, cancellationToken);
        var created = new List<StagedOrder>();
        foreach (var staged in batch)
        {
            if (present.TryGetValue(staged.Number, out var refund))
            {
                if (plan.Mode == ImportMode.Create) result.Refunds.Skipped++;
                else if (ChangeRefund(refund, staged) is { } fields) Compare(result.Refunds, staged, refund.Name, fields);
                else continue;
            }
            else if (plan.Mode == ImportMode.Update)
            {
                result.Refunds.Skipped++;
            }
            else
            {
                result.Refunds.New++;
                created.Add(staged);
            }

            Count(staged, result.KnownRefunds, result.AnonymousRefunds);
        }

        if (writer is not null && created.Count > 0) await WriteRefundsAsync(created, cancellationToken);
    }

    /// <summary>Changes what differs of an order that is there.</summary>
    /// <returns>The differences; null where the order is refused.</returns>
    private Dictionary<string, string?[]>? ChangeOrder(Order order, StagedOrder staged,
        IReadOnlyCollection<(long? LineId, long ProductId)> refunded)
    {
        var lines = LineMatching.Of(order.Lines.OrderBy(l => l.Id), staged.Lines, IsSame, (there, line) => there.ProductId == _products
            .IdOf(line));
        var removed = plan.MissingLines == MissingLines.Remove ? lines.Missing : [];
        var isCut = lines.Missing.Count > removed.Count;
        if (FaultOf() is { } fault)
        {
            rejected.AddRange(staged.Rejected(fault));
            return null;
        }

        if (isCut) notices.Add(KeptLines);
        var entry = db.Entry(order);
        var (before, linesBefore) = (order.CustomerId, order.Lines.Count);
        order.CustomerId = CustomerOf(staged) ?? order.CustomerId;
        order.Status = staged.Lines.Any(l => l.Status is not null) ? staged.Status : order.Status;
        order.Channel = staged.Channel ?? order.Channel;
        order.PaymentMethod = staged.Payment ?? order.PaymentMethod;
        order.PlacedAt = staged.At;
        (order.Currency, order.Rate) = (staged.Currency, staged.Rate);
        foreach (var (there, line) in lines.Changed)
        {
            (there.Description, there.Quantity, there.UnitPrice, there.Discount, there.Tax) =
                (_products.DescriptionOf(line), line.Quantity, line.UnitPrice, line.Discount, line.Tax);
        }

        foreach (var (there, line) in lines.Same.Concat(lines.Changed)) there.Amount = Amount(line, staged);
        db.OrderLines.RemoveRange(removed);
        var added = lines.New.ConvertAll(l => OrderLine(0, order.Id, l, staged));
        db.OrderLines.AddRange(added);
        var total = lines.Same.Concat(lines.Changed).Sum(l => (decimal)l.There.Amount) + added.Sum(l => (decimal)l.Amount) + lines.Missing
            .Except(removed).Sum(l => (decimal)l.Amount);
        (order.Total, order.BaseTotal) = ((long)total, Money.ToBase((long)total, order.Currency, order.Rate, shop.Currency));
        var fields = Differences(entry, lines.Changed.Count + lines.New.Count + removed.Count > 0, linesBefore,
            linesBefore + added.Count - removed.Count);
        if (fields.Count > 0) Touch(before, order.CustomerId);
        return fields;

        string? FaultOf()
        {
            var isOtherMoney = order.Currency != staged.Currency || order.Rate != staged.Rate;
            if (isCut && isOtherMoney) return PartInOtherMoney;
            if (isCut && OrderRules.IsTooLarge((decimal)staged.Total + lines.Missing.Sum(l => (decimal)l.Amount), staged.Currency,
                staged.Rate)) return OrderRules.TooLarge;
            if (refunded.Count == 0) return null;
            if (order.Status != OrderStatus.Cancelled && staged.Lines.Any(l => l.Status == OrderStatus.Cancelled))
                return OrderService.RefundTheRest;
            return isOtherMoney || lines.Changed.Exists(l => IsRefunded(l.There) && !CostsTheSame(l.There, l.Line)) || removed
                .Exists(IsRefunded)
                ? "A line of this order has been refunded, so a file can no longer change it." : null;
        }

        bool IsRefunded(OrderLine line) => refunded.Any(r => r.LineId is { } id ? id == line.Id : r.ProductId == line.ProductId);

        bool IsSame(OrderLine there, StagedOrderLine line) => there.ProductId == _products.IdOf(line) && there.Description == _products
            .DescriptionOf(line) && CostsTheSame(there, line);

        static bool CostsTheSame(OrderLine there, StagedOrderLine line) =>
            (there.Quantity, there.UnitPrice, there.Discount, there.Tax) == (line.Quantity, line.UnitPrice, line.Discount, line.Tax);
    }

    private Dictionary<string, string?[]>? ChangeRefund(Refund refund, StagedOrder staged)
    {
        var lines = LineMatching.Of(refund.Lines.OrderBy(l => l.Id), staged.Lines, IsSame, (there, line) => there.ProductId == _products
            .IdOf(line));
        var removed = plan.MissingLines == MissingLines.Remove ? lines.Missing : [];
        var isCut = lines.Missing.Count > removed.Count;
        if (isCut && (refund.Currency != staged.Currency || refund.Rate != staged.Rate))
        {
            rejected.AddRange(staged.Rejected(PartInOtherMoney));
            return null;
        }

        if (isCut) notices.Add(KeptLines);
        var (before, linesBefore) = (refund.CustomerId, refund.Lines.Count);
        refund.CustomerId = CustomerOf(staged) ?? refund.CustomerId;
        refund.RefundedAt = staged.At;
        (refund.Currency, refund.Rate) = (staged.Currency, staged.Rate);
        foreach (var (there, line) in lines.Changed)
            (there.Description, there.Quantity, there.UnitPrice, there.Amount) =
                (_products.DescriptionOf(line), line.Quantity, line.UnitPrice, Amount(line, staged));
        // An order that was only guessed from what the customer bought is guessed again for another one.
        if (before != refund.CustomerId)
            foreach (var line in refund.Lines.Where(l => l.OrderLineId is null)) line.OrderId = null;
        db.RefundLines.RemoveRange(removed);
        var added = lines.New.ConvertAll(l => RefundLine(0, refund.Id, l, staged));
        db.RefundLines.AddRange(added);
        var total = lines.Same.Concat(lines.Changed).Sum(l => (decimal)l.There.Amount) + added.Sum(l => (decimal)l.Amount) + lines.Missing
            .Except(removed).Sum(l => (decimal)l.Amount);
        (refund.Amount, refund.BaseAmount) = ((long)total, Money.ToBase((long)total, refund.Currency, refund.Rate, shop.Currency));
        var fields = Differences(db.Entry(refund), lines.Changed.Count + lines.New.Count + removed.Count > 0, linesBefore,
            linesBefore + added.Count - removed.Count);
        if (fields.Count > 0) Touch(before, refund.CustomerId);
        return fields;

        bool IsSame(RefundLine there, StagedOrderLine line) => there.ProductId == _products.IdOf(line) && there.Description == _products
            .DescriptionOf(line)
            && (there.Quantity, there.UnitPrice, there.Amount) == (line.Quantity, line.UnitPrice, Amount(line, staged));
    }

    private OrderLine OrderLine(long id, long orderId, StagedOrderLine line, StagedOrder staged) => new()
    {
        Id = id, OrderId = orderId, ProductId = _products.IdOf(line), Description = _products.DescriptionOf(line),
            Quantity = line.Quantity, UnitPrice = line.UnitPrice,
        Discount = line.Discount, Tax = line.Tax, Amount = Amount(line, staged),
    };

    /// <param name="bought">The lines of orders that refunds take back whole; a line that is taken goes from it.</param>
    private RefundLine RefundLine(long id, long refundId, StagedOrderLine line, StagedOrder staged, List<OrderLine>? bought = null)
    {
        var taken = staged.RefundOf is null ? null : bought?.Find(b => b.Order!.ExternalId == staged.RefundOf
            && b.ProductId == _products.IdOf(line) && b.Quantity == line.Quantity && b.Amount == Amount(line, staged));
        if (taken is not null) bought!.Remove(taken);
        return new()
        {
            Id = id, RefundId = refundId, ProductId = _products.IdOf(line), Description = _products.DescriptionOf(line),
            Quantity = line.Quantity, UnitPrice = line.UnitPrice, Amount = Amount(line, staged), OrderId = taken?.OrderId,
            OrderLineId = taken?.Id,
        };
    }

    private async Task WriteOrdersAsync(List<StagedOrder> created, CancellationToken cancellationToken)
    {
        var keys = await writer!.KeysAsync<Order>(created.Count, cancellationToken);
        var lineKeys = await writer.KeysAsync<OrderLine>(created.Sum(o => o.Lines.Count), cancellationToken);
        var orders = created.ConvertAll(o => new Order
        {
            Id = keys.Dequeue(), CustomerId = CustomerOf(o), ExternalId = o.Number, Channel = o.Channel, Status = o.Status, PlacedAt = o.At,
            Currency = o.Currency, Rate = o.Rate, Total = o.Total, BaseTotal = o.BaseTotal, PaymentMethod = o.Payment,
        });
        await writer.WriteAsync(orders, cancellationToken);
        await writer.WriteAsync(orders.Zip(created).SelectMany(pair => pair.Second.Lines
            .Select(l => OrderLine(lineKeys.Dequeue(), pair.First.Id, l, pair.Second))).ToList(), cancellationToken);
        await writer.RecordCreatedAsync<Order>([.. orders.Select(o => (o.Id, o.CustomerId))], cancellationToken);
        foreach (var order in orders) Touch(order.CustomerId, null);
    }

    private async Task WriteRefundsAsync(List<StagedOrder> created, CancellationToken cancellationToken)
    {
        var keys = await writer!.KeysAsync<Refund>(created.Count, cancellationToken);
        var lineKeys = await writer.KeysAsync<RefundLine>(created.Sum(o => o.Lines.Count), cancellationToken);
        var refunds = created.ConvertAll(o => new Refund
        {
            Id = keys.Dequeue(), CustomerId = CustomerOf(o), ExternalId = o.Number, RefundedAt = o.At, Currency = o.Currency, Rate = o.Rate,
                Amount = o.Total, BaseAmount = o.BaseTotal,
        });
        var bought = await BoughtAsync(created, cancellationToken);
        await writer.WriteAsync(refunds, cancellationToken);
        await writer.WriteAsync(refunds.Zip(created).SelectMany(pair => pair.Second.Lines
            .Select(l => RefundLine(lineKeys.Dequeue(), pair.First.Id, l, pair.Second, bought))).ToList(), cancellationToken);
        await writer.RecordCreatedAsync<Refund>([.. refunds.Select(r => (r.Id, r.CustomerId))], cancellationToken);
        foreach (var refund in refunds) Touch(refund.CustomerId, null);
    }

    /// <summary>The lines that refunds of whole orders take back, each to be taken once.</summary>
    private async Task<List<OrderLine>> BoughtAsync(List<StagedOrder> refunds, CancellationToken cancellationToken)
    {
        var numbers = refunds.Select(r => r.RefundOf).OfType<string>().ToList();
        return numbers.Count == 0 ? [] : await db.OrderLines.AsNoTracking().Include(l => l.Order)
            .Where(l => numbers.Contains(l.Order!.ExternalId!)).OrderBy(l => l.Id).ToListAsync(cancellationToken);
    }

    private void Compare(RecordCount count, StagedOrder staged, string name, Dictionary<string, string?[]> fields)
    {
        if (fields.Count == 0)
        {
            count.Same++;
            return;
        }

        count.Changed++;
        if (result.Differences.Count < MostDifferences) result.Differences.Add(new(staged.RowNumber, name, fields));
    }

    private static Dictionary<string, string?[]> Differences(Microsoft.EntityFrameworkCore.ChangeTracking.EntityEntry entry,
        bool hasOtherLines, int linesBefore, int linesAfter)
    {
        entry.DetectChanges();
        var fields = entry.Properties.Where(p => p.IsModified && !Equals(p.OriginalValue, p.CurrentValue))
            .ToDictionary(p => p.Metadata.Name, p => new[] { ImportStaging.Text(p.OriginalValue), ImportStaging.Text(p.CurrentValue) }
                .ToArray<string?>());
        if (hasOtherLines) fields["Lines"] = [ImportStaging.Text(linesBefore), ImportStaging.Text(linesAfter)];
        return fields;
    }

    private void Count(StagedOrder staged, DocumentCount known, DocumentCount anonymous)
    {
        var count = staged.Customer?.KeyOf(plan.Match) is { } key && customers.ContainsKey(key) ? known : anonymous;
        count.Documents++;
        count.Lines += staged.Lines.Count;
        // Each order fits; anyone who has so many of the largest is shown the largest number.
        count.Amount = count.Amount > long.MaxValue - staged.BaseTotal ? long.MaxValue : count.Amount + staged.BaseTotal;
    }

    private long? CustomerOf(StagedOrder staged) => staged.Customer?.KeyOf(plan.Match) is { } key && customers.TryGetValue(key, out var id)
        ? id : null;

    private void Touch(long? first, long? second)
    {
        if (first is { } one) Touched.Add(one);
        if (second is { } other) Touched.Add(other);
    }

    private static long Amount(StagedOrderLine line, StagedOrder order) => line.Amount(order.Currency);
}
