using System.Globalization;
using System.Linq.Expressions;
using System.Text.Json;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Core.Customers;

/// <summary>What a column of an export reads that is not in the customer's own row.</summary>
internal enum CustomerPart { Own, Tags, City, Country, AddedField, Note }

/// <summary>A column of the list in its exports.</summary>
/// <param name="Key">As in the address of the list.</param>
/// <param name="Title">The English heading.</param>
/// <param name="Value">What is read of the customer, or null where only <see cref="Part"/> says where it comes from.</param>
internal sealed record CustomerExportColumn(string Key, string Title, ExportKind Kind, int Width,
    Expression<Func<Customer, object?>>? Value)
{
    public CustomerPart Part { get; init; }

    /// <summary>The field that the shop added, for a column of such a one; its label is the heading.</summary>
    public CustomField? Field { get; init; }

    /// <summary>Whether it stays blank for those who may not see e-mails and phones.</summary>
    public bool IsSensitive { get; init; }

    /// <summary>What those read instead of <see cref="Value"/>.</summary>
    public Expression<Func<Customer, object?>>? MaskedValue { get; init; }

    /// <summary>What is written where a customer has nothing of <see cref="Part"/>.</summary>
    public object? Otherwise { get; init; }

    /// <summary>Makes a machine's value of what was read.</summary>
    public Func<object, object>? Converted { get; init; }

    /// <summary>Whether a value stays in one line of a document, as numbers do.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Whether a document closes with its sum.</summary>
    public bool IsSummed { get; init; }

    /// <param name="currency">The shop's base currency.</param>
    public ExportColumn For(ExportAudience audience, string currency)
    {
        var column = new ExportColumn(Key, Field is null ? audience.Title(Title) : Title, Kind, Width)
        {
            Currency = Kind == ExportKind.Money ? currency : null, Show = Kind == ExportKind.Choice
                ? value => audience.Choice(Key, value) : null, IsSummed = IsSummed,
        };
        return IsWhole ? column with { IsWhole = true } : column;
    }
}

/// <summary>The columns of the customer list that can be exported: one line for each.</summary>
internal static class CustomerExportColumns
{
    public static readonly IReadOnlyList<CustomerExportColumn> All =
    [
        new("number", "Number", ExportKind.Text, 21, c => c.Number) { IsWhole = true },
        new("name", "Name", ExportKind.Text, 24, c => c.DisplayName)
        {
            // As CustomerQueries.Shown: who has no name is not shown by an e-mail or phone that may not be seen.
            MaskedValue = c => c.PreferredName != null || c.GivenName != null || c.FamilyName != null ? c.DisplayName : c.ExternalId
                ?? c.Number,
        },
        new("vip", "VIP", ExportKind.YesNo, 5, c => c.IsVip),
        new("email", "E-mail", ExportKind.Text, 28, c => c.Email) { IsSensitive = true },
        new("phone", "Phone", ExportKind.Phone, 15, c => c.Phone) { IsSensitive = true },
        new("status", "Status", ExportKind.Choice, 10, c => c.Status) { Converted = Name<CustomerStatus>(), IsWhole = true },
        new("tags", "Tags", ExportKind.Words, 20, null) { Part = CustomerPart.Tags },
        new("city", "City", ExportKind.Text, 16, null) { Part = CustomerPart.City },
        new("country", "Country", ExportKind.Choice, 14, c => c.Country) { Part = CustomerPart.Country },
        new("source", "Source", ExportKind.Choice, 12, c => c.Source) { Converted = Name<CustomerSource>() },
        new("language", "Language", ExportKind.Choice, 10, c => c.Language),
        new("orders", "Orders", ExportKind.Number, 8, c => c.OrderCount) { IsSummed = true },
        new("spent", "Spent", ExportKind.Money, 15, c => c.TotalSpent) { IsSummed = true },
        new("average", "Average order", ExportKind.Money, 15, c => c.AverageOrder),
        new("last-order", "Last order", ExportKind.Instant, 16, c => c.LastOrderAt),
        new("points", "Points", ExportKind.Number, 10, c => c.Points) { IsSummed = true },
        new("tier", "Tier", ExportKind.Choice, 10, c => c.Tier),
        new("segment", "RFM segment", ExportKind.Choice, 16, c => (RfmSegment?)c.Score!.Segment) { Converted = Name<RfmSegment>() },
        new("scores", "RFM scores", ExportKind.Text, 10, c => c.Score == null ? null
            : c.Score.Recency + "-" + c.Score.Frequency + "-" + c.Score.Monetary) { IsWhole = true },
        new("expected-value", "Expected value", ExportKind.Money, 15, c => (long?)c.Forecast!.Value) { IsSummed = true },
        new("alive", "Still a customer", ExportKind.Number, 10, c => c.Forecast!.Alive) { Converted = alive => (decimal)(double)alive },
        new("created", "Created", ExportKind.Instant, 16, c => c.CreatedAt),
        new("interaction", "Last interaction", ExportKind.Instant, 16, c => c.LastInteractionAt),
        new("updated", "Last change", ExportKind.Instant, 16, c => c.UpdatedAt),
        new("deleted", "Deleted", ExportKind.Instant, 16, c => c.DeletedAt),
    ];

