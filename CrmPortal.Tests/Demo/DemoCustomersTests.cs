using CrmPortal.Core.Demo;
using CrmPortal.Core.Orders;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Demo;

public sealed class DemoCustomersTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Load_CustomersWithOrders_LeavesNothingToRecalculate_AndIsDoneOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();

        await system.Get<DemoCustomers>().LoadAsync(CancellationToken.None);
        await system.Get<DemoCustomers>().LoadAsync(CancellationToken.None);

        Assert.Equal(0, await system.Get<RecalculateService>().RunAsync(null, CancellationToken.None));
        var counts = await data.ReadAsync(db => db.Customers.Select(c => db.Orders.Count(o => o.CustomerId == c.Id)).ToListAsync());
        Assert.Equal((260, 0, 8), (counts.Count, counts.Min(), counts.Max()));
        Assert.True(await data.ReadAsync(db => db.Refunds.AnyAsync()) && await data.ReadAsync(db => db.Orders.AnyAsync(o => o.CustomerId == null)));
        Assert.Equal(0, await data.ReadAsync(db => db.Orders.CountAsync(o => o.Total != o.Lines.Sum(l => l.Amount))));
        Assert.Equal(await data.ReadAsync(db => db.Orders.CountAsync()), await data.ReadAsync(db => db.AuditEntries.CountAsync(e => e.EntityType == nameof(Order))));
    }
}
