using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

public sealed class CustomerRecordTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task Customer_CreatedEditedUndoneDeletedAndRestored()
    {
        var page = await OpenAsync(RoleNames.Manager, "/customers/new");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the customer" }).ClickAsync();
        await Expect(page.GetByText("Enter at least a name, an e-mail, a phone or an external id.")).ToBeVisibleAsync();

        await page.GetByLabel("First name").FillAsync("Éowyn");
        await page.GetByLabel("Last name").FillAsync("Tester");
        await page.GetByLabel("Tags").FillAsync("Journey, Other");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the customer" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Éowyn Tester");
        await WaitUntilUsableAsync(page);

        await page.GetByRole(AriaRole.Button, new() { Name = "Change Last name" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Last name" }).FillAsync("Edited");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Éowyn Edited");
        await page.Locator(".toast").Filter(new() { HasText = "Saved." }).GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Éowyn Tester");

        await page.GetByRole(AriaRole.Link, new() { Name = "History" }).ClickAsync();
        await Expect(page.Locator(".timeline li").First).ToContainTextAsync("undid a change");
        await PictureAsync(page, "history");

        await page.Locator("summary[aria-label='More actions']").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Éowyn Tester is in the trash.")).ToBeVisibleAsync();

        await GoAsync(page, "/customers/trash?q=eowyn");
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore" }).First.ClickAsync();
        await Expect(page.GetByText("Éowyn Tester was restored.")).ToBeVisibleAsync();
        await GoAsync(page, "/customers?q=eowyn");
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("Éowyn Tester");
    }

    [Fact]
    public async Task Record_IsLeftForTheNextOfTheList_EditedByAClick_AndMergedFromItself()
    {
        await AddCustomerAsync("Anna", "Nextdoor-Row");
        await AddCustomerAsync("Bert", "Nextdoor-Row");
        var page = await OpenAsync(RoleNames.Manager, "/customers?q=nextdoor-row&sort=name&dir=asc");
        await page.Locator("tbody a[data-row-link]").First.ClickAsync();
        var list = page.GetByRole(AriaRole.Navigation, new() { Name = "In the list" });
        await Expect(list).ToContainTextAsync("1 of 2");
        var begun = await page.Locator("h1").InnerTextAsync();
        await page.Keyboard.PressAsync("j");
        await Expect(list).ToContainTextAsync("2 of 2");
        await Expect(page.Locator("h1")).Not.ToHaveTextAsync(begun);
        await list.GetByRole(AriaRole.Link, new() { Name = "Previous" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync(begun);
        await WaitUntilUsableAsync(page);

        await page.Locator("[data-opens=given-name-edit]").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "First name" })).ToBeFocusedAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "First name" }).FillAsync("Clicked");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Clicked Nextdoor-Row");

        // What is empty takes no line of its own until it is filled in.
        await page.GetByRole(AriaRole.Button, new() { Name = "Change Phone" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Phone" }).FillAsync("+442079460987");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("[data-opens=phone-edit]")).ToContainTextAsync("020 7946 0987");

        await page.Locator("summary[aria-label='More actions']").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Merge with…" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Searchbox).FillAsync("nextdoor-row");
        await Expect(dialog.Locator(".picker-list button")).ToHaveCountAsync(1);
        await dialog.Locator(".picker-list button").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Merge 2 customers" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Field_WithAWrongValue_SaysSoBesideIt_AndKeepsWhatWasTyped()
    {
        var page = await OpenAsync(RoleNames.Manager, await AddCustomerAsync("Ada", "Wrong", "ada.wrong@example.test", "+442079460981"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Change Phone" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Phone" }).FillAsync("not a phone");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("This is not a phone number");
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Phone" })).ToHaveValueAsync("not a phone");
    }

    [Fact]
    public async Task Fields_AreFilledInOneAfterTheOther_ByTab()
    {
        var page = await OpenAsync(RoleNames.Manager, await AddCustomerAsync("Ada", "Tabbed"));
        ILocator Box(string name) => page.GetByRole(AriaRole.Textbox, new() { Name = name, Exact = true });
        await page.Locator("[data-opens=given-name-edit]").ClickAsync();
        await Expect(Box("First name")).ToBeFocusedAsync();
        await Box("First name").FillAsync("Grace");

        await page.Keyboard.PressAsync("Tab");
        await Expect(Box("Last name")).ToBeFocusedAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Grace Tabbed");
        await page.Keyboard.PressAsync("Tab");
        await Expect(Box("Preferred name")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Shift+Tab");
        await Expect(Box("Last name")).ToBeFocusedAsync();
        await Box("Last name").FillAsync("Unwanted");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("[data-opens=family-name-edit]")).ToHaveTextAsync("Tabbed");

        // A refused value keeps the field, and a list of choices takes what was typed.
        await page.GetByRole(AriaRole.Button, new() { Name = "Change Phone" }).ClickAsync();
        await Box("Phone").FillAsync("not a phone");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("This is not a phone number");
        await Expect(Box("Phone")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change Country" }).ClickAsync();
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Country" }).FillAsync("Portug");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator("[data-opens=country-edit]")).ToHaveTextAsync("Portugal");
    }

    [Fact]
    public async Task Address_WithoutWhatItNeeds_SaysSoBesideEachField()
    {
        var page = await OpenAsync(RoleNames.Manager, await AddCustomerAsync("Ada", "Incomplete", "ada.incomplete@example.test",
            "+442079460982"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Add an address" }).ClickAsync();
        await page.GetByLabel("City").FillAsync("Paris");
        await page.Locator("form:has(#address-City)").GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Expect(page.GetByText("An address needs a street.")).ToBeVisibleAsync();
        await Expect(page.GetByText("An address needs a country.")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("City")).ToHaveValueAsync("Paris");
    }

    [Fact]
    public async Task Typed_WhenThePageIsLost_IsThereAgain()
    {
        var page = await OpenAsync(RoleNames.Manager,
            await AddCustomerAsync("Ada", "Unsaved", "ada.unsaved@example.test", "+442079460983"));
        await page.GetByLabel("New note").FillAsync("Half a thou");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change External id" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "External id" }).FillAsync("EXT-unsaved");

        await page.ReloadAsync();
        await WaitUntilUsableAsync(page);

        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "External id" })).ToHaveValueAsync("EXT-unsaved");
        await Expect(page.GetByLabel("New note")).ToHaveValueAsync("Half a thou");
        await PictureAsync(page, "restored");
    }

    [Fact]
    public async Task Address_TypedWhenThePageIsLost_GoesOnWithItself_AndOnesOfAnotherAreAsked()
    {
        var path = await AddCustomerAsync("Ada", "Mover");
        var page = await OpenAsync(RoleNames.Manager, path);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add an address" }).ClickAsync();
        await FillAsync(page, "Old Street 1", "Bath");
        await page.GetByLabel("Country", new() { Exact = true }).FillAsync("GB");
        await page.Locator("form:has(#address-City)").GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the address in Bath" }).ClickAsync();
        await page.GetByLabel("Street", new() { Exact = true }).FillAsync("Mine 2");

        var other = await OpenAsync(RoleNames.SupportAgent, path);
        await other.GetByRole(AriaRole.Button, new() { Name = "Change the address in Bath" }).ClickAsync();
        await FillAsync(other, "Theirs 3", "Bath");
        await other.Locator("form:has(#address-City)").GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator("section:has(#addresses-title) .editable")).ToContainTextAsync("Theirs 3");

        await page.ReloadAsync();
        await WaitUntilUsableAsync(page);
        await Expect(page.GetByLabel("Street", new() { Exact = true })).ToHaveValueAsync("Mine 2");
        await Expect(page.GetByLabel("City", new() { Exact = true })).ToHaveValueAsync("Bath");
        var save = page.Locator("form:has(#address-City)").GetByRole(AriaRole.Button, new() { Name = "Save" });
        await save.ClickAsync();
        await Expect(page.GetByText("Someone changed this in the meantime")).ToBeVisibleAsync();
        await PictureAsync(page, "asked");
        await save.ClickAsync();
        await Expect(page.Locator("section:has(#addresses-title) .editable")).ToHaveCountAsync(1);
        await Expect(page.Locator("section:has(#addresses-title) .editable")).ToContainTextAsync("Mine 2");

        static async Task FillAsync(IPage page, string street, string city)
        {
            await page.GetByLabel("Street", new() { Exact = true }).FillAsync(street);
            await page.GetByLabel("City", new() { Exact = true }).FillAsync(city);
        }
    }

    [Fact]
    public async Task Connection_Lost_ShowsABanner_AndComesBackWithWhatWasTyped()
    {
        Expecting(".");
        var page = await OpenAsync(RoleNames.Manager, await AddCustomerAsync("Ada", "Cut", "ada.cut@example.test", "+442079460984"));
        await page.GetByLabel("New note").FillAsync("Written before the cut");

        // The socket of the page is closed under it, as a dropped line does.
        await page.EvaluateAsync("() => Blazor.disconnect()");
        await page.WaitForFunctionAsync("() => document.documentElement.dataset.interactive === 'true'");

        await Expect(page.GetByLabel("New note")).ToHaveValueAsync("Written before the cut");
    }

    [Fact]
    public async Task Staff_SeesContactsMasked_AndShowingOneIsInTheHistory()
    {
        var address = await AddCustomerAsync("Ada", "Masked", "ada.masked@example.test", "+442079460985");
        var page = await OpenAsync(RoleNames.Staff, address);
        var email = page.Locator(".editable", new() { Has = page.Locator("#email-label") });
        await Expect(email).ToContainTextAsync("•••");

        await email.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Expect(email).ToContainTextAsync("ada.masked@example.test");
        await PictureAsync(page, "shown");

        await GoAsync(page, address + "?tab=history");
        await Expect(page.Locator(".timeline li").First).ToContainTextAsync("viewed masked values");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Screen_InSpanish_SpeaksSpanish()
    {
        var page = await OpenAsync(null, "/account/login");
        await page.GetByRole(AriaRole.Button, new() { Name = "Español" }).ClickAsync();

        await Expect(page.Locator("h1")).ToHaveTextAsync("Iniciar sesión");
        Assert.Equal("es", await page.Locator("html").GetAttributeAsync("lang"));
    }
}
