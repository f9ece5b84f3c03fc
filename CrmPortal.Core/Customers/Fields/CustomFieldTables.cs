using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Fields;

/// <summary>
/// The tables of the shop's own fields. Within a query that names another table of them, it is <c>db.Set&lt;T&gt;()</c>: a query holds no
/// extension properties.
/// </summary>
public static class CustomFieldTables
{
    extension(CrmDbContext db)
    {
        public DbSet<CustomField> CustomFields => db.Set<CustomField>();
        public DbSet<CustomFieldValue> CustomFieldValues => db.Set<CustomFieldValue>();
    }
}
