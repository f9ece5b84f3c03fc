using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.History;

/// <summary>What undoing did.</summary>
/// <param name="Undone">Rows undone.</param>
/// <param name="Kept">Rows and fields left as they are, because they were changed later or are gone.</param>
/// <param name="ChangeSetId">The undoing itself, which can be undone in turn.</param>
public sealed record UndoResult(int Undone, IReadOnlyList<FieldConflict> Kept, long? ChangeSetId);

/// <summary>Takes a change set back: fields get their old values, new rows go, removed rows come again.</summary>
public sealed partial class UndoService(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, TimeProvider clock,
        IOptions<ShopOptions> shop)
{
    private const int BatchSize = 500;
    private const int MostKeptNames = 100;
    private static readonly TimeSpan Limit = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestBatch = TimeSpan.FromMinutes(5);

    /// <summary>One's own work can be undone by anyone who still may do it; that of others by those who may delete customers.</summary>
    public bool MayUndo(ChangeSet changeSet, Grant grant) =>
        !IsUndone(changeSet) && MayTakeBack(changeSet, grant);

    /// <summary>Whether it has been undone, or is being so. Where the program ended in between, it has not, and can be again.</summary>
    internal bool IsUndone(ChangeSet changeSet) => changeSet.UndoneAt is not null
        && (changeSet.UndoingAt is not { } at || at > clock.GetUtcNow() - LongestBatch);

    private bool MayTakeBack(ChangeSet changeSet, Grant grant) =>
        changeSet.Permission is not null && clock.GetUtcNow() - changeSet.At <= Limit && grant.Has(changeSet.Permission)
        && (changeSet.ActorId == grant.Actor.UserId || grant.Has(Permissions.CustomersDelete));

    /// <summary>Undoes a change set.</summary>
    /// <param name="alsoChangedLater">Takes back fields that were changed again since; otherwise those keep their present value.</param>
    /// <exception cref="RuleViolationException">There is nothing to undo, or it is too late, or a unique value has gone to another
    /// record.</exception>
    public async Task<UndoResult> UndoAsync(long changeSetId, bool alsoChangedLater, CancellationToken cancellationToken)
    {
        var undo = new UndoOperation(await access.DemandSignedInAsync(cancellationToken), alsoChangedLater);
        await TakeBackBatchAsync(changeSetId, undo, cancellationToken);
        // Once begun it goes to its end: a page that is left, or a job that is stopped, leaves nothing half done.
        while (!undo.IsDone)
        {
            var (undone, kept) = (undo.Undone, undo.Kept.Count);
            try
            {
                await TakeBackBatchAsync(changeSetId, undo, CancellationToken.None);
            }
            catch (RuleViolationException)
            {
                // A conflict with these rows does not affect the rest.
                undo.Kept.RemoveRange(kept, undo.Kept.Count - kept);
                undo.Kept.AddRange(Enumerable.Repeat(new FieldConflict("", null, null, null), undo.BatchRows));
                undo.Undone = undone;
                // The batch that would have said that it is done went back.
                if (undo is { IsDone: true, Mass: null }) await EndAsync(changeSetId);
            }
            catch when (undo.Mass is null)
            {
                // It can be undone again; rows that are already restored are skipped. The undo of an import resumes by itself.
                await using var db = await dbFactory.CreateDbContextAsync(CancellationToken.None);
                await db.ChangeSets.Where(c => c.Id == changeSetId)
                    .ExecuteUpdateAsync(c => c.SetProperty(x => x.UndoneAt, (DateTimeOffset?)null)
                    .SetProperty(x => x.UndoingAt, (DateTimeOffset?)null), CancellationToken.None);
                throw;
            }
        }

        if (undo.Mass is { } mass) await EndAsync(mass, changeSetId);
        return new(undo.Undone, undo.Kept, undo.ChangeSetId);
    }

    /// <summary>Takes the next rows back in a transaction of their own, the first ones with the mark that it is undone.</summary>
    private async Task TakeBackBatchAsync(long changeSetId, UndoOperation undo, CancellationToken cancellationToken)
    {
        var last = undo.Last;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (undo.ChangeSetId is { } running) db.ContinueChangeSet(running);
        else await BeginAsync(db, changeSetId, undo, cancellationToken);
        if (undo.Mass is not null && undo.ChangeSetId is null) await RemoveCreatedAsync(db, changeSetId, undo, cancellationToken);
        var isMass = undo.Mass is not null;
        // The records that an import created are removed in masses; what it changed of others and added to them is undone row by row.
        var entries = await db.AuditEntries.AsNoTracking()
            .Where(e => e.ChangeSetId == changeSetId && e.Id < last
            && (!isMass || e.Action != AuditAction.Created
            || (e.EntityType != nameof(Customer) && e.EntityType != nameof(Order) && e.EntityType != nameof(Refund))))
            // A merge is undone completely or not at all.
            .OrderByDescending(e => e.Id).Take(undo.IsMerge ? MergeService.MostRows + 1 : BatchSize).ToListAsync(cancellationToken);
        if (undo.IsMerge && entries.Count > MergeService.MostRows)
            throw new RuleViolationException("", "This merge moved more than {0} records and cannot be undone in one go.",
                MergeService.MostRows);
        var isLast = undo.IsMerge || entries.Count < BatchSize;
        var plain = undo is { Mass: null, IsMerge: false } ? CountPlain(entries) : 0;
        // The others behind them are the next batch.
        if (plain > 0 && plain < entries.Count) (entries, isLast) = (entries[..plain], false);
        undo.Reached(entries, isLast);
        var isOfSteps = undo is { Mass: null, IsMerge: false } && entries.Exists(OrderUndo.IsStep);
        List<long> owners = [.. entries.Select(e => e.CustomerId).OfType<long>().Distinct()];
        if (isOfSteps) await LoyaltySettlement.LockAsync(db, provider, owners, cancellationToken);
        else await provider.LockCustomersAsync(db, owners, cancellationToken);
        List<long> recounted = [];
        if (plain > 0) await TakeBackPlainAsync(db, entries, undo, cancellationToken);
        else recounted = await TakeBackRowsAsync(db, entries, undo, isOfSteps, cancellationToken);
        if (undo.IsDone) await RemoveUnusedAsync(db, undo, cancellationToken);
        await OrderStatistics
            .RefreshAsync(db,
            Owners(entries.Where(e => e.EntityType is nameof(Order) or nameof(Refund)
            || (e.EntityType == nameof(Note) && e.Fields == OwnerField))), cancellationToken);
        if (undo.IsMerge) await SettleLoyaltyAsync(db, Owners(entries), undo, cancellationToken);
        await ConsentFlags.RefreshAsync(db, Owners(entries.Where(e => e.EntityType == nameof(Consent) && e.Action != AuditAction.Viewed)),
            cancellationToken);
        if (undo.Mass is null && (!undo.IsDone || undo.ChangeSetId is not null))
            await ShowProgressAsync(db, changeSetId, undo.IsDone, cancellationToken);
        var written = db.LastChangeSetId;
        await SettleOrdersAsync(db, recounted, undo, cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        undo.ChangeSetId = written;
    }

    /// <summary>Takes rows of any kind back, each by the rule of its kind.</summary>
    /// <returns>The orders that count now and did not before, or the other way round.</returns>
    private async Task<List<long>> TakeBackRowsAsync(CrmDbContext db, List<AuditEntry> entries, UndoOperation undo, bool isOfSteps,
        CancellationToken cancellationToken)
    {
        await PreloadAsync(db, entries, cancellationToken);
        if (isOfSteps) await PreloadOrdersAsync(db, entries, cancellationToken);
        await FindGoneAsync(db, entries, undo, cancellationToken);
        if (undo.IsMerge) await PrepareMergeAsync(db, entries, undo, cancellationToken);
        // Each look at what is tracked would compare all of it first; it is compared once, behind them.
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        foreach (var entry in entries)
            if (await TakeBackAsync(db, entry, undo, cancellationToken)) undo.Undone++;
        db.ChangeTracker.AutoDetectChangesEnabled = true;
        if (undo.IsMerge) await KeepTakenContactsAsync(db, undo, cancellationToken);
        else await LeaveTakenContactsAsync(db, undo, cancellationToken);
        var recounted = isOfSteps ? Recounted(db) : [];
        await SaveInTurnAsync(db, undo, cancellationToken);
        return recounted;
    }

    /// <summary>The newest change sets of the acting user that they can undo, newest first.</summary>
    public async Task<IReadOnlyList<long>> LastOwnAsync(int count, CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var brokenOff = clock.GetUtcNow() - LongestBatch;
        var sets = await db.ChangeSets.AsNoTracking().Where(c => c.ActorId == grant.Actor.UserId && c.Permission != null
            && (c.UndoneAt == null || c.UndoingAt <= brokenOff) && c.UndoesId == null
                // An import is undone on its own page, never by a keystroke.
                && !MassUndo.Kinds.Contains(c.Kind))
            .OrderByDescending(c => c.Id).Take(Math.Clamp(count, 1, 20)).ToListAsync(cancellationToken);
        return [.. sets.Where(s => MayUndo(s, grant)).Select(s => s.Id)];
    }

    /// <summary>Marks the change set as undone, which only one of two undoings at once can do, and starts the one of the undoing.</summary>
    private async Task BeginAsync(CrmDbContext db, long changeSetId, UndoOperation undo, CancellationToken cancellationToken)
    {
        var changeSet = await db.ChangeSets.AsNoTracking().FirstOrDefaultAsync(c => c.Id == changeSetId, cancellationToken);
        // The undo of an import that was interrupted by a restart resumes where it stopped.
        var mass = changeSet is null ? null : MassUndo.Of(changeSet.Kind);
        var broken = mass is not null && changeSet!.UndoneAt is not null
            && await mass.IsBrokenOffAsync(db, changeSetId, cancellationToken)
            ? await db.ChangeSets.Where(c => c.UndoesId == changeSetId).OrderByDescending(c => c.Id).Select(c => (long?)c.Id)
                .FirstOrDefaultAsync(cancellationToken) : null;
        if (changeSet is null || !(broken is null ? MayUndo(changeSet, undo.Grant) : MayTakeBack(changeSet, undo.Grant))) throw Refused();
        if (broken is not null)
        {
            (undo.Mass, undo.ChangeSetId) = (mass, broken);
            db.ContinueChangeSet(broken.Value);
            return;
        }

        var brokenOff = clock.GetUtcNow() - LongestBatch;
        var marked = await db.ChangeSets.Where(c => c.Id == changeSetId && (c.UndoneAt == null || c.UndoingAt <= brokenOff))
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.UndoneAt, clock.GetUtcNow()).SetProperty(x => x.UndoingAt, (DateTimeOffset?)null),
                cancellationToken);
        if (marked == 0) throw Refused();
        undo.Mass = mass;
        undo.IsMerge = await IsMergeAsync(db, changeSet, cancellationToken);
        // What was removed in masses is not kept row by row; anyone who wants it again imports again.
        db.BeginChangeSet("undo", undo.Mass is not null ? null : changeSet.Permission);
        (await db.StartChangeSetAsync(cancellationToken)).UndoesId = changeSetId;

        static RuleViolationException Refused() => new("", "This can no longer be undone.");
    }

    private static async Task RemoveCreatedAsync(CrmDbContext db, long changeSetId, UndoOperation undo,
        CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        var (removed, customers) = await undo.Mass!.RemoveCreatedAsync(db, changeSetId, db.LastChangeSetId!.Value, cancellationToken);
        await OrderStatistics.RefreshAsync(db, customers, cancellationToken);
        var kept = await db.AuditEntries.Where(e => e.ChangeSetId == changeSetId && e.EntityType == nameof(Customer)
            && e.Action == AuditAction.Created)
            .Join(db.Customers.Where(c => c.DeletedAt == null), e => e.EntityId, c => c.Id, (_, c) => c.Number).Order().Take(MostKeptNames)
                .ToListAsync(cancellationToken);
        undo.Kept.AddRange(kept.Select(number => new FieldConflict(nameof(Customer), null, number, null)));
        undo.Undone += removed;
    }

    /// <summary>
    /// Says that the taking back goes on, or that it is done: one that says nothing for long was broken off by the end of the program.
    /// </summary>
    private async Task ShowProgressAsync(CrmDbContext db, long changeSetId, bool isDone, CancellationToken cancellationToken)
    {
        DateTimeOffset? at = isDone ? null : clock.GetUtcNow();
        await db.ChangeSets.Where(c => c.Id == changeSetId).ExecuteUpdateAsync(c => c.SetProperty(x => x.UndoingAt, at), cancellationToken);
    }

    private async Task EndAsync(long changeSetId)
    {
        await using var db = await dbFactory.CreateDbContextAsync(CancellationToken.None);
        await ShowProgressAsync(db, changeSetId, isDone: true, CancellationToken.None);
    }

    private async Task EndAsync(IMassUndo mass, long changeSetId)
    {
        await using var db = await dbFactory.CreateDbContextAsync(CancellationToken.None);
        await mass.EndAsync(db, changeSetId);
    }

    /// <summary>Removes the rows that were put off and that nobody uses.</summary>
    private async Task RemoveUnusedAsync(CrmDbContext db, UndoOperation undo, CancellationToken cancellationToken)
    {
        foreach (var kind in undo.PutOff.GroupBy(p => p.Type, p => p.Id))
            await UndoRules.Find(kind.Key)!.RemoveUnusedAsync(db, kind.ToList(), cancellationToken);
        if (undo.PutOff.Count > 0 && db.ChangeTracker.HasChanges()) await SaveAsync(db, cancellationToken);
    }

    /// <summary>Reads what a batch is about at once, so that undoing a bulk edit is not one query a row.</summary>
    private static async Task PreloadAsync(CrmDbContext db, List<AuditEntry> entries, CancellationToken cancellationToken)
    {
        var customers = entries.Select(e => e.CustomerId).OfType<long>().Distinct().ToList();
        if (customers.Count > 0) await db.Customers.Where(c => customers.Contains(c.Id)).LoadAsync(cancellationToken);
        var tagged = CustomersWith(nameof(CustomerTag));
        if (tagged.Count > 0) await db.CustomerTags.Where(t => tagged.Contains(t.CustomerId)).LoadAsync(cancellationToken);
        // Of an address that changes hands, both sides' addresses count: only one of a type is the default.
        var moved = Owners(entries.Where(e => e.EntityType == nameof(Address)));
        if (moved.Count > 0) await db.Addresses.Where(a => moved.Contains(a.CustomerId)).LoadAsync(cancellationToken);

        List<long> CustomersWith(string type) => [.. entries.Where(e => e.EntityType == type).Select(e => e.CustomerId).OfType<long>()
            .Distinct()];
    }

    private async Task SaveAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            throw Taken();
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new RuleViolationException("", "Someone changed the same record at the same time; try again.");
        }
    }

    private static RuleViolationException Taken() =>
        new("", "This cannot be undone: an e-mail, phone or name that would be restored now belongs to another record.");
}
