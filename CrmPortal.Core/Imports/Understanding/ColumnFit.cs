using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;

namespace CrmPortal.Core.Imports;

/// <summary>What the other columns of a file say about one: names that mean something else beside others.</summary>
internal sealed class FileContext
{
    public FileContext(IReadOnlyList<IReadOnlyList<HeadingReading>> readings)
    {
        HasGivenName = Has(FieldWords.GivenName, "nombre", "nome");
        HasFamilyName = Has(FieldWords.FamilyName, "nom");
        HasStreet = Has(FieldWords.Line1);
        HasLines = readings.Any(r => r.Any(x => x.Group == HeadingGroup.Line
            && x.Core is "sku" or "quantity" or "price" or "name" or "qty" or "unitprice"));
        var buyer = FieldWords.FullName.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        NamesProducts = readings.Any(r => r.Any(x => x.Core is "sku" or "productcode" or "itemcode" or "articlenumber"))
            && readings.Any(r => r.Any(x => x.Core is "customername" or "clientname" or "buyername"
                || (x.Group is HeadingGroup.Person or HeadingGroup.Primary && buyer.Contains(x.Core))));

        bool Has(string words, params string[] but)
        {
            var known = words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Except(but).ToHashSet();
            return readings.Any(r => r.Any(x => x.Group is HeadingGroup.None or HeadingGroup.Person && known.Contains(x.Core)));
        }
    }

    /// <summary>Whether products have a code and the buyer has a name of their own, so that a bare name is the product's.</summary>
    public bool NamesProducts { get; }

    public bool HasGivenName { get; }

    public bool HasFamilyName { get; }

    public bool HasStreet { get; }

    /// <summary>Whether columns are named as those of an order's lines.</summary>
    public bool HasLines { get; }
}

/// <summary>Whether a column of a known name can be that field, by its values and by its neighbours.</summary>
internal static class ColumnFit
{
    private static readonly HashSet<string> Buyer = ["customer", "client", "kunde", "cliente", "klant", "klient", "buyer"];
    private static readonly HashSet<string> Article = ["product", "products", "item", "article", "artikel", "produkt", "produkty",
        "produkte", "produit", "producto", "productos", "articulo", "prodotto", "produto"];

    /// <summary>Whether a heading with these words before it can name the field.</summary>
    public static bool Takes(ImportKind kind, string field, HeadingGroup group) => group switch
    {
        HeadingGroup.None => true,
        HeadingGroup.Person => !IsOfOrder(field),
        HeadingGroup.Primary => IsName(field) || IsContact(field) || IsAddress(field),
        HeadingGroup.Second => IsContact(field) || IsAddress(field)
            || (kind == ImportKind.Orders && field == ImportFields.FullName),
        HeadingGroup.Line => field is ImportFields.Product or ImportFields.Description or ImportFields.Quantity
            or ImportFields.UnitPrice or ImportFields.Discount or ImportFields.Tax or ImportFields.Category or ImportFields.Brand
            or ImportFields.LineTotal,
        _ => field is ImportFields.OrderDiscount or ImportFields.OrderTotal or ImportFields.Payment or ImportFields.Date
            or ImportFields.Status or ImportFields.Channel or ImportFields.Currency or ImportFields.Rate,
    };

    public static bool IsAddress(string field) => field is ImportFields.Line1 or ImportFields.Line2
        or ImportFields.HouseNumber or ImportFields.HouseAddition or ImportFields.City
        or ImportFields.State or ImportFields.PostalCode or ImportFields.Country;

