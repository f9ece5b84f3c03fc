using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Platform.Search;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

/// <content>What filters mean, in plain C#, and the customers on whom that is tried.</content>
public sealed partial class CustomerFilterTests
{
    private static readonly CustomFieldDetails[] OwnFields =
    [
        new(1, "motto", "Motto", CustomFieldType.Text, [], false, false, 1),
            new(2, "size", "Size", CustomFieldType.Number, [], false, false, 2),
            new(3, "since", "Since", CustomFieldType.Date, [], false, false, 3),
        new(4, "colour", "Colour", CustomFieldType.Choice, ["Red", "Blue"], false, false, 4),
            new(5, "member", "Member", CustomFieldType.YesNo, [], false, false, 5),
    ];

    private static readonly IReadOnlyList<FilterField> Fields = [.. CustomerFilters.With(OwnFields).Fields
        .Where(f => f.Name is not (CustomerFilters.Segment or CustomerFilters.Group)
            // What tickets and orders say has tests of its own.
            && f.Permission != Permissions.TicketsWork && !f.Name.StartsWith("bought_", StringComparison.Ordinal))];

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
            FilterOperator.Between => [Figure(random, field), Figure(random, field)],
            FilterOperator.Less or FilterOperator.More => [Figure(random, field)],
            FilterOperator.Is when field.Type is FilterFieldType.Number or FilterFieldType.Amount or FilterFieldType.Fraction =>
                [Figure(random, field)],
            FilterOperator.Any or FilterOperator.All or FilterOperator.None => [.. Enumerable.Range(0, random.Next(1, 3))
                .Select(_ => field.Type == FilterFieldType.Tags ? Pick(random, TagNames).ToUpperInvariant() : Pick(random, field.Choices))],
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

    private static string Figure(Random random, FilterField field) =>
        field.Name == "age" ? random.Next(-1, 70).ToString(CultureInfo.InvariantCulture)
        : field.Type == FilterFieldType.Number ? random.Next(-1, 6).ToString(CultureInfo.InvariantCulture) : (random.Next(-4, 12) * 12.5m)
            .ToString(CultureInfo.InvariantCulture);

    private static string Day(Random random) => new DateOnly(2025, 3, 1).AddDays(random.Next(400))
        .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

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
        "wanted_messages" => Among(f, [.. c.CommunicationPreferences.Where(p => p.IsOptedIn).Select(p => $"{p.Channel}_{p.Kind}")],
            c.CommunicationPreferences.Count > 0),
        "preference" when f.Operator is FilterOperator.Is or FilterOperator.Not => c.Preferences.Any(p => f.Values[0] == $"{p.Type}/{p.Key}"
            || f.Values[0] == $"{p.Type}/{p.Key}={p.Value}") == (f.Operator == FilterOperator.Is),
        "preference" => Related(f, [.. c.Preferences.Select(p => $"{p.Type}/{p.Key}={p.Value}")], v => v),
        "has_contact_hours" => c.ContactFrom is not null == (f.Operator == FilterOperator.Yes),
        "has_contacts" => c.ContactPersons.Count > 0 == (f.Operator == FilterOperator.Yes),
        "relationship" =>
            Tied(f, [.. c.Relationships.Where(r => r.Other!.DeletedAt is null).Select(r => r.Kind),
            .. c.RelationshipsOfOthers.Where(r => r.Customer!.DeletedAt is null).Select(r => Relationship.ConverseOf(r.Kind))]),
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
        "age" => Figures(f, AgeOf(c.DateOfBirth, now)),
        "engagement" => f.Values.Contains(EngagementOf(c, now)) == (f.Operator == FilterOperator.Any),
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
        "country" => Related(f, [.. c.Addresses.Select(a => a.Country), .. c.Country is { } country ? [country] : Array.Empty<string>()],
            v => v.ToUpperInvariant()),
        "orders" => Figures(f, c.OrderCount),
        "spent" => Figures(f, c.TotalSpent / 100m),
        "points" => Figures(f, c.Points),
        "tier" => f.Operator switch
        {
            FilterOperator.Present or FilterOperator.Empty => c.Tier is not null == (f.Operator == FilterOperator.Present),
            _ => (c.Tier is not null && f.Values.Contains(c.Tier)) == (f.Operator == FilterOperator.Any),
        },
        "average_order" => Figures(f, c.AverageOrder / 100m),
        "rfm_segment" => Among(f, c.Score is { } scored ? [RfmSegments.CodeOf(scored.Segment)] : []),
        "recency_score" => Figures(f, c.Score?.Recency),
        "frequency_score" => Figures(f, c.Score?.Frequency),
        "monetary_score" => Figures(f, c.Score?.Monetary),
        "expected_value" => Figures(f, c.Forecast?.Value / 100m),
        "alive" => Figures(f, (decimal?)c.Forecast?.Alive),
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

