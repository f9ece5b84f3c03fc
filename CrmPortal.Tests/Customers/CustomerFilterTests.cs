using System.Globalization;
using CrmPortal.Core.Access;
using CrmPortal.Core.Common;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Filtering;
using CrmPortal.Core.Search;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

/// <summary>Filters as the database answers them, against what they mean, written once more in plain C#.</summary>
public sealed class CustomerFilterTests
{
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");
    private static readonly string[] Cities = ["Łódź", "Lodz", "Paris", "paris sud", "100%", "A_B", "AxB"];
    private static readonly string[] TagNames = ["gold", "Silver", "new", "a b"];
    private static readonly string?[] ExternalIds = [null, "X-1", "x-1", "X-12", "%", "_", "\\"];
    private static readonly string[] Languages = ["en", "es", "pt-BR"];
    private static readonly string?[] Currencies = [null, "EUR", "USD"];

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Filter_Random_AnswersWhatItMeans(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var random = new Random(20260310);
        await SeedAsync(data, random, 60);
        var customers = await data.ReadAsync(db => db.Customers.AsNoTracking().Include(c => c.Addresses).Include(c => c.Tags).ThenInclude(t => t.Tag).ToListAsync());
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        var wrong = new List<string>();
        var hits = 0;
        for (var i = 0; i < 250; i++)
        {
            var filter = new FilterAll([MakeFilter(random, 2)]);
            var wanted = customers.Where(c => Holds(filter, c, data.Clock.GetUtcNow())).Select(c => c.Id).Order().ToList();

            var found = (await agent.Customers.ListAsync(new(Filter: filter.ToString()), new(1, 100), CancellationToken.None)).Items.Select(r => r.Id).Order().ToList();

            if (wanted.Count is > 0 and < 60) hits++;
            if (!found.SequenceEqual(wanted)) wrong.Add($"{filter}: found {string.Join(' ', found)} instead of {string.Join(' ', wanted)}");
        }

        Assert.Empty(wrong);
        Assert.True(hits > 100, $"only {hits} filters divided the customers");
    }

    [Theory]
    [InlineData("nonsense:is:a")]
    [InlineData("status:is:active")]
    [InlineData("status:any")]
    [InlineData("status:any:nonsense")]
    [InlineData("city:is")]
    [InlineData("city:is:")]
    [InlineData("city:is:a,b")]
    [InlineData("created:last:x")]
    [InlineData("created:last:-1")]
    [InlineData("created:last:99999999999")]
    [InlineData("created:before:2026-02-30")]
    [InlineData("created:between:2026-01-01")]
    [InlineData("tags:any")]
    [InlineData("vip:is:yes")]
    [InlineData("city:is:%00")]
    [InlineData("orders:more:x")]
    [InlineData("orders:more:1.5")]
    [InlineData("orders:present")]
    [InlineData("spent:more")]
    [InlineData("spent:between:1")]
    [InlineData("spent:more:1.001")]
    [InlineData("spent:more:1e3")]
    [InlineData("spent:less:99999999999999999999")]
    [InlineData("last_order:last:")]
    public async Task Filter_Wrong_IsRefusedWithASentence(string filter)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        Assert.Equal("Filter", Assert.Single((await Assert.ThrowsAsync<RuleViolation>(() => agent.Customers.ListAsync(new(Filter: filter), new(), CancellationToken.None))).Errors).Field);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Filter_EdgesOfTheCalendarAndOddText_AreAnswered(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        foreach (var (filter, rows) in new[]
        {
            ("created:after:0001-01-01", 1), ("created:before:9999-12-31", 1), ("created:between:0001-01-01,9999-12-31", 1), ("created:after:9999-12-31", 0), ("created:last:36500", 1), ("created:older:36500", 0),
            ("city:is:😀", 0), ("city:not:ﷺ", 1), ("tags:none:zz,yy", 1), ("status:any:ACTIVE", 1), ("not(status:any:active)", 0), ("any(vip:yes;status:any:active)", 1),
        })
            Assert.Equal((filter, rows), (filter, (await agent.Customers.CountAsync(new(Filter: filter), null, CancellationToken.None)).Rows));

        await Assert.ThrowsAsync<RuleViolation>(() => agent.Customers.ListAsync(new(Filter: "city:is:\ud800"), new(), CancellationToken.None));
    }

