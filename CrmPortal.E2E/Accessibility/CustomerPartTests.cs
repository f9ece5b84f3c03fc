using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.E2E.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Accessibility;

/// <summary>
/// The parts of a customer's page and the dialogs of points and orders, in both themes, wide and narrow, keep WCAG A and AA as far as axe
/// can tell.
/// </summary>
public sealed class CustomerPartTests(Site site) : BrowserTest(site)
{
    /// <summary>Each part, and a text that is there when it is loaded.</summary>
    private static readonly Dictionary<string, string> Parts = new()
    {
        ["timeline"] = "Three broken cups",
        ["orders"] = "Order O-",
        ["points"] = "Three broken cups",
        ["shopping"] = "Kettle for two",
        ["documents"] = "Documents",
        ["preferences"] = "Consents",
        ["history"] = "Beth March",
    };

    protected override string PictureName => "Part";

    protected override bool KeepsLastPicture => false;

    [Fact]
    public async Task Parts_OfACustomer_HaveNoAccessibilityFault()
    {
        var (customer, _) = await MakeAsync();
        var page = await OpenAsync(RoleNames.Manager, $"/customers/{customer}", bypassContentPolicy: true);
        foreach (var (part, text) in Parts)
        {
            await GoAsync(page, $"/customers/{customer}?tab={part}");
            await Expect(page.Locator("main")).ToContainTextAsync(text);
            if (part == "shopping")
            {
                // With what is wrong beside the fields, and a cart opened.
                await page.GetByRole(AriaRole.Button, new() { Name = "Add to wishlist" }).ClickAsync();
                await page.GetByRole(AriaRole.Button, new() { Name = "Save the review" }).ClickAsync();
                await Expect(page.Locator("#review-rating-error")).ToBeVisibleAsync();
                await page.Locator("summary").Filter(new() { HasText = "cart-" }).First.ClickAsync();
            }

            if (part == "orders") await page.Locator("details.purchase summary").First.ClickAsync();
            await Axe.LoadAsync(page);
            await CheckAsync(page, part);
        }
    }

    [Fact]
    public async Task Dialogs_OfPointsAndOrders_HaveNoAccessibilityFault()
    {
        var (customer, order) = await MakeAsync();
        var page = await OpenAsync(RoleNames.Manager, $"/customers/{customer}?tab=points", bypassContentPolicy: true);
        await Axe.LoadAsync(page);
        foreach (var button in new[] { "Redeem", "Add points", "Adjust" })
        {
            await page.GetByRole(AriaRole.Region, new() { Name = "Ledger", Exact = true })
                .GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
            // Sent empty, it says what is wrong.
            await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
            await Expect(page.Locator("#points-error")).ToBeVisibleAsync();
            await CheckDialogAsync(page, button);
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Reverse" }).First.ClickAsync();
        await CheckDialogAsync(page, "Reverse");
        await page.GetByRole(AriaRole.Button, new() { Name = "Redeem Kettle" }).First.ClickAsync();
        await Expect(page.GetByText("the code is")).ToBeVisibleAsync();
        await CheckAsync(page, "A code");

        await GoAsync(page, $"/orders/{order}");
        await Axe.LoadAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Refund…" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Refund", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Alert).First).ToBeVisibleAsync();
        await CheckDialogAsync(page, "Refund");
        await ChooseAsync(page, "Match to another customer…");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Searchbox).FillAsync("CUST-");
        await Expect(page.Locator("[role=dialog] .picker-list button").First).ToBeVisibleAsync();
        await CheckDialogAsync(page, "Match");
        await ChooseAsync(page, "Cancel the order…");
        await CheckDialogAsync(page, "Cancel");

        await GoAsync(page, "/loyalty/rewards");
        await Axe.LoadAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "New reward" }).ClickAsync();
        await CheckDialogAsync(page, "Reward");
    }

    private static async Task ChooseAsync(IPage page, string item)
    {
        await page.Locator("summary[aria-label='More actions']").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = item }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
    }

    private async Task CheckDialogAsync(IPage page, string name)
    {
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await CheckAsync(page, name);
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Close", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
    }

    private Task CheckAsync(IPage page, string name) =>
        Axe.AssertCleanAsync(page, name,
        (theme, width) => PictureAsync(page, $"{name}.{theme}.{width.ToString(CultureInfo.InvariantCulture)}"));

    /// <summary>A customer with something in every part, and a paid order of theirs.</summary>
    private async Task<(string Customer, string Order)> MakeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        await using var scope = Site.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        services.GetRequiredService<CurrentUser>().Set(Actor.System("tests"));
        var id = (await services.GetRequiredService<CustomerService>()
            .CreateAsync(new() { GivenName = "Beth", FamilyName = "March" }, token)).Customer.Id;
        await services.GetRequiredService<NoteService>().AddAsync(id, "Three broken cups", token);
        var order = await services.GetRequiredService<OrderService>().CreateAsync(
            new() { CustomerId = new(id), Status = OrderStatus.Paid,
                Lines = new([new() { ProductCode = "KETTLE", Name = "Kettle for two", Quantity = 3, UnitPrice = 20 }]) }, token);
        var ledger = services.GetRequiredService<LedgerService>();
        await ledger.EarnAsync(new() { CustomerId = id, Points = 2_000, Reason = "Three broken cups" }, null, token);
        await ledger.RedeemAsync(new() { CustomerId = id, Points = 300 }, null, token);
        var rewards = services.GetRequiredService<RewardService>();
        await using var db = services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        if (!await db.Rewards.AnyAsync(r => r.Name == "Kettle", token))
            await rewards.SaveAsync(null, new() { Name = "Kettle", Description = "Of steel, with a long and narrow spout", Price = 100 },
            null, token);
        var shopping = services.GetRequiredService<ShoppingService>();
        await shopping.WishAsync(id, new() { ProductCode = "KETTLE" }, token);
        await shopping.ReviewAsync(id, new() { ProductCode = "KETTLE", Rating = 4, Title = "Pours well", Text = "And keeps warm." }, token);
        await shopping
            .SaveCartAsync($"cart-{id}", new() { CustomerId = id, Lines = new([new() { ProductCode = "KETTLE", UnitPrice = 20 }]) }, token);
        return (id.ToString(CultureInfo.InvariantCulture), order.Order.Id.ToString(CultureInfo.InvariantCulture));
    }
}