    /// <summary>Counted birthday by birthday; who was born on a 29th of February has it on the 1st of March of other years.</summary>
    private static int? AgeOf(DateOnly? born, DateTimeOffset now)
    {
        if (born is not { } day) return null;
        var (today, age) = (DateOnly.FromDateTime(now.UtcDateTime), -1);
        for (var year = day.Year; year <= today.Year; year++)
        {
            var birthday = day is { Month: 2, Day: 29 } && !DateTime.IsLeapYear(year)
                ? new DateOnly(year, 3, 1) : new DateOnly(year, day.Month, day.Day);
            if (birthday <= today) age++;
        }

        return age;
    }

    private static string EngagementOf(Customer c, DateTimeOffset now)
    {
        var today = now.UtcDateTime.Date;
        if ((c.FirstContactAt ?? c.CreatedAt).UtcDateTime >= today.AddDays(-30)) return "new";
        return c.LastInteractionAt.UtcDateTime >= today.AddDays(-90) ? "active" : "dormant";
    }

    private static CustomFieldValue? Own(Customer c, string key) => c.CustomFields.FirstOrDefault(v => v.Field!.Key == key);

    private static bool OnDay(FilterCondition f, DateOnly? day, DateTimeOffset now)
    {
        if (f.Operator is FilterOperator.Present or FilterOperator.Empty) return day is not null == (f.Operator == FilterOperator.Present);
        if (day is not { } value) return false;
        var today = Zone.DayOf(now);
        return f.Operator switch
        {
            FilterOperator.Last => value >= today.AddDays(-int.Parse(f.Values[0], CultureInfo.InvariantCulture)) && value <= today,
            FilterOperator.Older => value < today.AddDays(-int.Parse(f.Values[0], CultureInfo.InvariantCulture)),
            FilterOperator.Next => value >= today && value <= today.AddDays(int.Parse(f.Values[0], CultureInfo.InvariantCulture)),
            FilterOperator.Before => value < DateOnly.Parse(f.Values[0], CultureInfo.InvariantCulture),
            FilterOperator.After => value > DateOnly.Parse(f.Values[0], CultureInfo.InvariantCulture),
            _ => value >= DateOnly.Parse(f.Values[0], CultureInfo.InvariantCulture)
                && value <= DateOnly.Parse(f.Values[1], CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Day by day: the 29th of February is kept on the 28th in years that have none.</summary>
    private static bool OnBirthday(FilterCondition f, DateOnly? born, DateTimeOffset now)
    {
        if (f.Operator is FilterOperator.Present or FilterOperator.Empty) return born is not null == (f.Operator == FilterOperator.Present);
        if (born is not { } birth) return false;
        var today = Zone.DayOf(now);
        var days = int.Parse(f.Values[0], CultureInfo.InvariantCulture);
        return Enumerable.Range(0, days + 1).Select(i => today.AddDays(f.Operator == FilterOperator.Next ? i : -i))
            .Any(d => d.Month == birth.Month && d.Day == Math.Min(birth.Day, DateTime.DaysInMonth(d.Year, d.Month)));
    }

    private static bool OneOf<T>(FilterCondition f, T value)
        where T : struct,
            Enum => f.Values.Any(v => v.Equals(value.ToString(), StringComparison.OrdinalIgnoreCase)) == (f.Operator == FilterOperator.Any);

    private static bool Among(FilterCondition f, List<string> values, bool? isPresent = null) => f.Operator switch
    {
        FilterOperator.Present or FilterOperator.Empty => (isPresent ?? values.Count > 0) == (f.Operator == FilterOperator.Present),
        _ => f.Values.Any(v => values.Contains(v, StringComparer.OrdinalIgnoreCase)) == (f.Operator == FilterOperator.Any),
    };

    private static bool Tied(FilterCondition f, List<RelationshipKind> kinds) => Among(f, [.. kinds.Select(k => k.ToString())]);

    /// <summary>Beginnings are folded; whole names are as they are written.</summary>
    private static bool Name(FilterCondition f, string? name) =>
        f.Operator == FilterOperator.Starts ? name is not null && SearchText.Fold(name)
            .StartsWith(SearchText.Fold(f.Values[0]), StringComparison.Ordinal) : Compare(f, name, v => v);

    private static DateOnly Last(FilterCondition f, DateTimeOffset now) =>
        Zone.DayOf(now).AddDays(f.Operator == FilterOperator.Next ? int.Parse(f.Values[0], CultureInfo.InvariantCulture) : 0);

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
        if (f.Operator is FilterOperator.Present or FilterOperator.Empty)
            return instant is not null == (f.Operator == FilterOperator.Present);
        if (instant is not { } value) return false;
        var day = Zone.DayOf(value);
        var today = Zone.DayOf(now);
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
        var own = OwnFields
            .Select(f => new CustomField { Key = f.Key, Label = f.Label, Type = f.Type, ChoiceLines = string.Join('\n', f.Choices) })
            .ToList();
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
                if (random.Next(2) == 0)
                    customer.CommunicationPreferences
                    .Add(new CommunicationPreference { Channel = wish, Kind = Pick(random, Enum.GetValues<MessageKind>()),
                    IsOptedIn = random.Next(3) > 0 });
            if (random.Next(2) == 0)
                customer.Preferences.Add(new Preference { Type = "delivery", Key = "day", Value = Pick(random, ["Friday", "Monday"]) });
            if (random.Next(2) == 0)
                customer.Preferences.Add(new Preference { Type = "size", Key = "shoe", Value = Pick(random, ["42", "43"]) });
            for (var days = random.Next(3); days > 0; days--)
                customer.ImportantDates
                    .Add(new ImportantDate { Label = Pick(random, Occasions), Day = random.Next(8) == 0
                    ? new DateOnly(2024, 2, 29) : new DateOnly(2024, 1, 1).AddDays(random.Next(1500)), IsYearly = random.Next(2) == 0 });
            for (var files = random.Next(3); files > 0; files--)
                customer.Documents.Add(new Document
                {
                    Name = "x.pdf", ContentType = "application/pdf", Hash = "x", StoredName = "x", WrappedKey = "x",
                        Kind = Pick(random, Enum.GetValues<DocumentKind>()), Status = Pick(random, Enum.GetValues<DocumentStatus>()),
                    ExpiresOn = random.Next(3) == 0 ? null : new DateOnly(2025, 3, 1).AddDays(random.Next(700)),
                        DeletedAt = random.Next(4) == 0 ? data.Clock.GetUtcNow() : null,
                });
            customer.Country = Pick(random, [null, null, "GB", "DE"]);
            customer.Subscription = Pick(random, Enum.GetValues<SubscriptionState>());
            customer.TimeZone = Pick(random, [null, "Europe/Paris", "UTC"]);
            (customer.EmailMarketing, customer.SmsMarketing) = (random.Next(2) == 0, random.Next(2) == 0);
            if (random.Next(2) == 0) customer.EmailVerifiedAt = data.Clock.GetUtcNow();
            if (random.Next(2) == 0) customer.PhoneVerifiedAt = data.Clock.GetUtcNow();
            if (random.Next(2) == 0) customer.FirstContactAt = data.Clock.GetUtcNow().AddHours(-random.Next(9000));
            if (random.Next(4) > 0) customer.DateOfBirth = random.Next(6) == 0 ? new DateOnly(1992, 2, 29) : new DateOnly(1960, 1, 1)
                .AddDays(random.Next(15_000));
            if (random.Next(2) == 0)
                customer.Notes
                .Add(new Note { Text = "x", CreatedAt = data.Clock.GetUtcNow(), IsPinned = random.Next(2) == 0,
                IsPrivate = random.Next(3) == 0 });
            if (random.Next(2) == 0) customer.CustomFields.Add(Text(own[0], Pick(random, ["Carpe diem", "Per aspera ad astra", "100 %"])));
            if (random.Next(2) == 0)
                customer.CustomFields.Add(new CustomFieldValue { Field = own[1], Number = random.Next(-4, 12) * 125_000 });
            if (random.Next(2) == 0)
                customer.CustomFields
                .Add(new CustomFieldValue { Field = own[2], Day = new DateOnly(2025, 3, 1).AddDays(random.Next(500)) });
            if (random.Next(2) == 0) customer.CustomFields.Add(Text(own[3], Pick(random, ["Red", "Blue"])));
            if (random.Next(2) == 0) customer.CustomFields.Add(new CustomFieldValue { Field = own[4], IsYes = random.Next(2) == 0 });
            if (random.Next(3) > 0)
            {
                (customer.OrderCount, customer.TotalSpent, customer.AverageOrder) = (random.Next(1, 5), random.Next(-4, 12) * 1250,
                    random.Next(-4, 12) * 1250);
                (customer.FirstOrderAt, customer.LastOrderAt) = (data.Clock.GetUtcNow().AddHours(-random.Next(9000)), data.Clock.GetUtcNow()
                    .AddHours(-random.Next(9000)));
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
            db.Relationships
                .Add(new Relationship { CustomerId = one, OtherId = other, Kind = Pick(random, Enum.GetValues<RelationshipKind>()) });
        }
    });

    private static CustomFieldValue Text(CustomField field, string text) =>
        new() { Field = field, Text = text, TextKey = CustomFieldWriter.KeyOf(text) };
}
