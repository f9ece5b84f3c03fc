using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Performance;

/// <summary>
/// What the list and the customer page ask of the database: how many statements, and how SQLite answers them. Nothing is timed.
/// </summary>
public sealed class CustomerListCostTests
{
    private const int Many = 5000;

    [Fact]
    public async Task List_EveryOrder_ReadsAlongAnIndexWithoutSorting()
    {
        var plans = new PlanRecorder();
        await using var data = await SeededAsync(plans);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var faults = new List<string>();

        foreach (var isAnalysed in new[] { false, true })
        {
            if (isAnalysed) await data.WriteAsync(db => db.Database.ExecuteSqlRawAsync("analyze"));
            foreach (var sort in Enum.GetValues<CustomerSort>())
            {
                foreach (var (descending, filter) in new[] { (true, null), (false, null), (true, "vip:no"), (false, "vip:no"),
                    (true, "source:any:other"), (false, "source:any:other"), (true, "status:any:blocked"),
                    (true, "status:any:active,inactive"), (false, "country:is:GB") })
                {
                    plans.Clear();
                    await agent.Finder.ListAsync(new(null, filter, sort, descending), new(3, 25), CancellationToken.None);
                    faults.AddRange(plans.Plans.Where(p => p.Contains("ORDER BY", StringComparison.Ordinal)
                        && p.Contains("LIMIT", StringComparison.Ordinal) && p.Contains("\"Customers\"", StringComparison.Ordinal)
                        && p.Contains("USE TEMP B-TREE FOR ORDER BY", StringComparison.Ordinal))
                            .Select(p => $"{sort} {descending} {filter} {isAnalysed}: {p}"));
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join("\n\n", faults));
    }

    [Fact]
    public async Task Filters_OnWhatHangsOnACustomer_LookItUpByTheCustomer()
    {
        var plans = new PlanRecorder();
        await using var data = await SeededAsync(plans);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        foreach (var filter in new[]
        {
            "wanted_messages:any:email_newsletter,sms_service", "wanted_messages:empty", "preference:is:delivery/day=Friday",
                "has_contacts:yes", "relationship:any:parent", "relationship:empty", "important_day:next:30",
            "important_day_label:starts:Wed", "document_kind:any:identity", "document_status:none:verified", "document_expires:next:30",
                "has_pinned_notes:yes",
        })
        {
            plans.Clear();
            await agent.Finder.ListAsync(new(Filter: filter, Sort: CustomerSort.Name, Descending: false), new(3, 25),
                CancellationToken.None);
            await agent.Finder.CountAsync(new(Filter: filter), null, CancellationToken.None);

            // The keys of the page, and the count: both ask the filter.
            var asked = plans.Plans.Where(p => p.Contains("\"Customers\" AS \"c\"", StringComparison.Ordinal)
                && p.Contains("EXISTS", StringComparison.Ordinal)).ToList();
            Assert.Equal(2, asked.Count);
            Assert.All(asked, p => Assert.Contains("(CustomerId=?", p, StringComparison.Ordinal));
            Assert.All(asked, p => Assert.DoesNotContain("USE TEMP B-TREE FOR ORDER BY", p, StringComparison.Ordinal));
            Assert.All(asked, p => Assert.All(PlanRecorder.Scans(p), s => Assert.StartsWith("SCAN c", s, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task LookUps_ByUniqueValuesAndSearch_ScanNoTable()
    {
        var plans = new PlanRecorder();
        await using var data = await SeededAsync(plans);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await data.Get<IDatabaseProvider>().IndexWaitingAsync(CancellationToken.None);
        plans.Clear();

        await staff.Finder.ListAsync(new("person000004@example.com"), new(), CancellationToken.None);
        await staff.Finder.ListAsync(new("+4420000004"), new(), CancellationToken.None);
        await agent.Finder.FindByNumberAsync("CUST-20250101-000004", CancellationToken.None);
        await agent.Finder.ListAsync(new(Filter: "email:is:person000004@example.com"), new(), CancellationToken.None);
        await agent.Finder.ListAsync(new(Filter: "phone:is:+4420000004"), new(), CancellationToken.None);
        await agent.Finder.ListAsync(new("muller 000004"), new(), CancellationToken.None);
        await agent.Finder.ListAsync(new("mu"), new(), CancellationToken.None);
        await Assert.ThrowsAsync<RuleViolationException>(() =>
            agent.Customers.CreateAsync(new() { Email = "PERSON000004@example.com" }, CancellationToken.None));

        var scans = plans.Plans.Where(p => PlanRecorder.Scans(p).Any()).ToList();
        Assert.True(scans.Count == 0, string.Join("\n\n", scans));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Statements_OfEachCall_AreFewAndTheSameForManyRows(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.WriteAsync(db =>
        {
            db.Customers.AddRange(Enumerable.Range(0, 120).Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())));
            return Task.CompletedTask;
        });
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var id = (await agent.Finder.ListAsync(new(), new(1, 1), CancellationToken.None)).Items[0].Id;
        for (var i = 0; i < 6; i++)
        {
            await agent.Get<TagService>().AddAsync(id, $"tag {i}", CancellationToken.None);
            await agent.Get<AddressService>()
                .SaveAsync(id, null, new() { Line1 = "1", City = "Bath", Country = "GB" }, CancellationToken.None);
            await agent.Get<NoteService>().AddAsync(id, "note", CancellationToken.None);
        }

        var few = await CountAsync(() => agent.Finder.ListAsync(new(), new(1, 5), CancellationToken.None));
        Assert.Equal(few, await CountAsync(() => agent.Finder.ListAsync(new(), new(1, 100), CancellationToken.None)));
        // A search on SQLite first asks whether somebody who waits for the index holds what was typed.
        Assert.Equal(kind == DatabaseKind.Sqlite ? few + 1 : few,
            await CountAsync(() => agent.Finder.ListAsync(new("mül", "vip:no", CustomerSort.Name, false), new(1, 100),
            CancellationToken.None)));
        // Which rows, the rows, their places, their tags; who acts is read beside them.
        Assert.Equal(4, few);
        Assert.Equal(1, await CountAsync(() => agent.Finder.CountAsync(new(Filter: "vip:no"), 1000, CancellationToken.None)));
        Assert.Equal(4, await CountAsync(() => agent.Customers.GetAsync(id, CancellationToken.None)));
        Assert.Equal(1, await CountAsync(() => agent.Get<NoteService>().ListAsync(id, new(), CancellationToken.None)));
        Assert.InRange(await CountAsync(() => agent.Get<HistoryService>().ForCustomerAsync(id, null, 50, CancellationToken.None)), 1, 3);

        async Task<int> CountAsync(Func<Task> call)
        {
            data.Commands.Clear();
            await call();
            return data.Commands.Count;
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfABulkEdit_NeedsNoStatementPerCustomerToRead(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.WriteAsync(db =>
        {
            db.Customers.AddRange(Enumerable.Range(0, 120).Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())));
            return Task.CompletedTask;
        });
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        foreach (var action in new BulkAction[] { new(BulkActionKind.AddTag, "x"), new(BulkActionKind.RemoveTag, "x"),
            new(BulkActionKind.Deactivate) })
        {
            var result = await manager.Get<CustomerBulkService>().RunAsync(new(null, new()), action, null, CancellationToken.None);
            data.Commands.Clear();
            await manager.Get<UndoService>().UndoAsync(result.ChangeSetId!.Value, false, CancellationToken.None);
            Assert.InRange(data.Commands.Statements.Count(s => s.TrimStart().StartsWith("select", StringComparison.OrdinalIgnoreCase)), 1,
                15);
            if (action.Kind == BulkActionKind.RemoveTag) continue;
            // Redo, so that the next action has something to do.
            var undoing = await data.ReadAsync(db => db.ChangeSets.MaxAsync(c => c.Id));
            await manager.Get<UndoService>().UndoAsync(undoing, false, CancellationToken.None);
        }
    }

    private static async Task<TestServices> SeededAsync(PlanRecorder plans)
    {
        var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(plans));
        await data.WriteAsync(db =>
        {
            db.Customers.AddRange(Enumerable.Range(0, Many).Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())));
            return Task.CompletedTask;
        });
        return data;
    }
}
