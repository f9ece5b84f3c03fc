using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>Proposes how a file is imported: as one with the same header was the last time, else by names and values.</summary>
internal static class PlanProposer
{
    private const int LongestPrefix = 3;

    public static string HeaderHash(FileProfile profile) =>
        Convert.ToHexStringLower(SHA256
            .HashData(Encoding.UTF8.GetBytes(string.Join('\n', profile.Columns.Select(c => c.Name.Trim().ToLowerInvariant())))));

    /// <summary>Whether the columns look like order lines rather than like customers.</summary>
    public static ImportKind Kind(FileProfile profile) =>
        FileUnderstanding.AreOrders(profile) ? ImportKind.Orders : ImportKind.Customers;

    public static ImportPlan Propose(ImportKind kind, IReadOnlyList<ImportField> fields, FileProfile profile, ShopOptions shop) =>
        Propose(kind, fields, profile, shop, FileUnderstanding.Of(kind, fields, profile).Columns);

    /// <summary>
    /// A plan that was made for an earlier file with the same headings, as far as it fits the values of this one; what does not is
    /// proposed anew.
    /// </summary>
    public static ImportPlan Again(ImportPlan remembered, ImportKind kind, IReadOnlyList<ImportField> fields, FileProfile profile,
        ShopOptions shop)
    {
        // A field of the shop's own may be offered no more since.
        var columns = remembered.Columns.Where(c => c.Value < profile.Columns.Count && fields.Any(f => f.Name == c.Key)).ToDictionary();
        var proposed = Propose(kind, fields, profile, shop, columns);
        return remembered with
        {
            Columns = columns, Match = CanMatch(remembered.Match, columns) ? remembered.Match : proposed.Match,
            DateFormat = Reads(remembered.DateFormat) ? remembered.DateFormat : proposed.DateFormat,
            IsDecimalComma = Numbers(columns, fields, profile).Exists(n => n.IsNumber != n.IsCommaNumber) ? proposed.IsDecimalComma
                : remembered.IsDecimalComma,
        };

        bool Reads(string format) => Dates(columns, fields, profile).TrueForAll(d => d.DateFormats.Count == 0
            || d.DateFormats.Contains(format));
    }

    /// <summary>What follows from columns that are known.</summary>
    public static ImportPlan Propose(
        ImportKind kind, IReadOnlyList<ImportField> fields, FileProfile profile, ShopOptions shop, IReadOnlyDictionary<string, int> columns)
    {
        var numbers = Numbers(columns, fields, profile);
        return new()
        {
            Columns = columns,
            Match = Match(kind, columns),
            DateFormat = DateFormat(Dates(columns, fields, profile), shop),
            IsDecimalComma = numbers.Exists(n => n is { IsNumber: false, IsCommaNumber: true }),
            RefundPrefix = kind == ImportKind.Orders && columns.TryGetValue(ImportFields.Quantity, out var quantity)
                && profile.Columns[quantity].HasNegative ? "C" : "",
        };
    }

