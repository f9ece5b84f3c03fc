using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Performance;

/// <summary>What the list of orders and the customer's tab ask of the database. Nothing is timed.</summary>
public sealed class OrderListCostTests
{
    /// <summary>
    /// The filters that the screen offers; a range of what another order sorts by reads that range and sorts it, and stands here for its
    /// own order only.
    /// </summary>
    private static readonly string?[] Filters =
    [
        null, "status:any:paid", "status:any:paid,shipped", "status:none:cancelled", "anonymous:yes", "anonymous:no", "channel:is:web",
            "channel:empty", "currency:is:usd", "customer:is:CUST-20250101-000004",
    ];

    [Fact]
    public async Task List_EveryFilterAndOrder_ReadsAlongAnIndexWithoutSorting()
    {
        var plans = new PlanRecorder();
        await using var data = await SeededAsync(plans);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var faults = new List<string>();

        foreach (var isAnalysed in new[] { false, true })
        {
            if (isAnalysed) await data.WriteAsync(db => db.Database.ExecuteSqlRawAsync("analyze"));
            foreach (var sort in Enum.GetValues<OrderSort>())
            {
                foreach (var filter in Filters.Append(sort == OrderSort.Placed ? "placed:last:30" : "total:more:10"))
                {
                    // What one customer bought is little, and stands in an index by date only.
                    var mayGather = sort == OrderSort.Total && filter?.StartsWith("customer:", StringComparison.Ordinal) == true;
                    foreach (var descending in new[] { true, false })
                    {
                        plans.Clear();
                        await staff.Get<OrderService>().ListAsync(new(null, filter, sort, descending), new(3, 25), CancellationToken.None);
                        faults.AddRange(plans.Plans.Where(p => p.Contains("LIMIT", StringComparison.Ordinal)
                            && p.Contains("\"Orders\"", StringComparison.Ordinal)
                            && !mayGather && p.Contains("USE TEMP B-TREE FOR ORDER BY", StringComparison.Ordinal))
                                .Select(p => $"{sort} {descending} {filter} {isAnalysed}: {p}"));
                    }
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join("\n\n", faults));
    }

    [Fact]
    public async Task LookUps_OfOneOrderACustomerAndANumber_ScanNoTable()
    {
        var plans = new PlanRecorder();
        await using var data = await SeededAsync(plans);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var orders = staff.Get<OrderService>();
        var (order, customer) = await data
            .ReadAsync(async db => (await db.Orders.MaxAsync(o => o.Id), await db.Customers.MaxAsync(c => c.Id)));
        plans.Clear();

        await orders.GetAsync(order, CancellationToken.None);
        await orders.OfCustomerAsync(customer, new(), CancellationToken.None);
        await orders.ListAsync(new("O-17"), new(), CancellationToken.None);
        await orders.ListAsync(new("5363"), new(), CancellationToken.None);

        // The products are looked through for a part of a name: there are few of them, and the answer is bounded.
        var scans = plans.Plans.Where(p => PlanRecorder.Scans(p).Any() && !p.Contains("FROM \"Products\"", StringComparison.Ordinal))
            .ToList();
        Assert.True(scans.Count == 0, string.Join("\n\n", scans));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Statements_OfEachCall_AreFewAndTheSameForManyRows(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.WriteAsync(db =>
        {
            var customers = Enumerable.Range(0, 60).Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())).ToList();
            db.Customers.AddRange(customers);
            TestOrders.Add(db, customers, data.Clock.GetUtcNow());
            return Task.CompletedTask;
        });
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var orders = staff.Get<OrderService>();
        var (order, customer) = await data
            .ReadAsync(async db => (await db.Orders.MinAsync(o => o.Id), await db.Customers.MinAsync(c => c.Id)));

        // Which rows, the rows with their customers, how many lines, their first ones; who acts is read beside them.
        Assert.Equal(4, await CountAsync(() => orders.ListAsync(new(), new(1, 5), CancellationToken.None)));
        Assert.Equal(4,
            await CountAsync(() => orders.ListAsync(new(Filter: "status:any:paid", Sort: OrderSort.Total), new(1, 100),
            CancellationToken.None)));
        Assert.Equal(1, await CountAsync(() => orders.CountAsync(new(), 1000, CancellationToken.None)));
        // The order with its customer, its lines, its refunds and theirs, what came back of it, the points booked for it.
        Assert.Equal(7, await CountAsync(() => orders.GetAsync(order, CancellationToken.None)));
        Assert.Equal(5, await CountAsync(() => orders.OfCustomerAsync(customer, new(), CancellationToken.None)));

        async Task<int> CountAsync(Func<Task> call)
        {
            data.Commands.Clear();
            await call();
            return data.Commands.Count;
        }
    }

    private static async Task<TestServices> SeededAsync(PlanRecorder plans)
    {
        var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(plans));
        await data.WriteAsync(db =>
        {
            var customers = Enumerable.Range(0, 1500).Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())).ToList();
            db.Customers.AddRange(customers);
            TestOrders.Add(db, customers, data.Clock.GetUtcNow());
            return Task.CompletedTask;
        });
        return data;
    }
}
