using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Views;
using CrmPortal.Core.Segments;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Segments;

/// <summary>Segments within segments, tests of a segment, and two of them beside each other.</summary>
public sealed class SegmentNestingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Segment_WithinASegment_IsAskedByItsRulesOfNow(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var segments = manager.Get<SegmentService>();
        var (ada, bob) = (await data.AddCustomerAsync(tags: "tea"), await data.AddCustomerAsync("Bob"));
        var tea = await SaveAsync(segments, null, "Tea", "tags:any:tea");
        var others = await SaveAsync(segments, null, "Others", $"not(segment:any:{tea})");
        var none = await SaveAsync(segments, null, "None of tea", $"segment:none:{tea}");

        Assert.Equal([bob.Id], await FoundAsync(manager, $"segment:any:{others}"));
        Assert.Equal([bob.Id], await FoundAsync(manager, $"segment:any:{none}"));
        Assert.Equal([ada.Id, bob.Id], await FoundAsync(manager, $"segment:any:{tea},{others}"));
        await data.Get<SegmentKeeper>().RunAsync(Token);
        Assert.Equal([("Others", bob.Id), ("Tea", ada.Id)], await RowsAsync(data, "Others", "Tea"));

        // What is within is changed, and what is made of it follows.
        await SaveAsync(segments, tea, "Tea", "given_name:is:Bob");
        await data.Get<SegmentKeeper>().RunAsync(Token);
        Assert.Equal([("Others", ada.Id), ("Tea", bob.Id)], await RowsAsync(data, "Others", "Tea"));
        Assert.True((await segments.WhyAsync(others, ada.Id, Token))!.IsMet);
        Assert.Equal("segment has no value 999.", (await Assert.ThrowsAsync<RuleViolationException>(() =>
            FoundAsync(manager, "segment:any:999"))).Message);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task CirclesAndDepths_AreRefused_AndWhatIsUsedIsNotRemoved(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var (segments, groups) = (manager.Get<SegmentService>(), manager.Get<GroupService>());
        var a = await SaveAsync(segments, null, "A", "vip:yes");
        var b = await SaveAsync(segments, null, "B", $"segment:any:{a}");
        var group = (await groups.SaveAsync(null, new("G", null, $"segment:any:{b}", 0, false, false), null, Token))!.Part.Id;

        Assert.Equal("These rules go in a circle: A → B → A.", await RefusedAsync(() => SaveAsync(segments, a, "A", $"segment:any:{b}")));
        Assert.Equal("These rules go in a circle: A → A.", await RefusedAsync(() => SaveAsync(segments, a, "A", $"segment:any:{a}")));
        Assert.StartsWith("These rules go in a circle: A → G", await RefusedAsync(() => SaveAsync(segments, a, "A", $"group:any:{group}")),
            StringComparison.Ordinal);

        var last = b;
        for (var depth = 2; depth <= 4; depth++) last = await SaveAsync(segments, null, $"D{depth}", $"segment:any:{last}");
        Assert.Equal("Segments may stand in each other at most 4 deep.",
            await RefusedAsync(() => SaveAsync(segments, null, "D5", $"segment:any:{last}")));
        // One put below the others would make the outermost too deep.
        var below = await SaveAsync(segments, null, "Below", "vip:no");
        Assert.Equal("Segments may stand in each other at most 4 deep.",
            await RefusedAsync(() => SaveAsync(segments, a, "A", $"segment:any:{below}")));

        Assert.Equal("A is used by B. Change that first.", await RefusedAsync(() => segments.DeleteAsync(a, Token)));
        Assert.Equal("B is used by G, D2. Change that first.", await RefusedAsync(() => segments.DeleteAsync(b, Token)));
        await manager.Get<SavedViewService>().SaveAsync("customers", "Shared", $"filter=group%3Aany%3A{group}", true, false, Token);
        Assert.Equal("G is used by Shared. Change that first.", await RefusedAsync(() => groups.DeleteAsync(group, Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Rules_ThatAskForWhatOneMayNotSee_AreNotAskedByTheirNameEither(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var ada = await data.AddCustomerAsync(email: "ada@example.org");
        var secret = await SaveAsync(manager.Get<SegmentService>(), null, "By e-mail", "email:is:ada@example.org");
        var group = (await manager.Get<GroupService>().SaveAsync(null, new("G", null, $"segment:any:{secret}", 0, false, false), null,
            Token))!.Part.Id;
        await data.Get<SegmentKeeper>().RunAsync(Token);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var outsider = await data.AsAsync(Permissions.CustomersView);

        foreach (var filter in new[] { $"segment:any:{secret}", $"group:any:{group}", $"not(group:any:{group})" })
        {
            Assert.NotNull(await FoundAsync(manager, filter));
            Assert.Equal("You may not filter by email.", await RefusedAsync(() => FoundAsync(staff, filter)));
            Assert.StartsWith("You may not filter by ", await RefusedAsync(() => FoundAsync(outsider, filter)), StringComparison.Ordinal);
        }

        var memberships = staff.Get<MembershipService>();
        Assert.Null(await memberships.MembersAsync(secret, new(), Token));
        Assert.Null(await memberships.HistoryAsync(group, null, Token));
        Assert.Empty((await memberships.OfCustomerAsync(ada.Id, false, Token))!);
        Assert.Null(await staff.Get<SegmentComparisonService>().CompareAsync(secret, group, Token));
        Assert.Equal(2, (await manager.Get<MembershipService>().OfCustomerAsync(ada.Id, false, Token))!.Count);
        await Assert.ThrowsAsync<AccessDeniedException>(() => staff.Get<GroupService>().AddAsync(group, ada.Id, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Tests_SayWhichRulesBreakThem_BeforeTheyAreSaved(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var tests = manager.Get<SegmentTestService>();
        var (ada, bob) = (await data.AddCustomerAsync(tags: "tea"), await data.AddCustomerAsync("Bob", "Bell"));
        var id = await SaveAsync(manager.Get<SegmentService>(), null, "Tea", "tags:any:tea");
        await tests.SayAsync(id, ada.Id, true, Token);
        await tests.SayAsync(id, bob.Id, true, Token);
        var turned = (await tests.SayAsync(id, bob.Id, false, Token))!;

        Assert.Equal([(ada.Id, true, false), (bob.Id, false, false)], (await tests.TryAsync(id, "tags:any:tea", Token))
            .Select(t => (t.CustomerId, t.MustBeIn, t.IsBroken)));
        Assert.Equal(["Bob Bell", "Ada Lovelace"], (await tests.TryAsync(id, "given_name:is:Bob", Token)).Where(t => t.IsBroken)
            .Select(t => t.Name).OrderDescending());
        await manager.Get<Core.History.UndoService>().UndoAsync(turned.ChangeSetId!.Value, false, Token);
        Assert.Equal(["Bob Bell"], (await tests.TryAsync(id, "tags:any:tea", Token)).Where(t => t.IsBroken).Select(t => t.Name));
        var removed = await tests.RemoveAsync(id, bob.Id, Token);
        Assert.Single(await tests.TryAsync(id, "tags:any:tea", Token));
        // With the segment the tests go, and come back with it.
        await manager.Get<Core.History.UndoService>().UndoAsync(removed!.Value, false, Token);
        var gone = await manager.Get<SegmentService>().DeleteAsync(id, Token);
        Assert.Equal(0, await data.ReadAsync(db => db.SegmentTests.CountAsync(Token)));
        await manager.Get<Core.History.UndoService>().UndoAsync(gone!.Value, false, Token);
        Assert.Equal(2, (await tests.TryAsync(id, "tags:any:tea", Token)).Count);
        Assert.Null(await tests.SayAsync(999, ada.Id, true, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Comparison_HasTheFiguresOfEach_AndWhatTheyShare(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        List<long> ids = [];
        foreach (var name in new[] { "Ada", "Bob", "Cy" }) ids.Add((await data.AddCustomerAsync(name)).Id);
        await data.AddOrderAsync("A-1", ids[0], 9_000);
        await data.AddOrderAsync("A-2", ids[0], 1_001);
        await data.AddOrderAsync("B-1", ids[1], 5_000);
        await data.WriteAsync(db => db.Customers.Where(c => c.Id == ids[0]).ExecuteUpdateAsync(c => c
            .SetProperty(x => x.EmailMarketing, true).SetProperty(x => x.Tier, "gold"), Token));
        var spent = await SaveAsync(manager.Get<SegmentService>(), null, "Spent", "spent:more:0");
        var group = (await manager.Get<GroupService>().SaveAsync(null, new("Hand", null, null, 0, false, false), null, Token))!.Part.Id;
        foreach (var id in new[] { ids[0], ids[2] }) await manager.Get<GroupService>().AddAsync(group, id, Token);
        await data.Get<SegmentKeeper>().RunAsync(Token);

        var compared = (await manager.Get<SegmentComparisonService>().CompareAsync(spent, group, Token))!;

        Assert.Equal((1, 2, 2, 1, 1), (compared.Both, compared.First.Customers, compared.Second.Customers, compared.First.Only,
            compared.Second.Only));
        Assert.Equal((15_001, 3, 5_000, 1, 0), (compared.First.Spent, compared.First.Orders, compared.First.AverageOrder,
            compared.First.EmailMarketing, compared.First.SmsMarketing));
        Assert.Equal([("gold", 1), (null, 1)], compared.Second.Tiers.OrderBy(t => t.Tier is null));
        // Each number leads to its customers.
        Assert.Equal([ids[0]], await FoundAsync(manager, $"{compared.First.Filter};{compared.Second.Filter}"));
        Assert.Equal([ids[2]], await FoundAsync(manager, $"{compared.Second.Filter};not({compared.First.Filter})"));
        Assert.Null(await manager.Get<SegmentComparisonService>().CompareAsync(spent, 999, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task History_IsReadInPages_WithoutLossOrRepetition(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var groups = manager.Get<GroupService>();
        var id = (await groups.SaveAsync(null, new("Hand", null, null, 0, false, false), null, Token))!.Part.Id;
        List<long> customers = [];
        for (var i = 0; i < 20; i++) customers.Add((await data.AddCustomerAsync($"C{i}")).Id);
        foreach (var (i, customer) in customers.Index())
        {
            // Some at one instant.
            if (i % 3 == 0) data.Clock.Advance(TimeSpan.FromMinutes(1));
            await groups.AddAsync(id, customer, Token);
            if (i % 2 == 0) await groups.RemoveAsync(id, customers[i / 2], Token);
        }

        List<MembershipEvent> read = [];
        MembershipPlace? place = null;
        while (true)
        {
            var page = (await manager.Get<MembershipService>().HistoryAsync(id, place, Token))!;
            read.AddRange(page.Take(MembershipService.EventsOfAPage));
            if (page.Count <= MembershipService.EventsOfAPage) break;
            place = read[^1].Place;
        }

        Assert.Equal(30, read.Count);
        Assert.Equal(30, read.Select(e => (e.RowId, e.Came)).Distinct().Count());
        Assert.Equal(read.Select(e => e.At).OrderDescending(), read.Select(e => e.At));
        Assert.All(read, e => Assert.Equal((e.Came ? MembershipCause.AddedByHand : MembershipCause.RemovedByHand, manager.Actor.Name),
            (e.Cause, e.ByName)));
    }

    private static async Task<long> SaveAsync(SegmentService segments, long? id, string name, string filter) =>
        (await segments.SaveAsync(id, new(name, null, filter), null, Token))!.Part.Id;

    private static async Task<List<long>> FoundAsync(TestScope scope, string filter) =>
        [.. (await scope.Finder.ListAsync(new(Filter: filter), new(), Token)).Items.Select(c => c.Id).Order()];

    private static async Task<string> RefusedAsync(Func<Task> work) => (await Assert.ThrowsAsync<RuleViolationException>(work)).Message;

    private static Task<List<(string, long)>> RowsAsync(TestServices data, params string[] names) => data.ReadAsync(async db =>
        (await db.SegmentMembers.Where(m => m.Until == null).Join(db.Segments.Where(s => names.Contains(s.Name)), m => m.SegmentId,
            s => s.Id, (m, s) => new { s.Name, m.CustomerId }).OrderBy(x => x.Name).ThenBy(x => x.CustomerId).ToListAsync(Token))
            .ConvertAll(x => (x.Name, x.CustomerId)));
}
