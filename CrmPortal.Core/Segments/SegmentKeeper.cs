using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Segments;

/// <summary>
/// Keeps who is in which segment and group: takes the marks of customers who have changed and asks every segment about just these, and
/// asks everybody where the rules themselves have changed. Run by the background of every node; they take turns batch by batch.
/// </summary>
public sealed partial class SegmentKeeper(IDatabaseProvider provider, IEnumerable<ICustomerRows> beside, ShopClock clock,
    IOptions<ShopOptions> shop)
{
    /// <summary>Marks the statements by which members are looked for and kept.</summary>
    public const string KeepingTag = "Keeps who is in the segments";

    /// <summary>How long after a change its customer is looked at, at most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Customers of one transaction: short enough for others to write in between.</summary>
    private const int BatchSize = 500;

    /// <summary>With so many marks each segment is asked about everybody, which costs less than asking about each.</summary>
    private const int Mass = 20_000;

    /// <summary>Whoever takes marks away raises it in the same transaction: counts that are known hold by it.</summary>
    private const string Turn = CustomerCounts.MarksTaken;

    /// <summary>Asks about everybody where rules have changed, and about every customer who was marked.</summary>
    /// <returns>How many customers came into a segment or left one.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var changed = await FollowRulesAsync(cancellationToken);
        SegmentGraph? graph = null;
        while (true)
        {
            await using var db = provider.CreateContext(null);
            var ids = await db.StaleCustomers.TagWith(KeepingTag).Select(s => s.Marked).Distinct().OrderBy(id => id).Take(BatchSize)
                .ToListAsync(cancellationToken);
            if (ids.Count == 0) return changed;
            if (ids.Count == BatchSize && await IsMassAsync(db, cancellationToken))
            {
                changed += await FollowRulesAsync(cancellationToken);
                continue;
            }

            graph ??= await SegmentGraph.ReadAsync(db, cancellationToken);
            changed += await KeepAsync(graph, graph.InOrder(), ids, new(MembershipCause.Rules, null, TakesMarks: true), cancellationToken);
        }
    }

    /// <summary>Asks every segment about everybody, as is done at night: days go by without anybody's change.</summary>
    /// <returns>How many customers came into a segment or left one.</returns>
    public async Task<int> RefreshAllAsync(CancellationToken cancellationToken)
    {
        await using (var db = provider.CreateContext(null))
        {
            await db.Segments.TagWith(KeepingTag).Where(s => s.Due == null)
                .ExecuteUpdateAsync(s => s.SetProperty(x => x.Due, MembershipCause.Night), cancellationToken);
        }

        return await RunAsync(cancellationToken);
    }

    /// <summary>Asks about some customers at once, after something was said of them by hand.</summary>
    /// <param name="byName">Who said it.</param>
    internal async Task KeepAsync(IReadOnlyList<long> ids, string byName, CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        var graph = await SegmentGraph.ReadAsync(db, cancellationToken);
        foreach (var batch in ids.Order().Chunk(BatchSize))
            await KeepAsync(graph, graph.InOrder(), batch, new(MembershipCause.Rules, byName, TakesMarks: true), cancellationToken);
    }

    /// <summary>
    /// Marks in masses, such as after an import, are exchanged for the question about everybody; without segments they are thrown away.
    /// </summary>
    private async Task<bool> IsMassAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var hasSegments = await db.Segments.TagWith(KeepingTag).AnyAsync(cancellationToken);
        if (hasSegments && await db.StaleCustomers.TagWith(KeepingTag).Take(Mass).CountAsync(cancellationToken) < Mass) return false;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.RaiseCounterAsync(db, Turn, 1, cancellationToken);
        await db.StaleCustomers.TagWith(KeepingTag).ExecuteDeleteAsync(cancellationToken);
        await db.Segments.TagWith(KeepingTag).Where(s => s.Due == null)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.Due, MembershipCause.Rules), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>
    /// Asks the segments about everybody whose rules are others than those by which their rows were made. What is noted of a segment is
    /// written when it is done, so that whoever goes on after a crash begins it again.
    /// </summary>
    private async Task<int> FollowRulesAsync(CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        var waiting = await db.Segments.TagWith(KeepingTag).Where(s => s.KeptVersion == null || s.KeptVersion != s.Version || s.Due != null)
            .OrderBy(s => s.Id).Select(s => new { s.Id, s.Version }).ToListAsync(cancellationToken);
        if (waiting.Count == 0) return 0;
        var graph = await SegmentGraph.ReadAsync(db, cancellationToken);
        var changed = 0;
        foreach (var node in graph.InOrder())
        {
            var print = graph.PrintOf(node);
            if (node.Due is null && node.KeptRules == print) continue;
            changed += await RefreshAsync(graph, node, print, cancellationToken);
        }

        foreach (var seen in waiting)
            await db.Segments.TagWith(KeepingTag).Where(s => s.Id == seen.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(x => x.KeptVersion, seen.Version), cancellationToken);
        return changed;
    }

    /// <summary>
    /// Finds who is in it and should not be, or should be and is not, without keeping anybody waiting; then writes in batches.
    /// </summary>
    private async Task<int> RefreshAsync(SegmentGraph graph, SegmentNode node, string print, CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        var cause = node.KeptRules is null ? MembershipCause.FirstCount : node.Due ?? MembershipCause.RulesChanged;
        var changed = 0;
        var isBroken = false;
        var question = await QuestionAsync(db, graph, [node], QueryPurpose.Count, cancellationToken);
        if (question.Of(node) is { } fits)
        {
            var suspects = await SuspectsAsync(db, node, fits, cancellationToken);
            // Whoever asks for the rows of a group is asked about everybody too, also by whoever goes on after a crash.
            var above = graph.Above(node.Id).Where(n => graph.GroupsOf(n).Contains(node.Id)).ToList();
            if (suspects.Count > 0 && node.Kind == SegmentKind.Group && above.Count > 0)
            {
                var ids = above.ConvertAll(n => n.Id);
                await db.Segments.TagWith(KeepingTag).Where(s => ids.Contains(s.Id) && s.Due == null)
                    .ExecuteUpdateAsync(s => s.SetProperty(x => x.Due, MembershipCause.Rules), cancellationToken);
                foreach (var other in above) other.Due ??= MembershipCause.Rules;
            }

            foreach (var batch in suspects.Chunk(BatchSize))
                changed += await KeepAsync(graph, [node], batch, new(cause, null, TakesMarks: false), cancellationToken);
        }
        else
        {
            isBroken = true;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.RaiseCounterAsync(db, Turn, 1, cancellationToken);
        var now = clock.Now;
        var open = db.SegmentMembers.Where(m => m.SegmentId == node.Id && m.Until == null);
        await db.Segments.TagWith(KeepingTag).Where(s => s.Id == node.Id).ExecuteUpdateAsync(s => s
            .SetProperty(x => x.KeptRules, print).SetProperty(x => x.Due, (MembershipCause?)null)
            .SetProperty(x => x.CountedAt, now)
            .SetProperty(x => x.Customers, x => isBroken ? null : open.Count()), cancellationToken);
        if (changed > 0) await TellAsync(db, [node.Id], now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return changed;
    }

    /// <summary>Those about whom the rows and the rules differ, by two lists in the order of the keys.</summary>
    private static async Task<List<long>> SuspectsAsync(CrmDbContext db, SegmentNode node, IQueryable<long> fits,
        CancellationToken cancellationToken)
    {
        var open = await db.SegmentMembers.TagWith(KeepingTag).Where(m => m.SegmentId == node.Id && m.Until == null)
            .OrderBy(m => m.CustomerId).Select(m => m.CustomerId).ToListAsync(cancellationToken);
        var suspects = new HashSet<long>();
        var next = 0;
        await foreach (var id in fits.OrderBy(i => i).TagWith(KeepingTag).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            while (next < open.Count && open[next] < id) suspects.Add(open[next++]);
            if (next < open.Count && open[next] == id) next++;
            else suspects.Add(id);
        }

        while (next < open.Count) suspects.Add(open[next++]);
        var choices = db.GroupChoices.TagWith(KeepingTag).Where(c => c.SegmentId == node.Id).OrderBy(c => c.CustomerId)
            .Select(c => new { c.CustomerId, c.IsIn });
        await foreach (var choice in choices.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (choice.IsIn == open.BinarySearch(choice.CustomerId) >= 0) suspects.Remove(choice.CustomerId);
            else suspects.Add(choice.CustomerId);
        }

        // A choice holds only for a customer who is there: those who are in it and gone are asked about one by one.
        var gone = db.SegmentMembers.TagWith(KeepingTag).Where(m => m.SegmentId == node.Id && m.Until == null)
            .Join(db.Customers.Where(c => c.DeletedAt != null), m => m.CustomerId, c => c.Id, (_, c) => c.Id);
        await foreach (var id in gone.AsAsyncEnumerable().WithCancellation(cancellationToken)) suspects.Add(id);
        return [.. suspects.Order()];
    }
}
