using System.Linq.Expressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Webhooks;

/// <summary>What webhooks were told, and telling it again.</summary>
public sealed class WebhookLog(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    WebhookFilter filter, AuditLog audit, TimeProvider clock)
{
    /// <summary>So many deliveries one replay makes.</summary>
    public const int MostReplayed = 10_000;

    private const int AtOnce = 500;

    internal static readonly Expression<Func<WebhookDelivery, DeliveryRow>> Row = d => new(d.Id, d.MessageId, d.Topic, d.CustomerId,
        d.State, d.Attempts, d.Repeat, d.CreatedAt, d.LastAttemptAt, d.DueAt, d.StatusCode, d.DurationMs, d.Fault);

    internal static readonly Expression<Func<WebhookDelivery, DeliveryDetails>> InFull = d => new(
        new(d.Id, d.MessageId, d.Topic, d.CustomerId, d.State, d.Attempts, d.Repeat, d.CreatedAt, d.LastAttemptAt, d.DueAt, d.StatusCode,
            d.DurationMs, d.Fault), d.Url, d.Body, d.Answer);

    /// <summary>Deliveries of a webhook, the newest first.</summary>
    /// <param name="state">Null for all.</param>
    /// <exception cref="RuleViolationException">There is no such page.</exception>
    public async Task<Page<DeliveryRow>> ListAsync(long webhookId, DeliveryState? state, PageRequest page,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.WebhooksManage, cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rows = await Of(db, webhookId, state).OrderByDescending(d => d.Id).Skip(skip).Take(take + 1).Select(Row)
            .ToListAsync(cancellationToken);
        return new([.. rows.Take(take)], page.Number, page.Size, rows.Count > take);
    }

    /// <summary>How many deliveries of a webhook there are.</summary>
    /// <param name="state">Null for all.</param>
    public async Task<int> CountAsync(long webhookId, DeliveryState? state, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.WebhooksManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await Of(db, webhookId, state).CountAsync(cancellationToken);
    }

    /// <summary>A delivery with what was sent and answered; null where there is none.</summary>
    public async Task<DeliveryDetails?> GetAsync(long webhookId, long deliveryId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.WebhooksManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.WebhookDeliveries.Where(d => d.Id == deliveryId && d.WebhookId == webhookId).Select(InFull)
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Sends a delivery again: at once where it is on its way, else as a new one behind what waits of its customer.</summary>
    /// <returns>The delivery that is sent; null where there is none.</returns>
    /// <exception cref="RuleViolationException">It was a test, or is just being sent again.</exception>
    public async Task<DeliveryDetails?> ResendAsync(long webhookId, long deliveryId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.WebhooksManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var sent = await db.WebhookDeliveries.AsNoTracking().FirstOrDefaultAsync(d => d.Id == deliveryId && d.WebhookId == webhookId,
            cancellationToken);
        if (sent is null) return null;
        if (sent.EventId is null) throw new RuleViolationException("", "Send a new test instead.") { IsRefusal = true };
        var now = clock.GetUtcNow();
        // Who has records sent once more is written down, as who exports them is.
        await audit.WriteAsync(AuditAction.Exported, nameof(Webhook), webhookId, sent.CustomerId, "Resend", cancellationToken);
        if (await db.WebhookDeliveries.Where(d => d.Id == deliveryId && d.DueAt != null)
            .ExecuteUpdateAsync(d => d.SetProperty(x => x.DueAt, now), cancellationToken) > 0)
            return await GetAsync(webhookId, deliveryId, cancellationToken);
        var last = await db.WebhookDeliveries.Where(d => d.WebhookId == webhookId && d.EventId == sent.EventId)
            .MaxAsync(d => d.Repeat, cancellationToken);
        var again = new WebhookDelivery
        {
            WebhookId = webhookId, EventId = sent.EventId, Repeat = last + 1, MessageId = sent.MessageId, Topic = sent.Topic,
            CustomerId = sent.CustomerId, Line = sent.Line, Body = sent.Body, CreatedAt = now, DueAt = now,
        };
        db.WebhookDeliveries.Add(again);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException fault) when (provider.ViolatedUniqueIndex(fault) is not null)
        {
            throw JustNow();
        }

        return await GetAsync(webhookId, again.Id, cancellationToken);
    }

