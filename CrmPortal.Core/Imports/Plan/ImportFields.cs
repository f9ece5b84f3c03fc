using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Imports;

/// <summary>A field that a column can be.</summary>
/// <param name="Label">English name, which is also the key of its translations.</param>
/// <param name="Synonyms">What other systems call it, folded, without blanks and punctuation.</param>
public sealed record ImportField(string Name, string Label, params IReadOnlyList<string> Synonyms)
{
    /// <summary>The type of a field that the shop added, whose label is its own; null for a field of ours.</summary>
    public CustomFieldType? OwnType { get; init; }
}

/// <summary>The fields of each kind of file, and the proposal which column is which.</summary>
public static class ImportFields
{
    public const string LoyaltyCard = "loyalty_card", Number = "number", GivenName = "given_name", FamilyName = "family_name",
        FullName = "name", Email = "email", Phone = "phone", ExternalId = "external_id",
        DateOfBirth = "date_of_birth", Gender = "gender", Language = "language", Currency = "currency", Country = "country",
            Source = "source", Vip = "vip", Tags = "tags", Created = "created",
        Line1 = "line1", Line2 = "line2", City = "city", State = "state", PostalCode = "postal_code";

    public const string Order = "order", Date = "date", Status = "status", Channel = "channel", Rate = "rate", Product = "product",
        Description = "description", Category = "category",
        Brand = "brand", Quantity = "quantity", UnitPrice = "unit_price", Discount = "discount", Tax = "tax";

    private static readonly ImportField[] Person =
    [
        new(ExternalId, "External id", "externalid", "customerid", "custid", "clientid", "id", "customer", "userid", "contactid",
            "accountid"),
        new(Number, "Number", "number", "customernumber", "customerno", "custno"),
        new(GivenName, "Given name", "givenname", "firstname", "forename", "first", "nombre", "vorname", "prenom"),
        new(FamilyName, "Family name", "familyname", "lastname", "surname", "last", "apellido", "apellidos", "nachname", "nom"),
        new(FullName, "Full name", "name", "fullname", "displayname", "customername"),
        new(Email, "E-mail", "email", "mail", "emailaddress", "correo", "correoelectronico"),
        new(Phone, "Phone", "phone", "phonenumber", "mobile", "mobilephone", "telephone", "tel", "telefono", "telefon"),
        new(Country, "Country", "country", "countrycode", "pais", "land"),
    ];

    private static readonly ImportField[] CustomerFields =
    [
        .. Person,
        new(DateOfBirth, "Date of birth", "dateofbirth", "birthday", "birthdate", "dob", "fechadenacimiento"),
        new(LoyaltyCard, "Loyalty card", "loyaltycard", "loyaltycardnumber", "loyaltycardno", "cardnumber", "membershipcard",
            "tarjetadefidelidad", "kundenkarte"),
        new(Gender, "Gender", "gender", "sex", "sexo"),
        new(Language, "Language", "language", "locale", "lang", "idioma"),
        new(Currency, "Currency", "currency", "moneda"),
        new(Source, "Source", "source", "origin", "leadsource"),
        new(Vip, "VIP", "vip", "isvip"),
        new(Tags, "Tags", "tags", "labels", "etiquetas"),
        new(Created, "Created", "created", "createdat", "createddate", "customersince", "registered"),
        new(Line1, "Street", "street", "address", "address1", "addressline1", "line1", "direccion", "strasse"),
        new(Line2, "Address line 2", "address2", "addressline2", "line2"),
        new(City, "City", "city", "town", "ciudad", "ort", "ville"),
        new(State, "State or region", "state", "region", "province", "county"),
        new(PostalCode, "Postal code", "postalcode", "postcode", "zip", "zipcode", "plz", "codigopostal"),
    ];

