using System.Net;
using System.Security.Claims;
using CrmPortal.Account;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CrmPortal.Tests.Access;

/// <summary>Strangers who guess at a password keep strangers out, and not the owner of the account.</summary>
public sealed class KnownDeviceTests
{
    private const string Refusal = "E-mail or password is wrong.";

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Owner_InABrowserThatSignedInBefore_GetsIn_WhileStrangersRest(DatabaseKind kind)
    {
        await using var app = await AccountApp.StartAsync(kind);
        var user = await app.AddUserAsync(RoleNames.Staff);
        var (own, stranger) = (app.OpenBrowser(), app.OpenBrowser());
        using (await own.SignInAsync(user.Email, AccountApp.Password)) Assert.True(await own.IsSignedInAsync());
        await SignOutAsync(own);
        for (var i = 0; i < 10; i++)
        {
            using var wrong = await stranger.SignInAsync(user.Email, "wrong wrong wrong");
            Assert.Equal(Refusal, await AccountBrowser.MessageAsync(wrong));
        }

        using (await stranger.SignInAsync(user.Email, AccountApp.Password)) Assert.False(await stranger.IsSignedInAsync());
        using (await own.SignInAsync(user.Email, AccountApp.Password)) Assert.True(await own.IsSignedInAsync());
        // That the owner came in opens nothing to those who guess.
        using (await stranger.SignInAsync(user.Email, AccountApp.Password)) Assert.False(await stranger.IsSignedInAsync());

        // Nor does a known device guess without end.
        await SignOutAsync(own);
        for (var i = 0; i < 10; i++)
        {
            using var wrong = await own.SignInAsync(user.Email, "wrong wrong wrong");
            Assert.Equal(Refusal, await AccountBrowser.MessageAsync(wrong));
        }

        using (await own.SignInAsync(user.Email, AccountApp.Password)) Assert.False(await own.IsSignedInAsync());
        app.Clock.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        using (await own.SignInAsync(user.Email, AccountApp.Password)) Assert.True(await own.IsSignedInAsync());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Owner_FromAnAddressThatSignedInBefore_IsCountedApart(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var user = await TestUsers.CreateAsync(data.Root, RoleNames.Staff);
        await using var scope = data.AsSystem();
        var guard = scope.Get<SignInGuard>();
        await scope.Get<SessionService>().StartApiAsync(user, "192.0.2.7", "tests", default);
        SignInSource office = new(null, IPAddress.Parse("192.0.2.7")), elsewhere = new(null, IPAddress.Parse("198.51.100.1"));

        for (var i = 0; i < 10; i++) Assert.True(await guard.TakeAttemptAsync(user.Id, 1, elsewhere, default));
        Assert.False(await guard.TakeAttemptAsync(user.Id, 1, elsewhere, default));
        for (var i = 0; i < 10; i++) Assert.True(await guard.TakeAttemptAsync(user.Id, 1, office, default));
        Assert.False(await guard.TakeAttemptAsync(user.Id, 1, office, default));
        Assert.True(await guard.TakeAttemptAsync(user.Id, 1, new("session 1", null), default));

        await guard.ForgetAsync(user.Id, office, default);
        Assert.True(await guard.TakeAttemptAsync(user.Id, 1, office, default));
        Assert.False(await guard.TakeAttemptAsync(user.Id, 1, elsewhere, default));
        // After a month the address is one of any.
        data.Clock.Advance(TimeSpan.FromDays(31));
        for (var i = 0; i < 10; i++) Assert.True(await guard.TakeAttemptAsync(user.Id, 1, i % 2 == 0 ? office : elsewhere, default));
        Assert.False(await guard.TakeAttemptAsync(user.Id, 1, office, default));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Attempts_OfAnAddress_OnTwoNodes_AreCountedTogether_AndAfterAStartToo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var other = TestServices.On(data.Database, data.Clock);
        await using var first = data.AsNobody();
        await using var second = other.AsNobody();
        var address = IPAddress.Parse("192.0.2.7");

        for (var i = 0; i < 20; i++) Assert.Null(await (i % 2 == 0 ? first : second).Get<SignInGuard>().CountAsync(address, default));
        Assert.NotNull(await first.Get<SignInGuard>().CountAsync(address, default));
        await using var started = TestServices.On(data.Database, data.Clock);
        await using var third = started.AsNobody();
        Assert.NotNull(await third.Get<SignInGuard>().CountAsync(address, default));
        data.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await third.Get<SignInGuard>().CountAsync(address, default));
    }

    [Fact]
    public async Task Session_ThatCannotBeReadAtTheMoment_IsNotSignedOut()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var user = await data.AsRoleAsync(RoleNames.Staff);
        var signedIn = await user.Get<SessionService>().FindAsync(user.Actor.SessionId!.Value, default);
        var principal = SessionClaims.Principal(signedIn!, "test");
        using var reading = new CircuitAuthentication(NullLoggerFactory.Instance, data.Root.GetRequiredService<IServiceScopeFactory>());
        using var failing = new CircuitAuthentication(NullLoggerFactory.Instance, new NoDatabase());

        Assert.True(await reading.IsAliveAsync(principal, default));
        Assert.True(await failing.IsAliveAsync(principal, default));
        await user.Get<SessionService>().EndAsync(user.Actor.SessionId!.Value, default);
        Assert.False(await reading.IsAliveAsync(principal, default));
        Assert.False(await failing.IsAliveAsync(new ClaimsPrincipal(), default));
    }

    private static async Task SignOutAsync(AccountBrowser browser)
    {
        var html = await browser.Http.GetStringAsync("/account");
        var token = System.Text.RegularExpressions.Regex.Match(html, "__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = token });
        using var answer = await browser.Http.PostAsync("/account/logout", form);
        Assert.False(await browser.IsSignedInAsync());
    }

    private sealed class NoDatabase : IServiceScopeFactory
    {
        public IServiceScope CreateScope() => throw new InvalidOperationException("The database restarts.");
    }
}
