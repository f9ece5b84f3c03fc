using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

public sealed class OrderWritingTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task Staff_WritesAnOrder_MarksItPaid_RefundsAPart_AndSeesItsPoints()
    {
        var customer = await AddCustomerAsync("Hetty", "Sorrel");
        var page = await OpenAsync(RoleNames.Staff, customer);
        await page.GetByLabel("Sections of the record").GetByRole(AriaRole.Link, new() { Name = "Orders" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "New order" }).ClickAsync();
        await Expect(page.Locator(".order-form")).ToContainTextAsync("Hetty Sorrel");
        await WaitUntilUsableAsync(page);

        // The heading gets the focus a moment after the page is there.
        await Expect(page.Locator("h1")).ToBeFocusedAsync();
        // By keyboard alone: from the code on, each field is one step away.
        var code = $"E2E-{Guid.NewGuid():N}"[..12];
        await page.Locator("#line-1-ProductCode").FocusAsync();
        foreach (var typed in new[] { code, "Walking stick", "3", "20.5", "1.5" })
        {
            await page.Keyboard.PressAsync("Control+A");
            await page.Keyboard.TypeAsync(typed);
            await page.Keyboard.PressAsync("Tab");
        }

        await Expect(page.Locator(".order-total")).ToContainTextAsync("60");
        await PictureAsync(page, "form");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the order" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(new Regex("^Order O-"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Mark as paid" }).ClickAsync();
        await Expect(page.Locator(".order-points")).ToContainTextAsync("+");
        await page.GetByRole(AriaRole.Button, new() { Name = "Refund…" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByLabel("Quantity").FillAsync("1");
        await page.GetByRole(AriaRole.Dialog).GetByLabel("Reason").FillAsync("Too short");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync(new Regex("20.*will be refunded.*points reversed"));
        await PictureAsync(page, "refund");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Refund", Exact = true }).ClickAsync();

        await Expect(page.Locator("section[aria-labelledby=refunds-title]")).ToContainTextAsync("Too short");
        await Expect(page.Locator(".order-points li")).ToHaveCountAsync(2);
        await PictureAsync(page, "refunded");
    }

    [Fact]
    public async Task Staff_MatchesAnOrderOfNobody_ToACustomer_FoundWhileTyping()
    {
        await AddCustomerAsync("Dinah", "Morris");
        var page = await OpenAsync(RoleNames.Staff, "/orders/new");
        await page.GetByLabel("Loyalty card").FillAsync("4711-0815");
        await page.Locator("#line-1-ProductCode").FillAsync("E2E-TEA");
        await page.Locator("#line-1-UnitPrice").FillAsync("4");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the order" }).ClickAsync();
        await Expect(page.Locator(".record-head .facts")).ToContainTextAsync("Anonymous");

        await page.GetByRole(AriaRole.Button, new() { Name = "Match to customer" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Searchbox).FillAsync("Dinah Mor");
        await dialog.Locator(".picker-list button").First.ClickAsync();

        await Expect(page.Locator(".record-head .facts a")).ToHaveTextAsync("Dinah Morris");
        await PictureAsync(page, "matched");
    }

    [Fact]
    public async Task Staff_WhoLeavesTheForm_FindsWhatWasTyped()
    {
        var page = await OpenAsync(RoleNames.Staff, "/orders/new");
        await page.Locator("#line-1-ProductCode").FillAsync("E2E-KEPT");
        await page.GetByLabel("Channel").FillAsync("phone");
        await page.ReloadAsync();

        await Expect(page.Locator("#line-1-ProductCode")).ToHaveValueAsync("E2E-KEPT");
        await Expect(page.GetByLabel("Channel")).ToHaveValueAsync("phone");
    }

    [Fact]
    public async Task Staff_AddsAWish_TakesItBack_AndWritesAReview()
    {
        var customer = await AddCustomerAsync("Seth", "Bede");
        var page = await OpenAsync(RoleNames.Staff, customer);
        await page.GetByLabel("Sections of the record").GetByRole(AriaRole.Link, new() { Name = "Shopping" }).ClickAsync();
        var wishes = page.Locator("section[aria-labelledby=wishes-title]");
        await wishes.GetByLabel("Code").FillAsync("E2E-LAMP");
        await wishes.GetByLabel("Product", new() { Exact = true }).FillAsync("Lamp");
        await wishes.GetByRole(AriaRole.Button, new() { Name = "Add to wishlist" }).ClickAsync();
        await wishes.GetByRole(AriaRole.Button, new() { Name = "Remove Lamp from the wishlist" }).ClickAsync();
        await Expect(wishes).ToContainTextAsync("No products on the wishlist yet.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).Last.ClickAsync();
        await Expect(wishes).ToContainTextAsync("Lamp");

        var reviews = page.Locator("section[aria-labelledby=reviews-title]");
        await reviews.GetByRole(AriaRole.Button, new() { Name = "Save the review" }).ClickAsync();
        await Expect(reviews.Locator(".field-error")).ToHaveCountAsync(2);
        await reviews.GetByLabel("Code").FillAsync("E2E-LAMP");
        await ChooseAsync(reviews.GetByLabel("Rating"), "4 of 5 stars");
        await reviews.GetByLabel("Title").FillAsync("Bright");
        await reviews.GetByRole(AriaRole.Button, new() { Name = "Save the review" }).ClickAsync();
        await Expect(reviews.Locator(".review")).ToContainTextAsync("Bright");
        await PictureAsync(page, "shopping");
    }
}
