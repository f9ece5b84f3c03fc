using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Worklist;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Worklist;

/// <summary>Whom to contact, and what people do with the list. It is the tenth of March 2026.</summary>
public sealed class WorklistTests
{
    private static readonly PageRequest First = new(1, 50);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Rules_FindTheirCustomers_WithTheFigures(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ids = await ShopAsync(data);
        await using var system = data.AsSystem();
        await system.Get<WorklistService>().RefreshAsync(Token);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        var list = await agent.Get<WorklistService>().ListAsync(null, First, Token);

        Assert.Equal(
        [
            (ids["Sleeper"], [new WorklistReason(WorklistRule.Sleeping, 9_000, 20, new(2025, 6, 1))]),
            (ids["Vip"], [new(WorklistRule.VipUnheard, Number: 80, Day: new(2025, 12, 20))]),
            (ids["Points"], [new(WorklistRule.PointsExpire, 300, Day: new(2026, 3, 30))]),
            (ids["Birthday"], [new(WorklistRule.Birthday, Day: new(2026, 3, 12))]),
        ], list.Rows.Where(r => r.Name != "Blocked").OrderByDescending(r => r.Value).ThenBy(r => Array.IndexOf(Order, r.Name))
            .Select(r => (r.CustomerId, r.Reasons.ToArray())).ToArray(), new RowComparer());
        Assert.DoesNotContain(list.Rows, r => r.Name == "Blocked");
        Assert.Equal((4, 0), (list.Open, list.Quiet));
        // Whoever may not see dates of birth is told of no birthday.
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        Assert.DoesNotContain((await staff.Get<WorklistService>().ListAsync(null, First, Token)).Rows,
            r => r.CustomerId == ids["Birthday"]);
        Assert.Equal([ids["Points"]], (await staff.Get<WorklistService>().ListAsync(WorklistRule.PointsExpire, First, Token)).Rows
            .Select(r => r.CustomerId));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task SecondOrder_IsAskedFor_AfterTheTypicalGap(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        for (var i = 0; i < 20; i++)
        {
            var id = (await data.AddCustomerAsync($"R{i}", null)).Id;
            await data.AddOrderAsync($"R-{i}-1", id, 1_000, placedAt: Ago(data, 40));
            await data.AddOrderAsync($"R-{i}-2", id, 1_000, placedAt: Ago(data, 10));
        }

        var (late, fresh, old) = ((await data.AddCustomerAsync("Late", null)).Id, (await data.AddCustomerAsync("Fresh", null)).Id,
            (await data.AddCustomerAsync("Old", null)).Id);
        await data.AddOrderAsync("late", late, 5_000, placedAt: Ago(data, 45));
        await data.AddOrderAsync("fresh", fresh, 5_000, placedAt: Ago(data, 20));
        await data.AddOrderAsync("old", old, 5_000, placedAt: Ago(data, 200));
        await using var system = data.AsSystem();
        await system.Get<WorklistService>().RefreshAsync(Token);

        var list = await system.Get<WorklistService>().ListAsync(null, First, Token);

        Assert.Equal(30, list.TypicalGapDays);
        var row = Assert.Single(list.Rows);
        Assert.Equal((late, WorklistRule.NoSecondOrder, 45, 5_000),
            (row.CustomerId, row.Reasons[0].Rule, row.Reasons[0].Number, row.Value));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Claim_IsOnesOwn_UntilItIsGivenBackOrOld(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (agent, other, id) = await OneEntryAsync(data);

        Assert.True(await agent.Get<WorklistService>().ClaimAsync(id, Token));
        var refused = await Assert.ThrowsAsync<RuleViolationException>(() => other.Get<WorklistService>().ClaimAsync(id, Token));
        Assert.Equal(["{0} is already at it."], refused.Errors.Select(e => e.Message));
        // Nothing stays of what is refused, the note neither.
        await Assert.ThrowsAsync<RuleViolationException>(() => other.Get<WorklistService>().DoneAsync(id, "Called", Token));
        Assert.Empty(await data.ReadAsync(db => db.Notes.ToListAsync(Token)));
        var row = Assert.Single((await agent.Get<WorklistService>().ListAsync(null, First, Token)).Rows);
        Assert.Equal((agent.Actor.Name, true, true), (row.ClaimedByName, row.IsClaimedByMe, row.IsMine));

        data.Clock.Advance(TimeSpan.FromHours(WorklistLimits.ClaimHours + 1));
        await using var third = await data.AsRoleAsync(RoleNames.SupportAgent);
        Assert.Null(Assert.Single((await third.Get<WorklistService>().ListAsync(null, First, Token)).Rows).ClaimedByName);
        Assert.True(await third.Get<WorklistService>().ClaimAsync(id, Token));
        Assert.True(await third.Get<WorklistService>().ReleaseAsync(id, Token));
        Assert.False(await third.Get<WorklistService>().ReleaseAsync(id, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task OfTwoAtOnce_OneClaims(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (agent, other, id) = await OneEntryAsync(data);

        var results = await Task.WhenAll(new[] { agent, other }.Select(async who =>
        {
            try
            {
                return await who.Get<WorklistService>().ClaimAsync(id, Token);
            }
            catch (RuleViolationException)
            {
                return false;
            }
        }));

        Assert.Single(results, claimed => claimed);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Done_LeavesTheCustomerAlone_WritesTheNote_AndComesBackAfterItsDays(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (agent, _, id) = await OneEntryAsync(data);
        var customer = Assert.Single((await agent.Get<WorklistService>().ListAsync(null, First, Token)).Rows).CustomerId;

        Assert.True(await agent.Get<WorklistService>().DoneAsync(id, "Will come on Friday", Token));

        Assert.Equal("Will come on Friday", Assert.Single((await agent.Get<NoteService>().ListAsync(customer, First, Token)).Items).Text);
        Assert.Null(await agent.Get<WorklistService>().OfCustomerAsync(customer, Token));
        await using var system = data.AsSystem();
        Assert.Equal(0, await system.Get<WorklistService>().RefreshAsync(Token));
        Assert.Equal(1, (await agent.Get<WorklistService>().ListAsync(null, First, Token)).Quiet);
        Assert.False(await agent.Get<WorklistService>().DoneAsync(id, null, Token));

        // The note was a contact; it takes the VIP longer to be unheard of again than the entry is quiet.
        data.Clock.Advance(TimeSpan.FromDays(WorklistLimits.QuietDaysAfterDone));
        Assert.Equal(0, await system.Get<WorklistService>().RefreshAsync(Token));
        Assert.Equal(0, await data.ReadAsync(db => db.WorklistEntries.CountAsync(Token)));
        data.Clock.Advance(TimeSpan.FromDays(WorklistLimits.VipDays));
        Assert.Equal(1, await system.Get<WorklistService>().RefreshAsync(Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Later_ComesBackOnItsDay_AndNotUsefulMuchLater(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (agent, _, id) = await OneEntryAsync(data);
        await using var system = data.AsSystem();
        var today = new DateOnly(2026, 3, 10);
        await Assert.ThrowsAsync<RuleViolationException>(() => agent.Get<WorklistService>().LaterAsync(id, today, Token));
        await Assert.ThrowsAsync<RuleViolationException>(() => agent.Get<WorklistService>().LaterAsync(id, null, Token));

        Assert.True(await agent.Get<WorklistService>().LaterAsync(id, today.AddDays(3), Token));
        data.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(0, await system.Get<WorklistService>().RefreshAsync(Token));
        data.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await system.Get<WorklistService>().RefreshAsync(Token));

        await using var again = await data.AsRoleAsync(RoleNames.SupportAgent);
        Assert.True(await again.Get<WorklistService>().NotUsefulAsync(id, Token));
        data.Clock.Advance(TimeSpan.FromDays(WorklistLimits.QuietDaysAfterNotUseful - 1));
        Assert.Equal(0, await system.Get<WorklistService>().RefreshAsync(Token));
        await using var last = await data.AsRoleAsync(RoleNames.SupportAgent);
        Assert.True(await last.Get<WorklistService>().ReopenAsync(id, Token));
        Assert.Single((await last.Get<WorklistService>().ListAsync(null, First, Token)).Rows);
        Assert.False(await last.Get<WorklistService>().ReopenAsync(id, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task ContactLinks_AreThere_ForThoseWhoWantThem(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var id = await VipAsync(data, "Vip", "vip@example.com", "+441632960001");
        await using var system = data.AsSystem();
        await system.Get<WorklistService>().RefreshAsync(Token);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        // Without consent nobody is written to; who has not said no may be called.
        Assert.Equal((null, "+441632960001", false), await LinksAsync(agent));
        await data.WriteAsync(async db => (await db.Customers.SingleAsync(c => c.Id == id, Token)).EmailMarketing = true);
        Assert.Equal(("vip@example.com", "+441632960001", false), await LinksAsync(agent));
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        Assert.Equal((null, null, false), await LinksAsync(staff));
        foreach (var channel in new[] { Channel.Email, Channel.Phone })
            await system.Get<PreferenceService>().SetCommunicationAsync(id, channel, MessageKind.Marketing, false, Token);
        Assert.Equal((null, null, true), await LinksAsync(agent));

        static async Task<(string?, string?, bool)> LinksAsync(TestScope who)
        {
            var row = Assert.Single((await who.Get<WorklistService>().ListAsync(null, First, Token)).Rows);
            return (row.Email, row.Phone, row.HasOptedOut);
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task OnesOwnCustomers_ComeFirst_AndJobsMakeTheList(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (rich, mine) = (await VipAsync(data, "Rich"), await VipAsync(data, "Mine"));
        await data.AddOrderAsync("rich", rich, 90_000, placedAt: Ago(data, 90));
        await SilenceAsync(data);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await data.WriteAsync(async db =>
            (await db.Customers.SingleAsync(c => c.Id == mine, Token)).PreferredAgentId = agent.Actor.UserId);
        var job = await agent.Get<WorklistService>().StartAsync(Token);
        Assert.Equal(job, await agent.Get<WorklistService>().StartAsync(Token));
        await data.Get<JobRunner>().RunWaitingAsync(Token);

        Assert.Equal(["Mine", "Rich"], (await agent.Get<WorklistService>().ListAsync(null, First, Token)).Rows.Select(r => r.Name));
        await using var other = await data.AsRoleAsync(RoleNames.SupportAgent);
        Assert.Equal(["Rich", "Mine"], (await other.Get<WorklistService>().ListAsync(null, First, Token)).Rows.Select(r => r.Name));
        await using var system = data.AsSystem();
        await system.Trash.DeleteAsync(rich, Token);
        await system.Trash.PurgeAsync(rich, Token);
        Assert.Equal(["Mine"], (await other.Get<WorklistService>().ListAsync(null, First, Token)).Rows.Select(r => r.Name));
    }

    private static readonly string[] Order = ["Sleeper", "Vip", "Points", "Birthday"];

    private static async Task<Dictionary<string, long>> ShopAsync(TestServices data)
    {
        var ids = new Dictionary<string, long>();
        foreach (var name in new[] { "Sleeper", "Points", "Birthday" }) ids[name] = (await data.AddCustomerAsync(name, null)).Id;
        ids["Vip"] = await VipAsync(data, "Vip");
        ids["Blocked"] = await VipAsync(data, "Blocked");
        await data.AddOrderAsync("S-1", ids["Sleeper"], 7_000, placedAt: new(2025, 6, 1, 12, 0, 0, TimeSpan.Zero));
        await data.AddOrderAsync("B-1", ids["Birthday"], 0, placedAt: Ago(data, 3));
        await using var system = data.AsSystem();
        await system.Get<LedgerService>().EarnAsync(new() { CustomerId = ids["Points"], Points = 300, ExpiryDays = 20 }, null, Token);
        await system.Customers.UpdateAsync(ids["Birthday"], new() { DateOfBirth = new DateOnly(1990, 3, 12) }, null, null, Token);
        await data.WriteAsync(async db =>
        {
            (await db.Customers.SingleAsync(c => c.Id == ids["Blocked"], Token)).Block("Did not pay");
            db.CustomerForecasts.Add(new() { CustomerId = ids["Sleeper"], Value = 100, Alive = 0.2, AtRisk = 9_000, RunId = 1 });
        });
        await SilenceAsync(data);
        return ids;
    }

    private static async Task<(TestScope Agent, TestScope Other, long Id)> OneEntryAsync(TestServices data)
    {
        await VipAsync(data, "Vip");
        await using var system = data.AsSystem();
        Assert.Equal(1, await system.Get<WorklistService>().RefreshAsync(Token));
        var id = await data.ReadAsync(db => db.WorklistEntries.Select(e => e.Id).SingleAsync(Token));
        return (await data.AsRoleAsync(RoleNames.SupportAgent), await data.AsRoleAsync(RoleNames.SupportAgent), id);
    }

    private static async Task<long> VipAsync(TestServices data, string name, string? email = null, string? phone = null)
    {
        var id = (await data.AddCustomerAsync(name, null, email, phone)).Id;
        await data.WriteAsync(async db =>
            (await db.Customers.SingleAsync(c => c.Id == id, Token)).SetVip(true, "Good", null, data.Clock.GetUtcNow()));
        await SilenceAsync(data);
        return id;
    }

    /// <summary>Nobody has heard of the VIPs for 80 days.</summary>
    private static Task SilenceAsync(TestServices data) => data.WriteAsync(db => db.Customers.Where(c => c.IsVip)
        .ExecuteUpdateAsync(c => c.SetProperty(x => x.LastInteractionAt, Ago(data, 80)), Token));

    private static DateTimeOffset Ago(TestServices data, int days) => data.Clock.GetUtcNow().AddDays(-days);

    private sealed class RowComparer : IEqualityComparer<(long Id, WorklistReason[] Reasons)>
    {
        public bool Equals((long Id, WorklistReason[] Reasons) x, (long Id, WorklistReason[] Reasons) y) =>
            x.Id == y.Id && x.Reasons.SequenceEqual(y.Reasons);

        public int GetHashCode((long Id, WorklistReason[] Reasons) obj) => obj.Id.GetHashCode();
    }
}
