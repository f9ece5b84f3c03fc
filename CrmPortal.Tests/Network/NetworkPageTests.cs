using Bunit;
using CrmPortal.Core.Network;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Customers;
using CrmPortal.Features.Network;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Network;

public sealed class NetworkPageTests : CrmPageTest
{
    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tariff_IsAddedChangedAndRetired()
    {
        await SignInAsync(RoleNames.Manager);
        var page = Render<TariffsPage>();
        page.WaitForAssertion(() => Assert.Contains("There are no tariffs yet.", page.Markup, StringComparison.Ordinal));
        await Button(page, "New tariff").ClickAsync(new());
        Dialogs.WaitForElement("form");
        await Dialogs.Find("form").SubmitAsync();
        Dialogs.WaitForAssertion(() => Assert.Contains("Enter a code.", Dialogs.Markup, StringComparison.Ordinal));

        await Dialogs.Find("#tariff-Name").ChangeAsync(new() { Value = "Home 100" });
        await Dialogs.Find("#tariff-Code").ChangeAsync(new() { Value = "HOME-100" });
        await Dialogs.Find("#tariff-DownKbps").ChangeAsync(new() { Value = "100000" });
        await Dialogs.Find("#tariff-MonthlyPrice").ChangeAsync(new() { Value = "29.9" });
        await Dialogs.Find("#tariff-Attributes").ChangeAsync(new() { Value = "Filter-Id = a\nFilter-Id = b" });
        await Dialogs.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Contains("100 Mbit/s", page.Markup, StringComparison.Ordinal));
        var tariff = await Data.ReadAsync(db => db.TariffPlans.SingleAsync(Token));
        Assert.Equal(("home-100", 2_990, "Filter-Id = a\nFilter-Id = b"), (tariff.Code, tariff.MonthlyPrice, tariff.Attributes));
        await Button(page, "Change Home 100").ClickAsync(new());
        Dialogs.WaitForElement("form");
        await Dialogs.Find("form input[type=checkbox]").ChangeAsync(new() { Value = true });
        await Dialogs.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("No longer sold", page.Find("tbody").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Customer_HasASectionOnlyWhereTheShopSellsAccess()
    {
        await SignInAsync(RoleNames.Administrator);
        var customer = await Data.AddCustomerAsync();
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/customers/{customer.Id}");
        var without = Render<CustomerPage>(p => p.Add(c => c.Id, customer.Id));
        without.WaitForAssertion(() => Assert.Contains("tab=timeline", without.Markup, StringComparison.Ordinal));
        Assert.DoesNotContain("tab=network", without.Markup, StringComparison.Ordinal);

        await using (var system = Data.AsSystem())
            await system.Get<TariffService>().CreateAsync(NetworkShop.Tariff("home-100"), Token);
        var with = Render<CustomerPage>(p => p.Add(c => c.Id, customer.Id));
        with.WaitForAssertion(() => Assert.Contains("tab=network", with.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connection_IsAddedSuspendedResumedAndRemoved()
    {
        await SignInAsync(RoleNames.Staff);
        var customer = await Data.AddCustomerAsync();
        await using (var system = Data.AsSystem())
            await system.Get<TariffService>().CreateAsync(NetworkShop.Tariff("home-100"), Token);
        var tab = Render<NetworkTab>(p => p.Add(t => t.CustomerId, customer.Id).Add(t => t.MayEdit, true));
        await Button(tab, "New connection").ClickAsync(new());
        await tab.Find("#connection-AccessName").ChangeAsync(new() { Value = "Ada@example.net" });
        await tab.Find("form").SubmitAsync();

        tab.WaitForAssertion(() => Assert.Equal(16, tab.Find("#new-password").TextContent.Length));
        Assert.Contains("Lets in", tab.Find("article").TextContent, StringComparison.Ordinal);
        await Button(tab, "Suspend ada@example.net").ClickAsync(new());
        await Dialogs.WaitForElement("#reason").ChangeAsync(new() { Value = "Holiday" });
        await Dialogs.Find("form").SubmitAsync();
        tab.WaitForAssertion(() => Assert.Contains("Holiday", tab.Find("article").TextContent, StringComparison.Ordinal));
        Assert.Empty(tab.FindAll("#new-password"));
        await Button(tab, "Resume ada@example.net").ClickAsync(new());
        tab.WaitForAssertion(() => Assert.Contains("Lets in", tab.Find("article").TextContent, StringComparison.Ordinal));
        await Button(tab, "Remove ada@example.net").ClickAsync(new());
        tab.WaitForAssertion(() => Assert.Contains("No connections yet.", tab.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Figures_ShowWhoIsOnlineAndWhyOthersAreRefused()
    {
        await SignInAsync(RoleNames.Manager);
        var customer = await Data.AddCustomerAsync();
        await using (var system = Data.AsSystem())
        {
            await system.Get<TariffService>().CreateAsync(NetworkShop.Tariff("home-100"), Token);
            await system.Get<ConnectionService>().SaveAsync(customer.Id, null, new("home-100", "ada", NetworkShop.Password), Token);
            var access = system.Get<NetworkAccessService>();
            await access.AuthoriseAsync(new("ada", NetworkShop.Password, null), Token);
            await access.AuthoriseAsync(new("ada", "guess-1", null), Token);
            await access.AccountAsync(new(UsageEvent.Interim, "ada", "S", "bras", null, 60, 1_000, 5_400_000_000, 0, null), Token);
        }

        var page = Render<NetworkPage>();

        page.WaitForAssertion(() => Assert.Equal(["1", "1", "1", "5.4 GB"],
            page.FindAll("dl.figures dd strong").Select(d => d.TextContent)));
        Assert.Contains("Wrong password", page.Find("table").TextContent, StringComparison.Ordinal);
    }

    /// <summary>A button by what it is called.</summary>
    private static AngleSharp.Dom.IElement Button<T>(IRenderedComponent<T> page, string name)
        where T : IComponent => page.FindAll("button").First(b => (b.GetAttribute("aria-label") ?? b.TextContent.Trim()) == name);
}
