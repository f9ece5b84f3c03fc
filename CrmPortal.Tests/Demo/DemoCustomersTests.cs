using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Demo;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Core.Tickets;
using CrmPortal.Core.Upkeep;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Demo;

public sealed class DemoCustomersTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Load_CustomersWithOrders_LeavesNothingToRecalculate_AndIsDoneOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();

        await system.Get<DemoCustomers>().LoadAsync(CancellationToken.None);
        await system.Get<DemoCustomers>().LoadAsync(CancellationToken.None);

        Assert.Equal(0, await system.Get<RecalculateService>().RunAsync(null, CancellationToken.None));
        var counts = await data.ReadAsync(db => db.Customers.Select(c => db.Set<Order>().Count(o => o.CustomerId == c.Id)).ToListAsync());
        Assert.Equal((1_000, 0), (counts.Count, counts.Min()));
        Assert.InRange(counts.Max(), 20, 200);
        Assert.True(await data.ReadAsync(db => db.Refunds.AnyAsync())
            && await data.ReadAsync(db => db.Orders.AnyAsync(o => o.CustomerId == null)));
        Assert.Equal(0, await data.ReadAsync(db => db.Orders.CountAsync(o => o.Total != o.Lines.Sum(l => l.Amount))));
        Assert.Equal(await data.ReadAsync(db => db.Orders.CountAsync()),
            await data.ReadAsync(db => db.AuditEntries.CountAsync(e => e.EntityType == nameof(Order))));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Load_ThenWork_LeavesNothingForTheNight_AndNothingEmpty(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        foreach (var role in new[] { RoleNames.Administrator, RoleNames.Manager, RoleNames.SupportAgent, RoleNames.Staff })
            await TestUsers.CreateAsync(data.Root, role);
        await using var system = data.AsSystem();
        await system.Get<DemoCustomers>().LoadAsync(CancellationToken.None);

        await data.Get<DemoWork>().RunAsync(CancellationToken.None);
        await data.Get<DemoWork>().RunAsync(CancellationToken.None);
        await data.Get<JobRunner>().RunWaitingAsync(CancellationToken.None);

        Assert.Empty((await system.Get<LedgerReconciliation>().RunAsync(CancellationToken.None)).Faults);
        Assert.Equal(0, await system.Get<RecalculateService>().RunAsync(null, CancellationToken.None));
        Assert.Equal(0, (await system.Get<ExpiryService>().RunAsync(null, CancellationToken.None)).Points);
        var review = await system.Services.GetServices<IJobHandler>().OfType<TierReview>().Single()
            .ReviewAsync(null, CancellationToken.None);
        Assert.Equal((0, 0), (review.Raised, review.Lowered));
        Assert.Empty(await data.ReadAsync(db => db.LoyaltyLots.Where(l => l.Remaining < 0 || l.Remaining > l.Points).ToListAsync()));

        var metrics = await system.Get<LiabilityService>().MetricsAsync(CancellationToken.None);
        Assert.All(metrics.ActiveByTier, tier => Assert.True(tier.Value > 0, $"Nobody holds {tier.Key}."));
        Assert.True(metrics is { Redeemed: > 0, Expired: > 0 });
        Assert.True(await data.ReadAsync(db => db.DuplicatePairs.CountAsync(p => p.State == DuplicateState.Open)) > 5);
        Assert.Equal(1, await data.ReadAsync(db => db.Customers.CountAsync(c => c.MergedIntoId != null)));
        Assert.True(await data.ReadAsync(db => db.Customers.CountAsync(c => c.DeletedAt == null && c.Status == CustomerStatus.Blocked
            && c.BlockReason != null)) > 3);
        foreach (var state in Enum.GetValues<RedemptionState>())
            Assert.True(await data.ReadAsync(db => db.RewardRedemptions.AnyAsync(r => r.State == state)), $"No redemption is {state}.");
        foreach (var state in Enum.GetValues<AdjustmentState>())
            Assert.True(await data.ReadAsync(db => db.AdjustmentRequests.AnyAsync(r => r.State == state)), $"No adjustment is {state}.");
        Assert.Empty(await EmptyTablesAsync(data));
        Assert.Empty(await data.ReadAsync(db => db.Jobs.Where(j => j.State == JobState.Failed).Select(j => j.Kind + ": " + j.Fault)
            .ToListAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Load_IsTheSame_AtTheSameTime_AndNothingLiesInTheFuture(DatabaseKind kind)
    {
        var seen = new List<(string?, string?, long, long)[]>();
        for (var i = 0; i < 2; i++)
        {
            await using var data = await TestServices.CreateAsync(kind);
            await using var system = data.AsSystem();
            await system.Get<DemoCustomers>().LoadAsync(CancellationToken.None);
            seen.Add([.. (await data.ReadAsync(db => db.Customers.OrderBy(c => c.Number)
                .Select(c => new { c.GivenName, c.FamilyName, c.TotalSpent, c.Points }).ToListAsync()))
                .Select(c => (c.GivenName, c.FamilyName, c.TotalSpent, c.Points))]);
            var now = data.Clock.GetUtcNow();
            Assert.True(await data.ReadAsync(db => db.Customers.AllAsync(c => c.CreatedAt <= now && c.LastInteractionAt <= now)));
            Assert.True(await data.ReadAsync(db => db.Orders.AllAsync(o => o.PlacedAt <= now))
                && await data.ReadAsync(db => db.LoyaltyEntries.AllAsync(e => e.At <= now)));
            Assert.True(await data.ReadAsync(db => db.Notes.AllAsync(n => n.CreatedAt <= now))
                && await data.ReadAsync(db => db.Consents.AllAsync(c => c.At <= now)));
            Assert.True(await data.ReadAsync(db => db.ChangeSets.AllAsync(c => c.At <= now))
                && await data.ReadAsync(db => db.Orders.AnyAsync(o => o.PlacedAt > now.AddDays(-2))));
            var rows = await data.ReadAsync(db => db.AuditEntries.OrderBy(e => e.Id).Select(e => e.ChangeSet!.At).ToListAsync());
            Assert.Equal(rows.Order(), rows);
        }

        Assert.Equal(seen[0], seen[1]);
    }

    /// <summary>The tables of what a shop has, in which nothing stands.</summary>
    private static Task<List<string>> EmptyTablesAsync(TestServices data) => data.ReadAsync(async db =>
    {
        var empty = new List<string>();
        Type[] theirs = [typeof(Avatar), typeof(CrmPortal.Core.Verification.VerificationCode), typeof(Schedule),
            typeof(OutgoingMail), typeof(OutgoingMailFile), typeof(BulkEdit), typeof(CrmPortal.Core.Overview.StaleHour),
            typeof(CrmPortal.Core.Analytics.StaleBuyer), typeof(ArticlePicture), typeof(ArticlePictureUse), typeof(HelpOldSlug),
            // What comes by mail, and what agents are in the middle of.
            typeof(CrmPortal.Core.Platform.Mail.BouncedAddress), typeof(IncomingMailbox), typeof(ReceivedMail), typeof(TicketDraft),
            typeof(TicketFile), typeof(TicketFieldValue), typeof(TicketFollower), typeof(TicketLink),
                typeof(CrmPortal.Core.Chats.ChatFile),
            // Whom a shop tells is its own choice.
            typeof(CrmPortal.Core.Webhooks.Webhook), typeof(CrmPortal.Core.Webhooks.WebhookDelivery),
            // Few shops sell access to a network, and the others see nothing of it.
            typeof(CrmPortal.Core.Network.TariffPlan), typeof(CrmPortal.Core.Network.NetworkConnection),
            typeof(CrmPortal.Core.Network.NetworkSession), typeof(CrmPortal.Core.Network.NetworkUsage)];
        foreach (var type in db.Model.GetEntityTypes()
            .Where(t => t.ClrType.Namespace!.Split('.')[^1] is not ("Access" or "Outbox" or "Data" or "Common" or "Identity")
            && !theirs.Contains(t.ClrType)))
        {
            var table = type.GetTableName()!;
#pragma warning disable EF1002 // The name of a table of our own model.
            if (await db.Database.SqlQueryRaw<long>($"select count(*) as \"Value\" from \"{table}\"").SingleAsync() == 0) empty.Add(table);
#pragma warning restore EF1002
        }

        return empty;
    });
}
