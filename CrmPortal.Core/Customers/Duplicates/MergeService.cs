using System.Text.Json;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Customers.Duplicates;

/// <summary>
/// Merges customers who are one person into one of them, who gets what the others have; those go to the trash and lead there. One
/// change set in one transaction, which <see cref="UndoService"/> undoes in full.
/// </summary>
public sealed class MergeService(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, TimeProvider clock,
        IOptions<ShopOptions> shop)
{
    public const string Kind = "customer.merge";
    public const int MostCustomers = 10;
    internal const string MergedField = "MergedFrom";

    /// <summary>So many rows may move: a merge goes, and comes back, in one transaction that holds them in memory.</summary>
    public const int MostRows = 200_000;

    /// <summary>The fields that a merge decides about, as <see cref="MergeRequest.Fields"/> names them.</summary>
    public static IReadOnlyList<string> FieldNames { get; } = [.. MergeFields.All.Select(f => f.Name)];

    /// <summary>What a merge would do, without doing it.</summary>
    /// <exception cref="RuleViolationException">The customers are too few or too many, or one of them is not there.</exception>
    public async Task<MergePreview> PreviewAsync(MergeRequest request, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersMerge, cancellationToken);
        var maySee = grant.Has(Permissions.CustomersSensitive);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var (survivor, others) = await LoadAsync(db, request, cancellationToken);
        // The same moves as in earnest, in a context that is thrown away.
        var mover = new MergeMover(db, survivor, others, grant.Actor, clock.GetUtcNow(), request.Fields);
        await mover.MoveAsync(cancellationToken);
        List<Customer> all = [survivor, .. others];
        var agents = all.Select(c => c.PreferredAgentId).ToList();
        await db.Users.Where(u => agents.Contains(u.Id)).LoadAsync(cancellationToken);
        var fields = MergeFields.All.Select(rule => new MergeField(
            rule.Name, [.. all.Select(c => new MergeValue(c.Id, Masked(rule, rule.Text(c), maySee)))],
                Chosen(rule, survivor, others, request).Id, rule.IsSensitive && !maySee));
        var ids = all.Select(c => c.Id).ToList();
        var sides = await DuplicateService.SidesAsync(db, ids, maySee, cancellationToken);
        return new(survivor.Id, [.. ids.Select(id => sides[id])], [.. fields, .. mover.Differences.Select(d => d.Field(maySee))],
            mover.Moves);
    }

    /// <summary>Merges.</summary>
    /// <exception cref="RuleViolationException">The customers are too few or too many, or one of them is not there or was merged at this
    /// moment.</exception>
    public async Task<MergeResult> MergeAsync(MergeRequest request, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersMerge, cancellationToken);
        return await MergeAsync(grant, request, cancellationToken);
    }

    /// <summary>Merges for whoever was found to have the right to it.</summary>
    internal async Task<MergeResult> MergeAsync(Grant grant, MergeRequest request, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet(Kind, Permissions.CustomersMerge);
        await LockAsync(db, request, cancellationToken);
        var (survivor, others) = await LoadAsync(db, request, cancellationToken);
        DemandChoices(survivor, others, request, grant);

        var now = clock.GetUtcNow();
        var chosen = MergeFields.All.Select(rule => (Rule: rule, From: Chosen(rule, survivor, others, request)))
            .Where(c => c.From.Id != survivor.Id).ToList();
        var mover = new MergeMover(db, survivor, others, grant.Actor, now, request.Fields);
        try
        {
            foreach (var part in CustomerParts.All) await part.DemandRoomAsync(mover, cancellationToken);
            await mover.MoveAsync(cancellationToken);
            DemandKnown(request, mover);
            foreach (var other in others)
            {
                other.MoveToTrash(now);
                other.MergedIntoId = survivor.Id;
            }

            await NoteAsync(db, survivor, others, cancellationToken);
            // E-mails and phones are unique among those who are not in the trash: the others lie there before the survivor gets theirs.
            await db.SaveChangesAsync(cancellationToken);
            var (email, phone) = ((survivor.Email, survivor.EmailVerifiedAt), (survivor.Phone, survivor.PhoneVerifiedAt));
            foreach (var (rule, from) in chosen) rule.Take(survivor, from);
            await mover.KeepFurtherAsync(email, phone, cancellationToken);
            var first = others.Append(survivor).Min(c => c.FirstContactAt ?? c.CreatedAt);
            if (first < (survivor.FirstContactAt ?? survivor.CreatedAt)) survivor.FirstContactAt = first;
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new RuleViolationException("", "Someone changed the same record at the same time; try again.");
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            throw new RuleViolationException("", "Someone changed the same record at the same time; try again.");
        }

        List<long> ids = [survivor.Id, .. others.Select(c => c.Id)];
        var settlement = new MergeSettlement(db, provider, grant.Actor, shop.Value, now, survivor.Id, ids, mover.Moves);
        foreach (var part in CustomerParts.All) await part.SettleAsync(settlement, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        db.ChangeTracker.Clear();
        var details = await CustomerReading.DetailsAsync(db, survivor.Id, grant.Has(Permissions.CustomersSensitive), cancellationToken,
            alsoInTrash: true);
        return new(details!, mover.Moves, db.LastChangeSetId!.Value);
    }

    private static List<long> OthersOf(MergeRequest request)
    {
        var others = request.Ids.Where(id => id != request.SurvivorId).Distinct().Order().ToList();
        if (others.Count == 0) throw new RuleViolationException("Ids", "Choose at least two customers.");
        if (others.Count >= MostCustomers)
            throw new RuleViolationException("Ids", "At most {0} customers can be merged at once.", MostCustomers);
        return others;
    }

    /// <summary>
    /// Locks the customers, and those who are tied to them, in the order of their keys: of two merges at once one waits, and then sees.
    /// </summary>
    private async Task LockAsync(CrmDbContext db, MergeRequest request, CancellationToken cancellationToken)
    {
        List<long> ids = [request.SurvivorId, .. OthersOf(request)];
        var tied = await db.Relationships.Where(r => ids.Contains(r.CustomerId) || ids.Contains(r.OtherId))
            .Select(r => new { r.CustomerId, r.OtherId }).ToListAsync(cancellationToken);
        await provider.LockCustomersAsync(db, [.. ids.Concat(tied.SelectMany(t => new[] { t.CustomerId, t.OtherId })).Distinct().Order()],
            cancellationToken);
    }

    private static async Task<(Customer Survivor, List<Customer> Others)> LoadAsync(CrmDbContext db, MergeRequest request,
        CancellationToken cancellationToken)
    {
        var wanted = OthersOf(request);
        var found = await db.Customers.Where(c => (wanted.Contains(c.Id) || c.Id == request.SurvivorId) && c.DeletedAt == null)
            .ToListAsync(cancellationToken);
        var survivor = found.FirstOrDefault(c => c.Id == request.SurvivorId)
            ?? throw new RuleViolationException("SurvivorId", "The customer to keep no longer exists.");
        var others = found.Where(c => c.Id != survivor.Id).OrderBy(c => c.Id).ToList();
        return others.Count == wanted.Count
            ? (survivor, others) : throw new RuleViolationException("Ids", "One of the customers was deleted or merged in the meantime.");
    }

    private static void DemandChoices(Customer survivor, List<Customer> others, MergeRequest request, Grant grant)
    {
        foreach (var (name, id) in request.Fields ?? new Dictionary<string, long>())
        {
            if (id != survivor.Id && others.All(o => o.Id != id))
                throw new RuleViolationException("Fields", "The value of {0} can only be taken from one of the customers.", name);
        }

        // Lifting a block is for those who may block, here as everywhere.
        var status = Chosen(MergeFields.All.Single(r => r.Name == nameof(Customer.Status)), survivor, others, request);
        if (status.Status != CustomerStatus.Blocked && others.Append(survivor).Any(c => c.Status == CustomerStatus.Blocked)
            && !grant.Has(Permissions.CustomersBlock))
            throw new RuleViolationException("Fields", "One of the customers is blocked; only users who may block can unblock them.");
    }

    /// <summary>A choice names a field of every customer, or something that these customers have different values of.</summary>
    private static void DemandKnown(MergeRequest request, MergeMover mover)
    {
        foreach (var name in (request.Fields ?? new Dictionary<string, long>()).Keys)
        {
            if (MergeFields.All.All(r => r.Name != name) && mover.Differences.All(d => d.Name != name))
                throw new RuleViolationException("Fields", "There is no field {0} to choose.", name);
        }
    }

    private static Customer Chosen(MergeRule rule, Customer survivor, List<Customer> others, MergeRequest request)
    {
        var id = request.Fields is { } fields && fields.TryGetValue(rule.Name, out var wanted)
            ? wanted : MergeFields.Proposed(rule, survivor, others.OrderByDescending(c => c.UpdatedAt));
        return others.FirstOrDefault(c => c.Id == id) ?? survivor;
    }

    private static string? Masked(MergeRule rule, string? text, bool maySee) => maySee || !rule.IsSensitive ? text : rule.Name switch
    {
        nameof(Customer.Email) => Masking.Email(text),
        nameof(Customer.Phone) => Masking.Phone(text),
        _ => Masking.Text(text),
    };

    /// <summary>Says in the survivor's history who went into them, also where they had everything already.</summary>
    private async Task NoteAsync(CrmDbContext db, Customer survivor, List<Customer> others, CancellationToken cancellationToken)
    {
        var changeSet = await db.StartChangeSetAsync(cancellationToken);
        db.AuditEntries.Add(new AuditEntry
        {
            ChangeSet = changeSet, EntityType = nameof(Customer), EntityId = survivor.Id, CustomerId = survivor.Id,
                Action = AuditAction.Updated, Fields = MergedField,
            Values = JsonSerializer
                .Serialize(new Dictionary<string, object?[]> { [MergedField] = [null, string.Join(", ", others.Select(o => o.Number))] },
                ChangeRecorder.Json),
        });
        db.OutboxEvents.Add(new OutboxEvent
        {
            Topic = "customer.merged", SubjectId = survivor.Id,
                Payload = JsonSerializer.Serialize(new EventPayload([MergedField], changeSet.ActorId, changeSet.ActorName),
                ChangeRecorder.Json),
            ChangeSet = changeSet, CreatedAt = clock.GetUtcNow(),
        });
    }
}
