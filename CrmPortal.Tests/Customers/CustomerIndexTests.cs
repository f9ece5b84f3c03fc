using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Search;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

/// <summary>
/// The full-text index is written a moment after its customers. Whoever searches must not notice: neither before, nor while, nor after.
/// </summary>
public sealed class CustomerIndexTests
{
    private static readonly string[] Names = ["Ann", "Anna", "Annabel", "Bert", "Berta", "Garcia", "Grace", "Li", "Liang", "Jo"];
    private static readonly string[] Typed = ["ann", "an", "anna", "bert", "b", "gra", "li", "arc", "jo", "liang g", "example", "x7"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseKind.Sqlite, 1, 120)]
    [InlineData(DatabaseKind.Sqlite, 2, 120)]
    [InlineData(DatabaseKind.Postgres, 3, 60)]
    public async Task Search_WhoeverWaitsForTheIndex_FindsThoseWhoHoldWhatWasTyped(DatabaseKind kind, int seed, int steps)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.Manager);
        var random = new Random(seed);
        for (var step = 0; step < steps; step++)
        {
            await ChangeAsync(data, random, step);
            if (random.Next(4) == 0) await data.Get<IDatabaseProvider>().IndexWaitingAsync(Token);
            var people = await data.ReadAsync(db => db.Customers.AsNoTracking().Where(c => c.DeletedAt == null).ToListAsync(Token));
            foreach (var typed in Typed)
            {
                var terms = SearchText.Terms(typed);
                var expected = people.Where(c => terms.All(t => Holds(c, t))).Select(c => c.Id).Order();
                var found = (await agent.Finder.ListAsync(new(typed), new(Size: 100), Token)).Items;
                Assert.Equal(expected, found.Select(c => c.Id).Order());
                // Newest first needs no sorting where the index gives the order; it must hold with those who wait as well.
                Assert.Equal(found.Select(c => c.Id).OrderDescending(), found.Select(c => c.Id));
                Assert.Equal(found.Count, (await agent.Finder.CountAsync(new(typed), null, Token)).Rows);
            }
        }

        if (kind == DatabaseKind.Sqlite) await AssertSoundAsync(data);
    }

    [Fact]
    public async Task Index_ManyMoreThanABatch_AreAllWritten_AndNobodyWaitsAfterwards()
    {
        const int Many = 2_300;
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await data.WriteAsync(async db =>
        {
            for (var i = 0; i < Many; i++)
            {
                var customer = new Customer { Number = $"N{i}", GivenName = i % 2 == 0 ? "Even" : "Odd" };
                customer.DeriveNames();
                db.Customers.Add(customer);
            }

            await db.SaveChangesAsync(Token);
        });
        Assert.Equal(Many, await WaitingAsync(data));

        await data.Get<IDatabaseProvider>().IndexWaitingAsync(Token);

        Assert.Equal(0, await WaitingAsync(data));
        await AssertSoundAsync(data);
        await using var system = data.AsSystem();
        Assert.Equal(Many / 2, (await system.Finder.CountAsync(new("even"), null, Token)).Rows);
    }

    [Fact]
    public async Task Remove_SomebodyWhoWaits_LeavesNothingOfThem()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync("Zebulon", null);
        await data.Get<IDatabaseProvider>().IndexWaitingAsync(Token);
        await data.WriteAsync(async db =>
        {
            var row = await db.Customers.SingleAsync(Token);
            row.GivenName = "Quentin";
            row.DeriveNames();
        });
        Assert.Equal(1, await WaitingAsync(data));
        await using var system = data.AsSystem();
        await system.Trash.DeleteAsync(customer.Id, Token);

        await system.Trash.PurgeAsync(customer.Id, Token);

        Assert.Equal(0, await WaitingAsync(data));
        await AssertSoundAsync(data);
    }

    private static async Task ChangeAsync(TestServices data, Random random, int step)
    {
        await data.WriteAsync(async db =>
        {
            var ids = await db.Customers.Select(c => c.Id).ToListAsync(Token);
            if (ids.Count < 5 || random.Next(3) == 0)
            {
                var added = new Customer { Number = $"N{step}", GivenName = Any(), Email = $"x{step}@example.com" };
                Derive(added);
                db.Customers.Add(added);
                return;
            }

            var id = ids[random.Next(ids.Count)];
            var customer = await db.Customers.SingleAsync(c => c.Id == id, Token);
            switch (random.Next(4))
            {
                case 0:
                    db.Customers.Remove(customer);
                    break;
                case 1:
                    if (customer.DeletedAt is null) customer.MoveToTrash(data.Clock.GetUtcNow());
                    else customer.Restore();
                    break;
                default:
                    (customer.GivenName, customer.FamilyName) = (Any(), random.Next(2) == 0 ? Any() : null);
                    Derive(customer);
                    break;
            }
        });

        string Any() => Names[random.Next(Names.Length)];

        static void Derive(Customer customer)
        {
            customer.DeriveNames();
            customer.DeriveContacts([]);
        }
    }

    /// <summary>Of one or two letters it is the beginning of a word.</summary>
    private static bool Holds(Customer customer, string term)
    {
        var part = term.Length < 3 ? " " + term : term;
        return customer.NameText.Contains(part, StringComparison.Ordinal) || customer.ContactText.Contains(part, StringComparison.Ordinal);
    }

    private static Task<int> WaitingAsync(TestServices data) => data.ReadAsync(async db =>
        (await db.Database.SqlQueryRaw<int>("select count(*) as Value from CustomersToIndex").ToListAsync(Token))[0]);

    /// <summary>The engine compares the indexes with the texts of the customers, after all have been written.</summary>
    private static async Task AssertSoundAsync(TestServices data)
    {
        await data.Get<IDatabaseProvider>().IndexWaitingAsync(Token);
        await data.WriteAsync(db => db.Database.ExecuteSqlRawAsync("""
            insert into CustomerTrigrams(CustomerTrigrams, rank) values ('integrity-check', 1);
            insert into CustomerWords(CustomerWords, rank) values ('integrity-check', 1);
            """, Token));
    }
}
