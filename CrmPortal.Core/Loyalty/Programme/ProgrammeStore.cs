using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <summary>The version of the programme that holds.</summary>
internal static class ProgrammeStore
{
    /// <summary>The active version; the first time, the usual rules become the first version.</summary>
    public static async Task<LoyaltyProgramme> CurrentAsync(CrmDbContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await LedgerReading.ProgrammeAsync(db, cancellationToken) is { } active) return active;
        var first = new LoyaltyProgramme { State = ProgrammeState.Active, Name = "Standard", RulesJson = LoyaltyProgramme.Write(new()),
            CreatedAt = now, ActivatedAt = now };
        db.LoyaltyProgrammes.Add(first);
        await db.SaveChangesAsync(cancellationToken);
        db.Entry(first).State = EntityState.Detached;
        return first;
    }

    /// <summary>The rules of the active version, or the usual ones where there is none yet; a reader makes no version.</summary>
    public static async Task<ProgrammeRules> RulesAsync(CrmDbContext db, CancellationToken cancellationToken) =>
        (await LedgerReading.ProgrammeAsync(db, cancellationToken))?.Rules ?? new();
}
