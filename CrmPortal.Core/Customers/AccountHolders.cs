using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

internal sealed class AccountHolders : IAccountHolders
{
    public async Task<bool> AreBarredAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        !await db.Customers.AnyAsync(
            c => c.Id == customerId && c.DeletedAt == null && c.Status != CustomerStatus.Blocked, cancellationToken);

    public async Task<bool> HaveEmailAsync(CrmDbContext db, long customerId, string email, CancellationToken cancellationToken)
    {
        var key = email.ToLowerInvariant();
        return await db.Customers.AnyAsync(c => c.Id == customerId && c.DeletedAt == null && c.Status != CustomerStatus.Blocked
            && (c.EmailKey == key || c.ContactPoints.Any(p => p.Kind == ContactKind.Email && p.ValueKey == key)), cancellationToken);
    }
}
