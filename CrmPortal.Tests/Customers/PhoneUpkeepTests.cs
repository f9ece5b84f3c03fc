using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Upkeep;
using CrmPortal.Tests.Imports;
using CrmPortal.Tests.Orders;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

public sealed class PhoneUpkeepTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Run_OfNumbersThatWereGuessedWrong_MendsThem_AndTellsOfTheOthers(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var twice = await data.AddCustomerAsync("Twice", phone: "+49491701234567");
        var good = await data.AddCustomerAsync("Good", phone: "+442079460958");
        var newer = await data.AddCustomerAsync("Newer", phone: "+1234567890");
        var owner = await data.AddCustomerAsync("Owner", phone: "+491701234568");
        var clash = await data.AddCustomerAsync("Clash", phone: "+49491701234568");
        var verified = await data.AddCustomerAsync("Verified", phone: "+49491701234569");
        await using var system = data.AsSystem();
        await system.Get<ContactPersonService>().SaveAsync(good.Id, null, new() { GivenName = "Ana", Phone = "+49491701234560" }, Token);
        await system.Get<AddressService>().AddContactPointAsync(good.Id, ContactKind.Phone, "+366201234567", null, Token);
        await system.Get<OrderService>().CreateAsync(OrderWriting.Order(1) with { Phone = "+49491701234561" }, Token);
        var now = data.Clock.GetUtcNow();
        await data.WriteAsync(db => db.Customers.Where(c => c.Id == verified.Id)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.PhoneVerifiedAt, now), Token));

        var result = await system.Get<PhoneUpkeep>().RunAsync(Token);

        Assert.Equal((4, 2), (result.Mended, result.InDoubt));
        Assert.Equal(["customer " + newer.Number, "customer " + clash.Number], result.Places);
        Assert.Equal("+491701234567", (await system.Customers.GetAsync(twice.Id, Token))!.Phone);
        Assert.Equal("+36201234567", Assert.Single((await system.Customers.GetAsync(good.Id, Token))!.ContactPoints).Value);
        Assert.Equal("+491701234560", Assert.Single(await system.Get<ContactPersonService>().ListAsync(good.Id, Token)).Phone);
        Assert.Equal("+491701234561", await data.ReadAsync(db => db.Orders.Select(o => o.ContactPhone).SingleAsync(Token)));
        Assert.Equal(["+491701234568", "+49491701234568", "+49491701234569"], await data.ReadAsync(db =>
            db.Customers.Where(c => c.Id == owner.Id || c.Id == clash.Id || c.Id == verified.Id).OrderBy(c => c.Id).Select(c => c.Phone!)
                .ToListAsync(Token)));
        var found = await system.Finder.ListAsync(new("0170 1234567"), new(), Token);
        Assert.Equal("Twice Lovelace", Assert.Single(found.Items).DisplayName);
        var again = await system.Get<PhoneUpkeep>().RunAsync(Token);
        Assert.Equal((0, 2), (again.Mended, again.InDoubt));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Import_OfPhonesWithoutCallingCode_GoesByTheCustomersCountry_AndNeverByAGuess(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var importer = await data.AsRoleAsync(RoleNames.Manager);

        var id = await importer.UploadTextAsync(
            "name,email,phone,country\nQ R,q1@example.org,0991234567,EC\nC D,c1@example.org,491701234567,DE\n"
            + "Pia One,ph1@example.org,０９０－１２３４－５６７８,JP\n"
            + "I J,i1@example.org,(212) 555-0147,Ruritania\nK L,k1@example.org,+1 212 555 0148,Ruritania\n");
        await importer.CheckAsync(id);
        await importer.PublishAsync(id);

        var phones = await data.ReadAsync(db => db.Customers.OrderBy(c => c.EmailKey).Select(c => c.Phone).ToListAsync(Token));
        Assert.Equal(["+491701234567", null, "+12125550148", "+819012345678", "+593991234567"], phones);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Phone_WithAnExtension_IsKept_AndGetsNoShortMessage(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var first = await data.AddCustomerAsync("Ada", phone: "+44 20 7946 0958 ext. 12");
        await data.AddCustomerAsync("Bea", phone: "+44 20 7946 0958 ext. 13");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        var refused = await Assert.ThrowsAsync<RuleViolationException>(() =>
            manager.Get<Core.Verification.VerificationService>().SendAsync(first.Id, new(ContactKind.Phone), Token));

        Assert.Equal("The number has an extension, so it cannot receive text messages.", refused.Errors[0].Message);
        Assert.Equal("+442079460958;ext=12", first.Phone);
        Assert.Equal(2, (await manager.Finder.ListAsync(new("020 7946 0958"), new(), Token)).Items.Count);
    }
}
