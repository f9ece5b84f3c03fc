using CrmPortal.Core.Analytics;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Upkeep;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Duplicates;

/// <summary>Whatever happened before: a merge that is taken back leaves no trace in any table of customers.</summary>
public sealed class MergeHistoryTests
{
    private const int Steps = 60;

    public static TheoryData<DatabaseKind, int> Histories
    {
        get
        {
            var histories = new TheoryData<DatabaseKind, int>();
            foreach (var kind in Enum.GetValues<DatabaseKind>())
                for (var seed = 1; seed <= (kind == DatabaseKind.Sqlite ? 6 : 3); seed++) histories.Add(kind, seed);
            return histories;
        }
    }

    [Theory, MemberData(nameof(Histories))]
    public async Task Undo_AfterAnyHistory_BringsEveryRowBack_AndMergingAgainByUndoingThatToo(DatabaseKind kind, int seed)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var history = new RandomHistory(data, manager, seed);
        var (undo, compared) = (manager.Get<UndoService>(), 0);
        for (var step = 0; step < Steps; step++)
        {
            data.Clock.Advance(TimeSpan.FromMinutes(7));
            await history.StepAsync();
            if (step % 4 != 3) continue;
            var before = await ReadAsync(data);
            if (await history.MergeAsync() is not { } merged) continue;
            await DemandConsistentAsync(data, seed, step);
            if (step % 8 != 3) continue;

            var after = await ReadAsync(data);
            data.Clock.Advance(TimeSpan.FromMinutes(1));
            var undone = await undo.UndoAsync(merged, false, CancellationToken.None);
            DemandSame(before, await ReadAsync(data), seed, step, "undoing the merge");
            Assert.Empty(undone.Kept);
            await DemandConsistentAsync(data, seed, step);

            var again = await undo.UndoAsync(undone.ChangeSetId!.Value, false, CancellationToken.None);
            DemandSame(after, await ReadAsync(data), seed, step, "merging again");
            if (step % 16 == 3) await undo.UndoAsync(again.ChangeSetId!.Value, false, CancellationToken.None);
            compared++;
            await DemandConsistentAsync(data, seed, step);
        }

        Assert.True(compared > 2, $"Only {compared} merges were compared.");
    }

    [Theory, MemberData(nameof(Histories))]
    public async Task Undo_OfMergesOfLongAgo_LeavesFiguresConsentsAndUniquenessRight(DatabaseKind kind, int seed)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var history = new RandomHistory(data, manager, seed + 100);
        for (var step = 0; step < Steps; step++)
        {
            data.Clock.Advance(TimeSpan.FromMinutes(7));
            await history.StepAsync();
            if (step % 3 == 2) await history.MergeAsync();
            if (step % 5 == 4) await history.UndoSomeMergeAsync();
            await DemandConsistentAsync(data, seed, step);
        }
    }

    /// <summary>All rows, with what is computed of others brought up to date, as the background does in a moment.</summary>
    private static async Task<SortedSet<string>> ReadAsync(TestServices data)
    {
        await data.Get<CohortKeeper>().RunAsync(CancellationToken.None);
        return await data.ReadAsync(CustomerTables.ReadAsync);
    }

    private static void DemandSame(SortedSet<string> wanted, SortedSet<string> found, int seed, int step, string after) =>
        Assert.True(wanted.SetEquals(found), $"Seed {seed}, step {step}, after {after}:\n{CustomerTables.Difference(wanted, found)}");

    /// <summary>What is kept beside its source equals what follows from it.</summary>
    private static async Task DemandConsistentAsync(TestServices data, int seed, int step)
    {
        await using var system = data.AsSystem();
        Assert.Equal(0, await system.Get<RecalculateService>().RunAsync(null, CancellationToken.None));
        await using var db = system.OpenContext();
        foreach (var customer in await db.Customers.Include(c => c.ContactPoints).ToListAsync())
        {
            var (text, email, sms) = (customer.ContactText, customer.EmailMarketing, customer.SmsMarketing);
            customer.DeriveContacts(customer.ContactPoints);
            Assert.True(text == customer.ContactText,
                $"Seed {seed}, step {step}: the search text of {customer.Id} is '{text}', not '{customer.ContactText}'.");
            Assert.Equal((await Holds(Channel.Email), await Holds(Channel.Sms)), (email, sms));

            async Task<bool> Holds(Channel channel) => await db.Consents.Where(c => c.CustomerId == customer.Id
                && c.Purpose == ConsentPurpose.Marketing && c.Channel == channel)
                .OrderByDescending(c => c.Id).Select(c => (ConsentState?)c.State).FirstOrDefaultAsync() == ConsentState.Granted;
        }
    }
}
