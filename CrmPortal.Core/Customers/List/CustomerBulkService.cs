using System.Globalization;
using System.Text.Json;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>The customers that a bulk action is for: chosen ones, or all that a query finds.</summary>
public sealed record BulkSelection(IReadOnlyList<long>? Ids, CustomerQuery? Query);

public enum BulkActionKind { Activate, Deactivate, Block, AddTag, RemoveTag, Delete, Unblock, MakeVip, EndVip, SetSubscription, SetAgent,
    Follow, Unfollow, AddNote, SetTags }

/// <summary>
/// What is done to each; <paramref name="Argument"/> is the tag, the tags with commas between them, the reason, the text of the note, the
/// subscription state by its name, or the key of the member of staff who looks after them, none for nobody.
/// </summary>
public sealed record BulkAction(BulkActionKind Kind, string? Argument = null);

public sealed record BulkProgress(int Done, int Total);

/// <param name="Changed">How many were changed; the others were so already, or gone.</param>
/// <param name="ChangeSetId">What undo undoes, or null if nothing was changed.</param>
public sealed record BulkResult(int Changed, int Total, bool WasCancelled, long? ChangeSetId);

/// <summary>A bulk action that runs as a job, as shown to its owner.</summary>
/// <param name="Result">What came of it so far, or in the end.</param>
public sealed record BulkEditDetails(long Id, BulkActionKind Kind, BulkResult Result);

