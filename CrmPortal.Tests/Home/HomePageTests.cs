using Bunit;
using CrmPortal.Core.Access;
using CrmPortal.Features.Home;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Home;

public sealed class HomePageTests : CrmPageTest
{
    [Fact]
    public async Task Open_AsStaff_HasAHeading()
    {
        await SignInAsync(RoleNames.Staff);

        var page = Render<HomePage>();

        Assert.Single(page.FindAll("h1"));
    }
}