    /// <summary>Refuses a plan that cannot work, one sentence for each fault.</summary>
    /// <exception cref="RuleViolationException">Something that is needed is missing.</exception>
    public static void Demand(ImportKind kind, IReadOnlyList<ImportField> fields, ImportPlan plan, FileProfile profile)
    {
        var errors = new List<FieldError>();
        var known = fields.Select(f => f.Name).ToHashSet();
        if (plan.Columns.Any(c => !known.Contains(c.Key) || c.Value < 0 || c.Value >= profile.Columns.Count))
            errors.Add(new("Columns", "A column is mapped to an unknown field."));
        if (plan.Columns.Values.Distinct().Count() < plan.Columns.Count) errors.Add(new("Columns", "One column is mapped to two fields."));
        if (plan.DateFormat.Length == 0) errors.Add(new("DateFormat",
            "Choose the date format: every date in the file could have the day or the month first."));
        else if (!ValueReader.DateFormats.Contains(plan.DateFormat)) errors.Add(new("DateFormat", "Choose the date format."));
        if (plan.RefundPrefix.Length > LongestPrefix)
            errors.Add(new("RefundPrefix", "The refund number prefix can have at most {0} characters.", LongestPrefix));
        if (plan.Currency.Length > 0 && !IsoCodes.Currencies.Contains(plan.Currency))
            errors.Add(new("Currency", "This is not a currency code, such as EUR."));
        if (plan.TimeZone.Length > 0 && !LocalZone.IsKnown(plan.TimeZone))
            errors.Add(new("TimeZone", "There is no such time zone; write it as Europe/London."));
        if (kind == ImportKind.Orders)
        {
            if (!plan.Columns.ContainsKey(ImportFields.Order)) errors.Add(new("Columns", "Choose the column with the order number."));
            if (!plan.Columns.ContainsKey(ImportFields.Date)) errors.Add(new("Columns", "Choose the column with the date."));
            // A report without lines says what an order came to.
            if (!plan.Columns.ContainsKey(ImportFields.OrderTotal)) DemandLines(plan, errors);
        }
        else if (!plan.Columns.Keys
            .Any(k => k is ImportFields.GivenName or ImportFields.FamilyName or ImportFields.FullName or ImportFields.Email
                or ImportFields.Phone or ImportFields.ExternalId or ImportFields.Number))
        {
            errors.Add(new("Columns", "Choose the column with a name, an e-mail, a phone, an external id or a customer number."));
        }

        var namesCustomers = plan.Columns.Keys.Any(IsKey);
        if (!CanMatch(plan.Match, plan.Columns) && (kind == ImportKind.Orders ? namesCustomers : plan.Mode == ImportMode.Update))
            errors.Add(new("Match", "No column contains the field that customers are matched by."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
    }

    private static void DemandLines(ImportPlan plan, List<FieldError> errors)
    {
        if (!plan.Columns.ContainsKey(ImportFields.Product) && !plan.Columns.ContainsKey(ImportFields.Description))
            errors.Add(new("Columns", "Choose the column with the product code."));
        if (!plan.Columns.ContainsKey(ImportFields.Quantity)) errors.Add(new("Columns", "Choose the column with the quantity."));
        if (!plan.Columns.ContainsKey(ImportFields.UnitPrice) && !plan.Columns.ContainsKey(ImportFields.LineTotal))
            errors.Add(new("Columns", "Choose the column with the unit price."));
    }

    public static string FieldOf(MatchKey match) => match switch
    {
        MatchKey.Number => ImportFields.Number,
        MatchKey.Email => ImportFields.Email,
        MatchKey.Phone => ImportFields.Phone,
        MatchKey.Name => ImportFields.FullName,
        _ => ImportFields.ExternalId,
    };

    /// <summary>Whether customers can be matched by what some columns hold.</summary>
    public static bool CanMatch(MatchKey match, IReadOnlyDictionary<string, int> columns) => columns.ContainsKey(FieldOf(match))
        || (match == MatchKey.Name && (columns.ContainsKey(ImportFields.GivenName) || columns.ContainsKey(ImportFields.FamilyName)));

    /// <summary>Whether customers can be matched by a field; a name alone may also be left to nobody.</summary>
    private static bool IsKey(string field) => Enum.GetValues<MatchKey>().Any(m => m != MatchKey.Name && FieldOf(m) == field);

    /// <summary>The best column for matching customers.</summary>
    /// <remarks>By the name only orders are given to somebody, and only where there is nothing else: names are shared, but a report
    /// that names nobody otherwise would leave every order without a buyer.</remarks>
    public static MatchKey Match(ImportKind kind, IReadOnlyDictionary<string, int> columns) =>
        columns.ContainsKey(ImportFields.Number) ? MatchKey.Number
        : columns.ContainsKey(ImportFields.ExternalId) ? MatchKey.ExternalId
        : columns.ContainsKey(ImportFields.Email) ? MatchKey.Email
        : columns.ContainsKey(ImportFields.Phone) ? MatchKey.Phone
        : kind == ImportKind.Orders && CanMatch(MatchKey.Name, columns) ? MatchKey.Name : MatchKey.ExternalId;

    private static HashSet<string> OwnOf(IReadOnlyList<ImportField> fields, CustomFieldType type) =>
        [.. fields.Where(f => f.OwnType == type).Select(f => f.Name)];

    private static List<ColumnProfile> Numbers(IReadOnlyDictionary<string, int> columns, IReadOnlyList<ImportField> fields,
        FileProfile profile)
    {
        var own = OwnOf(fields, CustomFieldType.Number);
        return [.. columns
            .Where(c => c.Key is ImportFields.Quantity or ImportFields.UnitPrice or ImportFields.Discount or ImportFields.Tax
                or ImportFields.Rate or ImportFields.LineTotal or ImportFields.OrderTotal or ImportFields.OrderDiscount
                || own.Contains(c.Key)).Select(c => profile.Columns[c.Value])];
    }

    private static List<ColumnProfile> Dates(IReadOnlyDictionary<string, int> columns, IReadOnlyList<ImportField> fields,
        FileProfile profile)
    {
        var own = OwnOf(fields, CustomFieldType.Date);
        return [.. columns.Where(c => c.Key is ImportFields.Date or ImportFields.DateOfBirth or ImportFields.Created || own.Contains(c.Key))
            .Select(c => profile.Columns[c.Value]).Where(c => c.DateFormats.Count > 0)];
    }

    /// <summary>A format that reads every value; none where day and month could be either in all of them, which a person must
    /// say.</summary>
    private static string DateFormat(List<ColumnProfile> held, ShopOptions shop)
    {
        if (held.Count == 0) return ValueReader.DateFormats[0];
        if (held.TrueForAll(c => c.IsDayOrMonth)) return "";
        var dates = held.ConvertAll(c => c.DateFormats);
        var common = dates.Aggregate((left, right) => [.. left.Intersect(right)]);
        if (common.Count == 0) common = dates[0];
        return (shop.Country == "US" ? common.FirstOrDefault(f => f.StartsWith("MM/dd", StringComparison.Ordinal)) : null) ?? common[0];
    }
}
