using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

public sealed class ImportTests(Site site) : BrowserTest(site)
{
    /// <summary>A large file takes its time on a small machine; what is looked for comes as soon as it is there.</summary>
    private static readonly LocatorAssertionsToBeVisibleOptions WhenDone = new() { Timeout = 240_000 };

    [Fact]
    public async Task People_ComeInFromAFile_AndGoAgain()
    {
        var page = await OpenAsync(RoleNames.Manager, "/imports");
        await UploadAsync(page, "people.csv",
            "First name,Last name,E-mail,Country\nXanthippe,Testersson,xanthippe@example.net,Sweden\nNo,Mail,not-an-address,Sweden\n");
        await Expect(page.GetByLabel("Field of column First name")).ToHaveValueAsync("given_name");
        await ChooseAsync(page.GetByLabel("Customers are matched by"), "E-mail");
        await page.GetByRole(AriaRole.Button, new() { Name = "See what would happen" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Import now" })).ToBeVisibleAsync(WhenDone);
        await Expect(page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("^Customers 1 0 0 0") })).ToBeVisibleAsync();
        await Expect(page.GetByText("This is not an e-mail address").First).ToBeVisibleAsync();
        var download = await page
            .RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download them with the reasons" })
            .ClickAsync());
        Assert.Contains("No,Mail,not-an-address,Sweden,3,", await File.ReadAllTextAsync(await download.PathAsync()),
            StringComparison.Ordinal);
        await PictureAsync(page, "checked");

        await page.GetByRole(AriaRole.Button, new() { Name = "Import now" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Undo the import" })).ToBeVisibleAsync(WhenDone);
        var import = page.Url;
        await GoAsync(page, "/customers?q=xanthippe");
        await Expect(page.Locator("tbody tr")).ToContainTextAsync("Xanthippe Testersson");

        await GoAsync(page, new Uri(import).AbsolutePath);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo the import" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Undo the import" }).ClickAsync();
        await Expect(page.GetByText("What was imported and undone")).ToBeVisibleAsync(WhenDone);
        await GoAsync(page, "/customers?q=xanthippe");
        await Expect(page.GetByText("Xanthippe")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task FileThatIsNoTable_IsRefusedBesideTheField()
    {
        var page = await OpenAsync(RoleNames.Manager, "/imports");

        await ChooseFilesAsync(page, "#import-file",
            new FilePayload { Name = "report.csv", MimeType = "text/csv", Buffer = "%PDF-1.7 "u8.ToArray() });

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("This is a PDF, not a table");
        await Expect(page.Locator("#import-file")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Staff_DoNotSeeImports()
    {
        var page = await OpenAsync(RoleNames.Staff, "/");

        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Imports" })).ToHaveCountAsync(0);
    }

    private static async Task UploadAsync(IPage page, string name, string text)
    {
        await ChooseFilesAsync(page, "#import-file",
            new FilePayload { Name = name, MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(text) });
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "See what would happen" })).ToBeVisibleAsync();
    }
}
