using Bunit;
using CrmPortal.Core.Analytics;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Analytics;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Analytics;

/// <summary>The pages of analytics, on the tenth of March 2026.</summary>
public sealed class RetentionPageTests : CrmPageTest
{
    [Fact]
    public async Task Retention_ShowsSharesCountsOrRevenue_AndLeadsToTheCustomers()
    {
        var (ada, bob) = (await Data.AddCustomerAsync(), await Data.AddCustomerAsync("Bob"));
        await Data.AddOrderAsync("A-1", ada.Id, 100_000, placedAt: At(1));
        await Data.AddOrderAsync("A-2", ada.Id, 50_000, placedAt: At(2));
        await Data.AddOrderAsync("B-1", bob.Id, 100_000, placedAt: At(1));
        await Data.AddOrderAsync("C-1", (await Data.AddCustomerAsync("Cy")).Id, 100_000, placedAt: At(2));
        await Data.Get<CohortKeeper>().RunAsync(default);
        await SignInAsync(RoleNames.Manager);

        var page = Render<RetentionPage>();

        page.WaitForElement(".retention");
        Assert.Equal(["All of them", "3", "100%", "50%", "–"], Row(page, 0));
        Assert.Equal(["Feb 2026", "n = 1", "100%", "0%", ""], Row(page, 1));
        Assert.Equal(["Jan 2026", "n = 2", "100%", "50%", "0%"], Row(page, 2));
        Assert.Equal("/customers?filter=" + Uri.EscapeDataString("first_order:after:2025-12-31;first_order:before:2026-02-01"),
            page.FindAll(".retention th a")[1].GetAttribute("href"));
        Services.GetRequiredService<NavigationManager>().NavigateTo("/analytics/retention?show=count");
        page.WaitForAssertion(() => Assert.Equal(["Jan 2026", "n = 2", "2", "1", "0"], Row(page, 1)));
        Services.GetRequiredService<NavigationManager>().NavigateTo("/analytics/retention?show=revenue");
        page.WaitForAssertion(() => Assert.Equal(["Jan 2026", "n = 2", "2,000", "500", "0"], Row(page, 1)));
        Services.GetRequiredService<NavigationManager>().NavigateTo("/analytics/retention?year=2025");
        page.WaitForAssertion(() => Assert.Contains("Nobody bought for the first time in these months.", page.Markup,
            StringComparison.Ordinal));
    }

    [Fact]
    public async Task Analytics_ShowsThePeriodOfTheAddress_WithTheRowsBehindIt()
    {
        var ada = await Data.AddCustomerAsync();
        await Data.AddOrderAsync("A-1", ada.Id, 100_000, placedAt: At(1));
        await Data.AddOrderAsync("A-2", ada.Id, 50_000, placedAt: At(2));
        await Data.Get<DayKeeper>().RunAsync(default);
        await SignInAsync(RoleNames.Manager);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/analytics?at=2026-02-10");

        var page = Render<AnalyticsPage>();

        page.WaitForElement(".figure-card");
        Assert.Equal(["€500.00", "1", "€500.00", "0", "100%"], page.FindAll(".figure-card .glance-value").Take(5)
            .Select(v => Plain(v.TextContent)));
        Assert.Contains("−50% · €1,000.00 in the period before", Plain(page.Markup), StringComparison.Ordinal);
        Assert.StartsWith("/orders?filter=status", page.Find(".figure-card a").GetAttribute("href"), StringComparison.Ordinal);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/analytics?period=own&from=2026-02-01&to=2026-01-01");
        page.WaitForAssertion(() => Assert.Contains("The last day is before the first one.", page.Markup, StringComparison.Ordinal));
        Services.GetRequiredService<NavigationManager>().NavigateTo("/analytics?period=quarter");
        page.WaitForAssertion(() => Assert.Equal("€1,500.00", page.Find(".figure-card .glance-value").TextContent));
        page.FindAll("button").Single(b => b.TextContent == "Count now").Click();
        page.WaitForElement("progress");
    }

    private static IEnumerable<string> Row(IRenderedComponent<RetentionPage> page, int at) =>
        page.FindAll(".retention tbody tr")[at].Children.Select(c => Plain(c.TextContent.Trim()));

    /// <summary>Languages differ in the blank before the sign.</summary>
    private static string Plain(string text) => text.Replace(" %", "%", StringComparison.Ordinal);

    private static DateTimeOffset At(int month) => new(2026, month, 5, 12, 0, 0, TimeSpan.Zero);
}
