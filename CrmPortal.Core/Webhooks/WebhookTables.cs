using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Webhooks;

/// <summary>The tables of webhooks. Within a query that names another table of them, it is <c>db.Set&lt;T&gt;()</c>.</summary>
public static class WebhookTables
{
    extension(CrmDbContext db)
    {
        public DbSet<Webhook> Webhooks => db.Set<Webhook>();
        public DbSet<WebhookDelivery> WebhookDeliveries => db.Set<WebhookDelivery>();
    }
}
