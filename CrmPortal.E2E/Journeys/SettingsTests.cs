using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.E2E.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>What administrators do: roles, jobs, the audit log.</summary>
public sealed class SettingsTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task Role_IsChangedWithOneSave_AndLeavingWithoutItAsksFirst()
    {
        var page = await OpenAsync(RoleNames.Administrator, "/");
        await page.Locator(".side").GetByRole(AriaRole.Link, new() { Name = "Settings" }).ClickAsync();
        await page.GetByRole(AriaRole.Navigation, new() { Name = "All settings" })
            .GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Roles") }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Journey helpers");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the role" }).ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Journey helpers: Edit tags" }).CheckAsync();
        var save = page.GetByRole(AriaRole.Button, new() { Name = "Save changes" });
        await Expect(save).ToBeInViewportAsync();
        await PictureAsync(page, "changed");

        await page.Locator(".side").GetByRole(AriaRole.Link, new() { Name = "Home" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Journey helpers");
        await page.GetByRole(AriaRole.Button, new() { Name = "Stay here" }).ClickAsync();
        await save.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status).GetByText("Saved.")).ToBeVisibleAsync();
        await page.Locator(".side").GetByRole(AriaRole.Link, new() { Name = "Home" }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("/$"));
        await GoAsync(page, "/settings/roles");
        await Expect(page.GetByRole(AriaRole.Checkbox, new() { Name = "Journey helpers: Edit tags" })).ToBeCheckedAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete Journey helpers" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Checkbox, new() { Name = "Journey helpers: Edit tags" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Roles_OnAPhone_AreShownOneAtATime_AndSettingsAreAList()
    {
        var page = await OpenAsync(RoleNames.Administrator, "/settings", Theme.Light, Narrow);
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Roles") }).ClickAsync();
        await ChooseAsync(page.GetByLabel("Role", new() { Exact = true }), "Staff");

        await Expect(page.GetByRole(AriaRole.Checkbox, new() { Name = "Staff: See customers" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Checkbox, new() { Name = "Manager: See customers" })).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to settings" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Settings");
    }

    [Fact]
    public async Task Job_ThatFailed_IsRetried()
    {
        await using (var db = Site.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null))
        {
            var now = Site.Services.GetRequiredService<TimeProvider>().GetUtcNow();
            db.Jobs.Add(new Job { Kind = "clean-up.codes", OwnerName = "Schedule", CreatedAt = now, StartedAt = now, EndedAt = now,
                State = JobState.Failed, Fault = "Something unexpected happened; see the server log." });
            await db.SaveChangesAsync();
        }

        var page = await OpenAsync(RoleNames.Manager, "/settings/jobs?state=failed");
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "see the server log" }).First).ToBeVisibleAsync();
        await PictureAsync(page, "failed");
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry Clean-up of codes" }).First.ClickAsync();

        await Expect(page.GetByText("It is waiting to run again.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Navigation, new() { Name = "State" }).GetByRole(AriaRole.Link, new() { Name = "Done" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Clean-up of codes" }).First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task AuditLog_IsFiltered_LeadsToTheCustomer_AndIsExported()
    {
        var customer = await AddCustomerAsync("Audrey", "Trail");
        var number = customer[(customer.LastIndexOf('/') + 1)..];
        var page = await OpenAsync(RoleNames.Administrator, "/settings/audit");
        await ChooseAsync(page.GetByLabel("Kind of record"), "Customer");
        await page.GetByLabel("Record number").FillAsync(number);
        await page.GetByLabel("Record number").PressAsync("Tab");
        await ChooseAsync(page.GetByLabel("Action", new() { Exact = true }), "Created");
        await Expect(page).ToHaveURLAsync(new Regex($"record={number}&deed=created"));
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Audrey Trail" });
        await Expect(row).ToHaveCountAsync(1);
        await PictureAsync(page, "found");

        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Export as CSV" })
            .ClickAsync());
        var lines = await File.ReadAllLinesAsync(await download.PathAsync());
        Assert.Equal(2, lines.Length);
        Assert.Contains("Audrey Trail", lines[1], StringComparison.Ordinal);

        await row.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Audrey Trail");
        await GoAsync(page, "/settings/audit?deed=exported");
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Audit log" }).First).ToBeVisibleAsync();
    }
}
