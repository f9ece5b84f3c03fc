using CrmPortal.Core.Imports;
using CrmPortal.Core.Orders;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Imports.Migration;

/// <summary>Orders in the shapes in which other systems write them.</summary>
public sealed class ForeignOrderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task FurtherRows_HaveTheOrdersOwnCells_AndItsDiscountIsSpread(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var system = services.AsSystem();
        const string file = """
            Name,Email,Financial Status,Created at,Discount Amount,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Payment Method
            #7,a@example.com,paid,2026-01-05,3.00,2,Mug,12.50,MUG,0.00,Card
            #7,a@example.com,,,,1,Soap,5.00,SOAP,0.00,
            #8,b@example.com,refunded,2026-01-06,,1,Gift wrap,3.00,,0.00,Card
            """;

        var result = await system.ImportAsync(file);

        Assert.Equal((0, 2, 1, 2), (result.Rejected, result.Orders.New, result.Refunds.New, result.Customers.New));
        var order = await services.ReadAsync(db => db.Orders.Include(o => o.Lines).SingleAsync(o => o.ExternalId == "#7", Token));
        Assert.Equal((27_00L, OrderStatus.Paid, "Card"), (order.Total, order.Status, order.PaymentMethod));
        Assert.Equal([250L, 50], order.Lines.OrderBy(l => l.Id).Select(l => l.Discount));
        var back = await services.ReadAsync(db => db.RefundLines.Include(l => l.Order).Include(l => l.Product).SingleAsync(Token));
        Assert.Equal(("#8", "Gift wrap", 3_00L), (back.Order!.ExternalId, back.Product!.Code, back.Amount));
        Assert.NotNull(back.OrderLineId);
        await services.AssertFiguresAsync();

        var again = await system.ImportAsync(file);
        Assert.Equal((0, 0, 0, 0), (again.Orders.New, again.Orders.Changed, again.Refunds.New, again.Refunds.Changed));
    }

    [Fact]
    public async Task PriceThatGrowsWithTheQuantity_IsThatOfAllPieces()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();

        await system.ImportAsync("""
            order-id,purchase-date,buyer-email,sku,quantity-purchased,item-price
            1,2026-01-05,a@example.com,MUG,2,25.00
            2,2026-01-06,a@example.com,MUG,1,12.50
            3,2026-01-07,a@example.com,CAP,3,10.00
            """);

        var lines = await services.ReadAsync(db => db.OrderLines.OrderBy(l => l.Order!.ExternalId).ToListAsync(Token));
        Assert.Equal([25_00L, 12_50, 10_00], lines.Select(l => l.Amount));
        Assert.Equal([125_000L, 125_000, 33_334], lines.Select(l => l.UnitPrice));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task ReportWithoutLines_KeepsWhoBoughtWhenForHowMuch(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var system = services.AsSystem();
        const string file = """
            Order #,Date,Customer,Status,Product(s),Total
            1,2026-01-05,Ada Fern,completed,"2x Mug, 1x Soap",31.00
            2,2026-01-06,Ada Fern,wc-on-hold,1x Soap,6.00
            3,2026-01-07,Bo Glen,failed,1x Soap,6.00
            """;

        var result = await system.ImportAsync(file);
        var again = await system.ImportAsync(file);

        Assert.Equal((0, 3, 2), (result.Rejected, result.Orders.New, result.Customers.New));
        Assert.Equal((3, 0, 0), (again.Orders.Same, again.Orders.New, again.Customers.New));
        var orders = await services.ReadAsync(db => db.Orders.Include(o => o.Lines).ThenInclude(l => l.Product).Include(o => o.Customer)
            .OrderBy(o => o.ExternalId).ToListAsync(Token));
        Assert.Equal([(31_00L, OrderStatus.Completed), (6_00, OrderStatus.Pending), (6_00, OrderStatus.Cancelled)],
            orders.Select(o => (o.Total, o.Status)));
        Assert.Equal(["Ada Fern", "Ada Fern", "Bo Glen"], orders.Select(o => o.Customer!.DisplayName));
        Assert.Equal(("Imported order", "2x Mug, 1x Soap"), (orders[0].Lines.Single().Product!.Name, orders[0].Lines.Single().Description));
    }

    [Theory]
    [InlineData("fulfilled", OrderStatus.Completed)]
    [InlineData("on-hold", OrderStatus.Pending)]
    [InlineData("Processing", OrderStatus.Paid)]
    [InlineData("partially_refunded", OrderStatus.Completed)]
    [InlineData("Complete", OrderStatus.Completed)]
    [InlineData("authorized", OrderStatus.Pending)]
    [InlineData("voided", OrderStatus.Cancelled)]
    [InlineData("Versandt", OrderStatus.Shipped)]
    [InlineData("Annulée", OrderStatus.Cancelled)]
    [InlineData("Entregado", OrderStatus.Delivered)]
    public void State_IsReadAsOtherSystemsWriteIt(string text, OrderStatus expected)
    {
        Assert.True(OrderStates.TryRead(text, out var status, out var isGivenBack));
        Assert.Equal((expected, false), (status, isGivenBack));
        Assert.True(OrderStates.TryRead("Refunded", out status, out isGivenBack));
        Assert.Equal((OrderStatus.Completed, true), (status, isGivenBack));
        Assert.False(OrderStates.TryRead("lost", out _, out _));
    }
}
