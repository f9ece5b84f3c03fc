using CrmPortal.Account;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Platform.Views;
using CrmPortal.Core.Tickets;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace CrmPortal.Layout;

/// <summary>What the palette shows under one heading.</summary>
public sealed record PaletteGroup(string Title, IReadOnlyList<PageCommand> Commands);

/// <summary>
/// What the palette finds in the data, each kind by a query of its own that ends after a few, and only for those who may open where it
/// leads.
/// </summary>
public sealed class PaletteSources(CustomerFinder finder, OrderService orders, TicketService tickets, TagService tags, SavedViewService views,
    OwnWorkService work, NavigationManager navigation, AuthenticationStateProvider authentication, IJSRuntime script,
    IOptions<Core.Platform.Common.ShopOptions> shop, IStringLocalizer<Texts> L)
{
    private const int MostRecent = 5;
    private IReadOnlyList<(string List, SavedViewDetails View)>? _views;

    /// <summary>The customers and orders that the user opened last.</summary>
    public async Task<IReadOnlyList<PaletteGroup>> RecentAsync(IReadOnlyList<NavigationEntry> allowed, CancellationToken cancellationToken)
    {
        var opened = new List<PageCommand>();
        if (May(allowed, CrmUrls.Orders))
        {
            // Only their keys are kept, by the browser; what they are is asked for each time, as far as one may see it.
            var ids = await script.InvokeAsync<long[]?>("crm.recent.of", cancellationToken, await UserAsync()) ?? [];
            opened.AddRange((await orders.OfIdsAsync(ids, cancellationToken)).Select(Order).Take(2));
        }

        if (May(allowed, CrmUrls.Customers))
            opened.InsertRange(0, (await work.OpenedAsync(MostRecent - opened.Count, cancellationToken))
                .Select(c => Go("customers", c.Name, null, CrmUrls.Customer(c.Id))));
        return [new(L["Recent"], opened)];
    }

    /// <summary>Whatever fits what is typed.</summary>
    public async Task<IReadOnlyList<PaletteGroup>> FindAsync(string typed, int most, IReadOnlyList<NavigationEntry> allowed,
        CancellationToken cancellationToken)
    {
        var groups = new List<PaletteGroup>();
        var (mayCustomers, mayOrders) = (May(allowed, CrmUrls.Customers), May(allowed, CrmUrls.Orders));
        if (mayCustomers)
            groups.Add(new(L["Customers"], [.. (await finder.ListAsync(new(Search: typed), new(1, most), cancellationToken)).Items
                .Select(c => Go("customers", c.DisplayName, c.City is null ? c.Number : $"{c.Number} · {c.City}",
                    CrmUrls.Customer(c.Id)))]));
        if (mayOrders)
        {
            groups.Add(new(L["Orders"], [.. (await orders.FindByNumberAsync(typed, most, cancellationToken)).Take(most).Select(Order)]));
            groups.Add(new(L["Products"], [.. (await orders.ProductsAsync(typed, shop.Value.Currency, cancellationToken)).Take(most)
                .Select(p => Go("orders", p.Name, $"{p.Code} · {L["Its orders"]}", CrmUrls.OrdersWith(p.Code)))]));
        }

        if (May(allowed, CrmUrls.Tickets))
            groups.Add(new(L["Tickets"], [.. (await tickets.ListAsync(new(Search: typed), new(1, most), cancellationToken)).Items
                .Select(t => Go("ticket", t.Subject, $"{t.Name} · {t.Requester.Name}", CrmUrls.Ticket(t.Id)))]));
        if (mayCustomers)
            groups.Add(new(L["Tags"], [.. (await tags.SuggestAsync(typed, cancellationToken)).Take(most).Select(t => Go("tag", t.Name,
                L["Customers with this tag"],
                CrmUrls.CustomersWith(new FilterCondition("tags", FilterOperator.Any, [t.Name]).ToString())))]));
        _views ??= [.. mayCustomers ? await ViewsAsync("customers", cancellationToken) : [],
            .. mayOrders ? await ViewsAsync("orders", cancellationToken) : []];
        groups.Add(new(L["Saved views"], [.. _views.Where(v => v.View.Name.Contains(typed, StringComparison.CurrentCultureIgnoreCase))
            .Take(most).Select(v => Go("bookmark", v.View.Name, v.List == "orders" ? L["Orders"] : L["Customers"],
                $"/{v.List}{(v.View.Query.Length > 0 ? "?" : "")}{v.View.Query.TrimStart('?')}"))]));
        return groups;
    }

    private static bool May(IReadOnlyList<NavigationEntry> allowed, string address) => allowed.Any(e => e.Address == address);

    private async Task<long> UserAsync() => (await authentication.GetAuthenticationStateAsync()).User.UserId() ?? 0;

    private async Task<IEnumerable<(string, SavedViewDetails)>> ViewsAsync(string list, CancellationToken cancellationToken) =>
        (await views.ListAsync(list, cancellationToken)).Select(v => (list, v));

    private PageCommand Order(OrderRow order) => Go("orders", L["Order {0}", order.Name],
        $"{(order.Customer is null ? L["Anonymous"] : order.Customer.Name)} · {Display.Money(order.Total, order.Currency)}",
        CrmUrls.Order(order.Id));

    private PageCommand Go(string icon, string label, string? hint, string address) => new(icon, label, () =>
    {
        navigation.NavigateTo(address);
        return Task.CompletedTask;
    }) { Hint = hint };
}
