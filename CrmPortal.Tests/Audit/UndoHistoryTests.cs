using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Audit;

/// <summary>Random work on a few customers, taken back step by step: after each step every row is what it was before it.</summary>
public sealed class UndoHistoryTests
{
    private static readonly string[] Emails = ["a@example.com", "B@example.com", "c@example.com"];
    private static readonly string[] Phones = ["+442079460958", "+4915112345678"];
    private static readonly string[] TagNames = ["gold", "GOLD", "new", "x y"];

    public static TheoryData<DatabaseKind, int> Histories => new()
    {
        { DatabaseKind.Sqlite, 1 }, { DatabaseKind.Sqlite, 2 }, { DatabaseKind.Sqlite, 3 }, { DatabaseKind.Sqlite, 4 },
            { DatabaseKind.Postgres, 1 }, { DatabaseKind.Postgres, 5 },
    };

    [Theory, MemberData(nameof(Histories))]
    public async Task Undo_AllInReverse_GivesEveryRowBack(DatabaseKind kind, int seed)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var random = new Random(seed);
        var ids = new List<long>();
        for (var i = 0; i < 4; i++) ids.Add((await data.AddCustomerAsync($"Given{i}", i % 2 == 0 ? $"Family{i}" : null)).Id);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var steps = new List<(long ChangeSet, string Step, string Before)>();

        for (var i = 0; i < 80; i++)
        {
            data.Clock.Advance(TimeSpan.FromTicks(random.Next(1, 100_000_000)));
            var (before, last) = (await StateAsync(data), await LastAsync(data));
            string step;
            try
            {
                step = await ActAsync(manager, random, ids);
            }
            catch (RuleViolationException refused)
            {
                Assert.Equal(before, await StateAsync(data));
                Assert.NotEmpty(refused.Message);
                continue;
            }

            if (await LastAsync(data) is var now && now > last) steps.Add((now, step, before));
            else Assert.Equal(before, await StateAsync(data));
        }

