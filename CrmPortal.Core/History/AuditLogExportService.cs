using System.Runtime.CompilerServices;
using System.Text.Json;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Exports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.History;

/// <summary>Makes a table of the audit log: names of fields, never values.</summary>
public sealed class AuditLogExportService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, AuditLog audit,
    TimeProvider clock, IOptions<ShopOptions> shop)
{
    /// <summary>So many of the newest rows are exported at most.</summary>
    public const int MostRows = 100_000;

    private const int ChunkSize = 500;

    /// <summary>Checks what can be wrong and logs the export; the rows are read while the table is written.</summary>
    /// <exception cref="RuleViolationException">The query is wrong.</exception>
    public async Task<ExportTable> PrepareAsync(AuditQuery query, ExportAudience audience, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.AuditView, cancellationToken);
        AuditLogService.Check(query);
        await audit.WriteAsync(AuditAction.Exported, nameof(AuditEntry), 0, null, "csv", cancellationToken);
        return new()
        {
            Title = audience.Title("Audit log"),
            ShopName = shop.Value.Name,
            MadeAt = clock.GetUtcNow(),
            Audience = audience,
            Columns = [.. Columns().Select(c => c with { Title = audience.Title(c.Title) })],
            Rows = ReadAsync(query, grant, CancellationToken.None),
        };
    }

    private static IEnumerable<ExportColumn> Columns()
    {
        yield return new("at", "When", ExportKind.Instant, 16);
        yield return new("actor", "Who", ExportKind.Text, 18);
        yield return new("origin", "From where", ExportKind.Text, 10);
        yield return new("ip_address", "IP address", ExportKind.Text, 16);
        yield return new("work", "Work", ExportKind.Text, 16);
        yield return new("action", "What", ExportKind.Text, 10);
        yield return new("kind", "Kind of record", ExportKind.Text, 14);
        yield return new("record", "Record number", ExportKind.Number, 10);
        yield return new("customer", "Customer", ExportKind.Text, 24);
        yield return new("fields", "Fields", ExportKind.Words, 30);
    }

    private async IAsyncEnumerable<object?[]> ReadAsync(AuditQuery query, Grant grant,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var zone = shop.Value.Zone;
        var (place, rows) = ((AuditPlace?)AuditPlace.Start, 0);
        while (place is not null && rows < MostRows)
        {
            // A context of its own for each part: an export may take as long as its reader does.
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            var found = await AuditLogQueries.FindAsync(db, query, zone, place, Math.Min(ChunkSize, MostRows - rows), cancellationToken);
            foreach (var row in await AuditLogService.RowsAsync(db, found.Keys, grant, cancellationToken))
            {
                rows++;
                yield return [row.At, row.ActorName, Name(row.Origin), row.IpAddress, row.Kind, Name(row.Item.Action), row.Item.EntityType,
                    row.RecordId, row.CustomerName, row.Item.Fields.Select(f => f.Name).ToList()];
            }

            place = found.Next;
        }
    }

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
