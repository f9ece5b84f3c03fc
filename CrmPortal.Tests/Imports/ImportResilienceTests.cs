using CrmPortal.Core.Customers;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Imports;

/// <summary>An import is there wholly or not at all, whatever happens in the middle of it.</summary>
public sealed class ImportResilienceTests
{
    private const int Rows = 3_500;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string People => "external id,first name\n" + string.Concat(Enumerable.Range(1, Rows).Select(i => $"{i},Name {i}\n"));

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task NodeThatDiesInTheMiddle_LeavesNothing_AndAnotherFinishes(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var manager = await services.AsRoleAsync(RoleNames.Manager);
        var id = await manager.UploadTextAsync(People);
        await manager.CheckAsync(id);
        var job = await manager.Imports.StartPublishAsync(id, Token);
        await services.WriteAsync(db => db.Jobs.Where(j => j.Id == job)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.State, JobState.Running).SetProperty(x => x.SeenAt, services.Clock.GetUtcNow())
            .SetProperty(x => x.Attempts, 1), Token));

        await Assert.ThrowsAsync<InvalidOperationException>(() => manager.Get<ImportRunner>()
            .PublishAsync(id, new Dying(after: 2_000), Token));
        Assert.Equal((0, 0, ImportState.Publishing), await StateAsync());

        await using var other = TestServices.On(services.Database, services.Clock);
        await other.Get<JobRunner>().RunWaitingAsync(Token);
        Assert.Equal((0, 0, ImportState.Publishing), await StateAsync());

        services.Clock.Advance(TimeSpan.FromMinutes(1));
        await other.Get<JobRunner>().RunWaitingAsync(Token);
        Assert.Equal((Rows, Rows, ImportState.Published), await StateAsync());
        Assert.Equal(JobState.Done, (await manager.Get<JobService>().GetAsync(job, Token))!.State);

        Task<(int, int, ImportState)> StateAsync() => services.ReadAsync(async db => (
            await db.Customers.CountAsync(Token), await db.AuditEntries.CountAsync(e => e.EntityType == "Customer", Token),
                await db.Imports.Where(i => i.Id == id).Select(i => i.State).SingleAsync(Token)));
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task TwoPublicationsAtOnce_WriteOnce(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var manager = await services.AsRoleAsync(RoleNames.Manager);
        await using var second = services.As(manager.Actor);
        var id = await manager.UploadTextAsync(People);
        await manager.CheckAsync(id);
        await manager.Imports.BeginPublishAsync(id, Token);

        await Task.WhenAll(
            Task.Run(() => manager.Get<ImportRunner>().PublishAsync(id, new Dying(int.MaxValue), Token), Token),
            Task.Run(() => second.Get<ImportRunner>().PublishAsync(id, new Dying(int.MaxValue), Token), Token));

        Assert.Equal((Rows, 1),
            await services
            .ReadAsync(async db => (await db.Customers.CountAsync(Token), await db.ChangeSets.CountAsync(c => c.Kind == "import", Token))));
    }

    [Fact]
    public async Task CheckThatIsStopped_CanBeBegunAgain()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var manager = await services.AsRoleAsync(RoleNames.Manager);
        var id = await manager.UploadTextAsync(People);
        var plan = (await manager.Imports.GetAsync(id, Token))!.Plan;
        var job = await manager.Imports.StartCheckAsync(id, plan, Token);
        await Assert.ThrowsAsync<RuleViolationException>(() => manager.Imports.StartCheckAsync(id, plan, Token));

        Assert.True(await manager.Get<JobService>().CancelAsync(job, Token));
        var again = await manager.CheckAsync(id);

        Assert.Equal((Rows, Rows), (again.Rows, again.Customers.New));
        Assert.Equal(Rows, await services.ReadAsync(db => db.ImportRows.CountAsync(Token)));
    }

    [Fact]
    public async Task JobOfADisabledUser_IsRefused_AndTheImportStandsWhereItStood()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var manager = await services.AsRoleAsync(RoleNames.Manager);
        var id = await manager.UploadTextAsync(People);
        await manager.CheckAsync(id);
        var job = await manager.Imports.StartPublishAsync(id, Token);
        await services.WriteAsync(db => db.Users.Where(u => u.Id == manager.UserId)
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.DisabledAt, services.Clock.GetUtcNow()), Token));

        await services.Get<JobRunner>().RunWaitingAsync(Token);

        await using var system = services.AsSystem();
        Assert.Equal((JobState.Failed, "Nobody is signed in."),
            await services
            .ReadAsync(async db => (await db.Jobs.Where(j => j.Id == job).Select(j => j.State).SingleAsync(Token),
            await db.Jobs.Where(j => j.Id == job).Select(j => j.Fault).SingleAsync(Token)))!);
        Assert.Equal((ImportState.Checked, 0),
            ((await system.Imports.GetAsync(id, Token))!.State, await services.ReadAsync(db => db.Customers.CountAsync(Token))));
    }

    /// <summary>Ends the work as a power cut does, in the middle of the transaction.</summary>
    private sealed class Dying(int after) : IProgress<JobProgress>
    {
        public void Report(JobProgress value)
        {
            if (value.Done >= after) throw new InvalidOperationException("The power is cut.");
        }
    }
}
