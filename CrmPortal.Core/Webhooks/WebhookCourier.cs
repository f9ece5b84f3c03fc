using System.Collections.Concurrent;
using System.Security.Cryptography;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Webhooks;

/// <summary>
/// Sends what is due: several webhooks at once, one delivery of each after the other, and of one customer in order. A node claims a
/// delivery by moving its next attempt on, so that no other sends it meanwhile and a crash only delays it.
/// </summary>
public sealed partial class WebhookCourier : IDisposable
{
    /// <summary>Stands in the statements that look for what is due, so that they are told from those of pages.</summary>
    public const string LookingTag = "Looks for deliveries that are due";

    /// <summary>After so many attempts that failed, over so long a time, a webhook rests.</summary>
    public const int MostFailures = 20;

    public static readonly TimeSpan FailingFor = TimeSpan.FromHours(1);

    private const int BatchSize = 20;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Longer than an attempt takes: after it a delivery whose node is gone is tried again.</summary>
    private static readonly TimeSpan Claimed = TimeSpan.FromMinutes(1);

    private readonly IDatabaseProvider _provider;
    private readonly WebhookClient _client;
    private readonly ISecretProtector _secrets;
    private readonly TimeProvider _clock;
    private readonly ILogger<WebhookCourier> _logger;
    private readonly ConcurrentDictionary<long, Task> _atWork = [];
    private readonly SemaphoreSlim _room;

    public WebhookCourier(IDatabaseProvider provider, WebhookClient client, ISecretProtector secrets, TimeProvider clock,
        ILogger<WebhookCourier> logger, IOptions<WebhookOptions> options)
    {
        (_provider, _client, _secrets, _clock, _logger) = (provider, client, secrets, clock, logger);
        _room = new(options.Value.AtOnce);
    }

    public void Dispose() => _room.Dispose();

    /// <summary>Sends until it is told to end; a receiver that is slow holds up no other.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookEvery);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                foreach (var id in await DueAsync(cancellationToken))
                    if (!_atWork.TryGetValue(id, out var task) || task.IsCompleted)
                        _atWork[id] = Task.Run(() => WorkAsync(id, cancellationToken), CancellationToken.None);
                await timer.WaitForNextTickAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                LogFault(fault);
                await Task.Delay(LookEvery, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await Task.WhenAll(_atWork.Values);
    }

    /// <summary>Sends what is due of all webhooks, of each until an attempt fails; returns how many attempts there were.</summary>
    public async Task<int> SendDueAsync(CancellationToken cancellationToken) =>
        (await Task.WhenAll((await DueAsync(cancellationToken)).Select(id => SendAsync(id, cancellationToken)))).Sum();

    /// <summary>Tries a delivery that is in nobody's line, whatever state its webhook is in.</summary>
    /// <exception cref="CryptographicException">The secret cannot be read.</exception>
    internal async Task TryAsync(CrmDbContext db, Webhook webhook, WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var answer = await _client.SendAsync(new(webhook.Url), delivery.MessageId, delivery.Body, Secrets(webhook), cancellationToken);
        await NoteAsync(db, delivery, answer, answer.Fault is null ? DeliveryState.Delivered : DeliveryState.GivenUp, null);
    }

