using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Orders;

/// <summary>What a bulk move of orders did, in a sentence that names the deed and counts those that stayed as they were.</summary>
internal static class OrderBulkLabels
{
    public static string Done(OrderStatus status, BulkResult result, IStringLocalizer<Texts> texts)
    {
        if (result.WasCancelled)
            return texts["Stopped: {0} of {1} orders changed.", Display.Number(result.Changed), Display.Number(result.Total)];
        if (result.Changed == 0) return texts["None of the orders can be moved to this status."];
        var done = result.Changed == 1 ? texts[One(status)] : texts[Many(status), Display.Number(result.Changed)];
        return (result.Total - result.Changed) switch
        {
            <= 0 => done,
            1 => texts["{0} Another one stayed as it was: its status does not allow it.", done],
            var rest => texts["{0} Another {1} stayed as they were: their status does not allow it.", done, Display.Number(rest)],
        };
    }

    private static string One(OrderStatus status) => status switch
    {
        OrderStatus.Paid => "1 order marked as paid.",
        OrderStatus.Shipped => "1 order marked as shipped.",
        OrderStatus.Delivered => "1 order marked as delivered.",
        OrderStatus.Completed => "1 order marked as completed.",
        _ => "1 order cancelled.",
    };

    private static string Many(OrderStatus status) => status switch
    {
        OrderStatus.Paid => "{0} orders marked as paid.",
        OrderStatus.Shipped => "{0} orders marked as shipped.",
        OrderStatus.Delivered => "{0} orders marked as delivered.",
        OrderStatus.Completed => "{0} orders marked as completed.",
        _ => "{0} orders cancelled.",
    };
}
