using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

/// <summary>The tables of analytics.</summary>
public static class AnalyticsTables
{
    extension(CrmDbContext db)
    {
        public DbSet<RfmRun> RfmRuns => db.Set<RfmRun>();
        public DbSet<RfmRunCell> RfmRunCells => db.Set<RfmRunCell>();
        public DbSet<ForecastRun> ForecastRuns => db.Set<ForecastRun>();
        public DbSet<CustomerMonth> CustomerMonths => db.Set<CustomerMonth>();
        public DbSet<CohortMonth> CohortMonths => db.Set<CohortMonth>();
        public DbSet<StaleBuyer> StaleBuyers => db.Set<StaleBuyer>();
        public DbSet<ShopCount> ShopCounts => db.Set<ShopCount>();
    }
}
