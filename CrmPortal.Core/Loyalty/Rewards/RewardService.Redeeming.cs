using System.Globalization;
using System.Security.Cryptography;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <content>Redeeming: points for a code, the code for the thing, and back.</content>
public sealed partial class RewardService
{
    private const int CodeLetters = 10;

    /// <summary>Letters and digits that are not easily confused when read or spoken.</summary>
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

    /// <summary>
    /// Gives a customer a reward for their points: stock, points and code change together or not at all, whatever runs at the same time.
    /// A customer who is signed in redeems for themselves alone.
    /// </summary>
    /// <returns>Null where there is no such customer or reward.</returns>
    /// <exception cref="RuleViolationException">They cannot have it; the sentence says why.</exception>
    public async Task<RedemptionDetails?> RedeemAsync(long customerId, long rewardId, CancellationToken cancellationToken)
    {
        if (await access.FindForAsync(customerId, Permissions.LoyaltyRedeem, cancellationToken) is not { } grant) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Taken back by cancelling.
        db.BeginChangeSet("loyalty.reward");
        var now = clock.GetUtcNow();
        customerId = await MergedCustomers.LeadAsync(db, customerId, cancellationToken);
        await provider.LockCustomersAsync(db, [customerId], cancellationToken);
        if (!await db.Customers.AnyAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken)) return null;
        var book = await LedgerBook.OpenAsync(db, provider, customerId, grant.Actor, now, cancellationToken);
        if (await db.Rewards.AsNoTracking().FirstOrDefaultAsync(r => r.Id == rewardId, cancellationToken) is not { } reward) return null;
        var programme = await ProgrammeStore.CurrentAsync(db, now, cancellationToken);
        var tier = await db.Customers.Where(c => c.Id == customerId).Select(c => c.Tier).FirstAsync(cancellationToken);
        if (Refusal(reward, programme.Rules, tier, book.Available) is { } refusal)
            throw new RuleViolationException([refusal]) { IsRefusal = true };