    [Fact]
    public async Task Filter_BySensitiveFieldWithoutSensitive_IsRefused()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        foreach (var field in CustomerFilters.Catalogue.Fields.Where(f => f.IsSensitive))
            await Assert.ThrowsAsync<RuleViolation>(() => staff.Customers.CountAsync(new(Filter: $"not({field.Name}:starts:a)"), null, CancellationToken.None));
        Assert.Equal(["email", "phone"], CustomerFilters.Catalogue.Fields.Where(f => f.IsSensitive).Select(f => f.Name));
    }

    private static FilterExpression MakeFilter(Random random, int depth)
    {
        switch (depth == 0 ? 9 : random.Next(8))
        {
            case 0: return new FilterAny([MakeFilter(random, depth - 1), MakeFilter(random, depth - 1)]);
            case 1: return new FilterAll([MakeFilter(random, depth - 1), MakeFilter(random, depth - 1)]);
            case 2: return new FilterNot(MakeFilter(random, depth - 1));
        }

        var field = Pick(random, CustomerFilters.Catalogue.Fields);
        var comparison = Pick(random, field.Operators);
        string[] values = comparison switch
        {
            FilterOperator.Present or FilterOperator.Empty or FilterOperator.Yes or FilterOperator.No => [],
            FilterOperator.Last or FilterOperator.Older => [random.Next(400).ToString(CultureInfo.InvariantCulture)],
            FilterOperator.Before or FilterOperator.After => [Day(random)],
            FilterOperator.Between when field.Type == FilterFieldType.Date => [Day(random), Day(random)],
            FilterOperator.Between => [Figure(random, field.Type), Figure(random, field.Type)],
            FilterOperator.Less or FilterOperator.More => [Figure(random, field.Type)],
            FilterOperator.Is when field.Type is FilterFieldType.Number or FilterFieldType.Amount => [Figure(random, field.Type)],
            FilterOperator.Any or FilterOperator.All or FilterOperator.None => [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => field.Type == FilterFieldType.Tags ? Pick(random, TagNames).ToUpperInvariant() : Pick(random, field.Choices))],
            _ => [Text(random, field.Name, comparison == FilterOperator.Starts)],
        };
        return new FilterCondition(field.Name, comparison, values);
    }

    private static string Text(Random random, string field, bool isStart)
    {
        var text = field switch
        {
            "city" => Pick(random, Cities),
            "country" => Pick(random, ["gb", "FR"]),
            "language" => Pick(random, [.. Languages, "EN", "PT-br"]),
            "currency" => Pick(random, ["eur", "USD"]),
            "external_id" => Pick(random, [.. ExternalIds.OfType<string>()]),
            "email" => Pick(random, ["Person3@example.com", "person1", "P"]),
            _ => Pick(random, ["+44", "+4420000007", "4"]),
        };
        return isStart ? text[..random.Next(1, text.Length + 1)] : text;
    }

    private static string Figure(Random random, FilterFieldType type) =>
        type == FilterFieldType.Number ? random.Next(-1, 6).ToString(CultureInfo.InvariantCulture) : (random.Next(-4, 12) * 12.5m).ToString(CultureInfo.InvariantCulture);

    private static string Day(Random random) => new DateOnly(2025, 3, 1).AddDays(random.Next(400)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static T Pick<T>(Random random, IReadOnlyList<T> list) => list[random.Next(list.Count)];

    private static bool Holds(FilterExpression filter, Customer c, DateTimeOffset now) => filter switch
    {
        FilterAll all => all.Items.All(i => Holds(i, c, now)),
        FilterAny any => any.Items.Any(i => Holds(i, c, now)),
        FilterNot not => !Holds(not.Item, c, now),
        FilterCondition condition => Holds(condition, c, now),
        _ => throw new InvalidOperationException(),
    };

    private static bool Holds(FilterCondition f, Customer c, DateTimeOffset now) => f.Field switch
    {
        "status" => OneOf(f, c.Status),
        "source" => OneOf(f, c.Source),
        "gender" => OneOf(f, c.Gender),
        "vip" => c.IsVip == (f.Operator == FilterOperator.Yes),
        "tags" => f.Operator switch
        {
            FilterOperator.Any => f.Values.Any(v => c.Tags.Any(t => t.Tag!.Name.Equals(v, StringComparison.OrdinalIgnoreCase))),
            FilterOperator.All => f.Values.All(v => c.Tags.Any(t => t.Tag!.Name.Equals(v, StringComparison.OrdinalIgnoreCase))),
            _ => f.Values.All(v => c.Tags.All(t => !t.Tag!.Name.Equals(v, StringComparison.OrdinalIgnoreCase))),
        },
        "city" => Related(f, [.. c.Addresses.Select(a => SearchText.Fold(a.City))], SearchText.Fold),
        "country" => Related(f, [.. c.Addresses.Select(a => a.Country), .. c.Country is { } country ? [country] : Array.Empty<string>()], v => v.ToUpperInvariant()),
        "orders" => Figures(f, c.OrderCount),
        "spent" => Figures(f, c.TotalSpent / 100m),
        "average_order" => Figures(f, c.AverageOrder / 100m),
        "first_order" => At(f, c.FirstOrderAt, now),
        "last_order" => At(f, c.LastOrderAt, now),
        "created" => At(f, c.CreatedAt, now),
        "interaction" => At(f, c.LastInteractionAt, now),
        "updated" => At(f, c.UpdatedAt, now),
        "language" => Compare(f, c.Language, v => v),
        "currency" => Compare(f, c.Currency, v => v.ToUpperInvariant()),
        "external_id" => Compare(f, c.ExternalId, v => v),
        "email" => Compare(f, c.Email?.ToLowerInvariant(), v => v.ToLowerInvariant()),
        "phone" => Compare(f, c.Phone, v => v),
        _ => throw new InvalidOperationException($"What {f.Field} means is not written here yet."),
    };

    private static bool OneOf<T>(FilterCondition f, T value)
        where T : struct, Enum => f.Values.Any(v => v.Equals(value.ToString(), StringComparison.OrdinalIgnoreCase)) == (f.Operator == FilterOperator.Any);

    private static bool Related(FilterCondition f, List<string> values, Func<string, string> fold) => f.Operator switch
    {
        FilterOperator.Present => values.Count > 0,
        FilterOperator.Empty => values.Count == 0,
        FilterOperator.Starts => values.Any(v => v.StartsWith(fold(f.Values[0]), StringComparison.Ordinal)),
        FilterOperator.Not => !values.Contains(fold(f.Values[0])),
        _ => values.Contains(fold(f.Values[0])),
    };

    private static bool Compare(FilterCondition f, string? value, Func<string, string> fold) => f.Operator switch
    {
        FilterOperator.Present => value is not null,
        FilterOperator.Empty => value is null,
        FilterOperator.Starts => value?.StartsWith(fold(f.Values[0]), StringComparison.Ordinal) == true,
        FilterOperator.Not => value != fold(f.Values[0]),
        _ => value == fold(f.Values[0]),
    };

    private static bool Figures(FilterCondition f, decimal? value) => f.Operator switch
    {
        FilterOperator.Present => value is not null,
        FilterOperator.Empty => value is null,
        FilterOperator.Is => value == Read(f, 0),
        FilterOperator.Less => value < Read(f, 0),
        FilterOperator.More => value > Read(f, 0),
        _ => value >= Read(f, 0) && value <= Read(f, 1),
    };

    private static decimal Read(FilterCondition f, int number) => decimal.Parse(f.Values[number], CultureInfo.InvariantCulture);

    private static bool At(FilterCondition f, DateTimeOffset? instant, DateTimeOffset now)
    {
        if (f.Operator is FilterOperator.Present or FilterOperator.Empty) return instant is not null == (f.Operator == FilterOperator.Present);
        if (instant is not { } value) return false;
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(value, Zone).DateTime);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Zone).DateTime);
        return f.Operator switch
        {
            FilterOperator.Last => day >= today.AddDays(-int.Parse(f.Values[0], CultureInfo.InvariantCulture)),
            FilterOperator.Older => day < today.AddDays(-int.Parse(f.Values[0], CultureInfo.InvariantCulture)),
            FilterOperator.Before => day < Parse(f.Values[0]),
            FilterOperator.After => day > Parse(f.Values[0]),
            _ => day >= Parse(f.Values[0]) && day <= Parse(f.Values[1]),
        };

        static DateOnly Parse(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static Task SeedAsync(TestServices data, Random random, int count) => data.WriteAsync(db =>
    {
        var tags = TagNames.Select(n => new Tag { Name = n, NameKey = n.ToLowerInvariant() }).ToList();
        for (var i = 0; i < count; i++)
        {
            var customer = TestCustomers.Make(i, data.Clock.GetUtcNow().AddHours(-random.Next(9000)));
            customer.Email = i % 3 == 0 ? null : $"person{i}@example.com";
            customer.ExternalId = Pick(random, ExternalIds);
            customer.Language = Pick(random, Languages);
            customer.Currency = Pick(random, Currencies);
            customer.Gender = Pick(random, Enum.GetValues<Gender>());
            customer.Source = Pick(random, Enum.GetValues<CustomerSource>());
            if (random.Next(4) == 0) customer.Block("x");
            else if (random.Next(4) == 0) customer.Deactivate();
            customer.Country = Pick(random, [null, null, "GB", "DE"]);
            if (random.Next(3) > 0)
            {
                (customer.OrderCount, customer.TotalSpent, customer.AverageOrder) = (random.Next(1, 5), random.Next(-4, 12) * 1250, random.Next(-4, 12) * 1250);
                (customer.FirstOrderAt, customer.LastOrderAt) = (data.Clock.GetUtcNow().AddHours(-random.Next(9000)), data.Clock.GetUtcNow().AddHours(-random.Next(9000)));
            }

            customer.SetVip(random.Next(3) == 0, null, null, data.Clock.GetUtcNow());
            foreach (var city in Cities.OrderBy(_ => random.Next()).Take(random.Next(3)))
            {
                var address = new Address { Line1 = "1", City = city, Country = Pick(random, ["GB", "FR"]) };
                address.Derive();
                customer.Addresses.Add(address);
            }

            foreach (var tag in tags.Where(_ => random.Next(3) == 0)) customer.Tags.Add(new CustomerTag { Tag = tag });
            customer.DeriveNames();
            db.Customers.Add(customer);
        }

        return Task.CompletedTask;
    });
}
