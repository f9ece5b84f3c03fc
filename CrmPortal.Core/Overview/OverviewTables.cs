using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Overview;

/// <summary>The tables of the shop's figures by day.</summary>
public static class OverviewTables
{
    extension(CrmDbContext db)
    {
        public DbSet<SalesDay> SalesDays => db.Set<SalesDay>();
        public DbSet<PointsDay> PointsDays => db.Set<PointsDay>();
        public DbSet<StaleHour> StaleHours => db.Set<StaleHour>();
    }
}
