using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Outbox;

/// <summary>Removes events that all subscribers have taken, and what they gave up on after people had time to look at it.</summary>
internal sealed class OutboxCleanUp(IDatabaseProvider provider, TimeProvider clock,
    IEnumerable<IOutboxSubscriber> subscribers) : IScheduledJob
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);
    public static readonly TimeSpan FailuresKept = TimeSpan.FromDays(90);

    public string Kind => "clean-up.outbox";

    public string Cron => "45 * * * *";

    public async Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (old, forgotten) = (now - Kept, now - FailuresKept);
        await using var db = provider.CreateContext(null);
        // Who no longer subscribes holds nothing back, and starts over when it comes back.
        var names = subscribers.Select(s => s.Name).ToList();
        await db.OutboxSubscriptions.Where(s => !names.Contains(s.Name)).ExecuteDeleteAsync(cancellationToken);
        await db.OutboxFailures.Where(f => (f.DueAt == null && f.FailedAt < forgotten) || !names.Contains(f.Subscriber))
            .ExecuteDeleteAsync(cancellationToken);
        var taken = await db.OutboxSubscriptions.MinAsync(s => (long?)s.Position, cancellationToken) ?? long.MaxValue;
        await db.OutboxEvents.Where(e => e.CreatedAt < old && e.Position <= taken && !db.OutboxFailures.Any(f => f.EventId == e.Id))
            .ExecuteDeleteAsync(cancellationToken);
    }
}
