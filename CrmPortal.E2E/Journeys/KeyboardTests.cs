using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>What people do without a mouse, and what a mouse does beside links.</summary>
public sealed class KeyboardTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task List_FromTheSearchIntoTheLines_IsWalkedSelectedAndOpened()
    {
        // Lines of its own: among all customers, those whom other tests add move them down at any moment.
        foreach (var given in new[] { "Anna", "Bert", "Cleo", "Dora", "Emil", "Fritz" }) await AddCustomerAsync(given, "Walkedson");
        var page = await OpenAsync(RoleNames.Manager, "/customers?q=walkedson");
        await Expect(page.Locator("tbody [data-row-link]")).ToHaveCountAsync(6);

        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search customers" }).FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator("tbody [data-row-link]").First).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("x");
        await Expect(page.Locator("tbody tr").Nth(1).GetByRole(AriaRole.Checkbox)).ToBeCheckedAsync();
        await Expect(page.Locator(".bulk strong")).ToHaveTextAsync("1 selected");

        await page.Locator("tbody tr").Nth(4).GetByRole(AriaRole.Checkbox).ClickAsync();
        await page.Locator("tbody tr").Nth(1).GetByRole(AriaRole.Checkbox).ClickAsync();
        await page.Locator("tbody tr").Nth(1).GetByRole(AriaRole.Checkbox).ClickAsync();
        await page.Locator("tbody tr").Nth(5).GetByRole(AriaRole.Checkbox).ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Expect(page.Locator(".bulk strong")).ToHaveTextAsync("5 selected");

        var name = await page.Locator("tbody [data-row-link]").Nth(2).InnerTextAsync();
        await page.Locator("tbody tr").Nth(2).Locator("td").Last.ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(name);
    }

    [Fact]
    public async Task Record_BySkippingOrByAKey_IsAtItsFirstField()
    {
        var page = await OpenAsync(RoleNames.Manager, await AddCustomerAsync("Kay", "Board"));

        await page.Keyboard.PressAsync("e");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Change First name" })).ToBeFocusedAsync();
        await page.Locator("h1").FocusAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Skip to the first field" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Change First name" })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Dialog_Closed_GivesTheFocusBackToWhatOpenedIt()
    {
        var page = await OpenAsync(RoleNames.Manager, "/customers");
        var filter = page.GetByRole(AriaRole.Button, new() { Name = "Filter", Exact = true });

        await filter.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(filter).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Expect(filter).ToBeFocusedAsync();

        await GoAsync(page, await AddCustomerAsync("Foc", "Us"));
        var more = page.GetByLabel("More actions");
        await more.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Deactivate…" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(more).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Focus_GoesIntoEachDialog_StaysInIt_AndComesBack()
    {
        var customer = await AddCustomerAsync("Tab", "Walker");
        var page = await OpenAsync(RoleNames.Manager, "/customers");
        (string Path, string Opener, string? Item)[] dialogs =
        [
            ("/customers", "Filter", null),
            (customer, "Make VIP", null),
            (customer, "More actions", "Deactivate…"),
            (customer, "More actions", "Block…"),
            (customer, "More actions", "Merge with…"),
            (customer + "?tab=points", "Add points", null),
            (customer + "?tab=points", "Set tier…", null),
            ("/loyalty/rewards", "New reward", null),
        ];
        foreach (var (path, name, item) in dialogs)
        {
            if (!page.Url.EndsWith(path, StringComparison.Ordinal)) await GoAsync(page, path);
            var opener = item is null ? page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).First : page.GetByLabel(name);
            await opener.FocusAsync();
            await page.Keyboard.PressAsync("Enter");
            if (item is not null)
            {
                await page.GetByRole(AriaRole.Button, new() { Name = item }).FocusAsync();
                await page.Keyboard.PressAsync("Enter");
            }

            var within = page.Locator("[role=dialog] :focus");
            await Expect(within).ToHaveCountAsync(1);
            for (var i = 0; i < 8; i++)
            {
                await page.Keyboard.PressAsync(i < 6 ? "Tab" : "Shift+Tab");
                await Expect(within).ToHaveCountAsync(1);
            }

            await page.Keyboard.PressAsync("Escape");
            await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
            await Expect(opener).ToBeFocusedAsync();
        }

        foreach (var keys in new[] { "Control+k", "?" })
        {
            await page.Keyboard.PressAsync(keys);
            await Expect(page.Locator("[role=dialog] :focus")).ToHaveCountAsync(1);
            await page.Keyboard.PressAsync("Escape");
            await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
            await Expect(page.Locator("body > :focus, body :focus")).ToHaveCountAsync(1);
        }
    }

    /// <summary>Were it the server that gives it, what somebody types until then would be lost.</summary>
    [Fact]
    public async Task Focus_IsInADialog_AsSoonAsThatIsDrawn()
    {
        var page = await OpenAsync(RoleNames.Manager, await AddCustomerAsync("Soon", "Typed") + "?tab=points");
        await page.EvaluateAsync("""
            () => new MutationObserver((_, self) => {
              const dialog = document.querySelector('.mud-dialog [data-dismiss]')?.closest('.mud-dialog');
              if (!dialog) return;
              document.body.dataset.found = dialog.contains(document.activeElement);
              self.disconnect();
            }).observe(document.body, { childList: true, subtree: true })
            """);

        await page.GetByRole(AriaRole.Button, new() { Name = "Set tier…" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();

        await Expect(page.Locator("body")).ToHaveAttributeAsync("data-found", "true");
    }

    [Fact]
    public async Task Escape_ClosesAnOpenListOrCalendar_BeforeTheDialog_AndLosesNothingTyped()
    {
        var page = await OpenAsync(RoleNames.Manager, await AddCustomerAsync("Esther", "Cape") + "?tab=points");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set tier…" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Reason").FillAsync("Opened the shop with us");

        await dialog.GetByLabel("Tier").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Option, new() { Name = "Gold" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Option, new() { Name = "Gold" })).ToHaveCountAsync(0);
        await Expect(dialog.GetByLabel("Reason")).ToHaveValueAsync("Opened the shop with us");

        await dialog.GetByLabel("Until").FocusAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Menu_ByArrows_IsOpenedAndWalked()
    {
        var page = await OpenAsync(RoleNames.Manager, "/orders");
        var sort = page.Locator("summary").Filter(new() { HasText = "Sorted by" });

        await sort.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Placed", Exact = true }).First).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator(".menu[open] .menu-item").Nth(1)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("End");
        await Expect(page.Locator(".menu[open] .menu-item").Last).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(sort).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Shortcut_OfEachArea_GoesThere()
    {
        var page = await OpenAsync(RoleNames.Administrator);

        foreach (var (key, path) in new[] { ("l", "/loyalty"), ("t", "/tickets"), ("f", "/settings/fields"), ("w",
            "/settings/consents"), ("c", "/customers") })
        {
            await page.Keyboard.PressAsync("g");
            await page.Keyboard.PressAsync(key);
            await Expect(page).ToHaveURLAsync(Site.Url + path);
            await WaitUntilUsableAsync(page);
        }
    }

    [Fact]
    public async Task Phone_ReachesEverySettingByMore()
    {
        var page = await OpenAsync(RoleNames.Administrator, "/", Theme.Light, Narrow);

        await page.GetByRole(AriaRole.Button, new() { Name = "More", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await PictureAsync(page, "more");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Link, new() { Name = "Consent wordings" }).ClickAsync();

        await Expect(page.Locator("h1")).ToHaveTextAsync("Consent wordings");
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Country_OfAnAddress_IsFoundByItsNameInAnyOfItsLanguages()
    {
        var page = await OpenAsync(RoleNames.Manager, await AddCustomerAsync("Coun", "Try"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Add an address" }).ClickAsync();
        var country = page.GetByRole(AriaRole.Combobox, new() { Name = "Country" });

        await country.FillAsync("deutschl");
        await Expect(page.GetByRole(AriaRole.Option, new() { Name = "Germany" })).ToBeVisibleAsync();
        await PictureAsync(page, "country");
        await country.PressAsync("Enter");
        await Expect(country).ToHaveValueAsync("Germany");
        await page.GetByLabel("Street").FillAsync("Hauptstraße 1");
        await page.GetByLabel("Postal code").FillAsync("10115");
        await page.GetByLabel("City").FillAsync("Berlin");
        await page.Locator("section:has(#addresses-title)").GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();

        await Expect(page.Locator("section:has(#addresses-title)")).ToContainTextAsync("10115 Berlin, Germany");
    }
}
