using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Exports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Customers;

/// <summary>Which part of the list is exported, and how.</summary>
/// <param name="Query">The list as it is shown.</param>
/// <param name="Columns">The chosen columns, in their order.</param>
/// <param name="Format">Of <see cref="ExportFormats"/>.</param>
public sealed record CustomerExportRequest(CustomerQuery Query, IReadOnlyList<string> Columns, string Format)
{
    /// <summary>Where set, only these customers, in the order of the list.</summary>
    public IReadOnlyList<long>? Ids { get; init; }

    /// <summary>Leaves cells as they are that a spreadsheet may take for formulas.</summary>
    public bool IsRaw { get; init; }

    /// <summary>Has the columns of document 4 instead of the chosen ones.</summary>
    public bool IsOfDocument { get; init; }

    public string Title { get; init; } = "Customers";

    /// <summary>The search, the filter and the order in words.</summary>
    public IReadOnlyList<string> Subtitles { get; init; } = [];
}

/// <summary>Makes tables of the customer list for every kind of file.</summary>
public sealed class CustomerExportService(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, CustomerFinder finder,
        CustomFieldWriter customFields, AuditLog audit, TimeProvider clock, IOptions<ShopOptions> shop)
{
    /// <summary>How many customers can be listed individually, since they are part of a URL.</summary>
    public const int MostIds = 500;

    /// <summary>Checks everything that can be wrong and logs the export; the rows are read while the table is written.</summary>
    /// <exception cref="RuleViolationException">The filter, the order, a column or the format is wrong, or there are more rows than the
    /// format is for.</exception>
    public async Task<ExportTable> PrepareAsync(CustomerExportRequest request, ExportAudience audience, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersExport, cancellationToken);
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        if (request.IsRaw) await access.DemandAsync(Permissions.ExportsRaw, cancellationToken);
        if (request.Query.InTrash) await access.DemandAsync(Permissions.CustomersDelete, cancellationToken);
        var maySee = grant.Has(Permissions.CustomersSensitive);
        var format = ExportFormats.Demand(request.Format);
        if (request.Ids is { Count: > MostIds })
            throw new RuleViolationException("Ids", "At most {0} customers can be listed individually.", MostIds);
        if (request.Query.SortsBy(CustomerSort.Email) && !maySee)
            throw new RuleViolationException("Sort", "You may not sort by {0}.", "email");
        var columns = request.IsOfDocument
            ? CustomerExportColumns.OfDocument(CustomerKinds.NewSince(shop.Value.Zone, clock.GetUtcNow()), format is JsonExport)
            : CustomerExportColumns.Of(request.Columns, request.Query.InTrash, await AddedFieldsAsync(request, grant, cancellationToken));

        // Chosen customers are exported also where they have changed and the filter no longer finds them.
        var query = request.Ids is null ? request.Query : request.Query with { Search = null, Filter = null };
        var exactIds = await finder.ExactIdsAsync(query, grant, cancellationToken);
        await using var own = await dbFactory.CreateDbContextAsync(cancellationToken);
        var context = await finder.ContextAsync(own, grant, query, cancellationToken);
        await DemandFitAsync(format, db => Matches(db), cancellationToken);
        if (query.Then is not null) await SecondOrder.DemandFitAsync(Matches(own).Select(m => m.Key), cancellationToken);
        await audit.WriteAsync(AuditAction.Exported, nameof(Customer), 0, null,
            string.Join(' ', columns.Select(c => c.Key).Prepend(format.Name)), cancellationToken);

        IReadOnlyList<ExportColumn> shown = [.. columns.Select(c => c.For(audience, shop.Value.Currency))];
        var totals = new RunningTotals(shown, audience.Words.Total);
        return new()
        {
            Title = request.Title,
            Subtitles = request.Subtitles,
            ShopName = shop.Value.Name,
            MadeAt = clock.GetUtcNow(),
            Audience = audience,
            Columns = shown,
            Rows = totals.AddAsync(new CustomerExportRows(dbFactory, db => Matches(db).SortedBy(query.Order), columns,
                customFields, maySee).ReadAsync(CancellationToken.None)),
            Totals = totals.Row,
            IsRaw = request.IsRaw,
        };

        IQueryable<CustomerMatch> Matches(CrmDbContext db)
        {
            var matches = db.Matching(provider, query, context, exactIds);
            return request.Ids is { } ids ? matches.Where(m => ids.Contains(m.Customer.Id)) : matches;
        }
    }

    private async Task<IReadOnlyList<CustomField>> AddedFieldsAsync(CustomerExportRequest request, Grant grant,
        CancellationToken cancellationToken)
    {
        if (!request.Columns.Any(c => c.StartsWith(CustomFieldFilters.Prefix, StringComparison.Ordinal))) return [];
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.CustomFields.OfferedTo(grant).ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Builds the query once, so that a filter that is wrong is refused before anything is answered, and counts where the format has an
    /// end.
    /// </summary>
    private async Task DemandFitAsync(IExportFormat format, Func<CrmDbContext, IQueryable<CustomerMatch>> matches,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await format.DemandFitAsync(matches(db).Select(m => m.Key), cancellationToken);
    }
}
