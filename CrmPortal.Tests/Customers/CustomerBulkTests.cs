using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

public sealed class CustomerBulkTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Run_AllOfAQueryOverBatches_ChangesAllAndUndoTakesAllBack(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await SeedAsync(data, 520);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var progress = new List<BulkProgress>();

        // What is changed falls out of the very query that it is found by.
        var result = await manager.Get<CustomerBulkService>().RunAsync(
            new(null, new(Filter: "status:any:active")), new(BulkActionKind.Deactivate), new Reports(progress.Add), CancellationToken.None);

        Assert.Equal((520, 520, false), (result.Changed, result.Total, result.WasCancelled));
        Assert.Equal([200, 400, 520], progress.Select(p => p.Done));
        Assert.Equal(520, await CountAsync(data, CustomerStatus.Inactive));
        Assert.Equal(1, await data.ReadAsync(db => db.ChangeSets.CountAsync(c => c.Kind == "customer.bulk")));

        var undone = await manager.Get<UndoService>().UndoAsync(result.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal(520, undone.Undone);
        Assert.Empty(undone.Kept);
        Assert.Equal(520, await CountAsync(data, CustomerStatus.Active));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Run_Cancelled_StopsBetweenBatchesAndCanBeUndone(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await SeedAsync(data, 450);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        using var cancel = new CancellationTokenSource();

        var result = await manager.Get<CustomerBulkService>()
            .RunAsync(new(null, new()), new(BulkActionKind.AddTag, "spring"), new Reports(_ => cancel.Cancel()), cancel.Token);

        Assert.Equal((200, 450, true), (result.Changed, result.Total, result.WasCancelled));
        Assert.Equal(200, await data.ReadAsync(db => db.CustomerTags.CountAsync()));
        await manager.Get<UndoService>().UndoAsync(result.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal(0, await data.ReadAsync(db => db.CustomerTags.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Run_ActivateByStaff_LeavesBlockedCustomersBlocked(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (blocked, inactive) = (await data.AddCustomerAsync(), await data.AddCustomerAsync());
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Customers.BlockAsync(blocked.Id, "fraud", CancellationToken.None);
        await manager.Customers.SetActiveAsync(inactive.Id, false, CancellationToken.None);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var result = await staff.Get<CustomerBulkService>()
            .RunAsync(new([blocked.Id, inactive.Id, 4711], null), new(BulkActionKind.Activate), null, CancellationToken.None);

        Assert.Equal(1, result.Changed);
        Assert.Equal(CustomerStatus.Blocked, (await staff.Customers.GetAsync(blocked.Id, CancellationToken.None))!.Status);
        Assert.Equal(CustomerStatus.Active, (await staff.Customers.GetAsync(inactive.Id, CancellationToken.None))!.Status);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Run_TagThatAllHave_ChangesNothing(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync(tags: "Premium");
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var result = await staff.Get<CustomerBulkService>()
            .RunAsync(new([customer.Id], null), new(BulkActionKind.AddTag, "PREMIUM"), null, CancellationToken.None);

        Assert.Equal(new BulkResult(0, 1, false, null), result);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Run_BesideSingleEdits_LosesNeither(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customers = new List<CustomerDetails>();
        for (var i = 0; i < 30; i++) customers.Add(await data.AddCustomerAsync());

        await Task.WhenAll(
            Task.Run(() => BulkAsync("one")), Task.Run(() => BulkAsync("two")), Task.Run(() => BulkAsync("ONE")),
            Task.Run(async () =>
            {
                await using var system = data.AsSystem();
                foreach (var customer in customers)
                    await system.Customers.UpdateAsync(customer.Id, new() { GivenName = "Changed" }, null, null, CancellationToken.None);
            }));

        await using var reader = data.AsSystem();
        Assert.Equal(30,
            (await reader.Finder.CountAsync(new(Search: "changed", Filter: "tags:all:one,two"), null, CancellationToken.None)).Rows);

        async Task BulkAsync(string tag)
        {
            await using var system = data.AsSystem();
            await system.Get<CustomerBulkService>()
                .RunAsync(new(null, new()), new(BulkActionKind.AddTag, tag), null, CancellationToken.None);
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Run_SearchByCompleteEmailWithoutSensitive_ChangesWhatTheListShows(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddCustomerAsync("Ada", null, "ada@example.com");
        await data.AddCustomerAsync("Other", null);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var result = await staff.Get<CustomerBulkService>()
            .RunAsync(new(null, new("ada@example.com")), new(BulkActionKind.AddTag, "x"), null, CancellationToken.None);

        Assert.Equal((1, 1), (result.Changed, result.Total));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_DeletedWhileAnEmailWentToAnother_BringsTheOthersBack(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, grace) = (await data.AddCustomerAsync(email: "ada@example.com"), await data.AddCustomerAsync(email: "grace@example.com"));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var result = await manager.Get<CustomerBulkService>()
            .RunAsync(new([ada.Id, grace.Id], null), new(BulkActionKind.Delete), null, CancellationToken.None);
        await data.AddCustomerAsync(email: "ada@example.com");

        var undone = await manager.Get<UndoService>().UndoAsync(result.ChangeSetId!.Value, false, CancellationToken.None);

        Assert.Equal(1, undone.Undone);
        Assert.Single(undone.Kept);
        Assert.Null(await manager.Customers.GetAsync(ada.Id, CancellationToken.None));
        Assert.NotNull(await manager.Customers.GetAsync(grace.Id, CancellationToken.None));
    }

    [Theory]
    [InlineData(BulkActionKind.AddTag, null)]
    [InlineData(BulkActionKind.AddTag, "a,b")]
    [InlineData(BulkActionKind.Block, " ")]
    public async Task Run_BadArgument_IsRefused(BulkActionKind action, string? argument)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<CustomerBulkService>()
            .RunAsync(new([1], null), new(action, argument), null, CancellationToken.None));
    }

    private static Task<int> CountAsync(TestServices data, CustomerStatus status) =>
        data.ReadAsync(db => db.Customers.CountAsync(c => c.Status == status));

    private static async Task SeedAsync(TestServices data, int count)
    {
        await data.WriteAsync(db =>
        {
            db.Customers.AddRange(Enumerable.Range(0, count).Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())));
            return Task.CompletedTask;
        });
    }

    private sealed class Reports(Action<BulkProgress> report) : IProgress<BulkProgress>
    {
        public void Report(BulkProgress value) => report(value);
    }
}
