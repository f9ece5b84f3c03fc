using System.Text.Json;
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

    /// <summary>Checks everything that can be wrong and logs the export; the rows are read while the table is written.</summary>
    /// <exception cref="RuleViolationException">The filter or the format is wrong, or there are more rows than the format is
    /// for.</exception>
    public async Task<ExportTable> PrepareAsync(OrderExportRequest request, ExportAudience audience, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersExport, cancellationToken);
        await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        if (request.IsRaw) await access.DemandAsync(Permissions.ExportsRaw, cancellationToken);
        var format = ExportFormats.Demand(request.Format);
        var context = orders.Context(grant);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (request.Ids is { Count: > MostIds })
            throw new RuleViolationException("Ids", "At most {0} orders can be listed individually.", MostIds);
        // Chosen orders are exported also where they have changed and the filter no longer finds them.
        var query = request.Ids is null ? request.Query : request.Query with { Search = null, Filter = null };
        var found = request.Ids ?? await orders.FoundAsync(db, query, grant, cancellationToken);
        await format.DemandFitAsync(db.Matching(query, context, found).Select(o => o.Id), cancellationToken);
        await audit.WriteAsync(AuditAction.Exported, nameof(Order), 0, null, format.Name, cancellationToken);

        IReadOnlyList<ExportColumn> columns = [.. Columns(shop.Value.Currency)
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
                .Of(cancellation => ReadAsync(db => db.Matching(query, context, found), query, OrderService.Sight(grant),
                cancellation), CancellationToken.None)),
            Totals = totals.Row,
            IsRaw = request.IsRaw,
        };
    }

    private static IEnumerable<ExportColumn> Columns(string currency) =>
    [
        new("order", "Order", ExportKind.Text, 12) { IsWhole = true },
        new("placed", "Placed", ExportKind.Instant, 16),
        new("customer", "Customer number", ExportKind.Text, 21) { IsWhole = true },
        new("name", "Customer", ExportKind.Text, 24),
        new("products", "Products", ExportKind.Number, 8),
        new("status", "Status", ExportKind.Choice, 10) { IsWhole = true },
        new("channel", "Channel", ExportKind.Text, 10),
        new("total", "Total", ExportKind.Money, 15),
        new("base_total", "Total in base currency", ExportKind.Money, 15) { Currency = currency, IsSummed = true },
    ];

    private async IAsyncEnumerable<object?[]> ReadAsync(
        Func<CrmDbContext, IQueryable<Order>> matching, OrderQuery query, NameVisibility sight,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var statuses = Enum.GetValues<OrderStatus>().ToDictionary(s => s, s => JsonNamingPolicy.SnakeCaseLower.ConvertName(s.ToString()));
        var rows = matching(db).Sorted(query.Sort, query.Descending).AsNoTracking()
            .Select(o => new { o.Id, o.ExternalId, o.PlacedAt, o.Customer, Products = o.Lines.Count, o.Status, o.Channel, o.Total,
                o.Currency, o.BaseTotal });
        await foreach (var o in rows.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            yield return
            [
                Order.NameOf(o.Id, o.ExternalId), o.PlacedAt, o.Customer?.Number, sight.Of(o.Customer)?.Name, o.Products,
                    statuses[o.Status], o.Channel, new ExportAmount(o.Total, o.Currency), o.BaseTotal,
            ];
        }
    }
}
