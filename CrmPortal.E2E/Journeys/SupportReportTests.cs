using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>The report of support as a manager sees it on a desk and on a phone.</summary>
public sealed class SupportReportTests(Site site) : BrowserTest(site)
{
    private const int Desk = 1440;

    [Theory]
    [InlineData(Desk)]
    [InlineData(Narrow)]
    public async Task LabelsOfCharts_KeepOffEachOther_AndAreAsManyAsFit(int width)
    {
        var page = await OpenAsync(RoleNames.Manager, "/reports/support?period=last_30_days&by=day", width: width);
        var charts = page.Locator(".chart-places");
        await Expect(charts).ToHaveCountAsync(4);

        foreach (var chart in await charts.AllAsync())
        {
            // Where each label that is seen begins and ends.
            var labels = await chart.EvaluateAsync<double[][]>(
                """
                chart => [...chart.querySelectorAll(':scope > span > span')].map(label => {
                  const range = document.createRange(); range.selectNodeContents(label);
                  const text = range.getBoundingClientRect(), box = label.getBoundingClientRect();
                  return [text.left, text.right, box.width];
                }).filter(label => label[2] > 1)
                """);
            Assert.InRange(labels.Length, width == Desk ? 15 : 7, 30);
            Assert.All(labels.Zip(labels.Skip(1)), pair => Assert.True(pair.First[1] + 1 < pair.Second[0],
                $"{pair.First[1]} and {pair.Second[0]} at {width}"));
        }
    }

    [Theory]
    [InlineData(Desk, "/reports/support")]
    [InlineData(Narrow, "/reports/support")]
    [InlineData(Desk, "/reports/orders")]
    [InlineData(Narrow, "/reports/orders")]
    [InlineData(Desk, "/customers")]
    [InlineData(Narrow, "/customers")]
    [InlineData(Narrow, "/orders")]
    [InlineData(Desk, "/tickets")]
    [InlineData(Narrow, "/tickets")]
    public async Task Menus_StayOnTheScreen(int width, string path)
    {
        var page = await OpenAsync(RoleNames.Manager, path, width: width);
        var menus = page.Locator("main details.menu > summary:visible");
        await Expect(menus.First).ToBeVisibleAsync();

        foreach (var menu in await menus.AllAsync())
        {
            await menu.ClickAsync();
            var panel = page.Locator("details.menu[open] > .menu-panel");
            await Expect(panel).ToBeVisibleAsync();
            await WaitUntilStillAsync(page);
            var place = await panel.EvaluateAsync<double[]>("p => [p.getBoundingClientRect().left, p.getBoundingClientRect().right]");
            Assert.InRange(place[0], 0, width);
            Assert.InRange(place[1], 0, width);
            Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
            await page.Keyboard.PressAsync("Escape");
            await Expect(panel).ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task Hours_AreAllInSight_OnADesk()
    {
        var page = await OpenAsync(RoleNames.Manager, "/reports/support", width: Desk);
        var hours = page.Locator(".retention-wrap:has(.support-hours)");
        await Expect(hours).ToBeVisibleAsync();

        Assert.True(await hours.EvaluateAsync<bool>("h => h.scrollWidth <= h.clientWidth"));
    }

    [Fact]
    public async Task OnAPhone_TheFiltersAreBehindAButton_AndTheFiguresComeFirst()
    {
        var page = await OpenAsync(RoleNames.Manager, "/reports/support?channel=email", width: Narrow);
        var toggle = page.GetByRole(AriaRole.Button, new() { Name = "Filters 1" });
        await Expect(toggle).ToHaveAttributeAsync("aria-expanded", "false");
        await Expect(page.GetByLabel("Queue")).ToBeHiddenAsync();
        await Expect(page.Locator(".figure-card").First).ToBeInViewportAsync();

        await toggle.ClickAsync();
        await ChooseAsync(page.GetByLabel("Priority"), "High priority");

        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Filters 2" })).ToHaveAttributeAsync("aria-expanded", "true");
    }
}
