using CrmPortal.Core.Access;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Data;

/// <summary>What a repeated request is answered.</summary>
public sealed record RememberedAnswer(int StatusCode, string? ContentType, string? Location, string? ETag, string Body);

public enum ClaimOutcome
{
    /// <summary>The request is the first with its key.</summary>
    First,

    /// <summary>The key was used with another request.</summary>
    OtherRequest,

    /// <summary>The first request with the key has not ended.</summary>
    AtWork,

    /// <summary>The first request has been answered.</summary>
    Answered,
}

/// <summary>Whether a request may go on, or what it is answered instead.</summary>
public sealed record Claim(ClaimOutcome Outcome, long Id = 0, RememberedAnswer? Answer = null);

/// <summary>The requests that carried an idempotency key; each user reaches his own alone.</summary>
public sealed class IdempotencyRecords(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, ICurrentUser currentUser, AccessControl access, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>After this time a request without an answer is given up for lost: its server stopped in the middle.</summary>
    public static readonly TimeSpan LongestWork = TimeSpan.FromMinutes(2);

    /// <summary>Claims a key for a request; of two at once one is the first.</summary>
    /// <exception cref="SignedOutException">Nobody is signed in.</exception>
    public async Task<Claim> ClaimAsync(string key, string requestHash, CancellationToken cancellationToken)
    {
        await access.DemandSignedInAsync(cancellationToken);
        var user = Owner();
        var now = clock.GetUtcNow();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var (expired, lost) = (now - Lifetime, now - LongestWork);
        await db.IdempotencyRecords.Where(r => r.UserId == user && r.Key == key && (r.CreatedAt < expired || (r.StatusCode == null && r.CreatedAt < lost))).ExecuteDeleteAsync(cancellationToken);
        var record = new IdempotencyRecord { UserId = user, Key = key, RequestHash = requestHash, CreatedAt = now };
        db.IdempotencyRecords.Add(record);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return new(ClaimOutcome.First, record.Id);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            db.ChangeTracker.Clear();
        }

        var first = await db.IdempotencyRecords.AsNoTracking().FirstOrDefaultAsync(r => r.UserId == user && r.Key == key, cancellationToken);
        return first switch
        {
            // It failed at this very moment; the client asks again.
            null => new(ClaimOutcome.AtWork),
            _ when first.RequestHash != requestHash => new(ClaimOutcome.OtherRequest),
            { StatusCode: { } status } => new(ClaimOutcome.Answered, first.Id, new(status, first.ContentType, first.Location, first.ETag, first.Body ?? "")),
            _ => new(ClaimOutcome.AtWork),
        };
    }

    /// <summary>Keeps the answer of a claimed request.</summary>
    public async Task RememberAsync(long id, RememberedAnswer answer, CancellationToken cancellationToken)
    {
        // The session is not asked for again: it may have ended while the request that it began was at work.
        var user = Owner();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.IdempotencyRecords.Where(r => r.Id == id && r.UserId == user).ExecuteUpdateAsync(
            r => r.SetProperty(x => x.StatusCode, answer.StatusCode).SetProperty(x => x.ContentType, answer.ContentType).SetProperty(x => x.Location, answer.Location)
                .SetProperty(x => x.ETag, answer.ETag).SetProperty(x => x.Body, answer.Body),
            cancellationToken);
    }

    /// <summary>Frees the key of a request that failed.</summary>
    public async Task ForgetAsync(long id, CancellationToken cancellationToken)
    {
        var user = Owner();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.IdempotencyRecords.Where(r => r.Id == id && r.UserId == user).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Removes what is older than its lifetime, whosoever it is.</summary>
    public async Task<int> RemoveExpiredAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        var expired = clock.GetUtcNow() - Lifetime;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.IdempotencyRecords.Where(r => r.CreatedAt < expired).ExecuteDeleteAsync(cancellationToken);
    }

    private long Owner() => currentUser.Actor.UserId ?? throw new SignedOutException();
}
