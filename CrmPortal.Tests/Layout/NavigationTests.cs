using System.Globalization;
using System.Reflection;
using Bunit;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Views;
using CrmPortal.Core.Tickets;
using CrmPortal.Layout;
using CrmPortal.Resources;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Tests.Layout;

/// <summary>Each page says where it stands in the navigation, and all that lead somewhere know it from there.</summary>
public sealed class NavigationTests : CrmPageTest
{
    [Fact]
    public void Page_ThatIsRouted_SaysOfEachAddressWhereItStands()
    {
        var pages = typeof(NavigationMap).Assembly.GetTypes().Where(t => t.IsDefined(typeof(RouteAttribute), false)).ToList();

        Assert.All(pages, page => Assert.Equal(
            page.GetCustomAttributes<RouteAttribute>().Select(r => r.Template).Order(StringComparer.Ordinal),
            page.GetCustomAttributes<NavigationAttribute>().Select(n => n.Address)
                .Concat(page.GetCustomAttributes<OffNavigationAttribute>().Select(n => n.Address)).Order(StringComparer.Ordinal)));
        Assert.True(pages.Count > 30, $"Only {pages.Count} pages were found.");
    }

    [Fact]
    public void Areas_AreThere_HaveKeysOfTheirOwn_AndEveryPageBelongsToOne()
    {
        var areas = NavigationMap.All.Where(e => e.Place != NavigationPlace.Area).ToList();

        // There are more settings than letters.
        Assert.All(areas.Where(a => a.Place == NavigationPlace.Main || a.Key is not null), area => Assert.Matches("^[a-z]$", area.Key));
        var keys = NavigationMap.All.Select(e => e.Key).OfType<string>().ToList();
        Assert.Equal(keys.Distinct(), keys);
        Assert.All(NavigationMap.All.Where(e => e.In is not null), e => Assert.Contains(areas, area => area.Address == e.In));
        Assert.All(NavigationMap.All.Where(e => e.Place == NavigationPlace.Settings), e =>
            Assert.True(e.Area == CrmUrls.Settings && e.Group != SettingsGroup.None && e.Purpose is not null, e.Address));
        Assert.Equal(NavigationMap.All.Select(e => e.Order).Distinct(), NavigationMap.All.Select(e => e.Order));
    }

    [Theory]
    [InlineData("en")]
    [InlineData("es")]
    public void Labels_AndWords_AreInTheResources_AndIconsThere(string language)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        var texts = Services.GetRequiredService<IStringLocalizer<Texts>>();

