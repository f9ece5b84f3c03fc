using System.Buffers.Binary;
using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.E2E.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

public sealed class SignInTests(Site site) : BrowserTest(site)
{
    [Theory]
    [InlineData(RoleNames.Administrator, true, true)]
    [InlineData(RoleNames.Manager, true, false)]
    [InlineData(RoleNames.SupportAgent, true, false)]
    [InlineData(RoleNames.Staff, true, false)]
    public async Task SignIn_EachRole_SeesItsWorkAndSignsOut(string role, bool seesCustomers, bool seesUsers)
    {
        Expecting("40[13]");
        var page = await OpenAsync(null, "/account/login");
        await Site.SignInAsync(page, Site.Accounts[role], Site.Password);
        await Expect(page).ToHaveURLAsync(Site.Url + "/");
        await WaitUntilUsableAsync(page);

        var menu = page.Locator("nav.tabbar, .side nav").First;
        await Expect(menu.GetByRole(AriaRole.Link, new() { Name = "Customers" })).ToHaveCountAsync(seesCustomers ? 1 : 0);
        await Expect(page.Locator(".side [href='/settings/users']")).ToHaveCountAsync(seesUsers ? 1 : 0);
        await PictureAsync(page, role);

        await page.Locator("summary").Filter(new() { HasText = "Your menu:" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/account/login"));
        await page.GotoAsync(Site.Url + "/customers");
        await Expect(page).ToHaveURLAsync(new Regex("/account/login"));
    }

    [Fact]
    public async Task PasswordHash_OfAUser_TakesManyRounds()
    {
        await using var db = Site.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        var hash = Convert
            .FromBase64String((await db.Users.Select(u => u.PasswordHash)
            .FirstAsync(h => h != null, TestContext.Current.CancellationToken))!);

        // The third form of Identity's hashes: a mark, the function, the number of rounds, each as four bytes but for the mark.
        Assert.Equal(1, hash[0]);
        Assert.True(BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(5)) >= 100_000);
    }

    [Fact]
    public async Task SignIn_WrongPassword_SaysNothingAboutWhichWasWrong()
    {
        var page = await OpenAsync(null, "/account/login");

        await Site.SignInAsync(page, Site.Accounts[RoleNames.Staff], "wrong");
        var known = await page.Locator(".notice-error").TextContentAsync();
        await Site.SignInAsync(page, "nobody@demo.example", "wrong");
        var unknown = await page.GetByRole(AriaRole.Alert).First.TextContentAsync();

        Assert.False(string.IsNullOrWhiteSpace(known));
        Assert.Equal(known, unknown);
    }

    [Fact]
    public async Task Open_PageThatNeedsASignIn_ComesBackToItAfterwards()
    {
        var page = await OpenAsync(null, "/account/login");
        await page.GotoAsync(Site.Url + "/customers?q=a");
        await Expect(page).ToHaveURLAsync(new Regex("/account/login"));

        await Site.SignInAsync(page, Site.Accounts[RoleNames.Staff], Site.Password);

        await Expect(page).ToHaveURLAsync(new Regex("/customers\\?q=a"));
        await WaitUntilUsableAsync(page);
    }
}
