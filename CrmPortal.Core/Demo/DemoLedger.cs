using System.Globalization;
using CrmPortal.Core.Loyalty;

namespace CrmPortal.Core.Demo;

/// <summary>
/// The points of all members as <see cref="LedgerBook"/> would have booked them at the time, thought out in memory and written in
/// masses: what the entries of an account add up to is what is left in its lots.
/// </summary>
internal sealed class DemoLedger
{
    private readonly List<Booking> _bookings = [];
    private readonly List<Entry> _entries = [];
    private readonly List<Lot> _lots = [];
    private readonly List<Use> _uses = [];

    public List<LoyaltyAccount> Accounts { get; } = [];

    /// <summary>What can be spent at an instant.</summary>
    public static long Available(Account account, DateTimeOffset at) => account.Lots.Where(l => IsUsable(l, at)).Sum(l => l.Remaining);

    public Booking Begin(DateTimeOffset at, DemoUser by, string reason, string? key = null, long? orderId = null, long? refundId = null)
    {
        var booking = new Booking(_bookings.Count, at, by, reason, key, orderId, refundId);
        _bookings.Add(booking);
        return booking;
    }

    public Entry Add(Account account, Booking booking, EntryKind kind, long points, DateTimeOffset usableAt, DateTimeOffset? expiresAt)
    {
        var entry = Enter(account, booking, kind, points);
        var lot = new Lot(_lots.Count, account, entry, points, usableAt, expiresAt) { Remaining = points };
        _lots.Add(lot);
        account.Lots.Add(lot);
        return entry;
    }

    /// <summary>Takes points from usable lots, the soonest to expire first; the caller has seen that there are so many.</summary>
    public void Take(Account account, Booking booking, EntryKind kind, long points)
    {
        var entry = Enter(account, booking, kind, -points);
        Spend(account.Lots.Where(l => IsUsable(l, booking.At)), entry, points);
    }

    /// <summary>Takes back what an entry gave: from its own lot, then from the others; what is not there any more is written off.</summary>
    public void TakeBack(Account account, Booking booking, Entry given, long points)
    {
        if (points <= 0) return;
        var entry = Enter(account, booking, EntryKind.Reversed, -points, given);
        var open = Spend(account.Lots.Where(l => l.Entry == given), entry, points);
        open = Spend(account.Lots.Where(l => IsUsable(l, booking.At)), entry, open);
        open = Spend(account.Lots, entry, open);
        if (open > 0) Enter(account, booking, EntryKind.WrittenOff, open);
        given.Reversed += points;
    }

    /// <summary>Gives back all that a booking took, to the lots that it came from.</summary>
    public void GiveBack(Account account, Booking booking, Booking taken)
    {
        booking.Reverses = taken;
        var entry = _entries.First(e => e.Booking == taken);
        var reversal = Enter(account, booking, EntryKind.Reversed, -entry.Points, entry);
        foreach (var use in _uses.Where(u => u.Entry == entry).ToList()) Spend(use.Lot, reversal, -use.Points);
    }

    /// <summary>Books what had run out by an instant, each night for itself.</summary>
    public void Expire(Account account, DateTimeOffset until)
    {
        foreach (var night in account.Lots.Where(l => l.Remaining > 0 && l.ExpiresAt <= until).GroupBy(l => l.ExpiresAt!.Value)
            .OrderBy(g => g.Key).ToList())
        {
            var due = night.Key.AddHours(1);
            var booking = Begin(due < until ? due : until, new(null, ""), LedgerBook.ExpiredReason);
            foreach (var lot in night.OrderBy(l => l.Number))
                Spend(lot, Enter(account, booking, EntryKind.Expired, -lot.Remaining, expired: lot), lot.Remaining);
        }
    }

