using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Segments;

/// <summary>The tables of segments and groups.</summary>
public static class SegmentTables
{
    extension(CrmDbContext db)
    {
        public DbSet<Segment> Segments => db.Set<Segment>();
        public DbSet<SegmentMember> SegmentMembers => db.Set<SegmentMember>();
        public DbSet<GroupChoice> GroupChoices => db.Set<GroupChoice>();
        public DbSet<SegmentTest> SegmentTests => db.Set<SegmentTest>();
        public DbSet<StaleCustomer> StaleCustomers => db.Set<StaleCustomer>();
    }
}
