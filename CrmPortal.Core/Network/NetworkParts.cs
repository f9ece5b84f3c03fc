using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Network;

/// <summary>Connections with their sessions and sums, which name nobody else and go with them.</summary>
internal sealed class NetworkConnectionPart : CustomerPart<NetworkConnection>
{
    public override int Position => 290;

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) => merge.AllAsync(
        merge.Db.NetworkConnections.Where(c => merge.OtherIds.Contains(c.CustomerId)), c => c.CustomerId = merge.Survivor.Id,
        cancellationToken);

    public override async Task<IReadOnlyDictionary<long, string>> TitlesAsync(CrmDbContext db, IReadOnlyList<AuditEntry> rows,
        CancellationToken cancellationToken)
    {
        var ids = rows.Select(r => r.EntityId).ToList();
        return await db.NetworkConnections.Where(c => ids.Contains(c.Id))
            .ToDictionaryAsync(c => c.Id, c => c.AccessName, cancellationToken);
    }
}

/// <summary>No audit row holds a password, so a new one stays; a connection that comes back has none until it gets one.</summary>
internal sealed class NetworkConnectionUndo : UndoRule<NetworkConnection>
{
    public override Func<string, object?, bool> Guard(object row, JsonElement values, Grant grant) =>
        (field, _) => field == nameof(NetworkConnection.PasswordSetAt);
}
