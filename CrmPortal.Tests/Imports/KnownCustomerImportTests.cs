using System.Text;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Tests.Exports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Imports;

/// <summary>What an import does to customers whom the portal knows by more than their own row: merged ones, card holders, and those of
/// its own exports.</summary>
public sealed class KnownCustomerImportTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseKind, MatchKey> Keys
    {
        get
        {
            var keys = new TheoryData<DatabaseKind, MatchKey>();
            foreach (var kind in new[] { DatabaseKind.Sqlite, DatabaseKind.Postgres })
                foreach (var key in Enum.GetValues<MatchKey>().Where(k => k != MatchKey.Name)) keys.Add(kind, key);
            return keys;
        }
    }

    [Theory, MemberData(nameof(Keys))]
    public async Task RowOfAMergedCustomer_UpdatesTheSurvivor_WhoKeepsTheirOwn(DatabaseKind kind, MatchKey match)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var kept = await AddAsync("ERP-71", "lena.brandt@example.org", "+442079460958");
        var merged = await AddAsync("ERP-72", "lena.b@example.org", "+442079460959");
        var last = await AddAsync("ERP-70", "lena@example.org", "+442079460957");
        // Merged twice: a survivor may have been merged in turn.
        await manager.Get<MergeService>().MergeAsync(new(kept.Id, [merged.Id]), Token);
        await manager.Get<MergeService>().MergeAsync(new(last.Id, [kept.Id]), Token);

        var result = await manager
            .ImportAsync(
            $"number,external id,first name,email,phone,city\n{merged.Number},ERP-72,Lena,lena.b@example.org,+442079460959,Kiel\n",
            p => p with { Match = match });

        Assert.Equal((0, 1), (result.Customers.New, result.Customers.Changed));
        var now = Assert.Single(await data.ReadAsync(db => db.Customers.Where(c => c.DeletedAt == null).Include(c => c.Addresses)
            .ToListAsync(Token)));
        Assert.Equal((last.Id, "ERP-70", "lena@example.org", "+442079460957", "Kiel"),
            (now.Id, now.ExternalId, now.Email, now.Phone, now.Addresses.Single().City));

        var orders = await manager
            .ImportAsync(
            $"order,date,sku,qty,price,number,external id,email,phone\nA,2026-03-01,TEE,1,5,{merged.Number},ERP-72,lena.b@example.org,+442079460959\n", p => p with { Match = match });
        Assert.Equal((0, 1), (orders.Customers.New, orders.Orders.New));
        Assert.Equal(last.Id, await data.ReadAsync(db => db.Orders.Select(o => o.CustomerId!.Value).SingleAsync(Token)));

        async Task<CustomerDetails> AddAsync(string externalId, string email, string phone) =>
            (await manager.Customers.CreateAsync(new() { GivenName = "Lena", ExternalId = externalId, Email = email, Phone = phone },
                Token)).Customer;
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task FurtherEmail_LeadsToTheOneWhoHasIt_AndToNobodyWhereSeveralDo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var (ada, bob) = (await data.AddCustomerAsync("Ada"), await data.AddCustomerAsync("Bob"));
        await data.WriteAsync(db =>
        {
            db.ContactPoints.AddRange(
                Email(ada.Id, "work@example.org"), Email(ada.Id, "home@example.org"), Email(bob.Id, "home@example.org"));
            return Task.CompletedTask;
        });

        var result = await manager.ImportAsync("email,city\nwork@example.org,Kiel\nhome@example.org,Bath\n",
            p => p with { Match = MatchKey.Email });

        Assert.Equal((1, 1), (result.Customers.New, result.Customers.Changed));

        static ContactPoint Email(long customerId, string value)
        {
            var point = new ContactPoint { CustomerId = customerId, Kind = ContactKind.Email, Value = value };
            point.Derive();
            return point;
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task OwnExport_ImportedUnchanged_ChangesNothing(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var customers = manager.Customers;
        await customers.CreateAsync(new() { GivenName = "Maria", FamilyName = "van der Berg", Email = "maria@example.org",
            Phone = "+442079460958", Tags = new(["VIP guest", "A & B"]) }, Token);
        await customers.CreateAsync(new() { GivenName = "Cher" }, Token);
        await customers.CreateAsync(new() { FamilyName = "Onlyfamily" }, Token);
        await customers.CreateAsync(new() { GivenName = "Ana María", FamilyName = "de la Cruz López", PreferredName = "Anita",
            Country = "ES" }, Token);
        await customers.CreateAsync(new() { Email = "nameless@example.org" }, Token);
        await customers.CreateAsync(new() { ExternalId = "=1+1" }, Token);
        await customers.CreateAsync(new() { GivenName = "Pia" }, Token,
            new() { Type = AddressType.Shipping, Line1 = "1 High Street", City = "Bath", Country = "GB" });
        var table = await manager.Get<CustomerExportService>().PrepareAsync(new(new(),
            ["email", "phone", "tags", "city", "country", "language", "source", "created", "status"], "csv"), ExportAudience.Usual, Token);
        var csv = await ExportSamples.WriteAsync(new CsvExport(), table);

        var id = await manager.UploadBytesAsync(csv);
        var result = await manager.CheckAsync(id, p => p with { Match = MatchKey.Number });

        Assert.Empty(result.Differences.SelectMany(d => d.Fields.Select(f => $"{d.Name}: {f.Key} {f.Value[0]} → {f.Value[1]}")));
        Assert.Equal((7, 0, 0), (result.Customers.Same, result.Customers.Changed, result.Rejected));
        Assert.Contains("Anita", Encoding.UTF8.GetString(csv), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task LoyaltyCard_IsEnteredByFormAndFile_FindsTheCustomer_AndIsOnePersons(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var customers = manager.Customers;
        var ada = (await customers.CreateAsync(new() { GivenName = "Ada", LoyaltyCard = " C-1 " }, Token)).Customer;
        Assert.Equal("C-1", ada.LoyaltyCard);
        Assert.Equal("LoyaltyCard", (await Assert.ThrowsAsync<RuleViolationException>(() => customers
            .CreateAsync(new() { GivenName = "Bob", LoyaltyCard = "C-1" }, Token))).Errors.Single().Field);

        var result = await manager
            .ImportAsync("email,first name,loyalty card\nbob@example.org,Bob,C-1\ncyd@example.org,Cyd,C-3\neve@example.org,Eve,C-3\n",
            p => p with { Match = MatchKey.Email });
        Assert.Equal(2, result.Notices.Single(n => n.Sentence == "The loyalty card belongs to another customer; it is skipped.").Count);
        Assert.Equal([("Ada", "C-1"), ("Bob", null), ("Cyd", "C-3"), ("Eve", null)], await data.ReadAsync(async db =>
            (await db.Customers.OrderBy(c => c.GivenName).Select(c => new { c.GivenName, c.LoyaltyCard }).ToListAsync(Token))
                .ConvertAll(c => (c.GivenName!, c.LoyaltyCard))));

        // Who goes into another brings the card along; where both have one, the till still knows the other.
        var bob = (await manager.Finder.ListAsync(new("bob"), new(), Token)).Items.Single();
        var cyd = (await manager.Finder.ListAsync(new("cyd"), new(), Token)).Items.Single();
        await manager.Get<MergeService>().MergeAsync(new(bob.Id, [ada.Id]), Token);
        Assert.Equal("C-1", (await customers.GetAsync(bob.Id, Token))!.LoyaltyCard);
        await manager.Get<MergeService>().MergeAsync(new(bob.Id, [cyd.Id]), Token);
        var order = (await manager.Get<OrderService>().CreateAsync(OrderWriting.Order(5) with { LoyaltyCard = "C-3" }, Token)).Order;
        Assert.Equal(bob.Id, order.Customer!.Id);
    }
}
