using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Imports;

/// <summary>
/// The tables of imports. Within a query that names another table of them, it is <c>db.Set&lt;T&gt;()</c>: a query holds no
/// extension properties.
/// </summary>
public static class ImportTables
{
    extension(CrmDbContext db)
    {
        public DbSet<Import> Imports => db.Set<Import>();
        public DbSet<ImportChunk> ImportChunks => db.Set<ImportChunk>();
        public DbSet<ImportRow> ImportRows => db.Set<ImportRow>();
        public DbSet<ImportMemory> ImportMemories => db.Set<ImportMemory>();
    }
}
