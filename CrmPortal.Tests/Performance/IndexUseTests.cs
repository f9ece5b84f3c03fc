using System.Text.RegularExpressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Timeline;
using CrmPortal.Core.Worklist;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Performance;

/// <summary>
/// Every import, order and booking pays for each index of the tables that it writes. So each of them keeps a rule, serves a foreign key,
/// or is what SQLite takes for a question of the program.
/// </summary>
public sealed partial class IndexUseTests
{
    private const string Tables = """
        'Customers', 'Addresses', 'CustomerTags', 'AuditEntries', 'ChangeSets', 'OutboxEvents', 'Orders', 'OrderLines',
        'LoyaltyAccounts', 'LoyaltyBookings', 'LoyaltyEntries', 'LoyaltyLots', 'LoyaltyLotUses'
        """;

    private const string IndexSql = $"""
        select i.tbl_name as "Table", i.name as Name, i.sql like 'CREATE UNIQUE%' as IsUnique, c.name as First,
            exists (select 1 from pragma_foreign_key_list(i.tbl_name) k where k."from" = c.name) as IsOfKey
        from sqlite_schema i join pragma_index_info(i.name) c on c.seqno = 0
        where i.type = 'index' and i.sql is not null and i.tbl_name in ({Tables})
        """;

    private static readonly CancellationToken Token = CancellationToken.None;

    [Fact]
    public async Task EveryIndex_OfTablesThatAreWrittenInMasses_HasAUse()
    {
        var plans = new PlanRecorder();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(plans));
        await using var system = data.AsSystem();
        await FillAsync(data);

        await AskAsync(data, system);

        var asked = plans.Plans.SelectMany(p => Used().Matches(p)).Select(m => m.Groups["name"].Value).ToHashSet();
        var indexes = await data.ReadAsync(db => db.Database.SqlQueryRaw<TableIndex>(IndexSql).ToListAsync());
        Assert.True(indexes.Count > 40);
        Assert.Equal([], indexes.Where(i => !i.IsUnique && !asked.Contains(i.Name) && !ServesAKey(i)).Select(i => i.Name));

