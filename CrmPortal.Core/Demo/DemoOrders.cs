using System.Globalization;
using CrmPortal.Core.Audit;
using CrmPortal.Core.Common;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Data;
using CrmPortal.Core.Orders;

namespace CrmPortal.Core.Demo;

/// <summary>
/// What the demo customers bought: up to eight orders each, some of them cancelled or not yet paid, some goods returned, and a
/// few sales across the counter to nobody known.
/// </summary>
internal sealed class DemoOrders(CrmDbContext db, IDatabaseProvider provider, DateTimeOffset now, string currency)
{
    private const int MostOrders = 8;
    private const int AnonymousOrders = 24;
    private const int FirstNumber = 100_001;

    private static readonly (string Code, string Name, string Category, int Price)[] Goods =
    [
        ("MUG-01", "Stoneware mug", "Kitchen", 12_50), ("MUG-02", "Stoneware mug, set of four", "Kitchen", 44_00), ("TEA-11", "Breakfast tea, 250 g", "Tea and coffee", 9_80),
        ("TEA-14", "Green tea, 100 g", "Tea and coffee", 7_40), ("COF-03", "Espresso beans, 1 kg", "Tea and coffee", 21_90), ("POT-05", "Teapot, cast iron", "Kitchen", 68_00),
        ("LIN-21", "Linen tea towel", "Textiles", 14_20), ("LIN-30", "Linen tablecloth", "Textiles", 79_00), ("CAN-07", "Beeswax candle", "Living", 6_90),
        ("LAM-02", "Reading lamp", "Living", 119_00), ("BLA-09", "Wool blanket", "Textiles", 134_50), ("GFT-50", "Gift box, small", "Gifts", 4_95),
    ];

    private static readonly string[] Channels = ["web", "web", "web", "shop", "phone"];
    private static readonly string[] Reasons = ["Arrived damaged", "Did not fit", "Changed their mind"];

    // Apart from the customers' own chance, so that they stay who they are.
    private readonly Random _random = new(20260202);
    private readonly List<Order> _orders = [];
    private readonly List<OrderLine> _lines = [];
    private readonly List<Refund> _refunds = [];
    private readonly List<RefundLine> _returned = [];

    /// <summary>Writes the orders in the running transaction, under its change set, with one audit row each.</summary>
    public async Task WriteAsync(IReadOnlyList<Customer> customers, CancellationToken cancellationToken)
    {
        var productKeys = await provider.ReserveKeysAsync<Product>(db, Goods.Length, cancellationToken);
        await provider.BulkWriteAsync(db, Goods.Select((g, i) => new Product { Id = productKeys[i], Code = g.Code, Name = g.Name, Category = g.Category }).ToList(), cancellationToken);

        var sales = customers.SelectMany(Sales).Concat(Enumerable.Range(0, AnonymousOrders).Select(_ => new Sale(null, now.AddMinutes(-_random.Next(60, 500_000)), OrderStatus.Completed, "shop"))).OrderBy(s => s.At).ToList();
        var lineCounts = sales.ConvertAll(_ => _random.Next(1, 5));
        var orderKeys = await provider.ReserveKeysAsync<Order>(db, sales.Count, cancellationToken);
        var lineKeys = new Queue<long>(await provider.ReserveKeysAsync<OrderLine>(db, lineCounts.Sum(), cancellationToken));
        for (var i = 0; i < sales.Count; i++) Add(sales[i], orderKeys[i], i, lineCounts[i], productKeys, lineKeys);
        await AddReturnsAsync(cancellationToken);

        await provider.BulkWriteAsync(db, _orders, cancellationToken);
        await provider.BulkWriteAsync(db, _lines, cancellationToken);
        await provider.BulkWriteAsync(db, _refunds, cancellationToken);
        await provider.BulkWriteAsync(db, _returned, cancellationToken);
        await RecordAsync([.. _orders.Select(o => (nameof(Order), o.Id, o.CustomerId)), .. _refunds.Select(r => (nameof(Refund), r.Id, r.CustomerId))], cancellationToken);
    }

