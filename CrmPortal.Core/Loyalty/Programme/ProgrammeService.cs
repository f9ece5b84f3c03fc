using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Loyalty;

/// <summary>A version of the programme.</summary>
public sealed record ProgrammeDetails(long Id, ProgrammeState State, string Name, ProgrammeRules Rules, DateTimeOffset CreatedAt,
    string CreatedByName, DateTimeOffset? ActivatedAt, string? ActivatedByName, long Version);

/// <summary>
/// The versions of the loyalty programme: one holds, drafts wait, the others are history. What was booked keeps its version.
/// </summary>
public sealed class ProgrammeService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, TimeProvider clock,
    IOptions<ShopOptions> shop)
{
    private const int MostDrafts = 20;
    private const int MostVersions = 200;

    /// <summary>The version that holds.</summary>
    public async Task<ProgrammeDetails> CurrentAsync(CancellationToken cancellationToken)
    {
        await DemandViewAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return Details(await ProgrammeStore.CurrentAsync(db, clock.GetUtcNow(), cancellationToken));
    }

    /// <summary>All versions: the active one, the drafts, then the retired ones, newest first.</summary>
    public async Task<IReadOnlyList<ProgrammeDetails>> ListAsync(CancellationToken cancellationToken)
    {
        await DemandViewAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await ProgrammeStore.CurrentAsync(db, clock.GetUtcNow(), cancellationToken);
        var found = await db.LoyaltyProgrammes.AsNoTracking().OrderByDescending(p => p.Id).Take(MostVersions)
            .ToListAsync(cancellationToken);
        return [.. found.OrderBy(p => p.State switch { ProgrammeState.Active => 0, ProgrammeState.Draft => 1, _ => 2 })
            .ThenByDescending(p => p.ActivatedAt).ThenByDescending(p => p.Id).Select(Details)];
    }

    /// <summary>A version, or null where there is none.</summary>
    public async Task<ProgrammeDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        await DemandViewAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.LoyaltyProgrammes.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken) is { } found
            ? Details(found) : null;
    }

    /// <summary>Makes a draft, or changes one.</summary>
    /// <param name="id">The draft, or null for a new one.</param>
    /// <param name="version">Where set, any change in between is a conflict.</param>
    /// <returns>Null where there is no such draft.</returns>
    /// <exception cref="RuleViolationException">Something is wrong with the rules; each error names its field.</exception>
    /// <exception cref="ConcurrencyConflictException">Someone else changed the draft.</exception>
    public async Task<PartChangeResult<ProgrammeDetails>?> SaveDraftAsync(long? id, string? name, ProgrammeRules rules, long? version,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ProgrammeEdit, cancellationToken);
        var errors = new List<FieldError>();
        var title = TextRules.Required("Name", name, LoyaltyProgramme.NameLength, "Name the version.", errors);
        var json = LoyaltyProgramme.Write(ProgrammeCheck.Checked(rules, errors));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("programme.draft", Permissions.ProgrammeEdit);
        LoyaltyProgramme? draft;
        if (id is null)
        {
            if (await db.LoyaltyProgrammes.CountAsync(p => p.State == ProgrammeState.Draft, cancellationToken) >= MostDrafts)
                throw new RuleViolationException("", "There can be at most {0} drafts; discard one first.", MostDrafts);
            db.LoyaltyProgrammes
                .Add(draft = new LoyaltyProgramme { State = ProgrammeState.Draft, Name = title, RulesJson = json,
                CreatedAt = clock.GetUtcNow(), CreatedByName = grant.Actor.Name });
        }
        else
        {
            draft = await db.LoyaltyProgrammes.FirstOrDefaultAsync(p => p.Id == id && p.State == ProgrammeState.Draft, cancellationToken);
            if (draft is null) return null;
            if (version is { } expected && expected != draft.Version) throw new ConcurrencyConflictException([], draft.Version, null, null);
            (draft.Name, draft.RulesJson) = (title, json);
        }

        await SaveAsync(db, draft, cancellationToken);
        return new(Details(draft), db.LastChangeSetId);
    }

    /// <summary>Puts a draft in force: bookings from now on follow it, and the version before it is retired.</summary>
    /// <returns>Null where there is no such draft.</returns>
    /// <exception cref="RuleViolationException">Somebody put another version in force at the same time.</exception>
    public async Task<ProgrammeDetails?> ActivateAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ProgrammeEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Taken back by putting another version in force, so that it stays known what held when.
        db.BeginChangeSet("programme.activate");
        await ProgrammeStore.CurrentAsync(db, clock.GetUtcNow(), cancellationToken);
        var draft = await db.LoyaltyProgrammes.FirstOrDefaultAsync(p => p.Id == id && p.State == ProgrammeState.Draft, cancellationToken);
        if (draft is null) return null;
        var active = await db.LoyaltyProgrammes.FirstAsync(p => p.State == ProgrammeState.Active, cancellationToken);
        try
        {
            // One after the other: there is never more than one that is active.
            active.State = ProgrammeState.Retired;
            await db.SaveChangesAsync(cancellationToken);
            (draft.State, draft.ActivatedAt, draft.ActivatedByName) = (ProgrammeState.Active, clock.GetUtcNow(), grant.Actor.Name);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            throw new RuleViolationException("", "Someone else has activated another version at the same time.");
        }

        return Details(draft);
    }

    /// <summary>Throws a draft away.</summary>
    /// <returns>The change set, by which it comes back; null where there is no such draft.</returns>
    public async Task<long?> DiscardAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ProgrammeEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("programme.discard", Permissions.ProgrammeEdit);
        var draft = await db.LoyaltyProgrammes.FirstOrDefaultAsync(p => p.Id == id && p.State == ProgrammeState.Draft, cancellationToken);
        if (draft is null) return null;
        db.LoyaltyProgrammes.Remove(draft);
        await SaveAsync(db, draft, cancellationToken);
        return db.LastChangeSetId;
    }

    /// <summary>What a purchase would earn by some rules.</summary>
    /// <param name="amount">In major units of the shop's base currency.</param>
    public long Example(ProgrammeRules rules, decimal amount, DateOnly day, string? tier, string? category) =>
        PointsCalculator.Of(rules, new([(Money.ToMinor(amount, shop.Value.Currency), category)], day, tier, null), shop.Value.Currency);

    private async Task DemandViewAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        if (!grant.Has(Permissions.ReportsView)) await access.DemandAsync(Permissions.CustomersView, cancellationToken);
    }

    private static async Task SaveAsync(CrmDbContext db, LoyaltyProgramme draft, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new ConcurrencyConflictException([], draft.Version, null, null);
        }
    }

    internal static ProgrammeDetails Details(LoyaltyProgramme p) => new(p.Id, p.State, p.Name, p.Rules, p.CreatedAt, p.CreatedByName,
        p.ActivatedAt, p.ActivatedByName, p.Version);
}
