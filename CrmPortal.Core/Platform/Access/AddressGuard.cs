using System.Globalization;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Access;

/// <summary>
/// Counts what visitors without a sign-in do, by their address and minute, in the database, so that all nodes count together. Attempts to
/// sign in are counted by <see cref="SignInGuard"/>, in a count of their own.
/// </summary>
public sealed class AddressGuard(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, TimeProvider clock)
{
    private const string MinuteFormat = "yyyyMMddHHmm";

    /// <summary>Counts a request of an address.</summary>
    /// <param name="purpose">What is counted, such as <c>help-find</c>; each has a count of its own. Ten letters at most, so that the name of
    /// the counter fits its column.</param>
    /// <param name="most">So many a minute are allowed.</param>
    /// <returns>Null, or how long the address must wait.</returns>
    public async Task<TimeSpan?> CountAsync(string purpose, System.Net.IPAddress? address, int most, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var prefix = purpose + " ";
        var minute = prefix + now.ToString(MinuteFormat, CultureInfo.InvariantCulture);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        // Addresses are personal data: the counter is named by a hash of them.
        var name = $"{minute} {SessionService.Hash(SignInGuard.Network(address))[..16]}";
        var count = await provider.RaiseCounterAsync(db, name, 1, cancellationToken);
        if (count == 1)
        {
            var old = prefix + now.AddHours(-1).ToString(MinuteFormat, CultureInfo.InvariantCulture);
#pragma warning disable CA1309 // It becomes SQL.
            await db.DailyCounters.Where(c => c.Name.StartsWith(prefix) && string.Compare(c.Name, old) < 0)
                .ExecuteDeleteAsync(cancellationToken);
#pragma warning restore CA1309
        }

        return count <= most ? null : TimeSpan.FromSeconds(60 - now.Second);
    }
}
