using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

/// <summary>Addresses from which mail came back, on the page of the customer who has them.</summary>
public sealed class BouncedAddressTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Mark_IsShown_Masked_AndGoesWithTheAddressOrByHand(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, bo) = (await data.AddCustomerAsync(email: "Ada@Example.com"), await data.AddCustomerAsync(email: "bo@example.com"));
        await MarkAsync(data, "ada@example.com", "bo@example.com", "nobody@example.com");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var bounced = agent.Get<BouncedAddressService>();

        var mark = Assert.Single(await bounced.OfCustomerAsync(ada.Id, Token));
        Assert.Equal(("ada@example.com", true, "550 no ada@example.com here"), (mark.Address, mark.IsPermanent, mark.Reason));
        var masked = Assert.Single(await staff.Get<BouncedAddressService>().OfCustomerAsync(ada.Id, Token));
        Assert.DoesNotContain("ada@", masked.Address + masked.Reason, StringComparison.Ordinal);

        // Another address has no mark; the old one keeps it, for whoever has it then.
        await agent.Customers.UpdateAsync(ada.Id, new() { Email = "new@example.com" }, null, null, Token);
        Assert.Empty(await bounced.OfCustomerAsync(ada.Id, Token));
        Assert.Equal(0, await bounced.ClearAsync(ada.Id, Token));
        Assert.Equal(1, await bounced.ClearAsync(bo.Id, Token));
        Assert.Empty(await bounced.OfCustomerAsync(bo.Id, Token));
        Assert.Equal(["ada@example.com", "nobody@example.com"], await data.ReadAsync(db => db.BouncedAddresses.Select(b => b.Address)
            .OrderBy(a => a).ToListAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Mark_OfAFurtherAddress_IsTheirs_AndIsPurgedWithThem(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync(email: "ada@example.com");
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        await administrator.Get<AddressService>().AddContactPointAsync(ada.Id, ContactKind.Email, "Second@example.com", null, Token);
        await MarkAsync(data, "second@example.com", "nobody@example.com");

        Assert.Equal("second@example.com", Assert.Single(await administrator.Get<BouncedAddressService>().OfCustomerAsync(ada.Id,
            Token)).Address);
        await administrator.Trash.DeleteAsync(ada.Id, Token);
        await administrator.Trash.PurgeAsync(ada.Id, Token);
        Assert.Equal(["nobody@example.com"], await data.ReadAsync(db => db.BouncedAddresses.Select(b => b.Address).ToListAsync(Token)));
    }

    private static Task MarkAsync(TestServices data, params string[] addresses) => data.WriteAsync(db =>
    {
        foreach (var address in addresses)
            db.BouncedAddresses.Add(new() { Address = address, IsPermanent = true, Reason = $"550 no {address} here",
                At = data.Clock.GetUtcNow(), Count = 1 });
        return Task.CompletedTask;
    });
}
