using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Duplicates;

public sealed class DuplicateScanTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Scan_OfALabelledSet_FindsNearlyAllAndNearlyOnlyDuplicates(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var labelled = LabelledPairs.Make(rounds: 25);
        var people = await WriteAsync(data, labelled);

        await ScanAsync(data);

        var found = await data.ReadAsync(db => db.DuplicatePairs.Select(p => new { p.FirstId, p.SecondId, p.Score, p.Reasons })
            .ToListAsync());
        var wanted = people.GroupBy(p => p.Value).Where(g => g.Count() == 2).Select(g => (g.Min(p => p.Key), g.Max(p => p.Key)))
            .ToHashSet();
        var right = found.Count(p => wanted.Contains((p.FirstId, p.SecondId)));
        var (precision, recall) = ((double)right / found.Count, (double)right / wanted.Count);
        var wrong = found.Where(p => !wanted.Contains((p.FirstId, p.SecondId)))
            .Select(p => $"{labelled.Stories[people[p.FirstId]]} / {labelled.Stories[people[p.SecondId]]} {p.Score} {p.Reasons}");
        var missed = wanted.Except(found.Select(p => (p.FirstId, p.SecondId))).Select(p => labelled.Stories[people[p.Item1]]);
        var message =
            $"Precision {precision:0.000}, recall {recall:0.000} of {wanted.Count} pairs.\nWrong:\n{string.Join('\n', wrong.Take(20))}\nMissed:\n{string.Join('\n', missed.CountBy(m => m))}";
        Assert.True(precision >= 0.95 && recall >= 0.9, message);
        TestContext.Current.SendDiagnosticMessage("{0}", message);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Scan_Again_RefreshesWhatIsOpen_KeepsWhatWasDecided_AndDropsWhatNoLongerHolds(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, twin) = await TwinsAsync(data, "Ada", "Lovelace", "+442079460001");
        await TwinsAsync(data, "Grace", "Hopper", "+442079460002");
        var (_, gone) = await TwinsAsync(data, "Edsger", "Dijkstra", "+442079460003");
        await ScanAsync(data);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var duplicates = manager.Get<DuplicateService>();
        var first = await duplicates.ListAsync(new(), CancellationToken.None);
        Assert.Equal(3, first.Items.Count);

        await duplicates.DismissAsync(first.Items.Single(p => p.First.Id == ada).Id, CancellationToken.None);
        await manager.Trash.DeleteAsync(gone, CancellationToken.None);
        await data.ReadAsync(db => db.Customers.Where(c => c.FamilyName == "Hopper" && c.Phone == null)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.GivenName, "Grce")));
        await ScanAsync(data);

        var again = Assert.Single((await duplicates.ListAsync(new(), CancellationToken.None)).Items);
        Assert.Equal(first.Items.Single(p => p.First.Name == "Grace Hopper").Id, again.Id);
        Assert.NotEqual(1, again.Reasons.Single(r => r.Kind == DuplicateReasonKind.SimilarName).Value);
        Assert.Equal(DuplicateState.NotDuplicate,
            await data.ReadAsync(db => db.DuplicatePairs.Where(p => p.FirstId == ada && p.SecondId == twin).Select(p => p.State)
            .SingleAsync()));
        Assert.Equal(2, await data.ReadAsync(db => db.DuplicatePairs.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Scan_OfAPhoneThatVeryManyShare_IsBounded_AndSaysSo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.WriteAsync(db =>
        {
            for (var i = 0; i < DuplicateFinder.LargestBlock + 20; i++)
            {
                var customer = TestCustomers.Make(i, data.Clock.GetUtcNow());
                customer.Phone = null;
                var point = new ContactPoint { Kind = ContactKind.Phone, Value = "+442079460009" };
                point.Derive();
                customer.ContactPoints.Add(point);
                db.Customers.Add(customer);
            }

            return Task.CompletedTask;
        });

        await ScanAsync(data);

        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var (running, last) = await manager.Get<DuplicateService>().ScanStateAsync(CancellationToken.None);
        Assert.Null(running);
        Assert.Equal(1, last!.LargeBlocks);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Dismiss_IsUndoable_AndNeedsThePermission(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await TwinsAsync(data, "Ada", "Lovelace", "+442079460001");
        await ScanAsync(data);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var duplicates = manager.Get<DuplicateService>();
        var pair = Assert.Single((await duplicates.ListAsync(new(), CancellationToken.None)).Items);

        var changeSet = await duplicates.DismissAsync(pair.Id, CancellationToken.None);
        Assert.Equal(0, await duplicates.CountAsync(CancellationToken.None));
        await manager.Get<Core.History.UndoService>().UndoAsync(changeSet!.Value, false, CancellationToken.None);

        Assert.Equal(1, await duplicates.CountAsync(CancellationToken.None));
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await Assert.ThrowsAsync<AccessDeniedException>(() => agent.Get<DuplicateService>().ListAsync(new(), CancellationToken.None));
        await Assert.ThrowsAsync<AccessDeniedException>(() => agent.Get<DuplicateService>().StartScanAsync(CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Typing_AKnownPerson_IsWarnedOf_MaskedAndLoggedForThoseWhoMayNotSee(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var known = await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com", "+442079460001");
        await data.AddCustomerAsync("Grace", "Hopper");
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var duplicates = staff.Get<DuplicateService>();

        var byName = Assert.Single(await duplicates.SimilarToAsync(new DuplicateQuestion { GivenName = "ada", FamilyName = "LOVELACE" },
            CancellationToken.None));
        var byPhone = Assert
            .Single(await duplicates.SimilarToAsync(new DuplicateQuestion { GivenName = "Somebody", Phone = "020 7946 0001" },
            CancellationToken.None));
        await duplicates.SimilarToAsync(new DuplicateQuestion { Phone = "020 7946 0001" }, CancellationToken.None);

        Assert.Equal((known.Id, known.Id), (byName.CustomerId, byPhone.CustomerId));
        Assert.Equal(1, await data.ReadAsync(db => db.AuditEntries.CountAsync(e => e.CustomerId == known.Id && e.Fields == "Duplicates")));
        Assert.Empty(await duplicates.SimilarToAsync(new DuplicateQuestion { GivenName = "Adam", FamilyName = "Lovell" },
            CancellationToken.None));
    }

    private static async Task<(long First, long Second)> TwinsAsync(TestServices data, string given, string family, string phone)
    {
        var first = await data.AddCustomerAsync(given, family, phone: phone);
        var second = await data.AddCustomerAsync(given, family);
        await using var system = data.AsSystem();
        await system.Get<AddressService>().AddContactPointAsync(second.Id, ContactKind.Phone, phone, null, CancellationToken.None);
        return (first.Id, second.Id);
    }

    private static async Task ScanAsync(TestServices data)
    {
        await using var system = data.AsSystem();
        await system.Get<DuplicateService>().ScanAsync(new Progress<JobProgress>(), CancellationToken.None);
    }

    /// <summary>Writes the records past the rules, as an import years ago might have done; answers whom each belongs to.</summary>
    private static async Task<Dictionary<long, int>> WriteAsync(TestServices data, LabelledPairs labelled)
    {
        var written = new List<(Customer Customer, int Person)>();
        await data.WriteAsync(db =>
        {
            foreach (var (i, (record, person)) in labelled.Records.Index())
            {
                var customer = new Customer
                {
                    Number = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"CUST-20250101-{i:0000}"),
                        GivenName = record.Given, FamilyName = record.Family, Email = record.Email, Phone = record.Phone,
                    DateOfBirth = record.Born, ExternalId = record.ExternalId, CreatedAt = data.Clock.GetUtcNow(),
                        UpdatedAt = data.Clock.GetUtcNow(), LastInteractionAt = data.Clock.GetUtcNow(),
                };
                customer.DeriveNames();
                Add(ContactKind.Email, record.FurtherEmail);
                Add(ContactKind.Phone, record.FurtherPhone);
                if (record.Street is { } street)
                {
                    var address = new Address { Line1 = street, City = "London", Country = "GB", PostalCode = "W1A 1AA" };
                    address.Derive();
                    customer.Addresses.Add(address);
                }

                db.Customers.Add(customer);
                written.Add((customer, person));

                void Add(ContactKind pointKind, string? value)
                {
                    if (value is null) return;
                    var point = new ContactPoint { Kind = pointKind, Value = value };
                    point.Derive();
                    customer.ContactPoints.Add(point);
                }
            }

            return Task.CompletedTask;
        });
        return written.ToDictionary(w => w.Customer.Id, w => w.Person);
    }
}
