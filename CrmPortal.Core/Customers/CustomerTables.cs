using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>
/// The tables of customers and what hangs on them. Within a query that names another table of them, it is <c>db.Set&lt;T&gt;()</c>: a query
/// holds no
/// extension properties.
/// </summary>
public static class CustomerTables
{
    extension(CrmDbContext db)
    {
        public DbSet<Customer> Customers => db.Set<Customer>();
        public DbSet<Address> Addresses => db.Set<Address>();
        public DbSet<ContactPoint> ContactPoints => db.Set<ContactPoint>();
        public DbSet<Tag> Tags => db.Set<Tag>();
        public DbSet<BulkEdit> BulkEdits => db.Set<BulkEdit>();
        public DbSet<CustomerTag> CustomerTags => db.Set<CustomerTag>();
        public DbSet<Note> Notes => db.Set<Note>();
        public DbSet<Avatar> Avatars => db.Set<Avatar>();
        public DbSet<ContactPerson> ContactPersons => db.Set<ContactPerson>();
        public DbSet<CommunicationPreference> CommunicationPreferences => db.Set<CommunicationPreference>();
        public DbSet<Preference> Preferences => db.Set<Preference>();
        public DbSet<ImportantDate> ImportantDates => db.Set<ImportantDate>();
        public DbSet<CustomerScore> CustomerScores => db.Set<CustomerScore>();
        public DbSet<CustomerScoreChange> CustomerScoreChanges => db.Set<CustomerScoreChange>();
        public DbSet<CustomerForecast> CustomerForecasts => db.Set<CustomerForecast>();
        public DbSet<Relationship> Relationships => db.Set<Relationship>();
    }
}
