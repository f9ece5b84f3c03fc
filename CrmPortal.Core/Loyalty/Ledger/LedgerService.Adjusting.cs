using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <content>Adjusting: goodwill and corrections, and the second person above a limit.</content>
public sealed partial class LedgerService
{
    /// <summary>
    /// Adds points or takes them, with a reason. Above the limit of the actor's roles it waits for a second person instead.
    /// </summary>
    /// <param name="key">Of the client; a second call with it answers the first booking.</param>
    /// <returns>Null where there is no such customer.</returns>
    /// <exception cref="RuleViolationException">The input is wrong, or more is to be taken than there is.</exception>
    public async Task<AdjustmentResult?> AdjustAsync(AdjustInput input, string? key, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.LoyaltyAdjust, cancellationToken);
        var errors = new List<FieldError>();
        if (input.Points is 0 or < -MostPoints or > MostPoints)
            errors.Add(new("Points", "Points must be between {0} and {1}, and not 0.", -MostPoints, MostPoints));
        var reason = Reason(input.Reason, null, errors);
        var ledgerKey = KeyOf(grant, key);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        // The limit may be another one than when the same call came first: what became of that is the answer.
        var (isAsked, isBooked) = await KnownAsync(ledgerKey, cancellationToken);
        if (isAsked || (!isBooked && Math.Abs(input.Points) > await LimitAsync(grant, cancellationToken)))
            return await AskAsync(grant, input.CustomerId, input.Points, reason, ledgerKey, cancellationToken) is { } request
            ? new(null, request) : null;
        var booked = await AdjustAsync(grant, input.CustomerId, input.Points, reason, ledgerKey,
            Fingerprint("adjust", input.CustomerId, input.Points, reason), cancellationToken);
        return booked is null ? null : new(booked, null);
    }

    /// <summary>How many points the acting user may adjust at once without a second person.</summary>
    public async Task<long> OwnLimitAsync(CancellationToken cancellationToken) =>
        await LimitAsync(await access.DemandAsync(Permissions.LoyaltyAdjust, cancellationToken), cancellationToken);

    /// <summary>
    /// The adjustments that wait, oldest first, or those that are decided, newest first: all of them for anyone who decides, one's own for
    /// others.
    /// </summary>
    public async Task<Page<AdjustmentDetails>> RequestsAsync(bool waiting, PageRequest page, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.LoyaltyAdjust, cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var requests = db.AdjustmentRequests.AsNoTracking()
            .Where(r => waiting ? r.State == AdjustmentState.Waiting : r.State != AdjustmentState.Waiting);
        if (!grant.Has(Permissions.LoyaltyApprove)) requests = requests.Where(r => r.AskedById == grant.Actor.UserId);
        requests = waiting ? requests.OrderBy(r => r.Id) : requests.OrderByDescending(r => r.Id);
        var found = await requests.Include(r => r.Customer).Skip(skip).Take(take + 1).ToListAsync(cancellationToken);
        return new([.. found.Take(take).Select(r => Details(r, grant))], page.Number, take, found.Count > take);
    }

    /// <summary>The adjustments of one customer that wait, oldest first; whoever sees the points sees that others are asked for.</summary>
    public async Task<IReadOnlyList<AdjustmentDetails>> WaitingOfAsync(long customerId, CancellationToken cancellationToken)
    {
        const int Most = 20;
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.AdjustmentRequests.AsNoTracking().Where(r => r.CustomerId == customerId && r.State == AdjustmentState.Waiting)
            .OrderBy(r => r.Id).Include(r => r.Customer).Take(Most).ToListAsync(cancellationToken);
        return [.. found.Select(r => Details(r, grant))];
    }

    /// <summary>How many adjustments wait for a decision of the acting user.</summary>
    public async Task<int> WaitingAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.LoyaltyApprove, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.AdjustmentRequests.CountAsync(r => r.State == AdjustmentState.Waiting && r.AskedById != grant.Actor.UserId,
            cancellationToken);
    }

    /// <summary>Books an adjustment that waits.</summary>
    /// <returns>Null where there is none that waits.</returns>
    /// <exception cref="RuleViolationException">The acting user asked for it themselves, or there are not so many points.</exception>
    public async Task<BookingResult?> ApproveAsync(long requestId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.LoyaltyApprove, cancellationToken);
        await using var looking = await dbFactory.CreateDbContextAsync(cancellationToken);
        var request = await looking.AdjustmentRequests.AsNoTracking()
            .FirstOrDefaultAsync(r => r.Id == requestId && r.State == AdjustmentState.Waiting, cancellationToken);
        if (request is null) return null;
        DemandOther(request, grant);
        return await AdjustAsync(grant, request.CustomerId, request.Points, request.Reason, $"adjustment {requestId}", null,
            cancellationToken,
            async db => await DecideAsync(db, requestId, grant, AdjustmentState.Approved, null, cancellationToken));
    }

    /// <summary>Refuses an adjustment that waits, with the reason.</summary>
    /// <returns>False where there is none that waits.</returns>
    public async Task<bool> RejectAsync(long requestId, string? why, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.LoyaltyApprove, cancellationToken);
        var errors = new List<FieldError>();
        var reason = Reason(why, null, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        return await EndAsync(requestId, grant, AdjustmentState.Rejected, reason, cancellationToken);
    }

    /// <summary>Takes one's own wish for an adjustment back.</summary>
    /// <returns>False where there is none of one's own that waits.</returns>
    public async Task<bool> WithdrawAsync(long requestId, CancellationToken cancellationToken) =>
        await EndAsync(requestId, await access.DemandAsync(Permissions.LoyaltyAdjust, cancellationToken), AdjustmentState.Withdrawn, null,
            cancellationToken);

    private Task<BookingResult?> AdjustAsync(
        Grant grant, long customerId, long points, string reason, string? key, string? fingerprint, CancellationToken cancellationToken,
            Func<CrmDbContext, Task>? with = null) => BookAsync(grant, customerId, "loyalty.adjust", key, fingerprint,
            async (db, book, programme) =>
        {
            if (with is not null) await with(db);
            var booking = book.Begin(reason, key, fingerprint, programmeId: programme.Id);
            if (points < 0) book.Take(booking, EntryKind.Adjusted, -points);
            else book.Add(booking, EntryKind.Adjusted, points, book.Now, PointsCalculator.ExpiryOf(programme.Rules, book.Now, Zone));
            return booking;
        }, cancellationToken);

    private async Task<(bool IsAsked, bool IsBooked)> KnownAsync(string? key, CancellationToken cancellationToken)
    {
        if (key is null) return (false, false);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return (await db.AdjustmentRequests.AnyAsync(r => r.Key == key, cancellationToken),
            await db.LoyaltyBookings.AnyAsync(b => b.Key == key, cancellationToken));
    }

    private async Task<AdjustmentDetails?> AskAsync(Grant grant, long customerId, long points, string reason, string? key,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("loyalty.ask");
        customerId = await MergedCustomers.LeadAsync(db, customerId, cancellationToken);
        var customer = await db.Customers.AsNoTracking()
            .FirstOrDefaultAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken);
        if (customer is null) return null;
        if (await AskedAsync() is { } asked) return asked;
        var request = new AdjustmentRequest
        {
            CustomerId = customerId, Points = points, Reason = reason, AskedById = grant.Actor.UserId, AskedByName = grant.Actor.Name,
                AskedAt = clock.GetUtcNow(), Key = key,
        };
        db.AdjustmentRequests.Add(request);
        foreach (var user in await ApproversAsync(db, grant.Actor.UserId, cancellationToken)) db.Notifications
            .Add(Told(user, NotificationKind.AdjustmentWaits, request, grant.Actor));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (key is not null && provider.ViolatedUniqueIndex(failure) is not null)
        {
            // The same call was under way twice.
            return await AskedAsync() ?? throw KeyTaken();
        }

        request.Customer = customer;
        return Details(request, grant);

        async Task<AdjustmentDetails?> AskedAsync()
        {
            if (key is null || await db.AdjustmentRequests.AsNoTracking().Include(r => r.Customer)
                .FirstOrDefaultAsync(r => r.Key == key, cancellationToken) is not { } known) return null;
            return known.Points == points && known.Reason == reason && known.CustomerId == customerId
                ? Details(known, grant) : throw KeyTaken();
        }
    }

    private async Task<bool> EndAsync(long requestId, Grant grant, AdjustmentState state, string? reason,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("loyalty.ask");
        var request = await db.AdjustmentRequests.AsNoTracking()
            .FirstOrDefaultAsync(r => r.Id == requestId && r.State == AdjustmentState.Waiting, cancellationToken);
        if (request is null || (state == AdjustmentState.Withdrawn && request.AskedById != grant.Actor.UserId)) return false;
        if (state == AdjustmentState.Rejected) DemandOther(request, grant);
        await provider.LockCustomersAsync(db, [request.CustomerId], cancellationToken);
        await DecideAsync(db, requestId, grant, state, reason, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Decides under the customer's lock, so that of two decisions at once one finds it made.</summary>
    private async Task DecideAsync(CrmDbContext db, long requestId, Grant grant, AdjustmentState state, string? reason,
        CancellationToken cancellationToken)
    {
        var request = await db.AdjustmentRequests.FirstAsync(r => r.Id == requestId, cancellationToken);
        if (request.State != AdjustmentState.Waiting) throw new RuleViolationException("", "Someone has already decided on this.");
        if (state is AdjustmentState.Approved or AdjustmentState.Rejected && request.AskedById is { } asker && await db.Users
            .AnyAsync(u => u.Id == asker && u.DisabledAt == null, cancellationToken))
            db.Notifications.Add(Told(asker, state == AdjustmentState.Approved ? NotificationKind.AdjustmentApproved
                : NotificationKind.AdjustmentRejected, request, grant.Actor));
        (request.State, request.DecidedById, request.DecidedByName, request.DecidedAt, request.DecisionReason) = (state, grant.Actor.UserId,
            grant.Actor.Name, clock.GetUtcNow(), reason);
    }

    /// <summary>Who may decide and did not ask.</summary>
    private static async Task<List<long>> ApproversAsync(CrmDbContext db, long? askedById, CancellationToken cancellationToken)
    {
        const int Most = 100;
        var roles = (await db.Roles.AsNoTracking().ToListAsync(cancellationToken))
            .Where(r => r.Permissions.Contains(Permissions.LoyaltyApprove)).Select(r => r.Id).ToList();
        return await db.Users.Where(u => u.DisabledAt == null && u.CustomerId == null && u.Id != askedById && u.Roles
            .Any(r => roles.Contains(r.RoleId)))
            .OrderBy(u => u.Id).Select(u => u.Id).Take(Most).ToListAsync(cancellationToken);
    }

    private Notification Told(long userId, NotificationKind kind, AdjustmentRequest request, Actor actor) => new()
    {
        UserId = userId, Kind = kind, CustomerId = request.CustomerId, ActorName = actor.Name, CreatedAt = clock.GetUtcNow(),
        Text = request.Points.ToString("+0;-0", System.Globalization.CultureInfo.InvariantCulture),
    };

    private static void DemandOther(AdjustmentRequest request, Grant grant)
    {
        if (request.AskedById is not null && request.AskedById == grant.Actor.UserId)
            throw new RuleViolationException("", "A second person must decide on this.");
    }

    private async Task<long> LimitAsync(Grant grant, CancellationToken cancellationToken)
    {
        if (grant.Actor.IsSystem) return MostPoints;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.UserRoles.Where(r => r.UserId == grant.Actor.UserId)
            .MaxAsync(r => (long?)r.Role!.AdjustmentLimit, cancellationToken) ?? 0;
    }

    private static AdjustmentDetails Details(AdjustmentRequest r, Grant grant) => new(
        r.Id, r.CustomerId, CustomerQueries.Shown(r.Customer!, grant.Has(Permissions.CustomersSensitive)), r.Points, r.Reason, r.State,
            r.AskedById, r.AskedByName, r.AskedAt, r.DecidedByName, r.DecidedAt, r.DecisionReason,
        r.State == AdjustmentState.Waiting && grant.Has(Permissions.LoyaltyApprove) && r.AskedById != grant.Actor.UserId,
            r.State == AdjustmentState.Waiting && r.AskedById == grant.Actor.UserId);
}
