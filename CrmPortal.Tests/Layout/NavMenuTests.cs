using Bunit;
using CrmPortal.Core.Platform.Access;
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

        Assert.Equal(NavigationMap.All.Where(e => e.Place != NavigationPlace.Area).Select(e => e.Key).Order(), goes.Order());
    }
}
