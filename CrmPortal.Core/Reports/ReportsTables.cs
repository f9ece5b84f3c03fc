using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Reports;

/// <summary>The tables of reports.</summary>
public static class ReportsTables
{
    extension(CrmDbContext db)
    {
        public DbSet<SavedReport> SavedReports => db.Set<SavedReport>();
        public DbSet<ReportRun> ReportRuns => db.Set<ReportRun>();
    }
}
