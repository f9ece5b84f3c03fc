using System.Globalization;
using System.Text.RegularExpressions;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.E2E.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

public sealed class LoyaltyProgrammeTests(Site site) : BrowserTest(site)
{
    [Fact]
    public async Task Manager_ChangesTheProgramme_TriesIt_AndPutsItInForce()
    {
        var page = await OpenAsync(RoleNames.Manager);
        await page.Locator("nav").GetByRole(AriaRole.Link, new() { Name = "Loyalty", Exact = true }).First.ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Loyalty");
        await Expect(page.Locator(".tile").First).ToContainTextAsync("Members");
        await PictureAsync(page, "overview");
        await page.GetByRole(AriaRole.Link, new() { Name = "Programme", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Edit as draft" }).ClickAsync();

        // The heading gets the focus a moment after the page is there, and would take it from what is typed.
        await Expect(page.Locator("h1")).ToBeFocusedAsync();
        await page.Locator("#points-per-unit").FillAsync("2");
        await page.Locator("#points-per-unit").PressAsync("Tab");
        await Expect(page.Locator("section", new() { HasText = "For example" }).GetByRole(AriaRole.Status))
            .ToContainTextAsync("earns 99 points");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the draft" }).ClickAsync();
        await Expect(page.GetByText("Name the version.")).ToBeVisibleAsync();
        await page.GetByLabel("Name of the version").FillAsync("Double points");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the draft" }).ClickAsync();
        var row = page.Locator("tr", new() { HasText = "Double points" });
        await Expect(row).ToContainTextAsync("Draft");

        await row.GetByRole(AriaRole.Link, new() { Name = "Try Double points" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Try the draft" }).ClickAsync();
        await Expect(page.Locator("h2").First).ToContainTextAsync("Double points compared with");
        await PictureAsync(page, "what-if");
        await page.GetByRole(AriaRole.Link, new() { Name = "Programme", Exact = true }).ClickAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Activate Double points" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Activate", Exact = true }).ClickAsync();
        await Expect(row).ToContainTextAsync("Active");
        await Expect(page.Locator("#current-title")).ToHaveTextAsync("Active: Double points");
        await PictureAsync(page, "active");
    }

    [Fact]
    public async Task Staff_RedeemsAReward_AndCancelsIt()
    {
        var name = $"Mug {Guid.NewGuid().ToString("N")[..6]}";
        var customer = await PreparedAsync(name);
        var page = await OpenAsync(RoleNames.Staff,
            string.Create(CultureInfo.InvariantCulture, $"/loyalty/redemptions?customer={customer}"));
        await page.GetByRole(AriaRole.Button, new() { Name = $"Redeem {name}" }).ClickAsync();
        var code = await page.Locator(".code-large").InnerTextAsync();
        Assert.Matches("^[2-9A-Z]{10}$", code);
        await PictureAsync(page, "code");

        await GoAsync(page, "/loyalty/redemptions");
        await page.GetByLabel("Search for a code").FillAsync(code.ToLowerInvariant());
        await page.GetByRole(AriaRole.Button, new() { Name = "Search", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("q="));
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        // The address leads to the same list, which stands still here: while one list takes the place of another, a click may meet a
        // button that is about to go.
        await GoAsync(page, $"/loyalty/redemptions?q={code}");
        var row = page.Locator("tbody tr", new() { HasText = code });
        await row.GetByRole(AriaRole.Button, new() { Name = $"Cancel {code}" }).ClickAsync();
        await Expect(row).ToContainTextAsync("Cancelled");

        await using var db = Site.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        Assert.Equal(500, await db.LoyaltyLots.Where(l => l.Account!.CustomerId == customer).SumAsync(l => l.Remaining));
        Assert.Equal(3, await db.Rewards.Where(r => r.Name == name).Select(r => r.Stock).SingleAsync());
    }

    /// <summary>A reward, and a customer who has points for it.</summary>
    private async Task<long> PreparedAsync(string reward)
    {
        await using var scope = Site.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("tests"));
        await scope.ServiceProvider.GetRequiredService<RewardService>()
            .SaveAsync(null, new() { Name = reward, Price = 200, Stock = 3 }, null, CancellationToken.None);
        var customer = (await scope.ServiceProvider.GetRequiredService<Core.Customers.CustomerService>()
            .CreateAsync(new() { GivenName = "Mina", FamilyName = "Member" }, CancellationToken.None)).Customer;
        await scope.ServiceProvider.GetRequiredService<LedgerService>()
            .EarnAsync(new() { CustomerId = customer.Id, Points = 500 }, null, CancellationToken.None);
        return customer.Id;
    }
}
