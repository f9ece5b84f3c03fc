using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Worklist;

/// <summary>The table of whom to contact.</summary>
public static class WorklistTables
{
    extension(CrmDbContext db)
    {
        public DbSet<WorklistEntry> WorklistEntries => db.Set<WorklistEntry>();
    }
}
