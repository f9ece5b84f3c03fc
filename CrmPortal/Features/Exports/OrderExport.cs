using CrmPortal.Components.Ui;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Features.Orders;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Exports;

/// <summary>The list of orders as a file: exactly the rows, the order and the columns that its address shows.</summary>
internal static class OrderExport
{
    /// <summary>The address of a file.</summary>
    /// <param name="ids">Chosen orders, or null for the whole list.</param>
    public static string Url(string format, OrderListState state, IEnumerable<long>? ids = null)
    {
        var usual = new OrderListState();
        var asked = state with { Page = 1, Size = usual.Size, Widths = usual.Widths };
        var address = $"{ExportEndpoints.Root}/orders.{format}{asked.ToQuery()}";
        return ids is null ? address : address + (address.Contains('?', StringComparison.Ordinal) ? '&' : '?') + ChosenIds.Write(ids);
    }

    public static Task SendAsync(
        HttpContext context, string format, [FromQuery] string? ids, [FromQuery] string? raw, OrderExportService exports,
            FilterLabels words, IStringLocalizer<Texts> texts) =>
        ExportAnswer.SendAsync(context, "orders", format, (audience, cancellationToken) =>
        {
            var state = OrderListState.Parse(context.Request.QueryString.Value ?? "");
            var chosen = ids is null ? null : ChosenIds.Read(ids);
            var request = new OrderExportRequest(state.Query, format)
            {
                Ids = chosen,
                Columns = state.Columns,
                IsRaw = raw == "true",
                Title = texts["Orders"],
                Subtitles = [.. Subtitles(state, chosen, words, texts)],
            };
            return exports.PrepareAsync(request, audience, cancellationToken);
        });

    private static IEnumerable<string> Subtitles(OrderListState state, List<long>? chosen, FilterLabels words,
        IStringLocalizer<Texts> texts)
    {
        if (chosen is not null)
        {
            yield return texts["{0} selected", Display.Number(chosen.Count)];
            state = state with { Search = null, Filter = null };
        }

        if (state.Search is { } search) yield return texts["Search: {0}", search];
        if (FilterText.Parse(state.Filter) is { Items.Count: > 0 } filter)
            yield return texts["Filter: {0}", words.Say(filter, OrderFilters.Catalogue)];
        yield return texts["Order: {0}, {1}", OrderColumns.SortLabel(state.Sort, texts), state.Descending
            ? texts["Descending"] : texts["Ascending"]];
        if (state.Then is { } then && then != state.Sort)
            yield return texts["Then: {0}, {1}", OrderColumns.SortLabel(then, texts), state.ThenDescending
                ? texts["Descending"] : texts["Ascending"]];
    }
}
