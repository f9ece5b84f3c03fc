using System.Globalization;
using System.Text;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.History;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Upkeep;
using CrmPortal.Tests.Loyalty;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Imports;

/// <summary>An order comes in with all of its rows or not at all, by the rules of the form and the API, and an order that is there keeps
/// its lines.</summary>
public sealed class WholeOrderImportTests
{
    private const string Head = "order,date,sku,qty,unit price,email\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task OrderWithARefusedRow_IsRefusedWhole_AndComesInOnceItsRejectedFileIsMended(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        var id = await system.UploadTextAsync(
            Head + "BL-1,2026-03-05,TEE,2,50.00,olga@example.org\nBL-1,2026-03-05,MUG,x,8.00,olga@example.org\nOK-1,2026-03-05,TEE,1,50.00,olga@example.org\nOK-2,2026-03-05,MUG,1,8.00,olga@example.org\nOK-3,2026-03-05,MUG,1,8.00,olga@example.org\n");
        var dry = await system.CheckAsync(id);
        Assert.Equal((2, 3), (dry.Rejected, dry.Orders.New));
        Assert.Equal(["Row 3 of this order is rejected, and the whole order with it.", "qty: “x” is not a number."],
            await ReasonsAsync(system, id));
        await system.PublishAsync(id);
        Assert.False(await data.ReadAsync(db => db.Orders.AnyAsync(o => o.ExternalId == "BL-1", Token)));

        using var file = new MemoryStream();
        await RejectedFile.WriteAsync(file, system.Imports, id, s => s, Token);
        var rejected = Encoding.UTF8.GetString(file.ToArray());
        Assert.Equal(3, rejected.Trim().Split('\n').Length);
        await system.ImportAsync(rejected.Replace(",x,", ",1,", StringComparison.Ordinal));

        Assert.Equal(108_00, await data.ReadAsync(db => db.Orders.Where(o => o.ExternalId == "BL-1").Select(o => o.Total)
            .SingleAsync(Token)));
        await data.AssertFiguresAsync();
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task DiscountAsALineBelowZero_RefusesTheOrder_AndMakesNobodyACustomer(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();

        var result = await system
            .ImportAsync(Head + "CP-1,2026-03-05,TEE,2,50.00,olga@example.org\nCP-1,2026-03-05,COUPON10,1,-10.00,olga@example.org\n");

        Assert.Equal((2, 0, 0), (result.Rejected, result.Orders.New, result.Customers.New));
        Assert.Equal((0, 0), await data.ReadAsync(async db => (await db.Orders.CountAsync(Token), await db.Customers.CountAsync(Token))));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task FileWithAPartOfAnOrder_KeepsTheOtherLines_UnlessItIsSaidToBringWholeOrders(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        await system.ImportAsync(Head
            + "BL-1,2026-03-05,TEE,2,50.00,olga@example.org\nCR-1,2026-03-06,TEE,-1,50.00,olga@example.org\nCR-1,2026-03-06,CAP,-1,5.00,olga@example.org\n");
        var line = await data.ReadAsync(db => db.OrderLines.Select(l => l.Id).SingleAsync(Token));

        var part = await system
            .ImportAsync(Head + "BL-1,2026-03-05,MUG,1,8.00,olga@example.org\nCR-1,2026-03-06,CAP,-1,6.00,olga@example.org\n");

        Assert.Equal((1, 1), (part.Orders.Changed, part.Refunds.Changed));
        Assert.Equal(2, part.Notices.Single(n => n.Sentence == OrderImporter.KeptLines).Count);
        Assert.Equal([("TEE", 100_00L), ("MUG", 8_00)], await LinesAsync());
        Assert.Equal((108_00L, 56_00L), await data.ReadAsync(async db =>
            (await db.Orders.Select(o => o.Total).SingleAsync(Token), await db.Refunds.Select(r => r.Amount).SingleAsync(Token))));
        Assert.True(await data.ReadAsync(db => db.OrderLines.AnyAsync(l => l.Id == line, Token)));

        await system.ImportAsync(Head + "BL-1,2026-03-05,TEE,2,50.00,olga@example.org\nXX-1,2026-03-05,MUG,-1,8.00,\n",
            p => p with { MissingLines = MissingLines.Remove });
        Assert.Equal([("TEE", 100_00L)], await LinesAsync());
        await data.AssertFiguresAsync();

        Task<List<(string, long)>> LinesAsync() => data.ReadAsync(async db =>
            (await db.OrderLines.Where(l => l.Order!.ExternalId == "BL-1").OrderBy(l => l.Id).Select(l => new { l.Product!.Code, l.Amount })
                .ToListAsync(Token)).ConvertAll(l => (l.Code, l.Amount)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task OrderOfWhichALineWasRefunded_KeepsItsLines_AndIsNotChangedInThem(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        const string order = Head + "UN-1,2026-03-05,TEE,2,50.00,olga@example.org\nUN-1,2026-03-05,MUG,1,8.00,olga@example.org\n";
        await system.ImportAsync(order);
        var orders = system.Get<OrderService>();
        var before = (await orders.FindByExternalIdAsync("UN-1", Token))!;
        await orders.RefundAsync(before.Id, new() { Lines = [new() { LineId = before.Lines[0].Id, Quantity = 1 }] }, Token);

        // The other line may change; the refunded one stays what the refund names.
        await system.ImportAsync(order.Replace("MUG,1,8.00", "MUG,2,8.00", StringComparison.Ordinal));
        var after = (await orders.FindByExternalIdAsync("UN-1", Token))!;
        Assert.Equal(before.Lines.Select(l => l.Id), after.Lines.Select(l => l.Id));
        Assert.Equal((1, 116_00L), (after.Lines[0].QuantityLeft, after.Total));
        Assert.Equal(after.Lines[0].Id, after.Refunds.Single().Lines.Single().OrderLineId);

        foreach (var (text, reason) in new[]
        {
            (order.Replace("TEE,2", "TEE,3", StringComparison.Ordinal),
                "A line of this order has been refunded, so a file can no longer change it."),
            (Head + "UN-1,2026-03-05,MUG,2,8.00,olga@example.org\n",
                "A line of this order has been refunded, so a file can no longer change it."),
            ("order,date,sku,qty,unit price,email,status\nUN-1,2026-03-05,TEE,2,50.00,olga@example.org,cancelled\n",
                "Part of this order was refunded; refund the rest instead of cancelling it."),
        })
        {
            var refused = await system.ImportAsync(text, p => p with { MissingLines = MissingLines.Remove });
            Assert.Equal((0, reason), (refused.Orders.Changed, Assert.Single(refused.Rejections).Sentence));
        }

        var same = (await orders.FindByExternalIdAsync("UN-1", Token))!;
        Assert.Equal((1, 116_00L, OrderStatus.Completed), (same.Lines[0].QuantityLeft, same.Total, same.Status));
        await data.AssertFiguresAsync();
    }

    [Theory]
    [InlineData("order,date,sku,qty,unit price,email", "1.23457E+15,2026-03-05,TEE,1,10.00,olga@example.org")]
    [InlineData("order,date,sku,qty,unit price,email", "A,2026-03-05,\"4,00637E+12\",1,10.00,olga@example.org")]
    [InlineData("order,date,sku,qty,unit price,customerid", "A,2026-03-05,TEE,1,10.00,5e+10")]
    [InlineData("email,external id", "a@example.org,1.2E+11")]
    [InlineData("email,number", "a@example.org,1.2E+11")]
    [InlineData("email,loyalty card", "a@example.org,9.78E+12")]
    [InlineData("email,street,city,postcode", "a@example.org,High Street,Bath,1E+05")]
    public async Task NumberThatASpreadsheetShortened_IsNoKey(string head, string row)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = data.AsSystem();
        var id = await system.UploadTextAsync(head + "\n" + row + "\n");

        var result = await system.CheckAsync(id, p => p with { Match = ImportChoices.MatchFor(p.Columns) });

        Assert.Equal(1, result.Rejected);
        Assert.EndsWith(
            "is a number that a spreadsheet has shortened; its last digits are lost. Format the column as text there and save the file again.", Assert.Single(await ReasonsAsync(system, id)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2062-11-12,TEE,1,15.00,EUR,", "The date of the order must be between 1970 and today.")]
    [InlineData("0026-11-12,TEE,1,15.00,EUR,", "The date of the order must be between 1970 and today.")]
    [InlineData("2026-03-05,TEE,0,15.00,EUR,", "The quantity must be 1 to 1000000.")]
    [InlineData("2026-03-05,TEE,1000000000,1000000000,EUR,", "The quantity must be 1 to 1000000.")]
    [InlineData("2026-03-05,TEE,99999999999999999999,1,EUR,", "The quantity must be 1 to 1000000.")]
    [InlineData("2026-03-05,TEE,1,9999999999,EUR,", "A unit price can have at most four decimals and be at most 1000000000.")]
    [InlineData("2026-03-05,TEE,1000000,1000000000,EUR,", "The order is too large.")]
    [InlineData("2026-03-05,TEE,1,15.00,USD,1000000000", "The rate must be more than 0 and at most 1000000, with at most 9 decimals.")]
    [InlineData("2026-03-05,TEE,1000000,10000000,USD,1000000", "The order is too large.")]
    public async Task RowThatTheFormWouldRefuse_IsRefused_AndTheOthersComeIn(string row, string reason)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = data.AsSystem();
        var id = await system
            .UploadTextAsync(
            $"order,date,sku,qty,unit price,currency,rate\nA,{row}\nB,2026-03-05,TEE,1,15.00,EUR,1\nC,2026-03-05,TEE,1,15.00,EUR,1\nD,2026-03-05,TEE,1,15.00,EUR,1\n");
        await system.CheckAsync(id);

        Assert.Equal([reason], await ReasonsAsync(system, id));
        Assert.Equal(3, (await system.PublishAsync(id)).Orders.New);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task LinesThatFitAloneAndNotTogether_RefuseTheirOrder(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();

        var result = await system.ImportAsync(Head + string.Concat(Enumerable.Range(0, 20)
            .Select(i => $"OV-3,2026-03-05,P-{i},1000000,1000000000,a@example.org\n")) + "OV-2,2026-03-05,TEE,1,15.00,a@example.org\n");

        Assert.Equal((20, 1, 15_00L), (result.Rejected, result.Orders.New, result.KnownOrders.Amount));
        Assert.Equal("The order is too large.", Assert.Single(result.Rejections).Sentence);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task CancellationAboveZero_IsRefused_WhereTheOthersAreBelow_AndIsARefundWhereAllAreAbove(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        const string head =
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n536400,85123,LAMP,2,12/1/2010 9:00,50.00,17001,United Kingdom\n";
        var mixed = await system
            .ImportAsync(head
            + "C536401,85123,LAMP,-1,12/13/2010 9:00,50.00,17001,United Kingdom\nC536402,M,Manual,1,12/14/2010 9:00,20.00,17001,United Kingdom\n");

        Assert.Equal((1, RefundSign.Negative), (mixed.Rejected, mixed.RefundSign));
        Assert.Equal("Row {0} has a quantity above zero, but refunds in this file have quantities below zero.", Assert
            .Single(mixed.Rejections).Sentence);
        Assert.Equal(50_00, await data.ReadAsync(db => db.Customers.Select(c => c.TotalSpent).SingleAsync(Token)));

        var above = await system
            .ImportAsync(head
            + "C536403,85123,LAMP,1,12/15/2010 9:00,50.00,17001,United Kingdom\nC536404,M,Manual,1,12/16/2010 9:00,20.00,17001,United Kingdom\n", p => p with { RefundPrefix = "C" });
        Assert.Equal((0, 2, RefundSign.Positive), (above.Rejected, above.Refunds.New, above.RefundSign));
        Assert.Equal(-20_00, await data.ReadAsync(db => db.Customers.Select(c => c.TotalSpent).SingleAsync(Token)));
    }

    [Fact]
    public async Task DatesThatCanBeReadBothWays_AreAskedAbout_AndTheAnswerIsRemembered()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = data.AsSystem();
        const string text = Head
            + "A,12/1/2010,TEE,1,10,a@example.org\nB,3/4/2011,TEE,1,10,a@example.org\nC,5/5/2011,TEE,1,10,a@example.org\n";
        var id = await system.UploadTextAsync(text);
        Assert.Equal("", (await system.Imports.GetAsync(id, Token))!.Plan.DateFormat);
        var refused = await Assert.ThrowsAsync<RuleViolationException>(() => system.CheckAsync(id));
        Assert.Equal("DateFormat", Assert.Single(refused.Errors).Field);

        await system.CheckAsync(id, p => p with { DateFormat = "MM/dd/yyyy" });
        await system.PublishAsync(id);

        Assert.Equal(new DateTimeOffset(2010, 12, 1, 0, 0, 0, TimeSpan.Zero), await data
            .ReadAsync(db => db.Orders.Where(o => o.ExternalId == "A").Select(o => o.PlacedAt).SingleAsync(Token)));
        Assert.Equal("MM/dd/yyyy", (await system.Imports.GetAsync(await system.UploadTextAsync(text), Token))!.Plan.DateFormat);
        // One day beyond the twelfth says which it is, and so does a file in which each is the same day both ways.
        Assert.Equal("MM/dd/yyyy", (await system.Imports.GetAsync(await system
            .UploadTextAsync(text.Replace("unit price", "price", StringComparison.Ordinal) + "D,12/13/2010,TEE,1,10,a@example.org\n"),
            Token))!.Plan.DateFormat);
    }

    [Fact]
    public async Task MatchKeyWithoutAColumn_IsRefused_AndAnotherColumnBringsItsOwn()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = data.AsSystem();
        var id = await system
            .UploadTextAsync("order,date,sku,qty,unit price,buyer contact\nAM-1,2026-03-05,TEE,1,15.00,spender@example.org\n");
        var import = (await system.Imports.GetAsync(id, Token))!;
        var columns = new Dictionary<string, int>(import.Plan.Columns) { [ImportFields.Email] = 5 };

        var refused = await Assert.ThrowsAsync<RuleViolationException>(() => system
            .CheckAsync(id, p => p with { Columns = columns, Match = MatchKey.ExternalId }));
        Assert.Equal("Match", Assert.Single(refused.Errors).Field);

        var plan = ImportChoices.WithColumns(import, columns, new ShopOptions());
        Assert.Equal(MatchKey.Email, plan.Match);
        await system.CheckAsync(id, _ => plan);
        await system.PublishAsync(id);
        Assert.Equal("spender@example.org", await data.ReadAsync(db => db.Orders.Select(o => o.Customer!.Email).SingleAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task OrdersOfTheFile_SaySinceWhenSomebodyIsACustomer(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();

        await system.ImportAsync(Head + "A,2010-12-20,TEE,1,15.00,a@example.org\n");

        var id = await data.ReadAsync(db => db.Customers.Select(c => c.Id).SingleAsync(Token));
        Assert.Equal(new DateTimeOffset(2010, 12, 20, 0, 0, 0, TimeSpan.Zero),
            (await system.Customers.GetAsync(id, Token))!.FirstContactAt);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task UndoOfAnImport_KeepsWhatSomebodyHasWorkedWith_AndSaysSo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await system.ImportAsync("email,name,city\nun1@example.org,Una One,Bath\n");
        var id = await system.UploadTextAsync(Head + string.Concat(Enumerable.Range(1, 4)
            .Select(i => $"UN-{i},2026-03-0{i},UNP,2,50.00,un{i}@example.org\n")));
        await system.CheckAsync(id);
        await system.PublishAsync(id);
        var orders = staff.Get<OrderService>();
        var refunded = (await orders.FindByExternalIdAsync("UN-1", Token))!;
        await orders.RefundAsync(refunded.Id, new() { Lines = [new() { LineId = refunded.Lines[0].Id, Quantity = 1 }] }, Token);
        // An order that earned points is kept too, and so is a customer whom a rule of the points, a follower or a tie names.
        await system.Get<Core.Loyalty.LedgerService>().EarnAsync(new() { CustomerId =
            (await orders.FindByExternalIdAsync("UN-2", Token))!.Customer!.Id, Points = 50, Order = "UN-2" }, null, Token);
        await data.SettleAsync((await orders.FindByExternalIdAsync("UN-2", Token))!.Id);
        await staff.Get<NotificationService>().FollowAsync((await orders
            .FindByExternalIdAsync("UN-3", Token))!.Customer!.Id, true, Token);

        await system.Imports.StartUndoAsync(id, Token);
        await system.Get<JobRunner>().RunWaitingAsync(Token);

        var import = (await system.Imports.GetAsync(id, Token))!;
        Assert.Equal(ImportState.Undone, import.State);
        Assert.Equal((2, 2, 0), (import.Result!.Kept!.Orders, import.Result.Kept.Customers, import.Result.Kept.Refunds));
        Assert.Equal(["UN-1", "UN-2"], import.Result.Kept.Names.Take(2));
        Assert.Equal([("un1@example.org", 1, 50_00L), ("un2@example.org", 1, 100_00), ("un3@example.org", 0, 0)], await data
            .ReadAsync(async db =>
            (await db.Customers.OrderBy(c => c.Email).Select(c => new { c.Email, c.OrderCount, c.TotalSpent }).ToListAsync(Token))
                .ConvertAll(c => (c.Email!, c.OrderCount, c.TotalSpent))));
        await data.AssertFiguresAsync();
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task OrderThatAFileGivesToAnother_TakesItsRefundsAlong_AndRecalculateRepairsThoseThatWereLeft(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        await system.ImportAsync(Head + "A,2026-03-01,TEE,2,50.00,first@example.org\n");
        var order = (await system.Get<OrderService>().FindByExternalIdAsync("A", Token))!;
        await system.Get<OrderService>().RefundAsync(order.Id, new() { Lines = [new() { LineId = order.Lines[0].Id, Quantity = 1 }] },
            Token);

        var id = await system.UploadTextAsync(Head + "A,2026-03-01,TEE,2,50.00,second@example.org\n");
        await system.CheckAsync(id);
        await system.PublishAsync(id);
        Assert.Equal([("first@example.org", 0L), ("second@example.org", 50_00)], await SpentAsync());
        await data.AssertFiguresAsync();

        await system.Get<UndoService>().UndoAsync((await system.Imports.GetAsync(id, Token))!.ChangeSetId!.Value, false, Token);
        Assert.Equal(("first@example.org", 50_00L), (await SpentAsync())[0]);
        await data.AssertFiguresAsync();

        var stranger = await data.AddCustomerAsync();
        await data.WriteAsync(db => db.Refunds.ExecuteUpdateAsync(r => r.SetProperty(x => x.CustomerId, stranger.Id)));
        Assert.NotEqual(0, await system.Get<RecalculateService>().RunAsync(null, Token));
        Assert.Equal("first@example.org", await data.ReadAsync(db => db.Refunds.Select(r => r.Customer!.Email).SingleAsync(Token)));
        await data.AssertFiguresAsync();

        Task<List<(string, long)>> SpentAsync() => data.ReadAsync(async db =>
            (await db.Customers.Where(c => c.Email != null).OrderBy(c => c.Email).Select(c => new { c.Email, c.TotalSpent })
                .ToListAsync(Token)).ConvertAll(c => (c.Email!, c.TotalSpent)));
    }

    /// <summary>The reasons of the rejected rows in the order of the file.</summary>
    private static async Task<List<string>> ReasonsAsync(TestScope system, long id) =>
        [.. (await system.Imports.RejectedAsync(id, 100, Token)).Select(r => string
            .Format(CultureInfo.InvariantCulture, r.Reason, [.. r.Arguments]))];
}
