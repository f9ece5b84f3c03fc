using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Orders;

public sealed class OrderListTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_WithoutMore_IsNewestFirst_WithWhoBoughtAndWhat(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync();
        await data.AddOrderAsync("A-1", ada.Id, 12_50, placedAt: data.Clock.GetUtcNow().AddDays(-2), lines: 3);
        await data.AddOrderAsync("A-2", null, 5_00, OrderStatus.Completed, channel: null);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var rows = (await staff.Get<OrderService>().ListAsync(new(), new(), Token)).Items;

        Assert.Equal(["A-2", "A-1"], rows.Select(r => r.Name));
        Assert.Equal((null, null, 1, "Mug", 5_00L), (rows[0].Customer, rows[0].Channel, rows[0].LineCount, rows[0].FirstProduct,
            rows[0].Total));
        Assert.Equal((new OrderCustomer(ada.Id, "Ada Lovelace", false), "web", 3, 37_50L),
            (rows[1].Customer!, rows[1].Channel, rows[1].LineCount, rows[1].Total));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_EveryOrder_PagesShowEveryRowOnce_AlsoFromTheEnd(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        for (var i = 0; i < 13; i++)
            await data.AddOrderAsync($"A-{i}", null, (i % 3) * 100, placedAt: data.Clock.GetUtcNow().AddDays(i % 4));
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        foreach (var sort in Enum.GetValues<OrderSort>())
        {
            foreach (var (descending, total) in new[] { (true, (int?)null), (false, null), (true, 13), (false, 13) })
            {
                var seen = new List<OrderRow>();
                for (var number = 1; number <= 4; number++)
                {
                    var page = await staff.Get<OrderService>()
                        .ListAsync(new(Sort: sort, Descending: descending), new(number, 4, total), Token);
                    Assert.Equal(number < 4, page.HasMore);
                    seen.AddRange(page.Items);
                }

                Assert.Equal(13, seen.Select(o => o.Id).Distinct().Count());
                var expected = sort == OrderSort.Total ? seen.OrderBy(o => o.Total).ThenBy(o => o.Id) : seen.OrderBy(o => o.PlacedAt)
                    .ThenBy(o => o.Id);
                Assert.Equal(descending ? expected.Reverse() : expected, seen);
            }
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Search_ByNumber_FindsItWholeOrByItsBeginning(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddOrderAsync("5365", null, 100);
        await data.AddOrderAsync("536365", null, 100);
        await data.AddOrderAsync("536366", null, 100);
        await data.AddOrderAsync("100%_", null, 100);
        long own = 0;
        await data.WriteAsync(async db =>
        {
            var order = db.Orders.Add(new Order { PlacedAt = data.Clock.GetUtcNow().AddDays(-1), Currency = "EUR" }).Entity;
            await db.SaveChangesAsync();
            own = order.Id;
        });
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        Assert.Equal(["536366", "536365"], await NamesAsync(staff, new("5363")));
        Assert.Equal(["536365"], await NamesAsync(staff, new(" 536365 ")));
        Assert.Equal([$"O-{own}"], await NamesAsync(staff, new($"o-{own}")));
        Assert.Equal(["100%_"], await NamesAsync(staff, new("100%")));
        Assert.Empty(await NamesAsync(staff, new("365")));
        Assert.Empty(await NamesAsync(staff, new("a\0")));
        Assert.Equal(new RowCount(2, true), await staff.Get<OrderService>().CountAsync(new("5363"), 10, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Filter_EachField_FindsWhatItSays(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync();
        await data.AddOrderAsync("paid", ada.Id, 10_00, OrderStatus.Paid, data.Clock.GetUtcNow().AddDays(-40), channel: "web");
        await data.AddOrderAsync("cancelled", null, 20_00, OrderStatus.Cancelled, currency: "USD", channel: "shop");
        await data.AddOrderAsync("pending", null, 30_00, OrderStatus.Pending, channel: null);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        foreach (var (filter, names) in new (string, string[])[]
        {
            ("status:any:paid", ["paid"]), ("status:any:paid,pending", ["paid", "pending"]), ("status:none:paid,pending", ["cancelled"]),
                ("placed:older:30", ["paid"]), ("placed:last:30", ["cancelled", "pending"]),
            ("total:more:10", ["cancelled", "pending"]), ("total:between:10,20", ["cancelled", "paid"]), ("total:is:20.00", ["cancelled"]),
                ("anonymous:yes", ["cancelled", "pending"]), ("anonymous:no", ["paid"]),
            ($"customer:is:{ada.Number}", ["paid"]), ("channel:is:shop", ["cancelled"]), ("channel:empty", ["pending"]),
                ("currency:is:usd", ["cancelled"]), ("any(status:any:paid;not(currency:is:eur))", ["cancelled", "paid"]),
        })
        {
            Assert.Equal((filter, string.Join(' ', names)),
                (filter, string.Join(' ', (await NamesAsync(staff, new(Filter: filter))).Order(StringComparer.Ordinal))));
        }

        await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<OrderService>()
            .ListAsync(new(Filter: "email:is:a"), new(), Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_WithoutAName_IsNotShownByAnEmailThatMayNotBeSeen(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var nameless = await data.AddCustomerAsync(null, null, "secret@example.com");
        await data.AddOrderAsync("A-1", nameless.Id, 100);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var clerk = await data.AsAsync(Permissions.OrdersView);

        Assert.Equal(nameless.Number, (await staff.Get<OrderService>().ListAsync(new(), new(), Token)).Items.Single().Customer!.Name);
        Assert.Equal("secret@example.com", (await agent.Get<OrderService>().ListAsync(new(), new(), Token)).Items.Single().Customer!.Name);
        Assert.Equal(nameless.Number, (await clerk.Get<OrderService>().ListAsync(new(), new(), Token)).Items.Single().Customer!.Name);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_SaysOnAskingWhatCameBack_AndWhenAnOrderWasChangedLast(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var orders = staff.Get<OrderService>();
        var made = (await orders.CreateAsync(OrderWriting.Order(50, 2, OrderStatus.Paid) with
        {
            ExternalId = "A-1", PaymentMethod = "card", ShippingAddress = new OrderAddress(null, null, null, "Porto", null, null, "PT"),
        }, Token)).Order;
        await data.AddRefundAsync("R-1", null, 12_50, "A-1");
        data.Clock.Advance(TimeSpan.FromHours(1));
        await orders.UpdateAsync(made.Id, new() { Channel = "phone" }, null, Token);

        var row = (await orders.ListAsync(new(), new(), Token, OrderRowParts.Refunded | OrderRowParts.Changed)).Items.Single();
        var plain = (await orders.ListAsync(new(), new(), Token)).Items.Single();

        Assert.Equal((2L, "card", "Porto", "PT"), (row.Pieces, row.PaymentMethod, row.City, row.Country));
        Assert.Equal(12_50L, row.Refunded);
        Assert.Equal(data.Clock.GetUtcNow(), row.ChangedAt!.Value, TimeSpan.FromMilliseconds(1));
        Assert.Equal((0L, null), (plain.Refunded, plain.ChangedAt));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_BySecondOrder_SortsThoseThatAreEqual_AndIsRefusedForMoreThanTenThousand(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddOrderAsync("old", null, 10_00, placedAt: data.Clock.GetUtcNow().AddDays(-3));
        await data.AddOrderAsync("large", null, 90_00, placedAt: data.Clock.GetUtcNow().AddDays(-2));
        await data.AddOrderAsync("new", null, 10_00, placedAt: data.Clock.GetUtcNow().AddDays(-1));
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var byTotal = new OrderQuery(Sort: OrderSort.Total) { Then = OrderSort.Placed };

        Assert.Equal(["large", "old", "new"], await NamesAsync(staff, byTotal));
        Assert.Equal(["large", "new", "old"], await NamesAsync(staff, byTotal with { ThenDescending = true }));
        Assert.Equal(["old", "new", "large"], await NamesAsync(staff, byTotal with { Descending = false }));

        await data.WriteAsync(db =>
        {
            db.Orders.AddRange(Enumerable.Range(0, SecondOrder.MostRows).Select(i => new Order
            {
                ExternalId = $"M-{i}", PlacedAt = data.Clock.GetUtcNow().AddHours(-i), Currency = "EUR", Channel = "mass",
            }));
            return Task.CompletedTask;
        });
        var refusal = await Assert.ThrowsAsync<RuleViolationException>(() => NamesAsync(staff, byTotal));
        Assert.Equal("Then", refusal.Errors.Single().Field);
        Assert.Equal(25, (await NamesAsync(staff, byTotal with { Filter = "channel:is:mass" })).Count);
    }

    [Fact]
    public async Task EveryCall_WithoutThePermission_IsRefused()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var scope = await data.AsAsync(Permissions.CustomersView);
        var orders = scope.Get<OrderService>();

        await Assert.ThrowsAsync<AccessDeniedException>(() => orders.ListAsync(new(), new(), Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => orders.CountAsync(new(), null, Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => orders.GetAsync(1, Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => orders.OfCustomerAsync(1, new(), Token));
    }

    private static async Task<IReadOnlyList<string>> NamesAsync(TestScope scope, OrderQuery query) =>
        [.. (await scope.Get<OrderService>().ListAsync(query, new(), Token)).Items.Select(r => r.Name)];
}
