using System.Text.Json;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>
/// Computes targets and urgency of unsolved tickets anew where something else than the ticket changed: its customer, the business hours,
/// the service levels. Nothing of it is audited, as with every change of a ticket.
/// </summary>
internal sealed class TicketRecount(IDatabaseProvider provider, TimeProvider clock)
{
    /// <summary>Marks what is read to compute the targets of tickets, which no page waits for.</summary>
    public const string ComputingTag = "Computes the targets of tickets";

    private const int BatchSize = 100;

    /// <summary>The unsolved tickets of one customer.</summary>
    public async Task OfCustomerAsync(long customerId, CancellationToken cancellationToken)
    {
        await using var looking = provider.CreateContext(null);
        var ids = await looking.Tickets.TagWith(TicketClockwork.LookingTag).Where(t => t.CustomerId == customerId && t.UrgentAt != null)
            .OrderBy(t => t.Id).Select(t => t.Id).ToListAsync(cancellationToken);
        foreach (var some in ids.Chunk(BatchSize)) await BatchAsync(some, null, cancellationToken);
    }

    /// <summary>All unsolved tickets, in batches.</summary>
    public async Task AllAsync(IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        await using var looking = provider.CreateContext(null);
        var unsolved = looking.Tickets.TagWith(TicketClockwork.LookingTag).Where(t => t.UrgentAt != null);
        var total = await unsolved.CountAsync(cancellationToken);
        var levels = await ServiceLevels.ReadAsync(looking, cancellationToken);
        var (last, done) = (0L, 0);
        while (true)
        {
            progress.Report(new(null, Math.Min(done, total), total));
            var ids = await unsolved.Where(t => t.Id > last).OrderBy(t => t.Id).Select(t => t.Id).Take(BatchSize)
                .ToListAsync(cancellationToken);
            if (ids.Count == 0) return;
            await BatchAsync(ids, levels, cancellationToken);
            (last, done) = (ids[^1], done + ids.Count);
        }
    }

    private async Task BatchAsync(IReadOnlyList<long> ids, ServiceLevels? levels, CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.LockAsync<Ticket>(db, ids, cancellationToken);
        var tickets = await db.Tickets.TagWith(ComputingTag).Where(t => ids.Contains(t.Id) && t.UrgentAt != null)
            .ToListAsync(cancellationToken);
        var events = (await db.TicketEvents.TagWith(ComputingTag).AsNoTracking().Where(e => ids.Contains(e.TicketId)).OrderBy(e => e.Id)
            .ToListAsync(cancellationToken)).ToLookup(e => e.TicketId);
        var customers = await CustomerStanding.OfAsync(db, [.. tickets.Select(t => t.CustomerId).OfType<long>().Distinct()],
            cancellationToken);
        levels ??= await ServiceLevels.ReadAsync(db, cancellationToken);
        var now = clock.GetUtcNow();
        foreach (var ticket in tickets)
        {
            var customer = ticket.CustomerId is { } id ? customers.GetValueOrDefault(id) : null;
            levels.Apply(ticket, customer, events[ticket.Id], now);
            TicketUrgency.Apply(ticket, customer);
        }

        db.ChangeTracker.DetectChanges();
        if (db.ChangeTracker.Entries<Ticket>().FirstOrDefault(t => t.State == EntityState.Modified) is not { } changed) return;
        // Lists read again whichever ticket it was.
        TicketNotices.TellPages(db, changed.Entity.Id, now, "Targets");
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}

/// <summary>Goes through all unsolved tickets because business hours or service levels were changed.</summary>
internal sealed class TicketRecountJob(TicketRecount recount) : IJobHandler
{
    public const string Name = "tickets.recount";

    public string Kind => Name;

    public bool IsRepeatable => true;

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        recount.AllAsync(progress, cancellationToken);
}

/// <summary>The same every night, after the forecasts: for what customers spent, whether they have gone, and the groups they are
/// in.</summary>
internal sealed class NightlyTicketRecountJob(TicketRecount recount) : IScheduledJob
{
    public const string Name = "tickets.recount.nightly";

    public string Kind => Name;

    public string Cron => "20 5 * * *";

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        recount.AllAsync(progress, cancellationToken);
}

/// <summary>Hears what tickets depend on: whoever becomes a VIP moves up at once, and new hours are applied in the background.</summary>
internal sealed class TicketStandingWatch(IDatabaseProvider provider, TimeProvider clock, RunningJobs running) : IOutboxSubscriber
{
    private static readonly string[] OfEverybody = ["supportcalendar.", "slapolicy."];

    /// <summary>What moves the tickets of a customer; parts of them are named by their kind.</summary>
    private static readonly string[] OfOne = ["IsVip", "TierChange", "GroupChoice", "MergedIntoId"];

    public string Name => "ticket-standing";

    public async Task HandleAsync(OutboxEvent happened, CancellationToken cancellationToken)
    {
        if (Array.Exists(OfEverybody, topic => happened.Topic.StartsWith(topic, StringComparison.Ordinal)))
        {
            await StartAsync(cancellationToken);
            return;
        }

        // Whoever is new has no tickets yet.
        if (!happened.Topic.StartsWith("customer.", StringComparison.Ordinal) || happened.Topic == "customer.created") return;
        if (JsonSerializer.Deserialize<EventPayload>(happened.Payload)?.Fields?.Intersect(OfOne).Any() != true) return;
        await new TicketRecount(provider, clock).OfCustomerAsync(happened.SubjectId, cancellationToken);
    }

    /// <summary>One that waits does for all that was changed until it begins.</summary>
    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        if (await db.Jobs.AnyAsync(j => j.Kind == TicketRecountJob.Name && j.State == JobState.Waiting, cancellationToken)) return;
        db.Jobs.Add(new() { Kind = TicketRecountJob.Name, OwnerName = Actor.System("Support").Name, CreatedAt = clock.GetUtcNow() });
        await db.SaveWithoutRecordAsync(cancellationToken);
        running.Wake();
    }
}
