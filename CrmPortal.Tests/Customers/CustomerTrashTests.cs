using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

public sealed class CustomerTrashTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Restore_BlockedCustomer_GivesTheStatusBack(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Customers.BlockAsync(customer.Id, "fraud", CancellationToken.None);
        await manager.Trash.DeleteAsync(customer.Id, CancellationToken.None);

        Assert.Null(await manager.Customers.GetAsync(customer.Id, CancellationToken.None));
        Assert.Empty((await manager.Finder.ListAsync(new(), new(), CancellationToken.None)).Items);
        Assert.Equal(CustomerStatus.Inactive,
            Assert.Single((await manager.Finder.ListAsync(new(InTrash: true), new(), CancellationToken.None)).Items).Status);

        var restored = await manager.Trash.RestoreAsync(customer.Id, false, CancellationToken.None);

        Assert.Equal((CustomerStatus.Blocked, "fraud"), (restored!.Customer.Status, restored.Customer.BlockReason));
        Assert.Null(restored.Customer.DeletedAt);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Restore_ContactsTaken_IsRefusedThenKeptAsFurther(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var first = await data.AddCustomerAsync(email: "ada@example.com", phone: "+442079460958");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Trash.DeleteAsync(first.Id, CancellationToken.None);
        await data.AddCustomerAsync(email: "ADA@example.com", phone: "+442079460958");

        var refused = await Assert
            .ThrowsAsync<RuleViolationException>(() => manager.Trash.RestoreAsync(first.Id, false, CancellationToken.None));
        Assert.True(refused.IsDuplicate);

        var restored = await manager.Trash.RestoreAsync(first.Id, true, CancellationToken.None);
        Assert.Null(restored!.Customer.Email);
        Assert.Null(restored.Customer.Phone);
        Assert.Equal(["ada@example.com", "+442079460958"], restored.Customer.ContactPoints.Select(p => p.Value));
        Assert.Equal(2, (await manager.Finder.ListAsync(new(Search: "ada@example.com"), new(), CancellationToken.None)).Items.Count);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Purge_CustomerInTrash_LeavesNoRowAndNoValue(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        const string Marker = "xqzmarker";
        var customer =
            (await administrator.Customers.CreateAsync(new() { GivenName = Marker, Email = Marker + "@example.com", ExternalId = Marker },
            CancellationToken.None)).Customer;
        await administrator.Get<AddressService>().SaveAsync(customer.Id, null, new() { Line1 = Marker, City = Marker, Country = "GB" },
            CancellationToken.None);
        await administrator.Get<AddressService>().AddContactPointAsync(customer.Id, ContactKind.Email, Marker + "2@example.com", Marker,
            CancellationToken.None);
        await administrator.Get<NoteService>().AddAsync(customer.Id, Marker, CancellationToken.None);
        await administrator.Get<TagService>().AddAsync(customer.Id, "vip", CancellationToken.None);
        Assert.False(await administrator.Trash.PurgeAsync(customer.Id, CancellationToken.None));
        await administrator.Trash.DeleteAsync(customer.Id, CancellationToken.None);

        Assert.True(await administrator.Trash.PurgeAsync(customer.Id, CancellationToken.None));

        await data.ReadAsync(async db =>
        {
            Assert.Equal(0, await db.Customers.CountAsync() + await db.Addresses.CountAsync() + await db.ContactPoints.CountAsync()
                + await db.Notes.CountAsync() + await db.CustomerTags.CountAsync());
            Assert.False(await db.AuditEntries.AnyAsync(e => e.Values != null && e.Values.Contains(Marker)));
            Assert.False(await db.OutboxEvents.AnyAsync(e => e.Payload.Contains(Marker)));
            Assert.Equal(AuditAction.Deleted, (await db.AuditEntries.OrderByDescending(e => e.Id).FirstAsync()).Action);
            return true;
        });
        Assert.Empty((await administrator.Finder.ListAsync(new(Search: Marker, InTrash: true), new(), CancellationToken.None)).Items);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Purge_OrdersAndRefunds_StayWithoutThePerson(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await data.AddOrderAsync("A-1", customer.Id, 10_00);
        await data.AddRefundAsync("R-1", customer.Id, 4_00, "A-1");
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        await administrator.Trash.DeleteAsync(customer.Id, CancellationToken.None);

        Assert.True(await administrator.Trash.PurgeAsync(customer.Id, CancellationToken.None));

        var order = await data.ReadAsync(db => db.Orders.Include(o => o.Lines).SingleAsync());
        var refund = await data.ReadAsync(db => db.Refunds.Include(r => r.Lines).SingleAsync());
        Assert.Equal((null, 10_00, 1), (order.CustomerId, order.Total, order.Lines.Count));
        Assert.Equal((null, 4_00, order.Id), (refund.CustomerId, refund.Amount, refund.Lines.Single().OrderId));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Delete_OldVersionExpected_IsAConflict(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Customers.UpdateAsync(customer.Id, new() { GivenName = "B" }, null, null, CancellationToken.None);

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => manager.Trash.DeleteAsync(customer.Id, CancellationToken.None,
            customer.Version));
    }
}
