using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Access;

public sealed class UserAdministrationTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Invite_MailsALink_ByWhichTheUserChoosesAPassword(DatabaseKind kind)
    {
        await using var app = await AccountApp.StartAsync(kind);
        await using var administrator = await app.App.AsRoleAsync(RoleNames.Administrator);
        var users = administrator.Get<UserService>();

        var id = await users.InviteAsync(new("nina@test.example", "Nina", [await RoleAsync(app, RoleNames.Staff)]), default);

        var browser = app.OpenBrowser();
        using var saved = await browser.SubmitAsync(await app.LinkToAsync("nina@test.example"), "set-password",
            new() { ["Input.Password"] = AccountApp.Password });
        using var signedIn = await browser.SignInAsync("nina@test.example", AccountApp.Password);
        Assert.True(await browser.IsSignedInAsync());
        Assert.False((await users.GetAsync(id, default))!.IsInvited);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task DisabledOrOtherRoles_EndsSessionsAtOnce(DatabaseKind kind)
    {
        await using var app = await AccountApp.StartAsync(kind);
        await using var administrator = await app.App.AsRoleAsync(RoleNames.Administrator);
        var users = administrator.Get<UserService>();
        foreach (var disables in new[] { true, false })
        {
            var user = await app.AddUserAsync(RoleNames.Staff);
            var browser = app.OpenBrowser();
            using var signedIn = await browser.SignInAsync(user.Email, AccountApp.Password);
            await using var acting = new TestScope(Scope(app), await TestUsers.SignInAsync(app.App.Services, user));
            await acting.Get<SessionService>().ListOwnAsync(default);

            if (disables) await users.DisableAsync(user.Id, default);
            else await users.ChangeAsync(user.Id, (await users.GetAsync(user.Id, default))!.Version,
                new(user.Email, "Other", [await RoleAsync(app, RoleNames.Manager)]), default);

            Assert.False(await browser.IsSignedInAsync());
            await Assert.ThrowsAsync<SignedOutException>(() => acting.Get<SessionService>().ListOwnAsync(default));
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task LastAdministrator_AndOneself_AreKept(DatabaseKind kind)
    {
        await using var app = await AccountApp.StartAsync(kind);
        var last = await app.AddUserAsync(RoleNames.Administrator);
        await using var own = new TestScope(Scope(app), await TestUsers.SignInAsync(app.App.Services, last));
        await using var system = app.App.AsSystem();

        await Assert.ThrowsAsync<RuleViolationException>(() => own.Get<UserService>().DisableAsync(last.Id, default));
        await Assert.ThrowsAsync<RuleViolationException>(() => system.Get<UserService>().DisableAsync(last.Id, default));
        var details = (await own.Get<UserService>().GetAsync(last.Id, default))!;
        var staff = await RoleAsync(app, RoleNames.Staff);
        await Assert.ThrowsAsync<RuleViolationException>(() => own.Get<UserService>()
            .ChangeAsync(last.Id, details.Version, new(last.Email, "A", [staff]), default));

        await app.AddUserAsync(RoleNames.Administrator);
        Assert.True(await system.Get<UserService>().DisableAsync(last.Id, default));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Invite_TakenAddress_IsRefused_AndSearchFindsPartOfNameOrAddress(DatabaseKind kind)
    {
        await using var app = await AccountApp.StartAsync(kind);
        await using var administrator = await app.App.AsRoleAsync(RoleNames.Administrator);
        var (users, staff) = (administrator.Get<UserService>(), await RoleAsync(app, RoleNames.Staff));
        await users.InviteAsync(new("Zoe.One@test.example", "Zoë Eins", [staff]), default);

        var taken = await Assert
            .ThrowsAsync<RuleViolationException>(() => users.InviteAsync(new("zoe.one@TEST.example", "Zoë Zwei", [staff]), default));

        Assert.True(taken.IsDuplicate);
        Assert.Single((await users.ListAsync("eins", new(), default)).Items);
        Assert.Single((await users.ListAsync("zoe.ONE", new(), default)).Items);
        Assert.Empty((await users.ListAsync("zwei", new(), default)).Items);
        var broken = await Assert.ThrowsAsync<RuleViolationException>(() => users.InviteAsync(new("no address\r\nBcc: x@y.example", "", []),
            default));
        Assert.Equal(["DisplayName", "Email", "RoleIds"], broken.Errors.Select(e => e.Field));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Roles_ChangeCountsAtOnce_AndTheAdministratorKeepsTheKeys(DatabaseKind kind)
    {
        await using var app = await AccountApp.StartAsync(kind);
        await using var administrator = await app.App.AsRoleAsync(RoleNames.Administrator);
        var roles = administrator.Get<RoleService>();
        var id = await roles.CreateAsync("Interns", [Permissions.CustomersView], default);
        await using var intern = new TestScope(Scope(app),
            await TestUsers.SignInAsync(app.App.Services, await TestUsers.CreateAsync(app.App.Services, "Interns", [])));
        Assert.True((await intern.Get<AccessControl>().DemandSignedInAsync(default)).Has(Permissions.CustomersView));

        var role = (await roles.ListAsync(default)).Single(r => r.Id == id);
        await roles.SaveAsync([new(id, role.Version, [Permissions.OrdersView])], default);

        Assert.False((await intern.Get<AccessControl>().DemandSignedInAsync(default)).Has(Permissions.CustomersView));
        await Assert.ThrowsAsync<RuleViolationException>(() => roles.DeleteAsync(id, default));
        await Assert.ThrowsAsync<RuleViolationException>(() => roles.CreateAsync("interns", [], default));
        await Assert.ThrowsAsync<RuleViolationException>(() => roles.SaveAsync([new(id, role.Version + 1, ["no.such"])], default));
        var top = (await roles.ListAsync(default)).Single(r => r.Name == RoleNames.Administrator);
        await Assert.ThrowsAsync<RuleViolationException>(() => roles.SaveAsync([new(top.Id, top.Version,
            [Permissions.CustomersView])], default));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Roles_SavedTogether_WhenOneIsStale_AllStayAsTheyWere(DatabaseKind kind)
    {
        await using var app = await AccountApp.StartAsync(kind);
        await using var administrator = await app.App.AsRoleAsync(RoleNames.Administrator);
        var roles = administrator.Get<RoleService>();
        var (one, two) = (await roles.CreateAsync("One", [], default), await roles.CreateAsync("Two", [], default));
        var before = (await roles.ListAsync(default)).ToDictionary(r => r.Id);
        await roles.SaveAsync([new(two, before[two].Version, [Permissions.TagsEdit])], default);

        var refusal = await Assert.ThrowsAsync<RuleViolationException>(() => roles.SaveAsync([
            new(one, before[one].Version, [Permissions.CustomersView]),
            new(two, before[two].Version, [Permissions.CustomersView])], default));

        Assert.Contains("Someone else", refusal.Message, StringComparison.Ordinal);
        var after = (await roles.ListAsync(default)).ToDictionary(r => r.Id);
        Assert.Empty(after[one].Permissions);
        Assert.Equal([Permissions.TagsEdit], after[two].Permissions);
    }

    private static Microsoft.Extensions.DependencyInjection.AsyncServiceScope Scope(AccountApp app) =>
        Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.CreateAsyncScope(app.App.Services);

    private static Task<long> RoleAsync(AccountApp app, string name) => app.ReadAsync(db => db.Roles.Where(r => r.Name == name)
        .Select(r => r.Id).SingleAsync());
}
