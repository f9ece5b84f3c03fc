using System.Net;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.SelfService;

/// <summary>A customer changes the e-mail to sign in with: by password, and by a link to the new address.</summary>
public sealed class SignInEmailTests
{
    private const string New = "ada.new@example.com";
    private const string Api = "/api/customers/customers/me/email";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_ConfirmsANewEmail_AndSignsInWithIt(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        var (here, elsewhere) = (await shop.BrowserOfAsync(shop.Ada), await shop.BrowserOfAsync(shop.Ada));

        var wrong = await OwnShop.ReadAsync(await AskAsync(here, New, "not this sentence"));
        Assert.NotNull(wrong.QuerySelector("#email-password-error"));
        Assert.NotNull(wrong.QuerySelector("details[open] #email-address"));
        Assert.Empty(shop.Accounts.Mails.All);
        foreach (var bad in new[] { "nonsense", "", shop.Ada.Email.ToUpperInvariant() })
        {
            var refused = await OwnShop.ReadAsync(await AskAsync(here, bad, AccountApp.Password));
            Assert.NotNull(refused.QuerySelector("#email-address-error"));
        }

        using (var asked = await AskAsync(here, New, AccountApp.Password))
            Assert.Equal("/my/profile?done=asked", PathOf(asked));
        var link = await shop.Accounts.LinkToAsync(New);
        var note = Assert.Single(shop.Accounts.Mails.All, m => m.To == shop.Ada.Email);
        Assert.DoesNotContain(New, note.Text, StringComparison.OrdinalIgnoreCase);
        // To look at the link changes nothing, and a wrong password neither.
        Assert.Contains(New, (await OwnShop.PageAsync(shop.Accounts.OpenBrowser(), link)).Body!.TextContent, StringComparison.Ordinal);
        var stranger = await OwnShop.ReadAsync(await ConfirmAsync(shop.Accounts.OpenBrowser(), link, "whatever it may be"));
        Assert.NotNull(stranger.QuerySelector("#input-password-error"));
        Assert.Equal((shop.Ada.Email, "Ada@example.com"), await EmailsAsync(shop));

        using (var confirmed = await ConfirmAsync(here, link, AccountApp.Password))
            Assert.Equal("/my/profile?done=email", PathOf(confirmed));
        Assert.Equal((New, New), await EmailsAsync(shop));
        var customer = await shop.Accounts.ReadAsync(db => db.Customers.SingleAsync(c => c.Id == shop.Ada.Id, Token));
        Assert.NotNull(customer.EmailVerifiedAt);
        Assert.True(await here.IsSignedInAsync());
        Assert.False(await elsewhere.IsSignedInAsync());
        using (await elsewhere.SignInAsync(shop.Ada.Email, AccountApp.Password)) Assert.False(await elsewhere.IsSignedInAsync());
        using (await elsewhere.SignInAsync(New, AccountApp.Password)) Assert.True(await elsewhere.IsSignedInAsync());
        Assert.Contains(New, (await OwnShop.PageAsync(elsewhere, "/my/profile")).QuerySelector("#email-title")!.ParentElement!.TextContent,
            StringComparison.Ordinal);

        // A link is good once, and the history says whose work it was.
        Assert.Null((await OwnShop.PageAsync(shop.Accounts.OpenBrowser(), link)).QuerySelector("input[type=password]"));
        Assert.Equal((shop.Ada.UserId, "Ada"), await shop.Accounts.ReadAsync(db => db.AuditEntries.Where(e => e.CustomerId == shop.Ada.Id
            && e.ChangeSet!.Kind == "customer.account.email").Select(e => new ValueTuple<long, string>(e.ChangeSet!.ActorId ?? 0,
            e.ChangeSet.ActorName)).FirstAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Address_OfAnotherAccount_IsAnsweredAlike_AndItsOwnerIsTold(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        var browser = await shop.BrowserOfAsync(shop.Ada);

        using var free = await AskAsync(browser, New, AccountApp.Password);
        using var taken = await AskAsync(browser, shop.Bob.Email, AccountApp.Password);

        Assert.Equal((free.StatusCode, free.Headers.Location), (taken.StatusCode, taken.Headers.Location));
        var told = await shop.Accounts.LinkToAsync(shop.Bob.Email);
        Assert.Equal("/account/login", told);
        Assert.DoesNotContain("Ada", shop.Accounts.Mails.All.Single(m => m.To == shop.Bob.Email).Text, StringComparison.Ordinal);
        Assert.Equal(2, shop.Accounts.Mails.All.Count(m => m.To == shop.Ada.Email));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Address_OfAnotherRecord_IsKeptAsAFurtherOne(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        await using (var system = shop.App.AsSystem())
            await system.Customers.CreateAsync(new() { GivenName = "Twin", Email = New }, Token);
        var browser = await shop.BrowserOfAsync(shop.Ada);
        using (await AskAsync(browser, New, AccountApp.Password))
        using (await ConfirmAsync(browser, await shop.Accounts.LinkToAsync(New), AccountApp.Password))
            Assert.Equal((New, "Ada@example.com"), await EmailsAsync(shop));

        var point = await shop.Accounts.ReadAsync(db => db.ContactPoints.SingleAsync(p => p.CustomerId == shop.Ada.Id, Token));
        Assert.Equal((ContactKind.Email, New, true), (point.Kind, point.Value, point.VerifiedAt is not null));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Link_ThatIsTooOld_OrFromBeforeANewPassword_OrOfWhoIsBlocked_ChangesNothing(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        var browser = await shop.BrowserOfAsync(shop.Ada);
        using (await AskAsync(browser, New, AccountApp.Password)) { }
        var old = await shop.Accounts.LinkToAsync(New);
        shop.Accounts.Clock.Advance(TimeSpan.FromHours(25));
        Assert.False(await IsGoodAsync(shop, old));

        using (await AskAsync(browser, New, AccountApp.Password)) { }
        var before = await shop.Accounts.LinkToAsync(New);
        Assert.True(await IsGoodAsync(shop, before));
        using (await browser.SubmitAsync("/account", "password", new()
        {
            ["Password.CurrentPassword"] = AccountApp.Password, ["Password.NewPassword"] = "another long sentence",
        })) Assert.False(await IsGoodAsync(shop, before));

        using (await AskAsync(browser, New, "another long sentence")) { }
        var link = await shop.Accounts.LinkToAsync(New);
        var form = await OwnShop.PageAsync(shop.Accounts.OpenBrowser(), link);
        Assert.NotNull(form.QuerySelector("input[type=password]"));
        await shop.AsStaffAsync(staff => staff.Customers.BlockAsync(shop.Ada.Id, "Fraud", Token));
        using (var late = await ConfirmAsync(shop.Accounts.OpenBrowser(), link, "another long sentence"))
            Assert.Equal(HttpStatusCode.OK, late.StatusCode);
        Assert.Equal((shop.Ada.Email, "Ada@example.com"), await EmailsAsync(shop));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Program_AsksForTheSame_AndNotForEver(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        var user = await shop.Accounts.ReadAsync(db => db.Users.SingleAsync(u => u.Id == shop.Ada.UserId, Token));
        using var client = await shop.App.ClientAsAsync(user);
        using var staff = await shop.App.ClientAsAsync(RoleNames.Administrator);

        Assert.NotNull((await (await client.SendAsync(HttpMethod.Post, Api, Body(New, "no sentence of mine")))
            .ProblemAsync(HttpStatusCode.BadRequest))["errors"]!["password"]);
        Assert.NotNull((await (await client.SendAsync(HttpMethod.Post, Api, Body("nobody", AccountApp.Password)))
            .ProblemAsync(HttpStatusCode.BadRequest))["errors"]!["email"]);
        await (await staff.SendAsync(HttpMethod.Post, Api, Body(New, AccountApp.Password))).ProblemAsync(HttpStatusCode.Forbidden);

        for (var i = 0; i < SignInGuard.MostMails; i++)
        {
            var address = i % 2 == 0 ? New : shop.Bob.Email;
            Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Post, Api, Body(address, AccountApp.Password))).StatusCode);
        }

        Assert.Contains("try again later", (string)(await (await client.SendAsync(HttpMethod.Post, Api, Body(New, AccountApp.Password)))
            .ProblemAsync(HttpStatusCode.BadRequest))["detail"]!, StringComparison.Ordinal);
        using var confirmed = await ConfirmAsync(shop.Accounts.OpenBrowser(), await shop.Accounts.LinkToAsync(New), AccountApp.Password);
        Assert.Equal("/account/login?done=email", PathOf(confirmed));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/customers/customers/me", Token)).StatusCode);
    }

    private static Task<HttpResponseMessage> AskAsync(AccountBrowser browser, string email, string password) =>
        browser.SubmitAsync("/my/profile", "email", new() { ["Email.Address"] = email, ["Email.Password"] = password });

    private static Task<HttpResponseMessage> ConfirmAsync(AccountBrowser browser, string link, string password) =>
        browser.SubmitAsync(link, "confirm", new() { ["Input.Password"] = password });

    private static async Task<bool> IsGoodAsync(OwnShop shop, string link) =>
        (await OwnShop.PageAsync(shop.Accounts.OpenBrowser(), link)).QuerySelector("input[type=password]") is not null;

    /// <summary>What Ada signs in with, and what her record says.</summary>
    private static Task<(string SignIn, string? Record)> EmailsAsync(OwnShop shop) => shop.Accounts.ReadAsync(async db =>
        (await db.Users.Where(u => u.Id == shop.Ada.UserId).Select(u => u.Email).SingleAsync(Token),
            await db.Customers.Where(c => c.Id == shop.Ada.Id).Select(c => c.Email).SingleAsync(Token)));

    private static string PathOf(HttpResponseMessage answer) => new Uri(new("https://localhost"), answer.Headers.Location!).PathAndQuery;

    private static string Body(string email, string password) => $$"""{"email":"{{email}}","password":"{{password}}"}""";
}
