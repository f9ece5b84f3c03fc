using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Timeline;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Timeline;

/// <summary>One stream of everything that happened with a customer.</summary>
public sealed class TimelineTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Read_PageByPage_HasEverythingOnce_NewestFirst(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var random = new Random(7);
        for (var i = 0; i < 40; i++)
        {
            // Several things at one instant, so that the order within it matters.
            if (random.Next(3) > 0) data.Clock.Advance(TimeSpan.FromMinutes(1));
            switch (random.Next(4))
            {
                case 0: await data.AddOrderAsync($"A-{i}", customer.Id, 100); break;
                case 1: await data.AddRefundAsync($"R-{i}", customer.Id, 50); break;
                case 2: await manager.Get<NoteService>().AddAsync(customer.Id, $"note {i}", default); break;
                default: await manager.Customers.UpdateAsync(customer.Id, new() { GivenName = $"Name {i}" }, null, null, default); break;
            }
        }

        var all = new List<TimelineEntry>();
        string? before = null;
        do
        {
            var page = await manager.Get<TimelineService>().ReadAsync(customer.Id, new([], null, before, 7), default);
            all.AddRange(page.Entries);
            before = page.Next;
        }
        while (before is not null);

        Assert.Equal(all.Count, all.Select(e => (e.Kind, e.Id)).Distinct().Count());
        Assert.Equal(all.Select(e => e.At).OrderDescending(), all.Select(e => e.At));
        // The creation and forty things more; a note's own change row is not told twice, but it raises the last interaction, which is no
        // audited change.
        Assert.Equal(41, all.Count);
        Assert.All(all, e => Assert.True(e.Order is not null || e.Refund is not null || e.Note is not null || e.Change is not null));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Pages_OfLargeChangeSets_EndInsideNone_AndGoOnToTheFirst(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        for (var i = 0; i < 4; i++)
        {
            data.Clock.Advance(TimeSpan.FromMinutes(1));
            await staff.Get<PreferenceService>()
                .SetAsync(customer.Id, [.. Enumerable.Range(0, 30).Select(k => new PreferenceInput("size", $"key {k}", $"value {i}"))],
                default);
            data.Clock.Advance(TimeSpan.FromMinutes(1));
            await staff.Customers.UpdateAsync(customer.Id, new() { GivenName = $"Name {i}" }, null, null, default);
        }

        var shown = new List<TimelineEntry>();
        string? before = null;
        do
        {
            var page = await staff.Get<TimelineService>().ReadAsync(customer.Id, new([TimelineKind.Change], null, before, 2), default);
            shown.AddRange(page.Entries);
            before = page.Next;
        }
        while (before is not null);
        var listed = new List<HistoryEntry>();
        long? next = null;
        do
        {
            var (entries, after) = await staff.Get<HistoryService>().ForCustomerAsync(customer.Id, next, 2, default);
            listed.AddRange(entries);
            next = after;
        }
        while (next is not null);

        foreach (var sets in new[] { shown.Select(e => e.Change!).ToList(), listed })
        {
            Assert.Equal(9, sets.Select(s => s.ChangeSetId).Distinct().Count());
            Assert.Equal([1, 30, 1, 30, 1, 30, 1, 30, 1], sets.Select(s => s.Items.Count));
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Read_WithThousandsOfEntries_SendsNoMoreStatements(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (few, many) = (await data.AddCustomerAsync("Few"), await data.AddCustomerAsync("Many"));
        await data.AddOrderAsync("F-1", few.Id, 100);
        await data.WriteAsync(db =>
        {
            for (var i = 0; i < 3_000; i++)
                db.Orders.Add(new Order { CustomerId = many.Id, ExternalId = $"M-{i}", Currency = "EUR", PlacedAt = data.Clock.GetUtcNow()
                .AddMinutes(-i), Status = OrderStatus.Paid });
            return Task.CompletedTask;
        });
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var timeline = manager.Get<TimelineService>();

        var forFew = await CountAsync(() => timeline.ReadAsync(few.Id, new([]), default));
        var forMany = await CountAsync(() => timeline.ReadAsync(many.Id, new([]), default));

        Assert.Equal(forFew, forMany);

        async Task<int> CountAsync(Func<Task> work)
        {
            var before = data.Commands.Count;
            await work();
            return data.Commands.Count - before;
        }
    }

    [Fact]
    public async Task Read_ByKindAndText_FindsInAnyScript_AndSaysWhereToGoOn()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        for (var i = 0; i < 60; i++)
            await staff.Get<NoteService>().AddAsync(customer.Id, i % 20 == 0 ? $"ПРИВЕТ Łódź {i}" : $"other {i}", default);
        await data.AddOrderAsync("A-1", customer.Id, 100);
        var timeline = staff.Get<TimelineService>();

        var found = await timeline.ReadAsync(customer.Id, new([TimelineKind.Note], "привет lodz", null, 2), default);
        var rest = await timeline.ReadAsync(customer.Id, new([TimelineKind.Note], "привет lodz", found.Next, 2), default);

        Assert.Equal(["ПРИВЕТ Łódź 40", "ПРИВЕТ Łódź 20"], found.Entries.Select(e => e.Note!.Text));
        Assert.Equal(["ПРИВЕТ Łódź 0"], rest.Entries.Select(e => e.Note!.Text));
        Assert.Null(rest.Next);
        Assert.Equal("A-1", Assert.Single((await timeline.ReadAsync(customer.Id, new([TimelineKind.Order]), default)).Entries).Order!.Name);
        await Assert.ThrowsAsync<RuleViolationException>(() => timeline.ReadAsync(customer.Id, new([], null, "yesterday"), default));
        await Assert.ThrowsAsync<RuleViolationException>(() => timeline.ReadAsync(customer.Id, new([], null, null, 1_000), default));
    }

    [Fact]
    public async Task Read_ShowsEachRoleWhatItMaySee()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await agent.Get<NoteService>().AddAsync(customer.Id, "mine alone", default, isPrivate: true);
        await agent.Customers.UpdateAsync(customer.Id, new() { Email = "secret@example.com" }, null, null, default);
        await data.AddOrderAsync("A-1", customer.Id, 100);
        await using var viewer = await data.AsAsync(Permissions.CustomersView);

        var seen = (await viewer.Get<TimelineService>().ReadAsync(customer.Id, new([]), default)).Entries;

        Assert.DoesNotContain(seen, e => e.Kind is TimelineKind.Order or TimelineKind.Note);
        Assert.DoesNotContain(seen.SelectMany(e => e.Change?.Items ?? []).SelectMany(i => i.Fields),
            f => f.After?.Contains("secret", StringComparison.Ordinal) == true);
        Assert.Empty((await viewer.Get<TimelineService>().ReadAsync(4711, new([]), default)).Entries);
    }
}
