using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Consents;

/// <summary>
/// The tables of consents. Within a query that names another table of them, it is <c>db.Set&lt;T&gt;()</c>: a query holds no
/// extension properties.
/// </summary>
public static class ConsentTables
{
    extension(CrmDbContext db)
    {
        public DbSet<Consent> Consents => db.Set<Consent>();
        public DbSet<ConsentWording> ConsentWordings => db.Set<ConsentWording>();
    }
}
