using System.Globalization;
using System.Text.RegularExpressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.E2E.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>What one sees first: a manager how the shop does and what waits, all others their own day.</summary>
public sealed class HomeTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task Manager_SeesHowTheShopDoes_ReadsValues_AndFindsWhatWaits()
    {
        var address = await AddCustomerAsync("Hilda", "Home");
        await WithServicesAsync(s => s.GetRequiredService<OrderService>().CreateAsync(
            new() { CustomerId = new(IdOf(address)), Status = OrderStatus.Paid,
                Lines = new([new() { ProductCode = "HOME", Name = "House", Quantity = 1, UnitPrice = 99_000 }]) }, Token));
        var page = await OpenAsync(RoleNames.Manager);

        // What was bought a moment ago is counted by now, or appears.
        var top = page.GetByRole(AriaRole.Region, new() { Name = "Top customers of all time" });
        await Expect(top).ToContainTextAsync("Hilda Home");
        var figures = page.GetByRole(AriaRole.Figure, new() { Name = "Revenue by month" });
        await Expect(figures.GetByRole(AriaRole.Img)).ToHaveAccessibleNameAsync(new Regex("^Revenue by month"));

        // By the keyboard: one stop, then the arrows from month to month.
        var values = figures.GetByRole(AriaRole.Group, new() { Name = "Values of Revenue by month" }).GetByRole(AriaRole.Radio);
        await Expect(values).ToHaveCountAsync(12);
        await values.Last.FocusAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(values.Nth(10)).ToBeFocusedAsync();
        await Expect(figures.Locator(".chart-tip:visible")).ToHaveCountAsync(1);
        await Expect(figures.Locator(".chart-tip:visible")).ToContainTextAsync("Last 12 months");
        // Under the pointer.
        await figures.Locator(".chart-slot").Nth(3).HoverAsync();
        await Expect(figures.Locator(".chart-slot").Nth(3).Locator(".chart-tip")).ToBeVisibleAsync();
        // The table behind it.
        await figures.GetByText("Show as a table").ClickAsync();
        await Expect(figures.GetByRole(AriaRole.Row)).ToHaveCountAsync(13);
        await PictureAsync(page, "manager");

        await page.GetByRole(AriaRole.Region, new() { Name = "Waiting for you" })
            .GetByRole(AriaRole.Link, new() { Name = "Points adjustments to decide" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Points adjustments" })).ToBeVisibleAsync();
        // Those of the demo shop.
        await Expect(page.GetByRole(AriaRole.Article).First).ToBeVisibleAsync();
        await Expect(page.Locator(".side").GetByRole(AriaRole.Link, new() { Name = "Loyalty" }))
            .ToHaveAccessibleDescriptionAsync(new Regex("waiting for you$"));
    }

    [Fact]
    public async Task Staff_SeeWhoSpokeToThem_AndWhomTheyOpened()
    {
        var address = await AddCustomerAsync("Olga", "Opened");
        var (email, password) = await AddUserAsync(RoleNames.SupportAgent);
        var page = await OpenAsOwnUserAsync(email, password);
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Last opened" })).ToContainTextAsync("Customers you open appear here.");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Birthdays this week" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Figure)).ToHaveCountAsync(0);

        await GoAsync(page, address);
        await Expect(page.Locator("h1")).ToContainTextAsync("Olga Opened");
        await WithServicesAsync(s => s.GetRequiredService<NoteService>().AddAsync(IdOf(address), "Please call, @Own user", Token));
        // Readings are written down within a second.
        await WithServicesAsync(s => s.GetRequiredService<ProfileAccessLog>().FlushAsync(Token));
        await GoAsync(page, "/");

        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "My mentions" })).ToContainTextAsync("Olga Opened");
        await Axe.LoadAsync(page);
        await Axe.AssertCleanAsync(page, "Home of staff",
            (theme, width) => PictureAsync(page, string.Create(CultureInfo.InvariantCulture, $"staff-{theme}-{width}")));
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Last opened" })).ToContainTextAsync("Olga Opened");
        await page.GetByRole(AriaRole.Region, new() { Name = "My mentions" }).GetByRole(AriaRole.Link, new() { Name = "Olga Opened" }).First
            .ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("Olga Opened");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static long IdOf(string address) => long.Parse(address.Split('/')[^1], CultureInfo.InvariantCulture);

    private async Task WithServicesAsync(Func<IServiceProvider, Task> work)
    {
        await using var scope = Site.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("tests"));
        await work(scope.ServiceProvider);
    }
}
