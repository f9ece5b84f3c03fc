using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Orders;

public sealed class OrderWritingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Create_HasItsAmounts_CountsForTheCustomer_AndKnowsItsProducts(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var orders = staff.Get<OrderService>();

        var first = (await orders.CreateAsync(new()
        {
            ExternalId = " W-1 ", Channel = "web", Status = OrderStatus.Paid, Currency = "usd", Rate = 0.9m, CustomerId = ada.Id,
                PaymentMethod = "card",
            ShippingAddress = new OrderAddress("Ada", "1 High Street", null, "London", null, "N1 1AA", "gb"),
            Lines = new(
            [
                new() { ProductCode = "MUG-1", Name = "Mug", Category = "Kitchen", Brand = "Acme", Quantity = 3, UnitPrice = 3.3333m,
                    Discount = 1, Tax = 0.5m },
                new() { ProductCode = "MUG-1", Name = "Mug, blue", Quantity = 1, UnitPrice = 2 },
            ]),
        }, Token)).Order;
        await orders.CreateAsync(OrderWriting.Order(5, 2, customerId: ada.Id), Token);

        // 3 × 3.3333 = 9.9999, which is 10.00; less 1.00, with 0.50; and 2.00.
        Assert.Equal(("W-1", 11_50L, 10_35L, "USD", 0.9m), (first.Name, first.Total, first.BaseTotal, first.Currency, first.Rate));
        Assert.Equal([("Mug", 9_50L, "Kitchen"), ("Mug, blue", 2_00L, "Kitchen")],
            first.Lines.Select(l => (l.Name, l.Amount, l.Category!)));
        Assert.Equal(("GB", "•••"), (first.ShippingAddress!.Country, first.ShippingAddress.Line1));
        Assert.Equal(1, await data.ReadAsync(db => db.Products.CountAsync(Token)));
        var figures = await data.ReadAsync(db => db.Customers.Where(c => c.Id == ada.Id).Select(c => new { c.OrderCount, c.TotalSpent })
            .SingleAsync(Token));
        Assert.Equal((1, 10_35L), (figures.OrderCount, figures.TotalSpent));
        await data.AssertFiguresAsync();
    }

    [Fact]
    public async Task Amounts_OfRandomOrders_AreWhatDecimalArithmeticSays()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var random = new Random(20260131);
        foreach (var (currency, digits) in new[] { ("EUR", 2), ("JPY", 0), ("KWD", 3) })
        {
            for (var i = 0; i < 15; i++)
            {
                var step = (decimal)Math.Pow(10, -digits);
                var lines = Enumerable.Range(0, random.Next(1, 6)).Select(_ =>
                {
                    var (quantity, price) = (random.Next(1, 1_000), random.Next(0, 100_000_000) / 10_000m);
                    var whole = Math.Round(quantity * price, digits, MidpointRounding.AwayFromZero);
                    return new OrderLineInput { ProductCode = "P", Quantity = quantity, UnitPrice = price,
                        Discount = Math.Floor(whole * random.Next(0, 101) / 100 / step) * step, Tax = Math.Floor(whole / 5 / step) * step };
                }).ToList();
                var rate = currency == "EUR" ? (decimal?)null : random.Next(1, 2_000_000) / 1_000_000m;

                var order = (await staff.Get<OrderService>()
                    .CreateAsync(new() { Currency = currency, Rate = rate, Lines = new(lines) }, Token)).Order;

                var expected = lines
                    .Sum(l => Math.Round(l.Quantity * l.UnitPrice!.Value, digits, MidpointRounding.AwayFromZero) - l.Discount + l.Tax);
                Assert.Equal(expected, Money.ToDecimal(order.Total, currency));
                Assert.Equal(Math.Round(expected * (rate ?? 1), 2, MidpointRounding.AwayFromZero), Money.ToDecimal(order.BaseTotal, "EUR"));
            }
        }
    }

    [Fact]
    public async Task Create_WithWhatIsWrong_NamesEachField_AndWritesNothing()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var before = await data.RecordedAsync();

        Assert.Equal(["Lines"], await WrongAsync(staff, new()));
        Assert.Equal(["Lines"], await WrongAsync(staff, new() { Lines = new([.. Enumerable.Repeat(OrderWriting.Line(1), 501)]) }));
        Assert.Equal(["Lines[0].ProductCode", "Lines[0].Quantity", "Lines[0].UnitPrice", "Lines[1].Discount", "Lines[2].UnitPrice",
            "Lines[2].Tax"], await WrongAsync(staff, new()
        {
            Lines = new([new() { Quantity = 0 }, OrderWriting.Line(1) with { Discount = 1.01m },
                OrderWriting.Line(0.00001m) with { Tax = 0.001m }]),
        }));
        Assert.Equal(["Rate"], await WrongAsync(staff, new() { Currency = "USD", Lines = new([OrderWriting.Line(1)]) }));
        Assert.Equal(["Rate"], await WrongAsync(staff, new() { Rate = 2, Lines = new([OrderWriting.Line(1)]) }));
        Assert.Equal(["Lines"],
            await WrongAsync(staff, new() { Lines = new([.. Enumerable.Repeat(OrderWriting.Line(1_000_000_000, 1_000_000), 500)]) }));
        Assert.Equal(["Email", "Phone", "Currency", "PlacedAt"],
            await WrongAsync(staff, new() { Email = "ada", Phone = "12", Currency = "XXQ", PlacedAt = data.Clock.GetUtcNow().AddDays(2),
            Lines = new([OrderWriting.Line(1)]) }));
        Assert.Equal(["CustomerId"], await WrongAsync(staff, OrderWriting.Order(1, customerId: 4711)));
        Assert.Equal(["ShippingAddress.Country"],
            await WrongAsync(staff,
            OrderWriting.Order(1) with { ShippingAddress = new OrderAddress("A", null, null, null, null, null, "QQ") }));

        Assert.Equal(before, await data.RecordedAsync());
        Assert.Equal(0, await data.ReadAsync(db => db.Orders.CountAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Upsert_OfTheSame_ChangesNothing_OfAnother_WhatDiffers(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync(email: "ada@example.com");
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var orders = staff.Get<OrderService>();
        var body = new OrderInput
        {
            ExternalId = "W-1", Channel = "web", Currency = "USD", Rate = 0.91m, PlacedAt = data.Clock.GetUtcNow().AddTicks(7),
                Email = "Ada@Example.com", Phone = "+442079460958",
            ShippingAddress = new OrderAddress("Ada", "1 High Street", null, "London", null, "N1 1AA", "GB"),
                Lines = new([OrderWriting.Line(1.2345m, 3), OrderWriting.Line(2, 1, "TEA-1")]),
        };
        var created = await orders.UpsertAsync(body, Token);
        Assert.Equal((true, ada.Id), (created.IsCreated, created.Order.Customer!.Id));
        var recorded = await data.RecordedAsync();

        var again = await orders.UpsertAsync(body, Token);

        Assert.Equal((false, false, created.Order.Version), (again.IsCreated, again.IsChanged, again.Order.Version));
        Assert.Equal(recorded, await data.RecordedAsync());

        var paid = await orders.UpsertAsync(body with { Status = OrderStatus.Paid, Lines = new([OrderWriting.Line(10, 2)]) }, Token);
        Assert.Equal((created.Order.Id, 20_00L, OrderStatus.Paid, true),
            (paid.Order.Id, paid.Order.Total, paid.Order.Status, paid.IsChanged));
        var late = await Assert
            .ThrowsAsync<RuleViolationException>(() => orders.UpsertAsync(body with { Status = OrderStatus.Paid }, Token));
        Assert.Equal("Lines", Assert.Single(late.Errors).Field);
        Assert.Equal("shop", (await orders.UpsertAsync(new() { ExternalId = "W-1", Channel = "shop" }, Token)).Order.Channel);
        await data.AssertFiguresAsync();
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Upsert_OfOneOrder_ByManyAtOnce_IsOneOrder(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var senders = new List<TestScope>();
        for (var i = 0; i < 4; i++) senders.Add(await data.AsRoleAsync(RoleNames.Staff));

        var saved = await Task
            .WhenAll(senders
            .Select(s => Task.Run(() => s.Get<OrderService>().UpsertAsync(OrderWriting.Order(5) with { ExternalId = "W-1" }, Token),
            Token)));

        Assert.Single(saved.Select(s => s.Order.Id).Distinct());
        Assert.Single(saved, s => s.IsCreated);
        foreach (var sender in senders) await sender.DisposeAsync();
    }

    [Fact]
    public async Task Status_GoesTheAllowedWaysOnly()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var orders = staff.Get<OrderService>();
        var allowed = new[]
        {
            (OrderStatus.Pending, OrderStatus.Paid), (OrderStatus.Paid, OrderStatus.Shipped), (OrderStatus.Shipped, OrderStatus.Delivered),
                (OrderStatus.Delivered, OrderStatus.Completed),
            (OrderStatus.Pending, OrderStatus.Cancelled), (OrderStatus.Paid, OrderStatus.Cancelled),
                (OrderStatus.Shipped, OrderStatus.Cancelled),
        };
        foreach (var from in Enum.GetValues<OrderStatus>())
        {
            foreach (var to in Enum.GetValues<OrderStatus>().Where(s => s != from))
            {
                var order = (await orders.CreateAsync(OrderWriting.Order(1, status: from), Token)).Order;
                if (allowed.Contains((from, to)))
                    Assert.Equal(to, (await orders.SetStatusAsync(order.Id, to, order.Version, Token))!.Order.Status);
                else Assert.Equal("Status",
                    (await Assert.ThrowsAsync<RuleViolationException>(() => orders.SetStatusAsync(order.Id, to, null, Token))).Errors
                    .Single().Field);
            }
        }
    }

    [Fact]
    public async Task Update_OfAVersionThatIsGone_IsAConflict_AndWhoMayOnlyLookMayNotWrite()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var order = (await staff.Get<OrderService>().CreateAsync(OrderWriting.Order(1), Token)).Order;
        await staff.Get<OrderService>().UpdateAsync(order.Id, new() { Lines = new([OrderWriting.Line(1, 1, "TEA-1")]) }, order.Version,
            Token);

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => staff.Get<OrderService>()
            .UpdateAsync(order.Id, new() { Channel = "shop" }, order.Version, Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => agent.Get<OrderService>()
            .UpdateAsync(order.Id, new() { Channel = "shop" }, null, Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => agent.Get<OrderService>().CreateAsync(OrderWriting.Order(1), Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => agent.Get<OrderService>().RefundAsync(order.Id, new(), Token));
        Assert.Null(await staff.Get<OrderService>().UpdateAsync(987_654, new() { Channel = "shop" }, null, Token));
    }

    [Fact]
    public async Task Address_WhoseStreetIsMasked_StaysWhereItIsLeftBlank()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var order = (await staff.Get<OrderService>()
            .CreateAsync(OrderWriting.Order(1) with { Email = "ada@example.com",
            ShippingAddress = new OrderAddress("Ada", "1 High Street", null, "London", null, null, "GB") }, Token)).Order;
        Assert.Equal(("a•••@e•••", true), (order.Contact.Email, order.IsMasked));

        await staff.Get<OrderService>()
            .UpdateAsync(order.Id, new() { ShippingAddress = new OrderAddress("Ada L.", null, null, "Leeds", null, null, "GB") }, null,
            Token);

        var seen = (await manager.Get<OrderService>().GetAsync(order.Id, Token))!;
        Assert.Equal(("Ada L.", "1 High Street", "Leeds", "ada@example.com"),
            (seen.ShippingAddress!.Name, seen.ShippingAddress.Line1, seen.ShippingAddress.City, seen.Contact.Email));
    }

    [Fact]
    public async Task Address_SentBackWithItsMask_KeepsItsStreet_AlsoWhereThatIsAllThereIs()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var whole = new OrderAddress("Ada", "1 High Street", "Flat 2", "London", null, null, "GB");
        var order = (await staff.Get<OrderService>()
            .CreateAsync(OrderWriting.Order(1) with { ShippingAddress = whole,
            BillingAddress = new OrderAddress(null, "2 Low Street", null, null, null, null, null) }, Token)).Order;

        var (shipping, billing) = (order.ShippingAddress!, order.BillingAddress!);
        await staff.Get<OrderService>().UpdateAsync(order.Id, new() { ShippingAddress = shipping, BillingAddress = billing }, null, Token);
        await staff.Get<OrderService>().UpdateAsync(order.Id, new() { BillingAddress = new((OrderAddress?)null) }, null, Token);
        await staff.Get<OrderService>().UpdateAsync(order.Id, new() { ShippingAddress = shipping with { Line2 = "Flat 3" } }, null, Token);

        var seen = (await manager.Get<OrderService>().GetAsync(order.Id, Token))!;
        Assert.Equal((whole with { Line2 = "Flat 3" }, "2 Low Street"), (seen.ShippingAddress, seen.BillingAddress!.Line1));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Upsert_ThatNamesNoCustomer_LeavesTheOrderWithWhomItWasFoundFor(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync(email: "ada@example.com");
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var order = OrderWriting.Order(10, status: OrderStatus.Paid) with { ExternalId = "W-1", CustomerId = new((long?)null),
            Email = "ada@example.com" };

        for (var i = 0; i < 2; i++) Assert.Equal(ada.Id, (await staff.Get<OrderService>().UpsertAsync(order, Token)).Order.Customer!.Id);

        Assert.Equal(10, await data.PointsAsync(ada.Id));
    }

    [Fact]
    public async Task Lines_ThatAreNothing_AreNamed()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var paid = (await staff.Get<OrderService>().CreateAsync(OrderWriting.Order(1, status: OrderStatus.Paid), Token)).Order;

        Assert.Equal(["Lines[1]"], await WrongAsync(staff, OrderWriting.Order(1) with { Lines = new([OrderWriting.Line(1), null!]) }));
        Assert.Equal("Lines",
            (await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<OrderService>()
            .RefundAsync(paid.Id, new() { Lines = [null!] }, Token))).Errors.Single().Field);
        Assert.Equal("Lines[0]",
            (await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<ShoppingService>()
            .SaveCartAsync("C-1", new() { Lines = new([null!]) }, Token))).Errors.Single().Field);
    }

    private static async Task<IEnumerable<string>> WrongAsync(TestScope staff, OrderInput input) =>
        (await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<OrderService>().CreateAsync(input, Token))).Errors
            .Select(e => e.Field);
}
