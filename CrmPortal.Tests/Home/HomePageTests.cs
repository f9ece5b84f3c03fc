using Bunit;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Home;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Home;

public sealed class HomePageTests : CrmPageTest
{
    [Fact]
    public async Task Open_AsStaff_CountsCustomers_AndLeadsToThem()
    {
        await SignInAsync(RoleNames.Manager);
        await using var manager = await Data.AsRoleAsync(RoleNames.Manager);
        await manager.Customers.CreateAsync(new() { GivenName = "Ada", FamilyName = "Lovelace" }, CancellationToken.None);
        var vip = await manager.Customers.CreateAsync(new() { GivenName = "Grace" }, CancellationToken.None);
        await manager.Customers.SetVipAsync(vip.Customer.Id, true, null, CancellationToken.None);

        var page = Render<HomePage>();

        page.WaitForAssertion(() => Assert.Equal(["2", "2", "1", "0"], page.FindAll(".tile strong").Select(t => t.TextContent)));
        Assert.Equal("/customers?filter=vip%3Ayes", page.FindAll(".tile")[2].GetAttribute("href"));
        Assert.Equal(["Grace", "Ada Lovelace"], page.FindAll(".person a").Select(a => a.TextContent));
    }

    [Fact]
    public async Task Open_WithoutTheCustomersPermission_ShowsNoneOfThem()
    {
        await SignInAsync(RoleNames.Customer);

        var page = Render<HomePage>();

        Assert.Empty(page.FindAll(".tile"));
        Assert.Contains("An administrator can give it a role.", page.Markup, StringComparison.Ordinal);
    }
}
