using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Upkeep;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Imports;

/// <summary>A small file of our own, whose totals were counted with a spreadsheet's rules outside this program.</summary>
public sealed class OrderImportTests
{
    private static readonly string TeaShop = Path.Combine(AppContext.BaseDirectory, "Imports", "Files", "tea-shop.csv");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task File_IsUnderstood_Counted_Published_AndTakenBack(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var system = services.AsSystem();
        var id = await system.UploadAsync(TeaShop);
        var import = (await system.Imports.GetAsync(id, Token))!;
        Assert.Equal((ImportKind.Orders, ';', "dd.MM.yyyy", "C"),
            (import.Kind, import.Format.Delimiter, import.Plan.DateFormat, import.Plan.RefundPrefix));

        var dry = await system.CheckAsync(id, plan => plan with { RefundPrefix = "R" });
        AssertCounts(dry);
        Assert.Equal((0, 0),
            await services.ReadAsync(async db => (await db.Customers.CountAsync(Token), await db.Orders.CountAsync(Token))));

        AssertCounts(await system.PublishAsync(id));
        var spent = await services.ReadAsync(db => db.Customers.OrderBy(c => c.ExternalId)
            .Select(c => new { c.ExternalId, c.OrderCount, c.TotalSpent, c.Country }).ToListAsync(Token));
        Assert.Equal(
            [("K-1", 4, 15_174L, "GB"), ("K-2", 3, 23_885, "ES"), ("K-3", 3, 19_516, "DE"), ("K-5", 2, 9_405, "IE"),
                ("K-9", 0, -1_200, null)],
            spent.Select(c => (c.ExternalId!, c.OrderCount, c.TotalSpent, c.Country)));
        Assert.Equal(0, await system.Get<RecalculateService>().RunAsync(null, Token));

        await system.Get<UndoService>().UndoAsync((await system.Imports.GetAsync(id, Token))!.ChangeSetId!.Value, false, Token);
        Assert.Equal((0, 0, 0),
            await services
            .ReadAsync(async db => (await db.Customers.CountAsync(Token), await db.Orders.CountAsync(Token),
            await db.Refunds.CountAsync(Token))));
        Assert.Equal(ImportState.Undone, (await system.Imports.GetAsync(id, Token))!.State);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task SameFileAgain_ChangesNothing_AndAnOtherOneChangesWhatDiffers(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var system = services.AsSystem();
        const string first =
            "order,date,sku,qty,price,customerid,status\n1,2026-01-05,A,1,10,7,paid\n1,2026-01-05,B,2,5,7,paid\n2,2026-01-06,A,1,10,7,pending\n";
        await system.ImportAsync(first);
        Assert.Equal((1, 2_000L), await SpentAsync());

        var same = await system.ImportAsync(first);
        Assert.Equal((0, 0, 2), (same.Orders.New, same.Orders.Changed, same.Orders.Same));

        var id = await system
            .UploadTextAsync(
            "order,date,sku,qty,price,customerid,status\n1,2026-01-05,A,3,10,7,shipped\n2,2026-01-06,A,1,10,7,cancelled\n3,2026-01-07,A,1,1,7,paid\n");
        var changed = await system.CheckAsync(id, p => p with { MissingLines = MissingLines.Remove });
        Assert.Equal((1, 2, 0), (changed.Orders.New, changed.Orders.Changed, changed.Orders.Same));
        Assert.Equal("Paid → Shipped", string.Join(" → ", changed.Differences.Single(d => d.Name == "1").Fields[nameof(Order.Status)]));
        Assert.Equal("2 → 1", string.Join(" → ", changed.Differences.Single(d => d.Name == "1").Fields["Lines"]));
        await system.PublishAsync(id);
        Assert.Equal((2, 3_100L), await SpentAsync());

        await system.Get<UndoService>().UndoAsync((await system.Imports.GetAsync(id, Token))!.ChangeSetId!.Value, false, Token);
        Assert.Equal((1, 2_000L), await SpentAsync());
        var lines = await services.ReadAsync(db => db.OrderLines.OrderBy(l => l.Product!.Code).Where(l => l.Order!.ExternalId == "1")
            .Select(l => new { l.Product!.Code, l.Quantity, l.Amount }).ToListAsync(Token));
        Assert.Equal([("A", 1, 1_000L), ("B", 2, 1_000)], lines.Select(l => (l.Code, l.Quantity, l.Amount)));

        Task<(int, long)> SpentAsync() => services.ReadAsync(async db =>
        {
            var customer = await db.Customers.SingleAsync(Token);
            return (customer.OrderCount, customer.TotalSpent);
        });
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task DiscountAndTax_AreAmountsOfTheLine_AndPartOfTheComparison(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var system = services.AsSystem();
        const string head = "order,date,sku,qty,price,customerid,discount_amount,tax_amount\n";
        var first = await system
            .ImportAsync(head
            + "1,2026-01-05,A,2,10,7,1.50,0.35\n1,2026-01-05,B,1,4,7,,\n2,2026-01-06,A,1,10,7,10,0\nC3,2026-01-07,A,-1,10,7,-0.75,-0.20\n");
        Assert.Equal((2, 1, 0), (first.Orders.New, first.Refunds.New, first.Rejected));
        // 2 × 10 − 1.50 + 0.35 and 4; nothing; 10 − 0.75 + 0.20 given back.
        Assert.Equal((22_85L, 0L, 9_45L), await AmountsAsync());
        Assert.Equal(0, await system.Get<RecalculateService>().RunAsync(null, Token));

        var again = await system
            .ImportAsync(head + "1,2026-01-05,A,2,10,7,1.50,0.35\n1,2026-01-05,B,1,4,7,0,0\nC3,2026-01-07,A,-1,10,7,0.75,0.20\n");
        Assert.Equal((1, 0, 1, 0), (again.Orders.Same, again.Orders.Changed, again.Refunds.Same, again.Refunds.Changed));
        var changed = await system.ImportAsync(head + "1,2026-01-05,A,2,10,7,2,0.35\n1,2026-01-05,B,1,4,7,,\n");
        Assert.Equal(1, changed.Orders.Changed);
        Assert.Equal((22_35L, 0L, 9_45L), await AmountsAsync());
        Assert.Equal([(200L, 35L, 1_835L), (0, 0, 400)], await services.ReadAsync(async db =>
            (await db.OrderLines.Where(l => l.Order!.ExternalId == "1").OrderBy(l => l.Product!.Code).ToListAsync(Token))
                .Select(l => (l.Discount, l.Tax, l.Amount)).ToList()));

        Task<(long, long, long)> AmountsAsync() => services.ReadAsync(async db => (
            await db.Orders.Where(o => o.ExternalId == "1").Select(o => o.Total).SingleAsync(Token),
            await db.Orders.Where(o => o.ExternalId == "2").Select(o => o.Total).SingleAsync(Token),
            await db.Refunds.Select(r => r.Amount).SingleAsync(Token)));
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task RefundOrCancellationInAFile_TakesBackWhatTheOrderEarnedHere(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var staff = await services.AsRoleAsync(RoleNames.Staff);
        await using var system = services.AsSystem();
        var ada = (await staff.Customers.CreateAsync(new() { GivenName = "Ada", ExternalId = "7" }, Token)).Customer.Id;
        foreach (var number in new[] { "P-1", "P-2" })
            await staff.Get<OrderService>().CreateAsync(OrderWriting.Order(50, 2, OrderStatus.Paid, ada) with { ExternalId = number },
                Token);
        var earned = await services.PointsAsync(ada);
        Assert.True(earned > 0);
        services.Clock.Advance(TimeSpan.FromDays(1));
        var day = services.Clock.GetUtcNow().AddHours(1).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

        await system.ImportAsync($"order,date,sku,qty,price,customerid\nCR-1,{day},MUG-1,-1,50,7\n");
        // Half of the later order, which is a quarter of both.
        Assert.Equal(earned - (earned / 4), await services.PointsAsync(ada));

        var id = await system.UploadTextAsync($"order,date,sku,qty,price,customerid,status\nP-1,{day},MUG-1,2,50,7,cancelled\n");
        await system.CheckAsync(id);
        await system.PublishAsync(id);
        Assert.Equal(earned / 4, await services.PointsAsync(ada));

        // What was booked stays booked when the file is taken back.
        await system.Get<UndoService>().UndoAsync((await system.Imports.GetAsync(id, Token))!.ChangeSetId!.Value, false, Token);
        Assert.Equal(earned / 4, await services.PointsAsync(ada));
        Assert.Equal(OrderStatus.Paid, await services.ReadAsync(db => db.Orders.Where(o => o.ExternalId == "P-1").Select(o => o.Status)
            .SingleAsync(Token)));
        await services.AssertFiguresAsync();
    }

    [Theory]
    [InlineData("10.01", "0", "The discount is higher than the price.")]
    [InlineData("-1", "0", "discount_amount: “-1” is negative, but the order is not a refund.")]
    [InlineData("0", "0.005", "tax_amount: “0.005” has more decimals than EUR has, or is too high.")]
    [InlineData("0", "9999999999999999999999", "tax_amount: “9999999999999999999999” has more decimals than EUR has, or is too high.")]
    [InlineData("some", "0", "discount_amount: “some” is not a number.")]
    public async Task DiscountOrTax_ThatCannotBe_RejectsTheRow(string discount, string tax, string sentence)
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();
        // The second row makes columns of numbers of them.
        var id = await system
            .UploadTextAsync(
            $"order,date,sku,qty,price,currency,discount_amount,tax_amount\n1,2026-01-05,A,1,10,EUR,{discount},{tax}\n2,2026-01-05,A,1,10,EUR,1,1\n");

        var result = await system
            .CheckAsync(id,
            plan => plan with { Columns = new Dictionary<string, int>(plan.Columns) { [ImportFields.Discount] = 6,
            [ImportFields.Tax] = 7 } });

        var notice = Assert.Single(result.Rejections);
        Assert.Equal(sentence, string.Format(CultureInfo.InvariantCulture, notice.Sentence, [.. notice.Arguments]));
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task OrderWhoseRowsDisagree_IsRejectedWithAllItsRows(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var system = services.AsSystem();

        var result = await system
            .ImportAsync("order,date,sku,qty,price,customerid\n1,2026-01-05,A,1,10,7\n1,2026-01-05,B,1,10,8\n2,2026-01-05,A,1,10,7\n");

        Assert.Equal((3, 2, 1), (result.Rows, result.Rejected, result.Orders.New));
        Assert.Equal("The rows of this order are for different customers.", Assert.Single(result.Rejections).Sentence);
    }

    [Fact]
    public async Task ForeignCurrency_NeedsARate_AndKeepsBothAmounts()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();

        var result = await system
            .ImportAsync(
            "order,date,sku,qty,price,currency,rate\n1,2026-01-05,A,3,100,JPY,0.0061\n2,2026-01-05,A,1,100,JPY,\n3,2026-01-05,A,1,1.5,EUR,\n");

        Assert.Equal((1, "The order is in {0}; a column must contain the exchange rate to {1}."),
            (result.Rejected, Assert.Single(result.Rejections).Sentence));
        var order = await services.ReadAsync(db => db.Orders.SingleAsync(o => o.ExternalId == "1", Token));
        Assert.Equal(("JPY", 300, 183, 0.0061m), (order.Currency, order.Total, order.BaseTotal, order.Rate));
    }

    private static void AssertCounts(ImportResult result)
    {
        Assert.Equal((42, 4), (result.Rows, result.Rejected));
        Assert.Equal(
            ["Qty: “two” is not a number.", "Date: “31.02.2025 10:00” is not a date such as dd.MM.yyyy.",
                "The quantity is negative, but the order is not a refund.", "The unit price is negative."],
            result.Rejections.Select(r => string.Format(System.Globalization.CultureInfo.InvariantCulture, r.Sentence, [.. r.Arguments]))
                .OrderByDescending(s => s[0] == 'Q').ThenBy(s => s, StringComparer.Ordinal));
        Assert.Equal((5, 1), (result.Customers.New, result.RefundOnlyCustomers));
        Assert.Equal((12, 27, 69_630L), (result.KnownOrders.Documents, result.KnownOrders.Lines, result.KnownOrders.Amount));
        Assert.Equal((3, 8, 16_715L), (result.AnonymousOrders.Documents, result.AnonymousOrders.Lines, result.AnonymousOrders.Amount));
        Assert.Equal((2, 2, 2_850L), (result.KnownRefunds.Documents, result.KnownRefunds.Lines, result.KnownRefunds.Amount));
        Assert.Equal((1, 1, 495L), (result.AnonymousRefunds.Documents, result.AnonymousRefunds.Lines, result.AnonymousRefunds.Amount));
        Assert.Contains(result.Notices, n => n.Arguments.SequenceEqual(["Atlantis"]));
    }
}
