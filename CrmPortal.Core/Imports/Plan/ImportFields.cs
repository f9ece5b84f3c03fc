using CrmPortal.Core.Customers.Fields;

namespace CrmPortal.Core.Imports;

/// <summary>A field that a column can be.</summary>
/// <param name="Label">English name, which is also the key of its translations.</param>
/// <param name="Synonyms">What other systems call it, folded, without blanks and punctuation.</param>
public sealed record ImportField(string Name, string Label, params IReadOnlyList<string> Synonyms)
{
    /// <summary>The type of a field that the shop added, whose label is its own; null for a field of ours.</summary>
    public CustomFieldType? OwnType { get; init; }
}

/// <summary>The fields of each kind of file.</summary>
public static class ImportFields
{
    public const string LoyaltyCard = "loyalty_card", Number = "number", GivenName = "given_name", FamilyName = "family_name",
        FullName = "name", Email = "email", Phone = "phone", ExternalId = "external_id",
        DateOfBirth = "date_of_birth", Gender = "gender", Language = "language", Currency = "currency", Country = "country",
            Source = "source", Vip = "vip", Tags = "tags", Created = "created",
        ConsentEmail = "consent_email", ConsentSms = "consent_sms", ConsentWhatsapp = "consent_whatsapp", ConsentPhone = "consent_phone",
        ConsentAt = "consent_at", ObjectionEmail = "objection_email", ObjectionSms = "objection_sms", ObjectionPhone = "objection_phone",
        Note = "note", Points = "points",
        Email2 = "email2", Email3 = "email3", Phone2 = "phone2", Phone3 = "phone3", HouseNumber = "house_number",
        HouseAddition = "house_addition", NamePrefix = "name_prefix",
        Line1 = "line1", Line2 = "line2", City = "city", State = "state", PostalCode = "postal_code";

    public const string Order = "order", Date = "date", Status = "status", Channel = "channel", Rate = "rate", Product = "product",
        Description = "description", Category = "category",
        Brand = "brand", Quantity = "quantity", UnitPrice = "unit_price", Discount = "discount", Tax = "tax", LineTotal = "line_total",
        OrderDiscount = "order_discount", OrderTotal = "order_total", Payment = "payment";

    /// <summary>The fields of e-mails, the customer's own first.</summary>
    internal static readonly IReadOnlyList<string> Emails = [Email, Email2, Email3];

    /// <summary>The fields of phones, the customer's own first.</summary>
    internal static readonly IReadOnlyList<string> Phones = [Phone, Phone2, Phone3];

    private static readonly ImportField[] Names =
    [
        new(GivenName, "Given name", Words(FieldWords.GivenName)),
        new(FamilyName, "Family name", Words(FieldWords.FamilyName)),
        new(NamePrefix, "Family name prefix", Words(FieldWords.NamePrefix)),
        new(FullName, "Full name", Words(FieldWords.FullName)),
        new(Email, "E-mail", Words(FieldWords.Email)),
        new(Phone, "Phone", Words(FieldWords.Phone)),
        new(Country, "Country", Words(FieldWords.Country)),
        new(Email2, "Further e-mail"),
        new(Email3, "Further e-mail 2"),
        new(Phone2, "Further phone"),
        new(Phone3, "Further phone 2"),
        new(ConsentEmail, "Consent to e-mails"),
        new(ConsentSms, "Consent to SMS"),
        new(ConsentWhatsapp, "Consent to WhatsApp"),
        new(ConsentPhone, "Consent to calls"),
        new(ConsentAt, "When consent was given"),
        new(ObjectionEmail, "Objection to e-mails"),
        new(ObjectionSms, "Objection to SMS"),
        new(ObjectionPhone, "Objection to calls"),
    ];

