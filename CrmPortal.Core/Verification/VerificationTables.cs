using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Verification;

/// <summary>
/// The tables of verification. Within a query that names another table of them, it is <c>db.Set&lt;T&gt;()</c>: a query holds no
/// extension properties.
/// </summary>
public static class VerificationTables
{
    extension(CrmDbContext db)
    {
        public DbSet<VerificationCode> VerificationCodes => db.Set<VerificationCode>();
    }
}
