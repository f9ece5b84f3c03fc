using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Exports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Orders;

/// <summary>Which orders are exported, and how.</summary>
/// <param name="Query">The list as it is shown.</param>
/// <param name="Format">Of <see cref="ExportFormats"/>.</param>
public sealed record OrderExportRequest(OrderQuery Query, string Format)
{
    /// <summary>Leaves cells as they are that a spreadsheet may take for formulas.</summary>
    public bool IsRaw { get; init; }

    /// <summary>Where set, these orders instead of all that the query finds.</summary>
    public IReadOnlyList<long>? Ids { get; init; }

    /// <summary>The columns of the list that are shown, in their order; the order's number always is.</summary>
    public IReadOnlyList<string> Columns { get; init; } = OrderExportColumns.Usual;

    public string Title { get; init; } = "Orders";

    /// <summary>The search, the filter and the order in words.</summary>
    public IReadOnlyList<string> Subtitles { get; init; } = [];
}

/// <summary>Makes tables of the list of orders for every kind of file.</summary>
public sealed class OrderExportService(
    IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, OrderService orders, AuditLog audit, TimeProvider clock,
        IOptions<ShopOptions> shop)
{
    /// <summary>Up to so many orders can be chosen one by one.</summary>
    public const int MostIds = 500;

    private const int ChunkSize = 500;

    /// <summary>Checks everything that can be wrong and logs the export; the rows are read while the table is written.</summary>
    /// <exception cref="RuleViolationException">The filter, a column or the format is wrong, or there are more rows than the
    /// format is for.</exception>
    public async Task<ExportTable> PrepareAsync(OrderExportRequest request, ExportAudience audience, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersExport, cancellationToken);
        await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        if (request.IsRaw) await access.DemandAsync(Permissions.ExportsRaw, cancellationToken);
        var format = ExportFormats.Demand(request.Format);
        var chosen = OrderExportColumns.Of(request.Columns, shop.Value.Currency);
        var context = orders.Context(grant);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (request.Ids is { Count: > MostIds })
            throw new RuleViolationException("Ids", "At most {0} orders can be listed individually.", MostIds);
        // Chosen orders are exported also where they have changed and the filter no longer finds them.
        var query = request.Ids is null ? request.Query : request.Query with { Search = null, Filter = null };
        var found = request.Ids ?? await orders.FoundAsync(db, query, grant, cancellationToken);
        await format.DemandFitAsync(db.Matching(query, context, found).Select(o => o.Id), cancellationToken);
        if (query.Then is not null)
            await SecondOrder.DemandFitAsync(db.Matching(query, context, found).Select(o => o.Id), cancellationToken);
        await audit.WriteAsync(AuditAction.Exported, nameof(Order), 0, null, format.Name, cancellationToken);

        IReadOnlyList<ExportColumn> columns = [.. chosen.Select(c => c.Column)
            .Select(c => c with { Title = audience.Title(c.Title), Show = c.Kind == ExportKind.Choice
            ? value => audience.Choice(c.Name, value) : null })];
        var totals = new RunningTotals(columns, audience.Words.Total);
        return new()
        {
            Title = request.Title,
            Subtitles = request.Subtitles,
            ShopName = shop.Value.Name,
            MadeAt = clock.GetUtcNow(),
            Audience = audience,
            Columns = columns,
            Rows = totals
                .AddAsync(Prefetch
                .Of(cancellation => ReadAsync(db => db.Matching(query, context, found), query, chosen, OrderService.Sight(grant),
                cancellation), CancellationToken.None)),
            Totals = totals.Row,
            IsRaw = request.IsRaw,
        };
    }

    private async IAsyncEnumerable<object?[]> ReadAsync(
        Func<CrmDbContext, IQueryable<Order>> matching, OrderQuery query, IReadOnlyList<OrderExportColumn> columns, NameVisibility sight,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var (parts, withItems) = (OrderExportColumns.PartsOf(columns), columns.Any(c => c.Shown == "items"));
        var orders = matching(db).Sorted(query.Order).AsNoTracking();
        var rows = withItems ? orders.Select(o => new OrderExportRow(o.Id, o.ExternalId, o.PlacedAt, o.Customer, o.Lines.Count,
                o.Lines.Sum(l => (long)l.Quantity), o.Status, o.Channel, o.PaymentMethod, o.ShippingAddress, o.Total, o.Currency,
                o.BaseTotal))
            : orders.Select(o => new OrderExportRow(o.Id, o.ExternalId, o.PlacedAt, o.Customer, o.Lines.Count, 0, o.Status, o.Channel,
                o.PaymentMethod, o.ShippingAddress, o.Total, o.Currency, o.BaseTotal));
        await foreach (var chunk in rows.AsAsyncEnumerable().Chunk(ChunkSize).WithCancellation(cancellationToken))
        {
            foreach (var row in await WithPartsAsync(chunk, parts, cancellationToken))
                yield return [.. columns.Select(c => c.Value(row, sight))];
        }
    }

    /// <summary>What other tables say of some orders, read for all of them at once beside the rows that are still coming.</summary>
    private async Task<IReadOnlyList<OrderExportRow>> WithPartsAsync(OrderExportRow[] rows, OrderRowParts parts,
        CancellationToken cancellationToken)
    {
        if (parts == OrderRowParts.None) return rows;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var (refunded, changed) = await db.PartsOfAsync([.. rows.Select(r => r.Id)], parts, cancellationToken);
        return Array.ConvertAll(rows, r => r with
        {
            Refunded = refunded.GetValueOrDefault(r.Id), ChangedAt = changed.TryGetValue(r.Id, out var at) ? at : null,
        });
    }
}
