using System.Globalization;
using System.Text.RegularExpressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>Somebody who is there twice: found, warned of, merged, taken apart again; and how they were before.</summary>
public sealed class DuplicatesTests(Site site) : BrowserTest(site)
{
    private const string Phone = "+442079460777";

    [Fact]
    public async Task Manager_ComparesAll_SaysNotTheSame_TakesItBack_MergesAndUndoes()
    {
        var (first, second) = await TwinsAsync("Dorothea", "Brooke", Phone);
        var page = await OpenAsync(RoleNames.Manager, "/customers");
        await page.GetByRole(AriaRole.Link, new() { Name = "Duplicates" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare all customers" }).ClickAsync();
        var pair = page.GetByRole(AriaRole.Article, new() { Name = "Dorothea Brooke and Dorothea Brooke" });
        await Expect(pair).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Expect(pair).ToContainTextAsync("Same phone");
        await Expect(pair).ToContainTextAsync("Same name");
        await PictureAsync(page, "pairs");

        await pair.GetByRole(AriaRole.Button, new() { Name = "Not a duplicate" }).ClickAsync();
        await Expect(pair).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Status).GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(pair).ToBeVisibleAsync();

        await pair.GetByRole(AriaRole.Link, new() { Name = "Merge…" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Merge customers" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Additional contacts" })).ToBeVisibleAsync();
        await PictureAsync(page, "preview");
        await page.GetByRole(AriaRole.Button, new() { Name = "Merge 2 customers" }).ClickAsync();
        await Expect(page.GetByText("2 customers were merged.")).ToBeVisibleAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"/customers/{first.Id.ToString(CultureInfo.InvariantCulture)}$"));
        await Expect(page.Locator("h1")).ToContainTextAsync("Dorothea Brooke");

        await page.GetByRole(AriaRole.Status).GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        // The word of the first undoing may still stand there.
        await Expect(page.GetByText("Undone.", new() { Exact = true }).Last).ToBeVisibleAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/customers/merge"));
        await GoAsync(page, $"/customers/{second.Id.ToString(CultureInfo.InvariantCulture)}");
        await Expect(page.Locator("h1")).ToContainTextAsync("Dorothea Brooke");
    }

    [Fact]
    public async Task Staff_TypingSomebodyWhoIsThere_IsWarned_AndMayNotMerge()
    {
        var (first, second) = await TwinsAsync("Fitzwilliam", "Darcy", "+442079460778");
        Expecting("403");
        var page = await OpenAsync(RoleNames.Staff, "/customers/new");
        await page.GetByLabel("First name").PressSequentiallyAsync("Fitzwilliam");
        await page.GetByLabel("Last name").PressSequentiallyAsync("Darcy");
        var warning = page.Locator("#duplicate-warning");
        await Expect(warning.GetByRole(AriaRole.Link)).ToHaveCountAsync(2);
        await Expect(warning).ToContainTextAsync("Same name");
        await PictureAsync(page, "warning");
        await page.GetByLabel("Last name").FillAsync("Bingley");
        await Expect(warning).ToHaveCountAsync(0);

        await GoAsync(page, "/customers");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Duplicates" })).ToHaveCountAsync(0);
        await page.GotoAsync(
            $"{Site.Url}/customers/merge?ids={first.Id.ToString(CultureInfo.InvariantCulture)},{second.Id.ToString(CultureInfo.InvariantCulture)}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Merge customers" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Field_ChangedTwice_ShowsItsHistory_AndGivesAnEarlierValueBack_AsAtShowsTheDay()
    {
        var customer = await AddAsync("Gwendolen", "Harleth");
        await ChangeAsync(customer.Id, new() { FamilyName = "Grandcourt" });
        var page = await OpenAsync(RoleNames.Manager, $"/customers/{customer.Id.ToString(CultureInfo.InvariantCulture)}");
        var history = page.GetByRole(AriaRole.Button, new() { Name = "History of Last name" });
        await history.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Harleth");
        await PictureAsync(page, "history");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Restore Harleth" }).ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("Gwendolen Harleth");
        await page.GetByRole(AriaRole.Status).GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("Gwendolen Grandcourt");

        await page.Locator("summary[aria-label='More actions']").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "As of a past date" }).ClickAsync();
        await Expect(page.GetByText("The customer did not exist yet.")).ToBeVisibleAsync();
        await PictureAsync(page, "as-at");
    }

    [Fact]
    public async Task BulkVip_WithAReason_CanBeUndone_AndAFewCanBeMerged()
    {
        await AddAsync("Rosamond", "Vincy-Lydgate");
        await AddAsync("Tertius", "Vincy-Lydgate");
        var page = await OpenAsync(RoleNames.Manager, "/customers?q=vincy-lydgate");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Select this page" }).CheckAsync();
        var bar = page.GetByRole(AriaRole.Region, new() { Name = "Selection" });
        await bar.GetByText("More", new() { Exact = true }).ClickAsync();
        await bar.GetByRole(AriaRole.Button, new() { Name = "Make VIP…" }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("Doctor's family");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Make VIP", Exact = true }).ClickAsync();
        await Expect(page.GetByText("2 customers made VIP.")).ToBeVisibleAsync();
        await Expect(page.Locator("tbody .badge-warning")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Status).GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.Locator("tbody .badge-warning")).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Select this page" }).CheckAsync();
        await bar.GetByText("More", new() { Exact = true }).ClickAsync();
        await bar.GetByRole(AriaRole.Link, new() { Name = "Merge…" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Merge 2 customers" })).ToBeVisibleAsync();
    }

    private async Task<(CustomerDetails First, CustomerDetails Second)> TwinsAsync(string given, string family, string phone)
    {
        var (first, second) = (await AddAsync(given, family, phone), await AddAsync(given, family));
        await InsideAsync<AddressService>(addresses => addresses.AddContactPointAsync(second.Id, ContactKind.Phone, phone, null,
            CancellationToken.None));
        return (first, second);
    }

    private async Task<CustomerDetails> AddAsync(string given, string family, string? phone = null)
    {
        CustomerDetails? added = null;
        await InsideAsync<CustomerService>(async customers =>
            added = (await customers.CreateAsync(new() { GivenName = given, FamilyName = family, Phone = phone },
            CancellationToken.None)).Customer);
        return added!;
    }

    private Task ChangeAsync(long id, CustomerChanges changes) =>
        InsideAsync<CustomerService>(customers => customers.UpdateAsync(id, changes, null, null, CancellationToken.None));

    private async Task InsideAsync<T>(Func<T, Task> work)
        where T : notnull
    {
        await using var scope = Site.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("tests"));
        await work(scope.ServiceProvider.GetRequiredService<T>());
    }
}