        Assert.True(steps.Count > 25, $"only {steps.Count} of the steps changed anything");
        foreach (var (changeSet, step, before) in Enumerable.Reverse(steps))
        {
            var undone = await manager.Get<UndoService>().UndoAsync(changeSet, false, CancellationToken.None);
            Assert.True(undone.Kept.Count == 0, $"{step} kept {string.Join(", ", undone.Kept)}");
            var after = await StateAsync(data);
            Assert.True(before == after, $"{step}\n--- before\n{before}\n--- after undo\n{after}");
        }
    }

    private static async Task<string> ActAsync(TestScope by, Random random, List<long> ids)
    {
        var (customers, id) = (by.Customers, ids[random.Next(ids.Count)]);
        var details = await customers.GetAsync(id, CancellationToken.None, alsoInTrash: true);
        var number = random.Next(100).ToString(CultureInfo.InvariantCulture);
        switch (random.Next(18))
        {
            case 0 or 1:
                await customers.UpdateAsync(id, new() { GivenName = random.Next(3) == 0 ? null : "G" + number, ExternalId = "E" + number,
                    DateOfBirth = new DateOnly(1990, 1, 1).AddDays(random.Next(900)) }, null, null, CancellationToken.None);
                return "edit";
            case 2:
                await customers
                    .UpdateAsync(id, new() { Email = random.Next(3) == 0 ? null : Emails[random.Next(Emails.Length)],
                    Phone = random.Next(3) == 0 ? null : Phones[random.Next(Phones.Length)] }, null, null, CancellationToken.None);
                return "contacts";
            case 3:
                await customers
                    .UpdateAsync(id, new() { Gender = (Gender)random.Next(4), Source = (CustomerSource)random.Next(5),
                    Language = random.Next(2) == 0 ? "es" : "en", Currency = random.Next(2) == 0 ? null : "USD",
                    Tags = TagNames[..random.Next(TagNames.Length)] }, null, null, CancellationToken.None);
                return "edit with tags";
            case 4 or 5:
                await by.Get<AddressService>().SaveAsync(
                    id, details!.Addresses.Count > 0 && random.Next(2) == 0 ? details.Addresses[random.Next(details.Addresses.Count)].Id
                        : null,
                    new() { Type = (AddressType)random.Next(2), IsDefault = random.Next(2) == 0, Line1 = "L" + number,
                        Line2 = random.Next(2) == 0 ? null : number, City = "Łódź", Country = "PL" }, CancellationToken.None);
                return "address";
            case 6 when details!.Addresses.Count > 0:
                await by.Get<AddressService>()
                    .RemoveAsync(id, details.Addresses[random.Next(details.Addresses.Count)].Id, CancellationToken.None);
                return "address removed";
            case 7:
                await by.Get<AddressService>().AddContactPointAsync(id, ContactKind.Email, $"further{number}@example.com", null,
                    CancellationToken.None);
                return "further e-mail";
            case 8 when details!.ContactPoints.Count > 0:
                await by.Get<AddressService>().RemoveContactPointAsync(id, details.ContactPoints[0].Id, CancellationToken.None);
                return "further e-mail removed";
            case 9:
                await by.Get<NoteService>().AddAsync(id, "note " + number, CancellationToken.None);
                return "note";
            case 10 when (await by.Get<NoteService>().ListAsync(id, new(), CancellationToken.None)).Items is [var note, ..]:
                if (random.Next(2) == 0) await by.Get<NoteService>().PinAsync(id, note.Id, !note.IsPinned, CancellationToken.None);
                else await by.Get<NoteService>().RemoveAsync(id, note.Id, CancellationToken.None);
                return "note pinned or removed";
            case 11:
                await by.Get<TagService>().AddAsync(id, TagNames[random.Next(TagNames.Length)], CancellationToken.None);
                return "tag";
            case 12 when details!.Tags.Count > 0:
                await by.Get<TagService>().RemoveAsync(id, details.Tags[0].Id, CancellationToken.None);
                return "tag removed";
            case 13:
                if (random.Next(2) == 0) await customers.BlockAsync(id, "reason " + number, CancellationToken.None);
                else await customers.SetActiveAsync(id, random.Next(2) == 0, CancellationToken.None);
                return "status";
            case 14:
                await customers.SetVipAsync(id, random.Next(3) > 0, "because " + number, CancellationToken.None);
                return "vip";
            case 15:
                if (details!.DeletedAt is null) await by.Trash.DeleteAsync(id, CancellationToken.None);
                else await by.Trash.RestoreAsync(id, random.Next(2) == 0, CancellationToken.None);
                return "delete or restore";
            default:
                var action = (BulkActionKind)random.Next(6);
                var argument = action == BulkActionKind.Block ? "bulk" : action is BulkActionKind.AddTag or BulkActionKind.RemoveTag
                    ? TagNames[random.Next(TagNames.Length)] : null;
                // Deleting all at once leaves little to do for the rest.
                await by.Get<CustomerBulkService>()
                    .RunAsync(new(action == BulkActionKind.Delete ? [.. ids.Take(2)] : ids, null), new(action, argument), null,
                    CancellationToken.None);
                return "bulk " + action;
        }
    }

    private static Task<long> LastAsync(TestServices data) => data.ReadAsync(db => db.ChangeSets.Where(c => c.Permission != null)
        .MaxAsync(c => c.Id));

    /// <summary>All rows of customers and of what hangs on them, but for counters and times that only go forward.</summary>
    private static Task<string> StateAsync(TestServices data) => data.ReadAsync(async db =>
    {
        var rows = new List<string>();
        rows.AddRange(Rows(db, await db.Customers.OrderBy(r => r.Id).ToListAsync()));
        rows.AddRange(Rows(db, await db.Addresses.OrderBy(r => r.Id).ToListAsync()));
        rows.AddRange(Rows(db, await db.ContactPoints.OrderBy(r => r.Id).ToListAsync()));
        rows.AddRange(Rows(db, await db.CustomerTags.OrderBy(r => r.Id).ToListAsync()));
        rows.AddRange(Rows(db, await db.Notes.OrderBy(r => r.Id).ToListAsync()));
        return string.Join('\n', rows);
    });

    private static IEnumerable<string> Rows<T>(CrmDbContext db, List<T> rows)
        where T : class => rows.Select(r => typeof(T).Name + " " + string.Join(' ', db.Entry(r).Properties
            .Where(p => p.Metadata.Name is not (
                nameof(Customer.Version) or nameof(Customer.UpdatedAt) or nameof(Customer.LastInteractionAt)))
            .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Metadata.Name}={p.CurrentValue}"))));
}
