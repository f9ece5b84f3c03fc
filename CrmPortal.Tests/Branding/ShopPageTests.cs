using Bunit;
using CrmPortal.Core.Branding;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Features.Settings;
using CrmPortal.Layout;
using CrmPortal.Layout.Theme;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Branding;

public sealed class ShopPageTests : CrmPageTest
{
    [Fact]
    public async Task Name_ThatIsSaved_IsTheMenus_AndTheColourThatOfTheSheet()
    {
        await SignInAsync(RoleNames.Administrator);
        var before = await Services.GetRequiredService<ThemeSheet>().AddressAsync();
        var page = Render<ShopPage>();
        Assert.True(page.WaitForElement("form button").HasAttribute("disabled"));

        await page.Find("#shop-name").InputAsync(new ChangeEventArgs { Value = "Tea & Co" });
        await page.Find("input[type=checkbox]").ChangeAsync(new ChangeEventArgs { Value = true });
        await page.Find("#shop-colour").ChangeAsync(new ChangeEventArgs { Value = "#ffd400" });
        Assert.Contains("too pale", page.Find("#shop-colour-hint").TextContent, StringComparison.Ordinal);
        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.True(page.Find("form button").HasAttribute("disabled")));
        Assert.Equal("Tea & Co", Render<NavMenu>().Find(".brand").TextContent);
        Assert.NotEqual(before, await Services.GetRequiredService<ThemeSheet>().AddressAsync());
    }

    [Fact]
    public async Task Logo_OfTheShop_IsShownInTheMenu()
    {
        await SignInAsync(RoleNames.Administrator);
        Services.GetRequiredService<ShopIdentity>().Set(new("Tea & Co", null, new("image/png", [1, 2, 3])));

        var mark = Render<BrandMark>();

        Assert.Equal($"/brand/{new ShopLogo("image/png", [1, 2, 3]).Hash}", mark.Find("img").GetAttribute("src"));
        Assert.Contains("Remove the logo", Render<ShopPage>().Markup, StringComparison.Ordinal);
        Assert.Equal(200 * 1024, ShopBrandService.LargestLogo);
    }
}
