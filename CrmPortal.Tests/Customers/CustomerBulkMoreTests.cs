using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

public sealed class CustomerBulkMoreTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Bulk_VipSubscriptionAgentDeactivateUnblock_ChangeWhatTheySay_AndAreUndone(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ids = new List<long> { (await data.AddCustomerAsync("Ada", "A")).Id, (await data.AddCustomerAsync("Ada", "B")).Id };
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Customers.BlockAsync(ids[0], "Fraud", CancellationToken.None);
        var agent = manager.UserId.ToString(CultureInfo.InvariantCulture);

        await ChangesAsync(new(BulkActionKind.MakeVip, "Anniversary"), 2,
            c => c is { IsVip: true, VipReason: "Anniversary", VipById: not null });
        await ChangesAsync(new(BulkActionKind.SetSubscription, "trial"), 2, c => c.Subscription == SubscriptionState.Trial);
        await ChangesAsync(new(BulkActionKind.SetAgent, agent), 2, c => c.PreferredAgentId == manager.UserId);
        await ChangesAsync(new(BulkActionKind.Unblock), 1, c => c.Status == CustomerStatus.Active);
        await ChangesAsync(new(BulkActionKind.Deactivate, "Moved away"), 2,
            c => c is { Status: CustomerStatus.Inactive, InactiveReason: "Moved away" });

        async Task ChangesAsync(BulkAction action, int changed, Func<Customer, bool> isSo)
        {
            var before = await data.ReadAsync(db => db.Customers.AsNoTracking().OrderBy(c => c.Id).ToListAsync());
            var result = await manager.Get<CustomerBulkService>().RunAsync(new(ids, null), action, null, CancellationToken.None);
            Assert.Equal(changed, result.Changed);
            Assert.All(await data.ReadAsync(db => db.Customers.AsNoTracking().ToListAsync()), c => Assert.True(isSo(c)));
            await manager.Get<UndoService>().UndoAsync(result.ChangeSetId!.Value, false, CancellationToken.None);
            var after = await data.ReadAsync(db => db.Customers.AsNoTracking().OrderBy(c => c.Id).ToListAsync());
            Assert.Equal(before.Select(c => (c.IsVip, c.Subscription, c.PreferredAgentId, c.Status, c.InactiveReason)),
                after.Select(c => (c.IsVip, c.Subscription, c.PreferredAgentId, c.Status, c.InactiveReason)));
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Bulk_FollowAndNoLonger_AreOnesOwn_AndWrongArgumentsAreRefused(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ids = new List<long> { (await data.AddCustomerAsync("Ada", "A")).Id, (await data.AddCustomerAsync("Ada", "B")).Id };
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var bulk = staff.Get<CustomerBulkService>();

        Assert.Equal(2, (await bulk.RunAsync(new(ids, null), new(BulkActionKind.Follow), null, CancellationToken.None)).Changed);
        Assert.Equal(0, (await bulk.RunAsync(new(ids, null), new(BulkActionKind.Follow), null, CancellationToken.None)).Changed);
        Assert.Equal(2, (await bulk.RunAsync(new(ids, null), new(BulkActionKind.Unfollow), null, CancellationToken.None)).Changed);

        await Assert.ThrowsAsync<RuleViolationException>(() => bulk.RunAsync(new(ids, null), new(BulkActionKind.SetSubscription, "wild"),
            null, CancellationToken.None));
        await Assert.ThrowsAsync<RuleViolationException>(() => bulk.RunAsync(new(ids, null), new(BulkActionKind.SetAgent, "9999"), null,
            CancellationToken.None));
        await Assert.ThrowsAsync<AccessDeniedException>(() => bulk.RunAsync(new(ids, null), new(BulkActionKind.Unblock), null,
            CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Bulk_OfMany_WritesOneAuditRowAndOneEventForEach_AsForFew_AndIsUndone(DatabaseKind kind)
    {
        const int Many = 120;
        await using var data = await TestServices.CreateAsync(kind);
        await data.WriteAsync(db =>
        {
            db.Customers.AddRange(Enumerable.Range(0, Many).Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())));
            return Task.CompletedTask;
        });
        var ids = await data.ReadAsync(db => db.Customers.Select(c => c.Id).ToListAsync());
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await data.DispatchAsync();

        var result = await manager.Get<CustomerBulkService>()
            .RunAsync(new(ids, null), new(BulkActionKind.AddTag, "many"), null, CancellationToken.None);

        var rows = await data
            .ReadAsync(db => db.AuditEntries.Where(e => e.ChangeSetId == result.ChangeSetId && e.EntityType == nameof(CustomerTag))
            .ToListAsync());
        Assert.Equal(ids.Order(), rows.Select(r => r.CustomerId!.Value).Order());
        Assert.All(rows, r => Assert.Contains("TagId", r.Values, StringComparison.Ordinal));
        var events = await data
            .ReadAsync(db => db.OutboxEvents.Where(e => e.ChangeSetId == result.ChangeSetId && e.Topic == "customer.updated")
            .ToListAsync());
        Assert.Equal(ids.Order(), events.Select(e => e.SubjectId).Order());
        Assert.All(events, e => Assert.Null(e.Position));
        await data.DispatchAsync();
        Assert.All(await data.ReadAsync(db => db.OutboxEvents.ToListAsync()), e => Assert.NotNull(e.Position));

        await manager.Get<UndoService>().UndoAsync(result.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal(0, await data.ReadAsync(db => db.CustomerTags.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Bulk_SetTags_TakesTheOthersAway_AndIsUndone(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (old, already, none) = (await data.AddCustomerAsync(tags: ["Old", "Gold"]),
            await data.AddCustomerAsync(tags: ["gold", "Spring"]), await data.AddCustomerAsync());
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var result = await staff.Get<CustomerBulkService>()
            .RunAsync(new([old.Id, already.Id, none.Id], null), new(BulkActionKind.SetTags, " GOLD, spring ,gold,"), null,
            CancellationToken.None);

        Assert.Equal((2, 3), (result.Changed, result.Total));
        foreach (var customer in (CustomerDetails[])[old, already, none])
            Assert.Equal(["gold", "spring"], await TagsAsync(data, customer.Id));
        var undone = await staff.Get<UndoService>().UndoAsync(result.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Empty(undone.Kept);
        Assert.Equal(["gold", "old"], await TagsAsync(data, old.Id));
        Assert.Equal(["gold", "spring"], await TagsAsync(data, already.Id));
        Assert.Empty(await TagsAsync(data, none.Id));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Bulk_SetTagsThatAreNew_OfAllThatMatch_MakesEachTagOnce(DatabaseKind kind)
    {
        const int Many = 450;
        await using var data = await TestServices.CreateAsync(kind);
        await data.WriteAsync(db =>
        {
            db.Customers.AddRange(Enumerable.Range(0, Many).Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())));
            return Task.CompletedTask;
        });
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var result = await staff.Get<CustomerBulkService>()
            .RunAsync(new(null, new(Filter: "tags:none:one")), new(BulkActionKind.SetTags, "one,two"), null, CancellationToken.None);

        Assert.Equal((Many, Many), (result.Changed, result.Total));
        Assert.Equal((2, 2 * Many), await data.ReadAsync(async db => (await db.Tags.CountAsync(), await db.CustomerTags.CountAsync())));
        await staff.Get<UndoService>().UndoAsync(result.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal(0, await data.ReadAsync(db => db.CustomerTags.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Bulk_Note_IsOnAll_TellsWhoIsNamedOnce_AndIsUndone(DatabaseKind kind)
    {
        const int Many = 250;
        await using var data = await TestServices.CreateAsync(kind);
        await data.WriteAsync(db =>
        {
            db.Customers.AddRange(Enumerable.Range(0, Many).Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())));
            return Task.CompletedTask;
        });
        await using var named = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var (name, userId) = await data.ReadAsync(async db => await db.Users.Where(u => u.Id == named.UserId)
            .Select(u => new ValueTuple<string, long>(u.DisplayName, u.Id)).SingleAsync());
        data.Clock.Advance(TimeSpan.FromDays(1));

        var result = await staff.Get<CustomerBulkService>()
            .RunAsync(new(null, new()), new(BulkActionKind.AddNote, $"  Recall of kettles, @{name} "), null, CancellationToken.None);

        Assert.Equal((Many, Many), (result.Changed, result.Total));
        var notes = await data.ReadAsync(db => db.Notes.AsNoTracking().ToListAsync());
        Assert.Equal(Many, notes.Select(n => n.CustomerId).Distinct().Count());
        Assert.All(notes, n => Assert.Equal(($"Recall of kettles, @{name}", false, staff.UserId), (n.Text, n.IsPrivate, n.AuthorId)));
        Assert.All(await data.ReadAsync(db => db.Customers.AsNoTracking().ToListAsync()),
            c => Assert.InRange(data.Clock.GetUtcNow() - c.LastInteractionAt, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        Assert.Equal(userId,
            Assert.Single(await data.ReadAsync(db => db.Notifications.Where(n => n.Kind == NotificationKind.Mentioned)
            .ToListAsync())).UserId);

        var undone = await staff.Get<UndoService>().UndoAsync(result.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Empty(undone.Kept);
        Assert.Equal(0, await data.ReadAsync(db => db.Notes.CountAsync()));
    }

    [Fact]
    public async Task Bulk_NoteOrTags_WithoutAny_OrWithoutThePermission_AreRefused()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var id = (await data.AddCustomerAsync(tags: "Gold")).Id;
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var reader = await data.AsAsync(Permissions.CustomersView);

        foreach (var action in (BulkAction[])[new(BulkActionKind.AddNote, " "), new(BulkActionKind.SetTags, " , "),
            new(BulkActionKind.SetTags, "a;b"), new(BulkActionKind.SetTags, null)])
            await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<CustomerBulkService>()
                .RunAsync(new([id], null), action, null, CancellationToken.None));
        foreach (var action in (BulkAction[])[new(BulkActionKind.AddNote, "x"), new(BulkActionKind.SetTags, "x")])
            await Assert.ThrowsAsync<AccessDeniedException>(() => reader.Get<CustomerBulkService>()
                .RunAsync(new([id], null), action, null, CancellationToken.None));
        Assert.Equal(["gold"], await TagsAsync(data, id));
    }

    private static Task<List<string>> TagsAsync(TestServices data, long customerId) =>
        data.ReadAsync(db => db.CustomerTags.Where(t => t.CustomerId == customerId).Select(t => t.Tag!.NameKey).OrderBy(k => k)
            .ToListAsync());
}
