using System.Globalization;
using System.Net;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.SelfService;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.SelfService;

/// <summary>Staff look at a customer's account, invite to it, disable it and enable it again; the customer chooses the password.</summary>
public sealed class CustomerAccountTests
{
    private const string Email = "ada@example.com";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_WhoIsInvited_ChoosesAPassword_AndReachesTheirPages(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        using var staff = await accounts.App.ClientAsAsync(RoleNames.SupportAgent);
        var id = await AddAsync(staff);
        Assert.Equal("none", await StateAsync(staff, id));

        var invited = await (await PostAsync(staff, id, "invite")).ReadAsync();
        Assert.Equal(("invited", Email, accounts.Clock.GetUtcNow().AddDays(3)), ((string)invited["state"]!, (string)invited["email"]!,
            Instant(invited["invitation_ends_at"]!, accounts)));
        Assert.StartsWith("User ", (string)invited["invited_by"]!, StringComparison.Ordinal);
        // Nobody signs in before the link was used, with whatever password.
        var browser = accounts.OpenBrowser();
        using (await browser.SignInAsync(Email, AccountApp.Password)) Assert.False(await browser.IsSignedInAsync());

        var link = await accounts.LinkToAsync(Email);
        // Programs that look through mails follow links: that does nothing.
        using (var looked = await browser.Http.GetAsync(link, Token)) Assert.Equal(HttpStatusCode.OK, looked.StatusCode);
        Assert.Equal("invited", await StateAsync(staff, id));
        var weak = await OwnShop.ReadAsync(await browser.SubmitAsync(link, "set-password", new() { ["Input.Password"] = "short" }));
        Assert.NotNull(weak.QuerySelector("#input-password-error"));
        using (var chosen = await browser.SubmitAsync(link, "set-password", new() { ["Input.Password"] = AccountApp.Password }))
            Assert.EndsWith("/account/login?done=password", chosen.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using (await browser.SignInAsync(Email, AccountApp.Password)) Assert.True(await browser.IsSignedInAsync());
        Assert.Contains("Ada", (await OwnShop.PageAsync(browser, "/my")).Body!.TextContent, StringComparison.Ordinal);

        var active = await (await staff.GetAsync(Path(id), Token)).ReadAsync();
        Assert.Equal(("active", accounts.Clock.GetUtcNow(), null), ((string)active["state"]!, Instant(active["last_sign_in_at"]!, accounts),
            active["invitation_ends_at"]));
        Assert.NotNull(await accounts.ReadAsync(db => db.Customers.Where(c => c.Id == id).Select(c => c.EmailVerifiedAt)
            .SingleAsync(Token)));
        // The link is used up, and who has an account is not invited again.
        using (var late = await browser.Http.GetAsync(link, Token))
            Assert.Contains("has expired", await late.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal("This customer has an account already.", await RefusedAsync(await PostAsync(staff, id, "invite")));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task SecondInvitation_ReplacesTheFirst_AndALinkEnds(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        using var staff = await accounts.App.ClientAsAsync(RoleNames.Staff);
        var id = await AddAsync(staff);
        await PostAsync(staff, id, "invite");
        var first = await accounts.LinkToAsync(Email);

        Assert.Contains("less than a minute ago", await RefusedAsync(await PostAsync(staff, id, "invite")), StringComparison.Ordinal);
        accounts.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(staff, id, "invite")).StatusCode);
        var second = await accounts.LinkToAsync(Email);
        Assert.False(await IsGoodAsync(accounts, first));
        Assert.True(await IsGoodAsync(accounts, second));
        Assert.Equal(1, await accounts.ReadAsync(db => db.Users.CountAsync(u => u.CustomerId == id, Token)));

        accounts.Clock.Leap(TimeSpan.FromDays(3));
        Assert.False(await IsGoodAsync(accounts, second));
        // An invitation that nobody took up is no registration: neither it nor the record is cleared away.
        accounts.Clock.Leap(RegistrationService.Patience);
        await using (var system = accounts.App.AsSystem()) await system.Get<RegistrationService>().RemoveUnconfirmedAsync(Token);
        using var later = await accounts.App.ClientAsAsync(RoleNames.Staff);
        Assert.Equal("invited", await StateAsync(later, id));
        await PostAsync(later, id, "invite");
        Assert.True(await IsGoodAsync(accounts, await accounts.LinkToAsync(Email)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Two_WhoInviteAtOnce_SendOneLink_WhichIsGood(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        using var one = await accounts.App.ClientAsAsync(RoleNames.Staff);
        using var other = await accounts.App.ClientAsAsync(RoleNames.Manager);
        var id = await AddAsync(one);

        var answers = await Task.WhenAll(PostAsync(one, id, "invite"), PostAsync(other, id, "invite"));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.BadRequest], answers.Select(a => a.StatusCode).Order());
        Assert.True(await IsGoodAsync(accounts, await accounts.LinkToAsync(Email)));
        Assert.Single(accounts.Mails.All, m => m.To == Email);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Disabling_EndsEverySessionAtOnce_AndEnablingOpensNoneOfThem(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        using var staff = await shop.App.ClientAsAsync(RoleNames.SupportAgent);
        var browser = await shop.BrowserOfAsync(shop.Ada);
        var user = await shop.Accounts.ReadAsync(db => db.Users.SingleAsync(u => u.Id == shop.Ada.UserId, Token));
        using var program = await shop.App.ClientAsAsync(user);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/customers/customers/me", Token)).StatusCode);

        Assert.Equal("disabled", (string)(await (await PostAsync(staff, shop.Ada.Id, "disable")).ReadAsync())["state"]!);
        Assert.False(await browser.IsSignedInAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/api/customers/customers/me", Token)).StatusCode);
        using (await browser.SignInAsync(shop.Ada.Email, AccountApp.Password)) Assert.False(await browser.IsSignedInAsync());
        Assert.Contains("Enable it first", await RefusedAsync(await PostAsync(staff, shop.Ada.Id, "invite")), StringComparison.Ordinal);

        Assert.Equal("active", (string)(await (await PostAsync(staff, shop.Ada.Id, "enable")).ReadAsync())["state"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/api/customers/customers/me", Token)).StatusCode);
        Assert.False(await browser.IsSignedInAsync());
        using (await browser.SignInAsync(shop.Ada.Email, AccountApp.Password)) Assert.True(await browser.IsSignedInAsync());
        Assert.Equal("active", await StateAsync(staff, shop.Bob.Id));

        // It is in the customer's history who did it, and what became of the account; it is not undone from there.
        await shop.AsStaffAsync(async scope =>
        {
            var (entries, _) = await scope.Get<HistoryService>().ForCustomerAsync(shop.Ada.Id, null, 10, Token);
            Assert.Equal(["customer.account.enable", "customer.account.disable"], entries.Take(2).Select(e => e.Kind));
            Assert.All(entries.Take(2), e => Assert.False(e.MayUndo));
            var field = Assert.Single(Assert.Single(entries[1].Items).Fields);
            Assert.Equal((Customer.AccountField, "Active", "Disabled"), (field.Name, field.Before, field.After));
            return 0;
        });
        Assert.Equal(2, await shop.Accounts.ReadAsync(db => db.AuditEntries.CountAsync(e => e.EntityType == nameof(User)
            && e.EntityId == shop.Ada.UserId && e.Action == AuditAction.Updated && e.Fields == "DisabledAt", Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Inviting_WhereItCannotBe_IsRefusedWithASentence_AndMailsNothing(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        using var staff = await accounts.App.ClientAsAsync(RoleNames.Manager);
        var colleague = await accounts.AddUserAsync(RoleNames.Staff);
        var bare = (long)(await staff.CreateCustomerAsync("""{"name":"No Mail"}"""))["id"]!;
        var taken = (long)(await staff.CreateCustomerAsync($$"""{"name":"Col League","email":"{{colleague.Email}}"}"""))["id"]!;
        var blocked = await AddAsync(staff);
        await staff.SendAsync(HttpMethod.Patch, $"/api/customers/{blocked}/block", """{"is_blocked":true,"block_reason":"Fraud"}""");
        var gone = (long)(await staff.CreateCustomerAsync("""{"name":"Gone","email":"gone@example.com"}"""))["id"]!;
        await staff.DeleteAsync($"/api/customers/{gone}", Token);

        Assert.Equal("This customer has no e-mail.", await RefusedAsync(await PostAsync(staff, bare, "invite")));
        Assert.Equal("Another account already has this e-mail address.", await RefusedAsync(await PostAsync(staff, taken, "invite")));
        foreach (var action in new[] { "invite", "disable", "enable" })
        {
            Assert.Contains("is blocked", await RefusedAsync(await PostAsync(staff, blocked, action)), StringComparison.Ordinal);
            await (await PostAsync(staff, gone, action)).ProblemAsync(HttpStatusCode.NotFound);
            await (await PostAsync(staff, 987654, action)).ProblemAsync(HttpStatusCode.NotFound);
        }

        await (await staff.GetAsync(Path(gone), Token)).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal("This customer has no account.", await RefusedAsync(await PostAsync(staff, bare, "disable")));
        Assert.Equal("This customer has no account.", await RefusedAsync(await PostAsync(staff, bare, "enable")));
        Assert.Equal((0, 0), (await accounts.ReadAsync(db => db.OutgoingMails.CountAsync(Token)),
            await accounts.ReadAsync(db => db.Users.CountAsync(u => u.CustomerId != null, Token))));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Others_WhoMayNot_AreRefused_AndSeeNoMoreThanTheyMay(DatabaseKind kind)
    {
        await using var shop = await OwnShop.OpenAsync(kind);
        using var staff = await shop.App.ClientAsAsync(RoleNames.Staff);
        var user = await shop.Accounts.ReadAsync(db => db.Users.SingleAsync(u => u.Id == shop.Ada.UserId, Token));
        using var customer = await shop.App.ClientAsAsync(user);

        // Staff at the counter see that there is an account, and not the e-mail; who signs in is for those who may block.
        var seen = await (await staff.GetAsync(Path(shop.Ada.Id), Token)).ReadAsync();
        Assert.Equal("active", (string)seen["state"]!);
        Assert.NotEqual(shop.Ada.Email, (string)seen["email"]!);
        foreach (var action in new[] { "disable", "enable" })
            await (await PostAsync(staff, shop.Ada.Id, action)).ProblemAsync(HttpStatusCode.Forbidden);
        foreach (var action in new[] { "invite", "disable", "enable" })
            await (await PostAsync(customer, shop.Ada.Id, action)).ProblemAsync(HttpStatusCode.Forbidden);
        await (await customer.GetAsync(Path(shop.Ada.Id), Token)).ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Link_ToAnAddressThatIsNoLongerTheCustomers_OpensNothing(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        using var staff = await accounts.App.ClientAsAsync(RoleNames.Manager);
        var id = await AddAsync(staff);
        await PostAsync(staff, id, "invite");
        var link = await accounts.LinkToAsync(Email);

        // It was a typing error, and a stranger has the mail.
        await staff.SendAsync(HttpMethod.Patch, $"/api/customers/{id}", """{"email":"ada.l@example.com"}""");
        Assert.False(await IsGoodAsync(accounts, link));
        await accounts.OpenBrowser().SubmitAsync("/account/forgot-password", "forgot-password", new() { ["Input.Email"] = Email });
        Assert.False(await IsGoodAsync(accounts, await accounts.LinkToAsync(Email)));
        accounts.Clock.Advance(TimeSpan.FromMinutes(2));
        await PostAsync(staff, id, "invite");
        var right = await accounts.LinkToAsync("ada.l@example.com");
        Assert.True(await IsGoodAsync(accounts, right));
        Assert.Equal(["ada.l@example.com"], await accounts.ReadAsync(db => db.Users.Where(u => u.CustomerId == id).Select(u => u.Email)
            .ToListAsync(Token)));

        // Who was blocked meanwhile does not get in by a link from before.
        await staff.SendAsync(HttpMethod.Patch, $"/api/customers/{id}/block", """{"is_blocked":true,"block_reason":"Fraud"}""");
        Assert.False(await IsGoodAsync(accounts, right));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Registering_WithTheEmailOfAnInvitation_TellsNothing_AndReachesTheSameRecord(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        using var staff = await accounts.App.ClientAsAsync(RoleNames.Manager);
        var id = await AddAsync(staff);
        await PostAsync(staff, id, "invite");
        var invitation = await accounts.LinkToAsync(Email);
        var browser = accounts.OpenBrowser();

        var done = await OwnShop.ReadAsync(await browser.SubmitAsync("/account/register", "register", new()
        {
            ["Input.GivenName"] = "Ada", ["Input.Email"] = Email, ["Input.Password"] = AccountApp.Password,
        }));
        Assert.NotNull(done.QuerySelector("main [role=status]"));
        Assert.Equal("none", await StateAsync(staff, id));
        Assert.False(await IsGoodAsync(accounts, invitation));
        // Staff cannot invite to what waits for its owner.
        Assert.Contains("Another account", await RefusedAsync(await PostAsync(staff, id, "invite")), StringComparison.Ordinal);

        using (await browser.SubmitAsync(await accounts.LinkToAsync(Email), "confirm", new() { ["Input.Password"] = AccountApp.Password }))
        using (await browser.SignInAsync(Email, AccountApp.Password)) Assert.True(await browser.IsSignedInAsync());
        Assert.Equal("active", await StateAsync(staff, id));
    }

    private static async Task<long> AddAsync(HttpClient staff) =>
        (long)(await staff.CreateCustomerAsync($$"""{"name":"Ada Lovelace","email":"{{Email}}"}"""))["id"]!;

    private static async Task<string> StateAsync(HttpClient staff, long id) =>
        (string)(await (await staff.GetAsync(Path(id), Token)).ReadAsync())["state"]!;

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, long id, string action) =>
        client.SendAsync(HttpMethod.Post, $"{Path(id)}/{action}");

    private static async Task<string> RefusedAsync(HttpResponseMessage answer) =>
        (string)(await answer.ProblemAsync(HttpStatusCode.BadRequest))["detail"]!;

    private static async Task<bool> IsGoodAsync(AccountApp accounts, string link)
    {
        var page = await OwnShop.PageAsync(accounts.OpenBrowser(), link);
        return page.QuerySelector("input[type=password]") is not null;
    }

    /// <summary>An instant of an answer; those of the databases are coarser than the clock.</summary>
    private static DateTimeOffset Instant(System.Text.Json.Nodes.JsonNode value, AccountApp accounts)
    {
        var (told, now) = (DateTimeOffset.Parse((string)value!, CultureInfo.InvariantCulture), accounts.Clock.GetUtcNow());
        return told.AddTicks(now.Ticks % TimeSpan.TicksPerSecond - told.Ticks % TimeSpan.TicksPerSecond);
    }

    private static string Path(long id) => string.Create(CultureInfo.InvariantCulture, $"/api/customers/{id}/account");
}
