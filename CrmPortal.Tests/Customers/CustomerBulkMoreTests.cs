using System.Globalization;
using CrmPortal.Core.Access;
using CrmPortal.Core.Audit;
using CrmPortal.Core.Common;
using CrmPortal.Core.Customers;
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

        await ChangesAsync(new(BulkActionKind.MakeVip, "Anniversary"), 2, c => c is { IsVip: true, VipReason: "Anniversary", VipById: not null });
        await ChangesAsync(new(BulkActionKind.SetSubscription, "trial"), 2, c => c.Subscription == SubscriptionState.Trial);
        await ChangesAsync(new(BulkActionKind.SetAgent, agent), 2, c => c.PreferredAgentId == manager.UserId);
        await ChangesAsync(new(BulkActionKind.Unblock), 1, c => c.Status == CustomerStatus.Active);
        await ChangesAsync(new(BulkActionKind.Deactivate, "Moved away"), 2, c => c is { Status: CustomerStatus.Inactive, InactiveReason: "Moved away" });

        async Task ChangesAsync(BulkAction action, int changed, Func<Customer, bool> isSo)
        {
            var before = await data.ReadAsync(db => db.Customers.AsNoTracking().OrderBy(c => c.Id).ToListAsync());
            var result = await manager.Get<CustomerBulkService>().RunAsync(new(ids, null), action, null, CancellationToken.None);
            Assert.Equal(changed, result.Changed);
            Assert.All(await data.ReadAsync(db => db.Customers.AsNoTracking().ToListAsync()), c => Assert.True(isSo(c)));
            await manager.Get<UndoService>().UndoAsync(result.ChangeSetId!.Value, false, CancellationToken.None);
            var after = await data.ReadAsync(db => db.Customers.AsNoTracking().OrderBy(c => c.Id).ToListAsync());
            Assert.Equal(before.Select(c => (c.IsVip, c.Subscription, c.PreferredAgentId, c.Status, c.InactiveReason)), after.Select(c => (c.IsVip, c.Subscription, c.PreferredAgentId, c.Status, c.InactiveReason)));
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

        await Assert.ThrowsAsync<RuleViolation>(() => bulk.RunAsync(new(ids, null), new(BulkActionKind.SetSubscription, "wild"), null, CancellationToken.None));
        await Assert.ThrowsAsync<RuleViolation>(() => bulk.RunAsync(new(ids, null), new(BulkActionKind.SetAgent, "9999"), null, CancellationToken.None));
        await Assert.ThrowsAsync<AccessDeniedException>(() => bulk.RunAsync(new(ids, null), new(BulkActionKind.Unblock), null, CancellationToken.None));
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

        var result = await manager.Get<CustomerBulkService>().RunAsync(new(ids, null), new(BulkActionKind.AddTag, "many"), null, CancellationToken.None);

        var rows = await data.ReadAsync(db => db.AuditEntries.Where(e => e.ChangeSetId == result.ChangeSetId && e.EntityType == nameof(CustomerTag)).ToListAsync());
        Assert.Equal(ids.Order(), rows.Select(r => r.CustomerId!.Value).Order());
        Assert.All(rows, r => Assert.Contains("TagId", r.Values, StringComparison.Ordinal));
        var events = await data.ReadAsync(db => db.OutboxEvents.Where(e => e.ChangeSetId == result.ChangeSetId && e.Topic == "customer.updated").ToListAsync());
        Assert.Equal(ids.Order(), events.Select(e => e.SubjectId).Order());
        Assert.All(events, e => Assert.Null(e.ProcessedAt));
        await data.DispatchAsync();
        Assert.All(await data.ReadAsync(db => db.OutboxEvents.ToListAsync()), e => Assert.NotNull(e.ProcessedAt));

        await manager.Get<UndoService>().UndoAsync(result.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal(0, await data.ReadAsync(db => db.CustomerTags.CountAsync()));
    }
}
