using System.Globalization;
using System.Text.RegularExpressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.E2E.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>A manager writes a segment, sees who is in it and why, and goes from the map of scores to the customers.</summary>
public sealed class SegmentTests(Site site) : BrowserTest(site)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Manager_WritesASegment_SeesWhoFits_AndWhy()
    {
        var name = $"Seg{Guid.NewGuid():N}"[..12];
        var address = await AddCustomerAsync("Sally", name);
        await WithServicesAsync(s => s.GetRequiredService<OrderService>().CreateAsync(
            new() { CustomerId = new(IdOf(address)), Status = OrderStatus.Paid,
                Lines = new([new() { ProductCode = "SEG", Name = "Chair", Quantity = 1, UnitPrice = 120 }]) }, Token));
        var page = await OpenAsync(RoleNames.Manager);
        await GoAsync(page, "/segments");
        await page.GetByRole(AriaRole.Link, new() { Name = "New segment" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "New segment" })).ToBeVisibleAsync();

        // Without a rule it is refused beside the rules, and the name that was typed stays.
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync($"Families of {name}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Add at least one rule.");
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync($"Families of {name}");

        await AddRuleAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Add a rule" }), "Last name", name);
        await Expect(page.GetByText("1 customer", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Some of them" })).ToContainTextAsync($"Sally {name}");

        // A group within: none of what follows.
        await AddRuleAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Add a group" }), "First name", "Bob");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "How the rules are combined" }).Nth(1).SelectOptionAsync("None");
        await Expect(page.GetByText("1 customer", new() { Exact = true })).ToBeVisibleAsync();
        // What they bought, chosen from what there is.
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a rule" }).Last.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Field", new() { Exact = true }).FillAsync("Bought product");
        await dialog.GetByLabel("Value", new() { Exact = true }).FillAsync("chai");
        await dialog.GetByRole(AriaRole.Option, new() { Name = "Chair", Exact = true }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Add the rule" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(page.GetByText("1 customer", new() { Exact = true })).ToBeVisibleAsync();

        // The rules of a file take their place; what is no file of rules is refused, and nothing changes.
        await page.GetByText("Rules as JSON").First.ClickAsync();
        var rulesOfAll = await page.GetByRole(AriaRole.Textbox, new() { Name = "Rules as JSON" }).InputValueAsync();
        await ChooseAsync(page, "not rules");
        await Expect(page.Locator("#rules-json-error")).Not.ToBeEmptyAsync();
        await ChooseAsync(page, rulesOfAll);
        await Expect(page.Locator("#rules-json-error")).ToHaveCountAsync(0);
        await Expect(page.GetByText("1 customer", new() { Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"Families of {name}" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.List, new() { Name = "Some of them" }).GetByRole(AriaRole.Link, new() { Name = $"Sally {name}" })
            .ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"Segments of Sally {name}" })).ToBeVisibleAsync();
        var rules = page.GetByRole(AriaRole.Region, new() { Name = "Segments by rules" });
        await Expect(rules.GetByRole(AriaRole.Listitem).Filter(new() { HasText = $"Families of {name}" }).First)
            .ToContainTextAsync("in it");
        await Expect(rules).ToContainTextAsync("None of these may hold");

        // Removed and brought back.
        await GoAsync(page, "/segments");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Remove Families of {name}" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = $"Families of {name}", Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Manager_GoesFromTheMapOfScoresToTheCustomers_AndFromMovementToThoseWhoMoved()
    {
        var page = await OpenAsync(RoleNames.Manager);
        await GoAsync(page, "/segments/rfm");
        var cell = page.GetByRole(AriaRole.Table, new() { Name = "Map of customers" }).GetByRole(AriaRole.Link).First;
        await Expect(cell).ToHaveAccessibleNameAsync(new Regex(@"^\d+ customers, .*\d spent$"));
        await cell.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Customers", Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "Filters" })).ToContainTextAsync("Recency score");
        await Expect(page.Locator(".page-header")).ToContainTextAsync(new Regex(@"\d+ customer"));

        await GoAsync(page, "/segments/rfm");
        var moves = page.GetByRole(AriaRole.Region, new() { Name = "Movement" }).First;
        await moves.GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex("^From .* to ") })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Row)).Not.ToHaveCountAsync(0);

        // A calculation shows its progress and ends with the newest scores.
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the segments" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Calculate now" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Calculate now" })).ToBeEnabledAsync(new() { Timeout = 30_000 });
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Map of customers" })).ToBeVisibleAsync();
    }

    private static long IdOf(string address) => long.Parse(address[(address.LastIndexOf('/') + 1)..], CultureInfo.InvariantCulture);

    private async Task WithServicesAsync(Func<IServiceProvider, Task> work)
    {
        await using var scope = Site.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("tests"));
        await work(scope.ServiceProvider);
    }

    private static Task ChooseAsync(IPage page, string rules) => page.Locator("details.rules-json input[type=file]").SetInputFilesAsync(
        new FilePayload { Name = "rules.json", MimeType = "application/json", Buffer = System.Text.Encoding.UTF8.GetBytes(rules) });

    private static async Task AddRuleAsync(IPage page, ILocator opener, string field, string value)
    {
        await opener.ClickAsync();
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Field" }).FillAsync(field);
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Field" }).PressAsync("Enter");
        await page.GetByLabel("Value", new() { Exact = true }).FillAsync(value);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the rule" }).ClickAsync();
    }
}
