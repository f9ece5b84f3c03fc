using System.Data.Common;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Imports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Audit;

/// <summary>What undoing leaves alone, and how it goes on when it is broken off.</summary>
public sealed class UndoGuardTests
{
    private const int Many = 600;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfAnothersPrivateNote_LeavesItAndTellsNothing(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var ann = await data.AsRoleAsync(RoleNames.Staff);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var (notes, undo) = (ann.Get<NoteService>(), manager.Get<UndoService>());
        var note = (await notes.AddAsync(customer.Id, "for all", default))!;
        var added = Assert.Single(await ann.Get<UndoService>().LastOwnAsync(1, default));
        var hidden = (await notes.UpdateAsync(customer.Id, note.Id, "for all", true, null, default))!.ChangeSetId!.Value;
        var written = (await notes.UpdateAsync(customer.Id, note.Id, "for me alone", true, null, default))!.ChangeSetId!.Value;
        var removed = (await notes.RemoveAsync(customer.Id, (await notes.AddAsync(customer.Id, "secret", default, isPrivate: true))!.Id,
            default))!.Value;

        foreach (var changeSet in new[] { removed, written, hidden, added })
        {
            var undone = await undo.UndoAsync(changeSet, true, default);
            Assert.Equal(0, undone.Undone);
            Assert.Equal(new FieldConflict(nameof(Note), null, null, null), Assert.Single(undone.Kept));
        }

        Assert.Equal([("for me alone", true)], (await notes.ListAsync(customer.Id, new(), default)).Items
            .Select(n => (n.Text, n.IsPrivate)));
        Assert.Empty((await manager.Get<NoteService>().ListAsync(customer.Id, new(), default)).Items);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfAPublicNotesPin_IsForOthersToo_AndItsTextIsNot(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var ann = await data.AsRoleAsync(RoleNames.Staff);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var notes = ann.Get<NoteService>();
        var note = (await notes.AddAsync(customer.Id, "first", default))!;
        var pinned = (await notes.PinAsync(customer.Id, note.Id, true, default))!.Value;
        var written = (await notes.UpdateAsync(customer.Id, note.Id, "second", false, null, default))!.ChangeSetId!.Value;

        Assert.Equal(1, (await manager.Get<UndoService>().UndoAsync(pinned, false, default)).Undone);
        Assert.Equal(0, (await manager.Get<UndoService>().UndoAsync(written, false, default)).Undone);

        Assert.Equal([("second", false)], (await notes.ListAsync(customer.Id, new(), default)).Items.Select(n => (n.Text, n.IsPinned)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfAChangedEmailOrStreet_LeavesNoVerificationOfTheNewerOne(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync(email: "old@example.com", phone: "+442079460958");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var (addresses, undo) = (agent.Get<AddressService>(), agent.Get<UndoService>());
        var street = new AddressInput { Line1 = "Old 1", City = "Bath", Country = "GB" };
        var address = (await addresses.SaveAsync(customer.Id, null, street, default))!.Customer.Addresses[0].Id;
        var contacts = await agent.Customers.UpdateAsync(customer.Id, new() { Email = "new@example.com", Phone = "+4915112345678" }, null,
            null, default);
        var moved = await addresses.SaveAsync(customer.Id, address, street with { Line1 = "New 2" }, default);
        var now = data.Clock.GetUtcNow();
        await data.WriteAsync(db => db.Customers.Where(c => c.Id == customer.Id)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.EmailVerifiedAt, now).SetProperty(x => x.PhoneVerifiedAt, now)));
        await addresses.VerifyAsync(customer.Id, address, true, default);

        await undo.UndoAsync(contacts!.ChangeSetId!.Value, false, default);
        await undo.UndoAsync(moved!.ChangeSetId!.Value, false, default);

        var after = (await agent.Customers.GetAsync(customer.Id, default))!;
        Assert.Equal(("old@example.com", null, null), (after.Email, after.EmailVerifiedAt, after.PhoneVerifiedAt));
        Assert.Equal(("Old 1", null, null), (after.Addresses[0].Line1, after.Addresses[0].VerifiedAt, after.Addresses[0].VerifiedByName));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfWhatHangsOnSomethingGone_IsKeptAndTheRestUndone(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, grace) = (await data.AddCustomerAsync(tags: ["x", "y"]), await data.AddCustomerAsync());
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var (tags, relations, undo) = (manager.Get<TagService>(), manager.Get<RelationService>(), manager.Get<UndoService>());
        var off = await tags.ChangeAsync(ada.Id, [], TagAction.Set, default);
        await tags.DeleteAsync(ada.Tags.Single(t => t.Name == "x").Id, default);
        await relations.RelateAsync(ada.Id, grace.Number, RelationshipKind.Friend, null, default);
        var apart = await relations.UnrelateAsync(ada.Id, (await relations.RelationshipsAsync(ada.Id, default))[0].Id, default);
        await data.WriteAsync(db => db.Customers.Where(c => c.Id == grace.Id).ExecuteDeleteAsync());

        var undone = await undo.UndoAsync(off!.ChangeSetId!.Value, false, default);
        var still = await undo.UndoAsync(apart!.Value, false, default);

        Assert.Single(undone.Kept);
        Assert.Equal(["y"], (await manager.Customers.GetAsync(ada.Id, default))!.Tags.Select(t => t.Name));
        Assert.Equal((0, 1), (still.Undone, still.Kept.Count));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfMany_GoesToItsEnd_WhenThePageIsLeft(DatabaseKind kind)
    {
        var trap = new CommitTrap();
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IInterceptor>(trap));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var changeSet = await TagManyAsync(data, manager);
        using var page = new CancellationTokenSource();
        trap.Set(1, page.Cancel);

        var undone = await manager.Get<UndoService>().UndoAsync(changeSet, false, page.Token);

        Assert.True(page.IsCancellationRequested);
        Assert.Equal(Many, undone.Undone);
        Assert.Equal(0, await data.ReadAsync(db => db.CustomerTags.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfMany_ThatFailsInBetween_CanBeDoneAgain(DatabaseKind kind)
    {
        var trap = new CommitTrap();
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IInterceptor>(trap));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var changeSet = await TagManyAsync(data, manager);
        trap.Set(2, () => throw new IOException("The disk is full."));

        await Assert.ThrowsAsync<IOException>(() => manager.Get<UndoService>().UndoAsync(changeSet, false, default));
        Assert.InRange(await data.ReadAsync(db => db.CustomerTags.CountAsync()), 1, Many - 1);
        await manager.Get<UndoService>().UndoAsync(changeSet, false, default);

        Assert.Equal(0, await data.ReadAsync(db => db.CustomerTags.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfMany_WhoseProgramEnds_CanBeDoneAgain_AndNotBefore(DatabaseKind kind)
    {
        var end = new EndOfTheProgram();
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IInterceptor>(end));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var changeSet = await TagManyAsync(data, manager);
        end.ComesAtCommit(2);
        await Assert.ThrowsAsync<IOException>(() => manager.Get<UndoService>().UndoAsync(changeSet, false, default));
        end.IsOver();
        Assert.InRange(await data.ReadAsync(db => db.CustomerTags.CountAsync()), 1, Many - 1);

        // Another node may still be at it.
        await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<UndoService>().UndoAsync(changeSet, false, default));
        data.Clock.Advance(TimeSpan.FromMinutes(5));
        await manager.Get<UndoService>().UndoAsync(changeSet, false, default);

        Assert.Equal(0, await data.ReadAsync(db => db.CustomerTags.CountAsync()));
        data.Clock.Advance(TimeSpan.FromHours(1));
        await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<UndoService>().UndoAsync(changeSet, false, default));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfMany_WhoseLastRowsCannotComeBack_IsDone_AndNotTwice(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await AddManyAsync(data);
        var ids = await data.ReadAsync(db => db.Customers.OrderBy(c => c.Id).Select(c => c.Id).ToListAsync());
        await data.WriteAsync(async db => (await db.Customers.SingleAsync(c => c.Id == ids[0])).LoyaltyCard = "C-1");
        var deleted = (await manager.Get<CustomerBulkService>()
            .RunAsync(new(ids, null), new(BulkActionKind.Delete), null, default)).ChangeSetId!.Value;
        var other = await data.AddCustomerAsync("Other");
        await data.WriteAsync(async db => (await db.Customers.SingleAsync(c => c.Id == other.Id)).LoyaltyCard = "C-1");

        var undone = await manager.Get<UndoService>().UndoAsync(deleted, false, default);

        Assert.Equal(Many, undone.Undone + undone.Kept.Count);
        Assert.InRange(undone.Kept.Count, 1, Many - 1);
        data.Clock.Advance(TimeSpan.FromHours(1));
        await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<UndoService>().UndoAsync(deleted, false, default));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfAnImport_ThatWasBrokenOff_GoesOn(DatabaseKind kind)
    {
        var trap = new CommitTrap();
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IInterceptor>(trap));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.ImportAsync(People("Before"), p => p with { Match = MatchKey.Email });
        var id = await manager.UploadTextAsync(People("Changed"));
        await manager.CheckAsync(id, p => p with { Match = MatchKey.Email });
        Assert.Equal(Many, (await manager.PublishAsync(id)).Customers.Changed);
        var changeSet = (await manager.Imports.GetAsync(id, default))!.ChangeSetId!.Value;
        trap.Set(2, () => throw new IOException("The machine was switched off."));

        await Assert.ThrowsAsync<IOException>(() => manager.Get<UndoService>().UndoAsync(changeSet, false, default));
        Assert.Equal(ImportState.Published, (await manager.Imports.GetAsync(id, default))!.State);
        await manager.Get<UndoService>().UndoAsync(changeSet, false, default);

        Assert.Equal(ImportState.Undone, (await manager.Imports.GetAsync(id, default))!.State);
        Assert.Equal(0, await data.ReadAsync(db => db.Customers.CountAsync(c => c.FamilyName == "Changed")));
        await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<UndoService>().UndoAsync(changeSet, false, default));

        static string People(string name) => "email,first name,last name\n" + string.Concat(Enumerable.Range(0, Many)
            .Select(i => $"person{i}@example.com,Ada,{name}\n"));
    }

    private static Task AddManyAsync(TestServices data) => data.WriteAsync(db =>
    {
        db.Customers.AddRange(Enumerable.Range(0, Many).Select(i =>
        {
            var customer = TestCustomers.Make(i, data.Clock.GetUtcNow());
            (customer.Email, customer.Phone) = ($"person{i}@example.com", null);
            customer.DeriveContacts([]);
            return customer;
        }));
        return Task.CompletedTask;
    });

    private static async Task<long> TagManyAsync(TestServices data, TestScope by)
    {
        await AddManyAsync(data);
        var ids = await data.ReadAsync(db => db.Customers.Select(c => c.Id).ToListAsync());
        var result = await by.Get<CustomerBulkService>().RunAsync(new(ids, null), new(BulkActionKind.AddTag, "x"), null, default);
        Assert.Equal(Many, await data.ReadAsync(db => db.CustomerTags.CountAsync()));
        return result.ChangeSetId!.Value;
    }

    /// <summary>From one of the commits that follow, nothing reaches the database any more, until the program starts again.</summary>
    private sealed class EndOfTheProgram : DbCommandInterceptor, IDbTransactionInterceptor
    {
        private int _left;
        private bool _isThere;

        public void ComesAtCommit(int commit) => _left = commit;

        public void IsOver() => _isThere = false;

        public ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData,
            InterceptionResult result, CancellationToken cancellationToken = default)
        {
            if (_left > 0 && --_left == 0) _isThere = true;
            Refuse();
            return new(result);
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData,
            InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            Refuse();
            return new(result);
        }

        private void Refuse()
        {
            if (_isThere) throw new IOException("The program was killed.");
        }
    }

    /// <summary>Does something at one of the commits that follow.</summary>
    private sealed class CommitTrap : DbTransactionInterceptor
    {
        private Action? _action;
        private int _left;

        public void Set(int commit, Action action) => (_left, _action) = (commit, action);

        public override ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData,
            InterceptionResult result, CancellationToken cancellationToken = default)
        {
            if (_action is { } action && --_left == 0)
            {
                _action = null;
                action();
            }

            return new(result);
        }
    }
}
