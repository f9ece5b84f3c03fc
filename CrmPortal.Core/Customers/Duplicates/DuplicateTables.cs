using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Duplicates;

/// <summary>
/// The tables of the search for duplicates. Within a query that names another table of them, it is <c>db.Set&lt;T&gt;()</c>: a query holds
/// no
/// extension properties.
/// </summary>
public static class DuplicateTables
{
    extension(CrmDbContext db)
    {
        public DbSet<DuplicatePair> DuplicatePairs => db.Set<DuplicatePair>();
    }
}
