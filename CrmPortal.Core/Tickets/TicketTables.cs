using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>
/// The tables of support. Within a query that names another table of them, it is <c>db.Set&lt;T&gt;()</c>: a query holds no extension
/// properties.
/// </summary>
public static class TicketTables
{
    extension(CrmDbContext db)
    {
        public DbSet<Ticket> Tickets => db.Set<Ticket>();
        public DbSet<TicketMessage> TicketMessages => db.Set<TicketMessage>();
        public DbSet<TicketFile> TicketFiles => db.Set<TicketFile>();
        public DbSet<TicketEvent> TicketEvents => db.Set<TicketEvent>();
        public DbSet<TicketFieldValue> TicketFieldValues => db.Set<TicketFieldValue>();
        public DbSet<TicketFollower> TicketFollowers => db.Set<TicketFollower>();
        public DbSet<TicketLink> TicketLinks => db.Set<TicketLink>();
        public DbSet<TicketDraft> TicketDrafts => db.Set<TicketDraft>();
        public DbSet<TicketRating> TicketRatings => db.Set<TicketRating>();
        public DbSet<ReceivedMail> ReceivedMails => db.Set<ReceivedMail>();
        public DbSet<IncomingMailbox> IncomingMailboxes => db.Set<IncomingMailbox>();
        public DbSet<TicketQueue> TicketQueues => db.Set<TicketQueue>();
        public DbSet<SavedReply> SavedReplies => db.Set<SavedReply>();
        public DbSet<TicketMacro> TicketMacros => db.Set<TicketMacro>();
        public DbSet<SupportCalendar> SupportCalendars => db.Set<SupportCalendar>();
        public DbSet<SlaPolicy> SlaPolicies => db.Set<SlaPolicy>();
    }
}
