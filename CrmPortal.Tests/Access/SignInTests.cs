using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Access;

public sealed class SignInTests
{
    private const string Refusal = "E-mail or password is wrong.";

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task SignIn_RightPassword_OpensSession_AndSignOutEndsIt(DatabaseKind kind)
    {
        await using var app = await AccountApp.StartAsync(kind);
        var user = await app.AddUserAsync(RoleNames.Staff);
        var browser = app.OpenBrowser();

        using var answer = await browser.SignInAsync(user.Email, AccountApp.Password);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("__Host-crm=", StringComparison.Ordinal));
        Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.True(await browser.IsSignedInAsync());

        var html = await browser.Http.GetStringAsync("/account");
        var token = System.Text.RegularExpressions.Regex.Match(html, "__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = token });
        using var signedOut = await browser.Http.PostAsync("/account/logout", form);
        Assert.False(await browser.IsSignedInAsync());
        Assert.NotNull(await app.ReadAsync(db => db.Sessions.Where(s => s.UserId == user.Id).Select(s => s.RevokedAt).SingleAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task SignIn_ThatSucceeds_IsInTheAuditLog_WithWhoAndHow_AndFoundByItsFilters(DatabaseKind kind)
    {
        await using var app = await AccountApp.StartAsync(kind);
        var user = await app.AddUserAsync(RoleNames.Staff);
        using (await app.OpenBrowser().SignInAsync(user.Email, "wrong wrong wrong")) { }
        using (await app.OpenBrowser().SignInAsync(user.Email, AccountApp.Password)) { }
        using (await app.OpenBrowser().Http.PostAsJsonAsync("/api/auth/login",
            new { email = user.Email, password = AccountApp.Password })) { }

        var rows = await app.ReadAsync(db => db.AuditEntries.Include(e => e.ChangeSet).Where(e => e.Action == AuditAction.SignedIn)
            .OrderBy(e => e.Id).ToListAsync());
        Assert.Equal(2, rows.Count);
        Assert.All(rows, r => Assert.Equal(("SignIn", user.Id, (long?)user.Id, "Password", null),
            (r.EntityType, r.EntityId, r.ChangeSet!.ActorId, r.Fields, r.Values)));
        Assert.Equal([ActorOrigin.Browser, ActorOrigin.Api], rows.Select(r => r.ChangeSet!.Origin));

        var administrator = await app.AddUserAsync(RoleNames.Administrator);
        var browser = app.OpenBrowser();
        using (await browser.SignInAsync(administrator.Email, AccountApp.Password)) { }
        foreach (var filter in new[] { "deed=SignedIn", $"person={user.Id}", "kind=SignIn" })
            Assert.Contains("Signed in", await browser.Http.GetStringAsync("/settings/audit?" + filter), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_ReturnUrlOfAnotherSite_StaysHere()
    {
        await using var app = await AccountApp.StartAsync(DatabaseKind.Sqlite);
        var user = await app.AddUserAsync(RoleNames.Staff);
        var values = new Dictionary<string, string> { ["Input.Email"] = user.Email, ["Input.Password"] = AccountApp.Password };

        using var answer = await app.OpenBrowser().SubmitAsync("/account/login?returnUrl=%2F%2Fevil.example", "login", values);

        Assert.DoesNotContain("evil", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task SignIn_TenWrongPasswords_RestForFiveMinutes_AndSayTheSame(DatabaseKind kind)
    {
        await using var app = await AccountApp.StartAsync(kind);
        var user = await app.AddUserAsync(RoleNames.Staff);
        var browser = app.OpenBrowser();
        for (var i = 0; i < 10; i++)
        {
            using var wrong = await browser.SignInAsync(user.Email, "wrong wrong wrong");
            Assert.Equal(Refusal, await AccountBrowser.MessageAsync(wrong));
        }

        using var locked = await browser.SignInAsync(user.Email, AccountApp.Password);
        Assert.Equal(Refusal, await AccountBrowser.MessageAsync(locked));
        Assert.False(await browser.IsSignedInAsync());

        app.Clock.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        using var later = await browser.SignInAsync(user.Email, AccountApp.Password);
        Assert.True(await browser.IsSignedInAsync());
    }

    [Fact]
    public async Task SignIn_UnknownDisabledAndUnconfirmed_GetTheSameSentence()
    {
        await using var app = await AccountApp.StartAsync(DatabaseKind.Sqlite);
        var (disabled, unconfirmed) = (await app.AddUserAsync(RoleNames.Staff), await app.AddUserAsync(RoleNames.Staff));
        await app.ReadAsync(db => db.Users.Where(u => u.Id == disabled.Id)
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.DisabledAt, app.Clock.GetUtcNow())));
        await app.ReadAsync(db => db.Users.Where(u => u.Id == unconfirmed.Id)
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.EmailConfirmed, false)));

        foreach (var email in new[] { disabled.Email, unconfirmed.Email, "nobody@test.example" })
        {
            using var answer = await app.OpenBrowser().SignInAsync(email, AccountApp.Password);
            Assert.Equal(Refusal, await AccountBrowser.MessageAsync(answer));
        }
    }

    [Fact]
    public async Task SignIn_TooManyFromOneAddress_AreRefusedUntilTheNextMinute()
    {
        await using var app = await TestApp.StartAsync(settings: new() { ["SignIn:PerMinute"] = "3" });
        using var client = app.CreateClient();
        HttpResponseMessage? last = null;
        for (var i = 0; i < 8 && last?.StatusCode != HttpStatusCode.TooManyRequests; i++)
        {
            last?.Dispose();
            last = await client.PostAsJsonAsync("/api/auth/login", new { email = "nobody@test.example", password = "wrong wrong wrong" });
        }

        using (last)
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, last!.StatusCode);
            Assert.True(last.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            Assert.Equal("application/problem+json", last.Content.Headers.ContentType?.MediaType);
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task TwoFactor_CodeAndRecoveryCode_AreGoodOnce(DatabaseKind kind)
    {
        await using var app = await AccountApp.StartAsync(kind);
        var user = await app.AddUserAsync(RoleNames.Staff);
        var (key, codes) = await EnableTwoFactorAsync(app, user);
        app.Clock.Advance(TimeSpan.FromMinutes(2));

        var code = Totp.Code(key, app.Clock.GetUtcNow());
        Assert.True(await SignInWithCodeAsync(app, user, code));
        Assert.False(await SignInWithCodeAsync(app, user, code));
        Assert.True(await SignInWithCodeAsync(app, user, codes[0]));
        Assert.False(await SignInWithCodeAsync(app, user, codes[0]));
        Assert.True(await SignInWithCodeAsync(app, user, codes[1]));
    }

    [Fact]
    public async Task TwoFactor_FiveWrongCodes_RefuseTheRightOne()
    {
        await using var app = await AccountApp.StartAsync(DatabaseKind.Sqlite);
        var user = await app.AddUserAsync(RoleNames.Staff);
        var (_, codes) = await EnableTwoFactorAsync(app, user);
        for (var i = 0; i < 5; i++) Assert.False(await SignInWithCodeAsync(app, user, "000000"));

        Assert.False(await SignInWithCodeAsync(app, user, codes[0]));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Reset_LinkWorksOnce_AndEndsSessions(DatabaseKind kind)
    {
        await using var app = await AccountApp.StartAsync(kind);
        var user = await app.AddUserAsync(RoleNames.Staff);
        var (before, browser) = (app.OpenBrowser(), app.OpenBrowser());
        using var signedIn = await before.SignInAsync(user.Email, AccountApp.Password);
        using var asked = await browser.SubmitAsync("/account/forgot-password", "forgot-password", new() { ["Input.Email"] = user.Email });
        var link = await app.LinkToAsync(user.Email);

        using var saved = await browser.SubmitAsync(link, "set-password", new() { ["Input.Password"] = "quite another sentence" });

        Assert.EndsWith("/account/login?done=password", saved.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.False(await before.IsSignedInAsync());
        Assert.DoesNotContain("Input.Password", await browser.Http.GetStringAsync(link), StringComparison.Ordinal);
        using var after = await browser.SignInAsync(user.Email, "quite another sentence");
        Assert.True(await browser.IsSignedInAsync());
        Assert.Equal("", await app.ReadAsync(db => db.OutgoingMails.Select(m => m.Text).SingleAsync()));
    }

    [Fact]
    public async Task Reset_LinkIsDeadAfterTenMinutes()
    {
        await using var app = await AccountApp.StartAsync(DatabaseKind.Sqlite);
        var user = await app.AddUserAsync(RoleNames.Staff);
        var browser = app.OpenBrowser();
        using var asked = await browser.SubmitAsync("/account/forgot-password", "forgot-password", new() { ["Input.Email"] = user.Email });
        var link = await app.LinkToAsync(user.Email);

        app.Clock.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));

        Assert.DoesNotContain("Input.Password", await browser.Http.GetStringAsync(link), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reset_KnownAndUnknownAddress_GetTheSameAnswer_AndHostHeaderIsNotInTheLink()
    {
        await using var app = await AccountApp.StartAsync(DatabaseKind.Sqlite);
        var user = await app.AddUserAsync(RoleNames.Staff);
        var browser = app.OpenBrowser();
        browser.Http.DefaultRequestHeaders.Host = "evil.example";
        using var known = await browser.SubmitAsync("/account/forgot-password", "forgot-password", new() { ["Input.Email"] = user.Email });
        using var unknown = await browser.SubmitAsync("/account/forgot-password", "forgot-password",
            new() { ["Input.Email"] = "nobody@test.example" });

        Assert.Equal(known.StatusCode, unknown.StatusCode);
        Assert.Equal(await AccountBrowser.MessageAsync(known), await AccountBrowser.MessageAsync(unknown));
        await app.LinkToAsync(user.Email);
        Assert.DoesNotContain("evil", Assert.Single(app.Mails.All).Text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Tokens_RefreshRotates_AndReuseEndsTheSession(DatabaseKind kind)
    {
        await using var app = await AccountApp.StartAsync(kind);
        var user = await app.AddUserAsync(RoleNames.Customer);
        using var client = app.App.CreateClient();
        using var login = await client.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = AccountApp.Password });
        var first = await login.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("Bearer", first.GetProperty("token_type").GetString());

        using var refreshed = await client.PostAsJsonAsync("/api/auth/refresh",
            new { refresh_token = first.GetProperty("refresh_token").GetString() });
        var second = await refreshed.Content.ReadFromJsonAsync<JsonElement>();
        using var reused = await client.PostAsJsonAsync("/api/auth/refresh",
            new { refresh_token = first.GetProperty("refresh_token").GetString() });
        using var after = await client.PostAsJsonAsync("/api/auth/refresh",
            new { refresh_token = second.GetProperty("refresh_token").GetString() });

        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, reused.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await LogoutAsync(client, second));
    }

    [Fact]
    public async Task Tokens_Logout_EndsTheToken()
    {
        await using var app = await AccountApp.StartAsync(DatabaseKind.Sqlite);
        var user = await app.AddUserAsync(RoleNames.Staff);
        using var client = app.App.CreateClient();
        using var login = await client.PostAsJsonAsync("/api/auth/login", new { username = user.UserName, password = AccountApp.Password });
        var tokens = await login.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.NoContent, await LogoutAsync(client, tokens));
        Assert.Equal(HttpStatusCode.Unauthorized, await LogoutAsync(client, tokens));
    }

    [Fact]
    public async Task Setup_LinkOfTheFirstStart_MakesOneAdministrator()
    {
        await using var app = await AccountApp.StartAsync(DatabaseKind.Sqlite);
        var browser = app.OpenBrowser();
        var code = app.App.Services.GetService(typeof(Account.FirstStart)) is Account.FirstStart start ? start.Code : null;
        using var wrong = await browser.Http.GetAsync("/setup?code=nothing");
        Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);

        using var made = await browser.SubmitAsync($"/setup?code={code}", "setup", new()
        {
            ["Input.DisplayName"] = "Ada", ["Input.Email"] = "ada@test.example", ["Input.Password"] = AccountApp.Password,
        });

        Assert.True(await browser.IsSignedInAsync());
        using var again = await browser.Http.GetAsync($"/setup?code={code}");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Theory]
    [InlineData("short", PasswordRules.TooShort)]
    [InlineData("password123", PasswordRules.TooCommon)]
    [InlineData("P@ssw0rd2024", PasswordRules.TooCommon)]
    [InlineData("aaaaaaaaaaaa", PasswordRules.TooCommon)]
    [InlineData("qwertyuiop", PasswordRules.TooCommon)]
    [InlineData("Demo-portal-2026", null)]
    [InlineData("correct horse battery staple", null)]
    public void Password_Rules(string password, string? expected) => Assert.Equal(expected, PasswordRules.Check(password));

    [Fact]
    public void Password_OfLongLength_IsAllowed_UpToALimit()
    {
        var sentence = string.Concat(Enumerable.Repeat("grün ist die Heide ", 10));
        Assert.Null(PasswordRules.Check(sentence[..128]));
        Assert.Equal(PasswordRules.TooLong, PasswordRules.Check(sentence[..129]));
    }

    [Fact]
    public async Task Login_OfAProgramWithoutTheSecondFactor_IsAProblemThatSaysSo()
    {
        await using var app = await AccountApp.StartAsync(DatabaseKind.Sqlite);
        var user = await app.AddUserAsync(RoleNames.Staff);
        await EnableTwoFactorAsync(app, user);
        using var client = app.App.CreateClient();

        using var without = await client.SendAsync(HttpMethod.Post, "/api/auth/login",
            $$"""{"email":"{{user.Email}}","password":"{{AccountApp.Password}}"}""");
        var problem = await without.ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.True((bool)problem["two_factor_required"]!);
        Assert.Equal("about:blank", (string)problem["type"]!);
        Assert.NotEmpty((string)problem["correlation_id"]!);
        Assert.Equal("Bearer", without.Headers.WwwAuthenticate.ToString());

        using var wrong = await client.SendAsync(HttpMethod.Post, "/api/auth/login",
            $$"""{"email":"{{user.Email}}","password":"{{AccountApp.Password}}","two_factor_code":"abcdef"}""");
        Assert.Null((await wrong.ProblemAsync(HttpStatusCode.Unauthorized))["two_factor_required"]);
    }

    [Fact]
    public void Totp_KnownVector() =>
        // RFC 6238, appendix B, time 59, the last six of eight digits.
        Assert.Equal("287082", Totp.Code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", DateTimeOffset.FromUnixTimeSeconds(59)));

    private static async Task<HttpStatusCode> LogoutAsync(HttpClient client, JsonElement tokens)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/logout");
        request.Headers.Authorization = new("Bearer", tokens.GetProperty("access_token").GetString());
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<(string Key, IReadOnlyList<string> Codes)> EnableTwoFactorAsync(AccountApp app, User user)
    {
        await using var scope = app.App.AsSystem();
        var (changes, users) = (scope.Get<Account.AccountChanges>(), scope.Get<UserManager<User>>());
        var own = (await users.FindByEmailAsync(user.Email))!;
        var key = await changes.StartTwoFactorAsync(own, default);
        return (key, await changes.EnableTwoFactorAsync(own, Totp.Code(key, app.Clock.GetUtcNow()), default));
    }

    private static async Task<bool> SignInWithCodeAsync(AccountApp app, User user, string code)
    {
        var browser = app.OpenBrowser();
        using var password = await browser.SignInAsync(user.Email, AccountApp.Password);
        if (password.Headers.Location?.OriginalString.EndsWith("/account/login-code", StringComparison.Ordinal) != true) return false;
        using var answer = await browser.SubmitAsync("/account/login-code", "login-code", new() { ["Input.Code"] = code });
        return await browser.IsSignedInAsync();
    }
}