    private static readonly ImportField[] OrderFields =
    [
        new(Order, "Order number", "order", "orderid", "ordernumber", "orderno", "invoice", "invoiceno", "invoicenumber", "invoiceid",
            "receipt", "pedido"),
        new(Date, "Date", "date", "orderdate", "invoicedate", "placedat", "createdat", "fecha", "datum"),
        new(Product, "Product code", "product", "productid", "productcode", "sku", "stockcode", "itemcode", "article", "articleno"),
        new(Description, "Product name", "description", "productname", "item", "itemname", "title", "descripcion"),
        new(Quantity, "Quantity", "quantity", "qty", "units", "cantidad", "menge"),
        new(UnitPrice, "Unit price", "unitprice", "price", "priceperunit", "precio", "preis"),
        // A column that is only named discount or tax is a share of the price as often as an amount; which it is, the user says.
        new(Discount, "Discount", "discountamount", "linediscount", "discounttotal"),
        new(Tax, "Tax", "taxamount", "linetax", "vatamount", "taxtotal"),
        new(Category, "Category", "category", "categoria"),
        new(Brand, "Brand", "brand", "marca"),
        new(Status, "Status", "status", "orderstatus", "estado"),
        new(Channel, "Channel", "channel", "saleschannel", "store"),
        new(Currency, "Currency", "currency", "moneda"),
        new(Rate, "Exchange rate", "rate", "exchangerate"),
        .. Person,
    ];

    /// <summary>The fields that a file of a kind can bring: those of the record itself first, those that the shop added last.</summary>
    /// <param name="own">The fields that the shop added and that may be written; only customers have them.</param>
    public static IReadOnlyList<ImportField> Of(ImportKind kind, IReadOnlyList<CustomField> own) => kind == ImportKind.Orders ? OrderFields
        : [.. CustomerFields,
            .. own.Select(f => new ImportField(NameOf(f.Key), f.Label, Plain(f.Label), Plain(f.Key)) { OwnType = f.Type })];

    /// <summary>The name of a field that the shop added, as in filters.</summary>
    public static string NameOf(string key) => CustomFieldFilters.Prefix + key;

    /// <summary>The key of a field that the shop added, or null for a field of ours.</summary>
    public static string? OwnKey(string name) => name.StartsWith(CustomFieldFilters.Prefix, StringComparison.Ordinal)
        ? name[CustomFieldFilters.Prefix.Length..] : null;

    /// <summary>Which column is which, by the columns' names; each field is given once.</summary>
    public static IReadOnlyDictionary<string, int> Propose(IReadOnlyList<ImportField> fields, IReadOnlyList<ColumnProfile> columns)
    {
        var proposed = new Dictionary<string, int>();
        var taken = new HashSet<int>();
        // A synonym that stands early in a field's list fits better than a late one of another field.
        for (var rank = 0; rank < fields.Max(f => f.Synonyms.Count); rank++)
        {
            foreach (var field in fields.Where(f => f.Synonyms.Count > rank && !proposed.ContainsKey(f.Name)))
            {
                var at = columns.Select((c, i) => (c, i))
                    .FirstOrDefault(x => !taken.Contains(x.i) && Plain(x.c.Name) == field.Synonyms[rank], (null!, -1)).i;
                if (at < 0 || !Fits(field, columns[at])) continue;
                proposed[field.Name] = at;
                taken.Add(at);
            }
        }

        return proposed;
    }

    private static bool Fits(ImportField field, ColumnProfile column) => field.Name switch
    {
        Quantity or UnitPrice or Discount or Tax or Rate => column.IsNumber || column.IsCommaNumber,
        Date or DateOfBirth or Created => column.DateFormats.Count > 0,
        _ => field.OwnType switch
        {
            CustomFieldType.Number => column.IsNumber || column.IsCommaNumber,
            CustomFieldType.Date => column.DateFormats.Count > 0,
            _ => true,
        },
    };

    private static string Plain(string name) => string.Concat(SearchText.Fold(name).Where(char.IsLetterOrDigit));
}
