using System.Globalization;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Core.Webhooks;

/// <summary>Writes down for each webhook what it is to be told of; told of an event twice, it writes it once.</summary>
internal sealed partial class WebhookFeed(IDatabaseProvider provider, WebhookFilter filter, TimeProvider clock, ILogger<WebhookFeed> logger)
    : IOutboxSubscriber
{
    /// <summary>Under which the database keeps how far the feed has come.</summary>
    public const string Key = "webhooks";

    /// <summary>Stands in the statement that looks for webhooks with each event, of which most installations have none.</summary>
    public const string LookingTag = "Webhooks that may want an event";

    private static readonly CompiledQueries<Func<CrmDbContext, IAsyncEnumerable<Webhook>>> Active = new(() =>
        EF.CompileAsyncQuery((CrmDbContext db) => db.Set<Webhook>().AsNoTracking().TagWith(LookingTag).Where(w => w.IsActive)));

    public string Name => Key;

    public async Task HandleAsync(OutboxEvent happened, CancellationToken cancellationToken)
    {
        if (!WebhookTopics.All.Contains(happened.Topic)) return;
        await using var db = provider.CreateContext(null);
        var wanting = new List<Webhook>();
        await foreach (var webhook in Active.For(db)(db).WithCancellation(cancellationToken))
            if (webhook.Topics.Contains(happened.Topic)) wanting.Add(webhook);
        if (wanting.Count == 0) return;
        long? customer = (await WebhookFilter.CustomersAsync(db, [happened], cancellationToken)).TryGetValue(happened.Id, out var found)
            ? found : null;
        var ids = wanting.ConvertAll(w => w.Id);
        var told = await db.WebhookDeliveries.Where(d => ids.Contains(d.WebhookId) && d.EventId == happened.Id)
            .Select(d => d.WebhookId).ToListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        foreach (var webhook in wanting.Where(w => !told.Contains(w.Id)))
            if (await IsWantedAsync(db, webhook, customer, cancellationToken))
                db.WebhookDeliveries.Add(Delivery(webhook.Id, happened, customer, 0, now));
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>What a webhook is told of an event.</summary>
    internal static WebhookDelivery Delivery(long webhookId, OutboxEvent happened, long? customer, int repeat, DateTimeOffset now) => new()
    {
        WebhookId = webhookId, EventId = happened.Id, Repeat = repeat, MessageId = WebhookBody.IdOf(happened.Id), Topic = happened.Topic,
        CustomerId = customer, Body = WebhookBody.Of(happened, customer), CreatedAt = now, DueAt = now,
        Line = customer is { } of ? string.Create(CultureInfo.InvariantCulture, $"customer:{of}")
            : string.Create(CultureInfo.InvariantCulture, $"{WebhookTopics.KindOf(happened.Topic)}:{happened.SubjectId}"),
    };

    private async Task<bool> IsWantedAsync(CrmDbContext db, Webhook webhook, long? customer, CancellationToken cancellationToken)
    {
        if (webhook.Filter is not { } wanted) return true;
        if (customer is not { } of) return false;
        try
        {
            return (await filter.FittingAsync([of], wanted, cancellationToken)).Contains(of);
        }
        catch (RuleViolationException)
        {
            // Such as one of a segment that was removed. What comes until it is repaired is replayed.
            LogFilter(webhook.Id);
            var now = clock.GetUtcNow();
            await db.Webhooks.Where(w => w.Id == webhook.Id && w.PausedAt == null).ExecuteUpdateAsync(w => w
                .SetProperty(x => x.PausedAt, now).SetProperty(x => x.Pause, WebhookPause.Filter), cancellationToken);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The filter of webhook {WebhookId} cannot be asked; the webhook rests")]
    private partial void LogFilter(long webhookId);
}
