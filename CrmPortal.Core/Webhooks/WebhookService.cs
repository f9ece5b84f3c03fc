using System.Globalization;
using System.Linq.Expressions;
using System.Security.Cryptography;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Webhooks;

/// <summary>The webhooks that there are.</summary>
public sealed class WebhookService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, ISecretProtector secrets,
    WebhookClient client, WebhookCourier courier, CustomerFinder finder, TimeProvider clock)
{
    public const int MostWebhooks = 50;

    /// <summary>So long the secret before signs as well, so that a receiver can change over.</summary>
    public static readonly TimeSpan FormerSigns = TimeSpan.FromDays(1);

    private const string ChangeKind = "webhook.edit";

    /// <summary>The webhooks by name.</summary>
    public async Task<IReadOnlyList<WebhookDetails>> ListAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.WebhooksManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return [.. (await db.Webhooks.AsNoTracking().OrderBy(w => w.Name).ThenBy(w => w.Id).Take(MostWebhooks).Select(Row(db))
            .ToListAsync(cancellationToken)).Select(r => Details(r.Webhook, r.Waiting))];
    }

    /// <summary>A webhook, or null where there is none.</summary>
    public async Task<WebhookDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.WebhooksManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await DetailsAsync(db, id, cancellationToken);
    }

    /// <summary>Makes a webhook.</summary>
    /// <returns>It and its secret, which is answered once and never again.</returns>
    /// <exception cref="RuleViolationException">A field is wrong, or there are too many.</exception>
    public async Task<WebhookWithSecret> CreateAsync(WebhookInput input, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.WebhooksManage, cancellationToken);
        var webhook = await CheckedAsync(input, null, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await db.Webhooks.CountAsync(cancellationToken) >= MostWebhooks)
            throw new RuleViolationException("", "There can be {0} webhooks.", MostWebhooks);
        var secret = WebhookSignature.NewSecret();
        webhook.ProtectedSecret = secrets.Protect(WebhookSignature.Purpose, secret);
        db.BeginChangeSet(ChangeKind, Permissions.WebhooksManage);
        db.Webhooks.Add(webhook);
        await db.SaveChangesAsync(cancellationToken);
        return new(Details(webhook, 0), secret, db.LastChangeSetId);
    }

    /// <summary>Changes a webhook.</summary>
    /// <returns>Null where there is none with this key.</returns>
    /// <exception cref="RuleViolationException">A field is wrong.</exception>
    /// <exception cref="ConcurrencyConflictException">Somebody changed it since <paramref name="version"/>.</exception>
    public async Task<PartChangeResult<WebhookDetails>?> ChangeAsync(long id, WebhookInput input, long? version,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.WebhooksManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet(ChangeKind, Permissions.WebhooksManage);
        if (await db.Webhooks.FirstOrDefaultAsync(w => w.Id == id, cancellationToken) is not { } webhook) return null;
        if (version is { } expected && expected != webhook.Version)
            throw new ConcurrencyConflictException([], webhook.Version, null, null);
        var wanted = await CheckedAsync(input, webhook, cancellationToken);
        (webhook.Name, webhook.Url, webhook.Events) = (wanted.Name, wanted.Url, wanted.Events);
        (webhook.Filter, webhook.IsActive) = (wanted.Filter, wanted.IsActive);
        await db.SaveChangesAsync(cancellationToken);
        return new((await DetailsAsync(db, id, cancellationToken))!, db.LastChangeSetId);
    }

    /// <summary>Removes a webhook with the log of its deliveries. Undone, it comes back without its secret.</summary>
    /// <returns>The change set, or null where there is no such webhook.</returns>
    public async Task<long?> RemoveAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.WebhooksManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet(ChangeKind, Permissions.WebhooksManage);
        if (await db.Webhooks.FirstOrDefaultAsync(w => w.Id == id, cancellationToken) is not { } webhook) return null;
        db.Webhooks.Remove(webhook);
        await db.SaveChangesAsync(cancellationToken);
        return db.LastChangeSetId;
    }

    /// <summary>Makes a new secret; the one before signs beside it for a day.</summary>
    /// <returns>Null where there is no such webhook.</returns>
    public async Task<WebhookWithSecret?> RotateSecretAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.WebhooksManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet(ChangeKind, Permissions.WebhooksManage);
        if (await db.Webhooks.FirstOrDefaultAsync(w => w.Id == id, cancellationToken) is not { } webhook) return null;
        var (secret, now) = (WebhookSignature.NewSecret(), clock.GetUtcNow());
        if (webhook.ProtectedSecret.Length > 0)
            (webhook.FormerSecret, webhook.FormerSecretUntil) = (webhook.ProtectedSecret, now + FormerSigns);
        (webhook.ProtectedSecret, webhook.SecretMadeAt) = (secrets.Protect(WebhookSignature.Purpose, secret), now);
        await db.SaveChangesAsync(cancellationToken);
        return new((await DetailsAsync(db, id, cancellationToken))!, secret, db.LastChangeSetId);
    }

    /// <summary>Lets a webhook rest: what it is told of waits. Null where there is none.</summary>
    public async Task<WebhookDetails?> PauseAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.WebhooksManage, cancellationToken);
        return await SetPauseAsync(id, clock.GetUtcNow(), cancellationToken);
    }

    /// <summary>Ends a rest; what waits is sent. Null where there is no such webhook.</summary>
    public async Task<WebhookDetails?> ResumeAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.WebhooksManage, cancellationToken);
        return await SetPauseAsync(id, null, cancellationToken);
    }

    /// <summary>Sends a test at once, once, and notes it in the log; null where there is no such webhook.</summary>
    /// <exception cref="RuleViolationException">The webhook has no secret.</exception>
    public async Task<DeliveryDetails?> TestAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.WebhooksManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await db.Webhooks.AsNoTracking().FirstOrDefaultAsync(w => w.Id == id, cancellationToken) is not { } webhook) return null;
        var (now, name) = (clock.GetUtcNow(), $"test_{Guid.NewGuid():N}");
        var test = new WebhookDelivery
        {
            WebhookId = id, MessageId = name, Topic = WebhookTopics.Test, CreatedAt = now, Attempts = 1, FirstAttemptAt = now,
            LastAttemptAt = now, Line = string.Create(CultureInfo.InvariantCulture, $"webhook:{id}"),
            Body = WebhookBody.Test(name, id, now),
        };
        db.WebhookDeliveries.Add(test);
        await db.SaveChangesAsync(cancellationToken);
        try
        {
            await courier.TryAsync(db, webhook, test, cancellationToken);
        }
        catch (CryptographicException)
        {
            await db.WebhookDeliveries.Where(d => d.Id == test.Id).ExecuteDeleteAsync(CancellationToken.None);
            throw new RuleViolationException("", "The webhook has no secret; make a new one.") { IsRefusal = true };
        }

        return await db.WebhookDeliveries.Where(d => d.Id == test.Id).Select(WebhookLog.InFull).FirstOrDefaultAsync(cancellationToken);
    }

    private async Task<WebhookDetails?> SetPauseAsync(long id, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet(ChangeKind, Permissions.WebhooksManage);
        if (await db.Webhooks.FirstOrDefaultAsync(w => w.Id == id, cancellationToken) is not { } webhook) return null;
        if (at is null)
        {
            (webhook.PausedAt, webhook.Pause, webhook.FailuresInRow, webhook.FailingSince) = (null, null, 0, null);
            var now = clock.GetUtcNow();
            await db.WebhookDeliveries.Where(d => d.WebhookId == id && d.DueAt > now)
                .ExecuteUpdateAsync(d => d.SetProperty(x => x.DueAt, now), cancellationToken);
        }
        else if (webhook.PausedAt is null)
        {
            (webhook.PausedAt, webhook.Pause) = (at, WebhookPause.ByHand);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return await DetailsAsync(db, id, cancellationToken);
    }

    private async Task<Webhook> CheckedAsync(WebhookInput input, Webhook? present, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var wanted = WebhookRules.Checked(input, client, clock.GetUtcNow(), errors);
        // One whose name is not known today may be known tomorrow; when it is sent to, it is looked at again.
        if (wanted.Url != present?.Url && !errors.Exists(e => e.Field == "Url")
            && await client.IsAllowedAsync(new Uri(wanted.Url).IdnHost, cancellationToken) == false)
            errors.Add(new("Url", WebhookFaults.NotPublic));
        if (wanted.Filter is { } filter && wanted.Filter != present?.Filter)
        {
            try
            {
                // Also says whether this user may ask it.
                await finder.FittingAsync([], filter, cancellationToken);
            }
            catch (RuleViolationException violation)
            {
                errors.AddRange(violation.Errors.Select(e => e with { Field = "Filter" }));
            }
        }

        return errors.Count > 0 ? throw new RuleViolationException(errors) : wanted;
    }

    private static async Task<WebhookDetails?> DetailsAsync(CrmDbContext db, long id, CancellationToken cancellationToken) =>
        await db.Webhooks.AsNoTracking().Where(w => w.Id == id).Select(Row(db)).FirstOrDefaultAsync(cancellationToken) is { } row
            ? Details(row.Webhook, row.Waiting) : null;

    private static Expression<Func<Webhook, Counted>> Row(CrmDbContext db) =>
        w => new(w, db.Set<WebhookDelivery>().Count(d => d.WebhookId == w.Id && d.DueAt != null));

    private static WebhookDetails Details(Webhook w, int waiting) => new(w.Id, w.Name, w.Url, w.Topics, w.Filter, w.IsActive, w.PausedAt,
        w.Pause, w.FailuresInRow, waiting, w.CreatedAt, w.SecretMadeAt, w.Version);

    private sealed record Counted(Webhook Webhook, int Waiting);
}
