using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>Points at the till and in the office: added, spent, reversed, adjusted by two persons, and on paper.</summary>
public sealed class LedgerTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task Staff_AddsAndRedeems_TheLedgerShowsLots_AndTheStatementIsAPdf()
    {
        var customer = await AddCustomerAsync("Maggie", "Tulliver");
        var page = await OpenAsync(RoleNames.Staff, customer + "?tab=points");
        await BookAsync(page, "Add points", "250");
        await Expect(page.GetByText("250 points were added.")).ToBeVisibleAsync();
        await BookAsync(page, "Redeem", "251");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Insufficient loyalty points");
        await page.GetByLabel("Points", new() { Exact = true }).FillAsync("100");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Redeem" }).ClickAsync();
        await Expect(page.GetByText("100 points were redeemed.")).ToBeVisibleAsync();

        var rows = page.GetByRole(AriaRole.Region, new() { Name = "Ledger entries" }).Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.Nth(0)).ToContainTextAsync("−100");
        await Expect(rows.Nth(0)).ToContainTextAsync("150");
        await Expect(rows.Nth(1)).ToContainTextAsync("150 left");
        await Expect(page.Locator(".tile").First).ToContainTextAsync("150");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Reverse" })).ToHaveCountAsync(0);
        await PictureAsync(page, "ledger");

        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Statement" })
            .ClickAsync());
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(Site.Artifacts, "downloads")).FullName, "statement.pdf");
        await download.SaveAsAsync(file);
        Assert.StartsWith("%PDF", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adjustment_OfAnAgentAboveHisLimit_IsApprovedByAManager_WhoReversesItAgain()
    {
        var customer = await AddCustomerAsync("Philip", "Wakem");
        var agent = await OpenAsync(RoleNames.SupportAgent, customer + "?tab=points");
        await BookAsync(agent, "Adjust", "800", "Three broken cups");
        await Expect(agent.GetByText("The adjustment is waiting for a second person.")).ToBeVisibleAsync();
        await Expect(agent.GetByText("No entries")).ToBeVisibleAsync();

        var manager = await OpenAsync(RoleNames.Manager, "/loyalty/adjustments");
        var request = manager.GetByRole(AriaRole.Article, new() { Name = "+800 points for Philip Wakem" });
        await Expect(request).ToContainTextAsync("Three broken cups");
        await PictureAsync(manager, "waiting");
        await request.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await Expect(manager.GetByText("Booked: +800 points for Philip Wakem.")).ToBeVisibleAsync();
        await Expect(request).ToHaveCountAsync(0);

        await GoAsync(manager, customer + "?tab=points");
        await manager.GetByRole(AriaRole.Button, new() { Name = "Reverse" }).ClickAsync();
        await manager.GetByLabel("Reason").FillAsync("They were whole");
        await manager.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Reverse" }).ClickAsync();
        await Expect(manager.GetByText("The booking was reversed.")).ToBeVisibleAsync();
        await Expect(manager.GetByRole(AriaRole.Region, new() { Name = "Ledger entries" }).Locator("tbody tr")).ToHaveCountAsync(2);
        await Expect(manager.Locator(".tile").First).ToContainTextAsync("0");
        await ChooseAsync(manager.GetByLabel("Kind"), "Points reversed");
        await Expect(manager.GetByRole(AriaRole.Region, new() { Name = "Ledger entries" }).Locator("tbody tr")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Manager_GivesATierWithItsEndAndReason_AndTakesItBack()
    {
        var page = await OpenAsync(RoleNames.Manager, await AddCustomerAsync("Stephen", "Guest") + "?tab=points");
        var card = page.GetByRole(AriaRole.Region, new() { Name = "Tier", Exact = true });
        await card.GetByRole(AriaRole.Button, new() { Name = "Set tier…" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await ChooseAsync(dialog.GetByLabel("Tier"), "Gold");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Set tier" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("Enter a reason.");
        await dialog.GetByLabel("Until")
            .FillAsync(TimeProvider.System.GetUtcNow().AddYears(1).ToString("dd/MM/yyyy", CultureInfo.InvariantCulture));
        await dialog.GetByLabel("Reason").FillAsync("Opened the shop with us");
        await PictureAsync(page, "tier");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Set tier" }).ClickAsync();
        await Expect(card).ToContainTextAsync("set manually, until");
        await Expect(card.Locator(".badge")).ToHaveTextAsync("Gold");

        await card.GetByRole(AriaRole.Button, new() { Name = "Remove tier…" }).ClickAsync();
        await dialog.GetByLabel("Reason").FillAsync("Only for the opening");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Remove tier" }).ClickAsync();
        await Expect(card.Locator(".badge")).ToHaveTextAsync("Bronze");
        await card.GetByText("Tier history (2)").ClickAsync();
        await Expect(card.Locator("tbody tr")).ToContainTextAsync(["Only for the opening", "Opened the shop with us"]);
        await PictureAsync(page, "steps");
    }

    private static async Task BookAsync(IPage page, string button, string points, string? reason = null)
    {
        await page.GetByRole(AriaRole.Region, new() { Name = "Ledger" }).GetByRole(AriaRole.Button, new() { Name = button, Exact = true })
            .ClickAsync();
        await page.GetByLabel("Points", new() { Exact = true }).FillAsync(points);
        if (reason is not null) await page.GetByRole(AriaRole.Dialog).GetByLabel("Reason").FillAsync(reason);
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
    }
}
