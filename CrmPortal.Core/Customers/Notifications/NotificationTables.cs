using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Notifications;

/// <summary>
/// The tables of notifications. Within a query that names another table of them, it is <c>db.Set&lt;T&gt;()</c>: a query holds no
/// extension properties.
/// </summary>
public static class NotificationTables
{
    extension(CrmDbContext db)
    {
        public DbSet<Notification> Notifications => db.Set<Notification>();
        public DbSet<CustomerFollower> CustomerFollowers => db.Set<CustomerFollower>();
    }
}
