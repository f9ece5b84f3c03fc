using System.Globalization;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Reports;
using CrmPortal.Tests.Exports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Reports;

public sealed class ReportTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task EveryReport_SaysTheSame_OnTheScreen_InCsv_Xlsx_Pdf_AndJson_NowAndAsItWasKept(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await ReportShop.OpenAsync(data, Token);
        await using var manager = await data.AsRoleAsync(RoleNames.Administrator);
        var reports = manager.Get<ReportService>();
        var kinds = await reports.ListAsync(Token);
        Assert.True(kinds.Count >= 9);

        foreach (var report in kinds)
        {
            var choice = report.Choices.HasFlag(ReportChoices.Grouping) ? ReportChoice.Parse("period=last_12_months&by=quarter") : new();
            var kept = (await reports.KeepAsync(report.Name, choice, null, Token))!.Value;
            var screen = Screen((await reports.MakeAsync(report.Name, choice, null, Token))!);

            Assert.True(screen.Count > 1, $"{report.Name} has no rows.");
            Assert.Equal(screen, Screen((await reports.GetRunAsync(kept, Token))!));
            var view = (await reports.MakeAsync(report.Name, choice, null, Token))!;
            foreach (var format in ExportFormats.All)
            {
                var now = await reports.ExportAsync(report.Name, choice, null, format.Name, ExportAudience.Usual, Token);
                var then = await reports.ExportRunAsync(kept, format.Name, ExportAudience.Usual, Token);
                foreach (var table in new[] { now, then })
                {
                    var file = await ExportSamples.WriteAsync(format, table!);
                    if (format.Name == "pdf") Assert.Equal(screen, new PdfReader(file).Rows().Select(r => string.Join('|', r)));
                    else Assert.Equal(ReportNumbers.Of(view), ReportNumbers.Of(format.Name, file, view));
                }
            }
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Orders_AreThoseOfTheOrdersThemselves_ByEveryDivision_BesideThePeriodBefore(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await ReportShop.OpenAsync(data, Token);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var orders = await data.ReadAsync(db => db.Set<Core.Orders.Order>().Where(o => o.Status == Core.Orders.OrderStatus.Paid)
            .ToListAsync(Token));

        foreach (var by in Enum.GetValues<ReportGrouping>())
        {
            var choice = new ReportChoice(ReportPeriod.Chosen, new(2025, 4, 15), new(2025, 12, 20), by);
            var view = (await manager.Get<ReportService>().MakeAsync("orders", choice, null, Token))!;

            var those = orders.Where(o => Day(o) >= choice.From && Day(o) <= choice.Until).ToList();
            Assert.Equal(those.Sum(o => o.BaseTotal), Figure(view, "revenue").Value);
            Assert.Equal((long)those.Count, Figure(view, "orders").Value);
            Assert.Equal(view.Dates!.Parts.Select(p => (p.Name,
                those.Where(o => Day(o) >= p.First && Day(o) <= p.Last).Sum(o => o.BaseTotal))),
                view.Content.Rows.Select(r => ((string)r.Values[0]!, (long)r.Values[1]!)));
            Assert.All(view.Content.Rows, r => Assert.StartsWith("placed:between:2025-", r.Filter, StringComparison.Ordinal));
        }

        var yearly = (await manager.Get<ReportService>().MakeAsync("orders", ReportChoice.Parse("period=last_quarter"), null, Token))!;
        Assert.Equal(orders.Where(o => Day(o) >= new DateOnly(2025, 7, 1) && Day(o) <= new DateOnly(2025, 9, 30)).Sum(o => o.BaseTotal),
            Figure(yearly, "revenue").Before);

        static DateOnly Day(Core.Orders.Order order) => DateOnly.FromDateTime(order.PlacedAt.UtcDateTime);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customers_AreCountedOnTheShopsDayOfTheirRecord(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind, services =>
            services.Configure<Core.Platform.Common.ShopOptions>(o => o.TimeZone = "America/New_York"));
        // In New York it is the last hour of February.
        data.Clock.Set(new(2026, 3, 1, 4, 30, 0, TimeSpan.Zero));
        var first = await data.AddCustomerAsync("Ada");
        await data.AddOrderAsync("O-1", first.Id, 500);
        data.Clock.Set(new(2026, 3, 1, 5, 30, 0, TimeSpan.Zero));
        await data.AddCustomerAsync("Bob");
        data.Clock.Set(ReportShop.At(2026, 3, 10));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        var view = (await manager.Get<ReportService>().MakeAsync("customers", ReportChoice.Parse(
            "period=chosen&from=2026-01-01&until=2026-03-10&by=month"), null, Token))!;

        Assert.Equal(["2026-01 0 0 0", "2026-02 1 1 1", "2026-03 1 0 2"],
            view.Content.Rows.Select(r => string.Join(' ', r.Values)));
        Assert.Equal((2L, 2L), (Figure(view, "customers").Value, Figure(view, "active").Value));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Consents_AreWhatHoldsNow_AndWhatWasSaidInThePeriod(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await ReportShop.OpenAsync(data, Token);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        var view = (await manager.Get<ReportService>().MakeAsync("consents", ReportChoice.Parse("period=this_month"), null, Token))!;

        Assert.Equal(["Marketing Email 4 33.3 1 5 1"], view.Content.Rows.Select(r => string.Join(' ', r.Values.Select(v =>
            Convert.ToString(v, CultureInfo.InvariantCulture)))));
        var before = (await manager.Get<ReportService>().MakeAsync("consents", ReportChoice.Parse("period=last_month"), null, Token))!;
        Assert.Equal(0L, before.Content.Rows[0].Values[5]);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Report_IsSeenByThoseAlone_WhoMaySeeWhatItTellsOf(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var narrow = await data.AsAsync(Permissions.ReportsView, Permissions.ReportsExport);
        var kept = await manager.Get<ReportService>().KeepAsync("orders", new(), null, Token);
        var reports = narrow.Get<ReportService>();

        Assert.Equal(["loyalty", "liability"], (await reports.ListAsync(Token)).Select(r => r.Name));
        Assert.Null(await reports.MakeAsync("orders", new(), null, Token));
        Assert.Null(await reports.ExportAsync("orders", new(), null, "csv", ExportAudience.Usual, Token));
        Assert.Null(await reports.KeepAsync("orders", new(), null, Token));
        Assert.Null(await reports.GetRunAsync(kept!.Value, Token));
        Assert.Null(await reports.ExportRunAsync(kept.Value, "pdf", ExportAudience.Usual, Token));
        Assert.False(await reports.RemoveRunAsync(kept.Value, Token));
        Assert.Empty(await reports.RunsAsync(null, Token));
        Assert.Null(await reports.MakeAsync("nothing", new(), null, Token));
        Assert.Single(await manager.Get<ReportService>().RunsAsync(null, Token));
        Assert.True(await manager.Get<ReportService>().RemoveRunAsync(kept.Value, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Kept_FiguresStayAsTheyWere_WhateverHappensAfterwards(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await ReportShop.OpenAsync(data, Token);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var reports = manager.Get<ReportService>();
        var kept = (await reports.KeepAsync("orders", new(), null, Token))!.Value;
        var before = Screen((await reports.GetRunAsync(kept, Token))!);

        await data.AddOrderAsync("Later", null, 77_700, placedAt: ReportShop.At(2026, 3, 9));
        await data.Get<Core.Overview.DayKeeper>().RunAsync(Token);

        Assert.Equal(before, Screen((await reports.GetRunAsync(kept, Token))!));
        Assert.NotEqual(before, Screen((await reports.MakeAsync("orders", new(), null, Token))!));
    }

    [Fact]
    public async Task EmptyShop_EveryReportIsThere()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var admin = await data.AsRoleAsync(RoleNames.Administrator);
        var reports = admin.Get<ReportService>();

        foreach (var report in await reports.ListAsync(Token))
        {
            foreach (var format in ExportFormats.All)
            {
                var table = await reports.ExportAsync(report.Name, new(), null, format.Name, ExportAudience.Usual, Token);
                Assert.NotEmpty(await ExportSamples.WriteAsync(format, table!));
            }
        }
    }

    /// <summary>What the page shows, row by row, with its totals.</summary>
    private static List<string> Screen(ReportView view)
    {
        List<string> rows = [.. view.Content.Rows.Select(r => string.Join('|', r.Values.Select((v, i) =>
            ReportDocument.Cell(view, i, v, ExportAudience.Usual))))];
        if (ReportDocument.Totals(view, ExportAudience.Usual) is { } totals)
            rows.Add(string.Join('|', totals.Select((v, i) => ReportDocument.Cell(view, i, v, ExportAudience.Usual))));
        return [string.Join('|', view.Content.Columns.Select(c => c.Title)), .. rows];
    }

    private static ReportFigure Figure(ReportView view, string name) => view.Content.Figures.Single(f => f.Name == name);
}
