using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Segments;

/// <summary>The tables of segments.</summary>
public static class SegmentTables
{
    extension(CrmDbContext db)
    {
        public DbSet<Segment> Segments => db.Set<Segment>();
    }
}
