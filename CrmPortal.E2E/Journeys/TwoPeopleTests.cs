using System.Text.RegularExpressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

public sealed class TwoPeopleTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task TwoBrowsers_OnOneCustomer_SeeEachOther_AndEachOthersChanges()
    {
        var address = await AddCustomerAsync("Live", "Original");
        var manager = await OpenAsync(RoleNames.Manager, address);
        var agent = await OpenAsync(RoleNames.SupportAgent, address);
        await Expect(manager.GetByText(new Regex("is also viewing this"))).ToBeVisibleAsync();
        await Expect(agent.GetByText(new Regex("is also viewing this"))).ToBeVisibleAsync();

        await EditAsync(agent, "First name", "Lively");

        await Expect(manager.Locator("h1")).ToHaveTextAsync("Lively Original");
        await PictureAsync(manager, "live");
    }

    [Fact]
    public async Task TwoBrowsers_ChangingTheSameField_ShowBeforeTheirsAndMine_AndLoseNothing()
    {
        var address = await AddCustomerAsync("Con", "Flict");
        var manager = await OpenAsync(RoleNames.Manager, address);
        var agent = await OpenAsync(RoleNames.SupportAgent, address);

        await manager.GetByRole(AriaRole.Button, new() { Name = "Change Last name" }).ClickAsync();
        await manager.GetByRole(AriaRole.Textbox, new() { Name = "Last name" }).FillAsync("Mine");
        await EditAsync(agent, "Last name", "Theirs");
        // The other's change appears beside the field, never under the typing.
        await Expect(manager.GetByText("Since changed to: Theirs")).ToBeVisibleAsync();
        await Expect(manager.GetByRole(AriaRole.Textbox, new() { Name = "Last name" })).ToHaveValueAsync("Mine");

        await manager.GetByRole(AriaRole.Textbox, new() { Name = "Last name" }).PressAsync("Enter");
        var dialog = manager.GetByRole(AriaRole.Dialog, new() { Name = "Editing conflict" });
        await Expect(dialog).ToContainTextAsync("When you began: Flict");
        await Expect(dialog).ToContainTextAsync("Theirs");
        await Expect(dialog).ToContainTextAsync("Mine");
        await PictureAsync(manager, "conflict");

        await dialog.GetByLabel(new Regex("^Mine")).CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save my choice" }).ClickAsync();
        await Expect(manager.Locator("h1")).ToHaveTextAsync("Con Mine");
        await Expect(agent.Locator("h1")).ToHaveTextAsync("Con Mine");
    }

    [Fact]
    public async Task TwoBrowsers_ChangingDifferentFields_KeepBoth()
    {
        var address = await AddCustomerAsync("Both", "Kept");
        var manager = await OpenAsync(RoleNames.Manager, address);
        var agent = await OpenAsync(RoleNames.SupportAgent, address);

        await manager.GetByRole(AriaRole.Button, new() { Name = "Change First name" }).ClickAsync();
        await manager.GetByRole(AriaRole.Textbox, new() { Name = "First name" }).FillAsync("Two");
        await EditAsync(agent, "Last name", "Joined");
        await manager.GetByRole(AriaRole.Textbox, new() { Name = "First name" }).PressAsync("Enter");

        await Expect(manager.Locator("h1")).ToHaveTextAsync("Two Joined");
    }

    [Fact]
    public async Task DisabledUser_NextActionIsRefused()
    {
        Expecting("40[13]|sign-in|login");
        var (email, password) = await AddUserAsync(RoleNames.Staff);
        var page = await OpenAsOwnUserAsync(email, password);
        // A list that does not read again by itself when somebody else changes a customer.
        await GoAsync(page, "/orders");

        await DisableAsync(email);
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search orders" }).FillAsync("garcia");

        await Expect(page).ToHaveURLAsync(new Regex("/account/login"));
    }

    [Fact]
    public async Task DisabledUser_IdlePageEndsWithinAMinute()
    {
        Expecting("40[13]|sign-in|login");
        var (email, password) = await AddUserAsync(RoleNames.Staff);
        var page = await OpenAsOwnUserAsync(email, password);

        await DisableAsync(email);

        await Expect(page).ToHaveURLAsync(new Regex("/account/login"), new() { Timeout = 60_000 });
    }

    private static async Task EditAsync(IPage page, string label, string value)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Change " + label }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = label }).FillAsync(value);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("Saved.").First).ToBeVisibleAsync();
    }

    private async Task DisableAsync(string email)
    {
        await using var scope = Site.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("Test"));
        var service = scope.ServiceProvider.GetRequiredService<UserService>();
        var user = (await service.ListAsync(email, new(1, 10), CancellationToken.None)).Items.Single();
        await service.DisableAsync(user.Id, CancellationToken.None);
    }
}
