using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Data;

/// <summary>Brings the schema up to date.</summary>
internal static class DatabaseMigration
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>
    /// Runs the migrations that the database lacks. Before it looks for any, EF compares the whole model with its snapshot, which would
    /// be a good part of every start; so it is only called where there is one to run.
    /// </summary>
    public static async Task RunAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        if (!(await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any()) return;
        // A large table may be written anew, which takes as long as it takes.
        var usual = db.Database.GetCommandTimeout();
        db.Database.SetCommandTimeout(Longest);
        await db.Database.MigrateAsync(cancellationToken);
        db.Database.SetCommandTimeout(usual);
    }
}
