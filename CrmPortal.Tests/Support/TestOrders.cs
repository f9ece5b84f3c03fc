using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Support;

/// <summary>Orders and refunds put into the database directly, with the figures that follow from them.</summary>
internal static class TestOrders
{
    extension(TestServices data)
    {
        /// <summary>Adds an order with one line for each of the amounts.</summary>
        public async Task<long> AddOrderAsync(
            string number, long? customerId, long amount, OrderStatus status = OrderStatus.Paid, DateTimeOffset? placedAt = null,
                string currency = "EUR", string? channel = "web", int lines = 1)
        {
            await using var db = data.Get<IDatabaseProvider>().CreateContext(null);
            var product = await ProductAsync(db, "P-1", "Mug");
            var order = new Order
            {
                CustomerId = customerId, ExternalId = number, Status = status, PlacedAt = placedAt ?? data.Clock.GetUtcNow(),
                    Currency = currency, Channel = channel, Total = amount * lines, BaseTotal = amount * lines,
            };
            for (var i = 0; i < lines; i++)
                order.Lines.Add(new OrderLine { Product = product, Quantity = 1, UnitPrice = amount * 100, Amount = amount });
            db.Orders.Add(order);
            await db.SaveChangesAsync();
            if (customerId is { } customer) await OrderStatistics.RefreshAsync(db, [customer], CancellationToken.None);
            return order.Id;
        }

        /// <summary>Adds a refund of one line, of an order where its number is given.</summary>
        public async Task<long> AddRefundAsync(string number, long? customerId, long amount, string? orderNumber = null,
            DateTimeOffset? at = null)
        {
            await using var db = data.Get<IDatabaseProvider>().CreateContext(null);
            var product = await ProductAsync(db, "P-1", "Mug");
            var orderId = orderNumber is null ? (long?)null : await db.Orders.Where(o => o.ExternalId == orderNumber).Select(o => o.Id)
                .SingleAsync();
            var refund = new Refund { CustomerId = customerId, ExternalId = number, RefundedAt = at ?? data.Clock.GetUtcNow(),
                Currency = "EUR", Amount = amount, BaseAmount = amount, Reason = "Broken" };
            refund.Lines.Add(new RefundLine { OrderId = orderId, Product = product, Quantity = 1, UnitPrice = amount * 100,
                Amount = amount });
            db.Refunds.Add(refund);
            await db.SaveChangesAsync();
            if (customerId is { } customer) await OrderStatistics.RefreshAsync(db, [customer], CancellationToken.None);
            return refund.Id;
        }
    }

    /// <summary>Adds two orders to each of the customers, one of them with a refund, and one without a customer for each.</summary>
    public static void Add(CrmDbContext db, IReadOnlyList<Customer> customers, DateTimeOffset now)
    {
        var product = db.Products.OrderBy(p => p.Id).FirstOrDefault() ?? db.Products.Add(new Product { Code = "P-1", Name = "Mug" }).Entity;
        foreach (var (i, customer) in customers.Index())
        {
            for (var k = 0; k < 3; k++)
            {
                var order = new Order
                {
                    Customer = k == 2 ? null : customer, Status = (OrderStatus)((i + k) % 6),
                        PlacedAt = now.AddMinutes(-((i * 31) + (k * 977)) % 90_000), Currency = i % 5 == 0 ? "USD" : "EUR",
                    Channel = i % 3 == 0 ? "shop" : "web", Total = 100 * (i % 50), BaseTotal = 100 * (i % 50),
                };
                order.Lines.Add(new OrderLine { Product = product, Quantity = 1, UnitPrice = order.Total * 100, Amount = order.Total });
                db.Orders.Add(order);
            }

            var refund = new Refund { Customer = customer, RefundedAt = now.AddMinutes(-i), Currency = "EUR", Amount = 100,
                BaseAmount = 100 };
            refund.Lines.Add(new RefundLine { Product = product, Quantity = 1, UnitPrice = 10_000, Amount = 100 });
            db.Refunds.Add(refund);
        }
    }

    private static async Task<Product> ProductAsync(CrmDbContext db, string code, string name) =>
        await db.Products.FirstOrDefaultAsync(p => p.Code == code) ?? db.Products.Add(new Product { Code = code, Name = name }).Entity;
}
