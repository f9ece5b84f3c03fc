using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Loyalty;

/// <summary>
/// The door to the points ledger: every booking goes through here, in one transaction under the customer's lock, and the same
/// booking never twice.
/// </summary>
public sealed partial class LedgerService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    TimeProvider clock, IOptions<ShopOptions> shop)
{
    /// <summary>No booking is larger; a typing error is.</summary>
    public const long MostPoints = 10_000_000;

    public const int MostExpiryDays = 36_500;
    private const int KeyLength = 100;

    private LocalZone Zone => shop.Value.Zone;

    /// <summary>Adds points. An order earns once: a second call for it answers the first booking.</summary>
    /// <param name="key">Of the client; a second call with it answers the first booking.</param>
    /// <returns>Null where there is no such customer.</returns>
    /// <exception cref="RuleViolationException">The input is wrong.</exception>
    public async Task<BookingResult?> EarnAsync(EarnInput input, string? key, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.LoyaltyEarn, cancellationToken);
        var errors = new List<FieldError>();
        DemandPoints(input.Points, errors);
        var reason = Reason(input.Reason, "Points earned", errors);
        var order = Reference(input.Order, errors);
        if (input.ExpiryDays is < 1 or > MostExpiryDays)
            errors.Add(new(nameof(input.ExpiryDays), "Points must be valid for 1 to {0} days.", MostExpiryDays));
        var ledgerKey = order is null ? KeyOf(grant, key) : $"earn {order}";
        if (errors.Count > 0) throw new RuleViolationException(errors);
        // An order earns once, whatever a second call says it earns.
        var fingerprint = Fingerprint("earn", input.CustomerId, order is null ? input.Points : order);
        return await BookAsync(grant, input.CustomerId, "loyalty.earn", ledgerKey, fingerprint, async (db, book, programme) =>
        {
            var orderId = order is null ? null : await db.Orders.Where(o => o.ExternalId == order && o.CustomerId == book.CustomerId)
                .Select(o => (long?)o.Id).FirstOrDefaultAsync(cancellationToken);
            // It is among the orders here, and earned when it came.
            if (orderId is not null
                && await db.LoyaltyBookings.Where(b => b.OrderId == orderId && b.Entries.Any(e => e.Kind == EntryKind.Earned))
                .OrderBy(b => b.Id).FirstOrDefaultAsync(cancellationToken) is { } earned)
                return earned;

            var booking = book.Begin(reason, ledgerKey, fingerprint, orderId, order, programmeId: programme.Id);
            book.Add(booking, EntryKind.Earned, input.Points, UsableAt(programme.Rules, book.Now),
                PointsCalculator.ExpiryOf(programme.Rules, book.Now, Zone, input.ExpiryDays));
            return booking;
        }, cancellationToken);
    }

    /// <summary>Spends points. However many do so at once, there are never more spent than there were.</summary>
    /// <returns>Null where there is no such customer.</returns>
    /// <exception cref="RuleViolationException">The input is wrong, or there are not so many points.</exception>
    public async Task<BookingResult?> RedeemAsync(RedeemInput input, string? key, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.LoyaltyRedeem, cancellationToken);
        var errors = new List<FieldError>();
        DemandPoints(input.Points, errors);
        var reason = Reason(input.Reason, "Points redeemed", errors);
        var order = Reference(input.Order, errors);
        var ledgerKey = KeyOf(grant, key);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        var fingerprint = Fingerprint("redeem", input.CustomerId, input.Points, order);
        return await BookAsync(grant, input.CustomerId, "loyalty.redeem", ledgerKey, fingerprint, (db, book, programme) =>
        {
            var booking = book.Begin(reason, ledgerKey, fingerprint, reference: order, programmeId: programme.Id);
            book.Take(booking, EntryKind.Redeemed, input.Points);
            return Task.FromResult(booking);
        }, cancellationToken);
    }

    /// <summary>Reverses a booking of points that were spent or added by hand, in full.</summary>
    /// <exception cref="RuleViolationException">It cannot be reversed, or has been, or is above the limit of the actor's roles.</exception>
    public async Task<BookingResult?> ReverseAsync(long bookingId, string? why, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.LoyaltyAdjust, cancellationToken);
        var errors = new List<FieldError>();
        var reason = Reason(why, null, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        await using var looking = await dbFactory.CreateDbContextAsync(cancellationToken);
        // After a merge that was undone, the points of one booking belong to several customers; the locks are taken in order.
        var customerId = await looking.LoyaltyEntries.Where(e => e.BookingId == bookingId)
            .MinAsync(e => e.Account!.CustomerId, cancellationToken);
        if (customerId is not { } holder) return null;
        var (points, limit) = (await looking.LoyaltyEntries.Where(e => e.BookingId == bookingId)
            .SumAsync(e => Math.Abs(e.Points), cancellationToken), await LimitAsync(grant, cancellationToken));
        if (points > limit)
            throw new RuleViolationException("", "You can reverse bookings of up to {0} points; ask someone with a higher limit.", limit);
        // A code that was given for the points would stay good.
        if (await looking.RewardRedemptions.AnyAsync(r => r.BookingId == bookingId, cancellationToken))
            throw new RuleViolationException("", "These points were redeemed for a reward; cancel the reward instead.");
        return await BookAsync(grant, holder, "loyalty.reverse", $"reverse {bookingId}", null, async (db, book, programme) =>
        {
            var booking = book.Begin(reason, $"reverse {bookingId}", programmeId: programme.Id);
            await ReverseAsync(db, provider, book, booking, bookingId, programme.Rules.AllowsDebt, cancellationToken);
            return booking;
        }, cancellationToken);
    }

    /// <summary>
    /// Reverses what is left of each entry of a booking, with a booking for each customer to whom its points belong by now.
    /// </summary>
    /// <param name="book">Of the holder with the lowest key.</param>
    /// <exception cref="RuleViolationException">Nothing of it can be reversed.</exception>
    internal static async Task ReverseAsync(CrmDbContext db, IDatabaseProvider provider, LedgerBook book, LoyaltyBooking booking,
        long bookingId, bool allowsDebt, CancellationToken cancellationToken)
    {
        var entries = await db.LoyaltyEntries.Where(e => e.BookingId == bookingId
            && (e.Kind == EntryKind.Earned || e.Kind == EntryKind.Redeemed || e.Kind == EntryKind.Adjusted)).OrderBy(e => e.Id)
            .Select(e => new { Entry = e, e.Account!.CustomerId, Reversed = db.Set<LoyaltyEntry>().Where(r => r.ReversesId == e.Id)
                .Sum(r => r.Points) }).ToListAsync(cancellationToken);
        var open = entries.Where(e => e.Entry.Points + e.Reversed != 0 && e.CustomerId is not null).GroupBy(e => e.CustomerId!.Value)
            .OrderBy(g => g.Key).ToList();
        if (!open.Exists(p => p.Key == book.CustomerId)) throw new RuleViolationException("", "There is nothing left to reverse.");
        foreach (var part in open)
        {
            var isOwn = part.Key == book.CustomerId;
            var holder = isOwn ? book : await LedgerBook.OpenAsync(db, provider, part.Key, book.Actor, book.Now, cancellationToken);
            var reversal = isOwn
                ? booking : holder
                .Begin(booking.Reason, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{booking.Key} {part.Key}"),
                programmeId: booking.ProgrammeId);
            foreach (var (entry, left) in part.Select(p => (p.Entry, p.Entry.Points + p.Reversed)))
            {
                if (left > 0) await holder.ReverseEntryAsync(reversal, entry, left, allowsDebt, cancellationToken);
                else await holder.RestoreEntryAsync(reversal, entry, -left, cancellationToken);
            }

            if (open.Count > 1) await holder.SaveAsync(cancellationToken);
        }
    }

    /// <summary>Runs one booking: lock, repetition, entries, audit, balance, all or nothing.</summary>
    internal async Task<BookingResult?> BookAsync(
        Grant grant, long customerId, string kind, string? key, string? fingerprint,
            Func<CrmDbContext, LedgerBook, LoyaltyProgramme, Task<LoyaltyBooking>> work, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            // What was booked is undone by a booking that reverses it, never by taking rows away.
            db.BeginChangeSet(kind);
            customerId = await MergedCustomers.LeadAsync(db, customerId, cancellationToken);
            // A merge or removal may be under way: who the customer is is looked at behind the lock.
            await provider.LockCustomersAsync(db, [customerId], cancellationToken);
            if (!await LedgerReading.IsThereAsync(db, customerId, cancellationToken)) return null;
            var book = await LedgerBook.OpenAsync(db, provider, customerId, grant.Actor, clock.GetUtcNow(), cancellationToken);
            if (await RepeatedAsync(db, customerId, key, fingerprint, cancellationToken) is { } first) return first;
            var programme = await ProgrammeStore.CurrentAsync(db, book.Now, cancellationToken);
            var booking = await work(db, book, programme);
            await book.SaveAsync(cancellationToken);
            // Before the bonuses that it may bring. What was booked before has not its entries at hand.
            var booked = booking.Entries.Count > 0
                ? book.Booked(booking) : await RepeatedAsync(db, customerId, booking.Id, cancellationToken);
            await new LoyaltySettlement(db, provider, grant.Actor, shop.Value, book.Now)
                .SettleAsync(customerId, programme, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return booked;
        }
        catch (DbUpdateException failure) when (key is not null && provider.ViolatedUniqueIndex(failure) is not null)
        {
            // Another booking with the same key was faster, for another customer: their lock is not this one's.
            throw KeyTaken();
        }
    }

    private static async Task<BookingResult?> RepeatedAsync(CrmDbContext db, long customerId, string? key, string? fingerprint,
        CancellationToken cancellationToken)
    {
        if (key is null || await db.LoyaltyBookings.AsNoTracking()
            .FirstOrDefaultAsync(b => b.Key == key, cancellationToken) is not { } known) return null;
        if (known.Fingerprint != fingerprint) throw KeyTaken();
        db.ChangeTracker.Clear();
        return await RepeatedAsync(db, customerId, known.Id, cancellationToken);
    }

    private static async Task<BookingResult> RepeatedAsync(CrmDbContext db, long customerId, long bookingId,
        CancellationToken cancellationToken)
    {
        var entries = await db.LoyaltyEntries.AsNoTracking().Include(e => e.Booking).Where(e => e.BookingId == bookingId).OrderBy(e => e.Id)
            .ToListAsync(cancellationToken);
        var first = entries.FirstOrDefault(e => e.Kind != EntryKind.Expired) ?? entries[0];
        var expires = await db.LoyaltyLots.Where(l => l.EntryId == first.Id).Select(l => l.ExpiresAt)
            .FirstOrDefaultAsync(cancellationToken);
        var after = (await LedgerQueries.LinesAsync(db, customerId, [entries[^1].Id], cancellationToken))[0].Balance;
        return new(bookingId, first.Id, customerId, first.Kind, entries.Where(e => e.Kind == first.Kind).Sum(e => e.Points),
            first.Booking!.Reason, first.Booking.Reference, first.At, expires, after, true);
    }

    private static RuleViolationException KeyTaken() =>
        new("IdempotencyKey", "This key was used for another booking.") { IsDuplicate = true };

    internal DateTimeOffset UsableAt(ProgrammeRules rules, DateTimeOffset earnedAt) =>
        rules.PendingDays == 0 ? earnedAt : Zone.StartOf(Zone.DayOf(earnedAt).AddDays(rules.PendingDays));

    private static void DemandPoints(long points, List<FieldError> errors)
    {
        if (points is < 1 or > MostPoints) errors.Add(new("Points", "Points must be 1 to {0}.", MostPoints));
    }

    private static string Reason(string? text, string? usual, List<FieldError> errors)
    {
        var reason = TextRules.Text("Reason", text, LoyaltyBooking.ReasonLength, errors).Value ?? usual;
        if (reason is null) errors.Add(new("Reason", "Enter a reason."));
        return reason ?? "";
    }

    private static string? Reference(string? text, List<FieldError> errors) =>
        TextRules.Text("Order", text, LoyaltyBooking.ReferenceLength, errors).Value;

    /// <summary>A client's key belongs to its user: another user's same key is another key. A very long one is kept as its hash.</summary>
    private static string? KeyOf(Grant grant, string? key)
    {
        if (string.IsNullOrWhiteSpace(key)) return null;
        return string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"user {grant.Actor.UserId ?? 0} {(key.Length > KeyLength ? Fingerprint(key) : key.Trim())}");
    }

    private static string Fingerprint(params object?[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
}
