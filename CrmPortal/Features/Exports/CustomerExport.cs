using CrmPortal.Components.Lists;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Features.Customers;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Exports;

/// <summary>The customer list as a file: exactly the rows, the order and the columns that its address shows, or the chosen rows.</summary>
internal static class CustomerExport
{
    /// <summary>The address of a file.</summary>
    /// <param name="ids">Chosen customers, or null for the whole list.</param>
    public static string Url(string format, CustomerListState state, bool inTrash, IEnumerable<long>? ids)
    {
        var asked = state with { Page = 1, Size = new CustomerListState().Size, Widths = ColumnLayout.NoWidths };
        var address = $"{ExportEndpoints.Root}/customers.{format}{asked.ToQuery()}";
        if (inTrash) address = Add(address, "trash=true");
        if (ids is not null) address = Add(address, ChosenIds.Write(ids));
        return address;

        static string Add(string address, string part) => address + (address.Contains('?', StringComparison.Ordinal) ? '&' : '?') + part;
    }

    public static Task SendAsync(
        HttpContext context, string format, [FromQuery] string? trash, [FromQuery] string? ids, [FromQuery] string? raw,
        CustomerExportService exports, CustomFieldService fields, FilterLabels words, IStringLocalizer<Texts> texts) =>
            ExportAnswer.SendAsync(context, "customers", format, async (audience, cancellationToken) =>
        {
            var state = CustomerListState.Parse(context.Request.QueryString.Value ?? "");
            var inTrash = trash == "true";
            var chosen = ids is null ? null : ChosenIds.Read(ids);
            var request = new CustomerExportRequest(state.Query(inTrash), state.Columns, format)
            {
                Ids = chosen,
                IsRaw = raw == "true",
                Title = inTrash ? texts["Trash"] : texts["Customers"],
                Subtitles = [.. Subtitles(state, chosen,
                    CustomerFilters.With(await fields.ListAsync(withArchived: true, cancellationToken)), words, texts)],
            };
            return await exports.PrepareAsync(request, audience, cancellationToken);
        });

    private static IEnumerable<string> Subtitles(CustomerListState state, List<long>? chosen, FilterCatalogue catalogue, FilterLabels words,
        IStringLocalizer<Texts> texts)
    {
        if (chosen is not null)
        {
            yield return texts["{0} selected", Display.Number(chosen.Count)];
        }
        else
        {
            if (state.Search is { } search) yield return texts["Search: {0}", search];
            if (FilterText.Parse(state.Filter) is { Items.Count: > 0 } filter)
                yield return texts["Filter: {0}", words.Say(filter, catalogue)];
        }

        yield return texts["Order: {0}, {1}", SortLabels.Of(state.Sort, texts), state.Descending
            ? texts["Descending"] : texts["Ascending"]];
        if (state.Then is { } then && then != state.Sort)
            yield return texts["Then: {0}, {1}", SortLabels.Of(then, texts), state.ThenDescending
                ? texts["Descending"] : texts["Ascending"]];
    }
}
