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
public sealed record PaletteGroup(string Title, IReadOnlyList<PageCommand> Commands)
{
    /// <summary>Whether the first of them bears the very number that was typed.</summary>
    public bool IsExact { get; init; }
}

/// <summary>
/// What the palette finds in the data, each kind by a query of its own that ends after a few, and only for those who may open where it
/// leads.
/// </summary>
public sealed class PaletteSources(CustomerFinder finder, OrderService orders, TicketService tickets, TagService tags,
    SavedViewService views,
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

    /// <summary>Whatever fits what is typed; what bears it as its number comes before all else.</summary>
    public async Task<IReadOnlyList<PaletteGroup>> FindAsync(string typed, int most, IReadOnlyList<NavigationEntry> allowed,
        CancellationToken cancellationToken)
    {
        var groups = new List<PaletteGroup>();
        var (mayCustomers, mayOrders) = (May(allowed, CrmUrls.Customers), May(allowed, CrmUrls.Orders));
        if (mayCustomers)
            groups.Add(Numbered(L["Customers"], (await finder.ListAsync(new(Search: typed), new(1, most), cancellationToken)).Items,
                c => c.Number.Equals(typed, StringComparison.OrdinalIgnoreCase), c => Go("customers", c.DisplayName,
                    c.City is null ? c.Number : $"{c.Number} · {c.City}", CrmUrls.Customer(c.Id))));
        if (mayOrders)
        {
            groups.Add(Numbered(L["Orders"], (await orders.FindByNumberAsync(typed, most, cancellationToken)).Take(most),
                o => o.Name.TrimStart('#').Equals(typed.TrimStart('#'), StringComparison.OrdinalIgnoreCase), Order));
            groups.Add(new(L["Products"], [.. (await orders.ProductsAsync(typed, shop.Value.Currency, cancellationToken)).Take(most)
                .Select(p => Go("orders", p.Name, $"{p.Code} · {L["Its orders"]}", CrmUrls.OrdersWith(p.Code)))]));
        }

        if (May(allowed, CrmUrls.Tickets))
            groups.Add(Numbered(L["Tickets"], await TicketsAsync(typed, most, cancellationToken), t => Ticket.IdOf(typed) == t.Id,
                t => Go("ticket", t.Subject, $"{t.Name} · {t.Requester.Name}", CrmUrls.Ticket(t.Id))));
        if (mayCustomers)
            groups.Add(new(L["Tags"], [.. (await tags.SuggestAsync(typed, cancellationToken)).Take(most).Select(t => Go("tag", t.Name,
                L["Customers with this tag"],
                CrmUrls.CustomersWith(new FilterCondition("tags", FilterOperator.Any, [t.Name]).ToString())))]));
        _views ??= [.. mayCustomers ? await ViewsAsync("customers", cancellationToken) : [],
            .. mayOrders ? await ViewsAsync("orders", cancellationToken) : []];
        groups.Add(new(L["Saved views"], [.. _views.Where(v => v.View.Name.Contains(typed, StringComparison.CurrentCultureIgnoreCase))
            .Take(most).Select(v => Go("bookmark", v.View.Name, v.List == "orders" ? L["Orders"] : L["Customers"],
                $"/{v.List}{(v.View.Query.Length > 0 ? "?" : "")}{v.View.Query.TrimStart('?')}"))]));
        return [.. groups.OrderByDescending(g => g.IsExact)];
    }

    /// <summary>A number without what stands before it is found in many tickets; the one that bears it may be long out of sight.</summary>
    private async Task<IEnumerable<TicketRow>> TicketsAsync(string typed, int most, CancellationToken cancellationToken)
    {
        var found = (await tickets.ListAsync(new(Search: typed), new(1, most), cancellationToken)).Items;
        if (Ticket.IdOf(typed) is not { } id || found.Any(t => t.Id == id)) return found;
        return (await tickets.ListAsync(new(Search: Ticket.NameOf(id)), new(1, 1), cancellationToken)).Items.Where(t => t.Id == id)
            .Concat(found).Take(most);
    }

    private static PaletteGroup Numbered<T>(string title, IEnumerable<T> found, Func<T, bool> isExact, Func<T, PageCommand> command)
    {
        var rows = found.OrderByDescending(isExact).ToList();
        return new(title, rows.ConvertAll(r => command(r))) { IsExact = rows.Count > 0 && isExact(rows[0]) };
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
