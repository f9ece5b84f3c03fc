using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>
/// Leads the key of a merged customer to the one who stayed, as their number and e-mail do: other systems may have stored it. Anyone who
/// takes a customer's key from outside asks here first.
/// </summary>
public sealed class MergedCustomers(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider)
{
    internal const string IsMerged = """select 1 from "Customers" where "Id" = @value and "MergedIntoId" is not null""";

    private const int MostMerges = 20;

    private static readonly CompiledQueries<Func<CrmDbContext, long, CancellationToken, Task<long?>>> Survivor = new(() =>
        EF.CompileAsyncQuery((CrmDbContext db, long id, CancellationToken _) =>
            db.Set<Customer>().Where(c => c.Id == id).Select(c => c.MergedIntoId).FirstOrDefault()));

    /// <summary>The customer that the key means now: the survivor of a merge, else the key itself, whether there is such a customer or
    /// not.</summary>
    public async Task<long> LeadAsync(long id, CancellationToken cancellationToken)
    {
        // Hardly any key is that of a merged customer, and every request with one asks.
        if (!await IsMergedAsync(id, cancellationToken)) return id;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await LeadAsync(db, id, cancellationToken);
    }

    private async Task<bool> IsMergedAsync(long id, CancellationToken cancellationToken)
    {
        await using var connection = await provider.OpenAsync(cancellationToken);
        await using var command = connection.Command(IsMerged, id);
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    /// <inheritdoc cref="LeadAsync(long, CancellationToken)"/>
    internal static async Task<long> LeadAsync(CrmDbContext db, long id, CancellationToken cancellationToken) =>
        await SurvivorAsync(db, id, cancellationToken) ?? id;

    /// <summary>Follows merges to the one who is there; a survivor may have been merged in turn. Null where the customer was not
    /// merged.</summary>
    internal static async Task<long?> SurvivorAsync(CrmDbContext db, long id, CancellationToken cancellationToken)
    {
        long? survivor = null;
        for (var steps = 0; steps < MostMerges; steps++)
        {
            var next = await Survivor.For(db)(db, survivor ?? id, cancellationToken);
            if (next is null) return survivor;
            survivor = next;
        }

        return survivor;
    }
}
