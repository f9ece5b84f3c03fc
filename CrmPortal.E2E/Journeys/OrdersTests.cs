using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

public sealed class OrdersTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task Staff_FromTheListOfOrders_OpensOne_AndItsCustomersTab()
    {
        var page = await OpenAsync(RoleNames.Staff);
        await page.Locator("nav").GetByRole(AriaRole.Link, new() { Name = "Orders", Exact = true }).First.ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Orders");
        await GoAsync(page, "/orders?filter=status:any:completed;anonymous:no");
        await Expect(page.Locator(".chip").First).ToContainTextAsync("Status: Completed");

        var line = page.Locator("tbody tr").First;
        var number = await line.Locator("[data-row-link]").InnerTextAsync();
        var buyer = await line.Locator("td[data-label=Customer]").InnerTextAsync();
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search orders" }).FillAsync(number);
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await page.Locator("[data-row-link]").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync($"Order {number}");
        await PictureAsync(page, "order");

        await page.Locator(".record-head").GetByRole(AriaRole.Link, new() { Name = buyer, Exact = true }).ClickAsync();
        await page.GetByLabel("Sections of the record").GetByRole(AriaRole.Link, new() { Name = "Orders" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("tab=orders"));
        var purchase = page.Locator("details.purchase", new() { HasText = number }).Last;
        await purchase.Locator("summary").ClickAsync();
        await Expect(purchase.GetByRole(AriaRole.Columnheader, new() { Name = "Unit price" })).ToBeVisibleAsync();
        await PictureAsync(page, "tab");
    }

    [Fact]
    public async Task OrdersTickedByKeyboardAndShift_AreMovedTogether_AndComeBackWithCtrlZ()
    {
        // Ctrl+Z takes back what the user did last, wherever: a user whom no other test has.
        var (email, password) = await AddUserAsync(RoleNames.Manager);
        var page = await OpenAsOwnUserAsync(email, password);
        await GoAsync(page, "/orders?filter=status:any:pending&size=10");
        var boxes = page.Locator("tbody .cell-check input");
        await boxes.Nth(0).ClickAsync();
        await boxes.Nth(2).ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Expect(page.Locator(".bulk strong")).ToHaveTextAsync("3 selected");
        await page.Locator("[data-row-link]").Nth(1).FocusAsync();
        await page.Keyboard.PressAsync("x");
        await Expect(page.Locator(".bulk strong")).ToHaveTextAsync("2 selected");
        await PictureAsync(page, "ticked");
        var numbers = await page.Locator("tr.is-selected [data-row-link]").AllInnerTextsAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Mark as paid" }).ClickAsync();
        await Expect(page.GetByText("2 orders marked as paid.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = numbers[0], Exact = true })).ToHaveCountAsync(0);

        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("Control+z");
        await Expect(page.GetByText("Undone.", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = numbers[0], Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Customers_FilteredByWhatTheySpent_AreSaidInWords_AndSorted()
    {
        var page = await OpenAsync(RoleNames.Manager, "/customers?sort=spent&columns=orders,spent,average,last-order");
        await page.GetByRole(AriaRole.Button, new() { Name = "Filter", Exact = true }).ClickAsync();
        await page.GetByLabel("Field", new() { Exact = true }).FillAsync("Spent");
        await page.GetByLabel("Amount in").FillAsync("100");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the filter" }).ClickAsync();

        await Expect(page.Locator(".chip")).ToContainTextAsync(new Regex("Spent more than .*100"));
        await Expect(page.Locator("th[aria-sort=descending]")).ToContainTextAsync("Spent");
        await Expect(page.Locator("tbody tr").First).ToBeVisibleAsync();
        await PictureAsync(page, "spent");
        await page.GetByRole(AriaRole.Button, new() { Name = "Last page" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("page=\\d"));
    }
}
