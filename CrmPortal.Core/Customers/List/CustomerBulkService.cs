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

    /// <summary>The kind of the jobs that carry bulk actions out.</summary>
    public const string JobKind = BulkEditJob.Name;

    private const int MostIds = 10_000;
    private const int MostTags = 20;

    private BulkRuns Runs => new(dbFactory, jobs, board, clock);

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
    /// <exception cref="RuleViolationException">The argument or the filter is missing or wrong, or too many customers are named one by
    /// one.</exception>
    public async Task<long> StartAsync(BulkSelection selection, BulkAction action, CancellationToken cancellationToken)
    {
        var (grant, valid) = await DemandAsync(selection, action);
        // What cannot be asked, or not by who asks with a key, is said now and not by a job that fails.
        if (selection is { Ids: null, Query: { } query }) await finder.CountAsync(query, 1, cancellationToken);
        return await Runs.StartAsync(BulkEditJob.Name, grant, valid.Kind.ToString(), valid.Argument, JsonSerializer.Serialize(selection),
            cancellationToken);
    }

    /// <summary>A bulk action of the acting user that a job carries out or has carried out, or null where there is none.</summary>
    public async Task<BulkEditDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        return await Runs.FindAsync(id, cancellationToken) is { } edit && edit.OwnerId == grant.Actor.UserId
            && Enum.TryParse<BulkActionKind>(edit.Kind, out var kind) ? new(edit.Id, kind, edit.Result) : null;
    }

    /// <summary>The job of the acting user's bulk action that is not over yet, for a page that is opened again.</summary>
    public async Task<long?> RunningAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        return await Runs.RunningAsync(BulkEditJob.Name, grant, cancellationToken);
    }

    /// <summary>Carries a bulk action on from where it is. Cancelling stops between two batches.</summary>
    /// <exception cref="RuleViolationException">There is no such bulk action, or it is not possible any more.</exception>
    internal async Task ContinueAsync(long id, IProgress<BulkProgress> progress, CancellationToken cancellationToken)
    {
        var edit = await Runs.FindAsync(id, cancellationToken)
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
        if (selection.Ids is { } named) selection = selection with { Ids = [.. named.Order()] };
        var exactIds = selection.Query is { } query ? await finder.ExactIdsAsync(query, grant, CancellationToken.None) : null;
        // Nobody but the first batch tells those who are named in a note.
        return await Runs.RunAsync(new("customer.bulk", permission, (db, last) => NextAsync(db, selection, grant, exactIds, last),
            async (db, batch, before) =>
            {
                await provider.LockCustomersAsync(db, batch, CancellationToken.None);
                var changed = action.Kind switch
                {
                    BulkActionKind.Follow or BulkActionKind.Unfollow =>
                        await FollowAsync(db, batch, grant, action.Kind == BulkActionKind.Follow),
                    BulkActionKind.AddNote => await AddNotesAsync(db, batch, action.Argument!, grant, tellsMentioned: before == 0),
                    _ => await ApplyAsync(db, batch, action, grant),
                };
                return (changed, db.LastChangeSetId);
            }, customers.MayBeRepeated), total, edit, progress, cancellationToken);
    }

    private async Task<List<long>> NextAsync(CrmDbContext db, BulkSelection selection, Grant grant, IReadOnlyList<long>? exactIds,
        long last)
    {
        // They are in order by now.
        if (selection.Ids is { } ids) return [.. ids.SkipWhile(id => id <= last).Take(BatchSize)];
        return await db.Matching(provider, selection.Query!,
            await finder.ContextAsync(db, grant, selection.Query!, CancellationToken.None), exactIds).Where(m => m.Key > last)
            .OrderBy(m => m.Key).Take(BatchSize).Select(m => m.Key).ToListAsync();
    }

    private async Task<int> ApplyAsync(CrmDbContext db, List<long> ids, BulkAction action, Grant grant)
    {
        if (action.Kind is BulkActionKind.AddTag or BulkActionKind.RemoveTag or BulkActionKind.SetTags)
            return await ApplyTagsAsync(db, ids, action);
        var batch = await db.Customers.AsNoTracking().Where(c => ids.Contains(c.Id) && c.DeletedAt == null).OrderBy(c => c.Id)
            .ToListAsync();
        var mayUnblock = grant.Has(Permissions.CustomersBlock);
        var now = clock.GetUtcNow();
        long? agent = action is { Kind: BulkActionKind.SetAgent, Argument: { } key } ? long.Parse(key, CultureInfo.InvariantCulture) : null;
        var changed = 0;
        foreach (var customer in batch)
        {
            // Lifting a block is for those who may block; the others leave blocked customers as they are.
            if (customer.Status == CustomerStatus.Blocked && !mayUnblock
                && action.Kind is BulkActionKind.Activate or BulkActionKind.Deactivate) continue;
            var row = db.Mass.Watch(customer);
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
            }

            if (row.IsChanged) changed++;
        }

        await db.SaveChangesAsync();
        return changed;
    }

    private async Task<int> ApplyTagsAsync(CrmDbContext db, List<long> ids, BulkAction action)
    {
        var batch = await db.Customers.Where(c => ids.Contains(c.Id) && c.DeletedAt == null).OrderBy(c => c.Id)
            .Select(c => new { c.Id, c.Version }).ToListAsync();
        var tags = await BulkTags.ReadAsync(db, provider, batch.ConvertAll(c => c.Id), action);
        var changed = batch.FindAll(c => tags.Change(c.Id));
        foreach (var customer in changed) db.Mass.Touch<Customer>(customer.Id, customer.Version);
        await db.SaveChangesAsync();
        return changed.Count;
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
        foreach (var id in there)
            db.Mass.Add(key => new Note { Id = key, CustomerId = id, Text = text, AuthorId = grant.Actor.UserId,
                AuthorName = grant.Actor.Name, CreatedAt = now });
        if (tellsMentioned) await Mentions.TellAsync(db, there[0], text, null, grant.Actor, now, CancellationToken.None);
        await db.SaveChangesAsync();
        return there.Count;
    }

    /// <summary>Following is private: it is not in the history, and is undone by unfollowing.</summary>
    private async Task<int> FollowAsync(CrmDbContext db, List<long> ids, Grant grant, bool isFollowing)
    {
        if (grant.Actor.UserId is not { } user) return 0;
        if (!isFollowing) return await db.CustomerFollowers.Where(f => f.UserId == user && ids.Contains(f.CustomerId)).ExecuteDeleteAsync();
        var wanted = await db.Customers.Where(c => ids.Contains(c.Id) && c.DeletedAt == null
            && !db.Set<CustomerFollower>().Any(f => f.UserId == user && f.CustomerId == c.Id)).Select(c => c.Id).ToListAsync();
        if (wanted.Count == 0) return 0;
        var keys = await provider.ReserveKeysAsync<CustomerFollower>(db, wanted.Count, CancellationToken.None);
        await provider.BulkWriteAsync(db, [.. wanted
            .Select((id, i) => new CustomerFollower { Id = keys[i], CustomerId = id, UserId = user })], CancellationToken.None);
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
