using System.Data.Common;
using CrmPortal.Core;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace CrmPortal.Tests.Data;

public sealed class MigrationTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Model_AndMigrations_AreTheSame(DatabaseKind kind)
    {
        await using var database = await TestDatabase.CreateEmptyAsync(kind);
        await using var db = database.CreateProvider().CreateContext(null);

        Assert.False(db.Database.HasPendingModelChanges(), "The model changed; run ./dev migrate NAME.");
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task CompiledModel_IsWhatTheTablesSay(DatabaseKind kind)
    {
        await using var database = await TestDatabase.CreateEmptyAsync(kind);
        await using var db = database.CreateProvider().CreateContext(null);

        var workedOut = db.GetService<IModelSource>().GetModel(db, db.GetService<ModelCreationDependencies>(), designTime: false);

        Assert.NotSame(workedOut, db.Model);
        Assert.Equal(Names(workedOut), Names(db.Model));
        Assert.All(workedOut.GetEntityTypes(), table =>
            Assert.True(Lines(table) == Lines(db.Model.FindEntityType(table.Name)!), $"{table.Name} changed; run ./dev model."));
        Assert.Equal(Annotations(workedOut), Annotations(db.Model));

        static IEnumerable<string> Annotations(IModel model) => model.GetAnnotations().Select(a => $"{a.Name}: {a.Value}").Order();

        static IEnumerable<string> Names(IModel model) => model.GetEntityTypes().Select(t => t.Name);

        // The method of an index is the migrations' alone.
        static string Lines(IReadOnlyEntityType table) => string.Join('\n', table.ToDebugString(MetadataDebugStringOptions.LongDefault)
            .Split('\n').Select(line => line.Trim()).Where(line => line != "Annotations:" && line != "Npgsql:IndexMethod: gin"));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Prepare_EmptyDatabaseTwice_IsHarmless(DatabaseKind kind)
    {
        await using var database = await TestDatabase.CreateEmptyAsync(kind);
        var provider = database.CreateProvider();

        await provider.PrepareAsync(CancellationToken.None);
        await using var data = TestServices.On(database, new TestClock());
        await data.AddCustomerAsync("Ada", null);
        await provider.PrepareAsync(CancellationToken.None);

        await using var system = data.AsSystem();
        Assert.Single((await system.Finder.ListAsync(new("ada"), new(), CancellationToken.None)).Items);
        await using var db = provider.CreateContext(null);
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Migrations_TakeAsLongAsTheyTake(DatabaseKind kind)
    {
        await using var database = await TestDatabase.CreateEmptyAsync(kind);
        var limits = new CommandLimits();

        await database.CreateProvider(limits).PrepareAsync(CancellationToken.None);

        Assert.NotEmpty(limits.OfTables);
        Assert.All(limits.OfTables, seconds => Assert.InRange(seconds, 3_600, int.MaxValue));
    }

    [Theory]
    [InlineData("drop trigger CustomersWaitUpdate")]
    [InlineData("drop table CustomerWords")]
    [InlineData("drop table CustomerTrigrams")]
    public async Task Prepare_SearchIndexIncomplete_BuildsItAnew(string damage)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync("Ada", null);
        await data.WriteAsync(async db =>
        {
            await db.Database.ExecuteSqlRawAsync(damage);
            await db.Database
                .ExecuteSqlRawAsync(
                "drop trigger if exists CustomersWaitInsert; drop trigger if exists CustomersWaitDelete; "
                + "drop trigger if exists CustomersWaitUpdate;");
        });
        await data.WriteAsync(async db =>
        {
            var row = await db.Customers.SingleAsync();
            row.GivenName = "Grace";
            row.DeriveNames();
        });

        await data.Get<IDatabaseProvider>().PrepareAsync(CancellationToken.None);

        await using var system = data.AsSystem();
        Assert.Empty((await system.Finder.ListAsync(new("ada"), new(), CancellationToken.None)).Items);
        Assert.Equal(customer.Id, Assert.Single((await system.Finder.ListAsync(new("gr"), new(), CancellationToken.None)).Items).Id);
        Assert.Equal(customer.Id, Assert.Single((await system.Finder.ListAsync(new("race"), new(), CancellationToken.None)).Items).Id);
    }

    [Fact]
    public async Task Prepare_IndexOfCustomersFromAnEarlierVersion_IsKept_AndIsWrittenLaterFromNowOn()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        // That version wrote the index in the transaction of each change.
        await data.WriteAsync(db => db.Database.ExecuteSqlRawAsync("""
            drop trigger CustomersWaitInsert; drop trigger CustomersWaitUpdate; drop trigger CustomersWaitDelete; drop table CustomersToIndex;
            create trigger CustomersSearchInsert after insert on Customers begin
              insert into CustomerTrigrams(rowid, NameText, ContactText) values (new.Id, new.NameText, new.ContactText);
              insert into CustomerWords(rowid, NameText, ContactText) values (new.Id, new.NameText, new.ContactText);
            end;
            create trigger CustomersSearchUpdate after update on Customers begin select 1; end;
            create trigger CustomersSearchDelete after delete on Customers begin select 1; end;
            """));
        await data.WriteAsync(async db =>
        {
            var ada = new Customer { Number = "N1", GivenName = "Ada" };
            ada.DeriveNames();
            db.Customers.Add(ada);
            await db.SaveChangesAsync();
        });

        await data.Get<IDatabaseProvider>().PrepareAsync(CancellationToken.None);

        await using var system = data.AsSystem();
        Assert.Single((await system.Finder.ListAsync(new("ada"), new(), CancellationToken.None)).Items);
        await data.WriteAsync(async db =>
        {
            var row = await db.Customers.SingleAsync();
            row.GivenName = "Grace";
            row.DeriveNames();
        });
        await data.Get<IDatabaseProvider>().IndexWaitingAsync(CancellationToken.None);
        Assert.Empty((await system.Finder.ListAsync(new("ada"), new(), CancellationToken.None)).Items);
        Assert.Single((await system.Finder.ListAsync(new("grace"), new(), CancellationToken.None)).Items);
        await data.WriteAsync(db => db.Database.ExecuteSqlRawAsync(
            "insert into CustomerTrigrams(CustomerTrigrams, rank) values ('integrity-check', 1)"));
    }

    [Theory]
    [InlineData("drop table TicketWords; create virtual table TicketWords using fts5(SearchText, content='TicketMessages', content_rowid='Id', prefix='2 3', detail=none)")]
    [InlineData("drop table TicketWords; create virtual table TicketWords using fts5(SearchText)")]
    public async Task Prepare_IndexOfTicketsFromAnEarlierVersion_BuildsItAnew(string earlier)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var agent = await data.AsRoleAsync(Core.Platform.Access.RoleNames.Manager);
        var tickets = agent.Get<TicketService>();
        await tickets.CreateAsync(new() { CustomerId = (await data.AddCustomerAsync()).Id, Subject = "Kettle", Text = "It leaks." }, CancellationToken.None);
        await data.WriteAsync(db => db.Database.ExecuteSqlRawAsync(earlier));
        Assert.Empty((await tickets.ListAsync(new(Search: "leaks"), new(), CancellationToken.None)).Items);

        await data.Get<IDatabaseProvider>().PrepareAsync(CancellationToken.None);

        Assert.Single((await tickets.ListAsync(new(Search: "leaks"), new(), CancellationToken.None)).Items);
    }

    [Fact]
    public async Task Prepare_CopyInAnotherJournalMode_ChangesIt()
    {
        await using var database = await TestDatabase.CreateEmptyAsync(DatabaseKind.Sqlite);
        var provider = database.CreateProvider();
        await provider.PrepareAsync(CancellationToken.None);
        await using (var db = provider.CreateContext(null)) await db.Database.ExecuteSqlRawAsync("pragma journal_mode = delete");

        await provider.PrepareAsync(CancellationToken.None);

        await using var after = provider.CreateContext(null);
        Assert.Equal("wal", (await after.Database.SqlQueryRaw<string>("select journal_mode as Value from pragma_journal_mode").ToListAsync())[0]);
    }

    [Fact]
    public async Task Prepare_PostgresWithoutCharacterTypes_SaysWhatToDo()
    {
        await using var database = await TestDatabase.CreateEmptyAsync(DatabaseKind.Postgres);
        var cluster = await PostgresCluster.StartAsync();
        const string Name = "test_plain_c";
        await cluster.ExecuteAsync($"create database {Name} template template0 locale 'C'");

        var provider = new Core.Data.Postgres.PostgresProvider(
            new() { Provider = "Postgres", ConnectionString = cluster.ConnectionString(Name) }, [],
                Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);

        Assert.Contains("LC_CTYPE",
            (await Assert.ThrowsAsync<UnsuitableDatabaseException>(() => provider.PrepareAsync(CancellationToken.None))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_OfSqlite_ChecksKeysErasesAndWritesDurably_AlsoAfterSomebodySetItOtherwise()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        Assert.Equal(Usual, await SettingsAsync(data));

        await data.ReadAsync(async db =>
        {
            await db.Database.OpenConnectionAsync();
            await db.Database.ExecuteSqlRawAsync("pragma synchronous = off; pragma foreign_keys = off");
            await data.Get<IDatabaseProvider>().PrepareForBulkWriteAsync(db, CancellationToken.None);
            return 0;
        });

        Assert.Equal(Usual, await SettingsAsync(data));

        await data.ReadAsync(async db =>
        {
            await data.Get<IDatabaseProvider>().LoadAsync(db, () => Task.CompletedTask, CancellationToken.None);
            return 0;
        });

        Assert.Equal(Usual, await SettingsAsync(data));
    }

    private static (long, long, long, long, string) Usual => (1, 1, 2, -16000, "wal");

    private static Task<(long, long, long, long, string)> SettingsAsync(TestServices data) => data.ReadAsync(async db => (
            (await db.Database.SqlQueryRaw<long>("select foreign_keys as Value from pragma_foreign_keys").ToListAsync())[0],
            (await db.Database.SqlQueryRaw<long>("select secure_delete as Value from pragma_secure_delete").ToListAsync())[0],
            (await db.Database.SqlQueryRaw<long>("select synchronous as Value from pragma_synchronous").ToListAsync())[0],
            (await db.Database.SqlQueryRaw<long>("select cache_size as Value from pragma_cache_size").ToListAsync())[0],
            (await db.Database.SqlQueryRaw<string>("select journal_mode as Value from pragma_journal_mode").ToListAsync())[0]));

    [Fact]
    public void Core_KnowsNoWeb() =>
        // The store of accounts is a plain library in spite of its name; what it needs is looked at as well.
        Assert.DoesNotContain(new[] { typeof(CoreServices), typeof(Microsoft.AspNetCore.Identity.EntityFrameworkCore.IdentityDbContext) }
            .SelectMany(t => t.Assembly.GetReferencedAssemblies()).Select(a => a.Name!),
            n => n.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
                && n != "Microsoft.AspNetCore.Identity.EntityFrameworkCore");

    /// <summary>The seconds that statements which make or change tables may take.</summary>
    private sealed class CommandLimits : DbCommandInterceptor
    {
        public List<int> OfTables { get; } = [];

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData,
            InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            // The table of migrations itself is made before them.
            if (command.CommandText.Contains("TABLE \"TicketMessages\"", StringComparison.OrdinalIgnoreCase))
                OfTables.Add(command.CommandTimeout);
            return new(result);
        }
    }
}