/// <summary>Changes many customers in one change set, in batches that leave room for others' saves.</summary>
public sealed class CustomerBulkService(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, CustomerService customers,
    CustomerFinder finder, JobService jobs, RunningJobs board, TimeProvider clock)
{
    /// <summary>Up to so many are changed at once, in one transaction; more are work for a job.</summary>
    public const int BatchSize = 200;

    private const int MostIds = 10_000;
    private const int MostFailures = 10;
    private const int MostTags = 20;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(60);

    /// <summary>Runs the action. Cancelling stops between two batches; what was done until then can be undone as one.</summary>
    /// <exception cref="RuleViolationException">The argument is missing or wrong, or too many customers are named one by one.</exception>
    public async Task<BulkResult> RunAsync(BulkSelection selection, BulkAction action, IProgress<BulkProgress>? progress,
        CancellationToken cancellationToken)
    {
        var (grant, valid) = await DemandAsync(selection, action);
        return await RunAsync(selection, valid, grant, null, progress, cancellationToken);
    }

    /// <summary>
    /// Has a job carry the action out, which goes on when the page is left; see <see cref="GetAsync"/> for what comes of it.
    /// </summary>
    /// <returns>The job.</returns>
    /// <exception cref="RuleViolationException">The argument is missing or wrong, or too many customers are named one by one.</exception>
    public async Task<long> StartAsync(BulkSelection selection, BulkAction action, CancellationToken cancellationToken)
    {
        var (grant, valid) = await DemandAsync(selection, action);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // What was wanted long ago is of no use any more.
        var old = clock.GetUtcNow() - Kept;
        await db.BulkEdits.Where(e => e.CreatedAt < old).ExecuteDeleteAsync(cancellationToken);
        var edit = new BulkEdit
        {
            OwnerId = grant.Actor.UserId, Kind = valid.Kind.ToString(), Argument = valid.Argument,
            Selection = JsonSerializer.Serialize(selection), CreatedAt = clock.GetUtcNow(),
        };
        db.BulkEdits.Add(edit);
        await db.SaveChangesAsync(cancellationToken);
        var job = jobs.Make(BulkEditJob.Name, edit.Id, grant);
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        board.Wake();
        return job.Id;
    }

    /// <summary>A bulk action of the acting user that a job carries out or has carried out, or null where there is none.</summary>
    public async Task<BulkEditDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var edit = await db.BulkEdits.AsNoTracking()
            .FirstOrDefaultAsync(e => e.Id == id && e.OwnerId == grant.Actor.UserId, cancellationToken);
        return edit is null || !Enum.TryParse<BulkActionKind>(edit.Kind, out var kind) ? null
            : new(edit.Id, kind, new(edit.Changed, edit.Total, edit.Done < edit.Total, edit.Changed > 0 ? edit.ChangeSetId : null));
    }

    /// <summary>The job of the acting user's bulk action that is not over yet, for a page that is opened again.</summary>
    public async Task<long?> RunningAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Jobs.Where(j => (j.State == JobState.Waiting || j.State == JobState.Running) && j.Kind == BulkEditJob.Name)
            .Where(j => j.OwnerId == grant.Actor.UserId).OrderByDescending(j => j.Id).Select(j => (long?)j.Id)
                .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Carries a bulk action on from where it is. Cancelling stops between two batches.</summary>
    /// <exception cref="RuleViolationException">There is no such bulk action, or it is not possible any more.</exception>
    internal async Task ContinueAsync(long id, IProgress<BulkProgress> progress, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var edit = await db.BulkEdits.AsNoTracking().FirstOrDefaultAsync(e => e.Id == id, cancellationToken)
            ?? throw new RuleViolationException("", "This bulk action no longer exists.");
        var selection = JsonSerializer.Deserialize<BulkSelection>(edit.Selection)!;
        var (grant, action) = await DemandAsync(selection, new(Enum.Parse<BulkActionKind>(edit.Kind), edit.Argument));
        await RunAsync(selection, action, grant, edit, progress, cancellationToken);
    }

    private async Task<(Grant Grant, BulkAction Action)> DemandAsync(BulkSelection selection, BulkAction action)
    {
        var grant = await access.DemandAsync(PermissionFor(action.Kind), CancellationToken.None);
        await access.DemandAsync(Permissions.CustomersView, CancellationToken.None);
        action = action with { Argument = Check(action) };
        if (action is { Kind: BulkActionKind.SetAgent, Argument: { } agent })
            await DemandAgentAsync(long.Parse(agent, CultureInfo.InvariantCulture));
        if (selection.Ids is { Count: > MostIds })
            throw new RuleViolationException("Ids", "At most {0} customers can be listed individually.", MostIds);
        return (grant, action);
    }

    private static string PermissionFor(BulkActionKind kind) => kind switch
    {
        BulkActionKind.Delete => Permissions.CustomersDelete,
        BulkActionKind.Block or BulkActionKind.Unblock => Permissions.CustomersBlock,
        BulkActionKind.Follow or BulkActionKind.Unfollow => Permissions.CustomersView,
        _ => Permissions.CustomersEdit,
    };

    private async Task<BulkResult> RunAsync(
        BulkSelection selection, BulkAction action, Grant grant, BulkEdit? edit, IProgress<BulkProgress>? progress,
            CancellationToken cancellationToken)
    {
        var permission = PermissionFor(action.Kind);
        var total = edit is { Total: > 0 } ? edit.Total
            : selection.Ids?.Count ?? (await finder.CountAsync(selection.Query!, null, CancellationToken.None)).Rows;
        var exactIds = selection.Query is { } query ? await finder.ExactIdsAsync(query, grant, CancellationToken.None) : null;
        var (changed, done, last, failures) = (edit?.Changed ?? 0, edit?.Done ?? 0, edit?.LastId ?? 0, 0);
        var changeSetId = edit?.ChangeSetId;
        if (edit is not null) progress?.Report(new(done, total));
        while (!cancellationToken.IsCancellationRequested)
        {
            await using var db = await dbFactory.CreateDbContextAsync(CancellationToken.None);
            await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
            if (changeSetId is { } id) db.ContinueChangeSet(id);
            else db.BeginChangeSet("customer.bulk", permission);
            var batch = await NextAsync(db, selection, grant, exactIds, last);
            if (batch.Count == 0)
            {
                // Some may have gone since they were counted.
                done = total;
                await NoteAsync(db, edit, last, done, total, changed, changeSetId);
                await transaction.CommitAsync(CancellationToken.None);
                break;
            }

            var (changedNow, doneNow) = (0, Math.Min(total, done + batch.Count));
            try
            {
                await provider.LockCustomersAsync(db, batch, CancellationToken.None);
                changedNow = action.Kind switch
                {
                    BulkActionKind.Follow or BulkActionKind.Unfollow =>
                        await FollowAsync(db, batch, grant, action.Kind == BulkActionKind.Follow),
                    BulkActionKind.AddNote => await AddNotesAsync(db, batch, action.Argument!, grant, tellsMentioned: changed == 0),
                    _ => await ApplyAsync(db, batch, action, grant),
                };
                await NoteAsync(db, edit, batch[^1], doneNow, total, changed + changedNow, db.LastChangeSetId ?? changeSetId);
                await transaction.CommitAsync(CancellationToken.None);
            }
            catch (DbUpdateException failure) when (++failures < MostFailures && customers.MayBeRepeated(failure))
            {
                // Somebody saved the same customer or created the same tag at this moment: the batch is read again.
                continue;
            }

            // Only failures in a row say that it cannot be done; a long run meets others now and then.
            failures = 0;
            changeSetId = db.LastChangeSetId ?? changeSetId;
            (last, done, changed) = (batch[^1], doneNow, changed + changedNow);
            progress?.Report(new(done, total));
        }

        return new(changed, total, cancellationToken.IsCancellationRequested, changed > 0 ? changeSetId : null);
    }

    /// <summary>Saves the progress with each batch, so that a restarted job does nothing twice.</summary>
    private static Task NoteAsync(CrmDbContext db, BulkEdit? edit, long last, int done, int total, int changed, long? changeSetId) =>
        edit is null ? Task.CompletedTask : db.BulkEdits.Where(e => e.Id == edit.Id).ExecuteUpdateAsync(e => e
            .SetProperty(x => x.LastId, last).SetProperty(x => x.Done, done).SetProperty(x => x.Total, total)
            .SetProperty(x => x.Changed, changed).SetProperty(x => x.ChangeSetId, changeSetId));

    private async Task<List<long>> NextAsync(CrmDbContext db, BulkSelection selection, Grant grant, IReadOnlyList<long>? exactIds,
        long last)
    {
        if (selection.Ids is { } ids) return [.. ids.Where(id => id > last).Order().Take(BatchSize)];
        return await db.Matching(provider, selection.Query!,
            await finder.ContextAsync(db, grant, selection.Query!, CancellationToken.None), exactIds).Where(m => m.Key > last)
            .OrderBy(m => m.Key).Take(BatchSize).Select(m => m.Key).ToListAsync();
    }

    private async Task<int> ApplyAsync(CrmDbContext db, List<long> ids, BulkAction action, Grant grant)
    {
        var batch = await db.Customers.Include(c => c.Tags).Where(c => ids.Contains(c.Id) && c.DeletedAt == null).OrderBy(c => c.Id)
            .ToListAsync();
        var mayUnblock = grant.Has(Permissions.CustomersBlock);
        var now = clock.GetUtcNow();
        long? agent = action is { Kind: BulkActionKind.SetAgent, Argument: { } key } ? long.Parse(key, CultureInfo.InvariantCulture) : null;
        var tags = action.Kind switch
        {
            BulkActionKind.AddTag or BulkActionKind.SetTags => await TagService.FindOrCreateAsync(db, action.Argument!.Split(','),
                CancellationToken.None),
            BulkActionKind.RemoveTag when action.Argument!.ToLowerInvariant() is var name => await db.Tags.Where(t => t.NameKey == name)
                .ToListAsync(),
            _ => [],
        };
        foreach (var customer in batch)
        {
            // Lifting a block is for those who may block; the others leave blocked customers as they are.
            if (customer.Status == CustomerStatus.Blocked && !mayUnblock
                && action.Kind is BulkActionKind.Activate or BulkActionKind.Deactivate) continue;
            switch (action.Kind)
            {
                case BulkActionKind.Activate: customer.Activate(); break;
                case BulkActionKind.Unblock when customer.Status == CustomerStatus.Blocked: customer.Activate(); break;
                case BulkActionKind.Deactivate when customer.Status != CustomerStatus.Inactive
                    || action.Argument is not null: customer.Deactivate(action.Argument); break;
                case BulkActionKind.MakeVip when !customer.IsVip
                    || action.Argument is not null: customer.SetVip(true, action.Argument, grant.Actor.UserId, now); break;
                case BulkActionKind.EndVip: customer.SetVip(false, null, null, now); break;
                case BulkActionKind.SetSubscription: customer.Subscription = Enum.Parse<SubscriptionState>(action.Argument!); break;
                case BulkActionKind.SetAgent: customer.PreferredAgentId = agent; break;
                case BulkActionKind.Block: customer.Block(action.Argument!); break;
                case BulkActionKind.Delete: customer.MoveToTrash(now); break;
                case BulkActionKind.AddTag: Add(customer, tags); break;
                case BulkActionKind.RemoveTag: db.CustomerTags
                    .RemoveRange(customer.Tags.Where(t => tags.Any(gone => gone.Id == t.TagId))); break;
                case BulkActionKind.SetTags:
                    var others = customer.Tags.Where(t => tags.All(wanted => wanted.Id != t.TagId)).ToList();
                    Add(customer, tags);
                    db.CustomerTags.RemoveRange(others);
                    break;
            }
        }

        // What is tracked is looked at once; asked for each customer, it would be compared as often.
        var touched = db.ChangeTracker.Entries().Where(e => e.State != EntityState.Unchanged)
            .Select(e => e.Entity switch { Customer customer => customer.Id, CustomerTag { Customer: { } owner } => owner.Id,
                CustomerTag owned => owned.CustomerId, _ => 0 }).ToHashSet();
        var changed = batch.Count(c => touched.Contains(c.Id));
        await db.SaveChangesAsync();
        return changed;

        // A tag that is new has no key yet, and nobody has it.
        static void Add(Customer customer, List<Tag> tags) =>
            customer.Tags.AddRange(tags.Where(t => t.Id == 0 || customer.Tags.All(known => known.TagId != t.Id))
                .Select(t => new CustomerTag { Tag = t }).ToList());
    }

    /// <summary>
    /// The same note on each of them. Anyone who is named in it is told once for all, at the first customer, however many there are.
    /// </summary>
    private async Task<int> AddNotesAsync(CrmDbContext db, List<long> ids, string text, Grant grant, bool tellsMentioned)
    {
        var now = clock.GetUtcNow();
        var there = await db.Customers.Where(c => ids.Contains(c.Id) && c.DeletedAt == null).OrderBy(c => c.Id).Select(c => c.Id)
            .ToListAsync();
        if (there.Count == 0) return 0;
        await db.Customers.Where(c => there.Contains(c.Id)).ExecuteUpdateAsync(c => c.SetProperty(x => x.LastInteractionAt, now));
        db.Notes.AddRange(there
            .Select(id => new Note { CustomerId = id, Text = text, AuthorId = grant.Actor.UserId, AuthorName = grant.Actor.Name,
            CreatedAt = now }));
        if (tellsMentioned) await Mentions.TellAsync(db, there[0], text, null, grant.Actor, now, CancellationToken.None);
        await db.SaveChangesAsync();
        return there.Count;
    }

    /// <summary>Following is private: it is not in the history, and is undone by unfollowing.</summary>
    private static async Task<int> FollowAsync(CrmDbContext db, List<long> ids, Grant grant, bool isFollowing)
    {
        if (grant.Actor.UserId is not { } user) return 0;
        if (!isFollowing) return await db.CustomerFollowers.Where(f => f.UserId == user && ids.Contains(f.CustomerId)).ExecuteDeleteAsync();
        var wanted = await db.Customers.Where(c => ids.Contains(c.Id) && c.DeletedAt == null
            && !db.Set<CustomerFollower>().Any(f => f.UserId == user && f.CustomerId == c.Id)).Select(c => c.Id).ToListAsync();
        db.CustomerFollowers.AddRange(wanted.Select(id => new CustomerFollower { CustomerId = id, UserId = user }));
        await db.SaveChangesAsync();
        return wanted.Count;
    }

    private async Task DemandAgentAsync(long userId)
    {
        await using var db = await dbFactory.CreateDbContextAsync(CancellationToken.None);
        if (!await db.Users.AnyAsync(u => u.Id == userId && u.DisabledAt == null))
            throw new RuleViolationException("Agent", "This member of staff does not exist.");
    }

    private static string? Check(BulkAction action)
    {
        var errors = new List<FieldError>();
        var argument = action.Kind switch
        {
            BulkActionKind.AddTag or BulkActionKind.RemoveTag => CustomerRules.Tag(action.Argument, errors),
            BulkActionKind.SetTags => Tags(action.Argument, errors),
            BulkActionKind.AddNote => TextRules.Required("Text", action.Argument, CustomerRules.NoteLength, "A note needs some text.",
                errors),
            BulkActionKind.Block => TextRules.Required("Reason", action.Argument, CustomerRules.ReasonLength,
                "Enter a reason for blocking the customers.", errors),
            BulkActionKind.Deactivate or BulkActionKind.MakeVip => TextRules.Text("Reason", action.Argument, CustomerRules.ReasonLength,
                errors).Value,
            BulkActionKind.SetSubscription => Enum.TryParse<SubscriptionState>(action.Argument, ignoreCase: true, out var state)
                && Enum.IsDefined(state)
                ? state.ToString() : throw new RuleViolationException("Subscription", "Choose a subscription status."),
            BulkActionKind.SetAgent when !string.IsNullOrEmpty(action.Argument) =>
                long.TryParse(action.Argument, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? id.ToString(CultureInfo.InvariantCulture) : throw new RuleViolationException("Agent",
                    "This member of staff does not exist."),
            _ => null,
        };
        return errors.Count > 0 ? throw new RuleViolationException(errors) : argument;
    }

    /// <summary>Each name once; none at all is taken for a slip, since it would take every tag away.</summary>
    private static string Tags(string? argument, List<FieldError> errors)
    {
        var names = (argument ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(n => CustomerRules.Tag(n, errors)).OfType<string>().DistinctBy(n => n.ToLowerInvariant()).ToList();
        if (names.Count is 0 or > MostTags) errors.Add(new("Tags", "Enter between one and {0} tags.", MostTags));
        return string.Join(',', names);
    }
}
