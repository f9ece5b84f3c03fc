using System.Globalization;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

#pragma warning disable CA1309 // Becomes a comparison of the database, which knows no culture.

namespace CrmPortal.Core.Network;

/// <summary>How often access servers were answered what, by day of the shop.</summary>
internal static class NetworkCounters
{
    private const string Prefix = "network-";

    public static async Task CountAsync(CrmDbContext db, IDatabaseProvider provider, DateOnly day, AccessVerdict verdict,
        CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.RaiseCounterAsync(db, OfDay(day) + verdict, 1, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public static async Task<IReadOnlyDictionary<AccessVerdict, long>> OfAsync(CrmDbContext db, DateOnly day,
        CancellationToken cancellationToken)
    {
        var names = Enum.GetValues<AccessVerdict>().ToDictionary(v => OfDay(day) + v);
        var wanted = names.Keys.ToList();
        return (await db.DailyCounters.AsNoTracking().Where(c => wanted.Contains(c.Name)).ToListAsync(cancellationToken))
            .ToDictionary(c => names[c.Name], c => c.Value);
    }

    /// <summary>Removes those of earlier days.</summary>
    public static Task RemoveBeforeAsync(CrmDbContext db, DateOnly day, CancellationToken cancellationToken)
    {
        var first = OfDay(day);
        return db.DailyCounters.Where(c => c.Name.StartsWith(Prefix) && string.Compare(c.Name, first) < 0)
            .ExecuteDeleteAsync(cancellationToken);
    }

    private static string OfDay(DateOnly day) => Prefix + day.ToString("yyyyMMdd", CultureInfo.InvariantCulture) + "-";
}
