using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Consents;

/// <summary>
/// What is on a customer's row of their consents, computed again from the ledger where entries moved from one customer to another.
/// </summary>
internal static class ConsentFlags
{
    public static async Task RefreshAsync(CrmDbContext db, IReadOnlyCollection<long> customerIds, CancellationToken cancellationToken)
    {
        if (customerIds.Count == 0) return;
        await db.Customers.Where(c => customerIds.Contains(c.Id)).ExecuteUpdateAsync(
            c => c.SetProperty(x => x.EmailMarketing,
                x => db.Set<Consent>().Where(e => e.CustomerId == x.Id && e.Purpose == ConsentPurpose.Marketing
                    && e.Channel == Channel.Email)
                    .OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Select(e => e.State == ConsentState.Granted).FirstOrDefault())
                .SetProperty(x => x.SmsMarketing, x => db.Set<Consent>()
                    .Where(e => e.CustomerId == x.Id && e.Purpose == ConsentPurpose.Marketing
                    && e.Channel == Channel.Sms)
                    .OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Select(e => e.State == ConsentState.Granted)
                        .FirstOrDefault()),
            cancellationToken);
    }

    /// <summary>Of two states the one that allows less.</summary>
    public static ConsentState Stricter(ConsentState a, ConsentState b) => Rank(a) >= Rank(b) ? a : b;

    private static int Rank(ConsentState state) => state switch { ConsentState.Withdrawn => 2, ConsentState.Requested => 1, _ => 0 };
}
