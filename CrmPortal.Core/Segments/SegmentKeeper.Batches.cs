using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Segments;

/// <content>Some customers in one transaction.</content>
public sealed partial class SegmentKeeper
{
    /// <summary>Why customers are asked about.</summary>
    /// <param name="ByName">Who said something by hand, where it was just said.</param>
    /// <param name="TakesMarks">Whether they are asked about by all segments, so that their marks are done with.</param>
    private sealed record Occasion(MembershipCause Cause, string? ByName, bool TakesMarks);

    /// <summary>
    /// Asks segments about some customers and writes who came and who left. The marks go first: what is committed after that is marked
    /// anew, and what was committed before is seen by what is read next.
    /// </summary>
    private async Task<int> KeepAsync(SegmentGraph graph, IReadOnlyList<SegmentNode> nodes, IReadOnlyList<long> ids, Occasion occasion,
        CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Two nodes at once: the one that read earlier must not write later.
        await provider.RaiseCounterAsync(db, Turn, 1, cancellationToken);
        if (occasion.TakesMarks)
            await db.StaleCustomers.TagWith(KeepingTag).Where(s => ids.Contains(s.Marked)).ExecuteDeleteAsync(cancellationToken);
        var changed = new Dictionary<long, int>();
        var now = clock.Now;
        var of = nodes.Select(n => n.Id).ToHashSet();
        var open = (await db.SegmentMembers.AsNoTracking().TagWith(KeepingTag)
            .Where(m => ids.Contains(m.CustomerId) && m.Until == null).ToListAsync(cancellationToken)).Where(m => of.Contains(m.SegmentId))
            .ToDictionary(m => (m.SegmentId, m.CustomerId));
        var said = (await db.GroupChoices.AsNoTracking().TagWith(KeepingTag).Where(c => ids.Contains(c.CustomerId))
            .ToListAsync(cancellationToken)).ToDictionary(c => (c.SegmentId, c.CustomerId));
        var rows = 0;
        foreach (var wave in Waves(graph, nodes))
        {
            // Nodes may have been removed since the graph was read; a row of one would violate its key.
            var question = await QuestionAsync(db, graph, wave, QueryPurpose.Some, cancellationToken);
            var answers = await question.AskAsync(ids, cancellationToken);
            var (came, left) = (new List<SegmentMember>(), new List<SegmentMember>());
            foreach (var node in wave.Where(question.Can))
                foreach (var id in ids)
                {
                    var choice = node.Kind == SegmentKind.Group ? said.GetValueOrDefault((node.Id, id)) : null;
                    var isThere = answers.TryGetValue(id, out var fits);
                    var belongs = isThere && (choice?.IsIn ?? fits!.Contains(node.Id));
                    var row = open.GetValueOrDefault((node.Id, id));
                    if (belongs == row is not null) continue;
                    if (belongs) came.Add(Opened(node, id, choice, occasion, now));
                    else left.Add(Closed(row!, isThere, choice, occasion, now));
                    changed[node.Id] = changed.GetValueOrDefault(node.Id) + (belongs ? 1 : -1);
                }

            rows += came.Count + left.Count;
            await WriteAsync(db, came, left, cancellationToken);
        }

        foreach (var (id, difference) in changed.Where(c => c.Value != 0))
            await db.Segments.TagWith(KeepingTag).Where(s => s.Id == id).ExecuteUpdateAsync(
                s => s.SetProperty(x => x.Customers, x => x.Customers + difference), cancellationToken);
        if (occasion.TakesMarks) await TellAsync(db, changed.Keys, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return rows;
    }

    /// <summary>Those that ask for the rows of groups come after these groups.</summary>
    private static IEnumerable<List<SegmentNode>> Waves(SegmentGraph graph, IReadOnlyList<SegmentNode> nodes)
    {
        var left = nodes.ToList();
        while (left.Count > 0)
        {
            var waiting = left.Select(n => n.Id).ToHashSet();
            var wave = left.Where(n => !graph.GroupsOf(n).Overlaps(waiting)).ToList();
            // In a circle, which nobody can save, all of them come at once.
            if (wave.Count == 0) wave = [.. left];
            yield return wave;
            left.RemoveAll(wave.Contains);
        }
    }

    private static SegmentMember Opened(SegmentNode node, long customerId, GroupChoice? choice, Occasion occasion, DateTimeOffset now) =>
        new()
        {
            SegmentId = node.Id, CustomerId = customerId, Since = now,
            Cause = choice is null ? occasion.Cause : MembershipCause.AddedByHand, ByName = choice?.ByName,
        };

    private static SegmentMember Closed(SegmentMember row, bool isThere, GroupChoice? choice, Occasion occasion, DateTimeOffset now)
    {
        // What was said by hand and is taken back leaves the decision to the rules.
        var wasTakenBack = choice is null && row.Cause == MembershipCause.AddedByHand && occasion.Cause == MembershipCause.Rules;
        return new()
        {
            Id = row.Id, SegmentId = row.SegmentId, CustomerId = row.CustomerId, Since = row.Since, Cause = row.Cause, ByName = row.ByName,
            Until = now < row.Since ? row.Since : now,
            EndCause = !isThere ? MembershipCause.Deleted
                : choice is not null || wasTakenBack ? MembershipCause.RemovedByHand : occasion.Cause,
            EndByName = !isThere ? null : choice?.ByName ?? (wasTakenBack ? occasion.ByName : null),
        };
    }

    private async Task WriteAsync(CrmDbContext db, List<SegmentMember> came, List<SegmentMember> left, CancellationToken cancellationToken)
    {
        if (left.Count > 0)
        {
            var gone = left.Where(m => m.EndCause == MembershipCause.Deleted).Select(m => m.CustomerId).ToList();
            var merged = gone.Count == 0 ? [] : (await db.Customers.TagWith(KeepingTag)
                .Where(c => gone.Contains(c.Id) && c.MergedIntoId != null).Select(c => c.Id).ToListAsync(cancellationToken)).ToHashSet();
            foreach (var alike in left.GroupBy(m => (m.Until, Cause: merged.Contains(m.CustomerId) ? MembershipCause.Merged : m.EndCause,
                m.EndByName)))
            {
                var (until, cause, byName) = alike.Key;
                var ids = alike.Select(m => m.Id).ToList();
                await db.SegmentMembers.TagWith(KeepingTag).Where(m => ids.Contains(m.Id)).ExecuteUpdateAsync(m => m
                    .SetProperty(x => x.Until, until).SetProperty(x => x.EndCause, cause).SetProperty(x => x.EndByName, byName),
                    cancellationToken);
            }
        }

        if (came.Count == 0) return;
        var wanted = came.Select(m => m.SegmentId).Distinct().ToList();
        var there = (await db.Segments.TagWith(KeepingTag).Where(s => wanted.Contains(s.Id)).Select(s => s.Id)
            .ToListAsync(cancellationToken)).ToHashSet();
        var rows = came.Where(m => there.Contains(m.SegmentId)).ToList();
        if (rows.Count == 0) return;
        var keys = await provider.ReserveKeysAsync<SegmentMember>(db, rows.Count, cancellationToken);
        await provider.BulkWriteAsync(db, [.. rows.Select((m, i) => new SegmentMember
        {
            Id = keys[i], SegmentId = m.SegmentId, CustomerId = m.CustomerId, Since = m.Since, Cause = m.Cause, ByName = m.ByName,
        })], cancellationToken);
    }

    /// <summary>Open pages learn of it.</summary>
    private static async Task TellAsync(CrmDbContext db, IEnumerable<long> segments, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        db.OutboxEvents.AddRange(segments.Select(id => new OutboxEvent
        {
            Topic = "segment.members", SubjectId = id, Payload = "{}", CreatedAt = now,
        }));
        await db.SaveWithoutRecordAsync(cancellationToken);
    }

    private async Task<SegmentQuestion> QuestionAsync(CrmDbContext db, SegmentGraph graph, IReadOnlyList<SegmentNode> nodes,
        QueryPurpose aim, CancellationToken cancellationToken) =>
        await SegmentQuestion.OfAsync(db, graph, nodes, aim, beside, clock, shop.Value, cancellationToken);
}