    private async Task<List<long>> DueAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        await using var db = _provider.CreateContext(null);
        return await db.Webhooks.TagWith(LookingTag).Where(w => w.IsActive && w.PausedAt == null
            && db.Set<WebhookDelivery>().Any(d => d.WebhookId == w.Id && d.DueAt <= now)).Select(w => w.Id).ToListAsync(cancellationToken);
    }

    private async Task WorkAsync(long webhookId, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(webhookId, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The program ends.
        }
        catch (Exception fault)
        {
            LogFault(fault);
        }
    }

    private async Task<int> SendAsync(long webhookId, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        try
        {
            await using var db = _provider.CreateContext(null);
            var tried = 0;
            while (true)
            {
                var webhook = await db.Webhooks.AsNoTracking().FirstOrDefaultAsync(w => w.Id == webhookId && w.IsActive
                    && w.PausedAt == null, cancellationToken);
                if (webhook is null) return tried;
                var before = tried;
                foreach (var delivery in await HeadsAsync(db, webhookId, cancellationToken))
                {
                    if (!await ClaimAsync(db, delivery, cancellationToken)) continue;
                    tried++;
                    // Where one fails, the next most likely would: they are left to the next look.
                    if (!await AttemptAsync(db, webhook, delivery, cancellationToken)) return tried;
                }

                if (tried == before) return tried;
            }
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>What is due and has nothing before it in its line.</summary>
    private Task<List<WebhookDelivery>> HeadsAsync(CrmDbContext db, long webhookId, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        return db.WebhookDeliveries.AsNoTracking().Where(d => d.WebhookId == webhookId && d.DueAt <= now
            && !db.Set<WebhookDelivery>().Any(e => e.WebhookId == d.WebhookId && e.Line == d.Line && e.Id < d.Id && e.DueAt != null))
            .OrderBy(d => d.DueAt).ThenBy(d => d.Id).Take(BatchSize).ToListAsync(cancellationToken);
    }

    private async Task<bool> ClaimAsync(CrmDbContext db, WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var (now, seen) = (_clock.GetUtcNow(), delivery.Attempts);
        var (first, until) = (delivery.FirstAttemptAt ?? now, now + Claimed);
        var claimed = await db.WebhookDeliveries.Where(d => d.Id == delivery.Id && d.Attempts == seen && d.DueAt != null
                && db.Set<Webhook>().Any(w => w.Id == d.WebhookId && w.IsActive && w.PausedAt == null))
            .ExecuteUpdateAsync(d => d.SetProperty(x => x.Attempts, seen + 1).SetProperty(x => x.DueAt, until)
                .SetProperty(x => x.FirstAttemptAt, first).SetProperty(x => x.LastAttemptAt, now), cancellationToken);
        (delivery.Attempts, delivery.FirstAttemptAt) = (seen + 1, first);
        return claimed == 1;
    }

    /// <summary>Tries a delivery that was claimed; false where that failed.</summary>
    private async Task<bool> AttemptAsync(CrmDbContext db, Webhook webhook, WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        WebhookAnswer answer;
        try
        {
            answer = await _client.SendAsync(new(webhook.Url), delivery.MessageId, delivery.Body, Secrets(webhook), cancellationToken);
        }
        catch (CryptographicException)
        {
            LogSecret(webhook.Id);
            var at = _clock.GetUtcNow();
            await RestAsync(db.Webhooks.Where(w => w.Id == webhook.Id), at, WebhookPause.Secret);
            await db.WebhookDeliveries.Where(d => d.Id == delivery.Id).ExecuteUpdateAsync(d => d.SetProperty(x => x.DueAt, at),
                CancellationToken.None);
            return false;
        }

        var now = _clock.GetUtcNow();
        if (answer.Fault is null)
        {
            await NoteAsync(db, delivery, answer, DeliveryState.Delivered, null);
            if (webhook.FailuresInRow > 0)
                await db.Webhooks.Where(w => w.Id == webhook.Id).ExecuteUpdateAsync(w => w.SetProperty(x => x.FailuresInRow, 0)
                    .SetProperty(x => x.FailingSince, (DateTimeOffset?)null), CancellationToken.None);
            return true;
        }

        var next = WebhookRetries.After(delivery.Attempts, delivery.FirstAttemptAt!.Value, now);
        LogFailure(delivery.Id, webhook.Id, delivery.Attempts, answer.StatusCode, answer.Fault);
        await NoteAsync(db, delivery, answer, next is null ? DeliveryState.GivenUp : DeliveryState.Failed, next);
        await db.Webhooks.Where(w => w.Id == webhook.Id).ExecuteUpdateAsync(w => w
            .SetProperty(x => x.FailuresInRow, x => x.FailuresInRow + 1)
            .SetProperty(x => x.FailingSince, x => x.FailingSince ?? now), CancellationToken.None);
        var since = now - FailingFor;
        if (await RestAsync(db.Webhooks.Where(w => w.Id == webhook.Id && w.FailuresInRow >= MostFailures && w.FailingSince <= since), now,
            WebhookPause.Failures)) LogRest(webhook.Id);
        return false;
    }

    private static async Task<bool> RestAsync(IQueryable<Webhook> webhooks, DateTimeOffset now, WebhookPause why) =>
        await webhooks.Where(w => w.PausedAt == null).ExecuteUpdateAsync(w => w.SetProperty(x => x.PausedAt, now)
            .SetProperty(x => x.Pause, why), CancellationToken.None) > 0;

    /// <summary>What is known of an attempt is written down also while the program ends.</summary>
    private static async Task NoteAsync(CrmDbContext db, WebhookDelivery delivery, WebhookAnswer answer, DeliveryState state,
        DateTimeOffset? next)
    {
        var (url, took) = (answer.Url.AbsoluteUri, (int)answer.Took.TotalMilliseconds);
        if (url.Length > Webhook.UrlLength) url = url[..Webhook.UrlLength];
        await db.WebhookDeliveries.Where(d => d.Id == delivery.Id && d.Attempts == delivery.Attempts).ExecuteUpdateAsync(d => d
            .SetProperty(x => x.State, state).SetProperty(x => x.DueAt, next).SetProperty(x => x.Url, url)
            .SetProperty(x => x.StatusCode, answer.StatusCode).SetProperty(x => x.Answer, answer.Text)
            .SetProperty(x => x.DurationMs, took).SetProperty(x => x.Fault, answer.Fault), CancellationToken.None);
    }

    /// <summary>The secret, and for a while the one before.</summary>
    private List<string> Secrets(Webhook webhook)
    {
        var secrets = new List<string> { _secrets.Unprotect(WebhookSignature.Purpose, webhook.ProtectedSecret) };
        if (webhook.FormerSecret is { } former && webhook.FormerSecretUntil > _clock.GetUtcNow())
            secrets.Add(_secrets.Unprotect(WebhookSignature.Purpose, former));
        return secrets;
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Delivery {DeliveryId} of webhook {WebhookId} failed, attempt {Attempt}: {StatusCode} {Reason}")]
    private partial void LogFailure(long deliveryId, long webhookId, int attempt, int? statusCode, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Webhook {WebhookId} rests: too many attempts failed one after the other")]
    private partial void LogRest(long webhookId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Webhook {WebhookId} rests: its secret cannot be read")]
    private partial void LogSecret(long webhookId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Deliveries could not be sent; it is tried again in a moment")]
    private partial void LogFault(Exception fault);
}
