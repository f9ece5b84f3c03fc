using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>A manager looks at a report, takes it along as a PDF, keeps its figures and has it mailed every week.</summary>
public sealed class ReportTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task Manager_LooksAtAReport_ExportsIt_KeepsIt_AndSchedulesIt()
    {
        var name = $"Weekly {Guid.NewGuid():N}"[..14];
        var page = await OpenAsync(RoleNames.Manager);
        await GoAsync(page, "/reports");
        await page.GetByRole(AriaRole.Link, new() { Name = "Orders and revenue" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Orders and revenue", Level = 1 })).ToBeVisibleAsync();
        var table = page.GetByRole(AriaRole.Table).Last;
        await Expect(table.GetByRole(AriaRole.Row)).ToHaveCountAsync(14);

        // Another period is in the address, and divides the table by itself.
        await ChooseAsync(page.GetByLabel("Period"), "Last month");
        await Expect(page).ToHaveURLAsync(new Regex("period=last_month$"));
        await Expect(table.GetByRole(AriaRole.Row)).Not.ToHaveCountAsync(14);
        await ChooseAsync(page.GetByLabel("Divided"), "By week");
        await Expect(page).ToHaveURLAsync(new Regex("period=last_month&by=week$"));

        await page.GetByText("Export", new() { Exact = true }).ClickAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "PDF", Exact = true })
            .ClickAsync());
        Assert.Matches(@"^orders-\d{4}-\d\d-\d\d\.pdf$", download.SuggestedFilename);

        // Saved with a schedule; without a name it is refused, and nothing that was chosen is lost.
        await page.GetByRole(AriaRole.Button, new() { Name = "Save …" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await ChooseAsync(page.GetByLabel("Made by itself"), "Every week");
        await dialog.GetByRole(AriaRole.Checkbox, new() { Name = "Mona Manager" }).First.CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Name the report.");
        await dialog.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = name, Level = 1 })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Keep these figures" }).ClickAsync();
        await Expect(page.GetByText(new Regex("The figures as they were on"))).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = name, Level = 1 })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "All reports" }).ClickAsync();
        var saved = page.GetByRole(AriaRole.Row).Filter(new() { Has = page.GetByRole(AriaRole.Button, new() { Name = $"Remove {name}" }) });
        await Expect(saved).ToContainTextAsync("Mona Manager");
        await Expect(saved).ToContainTextAsync("next on");
        await saved.GetByRole(AriaRole.Button, new() { Name = $"Remove {name}" }).ClickAsync();
        await page.Locator(".toast").Filter(new() { HasText = $"{name} was removed." }).GetByRole(AriaRole.Button, new() { Name = "Undo" })
            .ClickAsync();
        await Expect(saved).ToContainTextAsync("next on");
    }

    [Fact]
    public async Task Report_IsReadWithoutSeeingIt_AndLeadsToTheRecords()
    {
        var page = await OpenAsync(RoleNames.Manager);
        await GoAsync(page, "/reports/rfm");
        var link = page.GetByRole(AriaRole.Link, new() { Name = "Loyal", Exact = true });
        var row = page.GetByRole(AriaRole.Row).Filter(new() { Has = link });
        var customers = await row.GetByRole(AriaRole.Cell).First.InnerTextAsync();

        await row.GetByRole(AriaRole.Link).ClickAsync();

        await Expect(page.Locator(".page-header")).ToContainTextAsync($"{customers} customers");
    }
}
