using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Access;

public sealed class AccessControlTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Act_SessionEnded_IsSignedOut(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await staff.Finder.ListAsync(new(), new(), CancellationToken.None);

        await staff.Get<SessionService>().EndAsync(staff.Actor.SessionId!.Value, CancellationToken.None);

        await Assert.ThrowsAsync<SignedOutException>(() => staff.Finder.ListAsync(new(), new(), CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Act_UserDisabled_IsSignedOut(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        await data.WriteAsync(db => db.Users.Where(u => u.Id == staff.UserId)
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.DisabledAt, data.Clock.GetUtcNow())));

        await Assert.ThrowsAsync<SignedOutException>(() => staff.Finder.ListAsync(new(), new(), CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Act_StampChanged_IsSignedOut(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        await data.WriteAsync(db => db.Users.Where(u => u.Id == staff.UserId)
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.SecurityStamp, "other")));

        await Assert.ThrowsAsync<SignedOutException>(() => staff.Finder.ListAsync(new(), new(), CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Act_SessionExpired_IsSignedOut(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        data.Clock.Advance(SessionService.BrowserLifetime);

        await Assert.ThrowsAsync<SignedOutException>(() => staff.Finder.ListAsync(new(), new(), CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Act_SessionOfAnotherUser_IsSignedOut(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var forged = data.As(staff.Actor with { SessionId = manager.Actor.SessionId });

        await Assert.ThrowsAsync<SignedOutException>(() => forged.Finder.ListAsync(new(), new(), CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Act_PermissionTakenFromTheRole_IsRefusedWithTheNextAction(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var user = await data.AsAsync(Permissions.CustomersView);
        await user.Finder.ListAsync(new(), new(), CancellationToken.None);

        await data.WriteAsync(async db => (await db.Roles.SingleAsync()).Permissions = []);

        await Assert.ThrowsAsync<AccessDeniedException>(() => user.Finder.ListAsync(new(), new(), CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Unblock_WithoutThePermission_IsRefusedAtOnceAndRecorded(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Customers.BlockAsync(customer.Id, "fraud", CancellationToken.None);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<AccessDeniedException>(() => staff.Customers.SetActiveAsync(customer.Id, true, patience.Token));

        Assert.Equal(CustomerStatus.Blocked, (await staff.Customers.GetAsync(customer.Id, CancellationToken.None))!.Status);
        Assert.Equal(1,
            await data.ReadAsync(db => db.AuditEntries.CountAsync(e => e.Action == AuditAction.Refused
            && e.Fields == Permissions.CustomersBlock)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Refresh_TokenUsedTwice_EndsTheSession(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var user = await TestUsers.CreateAsync(data.Root, RoleNames.Staff);
        await using var nobody = data.AsNobody();
        var sessions = nobody.Get<SessionService>();
        var first = await sessions.StartApiAsync(user, null, null, CancellationToken.None);

        var second = await sessions.RefreshAsync(first.RefreshToken, CancellationToken.None);
        Assert.NotNull(second);
        Assert.Null(await sessions.FindByAccessTokenAsync(first.AccessToken, CancellationToken.None));
        Assert.Equal(user.Id, (await sessions.FindByAccessTokenAsync(second.AccessToken, CancellationToken.None))?.UserId);

        Assert.Null(await sessions.RefreshAsync(first.RefreshToken, CancellationToken.None));
        Assert.Null(await sessions.FindByAccessTokenAsync(second.AccessToken, CancellationToken.None));
        Assert.Null(await sessions.RefreshAsync(second.RefreshToken, CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Refresh_SameTokenManyTimesAtOnce_GivesTokensAtMostOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var user = await TestUsers.CreateAsync(data.Root, RoleNames.Staff);
        await using var nobody = data.AsNobody();
        var first = await nobody.Get<SessionService>().StartApiAsync(user, null, null, CancellationToken.None);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await using var scope = data.AsNobody();
            return await scope.Get<SessionService>().RefreshAsync(first.RefreshToken, CancellationToken.None);
        })));

        Assert.True(answers.Count(a => a is not null) <= 1);
    }

    [Fact]
    public async Task FindByAccessToken_AfterItsTime_IsNobody()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var user = await TestUsers.CreateAsync(data.Root, RoleNames.Staff);
        await using var nobody = data.AsNobody();
        var tokens = await nobody.Get<SessionService>().StartApiAsync(user, null, null, CancellationToken.None);

        data.Clock.Advance(tokens.AccessLifetime);

        Assert.Null(await nobody.Get<SessionService>().FindByAccessTokenAsync(tokens.AccessToken, CancellationToken.None));
    }
}
