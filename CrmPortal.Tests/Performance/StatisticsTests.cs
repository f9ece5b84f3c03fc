using CrmPortal.Core.Data.Sqlite;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Timeline;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Performance;

/// <summary>Figures of a database as it was must not spoil the plans for the database that it becomes.</summary>
public sealed class StatisticsTests
{
    [Fact]
    public async Task History_AfterLoadWithOneRowForEach_ReadsAlongTheIndexAndByKey()
    {
        var plans = new PlanRecorder();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(plans));
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var customer = (await agent.Customers.CreateAsync(new() { GivenName = "Benita" }, CancellationToken.None)).Customer;
        // As a load leaves it: one change set for all, one row for each customer.
        await data.WriteAsync(db => data.Get<IDatabaseProvider>().LoadAsync(db, () => db.Database.ExecuteSqlRawAsync("""
            insert into "AuditEntries" ("ChangeSetId", "EntityType", "EntityId", "CustomerId", "Action", "Fields", "IsDetail")
            with recursive n(i) as (select 1000 union all select i + 1 from n where i < 13000)
            select (select max("Id") from "ChangeSets"), 'Customer', i, i, 'Created', '', 0 from n;
            """), CancellationToken.None));
        plans.Clear();

        await agent.Get<HistoryService>().ForCustomerAsync(customer.Id, null, 20, CancellationToken.None);
        await agent.Get<HistoryService>().OfFieldAsync(customer.Id, "GivenName", CancellationToken.None);
        await agent.Get<TimelineService>().ReadAsync(customer.Id, new([]), CancellationToken.None);

        var audit = plans.Plans.Where(p => p.Contains("\"AuditEntries\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, audit.Count);
        // What was read is put in order again, a page of it; the table behind it is not.
        Assert.DoesNotContain(audit, p => PlanRecorder.Scans(p).Any() || p.Split("USE TEMP B-TREE FOR ORDER BY").Length > 2);
    }

    [Theory]
    [InlineData("2000 1 1", "CustomerId Id", "2000 2 1")]
    [InlineData("2000 1 1 1", "EntityType EntityId Id", "2000 2 2 1")]
    [InlineData("9000 667 1 1", "Status Id DeletedAt", "9000 667 1 1")]
    [InlineData("9000 1 sz=120", "Phone", "9000 2 sz=120")]
    [InlineData("9000 30", null, "9000 30")]
    public void Settle_LeadingPart_StandsForMoreThanOneRowUnlessItNamesTheKey(string stat, string? columns, string settled) =>
        Assert.Equal(settled, SqliteStatistics.Settle(stat, columns, isUnique: false));

    [Theory]
    [InlineData("1000000 1000000", "MessageId", "1000000 1")]
    [InlineData("9000 30 30 sz=120", "ChatId ClientKey", "9000 30 1 sz=120")]
    [InlineData("9000 1", "Number", "9000 1")]
    public void Settle_UniqueIndex_StandsForOneRow_AlsoWhereMostOfItsRowsAreBlank(string stat, string columns, string settled) =>
        Assert.Equal(settled, SqliteStatistics.Settle(stat, columns, isUnique: true));

    [Fact]
    public async Task Prepare_WithFiguresOfEveryIndex_SettlesThem()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await data.WriteAsync(async db =>
        {
            await db.Database.ExecuteSqlRawAsync("analyze; delete from sqlite_stat1;");
            await db.Database.ExecuteSqlRawAsync("""
                insert into sqlite_stat1 (tbl, idx, stat)
                select i.tbl_name, i.name, '20000' || (select group_concat(' 20000', '') from pragma_index_info(i.name))
                from sqlite_schema i where i.type = 'index'
                """);
        });

        await data.Get<IDatabaseProvider>().PrepareAsync(CancellationToken.None);

        var settled = (await data.ReadAsync(db => db.Database
            .SqlQueryRaw<string>("select idx || ': ' || stat as Value from sqlite_stat1").ToListAsync())).ToHashSet();
        Assert.Contains("sqlite_autoindex_TicketLinks_1: 20000 20000 1", settled);
        Assert.Contains("IX_TicketMessages_MessageId: 20000 1", settled);
        Assert.Contains("IX_TicketMessages_Kind_At: 20000 20000 20000", settled);
    }

    [Fact]
    public async Task Load_OfFewRows_LeavesNoFigureOfSmallTables()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await data.WriteAsync(db => data.Get<IDatabaseProvider>().LoadAsync(db, () => Task.CompletedTask, CancellationToken.None));

        Assert.Equal([],
            await data.ReadAsync(db =>
            db.Database.SqlQueryRaw<string>("select tbl as Value from sqlite_stat1 where tbl not like 'sqlite_%'").ToListAsync()));
    }
}