        // Of several that begin with the column of a foreign key, one is enough for it.
        bool ServesAKey(TableIndex index) => index.IsOfKey
            && indexes.Count(i => i.Table == index.Table && i.First == index.First && i.IsOfKey) == 1;
    }

    [Fact]
    public async Task ListByEmail_ReadsAlongTheUniqueIndex_AndThoseWithoutOneAlongTheirs()
    {
        var plans = new PlanRecorder();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(plans));
        await FillAsync(data);
        await using var system = data.AsSystem();
        foreach (var descending in new[] { true, false })
        {
            plans.Clear();
            await system.Finder.ListAsync(new(Sort: CustomerSort.Email, Descending: descending), new(Size: 100), Token);

            var keys = plans.Plans.Where(p => p.Contains("LIMIT", StringComparison.Ordinal)
                && p.Contains("\"EmailKey\" IS", StringComparison.Ordinal)).ToList();
            Assert.Collection(keys, p => Goes(p, "IX_Customers_EmailKey"), p => Goes(p, "IX_Customers_NoEmail"));
            Assert.All(keys, p => Assert.DoesNotContain("TEMP B-TREE", p, StringComparison.Ordinal));
        }
    }

    /// <summary>Behind all who have an e-mail, how many those are is asked for first.</summary>
    [Fact]
    public async Task ListByEmail_BehindAllWhoHaveOne_CountsThemAlongTheirIndex()
    {
        var plans = new PlanRecorder();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(plans));
        await FillAsync(data);
        await using var system = data.AsSystem();

        Assert.Equal(5, (await system.Finder.ListAsync(new(Sort: CustomerSort.Email), new(Number: 8, Size: 5), Token)).Items.Count);

        Goes(Assert.Single(plans.Plans, p => p.Contains("COUNT(", StringComparison.Ordinal)), "IX_Customers_EmailKey");
    }

    [Theory]
    [InlineData("email:present", "IX_Customers_EmailKey", 30)]
    [InlineData("email:empty", "IX_Customers_NoEmail", 10)]
    [InlineData("not(email:present)", null, 10)]
    [InlineData("not(email:empty)", null, 30)]
    public async Task CountByEmail_IsReadFromTheSameIndexes(string filter, string? index, int count)
    {
        var plans = new PlanRecorder();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(plans));
        await FillAsync(data);
        await using var system = data.AsSystem();

        Assert.Equal(count, (await system.Finder.CountAsync(new(Filter: filter), null, Token)).Rows);

        if (index is not null) Goes(Assert.Single(plans.Plans, p => p.Contains("COUNT(", StringComparison.Ordinal)), index);
    }

    private static void Goes(string plan, string index) => Assert.True(plan.Contains($"INDEX {index}", StringComparison.Ordinal), plan);

    /// <summary>A shop that the engine takes for large: nearly all are active, every fourth has no e-mail, and few have a tier.</summary>
    private static async Task FillAsync(TestServices data)
    {
        await data.WriteAsync(db =>
        {
            var customers = Enumerable.Range(0, 40).Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())).ToList();
            customers[0].TierUntil = data.Clock.GetUtcNow().AddDays(7);
            db.Customers.AddRange(customers);
            return Task.CompletedTask;
        });
        await data.WriteAsync(PlanRecorder.PretendLargeAsync);
    }

    /// <summary>What people and jobs ask most of.</summary>
    private static async Task AskAsync(TestServices data, TestScope system)
    {
        var ada = await data.AddCustomerAsync(email: "ada@example.com");
        await system.Get<AddressService>().SaveAsync(ada.Id, null, new() { Line1 = "1 High Street", City = "Bath", Country = "GB" }, Token);
        foreach (var sort in Enum.GetValues<CustomerSort>()) await system.Finder.ListAsync(new(Sort: sort), new(), Token);
        foreach (var filter in new[]
        {
            "status:any:blocked", "vip:yes", "created:last:7", "first_order:last:30", "birthday:next:7", "open_tickets:more:0",
            "city:is:bath", "country:is:GB", "external_id:is:7", "agent:present", "email:empty",
        }) await system.Finder.CountAsync(new(Filter: filter), null, Token);
        await system.Finder.ListAsync(new(InTrash: true), new(), Token);
        await system.Get<RelationService>().HouseholdAsync(ada.Id, Token);
        await system.Get<WorklistService>().RefreshAsync(Token);

        foreach (var sort in Enum.GetValues<OrderSort>()) await system.Get<OrderService>().ListAsync(new(Sort: sort), new(), Token);
        await system.Get<OrderService>().ListAsync(new(Filter: "status:any:paid"), new(), Token);

        await system.Get<LedgerService>().EarnAsync(new() { CustomerId = ada.Id, Points = 10 }, null, Token);
        await system.Get<LedgerService>().BalanceAsync(ada.Id, Token);
        await system.Get<ExpiryService>().RunAsync(null, Token);
        await system.Get<DayKeeper>().RecalculateAsync(Token);

        await system.Get<HistoryService>().ForCustomerAsync(ada.Id, null, 20, Token);
        await system.Get<HistoryService>().OfFieldAsync(ada.Id, nameof(Customer.GivenName), Token);
        await system.Get<TimelineService>().ReadAsync(ada.Id, new([]), Token);
        foreach (var query in new AuditQuery[]
        {
            new() { From = new(2026, 3, 10) }, new() { Kind = "Role" }, new() { Action = AuditAction.Exported }, new() { ActorId = 1 },
        }) await system.Get<AuditLogService>().ListAsync(query, null, 20, Token);
        await data.DispatchAsync();

        await system.Get<CustomerTrash>().DeleteAsync(ada.Id, Token);
        await system.Get<CustomerTrash>().PurgeAsync(ada.Id, Token);
    }

    [GeneratedRegex(@"INDEX (?<name>IX_\w+)")]
    private static partial Regex Used();

    /// <param name="First">The column that it begins with.</param>
    /// <param name="IsOfKey">Whether that is the column of a foreign key.</param>
    private sealed record TableIndex(string Table, string Name, bool IsUnique, string First, bool IsOfKey);
}
