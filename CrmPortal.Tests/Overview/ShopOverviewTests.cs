using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Platform.Exports.Pdf;
using CrmPortal.Tests.Exports;
using CrmPortal.Tests.Performance;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Overview;

/// <summary>What home says of the shop. It is the tenth of March 2026.</summary>
public sealed class ShopOverviewTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Sales_AreThoseOfTheMonth_BesideTheSameDaysOfTheLast_AndByMonths(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, bob) = (await data.AddCustomerAsync("Ada"), await data.AddCustomerAsync("Bob"));
        await data.AddOrderAsync("Long ago", ada.Id, 70_000, placedAt: At(2024, 3, 31));
        await data.AddOrderAsync("The oldest month", bob.Id, 600, placedAt: At(2024, 4, 1));
        await data.AddOrderAsync("A year ago", null, 900, placedAt: At(2025, 3, 20));
        await data.AddOrderAsync("Same days", bob.Id, 4_000, placedAt: At(2026, 2, 10));
        await data.AddOrderAsync("Later in the month", bob.Id, 8_000, placedAt: At(2026, 2, 11));
        await data.AddOrderAsync("Now", ada.Id, 5_000, placedAt: At(2026, 3, 1));
        await data.AddOrderAsync("Dollars", (await data.AddCustomerAsync("Eve")).Id, 2_000, placedAt: At(2026, 3, 9), currency: "USD");
        await data.AddOrderAsync("Not paid", ada.Id, 99_000, OrderStatus.Pending, At(2026, 3, 2));
        await data.AddOrderAsync("To come", ada.Id, 88_000, placedAt: At(2026, 3, 11));
        await data.AddRefundAsync("R-1", ada.Id, 1_500, "Now", At(2026, 3, 3));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var behind = await manager.Get<ShopOverviewService>().GetAsync(Token);
        await data.Get<DayKeeper>().RunAsync(Token);

        var shop = await manager.Get<ShopOverviewService>().GetAsync(Token);

        Assert.True(behind.IsBehind);
        Assert.True(behind.Sales!.IsEmpty);
        Assert.False(shop.IsBehind);
        var sales = shop.Sales!;
        Assert.Equal(new PeriodSales(5_000 + 2_000 - 1_500, 2, 1, 0), sales.ThisMonth);
        Assert.Equal(1, sales.ThisMonth.Returning);
        Assert.Equal(new PeriodSales(4_000, 1, 0, 0), sales.SameDaysBefore);
        Assert.Equal(Enumerable.Range(0, 24).Select(new DateOnly(2024, 4, 1).AddMonths), sales.Months.Select(m => m.Month));
        Assert.Equal([(0, 600), (11, 900), (22, 12_000), (23, 5_500)],
            sales.Months.Index().Where(m => m.Item.Sales.Revenue != 0).Select(m => (m.Index, (int)m.Item.Sales.Revenue)));
        Assert.Equal([new CurrencyAmount("USD", 2_000)], sales.OtherCurrencies);
        Assert.Equal([("Ada Lovelace", 161_500), ("Bob Lovelace", 12_600), ("Eve Lovelace", 2_000)],
            sales.TopCustomers!.Select(c => (c.Name, (int)c.Spent)));
    }

    [Theory]
    [InlineData("2026-03-31", "2026-02-28")]
    [InlineData("2026-03-28", "2026-02-28")]
    [InlineData("2026-02-28", "2026-01-31")]
    [InlineData("2026-03-01", "2026-02-01")]
    public async Task SameDays_OfAMonth_AreAllOfIt_WhereThisOneIsOver(string today, string last)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        data.Clock.Set(new(DateTime.Parse(today, System.Globalization.CultureInfo.InvariantCulture).AddHours(12), TimeSpan.Zero));
        await data.WriteAsync(db =>
        {
            for (var day = new DateOnly(2026, 1, 1); day < new DateOnly(2026, 4, 1); day = day.AddDays(1))
                db.SalesDays.Add(new() { Day = day, Currency = "EUR", Orders = 1, BaseAmount = day.Day });
            return Task.CompletedTask;
        });
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        var sales = (await manager.Get<ShopOverviewService>().GetAsync(Token)).Sales!;

        Assert.Equal(DateOnly.ParseExact(last, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture).Day,
            sales.SameDaysBefore.Orders);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Points_AreThoseOfTheProgrammesOverview(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync();
        await using var system = data.AsSystem();
        var ledger = system.Get<LedgerService>();
        var earned = await ledger.EarnAsync(new() { CustomerId = ada.Id, Points = 500, ExpiryDays = 20 }, null, Token);
        await ledger.EarnAsync(new() { CustomerId = ada.Id, Points = 300 }, null, Token);
        data.Clock.Advance(TimeSpan.FromDays(31));
        await ledger.RedeemAsync(new() { CustomerId = ada.Id, Points = 100 }, null, Token);
        var wrong = await ledger.EarnAsync(new() { CustomerId = ada.Id, Points = 40 }, null, Token);
        await ledger.ReverseAsync(wrong!.BookingId, "Twice", Token);
        await data.Get<DayKeeper>().RunAsync(Token);

        var points = (await system.Get<ShopOverviewService>().GetAsync(Token)).Points;

        var metrics = await system.Get<LiabilityService>().MetricsAsync(Token);
        Assert.Equal(metrics.Outstanding, points.Owed);
        Assert.Equal((metrics.Issued, metrics.Redeemed, metrics.Expired),
            (points.Months.Sum(m => m.Issued), points.Months.Sum(m => m.Redeemed), points.Months.Sum(m => m.Expired)));
        Assert.Equal((200, 800), (points.Owed, points.OwedBefore));
        Assert.Equal((0, 100, 500), (points.Months[^1].Issued, points.Months[^1].Redeemed, points.Months[^1].Expired));
        Assert.NotNull(earned);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Months_AsAFile_AreThoseOfHome_WithTheChartsOnPaper(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddOrderAsync("Now", (await data.AddCustomerAsync()).Id, 5_000, placedAt: At(2026, 3, 1));
        await data.AddOrderAsync("A year ago", null, 900, placedAt: At(2025, 3, 20));
        await data.AddRefundAsync("R-1", null, 1_000, "A year ago", At(2025, 4, 3));
        await data.Get<DayKeeper>().RunAsync(Token);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var reporter = await data.AsAsync(Permissions.ReportsView, Permissions.ReportsExport);

        var rows = new List<object?[]>();
        await foreach (var row in (await ExportAsync(manager)).Rows) rows.Add([.. row]);
        var pdf = new PdfReader(await ExportSamples.WriteAsync(new PdfExport(), await ExportAsync(manager)));
        var points = await ExportAsync(reporter);

        Assert.Equal(24, rows.Count);
        Assert.Equal([new DateOnly(2026, 3, 1), 5_000L, 1, 1, 0, 0, 0L, 0L, 0L], rows[0]);
        Assert.Equal([(11, -1_000L), (12, 900L)],
            rows.Index().Where(r => r.Item[1] is < 0L or 900L).Select(r => (r.Index, (long)r.Item[1]!)));
        Assert.Null(rows[12][6]);
        pdf.ReadAll();
        Assert.Equal(26, pdf.Rows().Count);
        string[] drawn = ["Revenue by month (EUR)", "Last 12 months", "The 12 months before", "Orders by month"];
        Assert.Contains(pdf.Artifacts, a => drawn.All(d => a.Contains(d, StringComparison.Ordinal)));
        Assert.Equal(["month", "points_issued", "points_redeemed", "points_expired"], points.Columns.Select(c => c.Name));
        Assert.Equal(2, await data.ReadAsync(db => db.AuditEntries.CountAsync(e => e.Action == AuditAction.Exported && e.Fields == "pdf"
            && e.ChangeSet!.ActorId == manager.UserId, Token)));

        static Task<ExportTable> ExportAsync(TestScope scope) =>
            scope.Get<ShopOverviewService>().ExportAsync("pdf", "The shop by month", ExportAudience.Usual, Token);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Figures_AreForThoseWhoMaySeeThem(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var reporter = await data.AsAsync(Permissions.ReportsView);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        Assert.Null((await reporter.Get<ShopOverviewService>().GetAsync(Token)).Sales);
        await Assert.ThrowsAsync<AccessDeniedException>(() => staff.Get<ShopOverviewService>().GetAsync(Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => reporter.Get<ShopOverviewService>()
            .ExportAsync("csv", "The shop", ExportAudience.Usual, Token));
    }

    [Fact]
    public async Task Statements_AreFew_AndReadNeitherOrdersNorEntries()
    {
        var plans = new PlanRecorder();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(plans));
        await data.WriteAsync(db =>
        {
            var customers = Enumerable.Range(0, 300).Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())).ToList();
            db.Customers.AddRange(customers);
            TestOrders.Add(db, customers, data.Clock.GetUtcNow());
            return Task.CompletedTask;
        });
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        plans.Clear();

        await data.Get<DayKeeper>().RunAsync(Token);

        // A day is read along indexes from its start to its end, however many there are.
        Assert.DoesNotContain(plans.Plans, p => p.Contains(DayKeeper.KeepingTag, StringComparison.Ordinal) && PlanRecorder.Scans(p).Any()
            && !p.Contains("\"StaleHours\"", StringComparison.Ordinal));
        plans.Clear();
        data.Commands.Clear();
        await manager.Get<ShopOverviewService>().GetAsync(Token);
        Assert.Equal(6, data.Commands.Count);
        Assert.DoesNotContain(plans.Plans, p => p.Contains("\"Orders\" AS", StringComparison.Ordinal)
            || p.Contains("\"LoyaltyEntries\"", StringComparison.Ordinal) || p.Contains("SCAN c", StringComparison.Ordinal));
    }

    private static DateTimeOffset At(int year, int month, int day) => new(year, month, day, 12, 0, 0, TimeSpan.Zero);
}