        // Only as many updates find some left as there are.
        var taken = await db.Rewards.Where(r => r.Id == rewardId && !r.IsArchived && (r.Stock == null || r.Stock > 0))
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.Stock, x => x.Stock - 1).SetProperty(x => x.Version, x => x.Version + 1),
                cancellationToken);
        if (taken == 0) throw new RuleViolationException([NoneLeft]) { IsRefusal = true };
        var booking = book.Begin(reward.Name, programmeId: programme.Id);
        book.Take(booking, EntryKind.Redeemed, reward.Price);
        await book.SaveAsync(cancellationToken);
        var redemption = new RewardRedemption
        {
            CustomerId = customerId, RewardId = rewardId, BookingId = booking.Id, Code = await FreeCodeAsync(db, cancellationToken),
                At = now,
            ExpiresAt = reward.CodeDays is { } days ? Zone.StartOf(Today.AddDays(days + 1)) : null,
        };
        db.RewardRedemptions.Add(redemption);
        await db.SaveChangesAsync(cancellationToken);
        var details = (await DetailsAsync(db, db.RewardRedemptions.Where(r => r.Id == redemption.Id), grant, cancellationToken))[0];
        await transaction.CommitAsync(cancellationToken);
        return details;
    }

    /// <summary>The redemptions, newest first. A customer who is signed in asks for their own alone.</summary>
    public async Task<Page<RedemptionDetails>> RedemptionsAsync(RedemptionQuery query, PageRequest page,
        CancellationToken cancellationToken)
    {
        var grant = query.CustomerId is { } asked ? await access.FindForAsync(asked, Permissions.CustomersView, cancellationToken)
            : await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var (skip, take) = page.Validated();
        if (grant is null) return new([], page.Number, take, false);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (Found(db, query) is not { } found) return new([], page.Number, take, false);
        var rows = await DetailsAsync(db, found.OrderByDescending(r => r.Id).Skip(skip).Take(take + 1), grant, cancellationToken);
        return new([.. rows.Take(take)], page.Number, take, rows.Count > take);
    }

    /// <summary>How many redemptions a query finds.</summary>
    public async Task<int> CountRedemptionsAsync(RedemptionQuery query, CancellationToken cancellationToken)
    {
        var grant = query.CustomerId is { } asked ? await access.FindForAsync(asked, Permissions.CustomersView, cancellationToken)
            : await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        if (grant is null) return 0;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return Found(db, query) is { } found ? await found.CountAsync(cancellationToken) : 0;
    }

    /// <summary>Null where what is sought can be no code.</summary>
    private static IQueryable<RewardRedemption>? Found(CrmDbContext db, RedemptionQuery query)
    {
        var found = db.RewardRedemptions.AsQueryable();
        if (query.CustomerId is { } customer) found = found.Where(r => r.CustomerId == customer);
        if (query.State is { } state) found = found.Where(r => r.State == state);
        if (string.IsNullOrWhiteSpace(query.Search)) return found;
        // A code may be said in groups and in small letters.
        var code = string.Concat(query.Search.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return code.Length is 0 or > RewardRedemption.CodeLength ? null : found.Where(r => r.Code.StartsWith(code));
    }

    /// <summary>Notes that the thing was handed out for its code.</summary>
    /// <returns>Null where there is no such redemption.</returns>
    /// <exception cref="RuleViolationException">It was used or cancelled before, or its code expired.</exception>
    public async Task<RedemptionDetails?> UseAsync(long redemptionId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.LoyaltyRedeem, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("loyalty.reward", Permissions.LoyaltyRedeem);
        if (await db.RewardRedemptions.FirstOrDefaultAsync(r => r.Id == redemptionId, cancellationToken) is not { } redemption) return null;
        DemandOpen(redemption);
        if (redemption.ExpiresAt <= clock.GetUtcNow()) throw new RuleViolationException("", "This code has expired.");
        return await EndAsync(db, redemption, RedemptionState.Used, grant, cancellationToken);
    }

    /// <summary>Takes a redemption back: the points go to the lots that they came from, the thing to the stock.</summary>
    /// <returns>Null where there is no such redemption.</returns>
    /// <exception cref="RuleViolationException">It was used or cancelled before.</exception>
    public async Task<RedemptionDetails?> CancelAsync(long redemptionId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.LoyaltyRedeem, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("loyalty.reward");
        var bookingId = await db.RewardRedemptions.Where(r => r.Id == redemptionId).Select(r => (long?)r.BookingId)
            .FirstOrDefaultAsync(cancellationToken);
        if (bookingId is not { } booked) return null;
        // The accounts lead to who holds the points now, after a merge too; of several, the first, so that locks are taken in order.
        var holder = await db.LoyaltyEntries.Where(e => e.BookingId == booked).MinAsync(e => e.Account!.CustomerId, cancellationToken);
        var book = holder is { } customerId ? await LedgerBook.OpenAsync(db, provider, customerId, grant.Actor, clock.GetUtcNow(),
            cancellationToken) : null;
        var redemption = await db.RewardRedemptions.Include(r => r.Reward).FirstAsync(r => r.Id == redemptionId, cancellationToken);
        DemandOpen(redemption);
        var key = string.Create(CultureInfo.InvariantCulture, $"reverse {booked}");
        if (book is not null)
        {
            // Somebody may have reversed the booking itself before; then the points are back already.
            if (!await db.LoyaltyBookings.AnyAsync(b => b.Key == key, cancellationToken))
                await LedgerService.ReverseAsync(db, provider, book, book.Begin($"Cancelled: {redemption.Reward!.Name}", key), booked,
                    false, cancellationToken);
            await book.SaveAsync(cancellationToken);
        }

        await db.Rewards.Where(r => r.Id == redemption.RewardId && r.Stock != null)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.Stock, x => x.Stock + 1).SetProperty(x => x.Version, x => x.Version + 1),
                cancellationToken);
        var details = await EndAsync(db, redemption, RedemptionState.Cancelled, grant, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return details;
    }

    private static void DemandOpen(RewardRedemption redemption)
    {
        if (redemption.State == RedemptionState.Used) throw new RuleViolationException("", "This code has already been used.");
        if (redemption.State == RedemptionState.Cancelled) throw new RuleViolationException("", "This redemption was cancelled.");
    }

    private async Task<RedemptionDetails> EndAsync(CrmDbContext db, RewardRedemption redemption, RedemptionState state, Grant grant,
        CancellationToken cancellationToken)
    {
        (redemption.State, redemption.EndedAt, redemption.EndedByName) = (state, clock.GetUtcNow(), grant.Actor.Name);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new RuleViolationException("", "Someone else changed it at the same time.");
        }

        return (await DetailsAsync(db, db.RewardRedemptions.Where(r => r.Id == redemption.Id), grant, cancellationToken))[0];
    }

    private static async Task<string> FreeCodeAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        while (true)
        {
            var code = RandomNumberGenerator.GetString(Alphabet, CodeLetters);
            if (!await db.RewardRedemptions.AnyAsync(r => r.Code == code, cancellationToken)) return code;
        }
    }

    private async Task<List<RedemptionDetails>> DetailsAsync(CrmDbContext db, IQueryable<RewardRedemption> redemptions, Grant grant,
        CancellationToken cancellationToken)
    {
        var (now, maySee) = (clock.GetUtcNow(), grant.Has(Permissions.CustomersSensitive));
        var rows = await redemptions.AsNoTracking()
            .Select(r => new { Row = r, r.Reward!.Name, r.Customer, Points = -db.Set<LoyaltyEntry>().Where(e => e.BookingId == r.BookingId
            && e.Kind == EntryKind.Redeemed).Sum(e => e.Points) })
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(r => new RedemptionDetails(
            r.Row.Id, r.Row.Code, r.Row.State, r.Row.RewardId, r.Name, r.Points, r.Row.CustomerId, r.Customer is null
                ? null : CustomerQueries.Shown(r.Customer, maySee), r.Row.At, r.Row.ExpiresAt, r.Row.EndedAt, r.Row.EndedByName,
            r.Row.State == RedemptionState.Issued && r.Row.ExpiresAt <= now));
    }
}