    /// <summary>
    /// The columns of document 4, by its names and in its order. In JSON the key stands in front, by which programs ask for more.
    /// </summary>
    public static IReadOnlyList<CustomerExportColumn> OfDocument(DateTimeOffset newSince, bool withKey)
    {
        CustomerExportColumn[] columns =
        [
            Named("phoneNumber", ExportKind.Text, c => c.Phone) with
            {
                IsSensitive = true, Converted = phone => ((string)phone).TrimStart('+'),
            },
            Named("firstName", ExportKind.Text, c => c.GivenName), Named("lastName", ExportKind.Text, c => c.FamilyName),
            Named("email", ExportKind.Text, c => c.Email) with { IsSensitive = true },
            Named("status", ExportKind.Choice, c => c.Status) with { Converted = Name<CustomerStatus>() },
            Named("segment", ExportKind.Choice, CustomerKinds.Of(newSince)),
            Named("tags", ExportKind.Words, null) with { Part = CustomerPart.Tags, Otherwise = Array.Empty<string>() },
            Named("notes", ExportKind.Text, null) with { Part = CustomerPart.Note },
            Named("createdAt", ExportKind.Instant, c => c.CreatedAt),
            Named("lastInteraction", ExportKind.Instant, c => c.LastInteractionAt),
        ];
        return withKey ? [Named("_id", ExportKind.Text, c => c.Id) with { Converted = Digits }, .. columns] : columns;

        static CustomerExportColumn Named(string name, ExportKind kind, Expression<Func<Customer, object?>>? value) =>
            new(name, name, kind, 0, value);

        static object Digits(object key) => ((long)key).ToString(CultureInfo.InvariantCulture);
    }

    private static readonly string[] Always = ["number", "name", "vip"];

    /// <summary>
    /// The columns of an export of the list as it is shown: the name with what stands below it, the chosen ones, and in the trash when.
    /// </summary>
    /// <param name="added">The fields that the shop added and that may be seen; a chosen one that is not among them is left out, as on the
    /// screen.</param>
    /// <exception cref="RuleViolationException">There is no such column.</exception>
    public static IReadOnlyList<CustomerExportColumn> Of(IReadOnlyList<string> chosen, bool inTrash, IReadOnlyList<CustomField> added) =>
        [.. Always.Concat(chosen).Concat(inTrash ? ["deleted"] : []).Distinct().Select(key => Find(key, added))
            .OfType<CustomerExportColumn>()];

    private static CustomerExportColumn? Find(string key, IReadOnlyList<CustomField> added)
    {
        if (key.StartsWith(CustomFieldFilters.Prefix, StringComparison.Ordinal))
            return added.Where(f => CustomFieldFilters.Prefix + f.Key == key).Select(Added).FirstOrDefault();
        return All.FirstOrDefault(c => c.Key == key) ?? throw new RuleViolationException("Columns", "There is no column {0}.", key);
    }

    private static CustomerExportColumn Added(CustomField field) => new(CustomFieldFilters.Prefix + field.Key, field.Label,
        KindOf(field.Type), field.Type is CustomFieldType.Text or CustomFieldType.Choice ? 20 : 12, null)
    {
        Part = CustomerPart.AddedField, Field = field,
    };

    private static ExportKind KindOf(CustomFieldType type) => type switch
    {
        CustomFieldType.Number => ExportKind.Number,
        CustomFieldType.Date => ExportKind.Date,
        CustomFieldType.YesNo => ExportKind.YesNo,
        _ => ExportKind.Text,
    };

    /// <summary>A choice's name as programs write it, made once and not for each row.</summary>
    private static Func<object, object> Name<T>()
        where T : struct, Enum
    {
        var names = Enum.GetValues<T>().ToDictionary(v => v, v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));
        return value => names[(T)value];
    }
}
