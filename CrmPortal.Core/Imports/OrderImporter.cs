using CrmPortal.Core.Common;
using CrmPortal.Core.Data;
using CrmPortal.Core.Orders;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Imports;

/// <summary>
/// Compares staged orders and refunds with those that are there, and writes what is new or changed; without a writer it only counts.
/// </summary>
internal sealed class OrderImporter(CrmDbContext db, ImportPlan plan, IReadOnlyDictionary<string, long> customers, ImportResult result, ImportWriter? writer)
{
    public const int BatchSize = 500;
    private const int MostDifferences = 200;
    private readonly ProductCatalogue _products = new(db, writer);

    /// <summary>The customers whose figures must be computed anew.</summary>
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
        var present = await db.Orders.Include(o => o.Lines).Where(o => numbers.Contains(o.ExternalId!)).ToDictionaryAsync(o => o.ExternalId!, cancellationToken);
        var created = new List<StagedOrder>();
        foreach (var staged in batch)
        {
            Count(staged, result.KnownOrders, result.AnonymousOrders);
            if (present.TryGetValue(staged.Number, out var order))
            {
                if (plan.Mode == ImportMode.Create) result.Orders.Skipped++;
                else Compare(result.Orders, staged, order.Name, ChangeOrder(order, staged));
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
        }

        if (writer is not null && created.Count > 0) await WriteOrdersAsync(created, cancellationToken);
    }

