using Bunit;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Waiting;
using CrmPortal.Layout;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Layout;

public sealed class NavMenuTests : CrmPageTest
{
    [Theory]
    [InlineData(RoleNames.Staff, "/loyalty/rewards", "/loyalty/rewards")]
    [InlineData(RoleNames.Staff, "/loyalty/rewards", "/loyalty/programme")]
    [InlineData(RoleNames.Staff, "/loyalty/rewards", "/loyalty/redemptions?q=A1")]
    [InlineData(RoleNames.SupportAgent, "/loyalty/rewards", "/loyalty/adjustments")]
    [InlineData(RoleNames.Manager, "/loyalty", "/loyalty/what-if")]
    public async Task Loyalty_IsMarked_OnEveryOfItsPages(string role, string opens, string page)
    {
        await SignInAsync(role);
        Services.GetRequiredService<NavigationManager>().NavigateTo(page);

        var marked = Assert.Single(Render<NavMenu>().FindAll(".side [aria-current=page]"));

        Assert.Equal(("Loyalty", opens), (marked.TextContent.Trim(), marked.GetAttribute("href")));
    }

    [Fact]
    public async Task Loyalty_IsNotMarked_Elsewhere()
    {
        await SignInAsync(RoleNames.Staff);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/orders");

        Assert.Equal("Orders", Assert.Single(Render<NavMenu>().FindAll(".side [aria-current=page]")).TextContent.Trim());
    }

    [Fact]
    public async Task WhatWaits_IsCountedBesideItsArea_AsItComesAndGoes()
    {
        var ada = await Data.AddCustomerAsync();
        await using var agent = await Data.AsRoleAsync(RoleNames.SupportAgent);
        await using var other = await Data.AsRoleAsync(RoleNames.Manager);
        await SignInAsync(RoleNames.Manager);
        var menu = Render<NavMenu>();
        Assert.Empty(menu.FindAll(".nav-count"));
        var asked = await agent.Get<LedgerService>().AdjustAsync(new() { CustomerId = ada.Id, Points = 50_000, Reason = "Sorry" }, null,
            default);

        await TellAsync();
        menu.WaitForAssertion(() => Assert.Equal("1", menu.Find(".side .nav-link[href='/loyalty'] .nav-count").TextContent));
        // The name of the link stays what it is; the count describes it.
        var described = menu.Find(".side .nav-link[href='/loyalty']").GetAttribute("aria-describedby");
        Assert.Equal("1 waiting for you", menu.Find($"[id='{described}']").TextContent);
        Assert.Single(menu.FindAll(".nav-count[aria-hidden=true]"));

        await other.Get<LedgerService>().RejectAsync(asked!.Request!.Id, "No", default);
        await TellAsync();
        menu.WaitForAssertion(() => Assert.Empty(menu.FindAll(".nav-count")));

        async Task TellAsync()
        {
            await Data.DispatchAsync();
            await Task.Yield();
            menu.Render();
            Data.Clock.Advance(TimeSpan.FromSeconds(2));
        }
    }

    [Fact]
    public async Task WhatWaits_IsNotAskedFor_ByThoseWhoMayDoNothingOfIt()
    {
        await SignInAsync(RoleNames.Staff);
        Render<NavMenu>();
        Commands.Clear();

        Assert.Empty(await Services.GetRequiredService<WaitingService>().ListAsync(Xunit.TestContext.Current.CancellationToken));

        // Who it is, which is read beside them, and nothing else.
        Assert.Equal(0, Commands.Count);
    }

    [Theory]
    [InlineData(RoleNames.Administrator, true)]
    [InlineData(RoleNames.Manager, true)]
    [InlineData(RoleNames.Staff, false)]
    public async Task Settings_AreOneEntryAtTheEnd_ThatOpensTheFirstPageTheUserMayOpen(string role, bool hasSettings)
    {
        await SignInAsync(role);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/settings/tags");

        var last = Render<NavMenu>().FindAll(".side nav a.nav-link")[^1];

        Assert.Equal(hasSettings, last.TextContent.Trim() == "Settings");
        if (!hasSettings) return;
        var first = NavigationMap.All.First(e => e.Place == NavigationPlace.Settings
            && Permissions.DefaultRoles[role].Contains(e.Permission!));
        Assert.Equal((first.Address, "page"), (last.GetAttribute("href"), last.GetAttribute("aria-current")));
    }

    [Fact]
    public async Task Shortcuts_OfSettings_WorkFromEverywhere()
    {
        await SignInAsync(RoleNames.Administrator);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/");

        var goes = Render<NavMenu>().FindAll(".side [data-go]").Select(a => a.GetAttribute("data-go")).ToList();

        Assert.Equal(NavigationMap.All.Where(e => e.Place != NavigationPlace.Area && e.Key is not null).Select(e => e.Key).Order(),
            goes.Order());
    }
}
