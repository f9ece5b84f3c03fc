using System.Globalization;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Demo;

/// <summary>
/// What was bought in two years: by regulars and by people who came once, most before Christmas, some of it cancelled, not yet paid
/// or returned, and a little by people whom nobody knows.
/// </summary>
internal sealed class DemoOrders(ulong seed, SeedCalendar calendar, DateTimeOffset now, string currency)
{
    private const int FirstNumber = 100_001;
    private const int ByTheCase = 5;
    private static readonly TimeSpan JustNow = TimeSpan.FromMinutes(15);
    private static readonly string[] Reasons = ["Arrived damaged", "Did not fit", "Changed their mind", "Wrong colour"];

    private readonly SeedCatalogue _catalogue = new();
    private Dictionary<long, string?> _categories = [];

    public List<Product> Products { get; private set; } = [];

    public List<Order> Orders { get; } = [];

    public List<OrderLine> Lines { get; } = [];

    public List<Refund> Refunds { get; } = [];

    public List<RefundLine> Returned { get; } = [];

    /// <summary>The lines of each order.</summary>
    public ILookup<long, OrderLine> LinesOf { get; private set; } = Array.Empty<OrderLine>().ToLookup(l => l.OrderId);

    public string? CategoryOf(long productId) => _categories[productId];

    /// <summary>Fills the baskets of those who bought.</summary>
    public async Task MakeAsync(IReadOnlyList<SeedOrder> purchases, IReadOnlyList<DemoCustomer> customers, DemoWriter writer)
    {
        var productKeys = await writer.KeysAsync<Product>(_catalogue.Products.Count);
        Products = [.. _catalogue.Products.Select(p => new Product { Id = productKeys.Dequeue(), Code = p.Code, Name = p.Name,
            Category = p.Category, Brand = p.Brand })];
        _categories = Products.ToDictionary(p => p.Id, p => p.Category);
        var sales = purchases.Where(p => calendar.At(p.Second) < now - JustNow).ToList();
        var orderKeys = await writer.KeysAsync<Order>(sales.Count);
        var basket = new SeedBasket(seed, _catalogue, calendar, currency);
        var lineKeys = await writer.KeysAsync<OrderLine>(sales.Sum(s => Filled(basket, s).Count));
        var returns = new List<(Order Order, DateTimeOffset At, int Lines)>();
        foreach (var sale in sales)
        {
            var customer = sale.Customer == SeedOrder.Nobody ? null : customers[sale.Customer];
            var order = Order(Filled(basket, sale), calendar.At(sale.Second), customer, orderKeys.Dequeue(), lineKeys);
            if (basket.RefundSecond is { } second && calendar.At(second) is var at && at < now)
                returns.Add((order, at, basket.RefundLines));
            if (customer is not null && basket.IsCounted) customer.Orders.Add(order);
        }

        LinesOf = Lines.ToLookup(l => l.OrderId);
        await ReturnAsync(returns, customers, writer);
    }

    private static SeedBasket Filled(SeedBasket basket, SeedOrder sale)
    {
        basket.Fill(sale);
        return basket;
    }

    private Order Order(SeedBasket basket, DateTimeOffset at, DemoCustomer? customer, long key, Queue<long> lineKeys)
    {
        var random = SeedRandom.For(seed, SeedStream.DemoOrder, (ulong)Orders.Count);
        // Those who sell on buy by the case.
        var times = customer?.Tags.Contains("Wholesale") == true ? ByTheCase : 1;
        var total = 0L;
        for (var i = 0; i < basket.Count; i++)
        {
            var (product, quantity) = (basket.Product[i], basket.Quantity[i] * times);
            var price = _catalogue.Products[product].UnitPrice;
            var line = new OrderLine
            {
                Id = lineKeys.Dequeue(), OrderId = key, ProductId = Products[product].Id, Quantity = quantity, UnitPrice = price,
                Amount = Money.LineAmount(quantity, price, currency),
            };
            total += line.Amount;
            Lines.Add(line);
        }

        var isSent = basket.Channel != "shop";
        var order = new Order
        {
            Id = key, CustomerId = customer?.Id, ExternalId = string.Create(CultureInfo.InvariantCulture,
            $"D-{FirstNumber + Orders.Count}"), Channel = basket.Channel,
            Status = basket.Status, PlacedAt = at, Currency = currency, Total = total, BaseTotal = total, Version = 1,
            PaymentMethod = isSent ? (random.Chance(0.5) ? "card" : random.Chance(0.6) ? "paypal" : "invoice") : random.Chance(0.6)
            ? "card" : "cash",
            ShippingAddress = isSent && customer?.Person is { Line1: not null } person
                ? new(customer.Name, person.Line1, null, person.City, null, person.PostalCode, person.Culture.Country) : null,
            ContactEmail = customer is null && isSent ? string.Create(CultureInfo.InvariantCulture, $"guest{Orders.Count}@example.org")
            : null,
        };
        Orders.Add(order);
        return order;
    }

    private async Task ReturnAsync(List<(Order Order, DateTimeOffset At, int Lines)> returns, IReadOnlyList<DemoCustomer> customers,
        DemoWriter writer)
    {
        var buyers = customers.ToDictionary(c => c.Id);
        var keys = await writer.KeysAsync<Refund>(returns.Count);
        var lineKeys = await writer.KeysAsync<RefundLine>(returns.Sum(r => r.Lines));
        foreach (var (order, at, count) in returns.OrderBy(r => r.At))
        {
            var back = LinesOf[order.Id].Take(count).ToList();
            var amount = back.Sum(l => l.Amount);
            var refund = new Refund
            {
                Id = keys.Dequeue(), CustomerId = order.CustomerId, ExternalId = "R-" + order.ExternalId, RefundedAt = at,
                Currency = currency, Amount = amount, BaseAmount = amount,
                Reason = Reasons[Refunds.Count % Reasons.Length], IsReturn = true, Version = 1,
            };
            Refunds.Add(refund);
            if (order.CustomerId is { } buyer) buyers[buyer].Refunds.Add(refund);
            Returned.AddRange(back.Select(l => new RefundLine
            {
                Id = lineKeys.Dequeue(), RefundId = refund.Id, OrderId = order.Id, OrderLineId = l.Id, ProductId = l.ProductId,
                Quantity = l.Quantity, UnitPrice = l.UnitPrice,
                Amount = l.Amount,
            }));
        }
    }

    public async Task WriteAsync(DemoWriter writer, DemoHistory history)
    {
        await writer.WriteAsync<Product>(Products);
        await writer.WriteAsync<Order>(Orders);
        await writer.WriteAsync<OrderLine>(Lines);
        await writer.WriteAsync<Refund>(Refunds);
        await writer.WriteAsync<RefundLine>(Returned);
        foreach (var order in Orders)
            history.Created(Day("order.create", order.PlacedAt), "order.create", order.PlacedAt, DemoStaff.Shop, nameof(Order), order.Id,
                order.CustomerId);
        foreach (var refund in Refunds)
            history.Created(Day("order.refund", refund.RefundedAt), "order.refund", refund.RefundedAt, DemoStaff.Shop, nameof(Refund),
                refund.Id, refund.CustomerId);
    }

    private static string Day(string work, DateTimeOffset at) => string.Create(CultureInfo.InvariantCulture,
        $"{work} {at.UtcDateTime:yyyyMMdd}");
}