    private async Task RunRefundsAsync(List<StagedOrder> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return;
        var numbers = batch.ConvertAll(o => o.Number);
        var present = await db.Refunds.Include(r => r.Lines).Where(r => numbers.Contains(r.ExternalId!)).ToDictionaryAsync(r => r.ExternalId!, cancellationToken);
        var created = new List<StagedOrder>();
        foreach (var staged in batch)
        {
            Count(staged, result.KnownRefunds, result.AnonymousRefunds);
            if (present.TryGetValue(staged.Number, out var refund))
            {
                if (plan.Mode == ImportMode.Create) result.Refunds.Skipped++;
                else Compare(result.Refunds, staged, refund.Name, ChangeRefund(refund, staged));
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
        }

        if (writer is not null && created.Count > 0) await WriteRefundsAsync(created, cancellationToken);
    }

    private Dictionary<string, string?[]> ChangeOrder(Order order, StagedOrder staged)
    {
        var entry = db.Entry(order);
        var before = order.CustomerId;
        order.CustomerId = CustomerOf(staged) ?? order.CustomerId;
        order.Status = staged.Lines.Any(l => l.Status is not null) ? staged.Status : order.Status;
        order.Channel = staged.Channel ?? order.Channel;
        order.PlacedAt = staged.At;
        (order.Currency, order.Rate, order.Total, order.BaseTotal) = (staged.Currency, staged.Rate, staged.Total, staged.BaseTotal);
        var linesBefore = order.Lines.Count;
        var hasOtherLines = !HasLines(staged, order.Lines.Select(l => (l.ProductId, l.Description, l.Quantity, l.UnitPrice, l.Discount, l.Tax)), l => (l.Discount, l.Tax));
        if (hasOtherLines)
        {
            db.OrderLines.RemoveRange(order.Lines);
            db.OrderLines.AddRange(staged.Lines.Select(l => new OrderLine
            {
                OrderId = order.Id, ProductId = _products.IdOf(l), Description = _products.DescriptionOf(l), Quantity = l.Quantity, UnitPrice = l.UnitPrice, Discount = l.Discount, Tax = l.Tax, Amount = Amount(l, staged),
            }));
        }

        var fields = Differences(entry, hasOtherLines, linesBefore, staged.Lines.Count);
        if (fields.Count > 0) Touch(before, order.CustomerId);
        return fields;
    }

    private Dictionary<string, string?[]> ChangeRefund(Refund refund, StagedOrder staged)
    {
        var before = refund.CustomerId;
        refund.CustomerId = CustomerOf(staged) ?? refund.CustomerId;
        refund.RefundedAt = staged.At;
        (refund.Currency, refund.Rate, refund.Amount, refund.BaseAmount) = (staged.Currency, staged.Rate, staged.Total, staged.BaseTotal);
        var linesBefore = refund.Lines.Count;
        var hasOtherLines = !HasLines(staged, refund.Lines.Select(l => (l.ProductId, l.Description, l.Quantity, l.UnitPrice, l.Amount, 0L)), l => (Amount(l, staged), 0L));
        if (hasOtherLines)
        {
            db.RefundLines.RemoveRange(refund.Lines);
            db.RefundLines.AddRange(staged.Lines.Select(l => new RefundLine
            {
                RefundId = refund.Id, ProductId = _products.IdOf(l), Description = _products.DescriptionOf(l), Quantity = l.Quantity, UnitPrice = l.UnitPrice, Amount = Amount(l, staged),
            }));
        }

        var fields = Differences(db.Entry(refund), hasOtherLines, linesBefore, staged.Lines.Count);
        if (fields.Count > 0) Touch(before, refund.CustomerId);
        return fields;
    }

    private async Task WriteOrdersAsync(List<StagedOrder> created, CancellationToken cancellationToken)
    {
        var keys = await writer!.KeysAsync<Order>(created.Count, cancellationToken);
        var lineKeys = await writer.KeysAsync<OrderLine>(created.Sum(o => o.Lines.Count), cancellationToken);
        var orders = created.ConvertAll(o => new Order
        {
            Id = keys.Dequeue(), CustomerId = CustomerOf(o), ExternalId = o.Number, Channel = o.Channel, Status = o.Status, PlacedAt = o.At,
            Currency = o.Currency, Rate = o.Rate, Total = o.Total, BaseTotal = o.BaseTotal,
        });
        await writer.WriteAsync(orders, cancellationToken);
        await writer.WriteAsync(orders.Zip(created).SelectMany(pair => pair.Second.Lines.Select(l => new OrderLine
        {
            Id = lineKeys.Dequeue(), OrderId = pair.First.Id, ProductId = _products.IdOf(l), Description = _products.DescriptionOf(l), Quantity = l.Quantity, UnitPrice = l.UnitPrice, Discount = l.Discount, Tax = l.Tax, Amount = Amount(l, pair.Second),
        })).ToList(), cancellationToken);
        await writer.RecordCreatedAsync<Order>([.. orders.Select(o => (o.Id, o.CustomerId))], cancellationToken);
        foreach (var order in orders) Touch(order.CustomerId, null);
    }

    private async Task WriteRefundsAsync(List<StagedOrder> created, CancellationToken cancellationToken)
    {
        var keys = await writer!.KeysAsync<Refund>(created.Count, cancellationToken);
        var lineKeys = await writer.KeysAsync<RefundLine>(created.Sum(o => o.Lines.Count), cancellationToken);
        var refunds = created.ConvertAll(o => new Refund
        {
            Id = keys.Dequeue(), CustomerId = CustomerOf(o), ExternalId = o.Number, RefundedAt = o.At, Currency = o.Currency, Rate = o.Rate, Amount = o.Total, BaseAmount = o.BaseTotal,
        });
        await writer.WriteAsync(refunds, cancellationToken);
        await writer.WriteAsync(refunds.Zip(created).SelectMany(pair => pair.Second.Lines.Select(l => new RefundLine
        {
            Id = lineKeys.Dequeue(), RefundId = pair.First.Id, ProductId = _products.IdOf(l), Description = _products.DescriptionOf(l), Quantity = l.Quantity, UnitPrice = l.UnitPrice, Amount = Amount(l, pair.Second),
        })).ToList(), cancellationToken);
        await writer.RecordCreatedAsync<Refund>([.. refunds.Select(r => (r.Id, r.CustomerId))], cancellationToken);
        foreach (var refund in refunds) Touch(refund.CustomerId, null);
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

    /// <summary>Whether the lines that are there are those of the file, with what each has beside its price.</summary>
    private bool HasLines(StagedOrder staged, IEnumerable<(long ProductId, string? Description, int Quantity, long UnitPrice, long, long)> present, Func<StagedOrderLine, (long First, long Second)> beside) =>
        present.Order().SequenceEqual(staged.Lines.Select(l => (_products.IdOf(l), _products.DescriptionOf(l), l.Quantity, l.UnitPrice, beside(l).First, beside(l).Second)).Order());

    private static Dictionary<string, string?[]> Differences(Microsoft.EntityFrameworkCore.ChangeTracking.EntityEntry entry, bool hasOtherLines, int linesBefore, int linesAfter)
    {
        entry.DetectChanges();
        var fields = entry.Properties.Where(p => p.IsModified && !Equals(p.OriginalValue, p.CurrentValue))
            .ToDictionary(p => p.Metadata.Name, p => new[] { ImportStaging.Text(p.OriginalValue), ImportStaging.Text(p.CurrentValue) }.ToArray<string?>());
        if (hasOtherLines) fields["Lines"] = [ImportStaging.Text(linesBefore), ImportStaging.Text(linesAfter)];
        return fields;
    }

    private void Count(StagedOrder staged, DocumentCount known, DocumentCount anonymous)
    {
        var count = staged.Customer?.KeyOf(plan.Match) is { } key && customers.ContainsKey(key) ? known : anonymous;
        count.Documents++;
        count.Lines += staged.Lines.Count;
        count.Amount += staged.BaseTotal;
    }

    private long? CustomerOf(StagedOrder staged) => staged.Customer?.KeyOf(plan.Match) is { } key && customers.TryGetValue(key, out var id) ? id : null;

    private void Touch(long? first, long? second)
    {
        if (first is { } one) Touched.Add(one);
        if (second is { } other) Touched.Add(other);
    }

    private static long Amount(StagedOrderLine line, StagedOrder order) => line.Amount(order.Currency);
}
