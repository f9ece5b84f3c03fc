using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>
/// The first weeks of a real shop's year, from the file to the customers and back. The whole year is imported by the services' own test;
/// the numbers here were counted independently over these rows.
/// </summary>
public sealed class OnlineRetailTests(Site site) : BrowserTest(site)
{
    private const int Rows = 27_000;

    /// <summary>A large file takes its time on a small machine; what is looked for comes as soon as it is there.</summary>
    private static readonly LocatorAssertionsToBeVisibleOptions WhenDone = new() { Timeout = 240_000 };

    [Fact]
    public async Task OnlineRetail_ComesInWithTheNumbersOfItsData_AndGoesAgain()
    {
        var folder = Environment.GetEnvironmentVariable("CRM_TEST_DATA");
        var path = Path.Combine(folder ?? "", "online-retail", "online-retail.csv");
        if (!File.Exists(path))
            Assert.Skip("online-retail/online-retail.csv is not there; CRM_TEST_DATA must name the folder that holds it.");
        var page = await OpenAsync(RoleNames.Manager, "/imports");

        await WaitForFileControlAsync(page, "#import-file");
        await page.Locator("#import-file").SetInputFilesAsync(await SampleAsync(path));
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "See what would happen" })).ToBeVisibleAsync(WhenDone);
        await Expect(page.GetByLabel("Field of column InvoiceNo")).ToHaveValueAsync("order");
        await Expect(page.GetByLabel("Refund number prefix")).ToHaveValueAsync("C");
        await page.GetByRole(AriaRole.Button, new() { Name = "See what would happen" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Progressbar).First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Import now" })).ToBeVisibleAsync(WhenDone);
        await page.GetByRole(AriaRole.Button, new() { Name = "Import now" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Undo the import" })).ToBeVisibleAsync(WhenDone);
        foreach (var row in new[]
        {
            "Customers 692 0 0 0", "Orders of known customers 894 17,368 364,097.20", "Anonymous orders 123 9,154 154,479.02",
            "Refunds of known customers 138 379 8,987.73", "Anonymous refunds 12 32 54,242.63", "Net of known customers 355,109.47",
        })
            await Expect(page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("^" + Regex.Escape(row)) })).ToBeVisibleAsync();
        await Expect(page.GetByText("47 customers have refunds but no orders in this file.")).ToBeVisibleAsync();
        await Expect(page.GetByText("The quantity is negative, but the order is not a refund. (67)")).ToBeVisibleAsync();
        await PictureAsync(page, "published");

        await page.GetByRole(AriaRole.Button, new() { Name = "Undo the import" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Undo the import" }).ClickAsync();
        await Expect(page.GetByText("What was imported and undone")).ToBeVisibleAsync(WhenDone);
        await GoAsync(page, "/customers?filter=external_id:is:12347");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(0);
    }

    private static async Task<string> SampleAsync(string path)
    {
        var sample = Path.Combine(Directory.CreateTempSubdirectory("crmportal-retail-").FullName, "online-retail.csv");
        await File.WriteAllLinesAsync(sample, File.ReadLines(path).Take(Rows + 1));
        return sample;
    }
}
