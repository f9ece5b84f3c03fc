using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

public sealed class CustomerListTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task Search_PartOfANameWithoutAccents_FindsItWhileTyping_AndStandsInTheAddress()
    {
        var page = await OpenAsync(RoleNames.Manager, "/customers");

        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search customers" }).FillAsync("mulle");

        await Expect(page).ToHaveURLAsync(new Regex("q=mulle"));
        await Expect(page.Locator("tbody tr:not(:has-text('Müller'))")).ToHaveCountAsync(0);
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("Müller");
        await PictureAsync(page, "found");

        await page.ReloadAsync();
        await WaitUntilUsableAsync(page);
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("Müller");
        await Expect(page.GetByRole(AriaRole.Searchbox, new() { Name = "Search customers" })).ToHaveValueAsync("mulle");
    }

    [Fact]
    public async Task Filter_AddedInTheDialog_ShowsAChipInWords_AndGoesAwayWithIt()
    {
        var page = await OpenAsync(RoleNames.Manager, "/customers");

        await page.GetByRole(AriaRole.Button, new() { Name = "Filter", Exact = true }).ClickAsync();
        await page.GetByLabel("Blocked").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the filter" }).ClickAsync();

        await Expect(page.Locator(".chip")).ToContainTextAsync("Status: Blocked");
        await Expect(page.Locator("tbody .badge-danger").First).ToBeVisibleAsync();
        await Expect(page.Locator("tbody .badge-success")).ToHaveCountAsync(0);
        await PictureAsync(page, "filtered");

        await page.GetByRole(AriaRole.Button, new() { Name = "Remove the filter" }).ClickAsync();
        await Expect(page.Locator(".chip")).ToHaveCountAsync(0);
        await Expect(page).Not.ToHaveURLAsync(new Regex("filter="));
    }

    [Fact]
    public async Task BulkTag_OnAllThatMatch_ShowsHowMany_AndCanBeUndone()
    {
        // Ctrl+Z takes back what the user did last, wherever: a user whom no other test has.
        var (email, password) = await AddUserAsync(RoleNames.Manager);
        await AddCustomerAsync("One", "Invitee");
        await AddCustomerAsync("Two", "Invitee");
        var page = await OpenAsOwnUserAsync(email, password);
        await GoAsync(page, "/customers?q=invitee");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Select this page" }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a tag", Exact = true }).ClickAsync();
        await page.GetByLabel("Tag", new() { Exact = true }).FillAsync("Invited by test");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();

        await Expect(page.GetByText(new Regex("Tag added to 2 customers"))).ToBeVisibleAsync();
        await GoAsync(page, "/customers?filter=tags:any:Invited%20by%20test");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("Invitee");

        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("Control+z");
        await Expect(page.GetByText("Undone.", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByText("No customer matches")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task BulkNote_OnThoseWhomAFilterFinds_StandsOnEach_AndTagsThatAreSetGoByUndo()
    {
        var path = await AddCustomerAsync("Ruth", "Noted-Together");
        await AddCustomerAsync("Ivan", "Noted-Together");
        var page = await OpenAsync(RoleNames.Manager, "/customers");
        await page.GetByRole(AriaRole.Button, new() { Name = "Filter", Exact = true }).ClickAsync();
        await page.GetByLabel("Field", new() { Exact = true }).FillAsync("Last name");
        await ChooseAsync(page.GetByLabel("Comparison"), "begins with");
        await page.GetByLabel("Value", new() { Exact = true }).FillAsync("noted-t");
        await PictureAsync(page, "filter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the filter" }).ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);

        await AskAsync("Add a note…", "Text", "**Called** back", "Add the note", "Note added to 2 customers.");
        await page.GetByRole(AriaRole.Status).GetByRole(AriaRole.Button, new() { Name = "Undo" }).WaitForAsync();
        await page.Locator(".toast").GetByRole(AriaRole.Button, new() { Name = "Dismiss" }).ClickAsync();
        await AskAsync("Replace tags…", "Tags", "Together, Regular", "Set", "Tags of 2 customers set.");
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("Together");

        var record = await OpenAsync(RoleNames.Manager, path);
        await Expect(record.Locator("article.note")).ToContainTextAsync("Called back");
        await page.GetByRole(AriaRole.Status).GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.Locator("tbody").GetByText("Together", new() { Exact = true })).ToHaveCountAsync(0);

        async Task AskAsync(string item, string label, string text, string answer, string said)
        {
            await page.GetByRole(AriaRole.Checkbox, new() { Name = "Select this page" }).CheckAsync();
            var bar = page.GetByRole(AriaRole.Region, new() { Name = "Selection" });
            await bar.GetByText("More", new() { Exact = true }).ClickAsync();
            await bar.GetByRole(AriaRole.Button, new() { Name = item }).ClickAsync();
            var dialog = page.GetByRole(AriaRole.Dialog);
            await dialog.GetByLabel(label, new() { Exact = true }).FillAsync(text);
            await PictureAsync(page, label);
            await dialog.GetByRole(AriaRole.Button, new() { Name = answer, Exact = true }).ClickAsync();
            await Expect(page.GetByText(said)).ToBeVisibleAsync();
            await Expect(bar).ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task View_Saved_IsOfferedAgain()
    {
        var page = await OpenAsync(RoleNames.SupportAgent, "/customers?filter=vip:yes&sort=name&order=up");
        await page.GetByText("Views", new() { Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save this view" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Our best");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.GetByText("The view was saved.")).ToBeVisibleAsync();

        await GoAsync(page, "/customers");
        await page.GetByText("Views", new() { Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Our best", Exact = true }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("filter=vip"));
        await Expect(page.Locator("th[aria-sort=ascending]")).ToContainTextAsync("Name");
    }

    [Fact]
    public async Task Columns_ChosenAndOrdered_StandInTheAddress()
    {
        var page = await OpenAsync(RoleNames.Manager, "/customers");
        await page.GetByText("Columns", new() { Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Hide E-mail" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Source", Exact = true }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("columns=phone"));
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Source" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "E-mail" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Heading_WithShiftAndEnter_SortsByASecondColumn_WhichTheMenuTakesAwayAgain()
    {
        var page = await OpenAsync(RoleNames.Manager, "/customers?sort=spent");
        await page.Locator("th[data-column=first] button").FocusAsync();

        await page.Keyboard.PressAsync("Shift+Enter");

        await Expect(page).ToHaveURLAsync(new Regex("sort=spent&then=name&then-order=up"));
        await Expect(page.Locator("th[data-column=spent] .sort-place")).ToHaveTextAsync("1");
        await Expect(page.Locator("th[data-column=first] .sort-place")).ToHaveTextAsync("2");
        await PictureAsync(page, "two-orders");

        await page.GetByText("Sorted by Spent").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Then by Name" }).ClickAsync();
        await Expect(page.Locator(".sort-place")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("/customers?columns=email,city,spent", "Spent", "Name")]
    [InlineData("/orders?columns=customer,status,total", "Total", "Order")]
    public async Task Headings_DraggedAndDrawnWider_StayThatWay_UntilADoubleClickFitsThem(string path, string last, string first)
    {
        var page = await OpenAsync(RoleNames.Manager, path);
        var heads = page.Locator("thead th[data-column]");
        ILocator Head(string name) => page.GetByRole(AriaRole.Columnheader, new() { Name = name, Exact = true });
        // The script of the headings is there once the page is still.
        await WaitUntilStillAsync(page);

        await Head(last).DragToAsync(heads.Nth(1), new() { TargetPosition = new() { X = 3, Y = 8 } });
        await Expect(heads.Nth(1)).ToContainTextAsync(last);
        await Expect(page).Not.ToHaveURLAsync(new Regex("order=up"));

        var before = (await Head(first).BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(before.X + before.Width - 3, before.Y + 12);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(before.X + before.Width + 60, before.Y + 12, new() { Steps = 5 });
        await page.Mouse.UpAsync();
        await Expect(page).ToHaveURLAsync(new Regex("widths=first"));
        await PictureAsync(page, "drawn");
        await page.ReloadAsync();
        await WaitUntilUsableAsync(page);
        await WaitUntilStillAsync(page);
        Assert.InRange((await Head(first).BoundingBoxAsync())!.Width, before.Width + 55, before.Width + 70);
        await Expect(heads.Nth(1)).ToContainTextAsync(last);

        await Head(first).Locator(".column-edge").DblClickAsync();
        await Expect(page).Not.ToHaveURLAsync(new Regex("widths"));
    }

    [Fact]
    public async Task Cell_ByKeyboardOrDoubleClick_IsChangedWhereItStands_AndAClickStillOpensTheCustomer()
    {
        var path = await AddCustomerAsync("Cecil", "Edited-In-Place");
        var page = await OpenAsync(RoleNames.Manager, "/customers?q=edited-in-place&columns=source,tags");
        var source = page.Locator("td[data-edit=source]");
        await WaitUntilStillAsync(page);

        await page.Locator("[data-row-link]").FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(source).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#cell-editor")).ToBeFocusedAsync();
        await page.Locator("#cell-editor").SelectOptionAsync("Referral");
        await PictureAsync(page, "cell");
        await page.Keyboard.PressAsync("Enter");
        await Expect(source).ToHaveTextAsync("Referral");
        await Expect(source).ToBeFocusedAsync();

        await page.Locator("td[data-edit=tags]").DblClickAsync();
        await page.Locator("#cell-editor").FillAsync("Press");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#cell-editor")).ToHaveCountAsync(0);
        await Expect(page.Locator("td[data-edit=tags]")).ToHaveTextAsync("");
        await Expect(page).ToHaveURLAsync(new Regex("/customers\\?"));

        await source.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(path + "$"));
    }

    [Fact]
    public async Task List_OnAPhoneInTheDark_ReadsAsCards()
    {
        var page = await OpenAsync(RoleNames.Staff, "/customers", Theme.Dark, Narrow);

        await Expect(page.Locator("tbody tr").First).ToBeVisibleAsync();
        await Expect(page.Locator("nav.tabbar")).ToBeVisibleAsync();
        await PictureAsync(page, "phone-dark");
    }

    [Fact]
    public async Task Palette_ByKeyboardAlone_FindsACustomerAndOpensHim()
    {
        var page = await OpenAsync(RoleNames.Manager);

        await page.Keyboard.PressAsync("Control+k");
        await Expect(page.GetByRole(AriaRole.Combobox)).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("garcia");
        await Expect(page.GetByRole(AriaRole.Option).First).ToContainTextAsync("García");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("h1")).ToContainTextAsync("García");
    }

    [Theory]
    [InlineData("/customers?filter=nonsense", "This filter cannot be read.")]
    [InlineData("/customers?filter=unknown:is:1", "There is no field unknown to filter by.")]
    [InlineData("/customers?page=99999999999", null)]
    [InlineData("/customers?sort=evil&order=1;drop&columns=x,y&size=7", null)]
    public async Task List_WithABadAddress_SaysSoOrShowsTheUsual(string address, string? sentence)
    {
        var page = await OpenAsync(RoleNames.Manager, address);

        if (sentence is not null) await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync(sentence);
        else await Expect(page.Locator("tbody tr").First).ToBeVisibleAsync();
    }
}
