using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>
/// The tables of customers' documents. Within a query that names another table of them, it is <c>db.Set&lt;T&gt;()</c>: a query holds no
/// extension properties.
/// </summary>
public static class DocumentTables
{
    extension(CrmDbContext db)
    {
        public DbSet<Document> Documents => db.Set<Document>();
    }
}
