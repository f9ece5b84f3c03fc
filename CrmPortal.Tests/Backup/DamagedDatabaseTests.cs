using System.Buffers.Binary;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Backup;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.Data.Sqlite;

namespace CrmPortal.Tests.Backup;

/// <summary>A database file that is damaged anywhere is told of while there may still be an older backup, and not kept as one.</summary>
public sealed class DamagedDatabaseTests : IDisposable
{
    private const int PageSize = 4096;

    private readonly BackupPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("Customers")]
    [InlineData("AuditEntries")]
    [InlineData("CustomerTags")]
    public async Task AnIndexThatDoesNotMatchItsTable_IsRefused(string table)
    {
        // As many entries as rows, in a sound tree: only a comparison with the rows tells.
        await RefusedAsync("missing from index Odd", file => Change(file,
            $"create index \"Odd\" on \"{table}\" (-\"Id\")", "pragma writable_schema = on",
            "update sqlite_schema set sql = replace(sql, '-\"Id\"', '\"Id\"') where name = 'Odd'"));
    }

    [Theory]
    [InlineData("CustomerTags", "CustomerId")]
    [InlineData("CustomerTags", "TagId")]
    [InlineData("AuditEntries", "ChangeSetId")]
    public async Task ARowThatNamesAnotherWhichIsNotThere_IsRefused(string table, string key) =>
        await RefusedAsync($"a row of {table} names another", file => Change(file,
            "pragma foreign_keys = off",
            $"update \"{table}\" set \"{key}\" = 987654321 where \"Id\" = (select max(\"Id\") from \"{table}\")"));

    [Theory]
    [InlineData("CustomerTrigrams")]
    [InlineData("CustomerWords")]
    public async Task ASearchIndexThatCannotBeRead_IsRefused(string index) => await RefusedAsync(index, file => Change(file,
        // The newest segment: everything that was written.
        $"update \"{index}_data\" set block = zeroblob(length(block)) where id = (select max(id) from \"{index}_data\")"));

    [Fact]
    public async Task AFreePageThatATableUses_IsRefused() => await RefusedAsync("2nd reference", file =>
    {
        // The next rows that are written would take it for themselves.
        Change(file, "create table \"Gone\" (\"Text\")", "insert into \"Gone\" values (zeroblob(100000))", "drop table \"Gone\"");
        var used = Query(file, "select rootpage from sqlite_schema where name = 'CustomerTags'");
        using var pages = new FileStream(file, FileMode.Open);
        var number = new byte[sizeof(int)];
        pages.Position = 32;
        pages.ReadExactly(number);
        // The first entry of the first page of the list of free pages.
        pages.Position = ((BinaryPrimitives.ReadInt32BigEndian(number) - 1L) * PageSize) + 8;
        BinaryPrimitives.WriteInt32BigEndian(number, (int)used);
        pages.Write(number);
    });

    [Fact]
    public async Task ASoundOne_IsTaken()
    {
        await using var data = await MakeAsync();

        var manifest = await BackupPlace.BackUpAsync(data, _place.File());

        Assert.Equal(3, manifest.Tables.Single(t => t.Name == "Customers").Rows);
        Assert.Equal(3, manifest.Tables.Single(t => t.Name == "CustomerTags").Rows);
        Assert.DoesNotContain(manifest.Tables, t => t.Name.StartsWith("sqlite_", StringComparison.Ordinal)
            || t.Name.StartsWith("CustomerTrigrams", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ASoundOne_IsTaken_IntoAFolderWhoseNameHasSignsOfAddresses()
    {
        await using var data = await MakeAsync();
        var folder = Directory.CreateDirectory(_place.File("100 %41 #1? ü")).FullName;

        var manifest = await BackupPlace.BackUpAsync(data, Path.Combine(folder, "crm.backup"));

        Assert.Equal(3, manifest.Tables.Single(t => t.Name == "Customers").Rows);

        Assert.Equal(["crm.backup"], Directory.EnumerateFileSystemEntries(folder).Select(f => Path.GetFileName(f)!));
    }

    private async Task RefusedAsync(string reason, Action<string> damage)
    {
        await using var data = await MakeAsync();
        await BackupPlace.CloseAsync(data);
        damage(Path.Combine(data.Database.Options.DataFolder, "crm.db"));

        var fault = await Assert.ThrowsAsync<BackupException>(() => BackupPlace.BackUpAsync(data, _place.File()));

        Assert.StartsWith("The database is damaged: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.Empty(_place.Files);
    }

    private static async Task<TestServices> MakeAsync()
    {
        var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = data.AsSystem();
        for (var i = 0; i < 3; i++)
            await system.Customers.CreateAsync(new() { GivenName = "Ada", FamilyName = $"No. {i}", Tags = new[] { "Regular" } },
                CancellationToken.None);
        await data.Get<IDatabaseProvider>().IndexWaitingAsync(CancellationToken.None);
        return data;
    }

    private static void Change(string file, params string[] statements)
    {
        using var connection = Open(file);
        foreach (var statement in statements) Execute(connection, statement);
        Execute(connection, "pragma wal_checkpoint(truncate)");
    }

    private static long Query(string file, string sql)
    {
        using var connection = Open(file);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }
}
