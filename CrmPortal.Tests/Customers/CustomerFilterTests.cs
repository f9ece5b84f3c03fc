using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

/// <summary>Filters as the database answers them, against what they mean, written once more in plain C#.</summary>
public sealed partial class CustomerFilterTests
{
    private static readonly LocalZone Zone = LocalZone.Of("Europe/London");
    private static readonly string[] Cities = ["Łódź", "Lodz", "Paris", "paris sud", "100%", "A_B", "AxB"];
    private static readonly string[] TagNames = ["gold", "Silver", "new", "a b"];
    private static readonly string?[] ExternalIds = [null, "X-1", "x-1", "X-12", "%", "_", "\\"];
    private static readonly string[] Languages = ["en", "es", "pt-BR"];
    private static readonly string?[] Currencies = [null, "EUR", "USD"];
    private static readonly string[] Reasons = ["Fraud", "fraud", "100%"];
    private static readonly string[] Occasions = ["Wedding day", "Name day", "wedding"];

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Filter_Random_AnswersWhatItMeans(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var random = new Random(20260310);
        await SeedAsync(data, random, 60);
        await RelateAsync(data, random);
        var customers = await data.ReadAsync(db => db.Customers.AsNoTracking().AsSplitQuery().Where(c => c.DeletedAt == null)
            .Include(c => c.Documents).Include(c => c.ContactPersons).Include(c => c.CommunicationPreferences)
            .Include(c => c.Preferences).Include(c => c.ImportantDates).Include(c => c.Relationships).ThenInclude(r => r.Other)
                .Include(c => c.RelationshipsOfOthers).ThenInclude(r => r.Customer).Include(c => c.Addresses).Include(c => c.CustomFields)
                .ThenInclude(v => v.Field).Include(c => c.Notes).Include(c => c.Tags).ThenInclude(t => t.Tag).ToListAsync());
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        var wrong = new List<string>();
        var hits = 0;
        // Every comparison of every field, then what they are joined to.
        var filters = Fields.SelectMany(f => f.Operators.Select(o => Compare(random, f, o)))
            .Concat(Enumerable.Range(0, 200).Select(_ => MakeFilter(random, 2)));
        foreach (var filter in filters.Select(f => new FilterAll([f])))
        {
            var wanted = customers.Where(c => Holds(filter, c, data.Clock.GetUtcNow())).Select(c => c.Id).Order().ToList();

            var found = (await agent.Finder.ListAsync(new(Filter: filter.ToString()), new(1, 100), CancellationToken.None)).Items
                .Select(r => r.Id).Order().ToList();

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

        Assert.Equal("Filter",
            Assert.Single(
            (await Assert
            .ThrowsAsync<RuleViolationException>(() => agent.Finder.ListAsync(new(Filter: filter), new(),
            CancellationToken.None))).Errors).Field);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Filter_EdgesOfTheCalendarAndOddText_AreAnswered(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        foreach (var (filter, rows) in new[]
        {
            ("created:after:0001-01-01", 1), ("created:before:9999-12-31", 1), ("created:between:0001-01-01,9999-12-31", 1),
                ("created:after:9999-12-31", 0), ("created:last:36500", 1), ("created:older:36500", 0),
            ("city:is:😀", 0), ("city:not:ﷺ", 1), ("tags:none:zz,yy", 1), ("status:any:ACTIVE", 1), ("not(status:any:active)", 0),
                ("any(vip:yes;status:any:active)", 1),
        })
            Assert.Equal((filter, rows),
                (filter, (await agent.Finder.CountAsync(new(Filter: filter), null, CancellationToken.None)).Rows));

        await Assert.ThrowsAsync<RuleViolationException>(() => agent.Finder.ListAsync(new(Filter: "city:is:\ud800"), new(),
            CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Filter_OnTheBeginningOfAName_EndsWithThatName(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        foreach (var (given, family) in new[] { ("Ada", "Lovelace"), ("Ada Louise", "Huxtable"), ("Ann", "Lee"), ("Ruth", "Lee Anders"),
            ("Zoë", "D'Arcy") })
            await agent.Customers.CreateAsync(new() { GivenName = given, FamilyName = family }, CancellationToken.None);

        foreach (var (filter, found) in new[]
        {
            ("given_name:starts:ada lo", "Ada Louise Huxtable"), ("given_name:starts:ADA", "Ada Louise Huxtable,Ada Lovelace"),
                ("given_name:starts:zoe", "Zoë D'Arcy"), ("given_name:starts:'", ""),
            ("family_name:starts:lee an", "Ruth Lee Anders"), ("family_name:starts:lee", "Ann Lee,Ruth Lee Anders"),
                ("family_name:starts:-", ""),
        })
            Assert.Equal((filter, found),
                (filter, string.Join(',', (await agent.Finder.ListAsync(new(Filter: filter), new(), CancellationToken.None)).Items
                .Select(c => c.DisplayName).Order(StringComparer.Ordinal))));
    }

    [Fact]
    public async Task Filter_OnDocuments_IsForThoseWhoMaySeeThem()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        foreach (var field in CustomerFilters.Catalogue.Fields.Where(f => f.Permission == Permissions.DocumentsView))
        {
            var query = new CustomerQuery(Filter: field.Name + (field.Operators.Contains(FilterOperator.Present) ? ":present" : ":yes"));
            Assert.Empty((await agent.Finder.ListAsync(query, new(), CancellationToken.None)).Items);
            Assert.Equal($"You may not filter by {field.Name}.",
                (await Assert
                .ThrowsAsync<RuleViolationException>(() => staff.Finder.ListAsync(query, new(), CancellationToken.None))).Message);
        }

        Assert.Equal(4 + 2 + 3 + 13, CustomerFilters.Catalogue.Fields.Count(f => f.Permission is not null));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Filter_InTheLastDays_EndsWithToday(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await SeedAsync(data, new Random(1), 3);
        var ids = await data.ReadAsync(db => db.Customers.OrderBy(c => c.Id).Select(c => c.Id).ToListAsync());
        var (now, today) = (data.Clock.GetUtcNow(), DateOnly.FromDateTime(data.Clock.GetUtcNow().UtcDateTime));
        await data.WriteAsync(async db =>
        {
            await db.CustomFieldValues.ExecuteDeleteAsync();
            var since = await db.CustomFields.SingleAsync(f => f.Key == "since");
            foreach (var (id, days) in ids.Zip([-3, 0, 5]))
            {
                (await db.Customers.SingleAsync(c => c.Id == id)).LastInteractionAt = now.AddDays(days);
                db.CustomFieldValues.Add(new CustomFieldValue { CustomerId = id, Field = since, Day = today.AddDays(days) });
            }
        });
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        foreach (var filter in (string[])["interaction:last:30", "field.since:last:30"])
            Assert.Equal(ids[..2], (await agent.Finder.ListAsync(new(Filter: filter), new(1, 100), CancellationToken.None)).Items
                .Select(r => r.Id).Order());
    }

    [Fact]
    public async Task Filter_BySensitiveFieldWithoutSensitive_IsRefused()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        foreach (var field in CustomerFilters.Catalogue.Fields.Where(f => f.IsSensitive))
            Assert.Contains("{0}",
                (await Assert
                .ThrowsAsync<RuleViolationException>(() => staff.Finder.CountAsync(new(Filter: $"not({field.Name}:present)"), null,
                CancellationToken.None))).Errors[0].Message, StringComparison.Ordinal);
        Assert.Equal(["birthday", "date_of_birth", "age", "email", "phone"], CustomerFilters.Catalogue.Fields.Where(f => f.IsSensitive)
            .Select(f => f.Name));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Filter_ByName_FindsWhatIsShown_AndNoMaskedEmail(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var nameless = await data.AddCustomerAsync(null, null, "ada@example.com");
        var named = await data.AddCustomerAsync("José María", "O'Brien");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        Assert.Equal([nameless.Id], await FoundAsync(agent, "display_name:is:ada@example.com"));
        Assert.Empty(await FoundAsync(staff, "display_name:is:ada@example.com"));
        Assert.Empty(await FoundAsync(staff, "display_name:starts:ada"));
        Assert.Equal([nameless.Id], await FoundAsync(staff, $"display_name:is:{nameless.Number}"));
        foreach (var filter in (string[])["given_name:starts:jose", "given_name:starts:JOSÉ MAR", "given_name:is:José María",
            "family_name:starts:obr", "family_name:starts:O'B", "display_name:starts:José"])
            Assert.Equal((filter, named.Id), (filter, Assert.Single(await FoundAsync(staff, filter))));
        Assert.Empty(await FoundAsync(staff, "given_name:starts:maria"));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Filter_ByImportantDay_CountsYearlyOnesFromTheirFirstTimeOn(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var today = DateOnly.FromDateTime(data.Clock.GetUtcNow().UtcDateTime);
        var (yearly, later, once, none) = (await data.AddCustomerAsync(), await data.AddCustomerAsync(), await data.AddCustomerAsync(),
            await data.AddCustomerAsync());
        await data.WriteAsync(db =>
        {
            db.ImportantDates.AddRange(
                new ImportantDate { CustomerId = yearly.Id, Label = "Wedding day", Day = today.AddDays(5).AddYears(-10), IsYearly = true },
                new ImportantDate { CustomerId = later.Id, Label = "Opening", Day = today.AddDays(5).AddYears(1), IsYearly = true },
                new ImportantDate { CustomerId = once.Id, Label = "Move", Day = today.AddDays(5), IsYearly = false });
            return Task.CompletedTask;
        });
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        Assert.Equal([yearly.Id, once.Id], await FoundAsync(agent, "important_day:next:5"));
        Assert.Empty(await FoundAsync(agent, "important_day:next:4"));
        Assert.Equal([yearly.Id, later.Id, once.Id], await FoundAsync(agent, "important_day:next:400"));
        Assert.Equal([yearly.Id], await FoundAsync(agent, "important_day:last:366"));
        Assert.Equal([none.Id], await FoundAsync(agent, "important_day:empty"));
        Assert.Equal([yearly.Id], await FoundAsync(agent, "important_day_label:starts:Wedding"));
    }

    private static async Task<IEnumerable<long>> FoundAsync(TestScope user, string filter) =>
        (await user.Finder.ListAsync(new(Filter: filter), new(1, 100), CancellationToken.None)).Items.Select(r => r.Id).Order();
}
