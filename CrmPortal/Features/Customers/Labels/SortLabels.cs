using CrmPortal.Core.Customers;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Customers;

/// <summary>What the screen calls the orders of the list.</summary>
internal static class SortLabels
{
    public static string Of(CustomerSort sort, IStringLocalizer<Texts> L) => sort switch
    {
        CustomerSort.Name => L["Name"],
        CustomerSort.Email => L["E-mail"],
        CustomerSort.LastInteraction => L["Last interaction"],
        CustomerSort.Updated => L["Last change"],
        CustomerSort.Orders => L["Orders"],
        CustomerSort.Spent => L["Spent"],
        CustomerSort.AverageOrder => L["Average order"],
        CustomerSort.LastOrder => L["Last order"],
        CustomerSort.Points => L["Points"],
        CustomerSort.Tier => L["Tier"],
        _ => L["Created"],
    };
}
