using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Segments;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Customers;

/// <summary>The number of all that a list has, which is remembered as long as it holds.</summary>
public sealed class CustomerCountTests
{
    private static readonly string[] Rules =
    [
        "spent:more:40", "tags:any:tea;not(tags:any:old)", "any(vip:yes;orders:more:2)", "city:is:Paris", "created:last:30;spent:less:90",
        "status:any:active",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Count_AskedAgain_IsNotCountedAgain_UntilSomethingChanges(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddCustomerAsync("Ann", tags: ["tea"]);
        var bert = await data.AddCustomerAsync("Bert");
        await using var system = data.AsSystem();
        await data.Get<SegmentKeeper>().RunAsync(Token);
        Assert.Equal((1, true), await CountAsync("tags:any:tea", null));

        Assert.Equal((1, false), await CountAsync("tags:any:tea", null));
        // The screen asks up to a limit; it is told what is known.
        Assert.Equal((1, false), await CountAsync("tags:any:tea", 1));
        await system.Get<TagService>().AddAsync(bert.Id, "tea", Token);

        Assert.Equal((2, true), await CountAsync("tags:any:tea", null));
        await data.Get<SegmentKeeper>().RunAsync(Token);
        Assert.Equal((2, true), await CountAsync("tags:any:tea", null));
        Assert.Equal((2, false), await CountAsync("tags:any:tea", null));

        async Task<(int Rows, bool IsCounted)> CountAsync(string filter, int? limit)
        {
            data.Commands.Clear();
            var count = await system.Finder.CountAsync(new(Filter: filter), limit, Token);
            return (count.Rows, data.Commands.Statements.Any(s => s.Contains("COUNT(", StringComparison.OrdinalIgnoreCase)));
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Count_OfASegmentsMembers_IsAskedEachTime(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        var ann = await data.AddCustomerAsync("Ann");
        var group = (await system.Get<GroupService>().SaveAsync(null, new("Hand", null, null, 5, false, false), null, Token))!.Part.Id;
        await data.Get<SegmentKeeper>().RunAsync(Token);
        var query = new CustomerQuery(Filter: $"group:any:{group}");
        Assert.Equal(0, (await system.Finder.CountAsync(query, null, Token)).Rows);

        await system.Get<GroupService>().AddAsync(group, ann.Id, Token);

        Assert.Equal(1, (await system.Finder.CountAsync(query, null, Token)).Rows);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite, 1, 80)]
    [InlineData(DatabaseKind.Postgres, 2, 60)]
    public async Task Counts_WhateverHappens_AreThoseOfEachCustomer(DatabaseKind kind, int seed, int steps)
    {
        await using var data = await TestServices.CreateAsync(kind);
        // Another node, which remembers counts of its own and hears of nothing.
        await using var other = TestServices.On(data.Database, data.Clock);
        await using var here = data.AsSystem();
        await using var there = other.AsSystem();
        var random = new Random(seed);
        List<long> customers = [];
        for (var step = 0; step < steps; step++)
        {
            await StepAsync(step);
            if (random.Next(3) == 0) await data.Get<SegmentKeeper>().RunAsync(Token);
            foreach (var filter in Rules)
            {
                var expected = (await here.Finder.FittingAsync(customers, filter, Token)).Count;
                var (one, two) = (await here.Finder.CountAsync(new(Filter: filter), null, Token),
                    await there.Finder.CountAsync(new(Filter: filter), null, Token));
                Assert.Equal((step, filter, expected, expected), (step, filter, one.Rows, two.Rows));
            }

            var all = await data.ReadAsync(db => Task.FromResult(db.Customers.Count(c => c.DeletedAt == null)));
            Assert.Equal((all, all), ((await here.Finder.CountAsync(new(), null, Token)).Rows,
                (await there.Finder.CountAsync(new("C"), null, Token)).Rows));
        }

        async Task StepAsync(int step)
        {
            var id = customers.Count == 0 ? 0 : customers[random.Next(customers.Count)];
            switch (customers.Count < 4 ? 0 : random.Next(9))
            {
                case 0 or 1:
                    customers.Add((await data.AddCustomerAsync($"C{step}", tags: random.Next(2) == 0 ? ["tea"] : [])).Id);
                    break;
                case 2 or 3:
                    await data.AddOrderAsync(step.ToString(CultureInfo.InvariantCulture), id, random.Next(1, 6_000));
                    break;
                case 4:
                    await here.Get<TagService>().AddAsync(id, random.Next(2) == 0 ? "old" : "tea", Token);
                    break;
                case 5:
                    await here.Trash.DeleteAsync(id, Token);
                    break;
                case 6:
                    await here.Trash.RestoreAsync(id, false, Token);
                    break;
                case 7:
                    await here.Get<AddressService>().SaveAsync(id, null, new() { Line1 = "1", City = "Paris", Country = "FR" }, Token);
                    break;
                default:
                    // Days go by without a change of anybody.
                    data.Clock.Advance(TimeSpan.FromDays(10));
                    break;
            }
        }
    }
}
