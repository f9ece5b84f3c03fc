using System.Globalization;
using CrmPortal.Core.Access;
using CrmPortal.Core.Common;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Documents;
using CrmPortal.Core.Fields;
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
    private static readonly string[] Reasons = ["Fraud", "fraud", "100%"];
    private static readonly string[] Occasions = ["Wedding day", "Name day", "wedding"];

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Filter_Random_AnswersWhatItMeans(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var random = new Random(20260310);
        await SeedAsync(data, random, 60);
        await RelateAsync(data, random);
        var customers = await data.ReadAsync(db => db.Customers.AsNoTracking().AsSplitQuery().Where(c => c.DeletedAt == null).Include(c => c.Documents).Include(c => c.ContactPersons).Include(c => c.CommunicationPreferences)
            .Include(c => c.Preferences).Include(c => c.ImportantDates).Include(c => c.Relationships).ThenInclude(r => r.Other).Include(c => c.RelationshipsOfOthers).ThenInclude(r => r.Customer).Include(c => c.Addresses).Include(c => c.CustomFields).ThenInclude(v => v.Field).Include(c => c.Notes).Include(c => c.Tags).ThenInclude(t => t.Tag).ToListAsync());
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        var wrong = new List<string>();
        var hits = 0;
        // Every comparison of every field, then what they are joined to.
        var filters = Fields.SelectMany(f => f.Operators.Select(o => Compare(random, f, o))).Concat(Enumerable.Range(0, 200).Select(_ => MakeFilter(random, 2)));
        foreach (var filter in filters.Select(f => new FilterAll([f])))
        {
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

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Filter_OnTheBeginningOfAName_EndsWithThatName(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        foreach (var (given, family) in new[] { ("Ada", "Lovelace"), ("Ada Louise", "Huxtable"), ("Ann", "Lee"), ("Ruth", "Lee Anders"), ("Zoë", "D'Arcy") })
            await agent.Customers.CreateAsync(new() { GivenName = given, FamilyName = family }, CancellationToken.None);

        foreach (var (filter, found) in new[]
        {
            ("given_name:starts:ada lo", "Ada Louise Huxtable"), ("given_name:starts:ADA", "Ada Louise Huxtable,Ada Lovelace"), ("given_name:starts:zoe", "Zoë D'Arcy"), ("given_name:starts:'", ""),
            ("family_name:starts:lee an", "Ruth Lee Anders"), ("family_name:starts:lee", "Ann Lee,Ruth Lee Anders"), ("family_name:starts:-", ""),
        })
            Assert.Equal((filter, found), (filter, string.Join(',', (await agent.Customers.ListAsync(new(Filter: filter), new(), CancellationToken.None)).Items.Select(c => c.DisplayName).Order(StringComparer.Ordinal))));
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
            Assert.Empty((await agent.Customers.ListAsync(query, new(), CancellationToken.None)).Items);
            Assert.Equal($"You may not filter by {field.Name}.", (await Assert.ThrowsAsync<RuleViolation>(() => staff.Customers.ListAsync(query, new(), CancellationToken.None))).Message);
        }

        Assert.Equal(4, CustomerFilters.Catalogue.Fields.Count(f => f.Permission is not null));
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
            Assert.Equal(ids[..2], (await agent.Customers.ListAsync(new(Filter: filter), new(1, 100), CancellationToken.None)).Items.Select(r => r.Id).Order());
    }

    [Fact]
    public async Task Filter_BySensitiveFieldWithoutSensitive_IsRefused()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        foreach (var field in CustomerFilters.Catalogue.Fields.Where(f => f.IsSensitive))
            Assert.Contains("{0}", (await Assert.ThrowsAsync<RuleViolation>(() => staff.Customers.CountAsync(new(Filter: $"not({field.Name}:present)"), null, CancellationToken.None))).Errors[0].Message, StringComparison.Ordinal);
        Assert.Equal(["birthday", "date_of_birth", "email", "phone"], CustomerFilters.Catalogue.Fields.Where(f => f.IsSensitive).Select(f => f.Name));
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
        foreach (var filter in (string[])["given_name:starts:jose", "given_name:starts:JOSÉ MAR", "given_name:is:José María", "family_name:starts:obr", "family_name:starts:O'B", "display_name:starts:José"])
            Assert.Equal((filter, named.Id), (filter, Assert.Single(await FoundAsync(staff, filter))));
        Assert.Empty(await FoundAsync(staff, "given_name:starts:maria"));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Filter_ByImportantDay_CountsYearlyOnesFromTheirFirstTimeOn(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var today = DateOnly.FromDateTime(data.Clock.GetUtcNow().UtcDateTime);
        var (yearly, later, once, none) = (await data.AddCustomerAsync(), await data.AddCustomerAsync(), await data.AddCustomerAsync(), await data.AddCustomerAsync());
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
        (await user.Customers.ListAsync(new(Filter: filter), new(1, 100), CancellationToken.None)).Items.Select(r => r.Id).Order();

    private static readonly CustomFieldDetails[] OwnFields =
    [
        new(1, "motto", "Motto", CustomFieldType.Text, [], false, false, 1), new(2, "size", "Size", CustomFieldType.Number, [], false, false, 2), new(3, "since", "Since", CustomFieldType.Date, [], false, false, 3),
        new(4, "colour", "Colour", CustomFieldType.Choice, ["Red", "Blue"], false, false, 4), new(5, "member", "Member", CustomFieldType.YesNo, [], false, false, 5),
    ];

    private static readonly IReadOnlyList<FilterField> Fields = CustomerFilters.With(OwnFields).Fields;

    private static FilterExpression MakeFilter(Random random, int depth)
    {
        switch (depth == 0 ? 9 : random.Next(8))
        {
            case 0: return new FilterAny([MakeFilter(random, depth - 1), MakeFilter(random, depth - 1)]);
            case 1: return new FilterAll([MakeFilter(random, depth - 1), MakeFilter(random, depth - 1)]);
            case 2: return new FilterNot(MakeFilter(random, depth - 1));
        }

        var field = Pick(random, Fields);
        return Compare(random, field, Pick(random, field.Operators));
    }

    private static FilterCondition Compare(Random random, FilterField field, FilterOperator comparison)
    {
        string[] values = comparison switch
        {
            FilterOperator.Present or FilterOperator.Empty or FilterOperator.Yes or FilterOperator.No => [],
            FilterOperator.Last or FilterOperator.Older or FilterOperator.Next => [random.Next(400).ToString(CultureInfo.InvariantCulture)],
            FilterOperator.Before or FilterOperator.After => [Day(random)],
            FilterOperator.Between when field.Type == FilterFieldType.Date => [Day(random), Day(random)],
            FilterOperator.Between => [Figure(random, field.Type), Figure(random, field.Type)],
            FilterOperator.Less or FilterOperator.More => [Figure(random, field.Type)],
            FilterOperator.Is when field.Type is FilterFieldType.Number or FilterFieldType.Amount or FilterFieldType.Fraction => [Figure(random, field.Type)],
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
            "state" => Pick(random, ["Kent", "K_nt"]),
            "postal_code" => Pick(random, ["ab1", "75001"]),
            "time_zone" => Pick(random, ["Europe/Paris", "UTC"]),
            "agent" => "Nobody",
            "given_name" => Pick(random, ["Ada", "jose", "José", "Łucja", "花子"]),
            "family_name" => Pick(random, ["García", "garcia", "O'Brien", "OBRIEN", "山田"]),
            "display_name" => Pick(random, ["Ada Lovelace", "José", "Zed", "zed", "person3"]),
            "preferred_name" => Pick(random, ["Zed", "zed", "Z%"]),
            "block_reason" or "inactive_reason" or "vip_reason" => Pick(random, Reasons),
            "loyalty_card" => Pick(random, ["C-3", "C-1", "c-"]),
            "important_day_label" => Pick(random, Occasions),
            "preference" => Pick(random, ["delivery/day", "delivery/day=Friday", "size/shoe=42", "size/sh%"]),
            "field.motto" => Pick(random, ["Carpe DIEM", "per aspera", "%"]),
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
        "subscription" => OneOf(f, c.Subscription),
        "email_marketing" => c.EmailMarketing == (f.Operator == FilterOperator.Yes),
        "sms_marketing" => c.SmsMarketing == (f.Operator == FilterOperator.Yes),
        "email_verified" => c.EmailVerifiedAt is not null == (f.Operator == FilterOperator.Yes),
        "phone_verified" => c.PhoneVerifiedAt is not null == (f.Operator == FilterOperator.Yes),
        "block_reason" => Compare(f, c.BlockReason, v => v),
        "inactive_reason" => Compare(f, c.InactiveReason, v => v),
        "vip_reason" => Compare(f, c.VipReason, v => v),
        "given_name" => Name(f, c.GivenName),
        "family_name" => Name(f, c.FamilyName),
        "preferred_name" => Compare(f, c.PreferredName, v => v),
        "display_name" => Compare(f, c.DisplayName, v => v),
        "loyalty_card" => Compare(f, c.LoyaltyCard, v => v),
        "wanted_messages" => Among(f, [.. c.CommunicationPreferences.Where(p => p.IsOptedIn).Select(p => $"{p.Channel}_{p.Kind}")], c.CommunicationPreferences.Count > 0),
        "preference" when f.Operator is FilterOperator.Is or FilterOperator.Not => c.Preferences.Any(p => f.Values[0] == $"{p.Type}/{p.Key}" || f.Values[0] == $"{p.Type}/{p.Key}={p.Value}") == (f.Operator == FilterOperator.Is),
        "preference" => Related(f, [.. c.Preferences.Select(p => $"{p.Type}/{p.Key}={p.Value}")], v => v),
        "has_contact_hours" => c.ContactFrom is not null == (f.Operator == FilterOperator.Yes),
        "has_contacts" => c.ContactPersons.Count > 0 == (f.Operator == FilterOperator.Yes),
        "relationship" => Tied(f, [.. c.Relationships.Where(r => r.Other!.DeletedAt is null).Select(r => r.Kind), .. c.RelationshipsOfOthers.Where(r => r.Customer!.DeletedAt is null).Select(r => Relationship.ConverseOf(r.Kind))]),
        "important_day" => f.Operator switch
        {
            FilterOperator.Present or FilterOperator.Empty => c.ImportantDates.Count > 0 == (f.Operator == FilterOperator.Present),
            _ => c.ImportantDates.Any(d => d.IsYearly ? d.Day <= Last(f, now) && OnBirthday(f, d.Day, now) : OnDay(f, d.Day, now)),
        },
        "important_day_label" => Related(f, [.. c.ImportantDates.Select(d => d.Label)], v => v),
        "has_documents" => c.Documents.Any(d => d.DeletedAt is null) == (f.Operator == FilterOperator.Yes),
        "document_kind" => Among(f, [.. c.Documents.Where(d => d.DeletedAt is null).Select(d => d.Kind.ToString())]),
        "document_status" => Among(f, [.. c.Documents.Where(d => d.DeletedAt is null).Select(d => d.Status.ToString())]),
        "document_expires" when f.Operator == FilterOperator.Empty => c.Documents.All(d => d.DeletedAt is not null || d.ExpiresOn is null),
        "document_expires" => c.Documents.Any(d => d.DeletedAt is null && OnDay(f, d.ExpiresOn, now)),
        "has_notes" => c.Notes.Any(n => !n.IsPrivate) == (f.Operator == FilterOperator.Yes),
        "has_pinned_notes" => c.Notes.Any(n => n is { IsPinned: true, IsPrivate: false }) == (f.Operator == FilterOperator.Yes),
        "agent" => Related(f, [], v => v),
        "state" => Related(f, [.. c.Addresses.Select(a => a.State).OfType<string>()], v => v),
        "postal_code" => Related(f, [.. c.Addresses.Select(a => a.PostalCode).OfType<string>()], v => v.ToUpperInvariant()),
        "time_zone" => Compare(f, c.TimeZone, v => v),
        "first_contact" => At(f, c.FirstContactAt, now),
        "date_of_birth" => OnDay(f, c.DateOfBirth, now),
        "birthday" => OnBirthday(f, c.DateOfBirth, now),
        "field.motto" => Compare(f, Own(c, "motto")?.Text is { } motto ? SearchText.Fold(motto) : null, SearchText.Fold),
        "field.size" => Figures(f, Own(c, "size")?.Number / 10_000m),
        "field.since" => OnDay(f, Own(c, "since")?.Day, now),
        "field.colour" => f.Values.Any(v => v == Own(c, "colour")?.Text) == (f.Operator == FilterOperator.Any),
        "field.member" => Own(c, "member")?.IsYes == (f.Operator == FilterOperator.Yes),
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
        "points" => Figures(f, c.Points),
        "tier" => f.Operator switch
        {
            FilterOperator.Present or FilterOperator.Empty => c.Tier is not null == (f.Operator == FilterOperator.Present),
            _ => (c.Tier is not null && f.Values.Contains(c.Tier)) == (f.Operator == FilterOperator.Any),
        },
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

    private static CustomFieldValue? Own(Customer c, string key) => c.CustomFields.FirstOrDefault(v => v.Field!.Key == key);

    private static bool OnDay(FilterCondition f, DateOnly? day, DateTimeOffset now)
    {
        if (f.Operator is FilterOperator.Present or FilterOperator.Empty) return day is not null == (f.Operator == FilterOperator.Present);
        if (day is not { } value) return false;
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Zone).DateTime);
        return f.Operator switch
        {
            FilterOperator.Last => value >= today.AddDays(-int.Parse(f.Values[0], CultureInfo.InvariantCulture)) && value <= today,
            FilterOperator.Older => value < today.AddDays(-int.Parse(f.Values[0], CultureInfo.InvariantCulture)),
            FilterOperator.Next => value >= today && value <= today.AddDays(int.Parse(f.Values[0], CultureInfo.InvariantCulture)),
            FilterOperator.Before => value < DateOnly.Parse(f.Values[0], CultureInfo.InvariantCulture),
            FilterOperator.After => value > DateOnly.Parse(f.Values[0], CultureInfo.InvariantCulture),
            _ => value >= DateOnly.Parse(f.Values[0], CultureInfo.InvariantCulture) && value <= DateOnly.Parse(f.Values[1], CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Day by day: the 29th of February is kept on the 28th in years that have none.</summary>
    private static bool OnBirthday(FilterCondition f, DateOnly? born, DateTimeOffset now)
    {
        if (f.Operator is FilterOperator.Present or FilterOperator.Empty) return born is not null == (f.Operator == FilterOperator.Present);
        if (born is not { } birth) return false;
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Zone).DateTime);
        var days = int.Parse(f.Values[0], CultureInfo.InvariantCulture);
        return Enumerable.Range(0, days + 1).Select(i => today.AddDays(f.Operator == FilterOperator.Next ? i : -i))
            .Any(d => d.Month == birth.Month && d.Day == Math.Min(birth.Day, DateTime.DaysInMonth(d.Year, d.Month)));
    }

    private static bool OneOf<T>(FilterCondition f, T value)
        where T : struct, Enum => f.Values.Any(v => v.Equals(value.ToString(), StringComparison.OrdinalIgnoreCase)) == (f.Operator == FilterOperator.Any);

    private static bool Among(FilterCondition f, List<string> values, bool? isPresent = null) => f.Operator switch
    {
        FilterOperator.Present or FilterOperator.Empty => (isPresent ?? values.Count > 0) == (f.Operator == FilterOperator.Present),
        _ => f.Values.Any(v => values.Contains(v, StringComparer.OrdinalIgnoreCase)) == (f.Operator == FilterOperator.Any),
    };

    private static bool Tied(FilterCondition f, List<RelationshipKind> kinds) => Among(f, [.. kinds.Select(k => k.ToString())]);

    /// <summary>Beginnings are folded; whole names are as they are written.</summary>
    private static bool Name(FilterCondition f, string? name) =>
        f.Operator == FilterOperator.Starts ? name is not null && SearchText.Fold(name).StartsWith(SearchText.Fold(f.Values[0]), StringComparison.Ordinal) : Compare(f, name, v => v);

    private static DateOnly Last(FilterCondition f, DateTimeOffset now) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Zone).DateTime).AddDays(f.Operator == FilterOperator.Next ? int.Parse(f.Values[0], CultureInfo.InvariantCulture) : 0);

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
            FilterOperator.Last => day >= today.AddDays(-int.Parse(f.Values[0], CultureInfo.InvariantCulture)) && day <= today,
            FilterOperator.Older => day < today.AddDays(-int.Parse(f.Values[0], CultureInfo.InvariantCulture)),
            FilterOperator.Next => day >= today && day <= today.AddDays(int.Parse(f.Values[0], CultureInfo.InvariantCulture)),
            FilterOperator.Before => day < Parse(f.Values[0]),
            FilterOperator.After => day > Parse(f.Values[0]),
            _ => day >= Parse(f.Values[0]) && day <= Parse(f.Values[1]),
        };

        static DateOnly Parse(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static Task SeedAsync(TestServices data, Random random, int count) => data.WriteAsync(db =>
    {
        var own = OwnFields.Select(f => new CustomField { Key = f.Key, Label = f.Label, Type = f.Type, ChoiceLines = string.Join('\n', f.Choices) }).ToList();
        db.CustomFields.AddRange(own);
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
            if (random.Next(4) == 0) customer.Block(Pick(random, Reasons));
            else if (random.Next(4) == 0) customer.Deactivate(Pick(random, [null, .. Reasons]));
            if (random.Next(6) == 0) customer.PreferredName = Pick(random, ["Zed", "zed"]);
            if (random.Next(3) == 0) customer.LoyaltyCard = $"C-{i}";
            if (random.Next(2) == 0) (customer.ContactFrom, customer.ContactUntil) = (new TimeOnly(9, 0), new TimeOnly(17, 0));
            if (random.Next(3) == 0) customer.ContactPersons.Add(new ContactPerson { GivenName = "Sam" });
            foreach (var wish in (Channel[])[Channel.Email, Channel.Sms])
                if (random.Next(2) == 0) customer.CommunicationPreferences.Add(new CommunicationPreference { Channel = wish, Kind = Pick(random, Enum.GetValues<MessageKind>()), IsOptedIn = random.Next(3) > 0 });
            if (random.Next(2) == 0) customer.Preferences.Add(new Preference { Type = "delivery", Key = "day", Value = Pick(random, ["Friday", "Monday"]) });
            if (random.Next(2) == 0) customer.Preferences.Add(new Preference { Type = "size", Key = "shoe", Value = Pick(random, ["42", "43"]) });
            for (var days = random.Next(3); days > 0; days--)
                customer.ImportantDates.Add(new ImportantDate { Label = Pick(random, Occasions), Day = random.Next(8) == 0 ? new DateOnly(2024, 2, 29) : new DateOnly(2024, 1, 1).AddDays(random.Next(1500)), IsYearly = random.Next(2) == 0 });
            for (var files = random.Next(3); files > 0; files--)
                customer.Documents.Add(new Document
                {
                    Name = "x.pdf", ContentType = "application/pdf", Hash = "x", StoredName = "x", WrappedKey = "x", Kind = Pick(random, Enum.GetValues<DocumentKind>()), Status = Pick(random, Enum.GetValues<DocumentStatus>()),
                    ExpiresOn = random.Next(3) == 0 ? null : new DateOnly(2025, 3, 1).AddDays(random.Next(700)), DeletedAt = random.Next(4) == 0 ? data.Clock.GetUtcNow() : null,
                });
            customer.Country = Pick(random, [null, null, "GB", "DE"]);
            customer.Subscription = Pick(random, Enum.GetValues<SubscriptionState>());
            customer.TimeZone = Pick(random, [null, "Europe/Paris", "UTC"]);
            (customer.EmailMarketing, customer.SmsMarketing) = (random.Next(2) == 0, random.Next(2) == 0);
            if (random.Next(2) == 0) customer.EmailVerifiedAt = data.Clock.GetUtcNow();
            if (random.Next(2) == 0) customer.PhoneVerifiedAt = data.Clock.GetUtcNow();
            if (random.Next(2) == 0) customer.FirstContactAt = data.Clock.GetUtcNow().AddHours(-random.Next(9000));
            if (random.Next(4) > 0) customer.DateOfBirth = random.Next(6) == 0 ? new DateOnly(1992, 2, 29) : new DateOnly(1960, 1, 1).AddDays(random.Next(15_000));
            if (random.Next(2) == 0) customer.Notes.Add(new Note { Text = "x", CreatedAt = data.Clock.GetUtcNow(), IsPinned = random.Next(2) == 0, IsPrivate = random.Next(3) == 0 });
            if (random.Next(2) == 0) customer.CustomFields.Add(Text(own[0], Pick(random, ["Carpe diem", "Per aspera ad astra", "100 %"])));
            if (random.Next(2) == 0) customer.CustomFields.Add(new CustomFieldValue { Field = own[1], Number = random.Next(-4, 12) * 125_000 });
            if (random.Next(2) == 0) customer.CustomFields.Add(new CustomFieldValue { Field = own[2], Day = new DateOnly(2025, 3, 1).AddDays(random.Next(500)) });
            if (random.Next(2) == 0) customer.CustomFields.Add(Text(own[3], Pick(random, ["Red", "Blue"])));
            if (random.Next(2) == 0) customer.CustomFields.Add(new CustomFieldValue { Field = own[4], IsYes = random.Next(2) == 0 });
            if (random.Next(3) > 0)
            {
                (customer.OrderCount, customer.TotalSpent, customer.AverageOrder) = (random.Next(1, 5), random.Next(-4, 12) * 1250, random.Next(-4, 12) * 1250);
                (customer.FirstOrderAt, customer.LastOrderAt) = (data.Clock.GetUtcNow().AddHours(-random.Next(9000)), data.Clock.GetUtcNow().AddHours(-random.Next(9000)));
            }

            (customer.Points, customer.Tier) = (random.Next(-4, 12) * 125, Pick(random, [null, "bronze", "silver", "gold"]));
            customer.SetVip(random.Next(3) == 0, Pick(random, [null, .. Reasons]), null, data.Clock.GetUtcNow());
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

    /// <summary>Ties some of the customers to each other and to one who lies in the trash.</summary>
    private static Task RelateAsync(TestServices data, Random random) => data.WriteAsync(async db =>
    {
        var ids = await db.Customers.OrderBy(c => c.Id).Select(c => c.Id).ToListAsync();
        var gone = TestCustomers.Make(ids.Count, data.Clock.GetUtcNow());
        gone.MoveToTrash(data.Clock.GetUtcNow());
        db.Customers.Add(gone);
        await db.SaveChangesAsync();
        for (var i = 0; i < 40; i += 2)
        {
            var (one, other) = (ids[i], i % 10 == 0 ? gone.Id : ids[i + 1]);
            if (random.Next(2) == 0) (one, other) = (other, one);
            db.Relationships.Add(new Relationship { CustomerId = one, OtherId = other, Kind = Pick(random, Enum.GetValues<RelationshipKind>()) });
        }
    });

    private static CustomFieldValue Text(CustomField field, string text) => new() { Field = field, Text = text, TextKey = CustomFieldWriter.KeyOf(text) };
}
