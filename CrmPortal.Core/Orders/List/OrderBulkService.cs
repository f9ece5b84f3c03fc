using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <summary>The orders that are moved together: chosen ones, or all that a query finds.</summary>
public sealed record OrderSelection(IReadOnlyList<long>? Ids, OrderQuery? Query);

/// <summary>A bulk move that runs as a job, as shown to its owner.</summary>
/// <param name="Result">What came of it so far, or in the end.</param>
public sealed record OrderBulkDetails(long Id, OrderStatus Status, BulkResult Result);

/// <summary>
/// Moves many orders to another status in one change set, in batches that leave room for others' saves. Those whose present status does not
/// lead there stay as they are.
/// </summary>
public sealed class OrderBulkService(
    IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, OrderService orders, JobService jobs, RunningJobs board,
    TimeProvider clock)
{
    /// <summary>Up to so many are moved at once; more are work for a job.</summary>
    public const int MostAtOnce = 100;

    /// <summary>The kind of the jobs that carry bulk moves out.</summary>
    public const string JobKind = OrderBulkJob.Name;

    private const string Prefix = "order.";
    private const int BatchSize = 50;
    private const int MostIds = 10_000;

    private BulkRuns Runs => new(dbFactory, jobs, board, clock);

    /// <summary>Moves the orders. Cancelling stops between two batches; what was done until then can be undone as one.</summary>
    /// <exception cref="RuleViolationException">Too many orders are named one by one, or the filter is wrong.</exception>
    public async Task<BulkResult> RunAsync(OrderSelection selection, OrderStatus status, IProgress<BulkProgress>? progress,
        CancellationToken cancellationToken) =>
        await RunAsync(selection, status, await DemandAsync(selection), null, progress, cancellationToken);

    /// <summary>Has a job move the orders, which goes on when the page is left; see <see cref="GetAsync"/> for what comes of it.</summary>
    /// <returns>The job.</returns>
    /// <exception cref="RuleViolationException">Too many orders are named one by one, or the filter is wrong.</exception>
    public async Task<long> StartAsync(OrderSelection selection, OrderStatus status, CancellationToken cancellationToken)
    {
        var grant = await DemandAsync(selection);
        // What cannot be asked is said now and not by a job that fails.
        if (selection is { Ids: null, Query: { } query }) await orders.CountAsync(query, 1, cancellationToken);
        return await Runs.StartAsync(OrderBulkJob.Name, grant, Prefix + status, null, JsonSerializer.Serialize(selection),
            cancellationToken);
    }

    /// <summary>A bulk move of the acting user that a job carries out or has carried out, or null where there is none.</summary>
    public async Task<OrderBulkDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        return await Runs.FindAsync(id, cancellationToken) is { } edit && edit.OwnerId == grant.Actor.UserId
            && StatusOf(edit) is { } status ? new(edit.Id, status, edit.Result) : null;
    }

    /// <summary>The job of the acting user's bulk move that is not over yet, for a page that is opened again.</summary>
    public async Task<long?> RunningAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        return await Runs.RunningAsync(OrderBulkJob.Name, grant, cancellationToken);
    }

    /// <summary>Carries a bulk move on from where it is. Cancelling stops between two batches.</summary>
    /// <exception cref="RuleViolationException">There is no such bulk move.</exception>
    internal async Task ContinueAsync(long id, IProgress<BulkProgress> progress, CancellationToken cancellationToken)
    {
        var edit = await Runs.FindAsync(id, cancellationToken);
        if (edit is null || StatusOf(edit) is not { } status)
            throw new RuleViolationException("", "This bulk action no longer exists.");
        var selection = JsonSerializer.Deserialize<OrderSelection>(edit.Selection)!;
        await RunAsync(selection, status, await DemandAsync(selection), edit, progress, cancellationToken);
    }

    private async Task<Grant> DemandAsync(OrderSelection selection)
    {
        var grant = await access.DemandAsync(Permissions.OrdersEdit, CancellationToken.None);
        await access.DemandAsync(Permissions.OrdersView, CancellationToken.None);
        if (selection.Ids is { Count: > MostIds })
            throw new RuleViolationException("Ids", "At most {0} orders can be listed individually.", MostIds);
        return grant;
    }

    private static OrderStatus? StatusOf(BulkEdit edit) => edit.Kind.StartsWith(Prefix, StringComparison.Ordinal)
        && Enum.TryParse<OrderStatus>(edit.Kind.AsSpan(Prefix.Length), out var status) ? status : null;

    private async Task<BulkResult> RunAsync(OrderSelection selection, OrderStatus status, Grant grant, BulkEdit? edit,
        IProgress<BulkProgress>? progress, CancellationToken cancellationToken)
    {
        var total = edit is { Total: > 0 } ? edit.Total
            : selection.Ids?.Count ?? (await orders.CountAsync(selection.Query!, null, CancellationToken.None)).Rows;
        var found = await FoundAsync(selection, grant);
        return await Runs.RunAsync(new("order.bulk", Permissions.OrdersEdit,
            (db, last) => NextAsync(db, selection, grant, found, last),
            (db, batch, _) => orders.MoveManyAsync(db, grant, batch, status, CancellationToken.None),
            failure => failure is DbUpdateConcurrencyException), total, edit, progress, cancellationToken);
    }

    /// <summary>What the search of the selection means, found once.</summary>
    private async Task<IReadOnlyList<long>?> FoundAsync(OrderSelection selection, Grant grant)
    {
        if (selection.Query is not { } query) return null;
        await using var db = await dbFactory.CreateDbContextAsync(CancellationToken.None);
        return await orders.FoundAsync(db, query, grant, CancellationToken.None);
    }

    private async Task<List<long>> NextAsync(CrmDbContext db, OrderSelection selection, Grant grant, IReadOnlyList<long>? found, long last)
    {
        if (selection.Ids is { } ids) return [.. ids.Where(id => id > last).Distinct().Order().Take(BatchSize)];
        return await db.Matching(selection.Query!, orders.Context(grant), found).Where(o => o.Id > last).OrderBy(o => o.Id)
            .Take(BatchSize).Select(o => o.Id).ToListAsync();
    }
}

/// <summary>Moves many orders as the user who asked for it, whether or not their page is still open.</summary>
internal sealed class OrderBulkJob(OrderBulkService bulk) : IJobHandler
{
    public const string Name = "orders.bulk";
    private const string Stage = "Updating orders";

    public string Kind => Name;

    public bool IsRepeatable => true;

    public async Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        await bulk.ContinueAsync(subjectId, new BulkReports(progress, Stage), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public Task EndedAsync(long subjectId, JobState state, string? fault, CancellationToken cancellationToken) => Task.CompletedTask;
}
