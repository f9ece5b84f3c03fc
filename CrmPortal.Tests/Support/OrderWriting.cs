using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Upkeep;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Support;

/// <summary>Short words for what tests of orders that are written do over and over.</summary>
internal static class OrderWriting
{
    /// <summary>A line of one product.</summary>
    public static OrderLineInput Line(decimal price, long quantity = 1, string code = "MUG-1") =>
        new() { ProductCode = code, Name = code == "MUG-1" ? "Mug" : null, Quantity = quantity, UnitPrice = price };

    /// <summary>An order of one line.</summary>
    public static OrderInput Order(decimal price, long quantity = 1, OrderStatus status = OrderStatus.Pending, long? customerId = null) =>
        new() { Status = status, CustomerId = customerId is null ? default : new(customerId), Lines = new([Line(price, quantity)]) };

    extension(TestServices data)
    {
        /// <summary>The points of a customer, which must be what their entries add up to.</summary>
        public async Task<long> PointsAsync(long customerId)
        {
            var (kept, sum, lots) = await data.ReadAsync(async db => (
                await db.Customers.Where(c => c.Id == customerId).Select(c => c.Points).SingleAsync(),
                await db.LoyaltyEntries.Where(e => e.Account!.CustomerId == customerId).SumAsync(e => e.Points),
                await db.LoyaltyLots.Where(l => l.Account!.CustomerId == customerId).SumAsync(l => l.Remaining) - await db.LoyaltyAccounts
                    .Where(a => a.CustomerId == customerId).SumAsync(a => a.Debt)));
            Assert.Equal((kept, kept), (sum, lots));
            return kept;
        }

        /// <summary>Computes all figures anew; none may have been wrong.</summary>
        public async Task AssertFiguresAsync()
        {
            await using var system = data.AsSystem();
            Assert.Equal(0, await system.Get<RecalculateService>().RunAsync(null, TestContext.Current.CancellationToken));
            // Nobody has spent less than nothing that no refund explains.
            Assert.Equal(0, await data.ReadAsync(db => db.Customers.CountAsync(c => c.TotalSpent < 0 && -c.TotalSpent > db.Set<Refund>()
                .Where(r => r.CustomerId == c.Id).Sum(r => r.BaseAmount))));
        }

        public Task<long> RecordedAsync() =>
            data.ReadAsync(async db => await db.AuditEntries.LongCountAsync() + await db.OutboxEvents.LongCountAsync() + await db.ChangeSets
            .LongCountAsync());
    }
}
