using Bunit;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Settings;
using CrmPortal.Layout;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Layout;

public sealed class SettingsColumnTests : CrmPageTest
{
    [Fact]
    public async Task Column_OfAnAdministrator_HasEveryGroupInItsOrder_AndMarksThePageThatIsOpen()
    {
        await SignInAsync(RoleNames.Administrator);

        var column = Render<SettingsColumn>(p => p.Add(x => x.Path, "/settings/users/new"));

        Assert.Equal(NavigationMap.All.Where(e => e.Place == NavigationPlace.Settings).OrderBy(e => e.Group).ThenBy(e => e.Order)
            .Select(e => e.Address), column.FindAll("a").Select(a => a.GetAttribute("href")));
        Assert.Equal("Users", column.Find("[aria-current=page] span").TextContent);
        Assert.All(column.FindAll("ul"), list => Assert.NotEmpty(column.Find("#" + list.GetAttribute("aria-labelledby")).TextContent));
    }

    [Fact]
    public async Task Column_OfSomebodyWhoEditsTags_HasTheirPagesAlone()
    {
        await SignInWithAsync(Permissions.TagsEdit);

        var page = Render<SettingsPage>();

        Assert.Equal(["/settings/tags"], page.FindAll("a").Select(a => a.GetAttribute("href")));
    }
}
