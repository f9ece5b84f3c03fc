using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Platform.Access;

/// <summary>Customers who have an account to sign in with.</summary>
public interface IAccountHolders
{
    /// <summary>Whether the customer is blocked or gone, and their account with them.</summary>
    Task<bool> AreBarredAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken);

    /// <summary>Whether the customer is neither blocked nor gone, and an e-mail is among theirs.</summary>
    Task<bool> HaveEmailAsync(CrmDbContext db, long customerId, string email, CancellationToken cancellationToken);
}
