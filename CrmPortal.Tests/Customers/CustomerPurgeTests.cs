using System.Net;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.History;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Tests.Imports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace CrmPortal.Tests.Customers;

/// <summary>Who is removed for good is nowhere any more, whatever had named them.</summary>
public sealed class CustomerPurgeTests
{
    private const string Email = "xqzmarker@example.com";
    private const string Phone = "+442079460123";

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Purge_CustomerWhoWasMentionedAndFollowed_Goes(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        await using var reader = await data.AsRoleAsync(RoleNames.Staff);
        await reader.Get<NotificationService>().FollowAsync(customer.Id, true, CancellationToken.None);
        await administrator.Get<NoteService>().AddAsync(customer.Id, $"@{reader.Actor.Name} look", CancellationToken.None);
        await data.DispatchAsync();
        Assert.NotEqual(0, await data.ReadAsync(db => db.Notifications.CountAsync()));
        await administrator.Trash.DeleteAsync(customer.Id, CancellationToken.None);

        Assert.True(await administrator.Trash.PurgeAsync(customer.Id, CancellationToken.None));

        Assert.Equal((0, 0, 0), await data.ReadAsync(async db =>
            (await db.Customers.CountAsync(), await db.Notifications.CountAsync(), await db.CustomerFollowers.CountAsync())));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Purge_Survivor_TakesTheMergedRecordsAlong(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var survivor = await data.AddCustomerAsync("Ada", "Lovelace");
        var other = await data.AddCustomerAsync("Xqzmarker", "King", Email, Phone);
        var earlier = await data.AddCustomerAsync("Xqzmarker", "Byron");
        var stranger = await data.AddCustomerAsync("Grace", "Hopper");
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        await administrator.Get<NoteService>().AddAsync(other.Id, "Xqzmarker likes tea", CancellationToken.None);
        await administrator.Get<MergeService>().MergeAsync(new(other.Id, [earlier.Id]), CancellationToken.None);
        await administrator.Get<MergeService>().MergeAsync(new(survivor.Id, [other.Id]), CancellationToken.None);
        await administrator.Trash.DeleteAsync(survivor.Id, CancellationToken.None);

        Assert.True(await administrator.Trash.PurgeAsync(survivor.Id, CancellationToken.None));

        Assert.Equal([stranger.Id], await data.ReadAsync(db => db.Customers.Select(c => c.Id).ToListAsync()));
        Assert.False(await data.ReadAsync(db => db.AuditEntries.AnyAsync(e => e.Values != null && e.Values.Contains("qzmarker"))));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Purge_Orders_KeepFiguresAndNothingOfThePerson(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace", Email, Phone);
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        var address = new OrderAddress("Ada Lovelace", "1 Xqz Street", null, "London", null, "W1A 1AA", "GB");
        var orders = administrator.Get<OrderService>();
        var input = OrderWriting.Order(10) with
        {
            ExternalId = "A-1", CustomerId = customer.Id, Email = Email, Phone = Phone, LoyaltyCard = "CARD-1", ShippingAddress = address,
                BillingAddress = address,
        };
        var order = (await orders.CreateAsync(input, CancellationToken.None)).Order;
        var waiting = (await orders.CreateAsync(OrderWriting.Order(20) with { ExternalId = "A-2" }, CancellationToken.None)).Order;
        await data.ReadAsync(db => db.Orders.Where(o => o.Id == waiting.Id)
            .ExecuteUpdateAsync(o => o.SetProperty(x => x.ContactEmail, Email.ToUpperInvariant())));
        await administrator.Trash.DeleteAsync(customer.Id, CancellationToken.None);

        await administrator.Trash.PurgeAsync(customer.Id, CancellationToken.None);

        foreach (var left in await data.ReadAsync(db => db.Orders.AsNoTracking().ToListAsync()))
        {
            Assert.Equal((null, null, null, null, null, null),
                (left.CustomerId, left.ContactEmail, left.ContactPhone, left.LoyaltyCard, left.ShippingAddress, left.BillingAddress));
            Assert.NotEqual(0, left.Total);
        }

        Assert.Equal(order.Version + 1, await data.ReadAsync(db => db.Orders.Where(o => o.Id == order.Id).Select(o => o.Version)
            .SingleAsync()));
        Assert.False(await data.ReadAsync(db => db.AuditEntries
            .AnyAsync(e => e.Values != null && (e.Values.Contains("Xqz") || e.Values.Contains(Email)))));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Purge_FreeTextsAndMails_GoWithThePerson(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace", Email);
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        await administrator.Get<LedgerService>().EarnAsync(new() { CustomerId = customer.Id, Points = 5, Reason = "Because Ada was kind" },
            null, CancellationToken.None);
        await data.AddRefundAsync("R-1", customer.Id, 100);
        await administrator.Get<MailQueue>().AddAsync(Email.ToUpperInvariant(), "Hello", "Dear Ada", CancellationToken.None);
        await administrator.Get<MailQueue>().AddAsync("other@example.com", "Hello", "Dear other", CancellationToken.None);
        // A former e-mail names the person as well.
        await administrator.Customers.UpdateAsync(customer.Id, new() { Email = "newer@example.com" }, null, null, CancellationToken.None);
        await administrator.Trash.DeleteAsync(customer.Id, CancellationToken.None);

        await administrator.Trash.PurgeAsync(customer.Id, CancellationToken.None);

        Assert.Equal(["other@example.com"], await data.ReadAsync(db => db.OutgoingMails.Select(m => m.To).ToListAsync()));
        Assert.All(await data.ReadAsync(db => db.LoyaltyBookings.Select(b => b.Reason).ToListAsync()), reason =>
            Assert.Equal("Removed with the customer", reason));
        Assert.Null(await data.ReadAsync(db => db.Refunds.Select(r => r.Reason).SingleAsync()));
        Assert.Equal(0, await data.ReadAsync(db => db.LoyaltyAccounts.CountAsync(a => a.CustomerId != null)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Purge_RememberedAnswer_IsNoLongerGiven_AndTheKeyMakesNobodyAnew(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Administrator);
        const string Body = $$"""{"name":"Ada Xqzmarker","email":"{{Email}}","phone":"{{Phone}}"}""";
        var made = await (await client.SendAsync(HttpMethod.Post, "/api/customers", Body, ("Idempotency-Key", "k"))).ReadAsync();
        await client.SendAsync(HttpMethod.Post, $"/api/customers/{(long)made["id"]!}/notes", """{"text":"Xqzmarker"}""",
            ("Idempotency-Key", "n"));
        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync($"/api/customers/{(long)made["id"]!}?permanent=true")).StatusCode);

        var again = await client.SendAsync(HttpMethod.Post, "/api/customers", Body, ("Idempotency-Key", "k"));

        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
        Assert.DoesNotContain("qzmarker", await again.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
        await using var system = app.AsSystem();
        await using var db = system.OpenContext();
        Assert.False(await db.IdempotencyRecords.AnyAsync(r => r.Body!.Contains("qzmarker")));
        Assert.Equal(0, await db.Customers.CountAsync());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Purge_ImportThatBroughtThePerson_KeepsItsCountsAndNothingOfTheFile(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        await administrator.ImportAsync($"email,first name,phone\n{Email},Xqzmarker,{Phone}\nother@example.com,Grace,\n");
        var id = await data.ReadAsync(db => db.Customers.Where(c => c.Email == Email).Select(c => c.Id).SingleAsync());
        await administrator.Trash.DeleteAsync(id, CancellationToken.None);

        await administrator.Trash.PurgeAsync(id, CancellationToken.None);

        var import = await data.ReadAsync(db => db.Imports.AsNoTracking().SingleAsync());
        Assert.DoesNotContain("qzmarker", import.Profile + import.Result, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("2", import.Result, StringComparison.Ordinal);
        Assert.Equal((0, 0), await data.ReadAsync(async db =>
            (await db.ImportChunks.CountAsync(), await db.ImportRows.CountAsync(r => r.Data!.Contains("qzmarker")))));
        Assert.Equal(1, await data.ReadAsync(db => db.Customers.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Purge_IsOfferedToNobodyForUndo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        await administrator.Trash.DeleteAsync(customer.Id, CancellationToken.None);
        await administrator.Trash.PurgeAsync(customer.Id, CancellationToken.None);

        var last = await data.ReadAsync(db => db.ChangeSets.OrderByDescending(c => c.Id).Select(c => c.Id).FirstAsync());

        Assert.DoesNotContain(last, await administrator.Get<UndoService>().LastOwnAsync(5, CancellationToken.None));
    }

    [Fact]
    public async Task Purge_OnSqlite_LeavesNoWordInAnyFileOfTheDatabase()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync("Xqzmarker", "Lovelace", Email);
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        await administrator.Trash.DeleteAsync(customer.Id, CancellationToken.None);

        await administrator.Trash.PurgeAsync(customer.Id, CancellationToken.None);

        foreach (var file in Directory.GetFiles(data.Database.Options.DataFolder, "crm.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes);
            Assert.DoesNotContain("qzmarker", System.Text.Encoding.Latin1.GetString(bytes), StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>Whoever adds a table that can name a customer decides what a removal for good, a merge and a past day do with it.</summary>
    [Fact]
    public async Task Model_EveryEntityThatNamesACustomer_HasAPart_AndSaysWhyItStays()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var db = data.Get<IDatabaseProvider>().CreateContext(null);
        var parts = CustomerParts.All.ToDictionary(p => p.Entity);

        var naming = db.Model.GetEntityTypes().Where(t => t.ClrType != typeof(Customer) && NamesCustomer(t)).Select(t => t.ClrType)
            .ToList();

        Assert.Contains(typeof(Notification), naming);
        Assert.Empty(naming.Where(t => !parts.ContainsKey(t)).Select(t => t.Name));
        Assert.All(parts.Values, p => Assert.NotEqual("", p.KeptBecause));
        Assert.Equal(parts.Count, parts.Values.Select(p => p.Position).Distinct().Count());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Purge_RowsOfEveryKind_GoOrLoseThePerson(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace", Email, Phone, "tea");
        var friend = await data.AddCustomerAsync("Grace", "Hopper");
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        await administrator.Get<RelationService>().RelateAsync(friend.Id, customer.Number, RelationshipKind.Friend, null,
            CancellationToken.None);
        await administrator.Get<RelationService>().AddDateAsync(customer.Id, "Wedding", new(2001, 5, 5), true, CancellationToken.None);
        await administrator.Get<ContactPersonService>().SaveAsync(customer.Id, null, new() { GivenName = "Byron" }, CancellationToken.None);
        await administrator.Get<LedgerService>().EarnAsync(new() { CustomerId = customer.Id, Points = 2_000 }, null,
            CancellationToken.None);
        await administrator.Trash.DeleteAsync(customer.Id, CancellationToken.None);

        await administrator.Trash.PurgeAsync(customer.Id, CancellationToken.None);

        await using var db = data.Get<IDatabaseProvider>().CreateContext(null);
        foreach (var type in db.Model.GetEntityTypes()
            .Where(t => t.ClrType != typeof(AuditEntry) && t.FindProperty("CustomerId") is not null))
        {
            var sql = $"""select cast(count(*) as int) as "Value" from "{type.GetTableName()}" where "CustomerId" = {customer.Id}""";
            Assert.True((await db.Database.SqlQueryRaw<int>(sql).ToListAsync()).Single() == 0, type.ClrType.Name);
        }

        Assert.Equal(0, await db.Relationships.CountAsync());
    }

    private static bool NamesCustomer(IEntityType type) =>
        type.GetForeignKeys().Any(f => f.PrincipalEntityType.ClrType == typeof(Customer)) || type.GetProperties()
            .Any(p => p.Name is "CustomerId" or "CustomerNumber");
}
