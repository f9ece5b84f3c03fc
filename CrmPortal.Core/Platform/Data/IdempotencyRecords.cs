using CrmPortal.Core.Platform.Access;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Data;

/// <summary>What a repeated request is answered.</summary>
public sealed record RememberedAnswer(int StatusCode, string? ContentType, string? Location, string? ETag, string Body);

/// <summary>What the work of a request made or changed; 0 where no single record tells.</summary>
public sealed record WorkSubject(string? Type, long Id);

public enum ClaimOutcome
{
    /// <summary>The request is the first with its key, or takes over from one that ended without doing anything.</summary>
    First,

    /// <summary>The key was used with another request.</summary>
    OtherRequest,

    /// <summary>The first request with the key has not ended.</summary>
    AtWork,

    /// <summary>The first request has been answered.</summary>
    Answered,

    /// <summary>The work of the first request was committed, but its process ended before the answer was kept.</summary>
    Done,
}

/// <summary>Whether a request may go on, or what it is answered instead.</summary>
/// <param name="Request">What the request works for, where it is the first.</param>
/// <param name="Subject">What was made, where the work is done and no answer was kept.</param>
public sealed record Claim(ClaimOutcome Outcome, KeyedRequest? Request = null, RememberedAnswer? Answer = null,
    WorkSubject? Subject = null);

/// <summary>The requests that carried an idempotency key; each user reaches their own alone.</summary>
public sealed class IdempotencyRecords(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, ICurrentUser currentUser, AccessControl access,
        TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>So long a claim holds that is not renewed: its process has ended.</summary>
    public static readonly TimeSpan ClaimTime = TimeSpan.FromSeconds(30);

    /// <summary>Claims a key for a request; of two at once one is the first.</summary>
    /// <exception cref="SignedOutException">Nobody is signed in.</exception>
    public async Task<Claim> ClaimAsync(string key, string requestHash, CancellationToken cancellationToken)
    {
        await access.DemandSignedInAsync(cancellationToken);
        var user = Owner();
        var now = clock.GetUtcNow();
        var claimant = Guid.NewGuid().ToString("N");
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var expired = now - Lifetime;
        await db.IdempotencyRecords.Where(r => r.UserId == user && r.Key == key && r.CreatedAt < expired)
            .ExecuteDeleteAsync(cancellationToken);
        var record = new IdempotencyRecord
        {
            UserId = user, Key = key, RequestHash = requestHash, Claimant = claimant, ClaimedUntil = now + ClaimTime, CreatedAt = now,
        };
        db.IdempotencyRecords.Add(record);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return new(ClaimOutcome.First, new(record.Id, claimant));
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            db.ChangeTracker.Clear();
        }

        var first = await db.IdempotencyRecords.AsNoTracking()
            .FirstOrDefaultAsync(r => r.UserId == user && r.Key == key, cancellationToken);
        // It failed at this very moment; the client asks again.
        if (first is null) return new(ClaimOutcome.AtWork);
        if (first.RequestHash != requestHash) return new(ClaimOutcome.OtherRequest);
        if (first.StatusCode is { } status)
            return new(ClaimOutcome.Answered, Answer: new(status, first.ContentType, first.Location, first.ETag, first.Body ?? ""));
        if (first.ClaimedUntil >= now) return new(ClaimOutcome.AtWork);
        if (first.WorkedAt is not null) return new(ClaimOutcome.Done, Subject: new(first.SubjectType, first.SubjectId ?? 0));

        // Waits for a commit that is under way; afterwards the row says that the work is done.
        var taken = await db.IdempotencyRecords.Where(r => r.Id == first.Id && r.Claimant == first.Claimant && r.WorkedAt == null
            && r.ClaimedUntil < now)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.Claimant, claimant).SetProperty(x => x.ClaimedUntil, now + ClaimTime),
                cancellationToken);
        return taken == 1 ? new(ClaimOutcome.First, new(first.Id, claimant)) : new(ClaimOutcome.AtWork);
    }

    /// <summary>Says that the request is still at work.</summary>
    public async Task RenewAsync(KeyedRequest request, CancellationToken cancellationToken)
    {
        var (user, until) = (Owner(), clock.GetUtcNow() + ClaimTime);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.IdempotencyRecords.Where(r => r.Id == request.RecordId && r.UserId == user && r.Claimant == request.Claimant)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.ClaimedUntil, until), cancellationToken);
    }

    /// <summary>Keeps the answer of a claimed request.</summary>
    public async Task RememberAsync(KeyedRequest request, RememberedAnswer answer, CancellationToken cancellationToken)
    {
        // The session is not asked for again: it may have ended while the request that it began was at work.
        var user = Owner();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.IdempotencyRecords.Where(r => r.Id == request.RecordId && r.UserId == user && r.Claimant == request.Claimant)
            .ExecuteUpdateAsync(
            r => r.SetProperty(x => x.StatusCode, answer.StatusCode).SetProperty(x => x.ContentType, answer.ContentType)
                .SetProperty(x => x.Location, answer.Location).SetProperty(x => x.ETag, answer.ETag).SetProperty(x => x.Body, answer.Body),
            cancellationToken);
    }

    /// <summary>
    /// Ends the claim of a request that gave no answer worth keeping. Where nothing was committed the key is free again; where something
    /// was, it stays used, whatever became of the request.
    /// </summary>
    public async Task ForgetAsync(KeyedRequest request, CancellationToken cancellationToken)
    {
        var user = Owner();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var own = db.IdempotencyRecords.Where(r => r.Id == request.RecordId && r.UserId == user && r.Claimant == request.Claimant
            && r.StatusCode == null);
        if (await own.Where(r => r.WorkedAt == null).ExecuteDeleteAsync(cancellationToken) == 1) return;
        await own.ExecuteUpdateAsync(r => r.SetProperty(x => x.ClaimedUntil, DateTimeOffset.UnixEpoch), cancellationToken);
    }

    /// <summary>Ends the claims of a process that is gone; for the start of the only one that there is.</summary>
    public async Task ForgetUnfinishedAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.IdempotencyRecords.Where(r => r.StatusCode == null && r.ClaimedUntil > DateTimeOffset.UnixEpoch)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.ClaimedUntil, DateTimeOffset.UnixEpoch), cancellationToken);
    }

    /// <summary>Removes what is older than its lifetime, regardless of whose it is.</summary>
    public async Task<int> RemoveExpiredAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        var expired = clock.GetUtcNow() - Lifetime;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.IdempotencyRecords.Where(r => r.CreatedAt < expired).ExecuteDeleteAsync(cancellationToken);
    }

    private long Owner() => currentUser.Actor.UserId ?? throw new SignedOutException();
}

/// <summary>The claim of a request went to another one while it stood still; its work is not committed.</summary>
public sealed class ClaimLostException() : Exception("Another request with this key does the work.");
