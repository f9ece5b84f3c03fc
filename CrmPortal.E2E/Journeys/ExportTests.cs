using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>What is on the screen, saved as a file of each kind.</summary>
public sealed class ExportTests(Site site) : BrowserTest(site)
{
    private const string List = "/customers?filter=tags:any:Wholesale&sort=name&order=up&size=100";

    [Fact]
    public async Task Export_OfAFilteredListWithChosenColumns_HasTheRowsOfTheScreen_InEveryFormat()
    {
        var page = await OpenAsync(RoleNames.Manager, List);
        await page.GetByText("Columns", new() { Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Hide Phone" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Phone", Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Country", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("country"));
        await page.ReloadAsync();
        await WaitUntilUsableAsync(page);
        var rows = page.Locator("tbody tr");
        await Expect(rows.First).ToBeVisibleAsync();
        var names = await page.Locator("tbody [data-row-link]").AllInnerTextsAsync();
        var numbers = await page.Locator("tbody .person small").AllInnerTextsAsync();
        var emails = (await page.Locator("tbody td[data-label='E-mail']").AllInnerTextsAsync()).Select(e => e.Trim()).ToList();
        Assert.InRange(names.Count, 5, 99);

        var csv = Encoding.UTF8.GetString(await SaveAsync(page, "CSV (raw values)", "csv")).TrimStart('\uFEFF')
            .Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("Number,Name,VIP,E-mail,Status,Tags,City,Spent (EUR),Last interaction,Country", csv[0]);
        Assert.Equal(numbers, csv.Skip(1).Select(l => l.Split(',')[0]));
        Assert.Equal(names, csv.Skip(1).Select(l => l.Split(',')[1]));
        Assert.Equal(emails, csv.Skip(1).Select(l => l.Split(',')[3]));

        using var json = JsonDocument.Parse(await SaveAsync(page, "JSON", "json"));
        Assert.Equal(names, json.RootElement.EnumerateArray().Select(r => r.GetProperty("name").GetString()));
        Assert.Equal(["number", "name", "vip", "email", "status", "tags", "city", "spent", "interaction", "country"], json.RootElement[0]
            .EnumerateObject().Select(p => p.Name));

        using var workbook = new ZipArchive(new MemoryStream(await SaveAsync(page, "Excel", "xlsx")));
        await using var sheet = await workbook.GetEntry("xl/worksheets/sheet1.xml")!.OpenAsync();
        XNamespace main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        Assert.Equal(["Name", .. names], XDocument.Load(sheet).Descendants(main + "row")
            .Select(r => r.Elements(main + "c").ElementAt(1).Value));

        var pdf = Encoding.Latin1.GetString(await SaveAsync(page, "PDF", "pdf"));
        Assert.StartsWith("%PDF-1.7", pdf, StringComparison.Ordinal);
        Assert.EndsWith("%%EOF\n", pdf, StringComparison.Ordinal);

        // The page is still alive after four downloads.
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove the filter" }).ClickAsync();
        await Expect(page.Locator(".chip")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Export_OfChosenRows_HasJustThose()
    {
        var page = await OpenAsync(RoleNames.Manager, List);
        await page.Locator("tbody tr").Nth(1).GetByRole(AriaRole.Checkbox).CheckAsync();
        await page.Locator("tbody tr").Nth(3).GetByRole(AriaRole.Checkbox).CheckAsync();
        await Expect(page.Locator("tbody tr.is-selected")).ToHaveCountAsync(2);
        var numbers = await page.Locator("tbody tr.is-selected .person small").AllInnerTextsAsync();

        var csv = Encoding.UTF8.GetString(await SaveAsync(page, "CSV (raw values)", "csv"))
            .Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(numbers, csv.Skip(1).Select(l => l.Split(',')[0]));
        await PictureAsync(page, "chosen");
    }

    [Fact]
    public async Task Export_IsNotOffered_ToThoseWhoMayNot()
    {
        var page = await OpenAsync(RoleNames.Staff, "/customers");

        await Expect(page.Locator("tbody tr").First).ToBeVisibleAsync();
        await Expect(page.GetByText("Export", new() { Exact = true })).ToHaveCountAsync(0);
    }

    /// <summary>Saves the list by the menu; the file lies beside the pictures for those who want to look at it.</summary>
    private static async Task<byte[]> SaveAsync(IPage page, string item, string ending)
    {
        await page.GetByText("Export", new() { Exact = true }).ClickAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = item, Exact = true })
            .ClickAsync());
        Assert.Matches($@"^customers-\d{{4}}-\d\d-\d\d\.{ending}$", download.SuggestedFilename);
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(Site.Artifacts, "exports")).FullName, "customers." + ending);
        await download.SaveAsAsync(file);
        return await File.ReadAllBytesAsync(file);
    }
}
