using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Loyalty;

/// <summary>Versions of the programme: drafts are checked, one is in force, and what was booked keeps its own.</summary>
public sealed class ProgrammeTests
{
    [Fact]
    public async Task Draft_WithWrongRules_NamesEachField()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var usual = new ProgrammeRules().Tiers;
        (string, ProgrammeRules)[] wrong =
        [
            ("PointsPerUnit", new() { PointsPerUnit = -1 }), ("PointsPerUnit", new() { PointsPerUnit = 0.00001m }),
                ("ExpiryDays", new() { ExpiryDays = 0 }), ("PendingDays", new() { PendingDays = 366 }),
            ("MostPointsPerOrder", new() { MostPointsPerOrder = 0 }), ("SignUpBonus", new() { SignUpBonus = -5 }),
                ("BirthdayMonth", new() { BirthdayMonth = 11 }), ("PointValue", new() { PointValue = -0.01m }),
            ("Weekdays[Tuesday]", new() { Weekdays = new Dictionary<DayOfWeek, decimal> { [DayOfWeek.Tuesday] = 99 } }),
                ("Categories[0]", new() { Categories = new Dictionary<string, decimal> { [" "] = 2 } }),
            ("Categories[1]", new() { Categories = new Dictionary<string, decimal> { ["Tea"] = 2, ["tea "] = 3 } }),
                ("Campaigns[0].Until", new() { Campaigns = [new("May", new(2026, 5, 2), new(2026, 5, 1))] }),
            ("Campaigns[0].Multiplier",
                new() { Campaigns = [new("A", new(2026, 5, 1), new(2026, 5, 9)) { Multiplier = 10 },
                new("B", new(2026, 5, 1), new(2026, 5, 9)) { Multiplier = 10 },
                new("C", new(2026, 4, 1), new(2026, 5, 9)) { Multiplier = 2 }] }),
            ("Tiers[0].Threshold", new() { Tiers = [usual[0] with { Threshold = 1 }, .. usual.Skip(1)] }),
                ("Tiers[2].Threshold", new() { Tiers = [usual[0], usual[1], usual[2] with { Threshold = 1_000 }, usual[3]] }),
            ("Tiers[1].Name", new() { Tiers = [usual[0], usual[1] with { Name = " " }, usual[2], usual[3]] }),
                ("Tiers[4].Code", new() { Tiers = [.. usual, new("Dia Mond", "Diamond", 20_000)] }),
            ("Tiers[4].Code", new() { Tiers = [.. usual, new("gold", "Gold", 20_000)] }),
                ("Tiers", new() { Tiers = [usual[0], usual[1], usual[2], usual[3] with { Code = "diamond" }] }),
                ("Tiers", new() { Tiers = [] }),
        ];

