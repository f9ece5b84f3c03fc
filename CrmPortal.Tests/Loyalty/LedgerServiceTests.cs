using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Tests.Exports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Loyalty;

/// <summary>The points ledger from its door: what is booked, by whom, once, and what it says of itself.</summary>
public sealed class LedgerServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Redemptions_ManyAtOnce_NeverSpendMoreThanThereIs_AndEachIsAnswered(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var system = data.AsSystem();
        await system.Get<LedgerService>().EarnAsync(new() { CustomerId = customer.Id, Points = 1_000 }, null, Token);

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(async i =>
        {
            await using var scope = data.AsSystem();
            try
            {
                return (await scope.Get<LedgerService>()
                    .RedeemAsync(new() { CustomerId = customer.Id, Points = 30 }, $"till {i}", Token))!.Points;
            }
            catch (RuleViolationException refused)
            {
                Assert.Equal("Insufficient loyalty points", refused.Message);
                return 0L;
            }
        }));

        Assert.Equal((33, 31), (answers.Count(a => a == -30), answers.Count(a => a == 0)));
        Assert.Equal(10, (await system.Get<LedgerService>().BalanceAsync(customer.Id, Token))!.Current);
        Assert.Equal(33, await data.ReadAsync(db => db.LoyaltyEntries.CountAsync(e => e.Kind == EntryKind.Redeemed, Token)));
        Assert.Empty((await system.Get<LedgerReconciliation>().RunAsync(Token)).Faults);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task SameKey_OrSameOrder_BooksOnce_AndAnotherRequestUnderItIsRefused(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, bob) = (await data.AddCustomerAsync("Ada"), await data.AddCustomerAsync("Bob"));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var other = await data.AsRoleAsync(RoleNames.Manager);
        var ledger = manager.Get<LedgerService>();

        var earned = await Task.WhenAll(Enumerable.Range(0, 8)
            .Select(_ => data.As(manager.Actor).Get<LedgerService>()
            .EarnAsync(new() { CustomerId = ada.Id, Points = 200, Order = "12345" }, null, Token)));
        var again = await ledger.EarnAsync(new() { CustomerId = ada.Id, Points = 999, Order = "12345" }, "another key", Token);
        Assert.Single(earned.Select(e => e!.BookingId).Append(again!.BookingId).Distinct());
        Assert.Equal((200, true), (again.Points, again.IsRepeat));
        await Assert.ThrowsAsync<RuleViolationException>(() =>
            ledger.EarnAsync(new() { CustomerId = bob.Id, Points = 200, Order = "12345" }, null, Token));

        await using var system = data.AsSystem();
        var spent = await system.Get<LedgerService>().RedeemAsync(new() { CustomerId = ada.Id, Points = 50 }, "k", Token);
        Assert.NotEqual(spent!.BookingId,
            (await other.Get<LedgerService>().RedeemAsync(new() { CustomerId = ada.Id, Points = 50 }, "k", Token))!.BookingId);
        data.Clock.Advance(TimeSpan.FromDays(90));
        Assert.Equal(spent.BookingId,
            (await system.Get<LedgerService>().RedeemAsync(new() { CustomerId = ada.Id, Points = 50 }, "k", Token))!.BookingId);
        Assert.True((await Assert.ThrowsAsync<RuleViolationException>(() => system.Get<LedgerService>()
            .RedeemAsync(new() { CustomerId = ada.Id, Points = 51 }, "k", Token))).IsDuplicate);
        Assert.Equal(100, (await system.Get<LedgerService>().BalanceAsync(ada.Id, Token))!.Current);
    }

    [Fact]
    public async Task Example_OfDocument3_IsReproduced()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync("John", "Doe");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var ledger = manager.Get<LedgerService>();
        await ledger.EarnAsync(new() { CustomerId = customer.Id, Points = 3_000, ExpiryDays = 365 }, null, Token);
        await ledger.EarnAsync(new() { CustomerId = customer.Id, Points = 200, Reason = "Purchase reward - Order #12345",
            Order = "order-uuid", ExpiryDays = 20 }, null, Token);
        await ledger.AdjustAsync(new() { CustomerId = customer.Id, Points = 300, Reason = "Compensation for delayed delivery" }, null,
            Token);
        // The soonest to run out are spent first: 200 of the 20 days, then the older of the rest.
        await ledger.RedeemAsync(new() { CustomerId = customer.Id, Points = 2_000, Reason = "Discount redemption", Order = "order-uuid" },
            null, Token);
        await ledger.EarnAsync(new() { CustomerId = customer.Id, Points = 200, ExpiryDays = 25 }, null, Token);
        await ledger.RedeemAsync(new() { CustomerId = customer.Id, Points = 200 }, null, Token);
        await ledger.EarnAsync(new() { CustomerId = customer.Id, Points = 200, ExpiryDays = 10 }, null, Token);
        await ledger.AdjustAsync(new() { CustomerId = customer.Id, Points = -200, Reason = "Booked twice" }, null, Token);
        await ledger.EarnAsync(new() { CustomerId = customer.Id, Points = 200, ExpiryDays = 12 }, null, Token);

        var balance = (await ledger.BalanceAsync(customer.Id, Token))!;

        // current 1500 + the 200 that run out soon; lifetime counts everything that ever came.
        Assert.Equal((1_700, 4_100, 200), (balance.Current, balance.Lifetime, balance.ExpiringSoon));
        Assert.Equal(LocalZone.Of("Europe/London").StartOf(LocalZone.Of("Europe/London").DayOf(data.Clock.GetUtcNow()).AddDays(13)),
            balance.ExpiringAt);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Adjustment_AboveTheLimit_AskedForAgainWithItsKey_IsAskedForOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var input = new AdjustInput { CustomerId = customer.Id, Points = 501, Reason = "Goodwill" };

        var asked = await Task.WhenAll(Enumerable.Range(0, 4)
            .Select(async _ => (await data.As(agent.Actor).Get<LedgerService>().AdjustAsync(input, "till-1", Token))!.Request!.Id));
        await manager.Get<LedgerService>().ApproveAsync(asked[0], Token);
        var again = (await agent.Get<LedgerService>().AdjustAsync(input, "till-1", Token))!.Request!;

        Assert.Single(asked.Distinct());
        Assert.Equal((asked[0], AdjustmentState.Approved), (again.Id, again.State));
        Assert.True((await Assert.ThrowsAsync<RuleViolationException>(() => agent.Get<LedgerService>()
            .AdjustAsync(input with { Points = 502 }, "till-1", Token))).IsDuplicate);

        // Whatever the limit is when the call comes again, it is answered as the first one was.
        await agent.Get<LedgerService>().AdjustAsync(input with { Points = 400 }, "till-2", Token);
        await LimitAsync(100);
        Assert.True((await agent.Get<LedgerService>().AdjustAsync(input with { Points = 400 }, "till-2", Token))!.Booked!.IsRepeat);
        await LimitAsync(1_000);
        Assert.Equal(asked[0], (await agent.Get<LedgerService>().AdjustAsync(input, "till-1", Token))!.Request!.Id);
        Assert.Equal(901, (await agent.Get<LedgerService>().BalanceAsync(customer.Id, Token))!.Current);

        Task LimitAsync(long points) => data.WriteAsync(db => db.Roles.Where(r => r.Name == RoleNames.SupportAgent)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.AdjustmentLimit, points)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Adjustment_AboveTheLimit_WaitsForASecondPerson(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var ledger = agent.Get<LedgerService>();

        Assert.NotNull((await ledger.AdjustAsync(new() { CustomerId = customer.Id, Points = 500, Reason = "Goodwill" }, null,
            Token))!.Booked);
        var waiting = (await ledger.AdjustAsync(new() { CustomerId = customer.Id, Points = 501, Reason = "More goodwill" }, null,
            Token))!.Request!;
        Assert.Equal(500, (await ledger.BalanceAsync(customer.Id, Token))!.Current);
        await Assert.ThrowsAsync<AccessDeniedException>(() => ledger.ApproveAsync(waiting.Id, Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => staff.Get<LedgerService>()
            .AdjustAsync(new() { CustomerId = customer.Id, Points = 1, Reason = "x" }, null, Token));

        var approvals = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            try
            {
                return await data.As(manager.Actor).Get<LedgerService>().ApproveAsync(waiting.Id, Token);
            }
            catch (RuleViolationException)
            {
                return null;
            }
        }));
        Assert.Single(approvals.OfType<BookingResult>().Select(b => b.BookingId).Distinct());
        Assert.Equal(1_001, (await ledger.BalanceAsync(customer.Id, Token))!.Current);

        var own = (await manager.Get<LedgerService>().AdjustAsync(new() { CustomerId = customer.Id, Points = -5_001, Reason = "Error" },
            null, Token))!.Request!;
        Assert.Equal("A second person must decide on this.",
            (await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<LedgerService>().ApproveAsync(own.Id, Token))).Message);
        await using var second = await data.AsRoleAsync(RoleNames.Manager);
        await Assert.ThrowsAsync<RuleViolationException>(() => second.Get<LedgerService>().ApproveAsync(own.Id, Token));
        Assert.Equal(AdjustmentState.Waiting, (await second.Get<LedgerService>().RequestsAsync(true, new(), Token)).Items.Single().State);
        Assert.True(await second.Get<LedgerService>().RejectAsync(own.Id, "There are not so many", Token));
        Assert.False(await manager.Get<LedgerService>().WithdrawAsync(own.Id, Token));
        Assert.Equal(["There are not so many", null], (await second.Get<LedgerService>().RequestsAsync(false, new(), Token)).Items
            .Select(r => r.DecisionReason));
        Assert.Single((await ledger.RequestsAsync(false, new(), Token)).Items);
    }

    [Theory]
    [InlineData(0, "Why", "Points")]
    [InlineData(10_000_001, "Why", "Points")]
    [InlineData(5, " ", "Reason")]
    public async Task Adjustment_ThatIsWrong_IsSaidBesideTheField(long points, string reason, string field)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        var wrong = await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<LedgerService>()
            .AdjustAsync(new() { CustomerId = customer.Id, Points = points, Reason = reason }, null, Token));

        Assert.Equal(field, Assert.Single(wrong.Errors).Field);
        Assert.Null(await manager.Get<LedgerService>().AdjustAsync(new() { CustomerId = 999, Points = 1, Reason = "x" }, null, Token));
        Assert.Null(await manager.Get<LedgerService>().BalanceAsync(999, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Expiry_OfMany_IsBookedOnce_AlsoByTwoNodes_AndAfterMissedWeeks(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        var customers = new List<long>();
        for (var i = 0; i < 40; i++)
        {
            customers.Add((await data.AddCustomerAsync("Person", $"{i}")).Id);
            foreach (var days in new[] { 5, 6, 400 })
                await system.Get<LedgerService>().EarnAsync(new() { CustomerId = customers[^1], Points = 10 + i, ExpiryDays = days }, null,
                Token);
        }

        await system.Get<LedgerService>().RedeemAsync(new() { CustomerId = customers[0], Points = 3 }, null, Token);
        data.Clock.Advance(TimeSpan.FromDays(30));
        var runs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => data.AsSystem().Get<ExpiryService>().RunAsync(null, Token)));

        Assert.Equal((2 * Enumerable.Range(10, 40).Sum()) - 3, runs.Sum(r => r.Points));
        Assert.Equal(80, runs.Sum(r => r.Lots));
        Assert.Equal(new ExpiryResult(0, 0), await system.Get<ExpiryService>().RunAsync(null, Token));
        Assert.Empty((await system.Get<LedgerReconciliation>().RunAsync(Token)).Faults);
        var lines = (await system.Get<LedgerService>().EntriesAsync(customers[0], new(), new(), Token)).Items;
        Assert.Equal([(EntryKind.Expired, -10L, 10L), (EntryKind.Expired, -7L, 20L), (EntryKind.Redeemed, -3L, 27L),
            (EntryKind.Earned, 10L, 30L)], lines.Take(4).Select(l => (l.Kind, l.Points, l.Balance)));
        Assert.Equal(lines[^1].Id, lines[2].Lots.Single().EntryId);

        // The last lot of each, and the points of somebody who is gone.
        await system.Get<CustomerTrash>().DeleteAsync(customers[1], Token);
        await system.Get<CustomerTrash>().PurgeAsync(customers[1], Token);
        data.Clock.Advance(TimeSpan.FromDays(400));
        Assert.Equal(new ExpiryResult(Enumerable.Range(10, 40).Sum(), 40), await system.Get<ExpiryService>().RunAsync(null, Token));
        Assert.Empty((await system.Get<LedgerReconciliation>().RunAsync(Token)).Faults);
        Assert.Equal((0, 0), await data.ReadAsync(async db => (await db.Customers.CountAsync(c => c.Points != 0),
            await db.LoyaltyAccounts.CountAsync(a => a.Balance != 0))));
        Assert.All(await data.ReadAsync(db => db.LoyaltyEntries.Where(e => e.Kind == EntryKind.Expired && e.At == db.Set<LoyaltyEntry>()
            .Max(x => x.At)).ToListAsync()), e => Assert.Equal(0, e.BalanceAfter));
    }

    [Fact]
    public async Task Job_ExpiresAndProves_AndAFaultIsFound()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await using var system = data.AsSystem();
        await system.Get<LedgerService>().EarnAsync(new() { CustomerId = customer.Id, Points = 100, ExpiryDays = 1 }, null, Token);
        data.Clock.Advance(TimeSpan.FromDays(3));
        await data.WriteAsync(db =>
        {
            db.Jobs.Add(new() { Kind = "loyalty.expire", CreatedAt = data.Clock.GetUtcNow() });
            db.Jobs.Add(new() { Kind = "loyalty.proof", CreatedAt = data.Clock.GetUtcNow() });
            return Task.CompletedTask;
        });
        await data.Get<JobRunner>().RunWaitingAsync(Token);

        Assert.Equal(0, await data.ReadAsync(db => db.Customers.Select(c => c.Points).SingleAsync(Token)));
        Assert.Empty((await system.Get<LedgerReconciliation>().LastAsync(Token))!.Faults);

        await data.ReadAsync(db => db.LoyaltyAccounts.ExecuteUpdateAsync(a => a.SetProperty(x => x.Balance, 7), Token));
        Assert.Equal([LedgerReconciliation.Entries, LedgerReconciliation.Lots, LedgerReconciliation.Customers],
            (await system.Get<LedgerReconciliation>().RunAsync(Token)).Faults.Select(f => f.What));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Statement_AndExport_HoldEveryEntryWithItsBalance(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        for (var i = 1; i <= 230; i++)
            await manager.Get<LedgerService>().EarnAsync(new() { CustomerId = customer.Id, Points = i }, null, Token);

        var table = (await staff.Get<LedgerExportService>()
            .PrepareAsync(new(customer.Id, new(), "pdf", true), ExportAudience.Usual, Token))!;
        var rows = await table.Rows.Select(r => (Points: (long)r[4]!, Balance: (long)r[5]!)).ToListAsync(Token);

        Assert.Equal(Enumerable.Range(1, 230).Select(i => ((long)i, (long)i * (i + 1) / 2)), rows);
        Assert.NotEmpty(await ExportSamples.WriteAsync(ExportFormats.Demand("pdf"), table));
        await Assert.ThrowsAsync<AccessDeniedException>(() => staff.Get<LedgerExportService>()
            .PrepareAsync(new(customer.Id, new(), "csv", false), ExportAudience.Usual, Token));
        var list = (await manager.Get<LedgerExportService>()
            .PrepareAsync(new(customer.Id, new(EntryKind.Redeemed), "csv", false), ExportAudience.Usual, Token))!;
        Assert.Equal(0, await list.Rows.CountAsync(Token));
        Assert.Null(await manager.Get<LedgerExportService>().PrepareAsync(new(999, new(), "csv", false), ExportAudience.Usual, Token));
        Assert.Equal(2,
            await data.ReadAsync(db => db.AuditEntries.CountAsync(e => e.Action == AuditAction.Exported && e.CustomerId == customer.Id,
            Token)));
    }

    [Fact]
    public async Task Booking_StandsInTheAudit_AndIsNotUndoneButReversed()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var booked = (await manager.Get<LedgerService>().EarnAsync(new() { CustomerId = customer.Id, Points = 100 }, null, Token))!;

        var changeSet = await data.ReadAsync(db => db.LoyaltyBookings.Where(b => b.Id == booked.BookingId).Select(b => b.ChangeSetId!.Value)
            .SingleAsync(Token));
        Assert.DoesNotContain(changeSet, await manager.Get<UndoService>().LastOwnAsync(20, Token));
        await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<UndoService>().UndoAsync(changeSet, false, Token));
        Assert.True(await data
            .ReadAsync(db => db.AuditEntries.AnyAsync(e => e.ChangeSetId == changeSet && e.EntityType == nameof(LoyaltyBooking)
            && e.CustomerId == customer.Id, Token)));
        Assert.True(await data.ReadAsync(db => db.OutboxEvents.AnyAsync(e => e.ChangeSetId == changeSet && e.SubjectId == customer.Id,
            Token)));

        var reversed = (await manager.Get<LedgerService>().ReverseAsync(booked.BookingId, "Wrong customer", Token))!;
        Assert.Equal((EntryKind.Reversed, -100L, 0L), (reversed.Kind, reversed.Points, reversed.BalanceAfter));
        Assert.Equal(reversed.BookingId,
            (await manager.Get<LedgerService>().ReverseAsync(booked.BookingId, "Wrong customer", Token))!.BookingId);
        Assert.Null(await manager.Get<LedgerService>().ReverseAsync(999, "x", Token));
        Assert.Equal(0, (await manager.Get<LedgerService>().BalanceAsync(customer.Id, Token))!.Lifetime);
    }
}