    /// <summary>
    /// Tells a webhook again what happened in a time, of what the outbox still has: its topics, about whom its filter wants. Receivers know
    /// by the name of an event whether they have had it.
    /// </summary>
    /// <param name="from">The first instant.</param>
    /// <param name="to">The first instant after.</param>
    /// <returns>How many events; null where there is no such webhook.</returns>
    /// <exception cref="RuleViolationException">The time is empty or has too many events, or the filter cannot be asked.</exception>
    public async Task<int?> ReplayAsync(long webhookId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.WebhooksManage, cancellationToken);
        if (from >= to) throw new RuleViolationException("To", "The end must be after the beginning.");
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await db.Webhooks.AsNoTracking().FirstOrDefaultAsync(w => w.Id == webhookId, cancellationToken) is not { } webhook) return null;
        var topics = webhook.Topics;
        // What the feed has not come to yet is told by itself.
        var events = await db.OutboxEvents.AsNoTracking().Where(e => e.CreatedAt >= from && e.CreatedAt < to && topics.Contains(e.Topic)
                && e.Position <= db.OutboxSubscriptions.Where(s => s.Name == WebhookFeed.Key).Max(s => s.Position))
            .OrderBy(e => e.Position).Take(MostReplayed + 1).ToListAsync(cancellationToken);
        if (events.Count > MostReplayed)
            throw new RuleViolationException("To", "More than {0} events happened in this time; choose a shorter one.", MostReplayed);
        var now = clock.GetUtcNow();
        var wanted = new List<WebhookDelivery>();
        foreach (var some in events.Chunk(AtOnce)) wanted.AddRange(await DeliveriesAsync(db, webhook, some, now, cancellationToken));
        await audit.WriteAsync(AuditAction.Exported, nameof(Webhook), webhookId, null, "Replay", cancellationToken);
        await WriteAsync(db, wanted, cancellationToken);
        return wanted.Count;
    }

    private async Task<IEnumerable<WebhookDelivery>> DeliveriesAsync(CrmDbContext db, Webhook webhook, OutboxEvent[] events,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        var customers = await WebhookFilter.CustomersAsync(db, events, cancellationToken);
        var fitting = webhook.Filter is { } rules
            ? await filter.FittingAsync([.. customers.Values.Distinct()], rules, cancellationToken) : null;
        var ids = events.Select(e => (long?)e.Id).ToList();
        var told = await db.WebhookDeliveries.Where(d => d.WebhookId == webhook.Id && ids.Contains(d.EventId))
            .GroupBy(d => d.EventId!.Value).Select(g => new { g.Key, Last = g.Max(d => d.Repeat) })
            .ToDictionaryAsync(g => g.Key, g => g.Last, cancellationToken);
        return events.Select(e => (Event: e, Customer: customers.TryGetValue(e.Id, out var customer) ? customer : (long?)null))
            .Where(e => fitting is null || (e.Customer is { } of && fitting.Contains(of)))
            .Select(e => WebhookFeed.Delivery(webhook.Id, e.Event, e.Customer, told.TryGetValue(e.Event.Id, out var last) ? last + 1 : 0,
                now));
    }

    private async Task WriteAsync(CrmDbContext db, List<WebhookDelivery> deliveries, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        try
        {
            foreach (var some in deliveries.Chunk(AtOnce))
            {
                db.WebhookDeliveries.AddRange(some);
                await db.SaveChangesAsync(cancellationToken);
                db.ChangeTracker.Clear();
            }
        }
        catch (DbUpdateException fault) when (provider.ViolatedUniqueIndex(fault) is not null)
        {
            throw JustNow();
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static RuleViolationException JustNow() => new("", "It is just being sent again.") { IsRefusal = true };

    private static IQueryable<WebhookDelivery> Of(CrmDbContext db, long webhookId, DeliveryState? state)
    {
        var deliveries = db.WebhookDeliveries.AsNoTracking().Where(d => d.WebhookId == webhookId);
        return state is { } wanted ? deliveries.Where(d => d.State == wanted) : deliveries;
    }
}