    /// <summary>Whether the values, and what stands beside them, allow the field.</summary>
    public static bool CanBe(ImportKind kind, ImportField field, in HeadingReading reading, ColumnProfile column, FileContext file)
    {
        var (look, core) = (column.Look, reading.Core);
        var isYesNo = look.IsYesNoWord;
        return field.Name switch
        {
            ImportFields.ExternalId => !isYesNo && !IsDate(column) && look.Emails * 2 <= look.Seen
                && (kind == ImportKind.Orders || !(look.IsConstant(column.Filled) || look.Repeated > look.Seen))
                && !(Buyer.Contains(core) && (look.IsYesNo || look.Worded * 2 > look.Seen))
                && !(core is "number" or "nummer" or "numero" && file.HasStreet),
            ImportFields.Number => column.Filled > 0 && (look.Seen == 0 || look.OwnNumbers * 2 > look.Seen),
            ImportFields.GivenName => !isYesNo && (core is not ("nombre" or "nome") || file.HasFamilyName),
            ImportFields.FamilyName => !isYesNo && (core != "nom" || file.HasGivenName),
            ImportFields.FullName => !isYesNo && !(kind == ImportKind.Orders && IsBare(reading, file))
                && (look.Seen == 0 || (look.Lettered * 2 >= look.Seen && look.Emails * 2 <= look.Seen))
                && (!Buyer.Contains(core) || look.Worded * 2 >= look.Seen)
                && !(core is "nombre" or "nome" && file.HasFamilyName) && !(core == "nom" && file.HasGivenName),
            ImportFields.Order => !isYesNo && !IsDate(column) && (core != "name" || (file.HasLines && look.Worded == 0)),
            ImportFields.Product => !isYesNo && !(Article.Contains(core) && look.Worded * 2 > look.Seen)
                && (core != "code" || reading.Group == HeadingGroup.Line),
            ImportFields.Description => !isYesNo && (look.Seen == 0 || look.Lettered * 2 >= look.Seen)
                && (core != "name" || reading.Group == HeadingGroup.Line || IsBare(reading, file)),
            ImportFields.Email => !look.IsYesNo,
            ImportFields.Phone => !look.IsYesNo && look.Emails * 2 <= look.Seen,
            ImportFields.Tags or ImportFields.Line2 or ImportFields.City or ImportFields.PostalCode => !isYesNo,
            ImportFields.NamePrefix => column.Filled > 0 && look.Lettered == look.Seen,
            ImportFields.HouseAddition => column.Filled > 0 && file.HasStreet,
            ImportFields.HouseNumber => file.HasStreet && look.OwnNumbers == 0 && look.Emails == 0,
            ImportFields.Line1 => !isYesNo && look.Emails * 2 <= look.Seen,
            ImportFields.Source => column.Filled == 0 || column.Samples.Any(s => ValueReader.TryChoice<CustomerSource>(s, out _)),
            ImportFields.Status => !IsDate(column),
            ImportFields.Points => IsNumber(column),
            ImportFields.Note => !isYesNo && !IsDate(column) && (look.Seen == 0 || look.Lettered * 2 >= look.Seen),
            ImportFields.Discount or ImportFields.Tax when core is "discount" or "tax" or "vat" => reading.Group == HeadingGroup.Line
                && (column.Filled == 0 || IsNumber(column)),
            ImportFields.Quantity or ImportFields.UnitPrice or ImportFields.Discount or ImportFields.Tax or ImportFields.Rate
                or ImportFields.OrderDiscount => column.Filled == 0 || IsNumber(column),
            ImportFields.LineTotal or ImportFields.OrderTotal => IsNumber(column),
            ImportFields.Date or ImportFields.Created => column.Filled == 0 || IsDate(column),
            ImportFields.DateOfBirth => column.Filled == 0 || IsDate(column) || look.YearlessDays > 0,
            _ => field.OwnType switch
            {
                CustomFieldType.Number => IsNumber(column),
                CustomFieldType.Date => IsDate(column),
                _ => true,
            },
        };
    }

    private static bool IsBare(in HeadingReading reading, FileContext file) =>
        reading is { Core: "name", Group: HeadingGroup.None, LeftOut: 0 } && file.NamesProducts;

    private static bool IsNumber(ColumnProfile column) => column.IsNumber || column.IsCommaNumber;

    private static bool IsDate(ColumnProfile column) => column.DateFormats.Count > 0;

    private static bool IsName(string field) => field is ImportFields.GivenName or ImportFields.FamilyName or ImportFields.FullName;

    private static bool IsContact(string field) => field is ImportFields.Email or ImportFields.Phone;

    private static bool IsOfOrder(string field) => field is ImportFields.Order or ImportFields.Date or ImportFields.Product
        or ImportFields.Description or ImportFields.Quantity or ImportFields.UnitPrice or ImportFields.Discount or ImportFields.Tax
        or ImportFields.LineTotal or ImportFields.OrderDiscount or ImportFields.OrderTotal or ImportFields.Payment
        or ImportFields.Category or ImportFields.Brand or ImportFields.Status or ImportFields.Channel or ImportFields.Rate;
}
