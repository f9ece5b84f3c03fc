using System.Globalization;
using System.Text.RegularExpressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

/// <summary>Bulk actions and their undo write past the change tracker; what they write is what a save of one record writes.</summary>
public sealed partial class BulkInMassesTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task BulkAndUndo_OfAThousand_SendStatementsForBatches_NotForCustomers(DatabaseKind kind)
    {
        const int Many = 1000;
        await using var data = await TestServices.CreateAsync(kind);
        await SeedAsync(data, Many);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Get<CustomerBulkService>().RunAsync(Everybody, new(BulkActionKind.AddTag, "before"), null, CancellationToken.None);

        foreach (var action in (BulkAction[])[new(BulkActionKind.AddTag, "spring"), new(BulkActionKind.SetTags, "summer,autumn"),
            new(BulkActionKind.Deactivate, "Moved"), new(BulkActionKind.MakeVip, "Loyal"), new(BulkActionKind.AddNote, "Recall")])
        {
            data.Commands.Clear();
            var result = await manager.Get<CustomerBulkService>().RunAsync(Everybody, action, null, CancellationToken.None);
            Assert.Equal(Many, result.Changed);
            AssertFew(action.Kind, "edit");

            data.Commands.Clear();
            var undone = await manager.Get<UndoService>().UndoAsync(result.ChangeSetId!.Value, false, CancellationToken.None);
            Assert.Empty(undone.Kept);
            AssertFew(action.Kind, "undo");
        }

        // Five batches of the action, up to seven of the undo.
        void AssertFew(BulkActionKind action, string step)
        {
            var count = data.Commands.Count;
            Assert.True(count < 150, string.Create(CultureInfo.InvariantCulture,
                $"{action}, {step}: {count} statements, most often\n{data.Commands.Statements.GroupBy(s => s).MaxBy(g => g.Count())!.Key}"));
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Bulk_LeavesTheSameRowsAuditAndEvents_AsTheSameDoneToOne(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var tag = (await data.AddCustomerAsync(tags: "spring")).Tags[0].Id;

        await CompareAsync(new(BulkActionKind.AddTag, "spring"), id => manager.Get<TagService>().AddAsync(id, "spring", default));
        await CompareAsync(new(BulkActionKind.RemoveTag, "spring"), id => manager.Get<TagService>().RemoveAsync(id, tag, default),
            id => manager.Get<TagService>().AddAsync(id, "spring", default));
        await CompareAsync(new(BulkActionKind.Deactivate), id => manager.Customers.SetActiveAsync(id, false, default));
        await CompareAsync(new(BulkActionKind.Block, "Fraud"), id => manager.Customers.BlockAsync(id, "Fraud", default));
        await CompareAsync(new(BulkActionKind.Unblock), id => manager.Customers.UnblockAsync(id, default),
            id => manager.Customers.BlockAsync(id, "Fraud", default));
        await CompareAsync(new(BulkActionKind.MakeVip, "Loyal"), id => manager.Customers.SetVipAsync(id, true, "Loyal", default));
        await CompareAsync(new(BulkActionKind.Delete), id => manager.Get<CustomerTrash>().DeleteAsync(id, default));

        async Task CompareAsync(BulkAction action, Func<long, Task> one, Func<long, Task>? before = null)
        {
            var (single, many) = ((await data.AddCustomerAsync()).Id, (await data.AddCustomerAsync()).Id);
            foreach (var id in (long[])[single, many])
                if (before is not null) await before(id);
            await one(single);
            var result = await manager.Get<CustomerBulkService>().RunAsync(new([many], null), action, null, CancellationToken.None);
            Assert.Equal(1, result.Changed);
            Assert.Equal(await StateAsync(single), await StateAsync(many));
        }

        async Task<string> StateAsync(long id)
        {
            var customer = await data.ReadAsync(db => db.Customers.AsNoTracking().Include(c => c.Tags).SingleAsync(c => c.Id == id));
            var rows = await data.ReadAsync(db => db.AuditEntries.AsNoTracking()
                .Where(e => e.CustomerId == id && e.Action != AuditAction.Viewed).OrderBy(e => e.Id).ToListAsync());
            var events = await data.ReadAsync(db => db.OutboxEvents.AsNoTracking()
                .Where(e => e.SubjectId == id && e.Topic.StartsWith("customer.")).OrderBy(e => e.Id).ToListAsync());
            var now = data.Clock.GetUtcNow();
            return string.Join('\n', (string[])
            [
                $"{customer.Version} {customer.Status} {customer.BlockReason} {customer.InactiveReason} {customer.IsVip} {customer.VipById}",
                $"{customer.VipReason} {Ago(customer.VipSince)} {Ago(customer.DeletedAt)} {Ago(customer.UpdatedAt)} {customer.NameText != ""}",
                .. customer.Tags.Select(t => $"tag {t.TagId}"),
                .. rows.Where(r => r.Action != AuditAction.Created || r.EntityType != nameof(Customer))
                    .Select(r => $"{r.EntityType} {r.Action} {r.Fields} {Plain(r.Values)} {r.IsDetail}"),
                .. events.Select(e => $"{e.Topic} {e.Payload} {e.Position is null} {Ago(e.CreatedAt)}"),
            ]);

            string Ago(DateTimeOffset? at) => at is null ? "-" : now - at < TimeSpan.FromMinutes(1) ? "now" : "before";
            static string Plain(string? values) => Instants().Replace(Owners().Replace(values ?? "", "their own"), "then");
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfMany_KeepsWhatWasChangedSince_AndTellsIt(DatabaseKind kind)
    {
        const int Many = 60;
        await using var data = await TestServices.CreateAsync(kind);
        await SeedAsync(data, Many);
        var ids = await data.ReadAsync(db => db.Customers.OrderBy(c => c.Id).Select(c => c.Id).ToListAsync());
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var bulk = manager.Get<CustomerBulkService>();
        var inactive = (await bulk.RunAsync(Everybody, new(BulkActionKind.Deactivate, "Moved"), null, CancellationToken.None))
            .ChangeSetId!.Value;
        await manager.Customers.SetActiveAsync(ids[3], true, CancellationToken.None);
        await manager.Customers.BlockAsync(ids[4], "Fraud", CancellationToken.None);
        await manager.Get<CustomerTrash>().DeleteAsync(ids[5], CancellationToken.None);
        await manager.Get<CustomerTrash>().DeleteAsync(ids[6], CancellationToken.None);
        await using (var system = data.AsSystem()) await system.Get<CustomerTrash>().PurgeAsync(ids[6], CancellationToken.None);

        var undone = await manager.Get<UndoService>().UndoAsync(inactive, false, CancellationToken.None);

        // Of the one who was activated there is nothing left to take back.
        Assert.Equal(Many - 4, undone.Undone);
        Assert.Contains(undone.Kept, k => k is { Field: nameof(Customer.Status), Before: "Active", Theirs: "Blocked" });
        Assert.Contains(undone.Kept, k => k.Field == nameof(Customer) && k.Theirs is null);
        Assert.Equal(CustomerStatus.Blocked, (await manager.Customers.GetAsync(ids[4], CancellationToken.None))!.Status);
        Assert.Equal(Many - 3, await data.ReadAsync(db => db.Customers.CountAsync(c => c.Status == CustomerStatus.Active)));
        Assert.Equal(0, await data.ReadAsync(db => db.Customers
            .CountAsync(c => c.Status == CustomerStatus.Active && c.InactiveReason != null)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfTagsOfMany_LeavesThoseTakenOffOrPutOnSince_AndCanBeUndoneInTurn(DatabaseKind kind)
    {
        const int Many = 60;
        await using var data = await TestServices.CreateAsync(kind);
        await SeedAsync(data, Many);
        var ids = await data.ReadAsync(db => db.Customers.OrderBy(c => c.Id).Select(c => c.Id).ToListAsync());
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var (bulk, undo, tags) = (staff.Get<CustomerBulkService>(), staff.Get<UndoService>(), staff.Get<TagService>());
        var old = await bulk.RunAsync(Everybody, new(BulkActionKind.AddTag, "old"), null, CancellationToken.None);
        var result = await bulk.RunAsync(Everybody, new(BulkActionKind.SetTags, "spring"), null, CancellationToken.None);
        var spring = await data.ReadAsync(db => db.Tags.Where(t => t.NameKey == "spring").Select(t => t.Id).SingleAsync());
        await tags.RemoveAsync(ids[0], spring, CancellationToken.None);
        await tags.AddAsync(ids[1], "old", CancellationToken.None);
        var versions = await data.ReadAsync(db => db.Customers.ToDictionaryAsync(c => c.Id, c => c.Version));

        var undone = await undo.UndoAsync(result.ChangeSetId!.Value, false, CancellationToken.None);

        // Two rows of each, but for the tag that was taken off by hand and the one that was put on again.
        Assert.Equal((2 * Many) - 2, undone.Undone);
        Assert.Single(undone.Kept);
        Assert.Equal(ids, await WornAsync("old"));
        Assert.Empty(await WornAsync("spring"));
        Assert.All(await data.ReadAsync(db => db.Customers.ToListAsync()), c => Assert.Equal(versions[c.Id] + 1, c.Version));

        await undo.UndoAsync(undone.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal(ids[1..], await WornAsync("spring"));
        await undo.UndoAsync(old.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal([ids[1]], await WornAsync("old"));

        Task<List<long>> WornAsync(string name) => data.ReadAsync(db =>
            db.CustomerTags.Where(t => t.Tag!.NameKey == name).Select(t => t.CustomerId).Order().ToListAsync());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfTagsOfMany_WhoseTagIsGone_KeepsThem(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await SeedAsync(data, 40);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var bulk = manager.Get<CustomerBulkService>();
        await bulk.RunAsync(Everybody, new(BulkActionKind.AddTag, "old"), null, CancellationToken.None);
        var result = await bulk.RunAsync(Everybody, new(BulkActionKind.RemoveTag, "OLD"), null, CancellationToken.None);
        await data.WriteAsync(db => db.Tags.ExecuteDeleteAsync());

        var undone = await manager.Get<UndoService>().UndoAsync(result.ChangeSetId!.Value, false, CancellationToken.None);

        Assert.Equal((0, 40), (undone.Undone, undone.Kept.Count));
        Assert.Equal(0, await data.ReadAsync(db => db.CustomerTags.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task MassChanges_OfARowThatSomebodySavedSince_AreRefusedAsAWhole(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await SeedAsync(data, 3);
        await using var system = data.AsSystem();
        await using var db = await system.Get<IDbContextFactory<CrmDbContext>>().CreateDbContextAsync();
        var customers = await db.Customers.AsNoTracking().OrderBy(c => c.Id).ToListAsync();
        foreach (var customer in customers)
        {
            var row = db.Mass.Watch(customer);
            customer.Block("Fraud");
            Assert.True(row.IsChanged);
        }

        await system.Customers.UpdateAsync(customers[1].Id, new() { GivenName = "Changed" }, null, null, CancellationToken.None);

        db.BeginChangeSet("test", null);
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => db.SaveChangesAsync());
        Assert.Equal(0, await data.ReadAsync(read => read.Customers.CountAsync(c => c.Status == CustomerStatus.Blocked)));
        Assert.Equal(0, await data.ReadAsync(read => read.ChangeSets.CountAsync(c => c.Kind == "test")));
    }

    [GeneratedRegex("\"CustomerId\":[^]]*]")]
    private static partial Regex Owners();

    [GeneratedRegex("\"[0-9]{4}-[0-9]{2}-[^\"]*\"")]
    private static partial Regex Instants();

    private static BulkSelection Everybody => new(null, new());

    private static Task SeedAsync(TestServices data, int count) => data.WriteAsync(db =>
    {
        db.Customers.AddRange(Enumerable.Range(0, count).Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())));
        return Task.CompletedTask;
    });
}
