using System.Text;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Tests.Exports;
using CrmPortal.Tests.Performance;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Audit;

/// <summary>The audit log as a whole: newest first, filtered, page by page, and no dearer when there is more of it.</summary>
public sealed class AuditLogTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_GoesOnWhereItEnded_AndShowsEachRowOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var auditor = await data.AsAsync(Permissions.AuditView, Permissions.CustomersView);
        for (var i = 0; i < 7; i++) await data.AddCustomerAsync("Ada", $"Number{i}", $"ada{i}@example.com");
        var all = await data.ReadAsync(db => db.AuditEntries.OrderByDescending(e => e.ChangeSetId).ThenByDescending(e => e.Id)
            .Select(e => e.Id).ToListAsync());

        Assert.Equal(all, await ReadAllAsync(auditor, new(), 3));
        Assert.True(all.Count >= 7);
        var row = (await ListAsync(auditor, new())).Rows[0];
        Assert.Equal((nameof(Customer), AuditAction.Created, "tests"), (row.Item.EntityType, row.Item.Action, row.ActorName));
        Assert.Contains("Ada Number6", row.CustomerName, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Filters_FindWhatTheySay_AloneAndTogether(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var auditor = await data.AsAsync(Permissions.AuditView);
        await using var mona = await data.AsRoleAsync(RoleNames.Manager);
        await using var stan = await data.AsRoleAsync(RoleNames.Staff);
        var ada = await data.AddCustomerAsync("Ada");
        var bob = await data.AddCustomerAsync("Bob");
        await mona.Customers.UpdateAsync(ada.Id, new() { GivenName = "Adam" }, null, null, default);
        await Assert.ThrowsAsync<AccessDeniedException>(() => stan.Trash.DeleteAsync(ada.Id, default));
        data.Clock.Advance(TimeSpan.FromDays(3));
        await mona.Customers.UpdateAsync(bob.Id, new() { GivenName = "Rob" }, null, null, default);
        await stan.Customers.UpdateAsync(bob.Id, new() { GivenName = "Bobby" }, null, null, default);
        var (first, later) = (new DateOnly(2026, 3, 10), new DateOnly(2026, 3, 13));

        Assert.Equal(["Bob", "Ada"], await NamesAsync(new() { ActorId = mona.UserId }));
        Assert.Equal(["Bob"], await NamesAsync(new() { ActorId = mona.UserId, From = later }));
        Assert.Equal(["Ada"], await NamesAsync(new() { ActorId = mona.UserId, Until = first, Kind = nameof(Customer) }));
        Assert.Equal(["Bob", "Bob", "Bob"], await NamesAsync(new() { Kind = nameof(Customer), RecordId = bob.Id }));
        Assert.Equal(["Bob"], await NamesAsync(new() { Kind = nameof(Customer), RecordId = bob.Id, ActorId = stan.UserId }));
        Assert.Equal(["Bob", "Bob"], await NamesAsync(new() { Action = AuditAction.Updated, From = later }));
        Assert.Equal(["Bob", "Bob", "Ada"], await NamesAsync(new() { Kind = nameof(Customer), Action = AuditAction.Updated }));
        var refusal = Assert.Single((await ListAsync(auditor, new() { Action = AuditAction.Refused })).Rows);
        Assert.Equal(("Permission", Permissions.CustomersDelete, stan.Actor.Name),
            (refusal.Item.EntityType, Assert.Single(refusal.Item.Fields).Name, refusal.ActorName));
        Assert.Equal(refusal.Id, Assert.Single((await ListAsync(auditor, new() { Kind = "Permission" })).Rows).Id);
        Assert.Empty((await ListAsync(auditor, new() { Action = AuditAction.Refused, From = later })).Rows);
        Assert.Empty((await ListAsync(auditor, new() { Until = first.AddDays(-1) })).Rows);

        async Task<List<string>> NamesAsync(AuditQuery query)
        {
            var ids = (await ListAsync(auditor, query)).Rows.Select(r => r.CustomerId).ToList();
            Assert.Equal((await ListAsync(auditor, query)).Rows.Select(r => r.Id), await ReadAllAsync(auditor, query, 1));
            return [.. ids.Select(id => id == ada.Id ? "Ada" : id == bob.Id ? "Bob" : "?")];
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Values_AreHiddenFromWhoMayNotSeeThem_AndNamesOfCustomersToo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        await using var auditor = await data.AsAsync(Permissions.AuditView);
        await using var more = await data.AsAsync(Permissions.AuditView, Permissions.CustomersView, Permissions.CustomersSensitive);

        var hidden = (await ListAsync(auditor, new() { Kind = nameof(Customer) })).Rows[0];
        var shown = (await ListAsync(more, new() { Kind = nameof(Customer) })).Rows[0];

        Assert.Null(hidden.CustomerName);
        Assert.True(Field(hidden).IsMasked);
        Assert.Null(Field(hidden).After);
        Assert.Equal("ada@example.com", Field(shown).After);

        static HistoryField Field(AuditRow row) => row.Item.Fields.Single(f => f.Name == nameof(Customer.Email));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task LargeChangeSet_OfOnePerson_IsReadPageByPage(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var auditor = await data.AsAsync(Permissions.AuditView);
        await using var mona = await data.AsRoleAsync(RoleNames.Manager);
        await AddRowsAsync(data, mona.UserId, AuditLogQueries.Window + 50);
        await AddRowsAsync(data, mona.UserId, 3);

        var seen = await ReadAllAsync(auditor, new() { ActorId = mona.UserId, Action = AuditAction.Updated, Kind = "Tag" }, 100);
        var page = await ListAsync(auditor, new() { ActorId = mona.UserId });

        Assert.Equal(2, seen.Count);
        var next = await ListAsync(auditor, new() { ActorId = mona.UserId }, page.Next);
        // A part ends before a change set that is larger than one look.
        Assert.Equal((3, 50), (page.Rows.Count, next.Rows.Count));
        Assert.NotNull(next.Next);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task RareRow_BehindMany_IsFoundByLookingFurtherBack(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var auditor = await data.AsAsync(Permissions.AuditView);
        await AddRowsAsync(data, null, AuditLogQueries.Window + 10);
        await AddRowsAsync(data, null, AuditLogQueries.Window + 10);

        var first = await ListAsync(auditor, new() { Kind = "Address" });
        Assert.Empty(first.Rows);
        Assert.NotNull(first.LookedBackTo);
        Assert.NotNull(first.Next);
        // The address is the first row of each change set.
        Assert.Equal(2, (await ReadAllAsync(auditor, new() { Kind = "Address" }, 50)).Count);
    }

    [Fact]
    public async Task Query_OfWhateverFilter_GoesAlongAnIndex()
    {
        var plans = new PlanRecorder();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(plans));
        await using var auditor = await data.AsAsync(Permissions.AuditView, Permissions.CustomersView);
        var day = new DateOnly(2026, 3, 10);
        AuditQuery[] queries =
        [
            new(), new() { ActorId = 1 }, new() { ActorId = 1, Kind = nameof(Customer), From = day, Until = day },
            new() { Kind = nameof(Customer), RecordId = 7 }, new() { Kind = nameof(Customer) }, new() { Kind = "Role" },
            new() { Action = AuditAction.Exported }, new() { Action = AuditAction.Updated }, new() { From = day, Until = day },
        ];
        foreach (var query in queries)
        {
            plans.Clear();
            await ListAsync(auditor, query, new(1_000_000, 1_000_000));

            var asked = plans.Plans.Where(p => p.Contains("AuditEntries", StringComparison.Ordinal)
                || p.Contains("ChangeSets", StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(asked);
            Assert.All(asked, plan => Assert.DoesNotContain(PlanRecorder.Scans(plan),
                s => !s.Contains("USING", StringComparison.Ordinal)));
            var first = asked.First(p => p.Contains("LIMIT", StringComparison.Ordinal));
            Assert.Contains("INDEX IX_", first, StringComparison.Ordinal);
        }

        plans.Clear();
        await ListAsync(auditor, new() { Action = AuditAction.Exported });
        Assert.Contains(plans.Plans, p => p.Contains("IX_AuditEntries_Rare", StringComparison.Ordinal));
        plans.Clear();
        await ListAsync(auditor, new() { Kind = "Role" });
        Assert.Contains(plans.Plans, p => p.Contains("IX_AuditEntries_Shop", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Export_HoldsWhatTheFilterShows_WithoutValues_AndIsLogged(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var auditor = await data.AsAsync(Permissions.AuditView, Permissions.CustomersView, Permissions.CustomersSensitive);
        var ada = await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        await data.AddCustomerAsync("Bob", "Other", "bob@example.com");

        var table = await auditor.Get<AuditLogExportService>()
            .PrepareAsync(new() { Kind = nameof(Customer), RecordId = ada.Id }, ExportAudience.Usual, default);
        var csv = Encoding.UTF8.GetString(await ExportSamples.WriteAsync(new CsvExport(), table));

        Assert.Equal(2, csv.TrimEnd().Split('\n').Length);
        Assert.Contains("Ada Lovelace", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("ada@example.com", csv, StringComparison.Ordinal);
        var logged = Assert.Single((await ListAsync(auditor, new() { Action = AuditAction.Exported })).Rows);
        Assert.Equal(("AuditEntry", auditor.Actor.Name), (logged.Item.EntityType, logged.ActorName));
    }

    [Fact]
    public async Task Query_ThatMakesNoSense_IsRefused()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var auditor = await data.AsAsync(Permissions.AuditView);

        await Assert.ThrowsAsync<RuleViolationException>(() => ListAsync(auditor, new() { RecordId = 7 }));
        await Assert.ThrowsAsync<RuleViolationException>(() =>
            ListAsync(auditor, new() { From = new(2026, 3, 2), Until = new(2026, 3, 1) }));
        Assert.Null(AuditPlace.Parse("7"));
        Assert.Null(AuditPlace.Parse("7.x"));
        Assert.Equal(new AuditPlace(7, 9), AuditPlace.Parse(new AuditPlace(7, 9).ToString()));
    }

    private static Task<AuditLogPage> ListAsync(TestScope scope, AuditQuery query, AuditPlace? after = null) =>
        scope.Get<AuditLogService>().ListAsync(query, after, 50, default);

    private static async Task<List<long>> ReadAllAsync(TestScope scope, AuditQuery query, int size)
    {
        var ids = new List<long>();
        AuditPlace? place = null;
        do
        {
            var page = await scope.Get<AuditLogService>().ListAsync(query, place, size, default);
            ids.AddRange(page.Rows.Select(r => r.Id));
            Assert.True(page.Rows.Count <= size);
            place = page.Next;
        }
        while (place is not null);
        return ids;
    }

    /// <summary>A change set of many rows: an address and a tag first, then the notes of customers.</summary>
    private static async Task AddRowsAsync(TestServices data, long? actor, int count)
    {
        var provider = data.Get<IDatabaseProvider>();
        await using var db = provider.CreateContext(null);
        var set = new ChangeSet { Kind = "import", At = data.Clock.GetUtcNow(), ActorId = actor, ActorName = "Import" };
        db.ChangeSets.Add(set);
        await db.SaveChangesAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var keys = await provider.ReserveKeysAsync<AuditEntry>(db, count, default);
        await provider.BulkWriteAsync<AuditEntry>(db, [.. keys.Select((key, i) => new AuditEntry
        {
            Id = key, ChangeSetId = set.Id, EntityType = i switch { 0 => "Address", 1 => "Tag", _ => "Note" }, EntityId = i + 1,
            CustomerId = i == 1 ? null : i + 1, Action = AuditAction.Updated, Fields = "Text",
        })], default);
        await transaction.CommitAsync();
    }
}
