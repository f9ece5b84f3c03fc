using CrmPortal.Core.Customers;
using CrmPortal.Core.Demo;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Upkeep;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Demo;

public sealed class SeedTests
{
    /// <summary>Known once and for all: it must be the same on every machine, database and version.</summary>
    private const string Checksum = "6d63d6a120eb37080a7a384a1bcceba01c77ba8984c76a3a295b9c72351b2374";

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Seed_IsExactly_WhatWasAskedFor(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);

        var made = await SeedAsync(data, new(1_000, 6_000, 11, new(2026, 11, 1)));

        Assert.Equal(Checksum, made.Checksum);
        Assert.Equal((1_000, 6_000, 240),
            (await data.ReadAsync(db => db.Customers.CountAsync()), await data.ReadAsync(db => db.Orders.CountAsync()),
            await data.ReadAsync(db => db.Orders.CountAsync(o => o.CustomerId == null))));
        Assert.Equal((made.Lines, made.Refunds),
            (await data.ReadAsync(db => db.OrderLines.LongCountAsync()), await data.ReadAsync(db => db.Refunds.CountAsync())));
        Assert.Equal(made.Revenue, await data.ReadAsync(db => db.Orders.Where(o => Order.CountedStatuses.Contains(o.Status))
            .SumAsync(o => o.BaseTotal)) - await data.ReadAsync(db => db.Refunds.SumAsync(r => r.BaseAmount)));
        await using var system = data.AsSystem();
        Assert.Equal(0, await system.Get<RecalculateService>().RunAsync(null, CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Seed_GrewAsAShopGrows(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await SeedAsync(data, new(300, 3_000, 3, new(2026, 11, 1)));

        var orders = await data.ReadAsync(db => db.Orders.OrderBy(o => o.Id)
            .Select(o => new { o.PlacedAt, o.Total, Lines = o.Lines.Sum(l => l.Amount), First = (DateTimeOffset?)o.Customer!.CreatedAt,
            o.CustomerId }).ToListAsync());
        Assert.Equal(orders.Select(o => o.PlacedAt).Order(), orders.Select(o => o.PlacedAt));
        Assert.All(orders, o => Assert.Equal(o.Lines, o.Total));
        Assert.All(orders.Where(o => o.CustomerId is not null), o => Assert.True(o.PlacedAt >= o.First));
        Assert.All(orders, o => Assert.InRange(o.PlacedAt, new(2021, 11, 1, 0, 0, 0, TimeSpan.Zero),
            new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.Empty(await data.ReadAsync(db => db.RefundLines.Where(l => l.Order == null || l.Order.PlacedAt > l.Refund!.RefundedAt)
            .ToListAsync()));

        // What is made later gets the next number, and is found like the rest.
        await using var system = data.AsSystem();
        await data.AddCustomerAsync("Newly", "Come");
        var name = await data.ReadAsync(db => db.Customers.Select(c => c.FamilyName!).FirstAsync());
        Assert.NotEmpty((await system.Finder.ListAsync(new(name), new(), CancellationToken.None)).Items);
        Assert.Single((await system.Finder.ListAsync(new("newly come"), new(), CancellationToken.None)).Items);
    }

    [Fact]
    public async Task Seed_AnotherNumber_GivesOtherData()
    {
        var sums = new HashSet<string>();
        foreach (var seed in new[] { 1, 1, 2 })
        {
            await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
            sums.Add((await SeedAsync(data, new(50, 200, seed, new(2026, 11, 1)))).Checksum);
        }

        Assert.Equal(2, sums.Count);
    }

    [Fact]
    public async Task Seed_OfFiveThousand_LooksLikeAShop()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);

        var made = await SeedAsync(data, new(5_000, 40_000, 5, new(2026, 11, 1)));

        Assert.InRange(made.TopFifth, 0.60, 0.80);
        Assert.InRange(made.Refunds, 600, 1_000);
        Assert.InRange(made.Cultures, 12, 30);
        var names = await data.ReadAsync(db => db.Customers.Select(c => c.FamilyName + " " + c.GivenName).ToListAsync());
        Assert.True(names.Distinct().Count() > 2_500);
        foreach (var (from, to) in new[] { ('a', 'z'), ('α', 'ω'), ('а', 'я'), ('ا', 'ي'), ('א', 'ת'), ('अ', 'ह'), ('ก', 'ฮ'), ('가', '힣'),
            ('一', '鿿'), ('ぁ', 'ん') })
            Assert.Contains(names, n => n.Any(c => c >= from && c <= to));

        var months = await data.ReadAsync(db => db.Orders.Select(o => o.PlacedAt).ToListAsync());
        int In(int year, params int[] which) => months.Count(m => m.Year == year && which.Contains(m.Month));
        Assert.True(In(2025, 11, 12) > 1.3 * In(2025, 6, 7));
        Assert.True(In(2025, 1, 2, 3) > In(2023, 1, 2, 3));
        var statuses = await data.ReadAsync(db => db.Orders.GroupBy(o => o.Status).Select(g => g.Key).ToListAsync());
        Assert.Equal(Enum.GetValues<OrderStatus>().Length, statuses.Count);
        Assert.All(await data.ReadAsync(db => db.Customers.Where(c => c.Email != null).Select(c => c.Email!).ToListAsync()),
            e => Assert.Matches(@"@(example\.(com|org|net)|\w+\.example)$", e));
        Assert.All(await data.ReadAsync(db => db.Customers.Where(c => c.Phone != null).Select(c => c.Phone!).ToListAsync()),
            p => Assert.True(PhoneNumber.TryNormalize(p, null, out var same) && same == p));
    }

    [Fact]
    public async Task Seed_WhereThereAreCustomers_IsRefused()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await data.AddCustomerAsync();

        await Assert.ThrowsAsync<RuleViolationException>(() => SeedAsync(data, new(10, 10, 1, new(2026, 11, 1))));
        Assert.Equal(1, await data.ReadAsync(db => db.Customers.CountAsync()));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 500)]
    [InlineData(200, 3)]
    public async Task Seed_OfAnyProportion_HasTheExactNumbers(int customers, int orders)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);

        await SeedAsync(data, new(customers, orders, 9, new(2026, 11, 1)));

        Assert.Equal((customers, orders),
            (await data.ReadAsync(db => db.Customers.CountAsync()), await data.ReadAsync(db => db.Orders.CountAsync())));
    }

    [Fact]
    public async Task Load_ThatDies_LeavesNoIndexMissing()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var provider = data.Get<IDatabaseProvider>();
        var before = await IndexesAsync(data);
        await using var db = provider.CreateContext(null);

        await Assert.ThrowsAsync<OperationCanceledException>(() => provider.LoadAsync(db, () => throw new OperationCanceledException(),
            CancellationToken.None));
        Assert.Equal(before, await IndexesAsync(data));

        // As a process that was killed leaves it.
        await data.WriteAsync(async d => await d.Database.ExecuteSqlRawAsync(
            """create table IndexesAside (Name text primary key, Sql text not null); insert into IndexesAside select name, sql from sqlite_schema where name = 'IX_Customers_Number'; drop index "IX_Customers_Number";"""));
        await provider.PrepareAsync(CancellationToken.None);
        Assert.Equal(before, await IndexesAsync(data));
    }

    private static async Task<SeedResult> SeedAsync(TestServices data, SeedRequest request)
    {
        await using var system = data.AsSystem();
        return await system.Get<SeedService>().RunAsync(request, new Progress<string>(), CancellationToken.None);
    }

    private static Task<List<string>> IndexesAsync(TestServices data) => data.ReadAsync(db =>
        db.Database.SqlQueryRaw<string>(
            "select type || ' ' || name as Value from sqlite_schema where name not like 'sqlite\\_%' escape '\\' order by 1")
            .ToListAsync());
}
