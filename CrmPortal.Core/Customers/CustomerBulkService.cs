using System.Globalization;
using CrmPortal.Core.Access;
using CrmPortal.Core.Common;
using CrmPortal.Core.Data;
using CrmPortal.Core.Notifications;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>The customers that a bulk action is for: chosen ones, or all that a query finds.</summary>
public sealed record BulkSelection(IReadOnlyList<long>? Ids, CustomerQuery? Query);

public enum BulkActionKind { Activate, Deactivate, Block, AddTag, RemoveTag, Delete, Unblock, MakeVip, EndVip, SetSubscription, SetAgent, Follow, Unfollow, AddNote, SetTags }

/// <summary>
/// What is done to each; <paramref name="Argument"/> is the tag, the tags with commas between them, the reason, the text of the note, the
/// subscription state by its name, or the key of the member of staff who looks after them, none for nobody.
/// </summary>
public sealed record BulkAction(BulkActionKind Kind, string? Argument = null);

public sealed record BulkProgress(int Done, int Total);

/// <param name="Changed">How many were changed; the others were so already, or gone.</param>
/// <param name="ChangeSetId">What undo takes back, or null if nothing was changed.</param>
public sealed record BulkResult(int Changed, int Total, bool WasCancelled, long? ChangeSetId);

/// <summary>Changes many customers in one change set, in batches that leave room for others' saves.</summary>
public sealed class CustomerBulkService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, CustomerService customers, TimeProvider clock)
{
    private const int BatchSize = 200;
    private const int MostIds = 10_000;
    private const int MostFailures = 10;
    private const int MostTags = 20;

    /// <summary>Runs the action. Cancelling stops between two batches; what was done until then can be undone as one.</summary>
    /// <exception cref="RuleViolation">The argument is missing or wrong, or too many customers are named one by one.</exception>
    public async Task<BulkResult> RunAsync(BulkSelection selection, BulkAction action, IProgress<BulkProgress>? progress, CancellationToken cancellationToken)
    {
        var permission = action.Kind switch
        {
            BulkActionKind.Delete => Permissions.CustomersDelete,
            BulkActionKind.Block or BulkActionKind.Unblock => Permissions.CustomersBlock,
            BulkActionKind.Follow or BulkActionKind.Unfollow => Permissions.CustomersView,
            _ => Permissions.CustomersEdit,
        };
        var grant = await access.DemandAsync(permission, CancellationToken.None);
        await access.DemandAsync(Permissions.CustomersView, CancellationToken.None);
        action = action with { Argument = Check(action) };
        if (action is { Kind: BulkActionKind.SetAgent, Argument: { } agent }) await DemandAgentAsync(long.Parse(agent, CultureInfo.InvariantCulture));
        if (selection.Ids is { Count: > MostIds }) throw new RuleViolation("Ids", "At most {0} customers can be named one by one.", MostIds);

        var total = selection.Ids?.Count ?? (await customers.CountAsync(selection.Query!, null, CancellationToken.None)).Rows;
        var exactIds = selection.Query is { } query ? await customers.ExactIdsAsync(query, grant, CancellationToken.None) : null;
        var (changed, done, last, failures) = (0, 0, 0L, 0);
        long? changeSetId = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            await using var db = await dbFactory.CreateDbContextAsync(CancellationToken.None);
            await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
            if (changeSetId is { } id) db.ContinueChangeSet(id);
            else db.BeginChangeSet("customer.bulk", permission);
            var batch = await NextAsync(db, selection, grant, exactIds, last);
            if (batch.Count == 0) break;
            try
            {
                await provider.LockCustomersAsync(db, batch, CancellationToken.None);
                changed += action.Kind switch
                {
                    BulkActionKind.Follow or BulkActionKind.Unfollow => await FollowAsync(db, batch, grant, action.Kind == BulkActionKind.Follow),
                    BulkActionKind.AddNote => await AddNotesAsync(db, batch, action.Argument!, grant, tellsMentioned: changed == 0),
                    _ => await ApplyAsync(db, batch, action, grant),
                };
                await transaction.CommitAsync(CancellationToken.None);
            }
            catch (DbUpdateException failure) when (++failures < MostFailures && customers.MayBeRepeated(failure))
            {
                // Somebody saved the same customer or created the same tag at this moment: the batch is read again.
                continue;
            }

            changeSetId = db.LastChangeSetId ?? changeSetId;
            last = batch[^1];
            done = Math.Min(total, done + batch.Count);
            progress?.Report(new(done, total));
        }

