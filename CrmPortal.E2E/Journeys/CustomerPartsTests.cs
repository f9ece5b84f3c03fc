using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>What hangs on a customer, driven through the page.</summary>
public sealed class CustomerPartsTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task Note_InMarkdown_StandsHarmlessInNotesAndTimeline_AndTellsWhoIsMentioned()
    {
        var agent = await OpenAsync(RoleNames.SupportAgent, await NewCustomerAsync("Nora Notes"));
        await agent.GetByLabel("New note").FillAsync("**bold** <script>alert(1)</script> [x](javascript:alert(2)) @Mona");
        await agent.GetByRole(AriaRole.Button, new() { Name = "@Mona Manager" }).ClickAsync();
        await Expect(agent.GetByLabel("New note")).ToHaveValueAsync(new Regex("@Mona Manager $"));
        await agent.GetByRole(AriaRole.Button, new() { Name = "Add the note" }).ClickAsync();
        await Expect(agent.Locator(".rich-text strong")).ToHaveTextAsync("bold");
        await Expect(agent.Locator(".rich-text")).ToContainTextAsync("<script>alert(1)</script>");
        await Expect(agent.Locator(".rich-text a")).ToHaveCountAsync(0);

        await agent.GetByLabel("New note").FillAsync("For my eyes");
        await agent.GetByLabel("Only for me").First.CheckAsync();
        await agent.GetByRole(AriaRole.Button, new() { Name = "Add the note" }).ClickAsync();
        await Expect(agent.Locator("article.note")).ToHaveCountAsync(2);

        var manager = await OpenAsync(RoleNames.Manager, "/");
        await manager.Locator("summary[aria-label^='Notifications,']").ClickAsync();
        await manager.GetByText("mentioned you in a note about Nora Notes").ClickAsync();
        await Expect(manager.Locator("h1")).ToHaveTextAsync("Nora Notes");
        await Expect(manager.Locator("article.note")).ToHaveCountAsync(1);
        await manager.GetByRole(AriaRole.Link, new() { Name = "Timeline" }).ClickAsync();
        await Expect(manager.Locator(".moment").First).ToContainTextAsync("wrote a note");
        await manager.GetByRole(AriaRole.Button, new() { Name = "Changes" }).ClickAsync();
        await Expect(manager.Locator(".moment").First).ToContainTextAsync("created the customer");
        await manager.GetByLabel("Search the timeline").FillAsync("nothing has this");
        await Expect(manager.GetByText("Nothing matches.")).ToBeVisibleAsync();
        await PictureAsync(manager, "timeline");
    }

    [Fact]
    public async Task PeopleDaysTiesAndPreferences_AreNotedAndTakenBack()
    {
        var other = await NewCustomerAsync("Tilda Tie");
        var page = await OpenAsync(RoleNames.Staff, other);
        var number = await page.Locator(".facts .number").InnerTextAsync();
        await GoAsync(page, await NewCustomerAsync("Paula Parts"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Add a person" }).ClickAsync();
        var person = page.Locator("section:has(#persons-title)");
        await person.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByText("Enter at least a name, an e-mail or a phone.")).ToBeVisibleAsync();
        await person.GetByLabel("First name").FillAsync("Ana");
        await person.GetByLabel("Relationship").FillAsync("Daughter");
        await person.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await person.GetByRole(AriaRole.Button, new() { Name = "Remove Ana" }).ClickAsync();
        await Expect(person.GetByText("Nobody yet.")).ToBeVisibleAsync();
        await page.Locator(".toast").Filter(new() { HasText = "Ana was removed." }).GetByRole(AriaRole.Button, new() { Name = "Undo" })
            .ClickAsync();
        await Expect(person.GetByText("Ana", new() { Exact = true })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Add a date" }).ClickAsync();
        var days = page.Locator("section:has(#dates-title)");
        await days.GetByLabel("Occasion").FillAsync("Wedding");
        await days.GetByLabel("Day", new() { Exact = true }).FillAsync("24/12/2010");
        await days.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(days.GetByText("every year")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Add relation" }).ClickAsync();
        var ties = page.Locator("section:has(#relations-title)");
        await ties.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Choose the customer.")).ToBeVisibleAsync();
        await ties.GetByLabel("Search for a customer").FillAsync(number);
        await ties.GetByRole(AriaRole.Button, new() { Name = "Tilda Tie" }).ClickAsync();
        await ChooseAsync(ties.GetByLabel("Relationship"), "Parent");
        await ties.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await ties.GetByRole(AriaRole.Link, new() { Name = "Tilda Tie" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Tilda Tie");
        await Expect(page.Locator("section:has(#relations-title)").GetByText("Child")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Preferences and consents" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Newsletter: E-mail, unknown" }).ClickAsync();
        await Expect(page.Locator(".toast").Filter(new() { HasText = "Saved." }).First).ToBeVisibleAsync();
        await page.GetByLabel("Type", new() { Exact = true }).FillAsync("delivery");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("day");
        await page.GetByLabel("Value", new() { Exact = true }).FillAsync("Friday");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the preference" }).ClickAsync();
        await Expect(page.GetByText("delivery · day")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await WaitUntilUsableAsync(page);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Newsletter: E-mail, yes" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task OwnField_AddedByTheAdministrator_IsFilledIn_Filtered_AndMaskedWhereSensitive()
    {
        var administrator = await OpenAsync(RoleNames.Administrator, "/settings/fields");
        await administrator.GetByLabel("Label").FillAsync("Shoe size");
        await ChooseAsync(administrator.GetByLabel("Type", new() { Exact = true }), "Number");
        await administrator.GetByRole(AriaRole.Button, new() { Name = "Add the field" }).ClickAsync();
        await Expect(administrator.Locator("tbody").GetByText("shoe_size")).ToBeVisibleAsync();
        await administrator.GetByLabel("Label").FillAsync("Passport");
        await ChooseAsync(administrator.GetByLabel("Type", new() { Exact = true }), "Text");
        await administrator.GetByText("Sensitive: encrypted").ClickAsync();
        await administrator.GetByRole(AriaRole.Button, new() { Name = "Add the field" }).ClickAsync();
        await Expect(administrator.Locator("tbody").GetByText("passport", new() { Exact = true })).ToBeVisibleAsync();

        var address = await NewCustomerAsync("Fiona Fields");
        var agent = await OpenAsync(RoleNames.SupportAgent, address);
        await FillAsync(agent, "Shoe size", "42.5");
        await FillAsync(agent, "Passport", "X-1234567");
        var staff = await OpenAsync(RoleNames.Staff, address);
        await Expect(staff.GetByText("X-1234567")).ToHaveCountAsync(0);
        await Expect(staff.GetByRole(AriaRole.Button, new() { Name = "Change Passport" })).ToHaveCountAsync(0);
        await staff.Locator(".editable:has(#own-passport-label)").GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Expect(staff.GetByText("X-1234567")).ToBeVisibleAsync();

        await GoAsync(staff, "/customers");
        await staff.GetByRole(AriaRole.Button, new() { Name = "Filter", Exact = true }).ClickAsync();
        await staff.GetByLabel("Field", new() { Exact = true }).FillAsync("Shoe size");
        await staff.GetByLabel("Number", new() { Exact = true }).FillAsync("40");
        await staff.GetByRole(AriaRole.Button, new() { Name = "Add the filter" }).ClickAsync();
        await Expect(staff.Locator(".chip")).ToContainTextAsync("Shoe size more than 40");
        await Expect(staff.Locator("tbody tr")).ToHaveCountAsync(1);

        await staff.GetByRole(AriaRole.Button, new() { Name = "Filter", Exact = true }).ClickAsync();
        await staff.GetByLabel("Field", new() { Exact = true }).FillAsync("VIP");
        await ChooseAsync(staff.GetByLabel("Combined with the other filters"), "or: this one or “Shoe size more than 40”");
        await staff.GetByRole(AriaRole.Button, new() { Name = "Add the filter" }).ClickAsync();
        await Expect(staff.Locator(".chip")).ToContainTextAsync(" or VIP");
        // The chip stands there at once, the rows come a moment later.
        await Expect(staff.Locator("tbody tr").Nth(1)).ToBeVisibleAsync();
        await PictureAsync(staff, "filter");

        static async Task FillAsync(IPage page, string label, string value)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Change " + label }).ClickAsync();
            await page.Locator($".editable:has(span:text-is('{label}')) input").FillAsync(value);
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.Locator(".editable").Filter(new() { HasText = label })).ToContainTextAsync(value);
        }
    }

    [Fact]
    public async Task States_AskWhy_AndHoursSayWhatTimeItIsThere()
    {
        var page = await OpenAsync(RoleNames.Manager, await NewCustomerAsync("Stella States"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Make VIP" }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("Buys every week");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Make VIP" }).ClickAsync();
        await Expect(page.Locator(".badge", new() { HasText = "VIP" })).ToHaveAttributeAsync("title", "Buys every week");

        await page.Locator("summary[aria-label='More actions']").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Deactivate…" }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("Moved abroad");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Deactivate" }).ClickAsync();
        await Expect(page.GetByText("Deactivated: Moved abroad")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Change Contact hours" }).ClickAsync();
        await page.GetByLabel("From", new() { Exact = true }).FillAsync("09:00");
        await page.GetByLabel("Until", new() { Exact = true }).FillAsync("17:30");
        await page.GetByLabel("Time zone").FillAsync("Mars");
        await page.Locator("form:has(#hours-from)").GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByText("This is not a time zone, such as Europe/Madrid.")).ToBeVisibleAsync();
        await page.GetByLabel("Time zone").FillAsync("America/Cancun");
        await page.Locator("form:has(#hours-from)").GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByText(new Regex("09:00 to 17:30 \\(America/Cancun, now "))).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Tags_AreColouredMergedAndUndone()
    {
        var page = await OpenAsync(RoleNames.Manager, "/settings/tags");
        foreach (var name in new[] { "Merge me", "Into me" })
        {
            await page.GetByRole(AriaRole.Textbox, new() { Name = "New tag" }).FillAsync(name);
            await ChooseAsync(page.GetByLabel("Colour").First, "Green");
            await page.GetByRole(AriaRole.Button, new() { Name = "Add the tag" }).ClickAsync();
            await Expect(page.Locator("tbody").GetByText(name, new() { Exact = true })).ToBeVisibleAsync();
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Merge Merge me into another tag" }).ClickAsync();
        await ChooseAsync(page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Combobox), "Into me");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Merge", Exact = true }).ClickAsync();
        await Expect(page.Locator("tbody").GetByText("Merge me", new() { Exact = true })).ToHaveCountAsync(0);
        await page.Locator(".toast").GetByRole(AriaRole.Button, new() { Name = "Undo" }).First.ClickAsync();
        await Expect(page.Locator("tbody").GetByText("Merge me", new() { Exact = true })).ToBeVisibleAsync();
    }

    /// <summary>Makes a customer through the form; answers the address of their page.</summary>
    private async Task<string> NewCustomerAsync(string name)
    {
        var page = await OpenAsync(RoleNames.Manager, "/customers/new");
        await page.GetByLabel("First name").FillAsync(name.Split(' ')[0]);
        await page.GetByLabel("Last name").FillAsync(name.Split(' ')[1]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the customer" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(name);
        return new Uri(page.Url).AbsolutePath;
    }
}
