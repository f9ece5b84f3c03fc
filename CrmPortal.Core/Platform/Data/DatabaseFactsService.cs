using CrmPortal.Core.Platform.Access;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Data;

/// <summary>The database engine that the program runs on.</summary>
public sealed record DatabaseFacts(string Engine, string Version);

/// <summary>Says what the program runs on, for whoever looks after it.</summary>
public sealed class DatabaseFactsService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access)
{
    public async Task<DatabaseFacts> GetAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.Database.OpenConnectionAsync(cancellationToken);
        var name = db.Database.ProviderName ?? "";
        return new(name.Contains("Sqlite", StringComparison.Ordinal) ? "SQLite" : "PostgreSQL",
            db.Database.GetDbConnection().ServerVersion);
    }
}
