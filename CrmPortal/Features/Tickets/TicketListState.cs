using CrmPortal.Components.Lists;
using CrmPortal.Core.Tickets;
using Microsoft.AspNetCore.WebUtilities;

namespace CrmPortal.Features.Tickets;

/// <summary>What the list of tickets shows.</summary>
public sealed record TicketListState : ListState<TicketSort>
{
    public TicketListState() => (Sort, Descending) = (TicketSort.Urgency, false);

    public TicketView View { get; init; } = TicketView.Open;

    public TicketQuery Query => new(View, Search, Filter, Sort, Descending);

    public static TicketListState Parse(string query)
    {
        var values = QueryHelpers.ParseQuery(query);
        var state = (TicketListState)new TicketListState().Read(values);
        return Enum.TryParse<TicketView>(Value(values, "view"), true, out var view) && Enum.IsDefined(view) ? state with { View = view }
            : state;
    }

    public string ToQuery()
    {
        var values = Write(new TicketListState());
        if (View != TicketView.Open) values["view"] = View.ToString().ToLowerInvariant();
        return QueryHelpers.AddQueryString("", values);
    }

    protected override bool IsColumn(string name) => false;
}
