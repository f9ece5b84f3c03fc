using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Chats;

/// <summary>The tables of chats. Within a query that names another table of them, it is <c>db.Set&lt;T&gt;()</c>.</summary>
public static class ChatTables
{
    extension(CrmDbContext db)
    {
        public DbSet<Chat> Chats => db.Set<Chat>();
        public DbSet<ChatMessage> ChatMessages => db.Set<ChatMessage>();
        public DbSet<ChatFile> ChatFiles => db.Set<ChatFile>();
        public DbSet<ChatAgent> ChatAgents => db.Set<ChatAgent>();
        public DbSet<ChatSettings> ChatSettings => db.Set<ChatSettings>();
    }
}
