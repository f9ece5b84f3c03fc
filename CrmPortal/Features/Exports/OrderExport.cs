using CrmPortal.Components.Ui;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Features.Orders;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Exports;

/// <summary>The list of orders as a file: exactly the rows and the order that its address shows.</summary>
internal static class OrderExport
{
    public static string Url(string format, OrderListState state)
    {
        var usual = new OrderListState();
        var asked = state with { Page = 1, Size = usual.Size, Widths = usual.Widths, Columns = usual.Columns };
        return $"{ExportEndpoints.Root}/orders.{format}{asked.ToQuery()}";
    }

    public static Task SendAsync(
        HttpContext context, string format, [FromQuery] string? raw, OrderExportService exports, FilterLabels words,
            IStringLocalizer<Texts> texts) => ExportAnswer.SendAsync(context, "orders", format, (audience, cancellationToken) =>
        {
            var state = OrderListState.Parse(context.Request.QueryString.Value ?? "");
            var request = new OrderExportRequest(state.Query, format) { IsRaw = raw == "true", Title = texts["Orders"],
                Subtitles = [.. Subtitles(state, words, texts)] };
            return exports.PrepareAsync(request, audience, cancellationToken);
        });

    private static IEnumerable<string> Subtitles(OrderListState state, FilterLabels words, IStringLocalizer<Texts> texts)
    {
        if (state.Search is { } search) yield return texts["Search: {0}", search];
        if (FilterText.Parse(state.Filter) is { Items.Count: > 0 } filter)
            yield return texts["Filter: {0}", words.Say(filter, OrderFilters.Catalogue)];
        yield return texts["Order: {0}, {1}", state.Sort == OrderSort.Total ? texts["Total"] : texts["Placed"], state.Descending
            ? texts["Descending"] : texts["Ascending"]];
    }
}
