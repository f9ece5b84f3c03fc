using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Waiting;
using CrmPortal.Layout;
using CrmPortal.Tests.Performance;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Overview;

/// <summary>What waits for whom.</summary>
public sealed class WaitingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Kinds_AreCounted_ForThoseWhoMayDoThem(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        Assert.Empty(await manager.Get<WaitingService>().ListAsync(Token));
        var (ada, bob) = (await data.AddCustomerAsync(), await data.AddCustomerAsync("Bob"));
        await agent.Get<LedgerService>().AdjustAsync(new() { CustomerId = ada.Id, Points = 50_000, Reason = "Sorry" }, null, Token);
        await manager.Get<LedgerService>().AdjustAsync(new() { CustomerId = ada.Id, Points = 50_000, Reason = "Own" }, null, Token);
        await data.WriteAsync(db =>
        {
            foreach (var (status, isGone) in new[] { (DocumentStatus.Pending, false), (DocumentStatus.Pending, true),
                (DocumentStatus.Verified, false) })
                db.Documents.Add(new() { CustomerId = bob.Id, Name = "Card", ContentType = "text/plain", Hash = "00",
                    StoredName = $"{status}{isGone}", WrappedKey = "key", UploadedAt = data.Clock.GetUtcNow(), Status = status,
                    DeletedAt = isGone ? data.Clock.GetUtcNow() : null });
            db.DuplicatePairs.Add(new() { FirstId = ada.Id, SecondId = bob.Id, Score = 700 });
            foreach (var state in Enum.GetValues<ImportState>()) db.Imports.Add(new() { FileName = $"{state}.csv", State = state });
            return Task.CompletedTask;
        });

        Assert.Equal([("adjustments", 1, ada.Id), ("documents", 1, bob.Id), ("duplicates", 1, ada.Id)],
            (await manager.Get<WaitingService>().ListAsync(Token)).Where(c => c.Kind != "imports").Select(c => (c.Kind, c.Count, c.FirstId))
                .Order());
        Assert.Equal((2, false), (await manager.Get<WaitingService>().ListAsync(Token)).Where(c => c.Kind == "imports")
            .Select(c => (c.Count, c.IsMore)).Single());
        Assert.Empty(await agent.Get<WaitingService>().ListAsync(Token));
    }

    [Fact]
    public async Task Counting_EndsAtAHundred_AndReadsNoTable()
    {
        var plans = new PlanRecorder();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(plans));
        var ada = await data.AddCustomerAsync();
        await data.WriteAsync(db =>
        {
            for (var i = 0; i < 150; i++)
                db.AdjustmentRequests.Add(new() { CustomerId = ada.Id, Points = i, Reason = "Sorry", AskedAt = data.Clock.GetUtcNow() });
            return Task.CompletedTask;
        });
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        plans.Clear();

        var waiting = Assert.Single(await manager.Get<WaitingService>().ListAsync(Token));

        Assert.Equal((100, true), (waiting.Count, waiting.IsMore));
        Assert.Equal("99+", WaitingEntry.Shown(waiting.Count));
        Assert.DoesNotContain(plans.Plans, p => PlanRecorder.Scans(p).Any(s => !s.Contains(" USING ", StringComparison.Ordinal)
            && !s.Contains("SUBQUERY", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Kinds_OfAllFeatures_HaveAPlaceOnTheScreens()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = data.AsSystem();
        var kinds = system.Services.GetServices<IWaitingWork>().ToList();

        Assert.Equal(kinds.Select(k => k.Kind).Order(), WaitingEntry.All.Select(e => e.Kind).Order());
        Assert.All(WaitingEntry.All, e => Assert.Contains(NavigationMap.All, n => n.Address == e.Area));
        Assert.All(kinds, k => Assert.Contains(k.Permission, Permissions.All));
        Assert.All(WaitingEntry.All, e => Assert.NotNull(NavigationMap.At(e.Address(new(e.Kind, 1, 1)).Split('?')[0])));
    }
}
