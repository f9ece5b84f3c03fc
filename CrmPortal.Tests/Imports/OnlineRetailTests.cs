using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Imports;

/// <summary>A year of a real shop; the numbers were counted independently, with SQL over the file.</summary>
public sealed class OnlineRetailTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task File_ComesInWithTheCountsOfItsData_AndGoesAgainByUndo(DatabaseKind kind)
    {
        var path = TestData.Find("online-retail", "online-retail.csv");
        await using var services = await TestServices.CreateAsync(kind);
        await using var system = services.AsSystem();

        var id = await system.UploadAsync(path);
        var import = (await system.Imports.GetAsync(id, Token))!;
        Assert.Equal((ImportKind.Orders, "MM/dd/yyyy", "C", MatchKey.ExternalId),
            (import.Kind, import.Plan.DateFormat, import.Plan.RefundPrefix, import.Plan.Match));
        var dry = await system.CheckAsync(id);
        AssertCounts(dry);
        Assert.Equal(0, await services.ReadAsync(db => db.Orders.CountAsync(Token)));

        var published = await system.PublishAsync(id);
        AssertCounts(published);
        await AssertRowsAsync(services);
        // The orders of the file lie between six in the morning and nine in the evening, so that days of the shop are days of UTC.
        Assert.Equal(118, await Analytics.CohortSql.AssertAsync(services, kind, Token));
        Assert.Equal(4_339, await Analytics.RfmSql.AssertScoresAsync(services, kind, Token));

        await system.Get<UndoService>().UndoAsync((await system.Imports.GetAsync(id, Token))!.ChangeSetId!.Value, false, Token);
        Assert.Equal((0, 0, 0, 0), await services.ReadAsync(async db => (
            await db.Customers.CountAsync(Token), await db.Orders.CountAsync(Token), await db.OrderLines.CountAsync(Token),
                await db.RefundLines.CountAsync(Token))));

        // Whoever imports it again finds everything new, as the first time; half a million rows are read again for one database.
        if (kind == DatabaseKind.Sqlite) AssertCounts(await system.CheckAsync(await system.UploadAsync(path)));
    }

    private static void AssertCounts(ImportResult result)
    {
        Assert.Equal((541_909, 1_338), (result.Rows, result.Rejected));
        Assert.Equal(1_336, result.Rejections.Single(r => r.Sentence == "The quantity is negative, but the order is not a refund.").Count);
        Assert.Equal(2, result.Rejections.Single(r => r.Sentence == "The unit price is negative.").Count);
        Assert.Equal((4_372, 33), (result.Customers.New, result.RefundOnlyCustomers));
        Assert.Equal((18_536, 397_924), (result.KnownOrders.Documents, result.KnownOrders.Lines));
        Assert.Equal((2_190, 133_359), (result.AnonymousOrders.Documents, result.AnonymousOrders.Lines));
        Assert.Equal((3_654, 8_905, 61_134_209), (result.KnownRefunds.Documents, result.KnownRefunds.Lines, result.KnownRefunds.Amount));
        Assert.Equal((182, 383, 28_547_040),
            (result.AnonymousRefunds.Documents, result.AnonymousRefunds.Lines, result.AnonymousRefunds.Amount));
        Assert.Equal((891_140_790, 175_527_664), (result.KnownOrders.Amount, result.AnonymousOrders.Amount));
    }

    private static async Task AssertRowsAsync(TestServices services)
    {
        await services.ReadAsync(async db =>
        {
            Assert.Equal(830_006_581, await db.Customers.SumAsync(c => c.TotalSpent, Token));
            Assert.Equal((4_372, 33), (await db.Customers.CountAsync(Token), await db.Customers.CountAsync(c => c.OrderCount == 0, Token)));
            Assert.Equal((18_536, 2_190),
                (await db.Orders.CountAsync(o => o.CustomerId != null, Token),
                await db.Orders.CountAsync(o => o.CustomerId == null, Token)));
            Assert.Equal((397_924 + 133_359, 8_905 + 383), (await db.OrderLines.CountAsync(Token), await db.RefundLines.CountAsync(Token)));

            var one = await db.Customers.SingleAsync(c => c.ExternalId == "12347", Token);
            Assert.Equal((7, 431_000), (one.OrderCount, one.TotalSpent));
            Assert.Equal((new DateTimeOffset(2010, 12, 7, 14, 57, 0, TimeSpan.Zero),
                new DateTimeOffset(2011, 12, 7, 15, 52, 0, TimeSpan.Zero)), (one.FirstOrderAt, one.LastOrderAt));
            Assert.Equal("IS", one.Country);
            var other = await db.Customers.SingleAsync(c => c.ExternalId == "14646", Token);
            Assert.Equal((74, 27_948_902), (other.OrderCount, other.TotalSpent));
            Assert.Equal(28_020_602, await db.Orders.Where(o => o.CustomerId == other.Id).SumAsync(o => o.Total, Token));

            // A refund hangs on an order of the same customer that held the product, and lies before it.
            Assert.True(await db.RefundLines.AnyAsync(l => l.OrderId != null, Token));
            Assert.False(await db.RefundLines.AnyAsync(l => l.OrderId != null
                && (l.Order!.CustomerId != l.Refund!.CustomerId || l.Order.PlacedAt >= l.Refund.RefundedAt
                || !l.Order.Lines.Any(o => o.ProductId == l.ProductId)), Token));
            return 0;
        });
    }
}
