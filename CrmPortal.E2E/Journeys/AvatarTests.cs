using System.Globalization;
using System.Text;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.E2E.Support;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>A customer's picture: chosen, shown, refused where it is none, taken away and brought back.</summary>
public sealed class AvatarTests(Site site) : BrowserTest(site)
{
    /// <summary>24 by 16 points.</summary>
    private static readonly byte[] Picture = TestFiles.Png;

    [Fact]
    public async Task Staff_ChoosesAPicture_TakesItAway_AndBringsItBack()
    {
        var page = await OpenAsync(RoleNames.Staff, await AddCustomerAsync("Jo", "March"));
        var shown = page.Locator(".avatar-box img.avatar");
        await Expect(page.Locator(".avatar-box span.avatar")).ToHaveTextAsync("JM");

        await ChooseAsync(page, "jo.png", "image/png", Picture);
        await Expect(shown).ToHaveAttributeAsync("alt", "Picture of Jo March");
        await page.WaitForFunctionAsync("() => document.querySelector('.avatar-box img.avatar')?.naturalWidth === 24");
        await PictureAsync(page, "shown");
        // Somebody else sees it too.
        var other = await OpenAsync(RoleNames.SupportAgent, new Uri(page.Url).AbsolutePath, width: Narrow);
        await Expect(other.Locator(".avatar-box img.avatar")).ToBeVisibleAsync();

        await page.Locator("summary[aria-label='Picture']").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove the picture" }).ClickAsync();
        await Expect(shown).ToHaveCountAsync(0);
        await page.Locator(".toast").Last.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(shown).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('.avatar-box img.avatar')?.naturalWidth === 24");

        // What is removed for good goes for the other too.
        await page.Locator("summary[aria-label='Picture']").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove the picture" }).ClickAsync();
        await Expect(other.Locator(".avatar-box img.avatar")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task WhatIsNoPicture_IsRefused_WithASentence_AndTheOldOneStays()
    {
        var page = await OpenAsync(RoleNames.Staff, await AddCustomerAsync("Amy", "March"));
        await ChooseAsync(page, "amy.png", "image/png", Picture);
        var shown = page.Locator(".avatar-box img.avatar");
        await Expect(shown).ToBeVisibleAsync();
        var before = await shown.GetAttributeAsync("src");

        (string Name, byte[] Content, string Says)[] files =
        [
            ("page.png", Encoding.UTF8.GetBytes("<!doctype html><script>document.title = 'taken'</script>"),
                "Choose a picture: JPEG, PNG or WebP."),
            ("drawing.svg",
                Encoding.UTF8.GetBytes("<svg xmlns='http://www.w3.org/2000/svg'><script>document.title = 'taken'</script></svg>"),
                "Choose a picture: JPEG, PNG or WebP."),
            ("cut.png", Picture[..80], "This picture is damaged or incomplete."),
            ("empty.png", [], "Choose a picture: JPEG, PNG or WebP."),
            ("large.png", [.. Picture, .. new byte[AvatarService.LargestBytes]], "2 MB"),
        ];
        foreach (var (name, content, says) in files)
        {
            await ChooseAsync(page, name, "image/png", content);
            await Expect(page.Locator(".toast").Last).ToContainTextAsync(says);
            await page.Locator(".toast").Last.GetByRole(AriaRole.Button, new() { Name = "Dismiss" }).ClickAsync();
            await Expect(page.Locator(".toast", new() { HasText = says })).ToHaveCountAsync(0);
            Assert.Equal(before, await shown.GetAttributeAsync("src"));
        }

        Assert.DoesNotContain("taken", await page.TitleAsync(), StringComparison.Ordinal);
        await page.ReloadAsync();
        await WaitUntilUsableAsync(page);
        await Expect(shown).ToHaveAttributeAsync("src", before!);
    }

    [Fact]
    public async Task WhoMayOnlyLook_HasNoWayToChangeThePicture()
    {
        var customer = await AddCustomerAsync("Meg", "March");
        var email = await AddLookerAsync();
        var page = await OpenAsync(null, "/account/login");
        await Site.SignInAsync(page, email, Site.Password);
        await Expect(page).ToHaveURLAsync(Site.Url + "/");
        await GoAsync(page, customer);

        await Expect(page.Locator(".avatar-box span.avatar")).ToHaveTextAsync("MM");
        await Expect(page.Locator("summary[aria-label='Picture']")).ToHaveCountAsync(0);
        await Expect(page.Locator("input[type=file]")).ToHaveCountAsync(0);
    }

    private static async Task ChooseAsync(IPage page, string name, string type, byte[] content)
    {
        await page.Locator("summary[aria-label='Picture']").ClickAsync();
        await ChooseFilesAsync(page, ".avatar-box input[type=file]", new FilePayload { Name = name, MimeType = type, Buffer = content });
        await page.Keyboard.PressAsync("Escape");
    }

    /// <summary>An account whose role sees customers and no more.</summary>
    private async Task<string> AddLookerAsync()
    {
        var token = TestContext.Current.CancellationToken;
        await using var scope = Site.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("tests"));
        var name = $"Looker {Guid.NewGuid():N}"[..16];
        await using (var db = scope.ServiceProvider.GetRequiredService<IDatabaseProvider>().CreateContext(null))
        {
            db.Roles.Add(new Role { Name = name, NormalizedName = User.Normalize(name), Permissions = [Permissions.CustomersView] });
            await db.SaveChangesAsync(token);
        }

        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var email = $"{name.Replace(' ', '.').ToLowerInvariant()}@test.example";
        var user = new User { UserName = email, Email = email, EmailConfirmed = true, DisplayName = name };
        Assert.True((await users.CreateAsync(user, Site.Password)).Succeeded);
        Assert.True((await users.AddToRoleAsync(user, name)).Succeeded);
        return email;
    }
}