        return new(changed, total, cancellationToken.IsCancellationRequested, changed > 0 ? changeSetId : null);
    }

    private async Task<List<long>> NextAsync(CrmDbContext db, BulkSelection selection, Grant grant, IReadOnlyList<long>? exactIds, long last)
    {
        if (selection.Ids is { } ids) return [.. ids.Where(id => id > last).Order().Take(BatchSize)];
        return await db.Matching(provider, selection.Query!, await customers.ContextAsync(db, grant, selection.Query!, CancellationToken.None), exactIds).Where(m => m.Key > last).OrderBy(m => m.Key).Take(BatchSize).Select(m => m.Key).ToListAsync();
    }

    private async Task<int> ApplyAsync(CrmDbContext db, List<long> ids, BulkAction action, Grant grant)
    {
        var batch = await db.Customers.Include(c => c.Tags).Where(c => ids.Contains(c.Id) && c.DeletedAt == null).OrderBy(c => c.Id).ToListAsync();
        var mayUnblock = grant.Has(Permissions.CustomersBlock);
        var now = clock.GetUtcNow();
        long? agent = action is { Kind: BulkActionKind.SetAgent, Argument: { } key } ? long.Parse(key, CultureInfo.InvariantCulture) : null;
        var tags = action.Kind switch
        {
            BulkActionKind.AddTag or BulkActionKind.SetTags => await TagService.FindOrCreateAsync(db, action.Argument!.Split(','), CancellationToken.None),
            BulkActionKind.RemoveTag when action.Argument!.ToLowerInvariant() is var name => await db.Tags.Where(t => t.NameKey == name).ToListAsync(),
            _ => [],
        };
        foreach (var customer in batch)
        {
            // Lifting a block is for those who may block; the others leave blocked customers as they are.
            if (customer.Status == CustomerStatus.Blocked && !mayUnblock && action.Kind is BulkActionKind.Activate or BulkActionKind.Deactivate) continue;
            switch (action.Kind)
            {
                case BulkActionKind.Activate: customer.Activate(); break;
                case BulkActionKind.Unblock when customer.Status == CustomerStatus.Blocked: customer.Activate(); break;
                case BulkActionKind.Deactivate when customer.Status != CustomerStatus.Inactive || action.Argument is not null: customer.Deactivate(action.Argument); break;
                case BulkActionKind.MakeVip when !customer.IsVip || action.Argument is not null: customer.SetVip(true, action.Argument, grant.Actor.UserId, now); break;
                case BulkActionKind.EndVip: customer.SetVip(false, null, null, now); break;
                case BulkActionKind.SetSubscription: customer.Subscription = Enum.Parse<SubscriptionState>(action.Argument!); break;
                case BulkActionKind.SetAgent: customer.PreferredAgentId = agent; break;
                case BulkActionKind.Block: customer.Block(action.Argument!); break;
                case BulkActionKind.Delete: customer.MoveToTrash(now); break;
                case BulkActionKind.AddTag: Add(customer, tags); break;
                case BulkActionKind.RemoveTag: db.CustomerTags.RemoveRange(customer.Tags.Where(t => tags.Any(gone => gone.Id == t.TagId))); break;
                case BulkActionKind.SetTags:
                    var others = customer.Tags.Where(t => tags.All(wanted => wanted.Id != t.TagId)).ToList();
                    Add(customer, tags);
                    db.CustomerTags.RemoveRange(others);
                    break;
            }
        }

        // What is tracked is looked at once; asked for each customer, it would be compared as often.
        var touched = db.ChangeTracker.Entries().Where(e => e.State != EntityState.Unchanged)
            .Select(e => e.Entity switch { Customer customer => customer.Id, CustomerTag { Customer: { } owner } => owner.Id, CustomerTag owned => owned.CustomerId, _ => 0 }).ToHashSet();
        var changed = batch.Count(c => touched.Contains(c.Id));
        await db.SaveChangesAsync();
        return changed;

        // A tag that is new has no key yet, and nobody has it.
        static void Add(Customer customer, List<Tag> tags) =>
            customer.Tags.AddRange(tags.Where(t => t.Id == 0 || customer.Tags.All(known => known.TagId != t.Id)).Select(t => new CustomerTag { Tag = t }).ToList());
    }

    /// <summary>The same note on each of them. Whoever is named in it is told once for all, at the first customer, however many there are.</summary>
    private async Task<int> AddNotesAsync(CrmDbContext db, List<long> ids, string text, Grant grant, bool tellsMentioned)
    {
        var now = clock.GetUtcNow();
        var there = await db.Customers.Where(c => ids.Contains(c.Id) && c.DeletedAt == null).OrderBy(c => c.Id).Select(c => c.Id).ToListAsync();
        if (there.Count == 0) return 0;
        await db.Customers.Where(c => there.Contains(c.Id)).ExecuteUpdateAsync(c => c.SetProperty(x => x.LastInteractionAt, now));
        db.Notes.AddRange(there.Select(id => new Note { CustomerId = id, Text = text, AuthorId = grant.Actor.UserId, AuthorName = grant.Actor.Name, CreatedAt = now }));
        if (tellsMentioned) await Mentions.TellAsync(db, there[0], text, null, grant.Actor, now, CancellationToken.None);
        await db.SaveChangesAsync();
        return there.Count;
    }

    /// <summary>Whom one follows is one's own matter: it stands in no history, and is taken back by following no longer.</summary>
    private static async Task<int> FollowAsync(CrmDbContext db, List<long> ids, Grant grant, bool isFollowing)
    {
        if (grant.Actor.UserId is not { } user) return 0;
        if (!isFollowing) return await db.CustomerFollowers.Where(f => f.UserId == user && ids.Contains(f.CustomerId)).ExecuteDeleteAsync();
        var wanted = await db.Customers.Where(c => ids.Contains(c.Id) && c.DeletedAt == null && !db.CustomerFollowers.Any(f => f.UserId == user && f.CustomerId == c.Id)).Select(c => c.Id).ToListAsync();
        db.CustomerFollowers.AddRange(wanted.Select(id => new CustomerFollower { CustomerId = id, UserId = user }));
        await db.SaveChangesAsync();
        return wanted.Count;
    }

    private async Task DemandAgentAsync(long userId)
    {
        await using var db = await dbFactory.CreateDbContextAsync(CancellationToken.None);
        if (!await db.Users.AnyAsync(u => u.Id == userId && u.DisabledAt == null)) throw new RuleViolation("Agent", "There is no such member of staff.");
    }

    private static string? Check(BulkAction action)
    {
        var errors = new List<FieldError>();
        var argument = action.Kind switch
        {
            BulkActionKind.AddTag or BulkActionKind.RemoveTag => CustomerRules.Tag(action.Argument, errors),
            BulkActionKind.SetTags => Tags(action.Argument, errors),
            BulkActionKind.AddNote => CustomerRules.Required("Text", action.Argument, CustomerRules.NoteLength, "A note needs a text.", errors),
            BulkActionKind.Block => CustomerRules.Required("Reason", action.Argument, CustomerRules.ReasonLength, "Say why the customers are blocked.", errors),
            BulkActionKind.Deactivate or BulkActionKind.MakeVip => CustomerRules.Text("Reason", action.Argument, CustomerRules.ReasonLength, errors).Value,
            BulkActionKind.SetSubscription => Enum.TryParse<SubscriptionState>(action.Argument, ignoreCase: true, out var state) && Enum.IsDefined(state)
                ? state.ToString() : throw new RuleViolation("Subscription", "Choose a state of the subscription."),
            BulkActionKind.SetAgent when !string.IsNullOrEmpty(action.Argument) => long.TryParse(action.Argument, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? id.ToString(CultureInfo.InvariantCulture) : throw new RuleViolation("Agent", "There is no such member of staff."),
            _ => null,
        };
        return errors.Count > 0 ? throw new RuleViolation(errors) : argument;
    }

    /// <summary>Each name once; none at all is taken for a slip, since it would take every tag away.</summary>
    private static string Tags(string? argument, List<FieldError> errors)
    {
        var names = (argument ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(n => CustomerRules.Tag(n, errors)).OfType<string>().DistinctBy(n => n.ToLowerInvariant()).ToList();
        if (names.Count is 0 or > MostTags) errors.Add(new("Tags", "Name between one and {0} tags.", MostTags));
        return string.Join(',', names);
    }
}
