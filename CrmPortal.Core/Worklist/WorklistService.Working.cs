using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Worklist;

public sealed partial class WorklistService
{
    /// <summary>Says that the acting user is at it, so that nobody else calls the customer; null where there is no such entry.</summary>
    /// <exception cref="RuleViolationException">Somebody else is at it.</exception>
    public async Task<bool> ClaimAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var me = grant.Actor.UserId ?? throw new SignedOutException();
        var (now, stale, name) = (clock.Now, StaleClaim, grant.Actor.Name);
        return await ChangeAsync(id, async (db, open) => await open
            .Where(e => e.ClaimedById == null || e.ClaimedById == me || e.ClaimedAt < stale)
            .ExecuteUpdateAsync(e => e.SetProperty(x => x.ClaimedById, me).SetProperty(x => x.ClaimedByName, name)
                .SetProperty(x => x.ClaimedAt, now), cancellationToken), cancellationToken);
    }

    /// <summary>Takes the own claim back; false where there was none.</summary>
    public async Task<bool> ReleaseAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var me = grant.Actor.UserId;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await db.WorklistEntries.Where(e => e.Id == id && e.ClaimedById == me).ExecuteUpdateAsync(e => e
            .SetProperty(x => x.ClaimedById, (long?)null).SetProperty(x => x.ClaimedByName, (string?)null)
            .SetProperty(x => x.ClaimedAt, (DateTimeOffset?)null), cancellationToken) == 0) return false;
        Tell(db, id);
        await db.SaveWithoutRecordAsync(cancellationToken);
        return true;
    }

    /// <summary>The customer was contacted: they are left alone for a while. A note becomes one of the customer.</summary>
    /// <returns>False where there is no such open entry.</returns>
    /// <exception cref="RuleViolationException">Somebody else is at it, or the note is too long.</exception>
    public async Task<bool> DoneAsync(long id, string? note, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        return await CloseAsync(id, WorklistState.Done, clock.Today.AddDays(WorklistLimits.QuietDaysAfterDone), note, cancellationToken);
    }

    /// <summary>Puts the entry off to a day.</summary>
    /// <returns>False where there is no such open entry.</returns>
    /// <exception cref="RuleViolationException">Somebody else is at it, or the day is none that is ahead.</exception>
    public async Task<bool> LaterAsync(long id, DateOnly? until, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        if (until is not { } day || day <= clock.Today || day > clock.Today.AddDays(WorklistLimits.MostDaysLater))
            throw new RuleViolationException("Until", "Choose a day after today, within a year.");
        return await CloseAsync(id, WorklistState.Later, day, null, cancellationToken);
    }

    /// <summary>The entry was of no use.</summary>
    /// <returns>False where there is no such open entry.</returns>
    /// <exception cref="RuleViolationException">Somebody else is at it.</exception>
    public async Task<bool> NotUsefulAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        return await CloseAsync(id, WorklistState.NotUseful, clock.Today.AddDays(WorklistLimits.QuietDaysAfterNotUseful), null,
            cancellationToken);
    }

    /// <summary>Brings an entry back that somebody has dealt with.</summary>
    /// <returns>False where there is no such entry.</returns>
    public async Task<bool> ReopenAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await db.WorklistEntries.Where(e => e.Id == id && e.State != WorklistState.Open).ExecuteUpdateAsync(e => e
            .SetProperty(x => x.State, WorklistState.Open).SetProperty(x => x.QuietUntil, (DateOnly?)null)
            .SetProperty(x => x.ClosedAt, (DateTimeOffset?)null).SetProperty(x => x.ClosedByName, (string?)null), cancellationToken) == 0)
            return false;
        Tell(db, id);
        await db.SaveWithoutRecordAsync(cancellationToken);
        return true;
    }

    private async Task<bool> CloseAsync(long id, WorklistState state, DateOnly until, string? note, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var (me, now, stale, name) = (grant.Actor.UserId, clock.Now, StaleClaim, grant.Actor.Name);
        await using var reading = await dbFactory.CreateDbContextAsync(cancellationToken);
        var entry = await reading.WorklistEntries.Where(e => e.Id == id && e.State == WorklistState.Open)
            .Select(e => new { e.CustomerId, e.ClaimedByName,
                IsTaken = e.ClaimedById != null && e.ClaimedById != me && e.ClaimedAt >= stale })
            .FirstOrDefaultAsync(cancellationToken);
        if (entry is null) return false;
        if (entry.IsTaken) throw Taken(entry.ClaimedByName!);
        // The note first: where it is refused, the entry is still to be dealt with.
        if (!string.IsNullOrWhiteSpace(note)) await notes.AddAsync(entry.CustomerId, note, cancellationToken);
        return await ChangeAsync(id, async (db, open) => await open
            .Where(e => e.ClaimedById == null || e.ClaimedById == me || e.ClaimedAt < stale)
            .ExecuteUpdateAsync(e => e.SetProperty(x => x.State, state).SetProperty(x => x.QuietUntil, until)
                .SetProperty(x => x.ClosedAt, now).SetProperty(x => x.ClosedByName, name).SetProperty(x => x.ClaimedById, (long?)null)
                .SetProperty(x => x.ClaimedByName, (string?)null).SetProperty(x => x.ClaimedAt, (DateTimeOffset?)null), cancellationToken),
            cancellationToken);
    }

    private static RuleViolationException Taken(string by) => new("", "{0} is already at it.", by);

    /// <summary>Changes an open entry in one statement, so that of two at once one is told.</summary>
    private async Task<bool> ChangeAsync(long id, Func<CrmDbContext, IQueryable<WorklistEntry>, Task<int>> change,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var open = db.WorklistEntries.Where(e => e.Id == id && e.State == WorklistState.Open);
        if (await change(db, open) == 0)
        {
            return await open.Select(e => e.ClaimedByName).FirstOrDefaultAsync(cancellationToken) is { } other
                ? throw Taken(other) : false;
        }

        Tell(db, id);
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
