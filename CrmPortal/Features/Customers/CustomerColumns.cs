using CrmPortal.Components.Lists;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Customers;

/// <summary>The columns of the list of customers by their headings.</summary>
internal static class CustomerColumns
{
    /// <param name="ownFields">The fields that the shop added and that may be seen.</param>
    public static IReadOnlyList<ListColumn> All(IReadOnlyList<CustomFieldDetails> ownFields, IStringLocalizer<Texts> texts) =>
        [.. CustomerListState.AllColumns.Concat(ownFields.Select(f => CustomerListState.OwnColumn(f.Key)))
            .Select(name => new ListColumn(name, Label(name, ownFields, texts)))];

    /// <summary>Whether a column without an order of its own holds figures, which are to the right.</summary>
    public static bool IsNumber(string column) => column is "expected-value" or "alive";

    public static string Label(string column, IReadOnlyList<CustomFieldDetails> ownFields, IStringLocalizer<Texts> texts) => column switch
    {
        _ when CustomerListState.OwnKey(column) is { } key => ownFields.FirstOrDefault(f => f.Key == key)?.Label ?? key,
        "email" => texts["E-mail"],
        "phone" => texts["Phone"],
        "status" => texts["Status"],
        "tags" => texts["Tags"],
        "city" => texts["City"],
        "country" => texts["Country"],
        "source" => texts["Source"],
        "language" => texts["Language"],
        "created" => texts["Created"],
        "orders" => texts["Orders"],
        "spent" => texts["Spent"],
        "average" => texts["Average order"],
        "last-order" => texts["Last order"],
        "points" => texts["Points"],
        "tier" => texts["Tier"],
        "segment" => texts["RFM segment"],
        "scores" => texts["RFM scores"],
        "expected-value" => texts["Expected value"],
        "alive" => texts["Still a customer"],
        "interaction" => texts["Last interaction"],
        _ => texts["Last change"],
    };
}