    private IEnumerable<Sale> Sales(Customer customer)
    {
        // Few buy often, most seldom, some never.
        var count = (int)(MostOrders * Math.Pow(_random.NextDouble(), 2) + 0.4);
        for (var i = 0; i < count; i++)
        {
            var age = (now - customer.CreatedAt).TotalMinutes * _random.NextDouble();
            var status = age < 3_000 ? OrderStatus.Pending : age < 10_000 ? OrderStatus.Paid : age < 20_000 ? OrderStatus.Shipped : _random.Next(14) == 0 ? OrderStatus.Cancelled : OrderStatus.Completed;
            yield return new(customer.Id, now.AddMinutes(-Math.Floor(age)), status, Channels[_random.Next(Channels.Length)]);
        }
    }

    private void Add(Sale sale, long key, int index, int lineCount, IReadOnlyList<long> productKeys, Queue<long> lineKeys)
    {
        var total = 0L;
        for (var i = 0; i < lineCount; i++)
        {
            var good = _random.Next(Goods.Length);
            var price = (long)Goods[good].Price * (Money.PriceScale / 100);
            var line = new OrderLine { Id = lineKeys.Dequeue(), OrderId = key, ProductId = productKeys[good], Quantity = 1 + (_random.Next(4) * _random.Next(2)), UnitPrice = price };
            line.Amount = Money.LineAmount(line.Quantity, price, currency);
            total += line.Amount;
            _lines.Add(line);
        }

        _orders.Add(new Order
        {
            Id = key, CustomerId = sale.CustomerId, ExternalId = string.Create(CultureInfo.InvariantCulture, $"D-{FirstNumber + index}"), Channel = sale.Channel, Status = sale.Status,
            PlacedAt = sale.At, Currency = currency, Total = total, BaseTotal = total,
        });
    }

    /// <summary>Of every twelfth completed order one line comes back, a week later.</summary>
    private async Task AddReturnsAsync(CancellationToken cancellationToken)
    {
        var returned = _orders.Where(o => o.Status == OrderStatus.Completed && o.PlacedAt < now.AddDays(-8) && _random.Next(12) == 0).ToList();
        var keys = new Queue<long>(await provider.ReserveKeysAsync<Refund>(db, returned.Count, cancellationToken));
        var lineKeys = new Queue<long>(await provider.ReserveKeysAsync<RefundLine>(db, returned.Count, cancellationToken));
        var lines = _lines.ToLookup(l => l.OrderId);
        foreach (var order in returned)
        {
            var line = lines[order.Id].First();
            var refund = new Refund
            {
                Id = keys.Dequeue(), CustomerId = order.CustomerId, ExternalId = "R-" + order.ExternalId, RefundedAt = order.PlacedAt.AddDays(7), Currency = currency,
                Amount = line.Amount, BaseAmount = line.Amount, Reason = Reasons[_random.Next(Reasons.Length)],
            };
            _refunds.Add(refund);
            _returned.Add(new RefundLine { Id = lineKeys.Dequeue(), RefundId = refund.Id, OrderId = order.Id, ProductId = line.ProductId, Quantity = line.Quantity, UnitPrice = line.UnitPrice, Amount = line.Amount });
        }
    }

    private async Task RecordAsync(IReadOnlyList<(string Type, long Id, long? CustomerId)> created, CancellationToken cancellationToken)
    {
        var keys = await provider.ReserveKeysAsync<AuditEntry>(db, created.Count, cancellationToken);
        await provider.BulkWriteAsync(db, created.Select((c, i) => new AuditEntry
        {
            Id = keys[i], ChangeSetId = db.LastChangeSetId!.Value, EntityType = c.Type, EntityId = c.Id, CustomerId = c.CustomerId, Action = AuditAction.Created,
        }).ToList(), cancellationToken);
    }

    private sealed record Sale(long? CustomerId, DateTimeOffset At, OrderStatus Status, string Channel);
}
