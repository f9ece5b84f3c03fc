using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Orders;

public sealed class OrderMatchingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("card,email,phone", "Card")]
    [InlineData("email,card,phone", "Email")]
    [InlineData("phone , email", "Phone")]
    public async Task Order_ThatFitsSeveral_GoesToTheFirstOfTheSetting(string matchBy, string expected)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite,
            s => s.Configure<OrderOptions>(o => o.MatchBy = matchBy));
        await AddThreeAsync(data);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var order = (await staff.Get<OrderService>()
            .CreateAsync(OrderWriting.Order(1) with { LoyaltyCard = "C-1", Email = "EMAIL@example.com", Phone = "+442079460958" },
            Token)).Order;

        Assert.Equal(expected, order.Customer!.Name);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Order_ThatFitsNobody_StaysUnassigned_UntilSomebodyMatchesIt_AndThenEarns(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var orders = staff.Get<OrderService>();
        var order = (await orders
            .CreateAsync(OrderWriting.Order(100, status: OrderStatus.Paid) with { Email = "email@example.com", Phone = "+442079460958" },
            Token)).Order;
        Assert.Null(order.Customer);
        Assert.Empty(await orders.CandidatesAsync(order.Id, Token));
        var (_, email, phone) = await AddThreeAsync(data);

        Assert.Equal([(email, OrderMatchKey.Email), (phone, OrderMatchKey.Phone)], (await orders.CandidatesAsync(order.Id, Token))
            .Select(c => (c.Id, c.Key!.Value)));
        var matched = (await orders.MatchAsync(order.Id, phone, null, Token))!;

        Assert.Equal((phone, 100L), (matched.Order.Customer!.Id, await data.PointsAsync(phone)));
        Assert.Equal(email, (await orders.MatchAsync(order.Id, email, null, Token))!.Order.Customer!.Id);
        Assert.Equal((100L, 0L), (await data.PointsAsync(email), await data.PointsAsync(phone)));
        Assert.Null((await orders.MatchAsync(order.Id, null, null, Token))!.Order.Customer);
        Assert.Equal(0, await data.PointsAsync(email));
        Assert.Equal(email, (await orders.MatchByContactAsync(order.Id, Token))!.Order.Customer!.Id);
        Assert.Equal(100, await data.PointsAsync(email));
        await Assert.ThrowsAsync<RuleViolationException>(() => orders.MatchAsync(order.Id, 4711, null, Token));
        await data.AssertFiguresAsync();
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Match_OfAnOrderThatWasRefundedInPart_TakesTheRefundAlong_AndEarnsTheRest(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, bob) = (await data.AddCustomerAsync(), await data.AddCustomerAsync("Bob"));
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var orders = staff.Get<OrderService>();
        var order = (await orders.CreateAsync(OrderWriting.Order(25, 4, OrderStatus.Paid, ada.Id), Token)).Order;
        await orders.RefundAsync(order.Id, new() { Lines = [new() { LineId = order.Lines[0].Id, Quantity = 1 }] }, Token);
        Assert.Equal(75, await data.PointsAsync(ada.Id));

        await orders.MatchAsync(order.Id, bob.Id, null, Token);

        Assert.Equal((0L, 75L), (await data.PointsAsync(ada.Id), await data.PointsAsync(bob.Id)));
        await orders.RefundAsync(order.Id, new(), Token);
        Assert.Equal(0, await data.PointsAsync(bob.Id));
        Assert.Equal([0L, 0L], await data.ReadAsync(db => db.Customers.OrderBy(c => c.Id).Select(c => c.TotalSpent).ToListAsync(Token)));
        Assert.All(await data.ReadAsync(db => db.Refunds.Select(r => r.CustomerId).ToListAsync(Token)), id => Assert.Equal(bob.Id, id));
        await data.AssertFiguresAsync();
    }

    private static async Task<(long Card, long Email, long Phone)> AddThreeAsync(TestServices data)
    {
        var card = (await data.AddCustomerAsync("Card", null)).Id;
        await data.WriteAsync(db => db.Customers.Where(c => c.Id == card)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.LoyaltyCard, "C-1")));
        return (card, (await data.AddCustomerAsync("Email", null, "email@example.com")).Id,
            (await data.AddCustomerAsync("Phone", null, null, "+442079460958")).Id);
    }
}
