using CrmPortal.Components.Lists;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Core.Tickets;
using CrmPortal.Layout;
using Microsoft.AspNetCore.Components;

namespace CrmPortal.Features.Tickets;

/// <summary>The tickets, and beside them the one that is open.</summary>
public sealed partial class TicketsPage
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(1);
    private readonly RowSelection _selection = new();
    private IReadOnlyDictionary<TicketView, int>? _counts;
    private FilterCatalogue<Ticket> _catalogue = TicketFilters.Catalogue;
    private FilterMenu? _filters;
    private FilterCatalogue _named = TicketFilters.Catalogue;
    private DateTimeOffset _now;
    private int _isToRead;

    [Parameter] public long? Id { get; set; }

    [Inject] public required TicketService Tickets { get; init; }
    [Inject] public required CustomFieldService Fields { get; init; }
    [Inject] public required LiveUpdates Live { get; init; }

    private string CountText => Count is null ? "" : Count is { IsExact: true, Rows: 1 } ? L["1 ticket"] : Count.IsExact
        ? L["{0} tickets", Display.Number(Count.Rows)] : L["more than {0} tickets", Display.Number(Count.Rows)];

    protected override string Path => Id is { } id ? CrmUrls.Ticket(id) : CrmUrls.Tickets;

    protected override TicketQuery Query => State.Query;

    /// <summary>The ticket below the one that is open, so that one goes on without the list.</summary>
    private string? NextAddress
    {
        get
        {
            var rows = Rows?.Items ?? [];
            var at = rows.ToList().FindIndex(r => r.Id == Id);
            return at >= 0 && at + 1 < rows.Count ? AddressOf(rows[at + 1].Id) : rows.Count > 0 && at != 0 ? AddressOf(rows[0].Id) : null;
        }
    }

    protected override TicketListState? Read(Uri address) =>
        address.AbsolutePath == CrmUrls.Tickets || address.AbsolutePath.StartsWith(CrmUrls.Tickets + "/", StringComparison.Ordinal)
            ? TicketListState.Parse(address.Query) : null;

    protected override string Write(TicketListState state) => state.ToQuery();

    protected override bool HasSameRows(TicketQuery one, TicketQuery other) =>
        one with { Sort = other.Sort, Descending = other.Descending } == other;

    protected override TicketQuery WithoutThen(TicketQuery query) => query;

    protected override bool BeginsDescending(TicketSort sort) => sort != TicketSort.Urgency;

    protected override Task<Page<TicketRow>> ListAsync(TicketQuery query, PageRequest page, CancellationToken cancellationToken) =>
        Tickets.ListAsync(query, page, cancellationToken);

    protected override async Task<RowCount> CountAsync(TicketQuery query, int? limit, CancellationToken cancellationToken)
    {
        _counts = await Tickets.CountViewsAsync(cancellationToken);
        _named = query.Filter is null ? _catalogue : await Tickets.CatalogueAsync(query.Filter, cancellationToken, _catalogue);
        return await Tickets.CountAsync(query, limit, cancellationToken);
    }

    protected override void OnOtherQuery() => _selection.Clear();

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _now = Clock.GetUtcNow();
        if (RendererInfo.IsInteractive)
            Hold(Live.Listen(change =>
            {
                if (change.Kind == "ticket") ReadSoon();
            }));
    }

    protected override async Task PrepareAsync()
    {
        if (ReferenceEquals(_catalogue, TicketFilters.Catalogue))
            _catalogue = TicketFilters.With(await Fields.ListAsync(false, Ended, CustomFieldSubject.Ticket));
    }

    private static TicketSort SortOf(TicketView view) =>
        view is TicketView.Solved or TicketView.All or TicketView.Followed ? TicketSort.Activity : TicketSort.Urgency;

    private string Address(TicketListState state) => Address(state, Id);

    private static string Address(TicketListState state, long? id) => (id is { } open ? CrmUrls.Ticket(open)
        : CrmUrls.Tickets) + state.ToQuery();

    private string AddressOf(long id) => Address(State, id);

    private void Open(string query) => Navigation.NavigateTo(CrmUrls.Tickets + query);

    private void OpenTicket(long id) => Navigation.NavigateTo(AddressOf(id));

    private void Tick(long id, bool isTicked) => _selection.Set(id, isTicked, Rows?.Items.Select(r => r.Id) ?? []);

    private async Task OnChangedAsync()
    {
        await ReadAgainAsync();
        _now = Clock.GetUtcNow();
        StateHasChanged();
    }

    /// <summary>Others may change several at once.</summary>
    private void ReadSoon()
    {
        if (Interlocked.Exchange(ref _isToRead, 1) == 1) return;
        React(async () =>
        {
            await Task.Delay(ReadEvery, Clock, Ended);
            Interlocked.Exchange(ref _isToRead, 0);
            _counts = await Tickets.CountViewsAsync(Ended);
            await OnChangedAsync();
        });
    }
}