    private static readonly ImportField[] CustomerFields =
    [
        new(ExternalId, "External id", Words(FieldWords.ExternalId)),
        new(Number, "Number", Words(FieldWords.Number)),
        .. Names,
        new(DateOfBirth, "Date of birth", Words(FieldWords.DateOfBirth)),
        new(LoyaltyCard, "Loyalty card", Words(FieldWords.LoyaltyCard)),
        new(Gender, "Gender", Words(FieldWords.Gender)),
        new(Language, "Language", Words(FieldWords.Language)),
        new(Currency, "Currency", Words(FieldWords.Currency)),
        new(Source, "Source", Words(FieldWords.Source)),
        new(Vip, "VIP", Words(FieldWords.Vip)),
        new(Tags, "Tags", Words(FieldWords.Tags)),
        new(Created, "Created", Words(FieldWords.Created)),
        new(Note, "Note", Words(FieldWords.Note)),
        new(Points, "Points", Words(FieldWords.Points)),
        new(Line1, "Street", Words(FieldWords.Line1)),
        new(HouseNumber, "House number", Words(FieldWords.HouseNumber)),
        new(HouseAddition, "House number addition", Words(FieldWords.HouseAddition)),
        new(Line2, "Address line 2", Words(FieldWords.Line2)),
        new(City, "City", Words(FieldWords.City)),
        new(State, "State or region", Words(FieldWords.State)),
        new(PostalCode, "Postal code", Words(FieldWords.PostalCode)),
    ];

    private static readonly ImportField[] OrderFields =
    [
        new(Order, "Order number", Words(FieldWords.Order)),
        new(Date, "Date", Words(FieldWords.Date)),
        new(Product, "Product code", Words(FieldWords.Product)),
        new(Description, "Product name", Words(FieldWords.Description)),
        new(Quantity, "Quantity", Words(FieldWords.Quantity)),
        new(UnitPrice, "Unit price", Words(FieldWords.UnitPrice)),
        // A column that is only named discount or tax is a share of the price as often as an amount; which it is, the user says.
        new(Discount, "Discount", Words(FieldWords.Discount)),
        new(Tax, "Tax", Words(FieldWords.Tax)),
        new(LineTotal, "Price of all pieces", Words(FieldWords.LineTotal)),
        new(OrderDiscount, "Discount of the order", Words(FieldWords.OrderDiscount)),
        new(OrderTotal, "Total of the order", Words(FieldWords.OrderTotal)),
        new(Payment, "Payment method", Words(FieldWords.Payment)),
        new(Category, "Category", Words(FieldWords.Category)),
        new(Brand, "Brand", Words(FieldWords.Brand)),
        new(Status, "Status", Words(FieldWords.Status)),
        new(Channel, "Channel", Words(FieldWords.Channel)),
        new(Currency, "Currency", Words(FieldWords.Currency)),
        new(Rate, "Exchange rate", Words(FieldWords.Rate)),
        new(ExternalId, "External id", Words(FieldWords.BuyerId)),
        new(Number, "Number", Words(FieldWords.Number)),
        .. Names,
    ];

    /// <summary>The fields that a file of a kind can bring: those of the record itself first, those that the shop added last.</summary>
    /// <param name="own">The fields that the shop added and that may be written; only customers have them.</param>
    public static IReadOnlyList<ImportField> Of(ImportKind kind, IReadOnlyList<CustomField> own) => kind == ImportKind.Orders ? OrderFields
        : [.. CustomerFields,
            .. own.Select(f => new ImportField(NameOf(f.Key), f.Label, Heading.PlainOf(f.Label), Heading.PlainOf(f.Key))
            {
                OwnType = f.Type,
            })];

    /// <summary>The name of a field that the shop added, as in filters.</summary>
    public static string NameOf(string key) => CustomFieldFilters.Prefix + key;

    /// <summary>The key of a field that the shop added, or null for a field of ours.</summary>
    public static string? OwnKey(string name) => name.StartsWith(CustomFieldFilters.Prefix, StringComparison.Ordinal)
        ? name[CustomFieldFilters.Prefix.Length..] : null;

    private static string[] Words(string words) => words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
