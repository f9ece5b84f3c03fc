using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Backup;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CrmPortal.Tests.Backup;

public sealed class BackupTests : IDisposable
{
    private readonly BackupPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Backups_WhileOthersWrite_HoldOneMomentEach(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await AddAsync(data, 0, 20);
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(1, 3).Select(w => Task.Run(() => WriteUntilAsync(data, w, stop.Token))).ToList();

        var bounds = new List<(int Before, int After)>();
        for (var i = 0; i < 4; i++)
        {
            var before = await CountAsync(data);
            await BackupPlace.BackUpAsync(data, _place.File($"{i}"));
            bounds.Add((before, await CountAsync(data)));
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        for (var i = 0; i < bounds.Count; i++)
        {
            await using var database = await TestDatabase.CreateEmptyAsync(kind);
            await using var copy = TestServices.On(database, data.Clock);
            var manifest = await BackupPlace.RestoreAsync(copy, _place.File($"{i}"));

            var customers = await copy.ReadAsync(db => db.Customers.Select(c => c.Id).Order().ToListAsync());
            var recorded = await copy
                .ReadAsync(db => db.AuditEntries.Where(e => e.EntityType == "Customer" && e.Action == AuditAction.Created)
                .Select(e => e.EntityId).Order().ToListAsync());
            Assert.Equal(recorded, customers);
            Assert.Equal(customers.Count, await copy.ReadAsync(db => db.CustomerTags.CountAsync()));
            Assert.InRange(customers.Count, bounds[i].Before, bounds[i].After);
            Assert.Equal(customers.Count, manifest.Tables.Single(t => t.Name == "Customers").Rows);
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Restore_IntoAnEmptyPlace_GivesEveryRowBack_AndGoesOn(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await AddAsync(data, 0, 30);
        await using (var system = data.AsSystem())
        {
            var last = await data.ReadAsync(db => db.Customers.MaxAsync(c => c.Id));
            await system.Trash.DeleteAsync(last, CancellationToken.None);
            await system.Trash.PurgeAsync(last, CancellationToken.None);
        }

        Directory.CreateDirectory(Path.Combine(data.Database.Options.DataFolder, "documents", "7"));
        await File.WriteAllTextAsync(Path.Combine(data.Database.Options.DataFolder, "documents", "7", "contract ü.pdf"), "the contract");
        await BackupPlace.BackUpAsync(data, _place.File());

        await using var database = await TestDatabase.CreateEmptyAsync(kind);
        await using var copy = TestServices.On(database, data.Clock);
        await BackupPlace.RestoreAsync(copy, _place.File());
        await copy.Get<IDatabaseProvider>().PrepareAsync(CancellationToken.None);

        Assert.Equal(await RowsAsync(data), await RowsAsync(copy));
        Assert.Equal("the contract",
            await File.ReadAllTextAsync(Path.Combine(database.Options.DataFolder, "documents", "7", "contract ü.pdf")));
        var added = await copy.AddCustomerAsync("Next", "One");
        // The key of a customer who is gone is not given again.
        Assert.Equal((await data.AddCustomerAsync("Next", "One")).Id, added.Id);
        await using var reader = copy.AsSystem();
        Assert.Single((await reader.Finder.ListAsync(new("next one"), new(), CancellationToken.None)).Items);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Restore_OverData_NeedsReplace_AndThenReplacesAll(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await AddAsync(data, 0, 3);
        await BackupPlace.BackUpAsync(data, _place.File());
        await using var other = await TestServices.CreateAsync(kind);
        await other.AddCustomerAsync("Grace", "Hopper");

        var refused = await Assert.ThrowsAnyAsync<BackupException>(() => BackupPlace.RestoreAsync(other, _place.File()));
        Assert.Contains("--replace", refused.Message, StringComparison.Ordinal);
        Assert.Equal("Hopper", await other.ReadAsync(db => db.Customers.Select(c => c.FamilyName).SingleAsync()));

        await BackupPlace.CloseAsync(other);
        await BackupPlace.RestoreAsync(other, _place.File(), replace: true);
        Assert.Equal(await RowsAsync(data), await RowsAsync(other));
        if (kind == DatabaseKind.Sqlite) Assert.True(File.Exists(Path.Combine(other.Database.Options.DataFolder, "crm.db.before-restore")));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Restore_WhileAServerRuns_IsRefused(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        await using var data = TestServices.On(app.Database, new TestClock());
        await BackupPlace.BackUpAsync(data, _place.File());

        var refused = await Assert
            .ThrowsAsync<UnsuitableDatabaseException>(() => BackupPlace.RestoreAsync(data, _place.File(), replace: true));
        Assert.Contains("stop that first", refused.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Use_WhileARestoreRuns_IsRefused_AndIsFreeAfterwards(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var provider = data.Get<IDatabaseProvider>();

        await using (await provider.UseAsync(DatabaseUse.Alone, CancellationToken.None))
        {
            await Assert.ThrowsAsync<UnsuitableDatabaseException>(() => provider.UseAsync(DatabaseUse.Shared, CancellationToken.None));
            await Assert.ThrowsAsync<UnsuitableDatabaseException>(() => provider.UseAsync(DatabaseUse.Alone, CancellationToken.None));
        }

        await using var one = await provider.UseAsync(DatabaseUse.Shared, CancellationToken.None);
        await using var two = await provider.UseAsync(DatabaseUse.Shared, CancellationToken.None);
        await Assert.ThrowsAsync<UnsuitableDatabaseException>(() => provider.UseAsync(DatabaseUse.Alone, CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Restore_OfAnOlderSchema_IsBroughtUpByTheNextStart(DatabaseKind kind)
    {
        await using var old = await TestDatabase.CreateEmptyAsync(kind);
        await using var oldData = TestServices.On(old, new TestClock());
        string first;
        await using (var db = oldData.Get<IDatabaseProvider>().CreateContext(null))
        {
            first = db.Database.GetMigrations().First();
            await db.GetService<IMigrator>().MigrateAsync(first);
            await db.Database.ExecuteSqlRawAsync("""insert into "Tags" ("Name", "NameKey") values ('Regular', 'regular')""");
        }

        var manifest = await BackupPlace.BackUpAsync(oldData, _place.File());
        Assert.Equal(first, manifest.Migration);
        await using var database = await TestDatabase.CreateEmptyAsync(kind);
        await using var copy = TestServices.On(database, new TestClock());
        await BackupPlace.RestoreAsync(copy, _place.File());
        Assert.NotEmpty(await copy.ReadAsync(async db => (await db.Database.GetPendingMigrationsAsync()).ToList()));
        await copy.Get<IDatabaseProvider>().PrepareAsync(CancellationToken.None);

        Assert.Equal("Regular", await copy.ReadAsync(db => db.Tags.Select(t => t.Name).SingleAsync()));
        await copy.AddCustomerAsync("Ada", null);
    }

    [Fact]
    public async Task Backup_ToAFileThatExists_NeedsOverwrite_AndLeavesNothingBeside()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await File.WriteAllTextAsync(_place.File(), "mine");

        var refused = await Assert.ThrowsAsync<BackupException>(() => BackupPlace.BackUpAsync(data, _place.File()));
        Assert.Contains("--overwrite", refused.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(_place.File()));

        await File.WriteAllTextAsync(_place.File() + ".partial", "cut off");
        await BackupPlace.BackUpAsync(data, _place.File(), overwrite: true);
        Assert.Equal(["crm.backup"], _place.Files);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_place.File()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Backup_OfNothing_IsRefused(DatabaseKind kind)
    {
        await using var database = await TestDatabase.CreateEmptyAsync(kind);
        await using var data = TestServices.On(database, new TestClock());

        await Assert.ThrowsAsync<BackupException>(() => BackupPlace.BackUpAsync(data, _place.File()));
        Assert.Empty(_place.Files);
    }

    private static async Task AddAsync(TestServices data, int writer, int count)
    {
        for (var i = 0; i < count; i++) await AddOneAsync(data, writer, i);
    }

    private static async Task AddOneAsync(TestServices data, int writer, int number)
    {
        await using var system = data.AsSystem();
        await system.Customers.CreateAsync(
            new() { GivenName = $"Writer {writer}", FamilyName = number.ToString(CultureInfo.InvariantCulture), Tags = new[] { "Łódź" } },
                CancellationToken.None);
    }

    private static async Task WriteUntilAsync(TestServices data, int writer, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++) await AddOneAsync(data, writer, i);
    }

    private static Task<int> CountAsync(TestServices data) => data.ReadAsync(db => db.Customers.CountAsync());

    private static async Task<List<(string Table, string Row)>> RowsAsync(TestServices data) => await data.ReadAsync(async db =>
    {
        var rows = new List<(string Table, string Row)>();
        rows.AddRange((await db.Customers.OrderBy(c => c.Id).ToListAsync())
            .Select(c => ("Customers", $"{c.Id} {c.Number} {c.DisplayName} {c.CreatedAt:O} {c.DeletedAt:O} {c.Version} {c.NameText}")));
        rows.AddRange((await db.CustomerTags.OrderBy(t => t.Id).ToListAsync())
            .Select(t => ("CustomerTags", $"{t.Id} {t.CustomerId} {t.TagId}")));
        rows.AddRange((await db.AuditEntries.OrderBy(e => e.Id).ToListAsync())
            .Select(e => ("AuditEntries", $"{e.Id} {e.EntityType} {e.EntityId} {e.Values}")));
        rows.AddRange((await db.ChangeSets.OrderBy(e => e.Id).ToListAsync()).Select(e => ("ChangeSets", $"{e.Id} {e.Kind} {e.At:O}")));
        rows.AddRange((await db.DailyCounters.OrderBy(e => e.Name).ToListAsync()).Select(e => ("DailyCounters", $"{e.Name} {e.Value}")));
        return rows;
    });
}
