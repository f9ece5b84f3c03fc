using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Audit;

public sealed class UndoTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_FieldChangedLater_KeepsItAndSaysSo_OrTakesItBackWhenTold(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var first = await agent.Customers.UpdateAsync(customer.Id, new() { GivenName = "Grace", FamilyName = "Hopper" }, null, null,
            CancellationToken.None);
        await agent.Customers.UpdateAsync(customer.Id, new() { FamilyName = "Murray" }, null, null, CancellationToken.None);

        var undone = await agent.Get<UndoService>().UndoAsync(first!.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal(new FieldConflict("FamilyName", "Lovelace", "Murray", "Hopper"), Assert.Single(undone.Kept));
        Assert.Equal("Ada Murray", (await agent.Customers.GetAsync(customer.Id, CancellationToken.None))!.DisplayName);

        var second = await agent.Customers.UpdateAsync(customer.Id, new() { FamilyName = "One" }, null, null, CancellationToken.None);
        await agent.Customers.UpdateAsync(customer.Id, new() { FamilyName = "Two" }, null, null, CancellationToken.None);
        undone = await agent.Get<UndoService>().UndoAsync(second!.ChangeSetId!.Value, true, CancellationToken.None);
        Assert.Empty(undone.Kept);
        Assert.Equal("Ada Murray", (await agent.Customers.GetAsync(customer.Id, CancellationToken.None))!.DisplayName);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_Twice_IsRefusedAndUndoingTheUndoingDoesItAgain(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace", tags: "old");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var changed = await agent.Customers.UpdateAsync(customer.Id, new() { GivenName = "Grace", Tags = new[] { "new" } }, null, null,
            CancellationToken.None);
        var undo = agent.Get<UndoService>();

        var undone = await undo.UndoAsync(changed!.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal("Ada|old", await ShowAsync());
        await Assert.ThrowsAsync<RuleViolationException>(() => undo.UndoAsync(changed.ChangeSetId.Value, false, CancellationToken.None));

        var redone = await undo.UndoAsync(undone.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal("Grace|new", await ShowAsync());
        await undo.UndoAsync(redone.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal("Ada|old", await ShowAsync());

        async Task<string> ShowAsync() => await agent.Customers.GetAsync(customer.Id, CancellationToken.None) is { } c
            ? $"{c.GivenName}|{string.Join(',', c.Tags.Select(t => t.Name))}" : "";
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_ManyTimesAtOnce_SucceedsOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var changed = await agent.Get<NoteService>().AddAsync(customer.Id, "note", CancellationToken.None);
        var changeSet = Assert.Single(await agent.Get<UndoService>().LastOwnAsync(5, CancellationToken.None));

        var done = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            await using var scope = data.As(agent.Actor);
            try
            {
                await scope.Get<UndoService>().UndoAsync(changeSet, false, CancellationToken.None);
                return true;
            }
            catch (RuleViolationException)
            {
                return false;
            }
        })));

        Assert.Single(done, d => d);
        Assert.NotNull(changed);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_WorkOfAnother_IsForThoseWhoMayDelete(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", null);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var changed = await agent.Customers.UpdateAsync(customer.Id, new() { GivenName = "Grace" }, null, null, CancellationToken.None);

        await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<UndoService>()
            .UndoAsync(changed!.ChangeSetId!.Value, false, CancellationToken.None));
        await manager.Get<UndoService>().UndoAsync(changed!.ChangeSetId!.Value, false, CancellationToken.None);

        Assert.Equal("Ada", (await staff.Customers.GetAsync(customer.Id, CancellationToken.None))!.GivenName);
    }

    [Fact]
    public async Task Undo_AfterThirtyDays_IsRefused()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync("Ada", null);
        await using var system = data.AsSystem();
        var changed = await system.Customers.UpdateAsync(customer.Id, new() { GivenName = "Grace" }, null, null, CancellationToken.None);
        data.Clock.Advance(TimeSpan.FromDays(31));

        await Assert.ThrowsAsync<RuleViolationException>(() => system.Get<UndoService>()
            .UndoAsync(changed!.ChangeSetId!.Value, false, CancellationToken.None));
        await Assert.ThrowsAsync<RuleViolationException>(() => system.Get<UndoService>().UndoAsync(4711, false, CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfADeletion_BringsTheCustomerBack(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync(email: "ada@example.com");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var deleted = await manager.Trash.DeleteAsync(customer.Id, CancellationToken.None);

        var undone = await manager.Get<UndoService>().UndoAsync(deleted!.Value, false, CancellationToken.None);

        Assert.Empty(undone.Kept);
        Assert.Equal(CustomerStatus.Active, (await manager.Customers.GetAsync(customer.Id, CancellationToken.None))!.Status);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfADeletionWhoseEmailWentToAnother_IsRefusedAndCanBeTriedAgain(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync(email: "ada@example.com");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var deleted = await manager.Trash.DeleteAsync(customer.Id, CancellationToken.None);
        var other = await data.AddCustomerAsync(email: "ada@example.com");

        await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<UndoService>()
            .UndoAsync(deleted!.Value, false, CancellationToken.None));
        await manager.Customers.UpdateAsync(other.Id, new() { Email = null }, null, null, CancellationToken.None);
        await manager.Get<UndoService>().UndoAsync(deleted!.Value, false, CancellationToken.None);

        Assert.Equal("ada@example.com", (await manager.Customers.GetAsync(customer.Id, CancellationToken.None))!.Email);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfACreation_MovesTheCustomerToTheTrash(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var created = await staff.Customers.CreateAsync(new() { GivenName = "Ada", Tags = new[] { "x" } }, CancellationToken.None);

        var undone = await staff.Get<UndoService>().UndoAsync(created.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Null(await staff.Customers.GetAsync(created.Customer.Id, CancellationToken.None));

        await staff.Get<UndoService>().UndoAsync(undone.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal("x", Assert.Single((await staff.Customers.GetAsync(created.Customer.Id, CancellationToken.None))!.Tags).Name);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_ByStaffOfACustomerBlockedSince_LiftsNoBlock(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var changed = await staff.Customers.SetActiveAsync(customer.Id, false, CancellationToken.None);
        await manager.Customers.BlockAsync(customer.Id, "fraud", CancellationToken.None);

        var undone = await staff.Get<UndoService>().UndoAsync(changed!.ChangeSetId!.Value, true, CancellationToken.None);

        Assert.Single(undone.Kept);
        var now = await staff.Customers.GetAsync(customer.Id, CancellationToken.None);
        Assert.Equal((CustomerStatus.Blocked, "fraud"), (now!.Status, now.BlockReason));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_WithoutSensitive_ShowsNoMaskedValueOfALaterChange(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync(email: "first@example.com");
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var changed = await staff.Customers.UpdateAsync(customer.Id, new() { Email = "second@example.com" }, null, null,
            CancellationToken.None);
        await manager.Customers.UpdateAsync(customer.Id, new() { Email = "third@example.com" }, null, null, CancellationToken.None);

        var undone = await staff.Get<UndoService>().UndoAsync(changed!.ChangeSetId!.Value, false, CancellationToken.None);

        Assert.Equal(new FieldConflict("Email", null, null, null), Assert.Single(undone.Kept));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_RemovedDefaultAddressWithANewDefaultSince_BringsItBackBesideIt(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var addresses = agent.Get<AddressService>();
        var first = await addresses.SaveAsync(customer.Id, null, new() { Line1 = "1", City = "Bath", Country = "GB" },
            CancellationToken.None);
        var removed = await addresses.RemoveAsync(customer.Id, first!.Customer.Addresses[0].Id, CancellationToken.None);
        await addresses.SaveAsync(customer.Id, null, new() { Line1 = "2", City = "Bath", Country = "GB" }, CancellationToken.None);

        var undone = await agent.Get<UndoService>().UndoAsync(removed!.ChangeSetId!.Value, false, CancellationToken.None);

        Assert.Equal("IsDefault", Assert.Single(undone.Kept).Field);
        Assert.Equal([("2", true), ("1", false)], (await agent.Customers.GetAsync(customer.Id, CancellationToken.None))!.Addresses
            .Select(a => (a.Line1, a.IsDefault)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_TagPutOnAgainSince_KeepsItAndUndoesTheRest(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, grace) = (await data.AddCustomerAsync(tags: "x"), await data.AddCustomerAsync(tags: "x"));
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var result = await staff.Get<CustomerBulkService>()
            .RunAsync(new([ada.Id, grace.Id], null), new(BulkActionKind.RemoveTag, "x"), null, CancellationToken.None);
        await staff.Get<TagService>().AddAsync(ada.Id, "x", CancellationToken.None);

        var undone = await staff.Get<UndoService>().UndoAsync(result.ChangeSetId!.Value, false, CancellationToken.None);

        Assert.Single(undone.Kept);
        Assert.Equal(2, (await staff.Finder.CountAsync(new(Filter: "tags:any:x"), null, CancellationToken.None)).Rows);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Record_OfAUser_HoldsNoSecret(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        await using var db = system.OpenContext();
        var user = new User { UserName = "u", NormalizedUserName = "U", Email = "e", NormalizedEmail = "E", PasswordHash = "Secret1",
            SecurityStamp = "Secret2" };
        db.Users.Add(user);
        await db.SaveChangesAsync();
        (user.PasswordHash, user.SecurityStamp, user.DisplayName) = ("Secret4", "Secret5", "Name");
        await db.SaveChangesAsync();

        var rows = await data.ReadAsync(d => d.AuditEntries.Where(e => e.EntityType == "User").Select(e => e.Fields + e.Values)
            .ToListAsync());

        Assert.Equal(2, rows.Count);
        Assert.All(rows, r => Assert.DoesNotContain("Secret", r, StringComparison.Ordinal));
        Assert.Contains("Name", rows[1], StringComparison.Ordinal);
        Assert.DoesNotContain("Secret", string.Join(' ', await data.ReadAsync(d => d.OutboxEvents.Select(e => e.Payload).ToListAsync())),
            StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Views_OfProfiles_AreWrittenOncePerRound(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        for (var i = 0; i < 3; i++) await staff.Customers.GetAsync(customer.Id, CancellationToken.None);

        await data.Get<ProfileAccessLog>().FlushAsync(CancellationToken.None);
        await data.Get<ProfileAccessLog>().FlushAsync(CancellationToken.None);

        var viewed = Assert
            .Single(await data.ReadAsync(db => db.AuditEntries.Include(e => e.ChangeSet).Where(e => e.Action == AuditAction.Viewed)
            .ToListAsync()));
        Assert.Equal((customer.Id, staff.UserId), (viewed.CustomerId, viewed.ChangeSet!.ActorId));
    }
}
