using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Network;

/// <summary>The tables of network access. Within a query that names another table of them, it is <c>db.Set&lt;T&gt;()</c>.</summary>
public static class NetworkTables
{
    extension(CrmDbContext db)
    {
        public DbSet<TariffPlan> TariffPlans => db.Set<TariffPlan>();
        public DbSet<NetworkConnection> NetworkConnections => db.Set<NetworkConnection>();
        public DbSet<NetworkSession> NetworkSessions => db.Set<NetworkSession>();
        public DbSet<NetworkUsage> NetworkUsages => db.Set<NetworkUsage>();
    }
}