    /// <summary>Writes everything in the order of time, and the balances.</summary>
    public async Task WriteAsync(DemoWriter writer, long programmeId)
    {
        await writer.WriteAsync<LoyaltyAccount>(Accounts);
        var bookings = _bookings.OrderBy(b => b.At).ThenBy(b => b.Number).ToList();
        var bookingKeys = await writer.KeysAsync<LoyaltyBooking>(bookings.Count);
        foreach (var booking in bookings) booking.Id = bookingKeys.Dequeue();
        await writer.WriteAsync<LoyaltyBooking>(bookings.ConvertAll(b => new LoyaltyBooking
        {
            Id = b.Id, Key = b.Reverses is null ? b.Key : string.Create(CultureInfo.InvariantCulture, $"reverse {b.Reverses.Id}"),
            At = b.At, ActorId = b.By.Id, ActorName = b.By.Name,
            Reason = b.Reason, OrderId = b.OrderId, RefundId = b.RefundId, ProgrammeId = programmeId,
        }));

        var entries = _entries.OrderBy(e => e.Booking.Id).ThenBy(e => e.Number).ToList();
        var entryKeys = await writer.KeysAsync<LoyaltyEntry>(entries.Count);
        foreach (var entry in entries) entry.Key = entryKeys.Dequeue();
        var lots = _lots.OrderBy(l => l.Entry.Key).ToList();
        var lotKeys = await writer.KeysAsync<LoyaltyLot>(lots.Count);
        foreach (var lot in lots) lot.Key = lotKeys.Dequeue();
        await writer.WriteAsync<LoyaltyEntry>(entries.ConvertAll(e => new LoyaltyEntry
        {
            Id = e.Key, BookingId = e.Booking.Id, AccountId = e.Account.Row.Id, Kind = e.Kind, Points = e.Points,
            BalanceAfter = e.BalanceAfter, At = e.Booking.At,
            ReversesId = e.Reverses?.Key, ExpiredLotId = e.ExpiredLot?.Key,
        }));
        await writer.WriteAsync<LoyaltyLot>(lots.ConvertAll(l => new LoyaltyLot
        {
            Id = l.Key, AccountId = l.Account.Row.Id, EntryId = l.Entry.Key, Points = l.Points, Remaining = l.Remaining,
            UsableAt = l.UsableAt, ExpiresAt = l.ExpiresAt,
        }));
        await writer.MakeAsync(
            _uses.OrderBy(u => u.Entry.Key).ToList(), (u, id) => new LoyaltyLotUse { Id = id, LotId = u.Lot.Key, EntryId = u.Entry.Key,
                Points = u.Points });
    }

    private static bool IsUsable(Lot lot, DateTimeOffset at) => lot.UsableAt <= at && (lot.ExpiresAt is not { } end || end > at);

    /// <returns>What they did not hold.</returns>
    private long Spend(IEnumerable<Lot> lots, Entry entry, long points)
    {
        foreach (var lot in lots.Where(l => l.Remaining > 0).OrderBy(l => l.ExpiresAt ?? DateTimeOffset.MaxValue).ThenBy(l => l.Number)
            .ToList())
        {
            var part = Math.Min(points, lot.Remaining);
            if (part == 0) break;
            Spend(lot, entry, part);
            points -= part;
        }

        return points;
    }

    private void Spend(Lot lot, Entry entry, long points)
    {
        lot.Remaining -= points;
        _uses.Add(new(lot, entry, points));
    }

    private Entry Enter(Account account, Booking booking, EntryKind kind, long points, Entry? reverses = null, Lot? expired = null)
    {
        account.Row.Balance += points;
        var entry = new Entry(_entries.Count, account, booking, kind, points, account.Row.Balance, reverses, expired);
        _entries.Add(entry);
        return entry;
    }

    /// <summary>What a member holds.</summary>
    internal sealed class Account(LoyaltyAccount row)
    {
        public LoyaltyAccount Row { get; } = row;

        public List<Lot> Lots { get; } = [];

        /// <summary>What each order earned.</summary>
        public Dictionary<long, Entry> Earned { get; } = [];
    }

    internal sealed class Booking(int number, DateTimeOffset at, DemoUser by, string reason, string? key, long? orderId, long? refundId)
    {
        public int Number => number;
        public DateTimeOffset At => at;
        public DemoUser By => by;
        public string Reason => reason;
        public string? Key => key;
        public long? OrderId => orderId;
        public long? RefundId => refundId;

        /// <summary>The booking that this one undoes in full.</summary>
        public Booking? Reverses { get; set; }

        public long Id { get; set; }
    }

    internal sealed class Entry(int number, Account account, Booking booking, EntryKind kind, long points, long balanceAfter,
        Entry? reverses, Lot? expiredLot)
    {
        public int Number => number;
        public Account Account => account;
        public Booking Booking => booking;
        public EntryKind Kind => kind;
        public long Points => points;
        public long BalanceAfter => balanceAfter;
        public Entry? Reverses => reverses;
        public Lot? ExpiredLot => expiredLot;
        public long Reversed { get; set; }
        public long Key { get; set; }
    }

    internal sealed class Lot(int number, Account account, Entry entry, long points, DateTimeOffset usableAt, DateTimeOffset? expiresAt)
    {
        public int Number => number;
        public Account Account => account;
        public Entry Entry => entry;
        public long Points => points;
        public DateTimeOffset UsableAt => usableAt;
        public DateTimeOffset? ExpiresAt => expiresAt;
        public long Remaining { get; set; }
        public long Key { get; set; }
    }

    private sealed record Use(Lot Lot, Entry Entry, long Points);
}