        foreach (var (field, rules) in wrong)
            Assert.Contains(field,
                (await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<ProgrammeService>()
                .SaveDraftAsync(null, "x", rules, null, default))).Errors.Select(e => e.Field));
        Assert.Equal("Name",
            Assert.Single((await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<ProgrammeService>()
            .SaveDraftAsync(null, " ", new(), null, default))).Errors).Field);
        Assert.Equal(0, await data.ReadAsync(db => db.LoyaltyProgrammes.CountAsync(p => p.State == ProgrammeState.Draft)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Activating_RetiresTheOldVersion_AndEntriesKeepTheirs(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var programmes = manager.Get<ProgrammeService>();
        var customer = await data.AddCustomerAsync();
        await data.BuyAsync("A", customer.Id, 100);
        var first = await programmes.CurrentAsync(default);
        var draft = (await programmes.SaveDraftAsync(null, " Winter ",
            first.Rules with { PointsPerUnit = 2, Tiers = [first.Rules.Tiers[0] with { Name = "Copper" }, .. first.Rules.Tiers.Skip(1)] },
            null, default))!.Part;
        await data.BuyAsync("B", customer.Id, 100);
        Assert.Equal(("Winter", ProgrammeState.Draft, 2m), (draft.Name, draft.State, draft.Rules.PointsPerUnit));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => programmes.SaveDraftAsync(draft.Id, "Other", draft.Rules,
            draft.Version + 1, default));

        var active = (await programmes.ActivateAsync(draft.Id, default))!;
        await data.BuyAsync("C", customer.Id, 100);

        Assert.Equal((draft.Id, "Copper"), ((await programmes.CurrentAsync(default)).Id, active.Rules.Tiers[0].Name));
        Assert.Null(await programmes.ActivateAsync(draft.Id, default));
        Assert.Null(await programmes.SaveDraftAsync(first.Id, "Too late", first.Rules, null, default));
        Assert.Equal([ProgrammeState.Active, ProgrammeState.Retired], (await programmes.ListAsync(default)).Select(p => p.State));
        Assert.Equal([(100L, (long?)first.Id), (100, first.Id), (200, draft.Id)],
            await data.ReadAsync(db => db.LoyaltyEntries.OrderBy(e => e.Id)
            .Select(e => new ValueTuple<long, long?>(e.Points, e.Booking!.ProgrammeId)).ToListAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Activating_SeveralAtOnce_LeavesOneInForce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Get<ProgrammeService>().CurrentAsync(default);
        var drafts = new List<long>();
        for (var i = 0; i < 6; i++)
            drafts.Add((await manager.Get<ProgrammeService>().SaveDraftAsync(null, $"Draft {i}", new(), null, default))!.Part.Id);

        var answers = await Task.WhenAll(drafts.Select(id => Task.Run(async () =>
        {
            await using var scope = data.AsSystem();
            try
            {
                return (await scope.Get<ProgrammeService>().ActivateAsync(id, default))!.State;
            }
            catch (RuleViolationException)
            {
                return ProgrammeState.Draft;
            }
        })));

        var states = await data.ReadAsync(db => db.LoyaltyProgrammes.GroupBy(p => p.State).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count));
        Assert.Equal(1, states[ProgrammeState.Active]);
        Assert.Equal(answers.Count(a => a == ProgrammeState.Active), states[ProgrammeState.Retired]);
        Assert.Contains(ProgrammeState.Active, answers);
    }

    [Fact]
    public async Task Draft_ThrownAway_ComesBackByUndo()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var draft = (await manager.Get<ProgrammeService>().SaveDraftAsync(null, "Summer", new() { PendingDays = 14 }, null, default))!.Part;

        var changeSet = await manager.Get<ProgrammeService>().DiscardAsync(draft.Id, default);
        Assert.Null(await manager.Get<ProgrammeService>().GetAsync(draft.Id, default));
        await manager.Get<UndoService>().UndoAsync(changeSet!.Value, false, default);

        Assert.Equal(14, (await manager.Get<ProgrammeService>().GetAsync(draft.Id, default))!.Rules.PendingDays);
    }

    [Fact]
    public async Task Example_IsReckonedAsABookingIs()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var usual = new ProgrammeRules();
        var rules = usual with
        {
            Tiers = [usual.Tiers[0], usual.Tiers[1], usual.Tiers[2] with { Multiplier = 1.5m }, usual.Tiers[3]],
            Weekdays = new Dictionary<DayOfWeek, decimal> { [DayOfWeek.Tuesday] = 2 },
        };

        // 49.90 × 1.5 × 2 = 149.7, rounded down.
        Assert.Equal(149, manager.Get<ProgrammeService>().Example(rules, 49.90m, new(2026, 3, 10), "gold", null));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Bonuses_ForJoiningAndForARecommendation_ComeOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.UseRulesAsync(r => r with { PointsPerUnit = 0, SignUpBonus = 50, ReferrerBonus = 200, ReferredBonus = 100 });
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var friend = await data.AddCustomerAsync("Fred", "Friend");
        var customer = await data.AddCustomerAsync();
        var stranger = await data.AddCustomerAsync("Sue", "Stranger");
        await staff.Get<RelationService>().RelateAsync(customer.Id, friend.Number, RelationshipKind.Referrer, null, default);

        var order = await data.BuyAsync("A", customer.Id, 10);
        await data.SettleAsync(order);
        await data.BuyAsync("B", customer.Id, 10);
        await data.BuyAsync("C", stranger.Id, 10);

        Assert.Equal((150L, 250L, 50L), (await PointsAsync(customer.Id), await PointsAsync(friend.Id), await PointsAsync(stranger.Id)));
        string[] expected = [$"referral {customer.Id}", $"referred {customer.Id}", $"signup {customer.Id}", $"signup {friend.Id}",
            $"signup {stranger.Id}"];
        Assert.Equal(expected.Order(StringComparer.Ordinal),
            (await data.ReadAsync(db => db.LoyaltyBookings.Select(b => b.Key!).ToListAsync())).Order(StringComparer.Ordinal));

        Task<long> PointsAsync(long id) => data.ReadAsync(db => db.Customers.Where(c => c.Id == id).Select(c => c.Points).FirstAsync());
    }
}
