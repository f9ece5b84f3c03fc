using System.Runtime.CompilerServices;
using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Exports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Loyalty;

/// <summary>What of a customer's ledger is exported.</summary>
/// <param name="Format">Of <see cref="ExportFormats"/>.</param>
/// <param name="IsStatement">A document for the customer themselves, from the oldest entry on; otherwise the list as it is shown.</param>
public sealed record LedgerExportRequest(long CustomerId, LedgerQuery Query, string Format, bool IsStatement)
{
    public string Title { get; init; } = "Points";

    /// <summary>The filter in words.</summary>
    public IReadOnlyList<string> Subtitles { get; init; } = [];

    /// <summary>Says a fixed reason of the program in the language of the reader.</summary>
    public Func<string, string> Say { get; init; } = text => text;

    /// <summary>What of their points a statement says above its lines.</summary>
    public Func<LoyaltyBalance, IReadOnlyList<string>> Summary { get; init; } = _ => [];
}

/// <summary>Makes tables of a customer's ledger for every kind of file.</summary>
public sealed class LedgerExportService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, AuditLog audit, TimeProvider clock,
    IOptions<ShopOptions> shop)
{
    private const int ChunkSize = 200;

    /// <summary>Checks everything that can be wrong and logs the export; the rows are read while the table is written.</summary>
    /// <returns>Null where there is no such customer.</returns>
    /// <exception cref="RuleViolationException">The format is wrong, or there are more rows than it is for.</exception>
    public async Task<ExportTable?> PrepareAsync(LedgerExportRequest request, ExportAudience audience, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        if (!request.IsStatement) await access.DemandAsync(Permissions.CustomersExport, cancellationToken);
        var format = ExportFormats.Demand(request.Format);
        var zone = shop.Value.Zone;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var customer = await db.Customers.AsNoTracking()
            .FirstOrDefaultAsync(c => c.Id == request.CustomerId && c.DeletedAt == null, cancellationToken);
        if (customer is null) return null;
        await format.DemandFitAsync(db.LoyaltyEntries.OfCustomer(request.CustomerId, request.Query, zone).Select(e => e.Id),
            cancellationToken);
        var balance = (await LedgerQueries.BalanceAsync(db, request.CustomerId, clock.GetUtcNow(), cancellationToken))!;
        await audit.WriteAsync(AuditAction.Exported, nameof(LoyaltyEntry), 0, request.CustomerId, format.Name, cancellationToken);
        return new()
        {
            Title = request.Title,
            Subtitles = [$"{customer.Number} {CustomerQueries.Shown(customer, grant.Has(Permissions.CustomersSensitive))}",
                .. request.Subtitles, .. request.Summary(balance)],
            ShopName = shop.Value.Name,
            MadeAt = clock.GetUtcNow(),
            Audience = audience,
            Columns = [.. Columns(request.IsStatement)
                .Select(c => c with { Title = audience.Title(c.Title), Show = c.Kind == ExportKind.Choice
                ? value => audience.Choice(c.Name, value) : null })],
            Rows = ReadAsync(request, zone, CancellationToken.None),
        };
    }

    private static IEnumerable<ExportColumn> Columns(bool isStatement)
    {
        yield return new("at", "Date", ExportKind.Instant, 16);
        yield return new("entry_kind", "Kind", ExportKind.Choice, 12);
        yield return new("reason", "Reason", ExportKind.Text, 30);
        yield return new("order", "Order", ExportKind.Text, 12) { IsWhole = true };
        yield return new("points", "Points", ExportKind.Number, 10);
        yield return new("balance", "Balance", ExportKind.Number, 10);
        yield return new("expires", "Expires", ExportKind.Instant, 16);
        if (!isStatement) yield return new("actor", "By", ExportKind.Text, 18);
    }

    private async IAsyncEnumerable<object?[]> ReadAsync(LedgerExportRequest request, LocalZone zone,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var kinds = Enum.GetValues<EntryKind>().ToDictionary(k => k, k => JsonNamingPolicy.SnakeCaseLower.ConvertName(k.ToString()));
        long? place = null;
        while (true)
        {
            var entries = db.LoyaltyEntries.OfCustomer(request.CustomerId, request.Query, zone);
            entries = request.IsStatement ? entries.Where(e => place == null || e.Id > place)
                .OrderBy(e => e.Id) : entries.Where(e => place == null || e.Id < place).OrderByDescending(e => e.Id);
            var ids = await entries.Select(e => e.Id).Take(ChunkSize).ToListAsync(cancellationToken);
            if (ids.Count == 0) yield break;
            foreach (var line in await LedgerQueries.LinesAsync(db, request.CustomerId, ids, cancellationToken))
            {
                object?[] row = [line.At, kinds[line.Kind], request.Say(line.Reason), line.OrderName ?? line.Reference, line.Points,
                    line.Balance, line.ExpiresAt];
                yield return request.IsStatement ? row : [.. row, line.ActorName];
            }

            place = ids[^1];
        }
    }
}
