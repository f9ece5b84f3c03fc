using System.Net;
using System.Net.Http.Headers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Access;

/// <summary>Keys of programs: shown once, kept as a hash, good for some permissions and for a while.</summary>
public sealed class ApiKeyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Key_DoesWhatItMay_AndEndsWhenItIsRevokedOrItsUserIsDisabled(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        var admin = await accounts.AddUserAsync(RoleNames.Administrator);
        await using var scope = await ScopeAsync(accounts, admin);
        var keys = scope.Get<ApiKeyService>();
        var (till, secret) = await keys.CreateAsync(new("Till", 30, [Permissions.CustomersView]), Token);

        Assert.StartsWith(ApiKeyService.Prefix, secret, StringComparison.Ordinal);
        Assert.False(await accounts.ReadAsync(db => db.Sessions.AnyAsync(s => s.AccessTokenHash == secret, Token)));
        using var client = ClientOf(accounts, secret);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/customers", Token)).StatusCode);
        // The administrator may, and their key may not.
        await (await client.SendAsync(HttpMethod.Post, "/api/customers", """{"name":"John"}""")).ProblemAsync(HttpStatusCode.Forbidden);
        await (await client.GetAsync("/api/tickets", Token)).ProblemAsync(HttpStatusCode.Forbidden);
        Assert.NotNull(Assert.Single(await keys.ListAsync(Token)).LastUsedAt);
        // History says who refused and by which key.
        var refusals = await accounts.ReadAsync(db => db.AuditEntries.Where(e => e.Action == AuditAction.Refused)
            .Select(e => e.ChangeSet!.ActorName).ToListAsync(Token));
        Assert.Equal([$"{admin.DisplayName} (Till)"], refusals.Distinct());

        // A new password ends sign-ins, and leaves programs working.
        await using (var db = accounts.App.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null))
            await db.Users.Where(u => u.Id == admin.Id).ExecuteUpdateAsync(u => u.SetProperty(x => x.SecurityStamp, "another"), Token);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/customers", Token)).StatusCode);

        await using var other = await ScopeAsync(accounts, await accounts.AddUserAsync(RoleNames.Administrator));
        Assert.Equal(till.Id, Assert.Single(await other.Get<ApiKeyService>().ListAsync(Token)).Id);
        Assert.True(await other.Get<ApiKeyService>().RevokeAsync(till.Id, Token));
        Assert.False(await other.Get<ApiKeyService>().RevokeAsync(till.Id, Token));
        await (await client.GetAsync("/api/customers", Token)).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Key_OfAServiceAccount_EndsInTime_AndNobodySignsInAsIt(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        await using var scope = await ScopeAsync(accounts, await accounts.AddUserAsync(RoleNames.Administrator));
        var roles = await accounts.ReadAsync(db => db.Roles.ToDictionaryAsync(r => r.Name, r => r.Id, Token));
        var id = await scope.Get<UserService>().InviteAsync(new("till@shop.example", "Till", [roles[RoleNames.Staff]], IsService: true), Token);
        Assert.True((await scope.Get<UserService>().GetAsync(id, Token))!.IsService);
        Assert.Equal(0, await accounts.ReadAsync(db => db.OutgoingMails.CountAsync(m => m.To == "till@shop.example", Token)));

        var keys = scope.Get<ApiKeyService>();
        Assert.DoesNotContain(Permissions.CustomersDelete, await keys.PossibleScopesAsync(id, Token));
        var beyond = await Assert.ThrowsAsync<RuleViolationException>(() =>
            keys.CreateAsync(new("Till", 30, [Permissions.CustomersDelete], id), Token));
        Assert.Equal("Scopes", beyond.Errors.Single().Field);
        var (_, secret) = await keys.CreateAsync(new("Till", 2, [Permissions.CustomersView, Permissions.CustomersCreate], id), Token);
        using var client = ClientOf(accounts, secret);
        Assert.Equal(HttpStatusCode.Created, (await client.SendAsync(HttpMethod.Post, "/api/customers", """{"name":"John"}""")).StatusCode);
        accounts.Clock.Leap(TimeSpan.FromDays(2));
        await (await client.GetAsync("/api/customers", Token)).ProblemAsync(HttpStatusCode.Unauthorized);
        // Customers with an account are no users whom staff manage.
        var staff = await scope.Get<UserService>().ListAsync(null, new(), Token);
        Assert.DoesNotContain(staff.Items, u => u.Roles.Contains(RoleNames.Customer));
    }

    [Theory]
    [InlineData("", 30, "customers.view", "Name")]
    [InlineData("Till", 0, "customers.view", "Days")]
    [InlineData("Till", 731, "customers.view", "Days")]
    [InlineData("Till", 30, "", "Scopes")]
    [InlineData("Till", 30, "everything", "Scopes")]
    public async Task Key_ThatIsWrong_IsRefusedByField(string name, int days, string scope, string field)
    {
        await using var app = await TestApp.StartAsync();
        await using var acting = await app.AsRoleAsync(RoleNames.Administrator);

        var refused = await Assert.ThrowsAsync<RuleViolationException>(() => acting.Get<ApiKeyService>()
            .CreateAsync(new(name, days, scope.Length == 0 ? [] : [scope]), Token));

        Assert.Equal(field, refused.Errors.Single().Field);
    }

    private static async Task<TestScope> ScopeAsync(AccountApp accounts, User user) =>
        new(accounts.App.Services.CreateAsyncScope(), await TestUsers.SignInAsync(accounts.App.Services, user));

    private static HttpClient ClientOf(AccountApp accounts, string secret)
    {
        var client = accounts.App.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return client;
    }
}
