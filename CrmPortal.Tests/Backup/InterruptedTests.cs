using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Backup;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Backup;

/// <summary>What is given up, or turns out to be damaged, when much has been unpacked already leaves everything as it was.</summary>
public sealed class InterruptedTests : IDisposable
{
    private const string Name = "Distinguishable";

    private readonly BackupPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task APartThatIsDamagedInside_IsRefused_AndThePresentDataStay(DatabaseKind kind)
    {
        await using var data = await MakeAsync(kind);
        await BackupPlace.BackUpAsync(data, _place.File());
        // Letters of a name, which the database itself would take.
        var part = kind == DatabaseKind.Sqlite ? "database.db" : "tables/Customers";
        foreach (var (name, bytes) in new[] { (part, "Distinguishable"u8.ToArray()), ("documents/a.txt", "first"u8.ToArray()) })
        {
            var forged = _place.File(Guid.NewGuid().ToString("N"));
            await BackupPlace.ForgeAsync(_place.File(), forged, parts: p =>
            {
                var place = p[name].AsSpan().IndexOf(bytes);
                p[name][place] ^= 1;
            });
            await using var other = await OtherAsync(kind);

            var fault = await Assert.ThrowsAsync<BackupException>(() => BackupPlace.RestoreAsync(other, forged, replace: true));

            Assert.Contains($"part {name} is damaged", fault.Message, StringComparison.Ordinal);
            await UnchangedAsync(other);
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task CancelledAtAnyStep_LeavesNothingBehind(DatabaseKind kind)
    {
        await using var data = await MakeAsync(kind);
        foreach (var step in await StepsAsync(steps => BackUpAsync(data, steps, _place.File())))
        {
            await CancelledAsync(step, stop => BackUpAsync(data, stop, _place.File("cancelled")));
            Assert.Equal(["crm.backup"], _place.Files);
        }

        await using var whole = await OtherAsync(kind);
        await using var other = await OtherAsync(kind);
        foreach (var step in await StepsAsync(steps => RestoreAsync(whole, steps)))
        {
            await CancelledAsync(step, stop => RestoreAsync(other, stop));
            await UnchangedAsync(other);
            await BackupPlace.CloseAsync(other);
        }
    }

    /// <summary>What is reported; a few of many tables are enough.</summary>
    private static async Task<IEnumerable<string>> StepsAsync(Func<Steps, Task> run)
    {
        using var never = new CancellationTokenSource();
        var steps = new Steps(null, never);
        await run(steps);
        return steps.Seen.Take(3).Append(steps.Seen[steps.Seen.Count / 2]).Append(steps.Seen[^1]).Distinct();
    }

    private static async Task CancelledAsync(string step, Func<Steps, Task> run)
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run(new(step, stop)));
    }

    private static async Task<TestServices> MakeAsync(DatabaseKind kind)
    {
        var data = await TestServices.CreateAsync(kind);
        await data.AddCustomerAsync("Ada", Name);
        await WriteDocumentAsync(data, "first");
        return data;
    }

    private static async Task<TestServices> OtherAsync(DatabaseKind kind)
    {
        var other = await TestServices.CreateAsync(kind);
        await other.AddCustomerAsync("Grace", "Hopper");
        await WriteDocumentAsync(other, "mine");
        await BackupPlace.CloseAsync(other);
        return other;
    }

    private static async Task WriteDocumentAsync(TestServices data, string text) => await File.WriteAllTextAsync(
        Path.Combine(Directory.CreateDirectory(Path.Combine(data.Database.Options.DataFolder, "documents")).FullName, "a.txt"), text);

    private static async Task UnchangedAsync(TestServices other)
    {
        Assert.Equal("Hopper", await other.ReadAsync(db => db.Customers.Select(c => c.FamilyName).SingleAsync()));
        var folder = other.Database.Options.DataFolder;
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(folder, "documents", "a.txt")));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(folder), f => f.Contains("restor", StringComparison.Ordinal));
    }

    private static async Task BackUpAsync(TestServices data, Steps steps, string file)
    {
        await using var system = data.AsSystem();
        await system.Get<BackupService>().BackupAsync(file, overwrite: false, steps, steps.Token);
    }

    private async Task RestoreAsync(TestServices data, Steps steps)
    {
        await using var system = data.AsSystem();
        await system.Get<BackupService>().RestoreAsync(_place.File(), replace: true, steps, steps.Token);
    }

    /// <summary>Notes what is reported, and cancels at one of it.</summary>
    private sealed class Steps(string? last, CancellationTokenSource stop) : IProgress<string>
    {
        public List<string> Seen { get; } = [];

        public CancellationToken Token => stop.Token;

        public void Report(string value)
        {
            Seen.Add(value);
            if (value == last) stop.Cancel();
        }
    }
}
