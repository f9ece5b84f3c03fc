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
}
