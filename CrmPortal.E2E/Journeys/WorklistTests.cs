using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>A member of staff works off whom to contact today.</summary>
public sealed class WorklistTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task Staff_SaysWhoTheyAreAt_IsDoneWithANote_AndBringsTheEntryBack()
    {
        var page = await OpenAsync(RoleNames.Staff);
        await page.GetByRole(AriaRole.Link, new() { Name = "Worklist" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Worklist", Level = 1 })).ToBeVisibleAsync();
        var claim = page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^I am at it: ") }).First;
        var name = (await claim.GetAttributeAsync("aria-label"))!["I am at it: ".Length..];
        var link = page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });
        var entry = page.GetByRole(AriaRole.Listitem).Filter(new() { Has = link }).First;

        await claim.ClickAsync();
        await Expect(entry).ToContainTextAsync("You are at it");
        await entry.GetByRole(AriaRole.Button, new() { Name = $"Done: {name}" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByLabel("Note").FillAsync("Sent a card with a voucher");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Done", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = $"Done: {name}" })).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(entry).ToContainTextAsync(name);
        await entry.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();
        await Expect(page.GetByText("Sent a card with a voucher").First).ToBeVisibleAsync();
        await Expect(page.GetByText("On the worklist:")).ToBeVisibleAsync();
    }
}