        Assert.All(NavigationMap.All, entry =>
        {
            Assert.False(texts[entry.Label].ResourceNotFound, entry.Label);
            Assert.True(entry.Words is null || !texts[entry.Words].ResourceNotFound, entry.Words);
            Assert.True(entry.Purpose is null || !texts[entry.Purpose].ResourceNotFound, entry.Purpose);
            Assert.NotEmpty(Glyphs.Path(entry.Icon));
        });
    }

    [Theory]
    [InlineData("/customers/17", "/customers", "/customers")]
    [InlineData("/customers/trash", "/customers/trash", "/customers")]
    [InlineData("/duplicates", "/duplicates", "/customers")]
    [InlineData("/loyalty/programme/3", "/loyalty/programme", "/loyalty")]
    [InlineData("/settings/users/new", "/settings/users/new", "/settings")]
    [InlineData("/", "/", "/")]
    public void At_AnAddress_IsTheNearestPageAndItsArea(string path, string address, string area)
    {
        var entry = NavigationMap.At(path);

        Assert.Equal((address, area), (entry?.Address, entry?.Area));
        Assert.Null(NavigationMap.At("/customersx"));
    }

    [Theory]
    [InlineData(RoleNames.Administrator)]
    [InlineData(RoleNames.Manager)]
    [InlineData(RoleNames.Staff)]
    [InlineData(RoleNames.Customer)]
    public async Task Palette_OfARole_HasEveryPageThatItMayOpen_AndNoOther(string role)
    {
        await SignInAsync(role);

        var palette = Render<CommandPalette>(p => p.Add(x => x.Close, () => { }));

        var shown = Dialogs.FindAll("[role=option]").Select(o => o.TextContent.Trim()).ToList();
        var texts = Services.GetRequiredService<IStringLocalizer<Texts>>();
        Assert.All(NavigationMap.All, entry =>
        {
            var label = entry.IsAction ? texts[entry.Label].Value : texts["Go to {0}", texts[entry.Label].Value].Value;
            Assert.True(shown.Contains(label) == IsAllowed(entry, role), $"{role}: {label}");
        });
    }

    [Fact]
    public async Task Palette_ByAnotherWordForAPage_FindsIt()
    {
        await SignInAsync(RoleNames.Administrator);
        var palette = Render<CommandPalette>(p => p.Add(x => x.Close, () => { }));

        var typing = Dialogs.Find("input").InputAsync(new ChangeEventArgs { Value = "permissions" });
        Data.Clock.Advance(TimeSpan.FromSeconds(1));
        await typing;

        Assert.Contains("Go to Roles", Dialogs.FindAll("[role=option]").Select(o => o.TextContent.Trim()));
    }

    [Fact]
    public async Task Palette_GroupsWhatItFinds_AndLeadsThere()
    {
        var ada = await Data.AddCustomerAsync("Ada", "Lovelace", tags: ["Lovely"]);
        await using var manager = await Data.AsRoleAsync(RoleNames.Manager);
        await manager.Get<OrderService>().CreateAsync(new() { ExternalId = "lov-1", CustomerId = new(ada.Id),
            Lines = new([OrderWriting.Line(9, 1, "LV-7") with { Name = "Lovage soap" }]) }, Xunit.TestContext.Current.CancellationToken);
        await SignInAsync(RoleNames.Administrator);
        var palette = Render<CommandPalette>(p => p.Add(x => x.Close, () => { }));

        var typing = Dialogs.Find("input").InputAsync(new ChangeEventArgs { Value = "lov" });
        Data.Clock.Advance(TimeSpan.FromSeconds(1));
        await typing;

        Dialogs.WaitForAssertion(() => Assert.Equal(["Customers", "Orders", "Products", "Tags"],
            Dialogs.FindAll("#palette-list [role=group]").Select(g => g.GetAttribute("aria-label")!)));
        var options = Dialogs.FindAll("[role=option]");
        Assert.Equal(Enumerable.Range(0, options.Count).Select(i => $"palette-{i}"), options.Select(o => o.Id));
        Assert.Equal("palette-0", Dialogs.Find("input").GetAttribute("aria-activedescendant"));
        await Dialogs.Find("input").KeyDownAsync(new KeyboardEventArgs { Key = "ArrowDown" });
        Assert.Equal("Order lov-1", Dialogs.Find("[aria-selected=true] .menu-item > span").TextContent);
        await Dialogs.Find("[role=group][aria-label=Tags] [role=option]").ClickAsync();
        Assert.EndsWith("/customers?filter=" + Uri.EscapeDataString("tags:any:Lovely"),
            Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("T-2", "Tickets", "Ticket 2")]
    [InlineData("t-2", "Tickets", "Ticket 2")]
    [InlineData("#2", "Tickets", "Ticket 2")]
    [InlineData("T-2 ", "Tickets", "Ticket 2")]
    [InlineData("2001", "Orders", "Order 2001")]
    [InlineData("{customer}", "Customers", "Tee Two")]
    public async Task Palette_OfANumber_BeginsWithWhatBearsIt(string typed, string group, string label)
    {
        // Each of these holds the signs of all that is typed here.
        for (var i = 0; i < 8; i++) await Data.AddCustomerAsync("T", $"T-2{i} 2001{i}", $"t-2{i}@example.com");
        var two = await Data.AddCustomerAsync("Tee", "Two");
        await using var admin = await Data.AsRoleAsync(RoleNames.Administrator);
        for (var i = 0; i < 8; i++)
            await admin.Get<OrderService>().CreateAsync(new() { ExternalId = $"2001{i}", CustomerId = new(two.Id),
                Lines = new([OrderWriting.Line(9)]) }, Xunit.TestContext.Current.CancellationToken);
        await admin.Get<OrderService>().CreateAsync(new() { ExternalId = "2001", CustomerId = new(two.Id),
            Lines = new([OrderWriting.Line(9)]) }, Xunit.TestContext.Current.CancellationToken);
        for (var i = 1; i < 9; i++)
            await admin.Get<TicketService>().CreateAsync(new() { CustomerId = two.Id, Subject = $"Ticket {i}", Text = "T-2 2 2001" },
                Xunit.TestContext.Current.CancellationToken);
        await SignInAsync(RoleNames.Administrator);
        var palette = Render<CommandPalette>(p => p.Add(x => x.Close, () => { }));

        var typing = Dialogs.Find("input").InputAsync(new ChangeEventArgs
        {
            Value = typed.Replace("{customer}", two.Number.ToLowerInvariant(), StringComparison.Ordinal),
        });
        Data.Clock.Advance(TimeSpan.FromSeconds(1));
        await typing;

        Dialogs.WaitForAssertion(() => Assert.Equal(group, Dialogs.Find("#palette-list [role=group]").GetAttribute("aria-label")));
        Assert.StartsWith(label, Dialogs.Find("[role=option][aria-selected=true] .menu-item > span").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Palette_WithoutLetters_BeginsWithWhatWasOpenedLast_AndFindsSavedViews()
    {
        var ada = await Data.AddCustomerAsync();
        await SignInAsync(RoleNames.Staff);
        await Services.GetRequiredService<CustomerService>().GetAsync(ada.Id, Xunit.TestContext.Current.CancellationToken);
        await Services.GetRequiredService<ProfileAccessLog>().FlushAsync(Xunit.TestContext.Current.CancellationToken);
        await Services.GetRequiredService<SavedViewService>().SaveAsync("orders", "Unpaid ones", "filter=status:any:pending", false, false,
            Xunit.TestContext.Current.CancellationToken);
        var palette = Render<CommandPalette>(p => p.Add(x => x.Close, () => { }));
        Dialogs.WaitForAssertion(() => Assert.Equal("Recent", Dialogs.Find("#palette-list [role=group]").GetAttribute("aria-label")));
        Assert.Equal("Ada Lovelace", Dialogs.Find("[role=option] .menu-item > span").TextContent);

        var typing = Dialogs.Find("input").InputAsync(new ChangeEventArgs { Value = "unpaid" });
        Data.Clock.Advance(TimeSpan.FromSeconds(1));
        await typing;

        await Dialogs.WaitForElement("[aria-label='Saved views'] [role=option]").ClickAsync();
        Assert.EndsWith("/orders?filter=status:any:pending", Services.GetRequiredService<NavigationManager>().Uri,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RoleNames.Administrator)]
    [InlineData(RoleNames.Staff)]
    public async Task More_OnAPhone_LeadsToEveryPageThatTheUserMayOpen(string role)
    {
        await SignInAsync(role);
        var menu = Render<NavMenu>();

        await menu.Find(".tabbar button").ClickAsync();

        var links = Dialogs.FindAll(".mud-dialog a").Select(a => a.GetAttribute("href")!).Order(StringComparer.Ordinal);
        var allowed = NavigationMap.All.Where(e => !e.IsAction && IsAllowed(e, role));
        Assert.Equal(allowed.Select(e => e.Address).Order(StringComparer.Ordinal), links);
        Assert.True(menu.FindAll(".tabbar > *").Count <= 5);

        await Dialogs.Find(".mud-dialog a").ClickAsync();
        Assert.Empty(Dialogs.FindAll(".mud-dialog"));
    }

    [Fact]
    public async Task Shortcuts_OfAllAreasThatTheUserMayOpen_StandInTheHelp()
    {
        await SignInAsync(RoleNames.Administrator);

        var help = Render<ShortcutHelp>(p => p.Add(x => x.Close, () => { }));

        Assert.All(NavigationMap.All.Where(e => e.Key is not null), e => Assert.Contains($"Go to {e.Label}", Dialogs.Markup,
            StringComparison.Ordinal));
    }

    /// <summary>A page that lists others is there where one of them is.</summary>
    private static bool IsAllowed(NavigationEntry entry, string role) => entry.IsIndex
        ? NavigationMap.All.Any(e => e.Area == entry.Area && !e.IsIndex && IsAllowed(e, role))
        : entry.Permission is null || Permissions.DefaultRoles[role].Contains(entry.Permission);
}
