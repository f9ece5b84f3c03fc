using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Segments;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Segments;

/// <summary>Who is in a segment is kept as dated rows that follow the rules, and say why.</summary>
public sealed partial class MembershipTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Members_ComeAndLeave_WithTheCause_AndTheCountFollows(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var segments = manager.Get<SegmentService>();
        var (ada, bob) = (await data.AddCustomerAsync(), await data.AddCustomerAsync("Bob", "Bell"));
        await data.AddOrderAsync("A-1", ada.Id, 9_000);
        var id = (await segments.SaveAsync(null, new("Spent", null, "spent:more:50"), null, Token))!.Part.Id;
        Assert.Equal(1, await KeepAsync(data));

        await data.AddOrderAsync("B-1", bob.Id, 6_000);
        Assert.Equal(1, await KeepAsync(data));
        Assert.Equal([ada.Id, bob.Id], await OpenAsync(data, id));
        Assert.Equal(2, await CountedAsync(data, id));
        // Whoever changes in what is not asked stays as they are, and nothing is written.
        await manager.Get<TagService>().AddAsync(ada.Id, "tea", Token);
        Assert.Equal(0, await KeepAsync(data));

        await segments.SaveAsync(id, new("Spent", null, "spent:more:80"), null, Token);
        Assert.Equal(1, await KeepAsync(data));
        await manager.Trash.DeleteAsync(ada.Id, Token);
        Assert.Equal(1, await KeepAsync(data));

        Assert.Equal([("Ada Lovelace", false, MembershipCause.Deleted), ("Bob Bell", false, MembershipCause.RulesChanged),
            ("Bob Bell", true, MembershipCause.Rules), ("Ada Lovelace", true, MembershipCause.FirstCount)],
            (await manager.Get<MembershipService>().HistoryAsync(id, null, Token))!.Select(e => (e.Name, e.Came, e.Cause))
                .OrderBy(e => e.Came).ThenBy(e => e.Cause == MembershipCause.FirstCount).ThenBy(e => e.Name));
        Assert.Equal(0, await CountedAsync(data, id));
        await manager.Trash.RestoreAsync(ada.Id, false, Token);
        Assert.Equal((1, 1), (await KeepAsync(data), await CountedAsync(data, id)));
        Assert.Equal(0, await data.ReadAsync(db => db.StaleCustomers.CountAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Days_ThatGoBy_MoveCustomersAtNight(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var ada = await data.AddCustomerAsync();
        await data.AddOrderAsync("A-1", ada.Id, 9_000);
        var id = (await manager.Get<SegmentService>().SaveAsync(null, new("Recent", null, "last_order:last:10"), null, Token))!.Part.Id;
        await KeepAsync(data);
        Assert.Equal([ada.Id], await OpenAsync(data, id));

        data.Clock.Advance(TimeSpan.FromDays(12));
        Assert.Equal(0, await KeepAsync(data));
        Assert.Equal(1, await data.Get<SegmentKeeper>().RefreshAllAsync(Token));

        Assert.Equal(MembershipCause.Night,
            await data.ReadAsync(db => db.SegmentMembers.Select(m => m.EndCause!.Value).SingleAsync(Token)));
        Assert.Equal(0, await CountedAsync(data, id));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task WhatNamesNoCustomer_AndIsAskedByRules_IsNoticedToo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var admin = await data.AsRoleAsync(RoleNames.Administrator);
        var (ada, bob) = (await data.AddCustomerAsync(tags: "tea"), await data.AddCustomerAsync("Bob"));
        await admin.Get<RelationService>().RelateAsync(ada.Id, bob.Number, RelationshipKind.Friend, null, Token);
        var tagged = (await admin.Get<SegmentService>().SaveAsync(null, new("Tea", null, "tags:any:tea"), null, Token))!.Part.Id;
        var tied = (await admin.Get<SegmentService>().SaveAsync(null, new("Tied", null, "relationship:any:friend"), null, Token))!.Part.Id;
        await KeepAsync(data);
        Assert.Equal([ada.Id], await OpenAsync(data, tagged));
        Assert.Equal([ada.Id, bob.Id], await OpenAsync(data, tied));

        var tag = (await admin.Get<TagService>().ListAsync(Token))[0];
        await admin.Get<TagService>().ChangeAsync(tag.Id, "coffee", null, Token);
        await admin.Trash.DeleteAsync(bob.Id, Token);
        await KeepAsync(data);

        Assert.Empty(await OpenAsync(data, tagged));
        Assert.Empty(await OpenAsync(data, tied));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Hand_OverrulesTheRules_UntilItIsTakenBack_AndUndoKnowsIt(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var groups = manager.Get<GroupService>();
        var (ada, bob) = (await data.AddCustomerAsync(), await data.AddCustomerAsync("Bob"));
        await data.AddOrderAsync("A-1", ada.Id, 9_000);
        var id = (await groups.SaveAsync(null, new("Gold", null, "spent:more:50", 12.5m, true, false), null, Token))!.Part.Id;
        await KeepAsync(data);
        Assert.Equal([ada.Id], await OpenAsync(data, id));

        // Kept out although the rules fit, added although they do not; both at once, without waiting.
        await groups.RemoveAsync(id, ada.Id, Token);
        var added = (await groups.AddAsync(id, bob.Id, Token))!;
        Assert.False(added.Part);
        Assert.Equal([bob.Id], await OpenAsync(data, id));
        await data.Get<SegmentKeeper>().RefreshAllAsync(Token);
        Assert.Equal([bob.Id], await OpenAsync(data, id));
        var member = Assert.Single((await manager.Get<MembershipService>().MembersAsync(id, new(), Token))!.Items);
        Assert.Equal((bob.Id, MembershipCause.AddedByHand, true, manager.Actor.Name), (member.CustomerId, member.Cause,
            member.IsByHand, member.ByName));
        Assert.Equal([ada.Id], (await groups.KeptOutAsync(id, Token))!.Select(k => k.CustomerId));
        Assert.Equal(new GroupStatistics(1, 0, 0, 1, 1, 1), await groups.StatisticsAsync(id, Token));

        await groups.ForgetAsync(id, ada.Id, Token);
        Assert.Equal([ada.Id, bob.Id], await OpenAsync(data, id));
        await manager.Get<UndoService>().UndoAsync(added.ChangeSetId!.Value, false, Token);
        await KeepAsync(data);
        Assert.Equal([ada.Id], await OpenAsync(data, id));

        // The group comes back with what was said of it.
        await groups.RemoveAsync(id, ada.Id, Token);
        var removal = await groups.DeleteAsync(id, Token);
        Assert.Equal(0, await data.ReadAsync(db => db.SegmentMembers.CountAsync(Token)));
        await manager.Get<UndoService>().UndoAsync(removal!.Value, false, Token);
        await KeepAsync(data);
        var back = (await groups.GetAsync(id, Token))!;
        Assert.Equal((new GroupPerks(12.5m, true, false), 0), (back.Perks, back.Customers));
        Assert.Equal([ada.Id], (await groups.KeptOutAsync(id, Token))!.Select(k => k.CustomerId));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Merge_MovesWhatWasSaidByHand_AndPurgeLeavesNothing(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var admin = await data.AsRoleAsync(RoleNames.Administrator);
        var groups = admin.Get<GroupService>();
        var (ada, twin) = (await data.AddCustomerAsync(email: "ada@example.com"), await data.AddCustomerAsync());
        var id = (await groups.SaveAsync(null, new("Wholesale", null, null, 0, false, true), null, Token))!.Part.Id;
        await groups.AddAsync(id, twin.Id, Token);

        await admin.Get<MergeService>().MergeAsync(new(ada.Id, [twin.Id]), Token);
        await KeepAsync(data);

        Assert.Equal([ada.Id], await OpenAsync(data, id));
        Assert.Equal(1, await CountedAsync(data, id));
        Assert.Equal([MembershipCause.Merged], await data.ReadAsync(db => db.SegmentMembers.Where(m => m.CustomerId == twin.Id)
            .Select(m => m.EndCause!.Value).ToListAsync(Token)));
        await admin.Trash.DeleteAsync(ada.Id, Token);
        await admin.Trash.PurgeAsync(ada.Id, Token);
        await KeepAsync(data);
        Assert.Equal((0, 0, 0), await data.ReadAsync(async db => (await db.SegmentMembers.CountAsync(Token),
            await db.GroupChoices.CountAsync(Token), (await db.Segments.SingleAsync(Token)).Customers!.Value)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Keeper_ThatDiesInBetween_IsGoneOnWithByTheNextOne(DatabaseKind kind)
    {
        var faults = new FaultyCommands();
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IInterceptor>(faults));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        List<long> ids = [];
        for (var i = 0; i < 4; i++) ids.Add((await data.AddCustomerAsync($"C{i}")).Id);
        var group = (await manager.Get<GroupService>().SaveAsync(null, new("All", null, "spent:more:-1", 0, false, false), null, Token))!
            .Part.Id;
        var within = (await manager.Get<SegmentService>().SaveAsync(null, new("Within", null, $"group:any:{group}"), null, Token))!
            .Part.Id;

        // The group is done, and the segment that asks for its rows is not.
        faults.Fault = sql => sql.Contains("\"KeptVersion\"", StringComparison.Ordinal)
            && sql.Contains("UPDATE", StringComparison.OrdinalIgnoreCase) ? new InvalidOperationException("The end.") : null;
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => KeepAsync(data));
        faults.Fault = sql => sql.Contains("\"EndByName\"", StringComparison.Ordinal)
            && sql.Contains("UPDATE", StringComparison.OrdinalIgnoreCase) ? new InvalidOperationException("The end.") : null;
        await manager.Trash.DeleteAsync(ids[0], Token);
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => KeepAsync(data));
        Assert.Equal(ids, await OpenAsync(data, group));

        faults.Fault = _ => null;
        await using var next = TestServices.On(data.Database, data.Clock);
        await KeepAsync(next);
        Assert.Equal(ids[1..], await OpenAsync(data, group));
        Assert.Equal(ids[1..], await OpenAsync(data, within));
        Assert.Equal((3, 3), (await CountedAsync(data, group), await CountedAsync(data, within)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task TwoNodes_AtOnce_WriteEachMemberOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var other = TestServices.On(data.Database, data.Clock);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var id = (await manager.Get<SegmentService>().SaveAsync(null, new("All", null, "spent:more:-1"), null, Token))!.Part.Id;
        for (var i = 0; i < 30; i++) await data.AddCustomerAsync($"C{i}");

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => KeepAsync(i % 2 == 0 ? data : other))));

        Assert.Equal((30, 30), (await CountedAsync(data, id), await data.ReadAsync(db => db.SegmentMembers.CountAsync(Token))));
    }

    /// <summary>A change that no trigger marks would leave rows that say the wrong thing until the night.</summary>
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task EveryTable_ThatAFieldReads_MarksItsCustomers(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        CustomFieldDetailsOf(out var own);
        await using var db = data.Get<Core.Platform.Data.IDatabaseProvider>().CreateContext(null);
        var context = new FilterContext(data.Clock.GetUtcNow(), LocalZone.Utc, true)
        {
            May = _ => true, Added = own, Beside = [.. data.Get<IEnumerable<ICustomerRows>>().Select(b => b.Of(db))],
            Kept = new Dictionary<string, FilterExpression?> { ["segment:1"] = FilterAll.Nothing, ["group:1"] = null },
        };
        var marked = Core.Data.TrackedCustomers.All.Select(t => t.Table).Concat(Core.Data.TrackedCustomers.Indirect.Select(i => i.Table))
            // The rows of a group are written by the keeper itself, which asks those who read them next; a key of a field never changes.
            // Whatever changes an order computes the figures of its customers again, which writes their rows.
            .Concat(["SegmentMembers", "CustomFields", "Orders", "OrderLines"]).ToHashSet();
        HashSet<string> read = [];
        foreach (var field in CustomerFilters.Catalogue.Fields.Concat(own))
            foreach (var comparison in field.Operators)
            {
                var condition = new FilterCondition(field.Name, comparison, ValuesOf(field, comparison));
                var sql = db.Customers.Where(CustomerFilters.Catalogue.Predicate(condition, context)!).ToQueryString();
                read.UnionWith(Tables().Matches(sql).Select(m => m.Groups["table"].Value));
            }

        Assert.Empty(read.Except(marked));
        Assert.Superset(new HashSet<string> { "Customers", "CustomerTags", "Addresses", "Users", "CustomFieldValues" }, read);
    }

    private static void CustomFieldDetailsOf(out List<FilterField> own) => own =
    [
        new("field.motto", "Motto", FilterFieldType.Text, [], false), new("field.size", "Size", FilterFieldType.Fraction, [], false, true),
        new("field.since", "Since", FilterFieldType.Date, [], false, true),
    ];

    private static string[] ValuesOf(FilterField field, FilterOperator comparison) => (comparison, field.Type) switch
    {
        (FilterOperator.Present or FilterOperator.Empty or FilterOperator.Yes or FilterOperator.No, _) => [],
        (FilterOperator.Between, FilterFieldType.Date) => ["2026-01-01", "2026-02-01"],
        (FilterOperator.Between, _) => ["1", "2"],
        (FilterOperator.Before or FilterOperator.After, _) => ["2026-01-01"],
        _ => [field.Choices.Count > 0 ? field.Choices[0] : "1"],
    };

    private static Task<int> KeepAsync(TestServices data) => data.Get<SegmentKeeper>().RunAsync(Token);

    private static Task<List<long>> OpenAsync(TestServices data, long segment) => data.ReadAsync(db => db.SegmentMembers
        .Where(m => m.SegmentId == segment && m.Until == null).Select(m => m.CustomerId).OrderBy(id => id).ToListAsync(Token));

    private static Task<int?> CountedAsync(TestServices data, long segment) =>
        data.ReadAsync(db => db.Segments.Where(s => s.Id == segment).Select(s => s.Customers).SingleAsync(Token));

    [System.Text.RegularExpressions.GeneratedRegex("(FROM|JOIN) \"(?<table>\\w+)\"")]
    private static partial System.Text.RegularExpressions.Regex Tables();
}
