using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Customers;

public sealed class CustomerBulkJobTests
{
    private static readonly BulkSelection Everybody = new(null, new());

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Job_OfAllThatMatch_ChangesThem_AndIsUndoneAsOne(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await SeedAsync(data, 450);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var bulk = manager.Get<CustomerBulkService>();

        var job = await bulk.StartAsync(new(null, new(Filter: "status:any:active")), new(BulkActionKind.Block, " Fraud "),
            CancellationToken.None);
        Assert.Equal(job, await bulk.RunningAsync(CancellationToken.None));
        await data.Get<JobRunner>().RunWaitingAsync(CancellationToken.None);

        var ended = (await manager.Get<JobService>().GetAsync(job, CancellationToken.None))!;
        Assert.Equal((JobState.Done, 450L, 450L), (ended.State, ended.Progress.Done, ended.Progress.Total));
        Assert.Null(await bulk.RunningAsync(CancellationToken.None));
        var edit = (await bulk.GetAsync(ended.SubjectId, CancellationToken.None))!;
        Assert.Equal((BulkActionKind.Block, 450, 450, false),
            (edit.Kind, edit.Result.Changed, edit.Result.Total, edit.Result.WasCancelled));
        Assert.Equal(450, await data.ReadAsync(db => db.Customers.CountAsync(c => c.BlockReason == "Fraud")));
        var actor = await data.ReadAsync(db => db.ChangeSets.Where(c => c.Id == edit.Result.ChangeSetId).Select(c => c.ActorId)
            .SingleAsync());
        Assert.Equal(manager.UserId, actor);

        var undone = await manager.Get<UndoService>().UndoAsync(edit.Result.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal((450, 0), (undone.Undone, undone.Kept.Count));
        Assert.Equal(450, await data.ReadAsync(db => db.Customers.CountAsync(c => c.Status == CustomerStatus.Active)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Job_BrokenOffAndBegunAgain_GoesOnUnderTheSameChangeSet_AndDoesNothingTwice(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await SeedAsync(data, 450);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var bulk = manager.Get<CustomerBulkService>();
        await bulk.StartAsync(Everybody, new(BulkActionKind.AddNote, "Recall"), CancellationToken.None);
        var id = await data.ReadAsync(db => db.BulkEdits.Select(e => e.Id).SingleAsync());
        using var ends = new CancellationTokenSource();

        await bulk.ContinueAsync(id, new Reports(p =>
        {
            if (p.Done == 200) ends.Cancel();
        }), ends.Token);
        var half = (await bulk.GetAsync(id, CancellationToken.None))!;
        Assert.Equal((200, 450, true), (half.Result.Changed, half.Result.Total, half.Result.WasCancelled));
        await data.Get<JobRunner>().RunWaitingAsync(CancellationToken.None);

        var whole = (await bulk.GetAsync(id, CancellationToken.None))!;
        Assert.Equal(new BulkResult(450, 450, false, half.Result.ChangeSetId), whole.Result);
        Assert.Equal((450, 450), await data.ReadAsync(async db =>
            (await db.Notes.CountAsync(), await db.Notes.Select(n => n.CustomerId).Distinct().CountAsync())));
        await manager.Get<UndoService>().UndoAsync(whole.Result.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal(0, await data.ReadAsync(db => db.Notes.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Job_OfAnother_IsNotShown_AndWhatIsNotAllowedIsRefusedAtOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await SeedAsync(data, 1);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await manager.Get<CustomerBulkService>().StartAsync(Everybody, new(BulkActionKind.Delete), CancellationToken.None);
        var id = await data.ReadAsync(db => db.BulkEdits.Select(e => e.Id).SingleAsync());
        var bulk = staff.Get<CustomerBulkService>();

        Assert.Null(await bulk.GetAsync(id, CancellationToken.None));
        Assert.Null(await bulk.RunningAsync(CancellationToken.None));
        await Assert.ThrowsAsync<AccessDeniedException>(() => bulk.StartAsync(Everybody, new(BulkActionKind.Delete),
            CancellationToken.None));
        await Assert.ThrowsAsync<RuleViolationException>(() => bulk.StartAsync(Everybody, new(BulkActionKind.AddTag, " "),
            CancellationToken.None));
        Assert.Equal(1, await data.ReadAsync(db => db.Jobs.CountAsync()));
    }

    [Fact]
    public async Task Run_ThatMeetsACollisionInEachBatch_GoesOnToTheEnd()
    {
        const int Many = 12 * 200;
        var collisions = new Collisions();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(collisions));
        await SeedAsync(data, Many);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        var result = await manager.Get<CustomerBulkService>()
            .RunAsync(Everybody, new(BulkActionKind.AddTag, "spring"), null, CancellationToken.None);

        Assert.Equal((Many, 12), (result.Changed, collisions.Count));
        Assert.Equal(Many, await data.ReadAsync(db => db.CustomerTags.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_RemovesTheTagThatItMade_UnlessSomebodyHasItByNow_AndItComesBackWithTheChange(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, grace) = (await data.AddCustomerAsync(tags: "Old"), await data.AddCustomerAsync());
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var (bulk, undo) = (staff.Get<CustomerBulkService>(), staff.Get<UndoService>());
        var selection = new BulkSelection([ada.Id, grace.Id], null);

        var first = await bulk.RunAsync(selection, new(BulkActionKind.AddTag, "Christmas"), null, CancellationToken.None);
        var undone = await undo.UndoAsync(first.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal(["old"], await TagsAsync());
        await undo.UndoAsync(undone.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal(["christmas", "old"], await TagsAsync());
        Assert.Equal(3, await data.ReadAsync(db => db.CustomerTags.CountAsync()));

        var second = await bulk.RunAsync(new([ada.Id], null), new(BulkActionKind.AddTag, "Easter"), null, CancellationToken.None);
        await staff.Get<TagService>().AddAsync(grace.Id, "Easter", CancellationToken.None);
        await undo.UndoAsync(second.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal(["christmas", "easter", "old"], await TagsAsync());

        Task<List<string>> TagsAsync() => data.ReadAsync(db => db.Tags.Select(t => t.NameKey).OrderBy(k => k).ToListAsync());
    }

    private static Task SeedAsync(TestServices data, int count) => data.WriteAsync(db =>
    {
        db.Customers.AddRange(Enumerable.Range(0, count).Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())));
        return Task.CompletedTask;
    });

    private sealed class Reports(Action<BulkProgress> report) : IProgress<BulkProgress>
    {
        public void Report(BulkProgress value) => report(value);
    }

    /// <summary>Refuses every other save of a bulk action, as if somebody had saved the same customer at that moment.</summary>
    private sealed class Collisions : SaveChangesInterceptor
    {
        private bool _isSecond;

        public int Count { get; private set; }

        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            if (!eventData.Context!.ChangeTracker.Entries<ChangeSet>().Any(e => e.Entity.Kind == "customer.bulk")) return new(result);
            _isSecond = !_isSecond;
            if (!_isSecond) return new(result);
            Count++;
            throw new DbUpdateConcurrencyException("Somebody was faster.");
        }
    }
}
