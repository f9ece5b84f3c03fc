using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Upkeep;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

/// <summary>A name or word is the same whichever keyboard it was typed on: é as one character or as two.</summary>
public sealed class ComposedTextTests
{
    private const string Decomposed = "Jose\u0301";
    private const string Composed = "José";

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Names_Tags_AndExternalIds_AreStoredComposed(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        var first = (await system.Customers.CreateAsync(new() { GivenName = Decomposed, ExternalId = "Cafe\u0301-1",
            Tags = new(["Cafe\u0301"]) }, CancellationToken.None)).Customer;
        await system.Customers.CreateAsync(new() { GivenName = Composed, Tags = new(["Café"]) }, CancellationToken.None);

        Assert.Equal((Composed, "Café-1"), (first.GivenName, first.ExternalId));
        Assert.Equal("Café", await data.ReadAsync(db => db.Tags.Select(t => t.Name).SingleAsync()));
        foreach (var typed in new[] { Composed, Decomposed })
            Assert.Equal(2, (await system.Finder.ListAsync(new(Filter: $"given_name:is:{typed}"), new(),
                CancellationToken.None)).Items.Count);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Recalculate_ComposesWhatWasStoredBefore_AndJoinsTags(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, eve) = (await data.AddCustomerAsync("Ada", tags: "Café"), await data.AddCustomerAsync("Eve"));
        await data.WriteAsync(async db =>
        {
            var other = db.Tags.Add(new Tag { Name = "Cafe\u0301", NameKey = "cafe\u0301" }).Entity;
            await db.SaveChangesAsync();
            db.CustomerTags.Add(new CustomerTag { CustomerId = ada.Id, TagId = other.Id });
            db.CustomerTags.Add(new CustomerTag { CustomerId = eve.Id, TagId = other.Id });
            await db.Customers.Where(c => c.Id == eve.Id)
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.GivenName, Decomposed).SetProperty(x => x.DisplayName, Decomposed));
        });
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);

        var corrected = await administrator.Get<RecalculateService>().RunAsync(null, CancellationToken.None);

        Assert.Equal(2, corrected);
        Assert.Equal((Composed, Composed + " Lovelace"), await data
            .ReadAsync(db => db.Customers.Where(c => c.Id == eve.Id)
            .Select(c => new ValueTuple<string?, string>(c.GivenName, c.DisplayName)).SingleAsync()));
        Assert.Equal(["Café"], await data.ReadAsync(db => db.Tags.Select(t => t.Name).ToListAsync()));
        Assert.Equal([ada.Id, eve.Id], await data.ReadAsync(db => db.CustomerTags.OrderBy(t => t.CustomerId).Select(t => t.CustomerId)
            .ToListAsync()));
        Assert.Equal(0, await administrator.Get<RecalculateService>().RunAsync(null, CancellationToken.None));
    }
}
