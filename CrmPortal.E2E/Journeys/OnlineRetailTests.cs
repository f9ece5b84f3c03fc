using System.Text.RegularExpressions;
using CrmPortal.Core.Access;
using CrmPortal.E2E.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>Half a million rows, from the file to the customers and back. An import comes in as one transaction, for which others wait to save.</summary>
[Collection(typeof(Alone))]
public sealed class OnlineRetailTests(Site site) : BrowserTest(site)
{
    /// <summary>A large file takes its time on a small machine; what is looked for comes as soon as it is there.</summary>
    private static readonly LocatorAssertionsToBeVisibleOptions WhenDone = new() { Timeout = 240_000 };

    [Fact]
    public async Task OnlineRetail_ComesInWithTheNumbersOfItsData_AndGoesAgain()
    {
        var folder = Environment.GetEnvironmentVariable("CRM_TEST_DATA");
        var path = Path.Combine(folder ?? "", "online-retail", "online-retail.csv");
        if (!File.Exists(path)) Assert.Skip("online-retail/online-retail.csv is not there; CRM_TEST_DATA must name the folder that holds it.");
        var page = await OpenAsync(RoleNames.Manager, "/imports");

        await WaitForFileControlAsync(page, "#import-file");
        await page.Locator("#import-file").SetInputFilesAsync(path);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "See what would happen" })).ToBeVisibleAsync(WhenDone);
        await Expect(page.GetByLabel("Field of column InvoiceNo")).ToHaveValueAsync("order");
        await Expect(page.GetByLabel("Refund numbers begin with")).ToHaveValueAsync("C");
        await page.GetByRole(AriaRole.Button, new() { Name = "See what would happen" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Progressbar).First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Import now" })).ToBeVisibleAsync(WhenDone);
        await page.GetByRole(AriaRole.Button, new() { Name = "Import now" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Take the import back" })).ToBeVisibleAsync(WhenDone);
        foreach (var row in new[]
        {
            "Customers 4,372 0 0 0", "Orders of known customers 18,536 397,924 8,911,407.90", "Anonymous orders 2,190 133,359 1,755,276.64",
            "Refunds of known customers 3,654 8,905 611,342.09", "Anonymous refunds 182 383 285,470.40", "Net of known customers 8,300,065.81",
        })
            await Expect(page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("^" + Regex.Escape(row)) })).ToBeVisibleAsync();
        await Expect(page.GetByText("33 customers have refunds and no order in this file.")).ToBeVisibleAsync();
        await Expect(page.GetByText("The quantity is negative, and the order is no refund. (1,336)")).ToBeVisibleAsync();
        await PictureAsync(page, "published");

        await page.GetByRole(AriaRole.Button, new() { Name = "Take the import back" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Take the import back" }).ClickAsync();
        await Expect(page.GetByText("What was imported and taken back")).ToBeVisibleAsync(WhenDone);
        await GoAsync(page, "/customers?filter=external_id:is:12347");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(0);
    }
}
