using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <summary>
/// One customer's ledger within a transaction that holds their lock: what is booked is worked out here, entry by entry, and saved
/// at once. For every account, what the entries add up to is what is left in the lots less the debt.
/// </summary>
internal sealed partial class LedgerBook
{
    public const string ExpiredReason = "Points ran out";
    private readonly CrmDbContext _db;
    private readonly LoyaltyAccount _own;
    private readonly Actor _actor;
    private readonly DateTimeOffset _now;
    private readonly List<LoyaltyAccount> _accounts;
    private readonly List<LoyaltyLot> _lots;

    private LedgerBook(CrmDbContext db, LoyaltyAccount own, Actor actor, DateTimeOffset now, List<LoyaltyAccount> accounts,
        List<LoyaltyLot> lots) =>
        (_db, _own, CustomerId, _actor, _now, _accounts, _lots) = (db, own, own.OpenedForId, actor, now, accounts, lots);

    public long CustomerId { get; }

    /// <summary>Who books.</summary>
    public Actor Actor => _actor;

    /// <summary>The one instant of everything that is booked here.</summary>
    public DateTimeOffset Now => _now;

    /// <summary>What can be spent: usable points that have not expired, less any debt.</summary>
    public long Available => Math.Max(0, _lots.Where(IsUsable).Sum(l => l.Remaining) - _accounts.Sum(a => a.Debt));

    public long Balance => _accounts.Sum(a => a.Balance);

    /// <summary>
    /// Takes the customer's lock and reads what they have. Points that expired since the last look go first, in entries that say so.
    /// </summary>
    public static async Task<LedgerBook> OpenAsync(CrmDbContext db, IDatabaseProvider provider, long customerId, Actor actor,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        await provider.LockCustomersAsync(db, [customerId], cancellationToken);
        var accounts = await LedgerReading.AccountsAsync(db, customerId, cancellationToken);
        if (accounts.Find(a => a.OpenedForId == customerId) is not { } own)
        {
            own = new LoyaltyAccount { CustomerId = customerId, OpenedForId = customerId, OpenedAt = now };
            db.LoyaltyAccounts.Add(own);
            await db.SaveChangesAsync(cancellationToken);
            accounts.Add(own);
        }

        var lots = await LedgerReading.LotsAsync(db, customerId, cancellationToken);
        var book = new LedgerBook(db, own, actor, now, accounts, lots);
        book.ExpireDue();
        return book;
    }

    /// <summary>A booking whose entries follow.</summary>
    public LoyaltyBooking Begin(string reason, string? key = null, string? fingerprint = null, long? orderId = null,
        string? reference = null, long? refundId = null, long? programmeId = null,
        IReadOnlyList<PointShare>? shares = null)
    {
        var booking = new LoyaltyBooking
        {
            Key = key, Fingerprint = fingerprint, At = _now, ActorId = _actor.UserId, ActorName = _actor.Name, Reason = reason,
                OrderId = orderId, Reference = reference, RefundId = refundId, ProgrammeId = programmeId,
            Shares = shares is null ? null : System.Text.Json.JsonSerializer.Serialize(shares),
        };
        _db.LoyaltyBookings.Add(booking);
        return booking;
    }

    /// <summary>Adds points, which open a lot; a debt is paid from it at once.</summary>
    /// <param name="kind"><see cref="EntryKind.Earned"/> or a positive <see cref="EntryKind.Adjusted"/>.</param>
    public void Add(LoyaltyBooking booking, EntryKind kind, long points, DateTimeOffset usableAt, DateTimeOffset? expiresAt)
    {
        var entry = Enter(booking, _own, kind, points);
        var lot = new LoyaltyLot { Account = _own, AccountId = _own.Id, Entry = entry, Points = points, Remaining = points,
            UsableAt = usableAt, ExpiresAt = expiresAt };
        _db.LoyaltyLots.Add(lot);
        _lots.Add(lot);
        var paid = Math.Min(_own.Debt, points);
        if (paid == 0) return;
        _own.Debt -= paid;
        Use(lot, entry, paid);
    }

    /// <summary>Takes points from usable lots, the soonest to expire first.</summary>
    /// <param name="kind"><see cref="EntryKind.Redeemed"/> or a negative <see cref="EntryKind.Adjusted"/>.</param>
    /// <exception cref="RuleViolationException">There are not so many.</exception>
    public void Take(LoyaltyBooking booking, EntryKind kind, long points)
    {
        if (points > Available) throw Insufficient();
        foreach (var part in Pick(_lots.Where(IsUsable), points).GroupBy(p => p.Lot.AccountId))
        {
            var entry = Enter(booking, _accounts.Single(a => a.Id == part.Key), kind, -part.Sum(p => p.Points));
            foreach (var (lot, taken) in part) Use(lot, entry, taken);
        }
    }

    /// <summary>
    /// Takes back what an entry gave: from its own lot, then from the others; what is not there any more becomes debt or is written off.
    /// </summary>
    /// <param name="points">At most what the entry gave less what was reversed of it before.</param>
    public async Task ReverseEntryAsync(LoyaltyBooking booking, LoyaltyEntry entry, long points, bool allowsDebt,
        CancellationToken cancellationToken)
    {
        if (points == 0) return;
        var own = await _db.LoyaltyLots.FirstAsync(l => l.EntryId == entry.Id, cancellationToken);
        var picked = Pick(_lots.Where(l => l.Id == own.Id), points);
        var open = points - picked.Sum(p => p.Points);
        picked.AddRange(Pick(_lots.Where(l => l.Id != own.Id && IsUsable(l)), open));
        open = points - picked.Sum(p => p.Points);
        picked.AddRange(Pick(_lots.Where(l => l.Id != own.Id && !IsUsable(l)), open));
        var missing = points - picked.Sum(p => p.Points);

        var account = _accounts.Single(a => a.Id == entry.AccountId);
        var parts = picked.GroupBy(p => p.Lot.AccountId).ToDictionary(p => p.Key, p => p.ToList());
        foreach (var holder in _accounts.Where(a => a == account || parts.ContainsKey(a.Id)))
        {
            var taken = parts.GetValueOrDefault(holder.Id) ?? [];
            var sum = taken.Sum(p => p.Points) + (holder == account ? missing : 0);
            if (sum == 0) continue;
            var reversal = Enter(booking, holder, EntryKind.Reversed, -sum, entry.Id);
            foreach (var (lot, part) in taken) Use(lot, reversal, part);
        }

        if (missing == 0) return;
        if (allowsDebt) account.Debt += missing;
        else Enter(booking, account, EntryKind.WrittenOff, missing);
    }

    /// <summary>
    /// Gives back what an entry took, to the lots that it came from, those that last longest first. What has expired by now expires at
    /// once.
    /// </summary>
    /// <param name="points">At most what the entry took less what was given back of it before.</param>
    public async Task RestoreEntryAsync(LoyaltyBooking booking, LoyaltyEntry entry, long points, CancellationToken cancellationToken)
    {
        if (points == 0) return;
        var account = _accounts.Single(a => a.Id == entry.AccountId);
        var uses = await _db.LoyaltyLotUses.Where(u => u.EntryId == entry.Id || u.Entry!.ReversesId == entry.Id).Include(u => u.Lot)
            .ToListAsync(cancellationToken);
        var reversal = Enter(booking, account, EntryKind.Reversed, points, entry.Id);
        var open = points;
        foreach (var taken in uses.GroupBy(u => u.Lot!).Select(g => (Lot: g.Key, Points: g.Sum(u => u.Points))).Where(t => t.Points > 0)
            .OrderByDescending(t => t.Lot.ExpiresAt ?? DateTimeOffset.MaxValue).ThenByDescending(t => t.Lot.Id))
        {
            var part = Math.Min(open, taken.Points);
            if (part == 0) break;
            open -= part;
            Use(taken.Lot, reversal, -part);
            if (!_lots.Contains(taken.Lot)) _lots.Add(taken.Lot);
        }

        if (open > 0) throw new InvalidOperationException("More was to be given back than was taken.");
        PayDebt(account, reversal);
        ExpireDue(booking);
    }

    /// <summary>Saves everything with one row in the audit and one event, and keeps the balance on the customer's row.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        var balance = Balance;
        var all = _db.ChangeTracker.Entries<LoyaltyBooking>().Where(e => e.State == EntityState.Added).Select(e => e.Entity).ToList();
        if (all.Count == 0) return;
        var changeSet = await _db.StartChangeSetAsync(cancellationToken);
        Mark();
        await _db.SaveChangesAsync(cancellationToken);
        // Where its key was not known ahead, they are marked by the next save.
        Mark();
        await _db.SaveRecordAsync(changeSet, all.ConvertAll(Recorded), new OutboxEvent
        {
            Topic = "customer.updated", SubjectId = CustomerId, Payload = System.Text.Json.JsonSerializer
                .Serialize(new EventPayload(["Points"], _actor.UserId, _actor.Name), ChangeRecorder.Json), CreatedAt = _now,
        }, cancellationToken);
        await _db.Database.ExecuteSqlAsync($"""update "Customers" set "Points" = {balance} where "Id" = {CustomerId}""", cancellationToken);

        void Mark()
        {
            if (changeSet.Id > 0) all.ForEach(b => b.ChangeSetId = changeSet.Id);
        }
    }

    private AuditEntry Recorded(LoyaltyBooking booking) => new()
    {
        EntityType = nameof(LoyaltyBooking), EntityId = booking.Id, CustomerId = CustomerId, Action = AuditAction.Created, Fields = "Points",
        Values = System.Text.Json.JsonSerializer.Serialize(
            new Dictionary<string, object?[]> { ["Points"] = [null, booking.Entries.Sum(e => e.Points)] }, ChangeRecorder.Json),
    };

    /// <summary>What was booked, once it is saved.</summary>
    public BookingResult Booked(LoyaltyBooking booking)
    {
        var entries = booking.Entries.OrderBy(e => e.Id).ToList();
        var first = entries.Find(e => e.Kind != EntryKind.Expired) ?? entries[0];
        return new(
            booking.Id, first.Id, CustomerId, first.Kind, entries.Where(e => e.Kind == first.Kind).Sum(e => e.Points), booking.Reason,
                booking.Reference, first.At, _lots.Find(l => l.Entry == first)?.ExpiresAt, Balance, false);
    }

    public static RuleViolationException Insufficient() => new("Points", "Insufficient loyalty points") { IsRefusal = true };

    private bool IsUsable(LoyaltyLot lot) => lot.UsableAt <= _now && (lot.ExpiresAt is not { } end || end > _now);

    /// <summary>What is to be taken from which lot; as much as there is.</summary>
    private static List<(LoyaltyLot Lot, long Points)> Pick(IEnumerable<LoyaltyLot> lots, long points)
    {
        var picked = new List<(LoyaltyLot, long)>();
        foreach (var lot in lots.Where(l => l.Remaining > 0).OrderBy(l => l.ExpiresAt ?? DateTimeOffset.MaxValue)
            .ThenBy(l => l.Id == 0 ? long.MaxValue : l.Id))
        {
            var part = Math.Min(points, lot.Remaining);
            if (part == 0) break;
            points -= part;
            picked.Add((lot, part));
        }

        return picked;
    }

    private void ExpireDue(LoyaltyBooking? booking = null)
    {
        foreach (var lot in _lots.Where(l => l.Remaining > 0 && l.ExpiresAt <= _now).OrderBy(l => l.ExpiresAt).ThenBy(l => l.Id))
        {
            booking ??= Begin(ExpiredReason);
            var entry = Enter(booking, _accounts.Single(a => a.Id == lot.AccountId), EntryKind.Expired, -lot.Remaining,
                expiredLotId: lot.Id);
            Use(lot, entry, lot.Remaining);
        }
    }

    /// <summary>Points that come back pay what is owed first.</summary>
    private void PayDebt(LoyaltyAccount account, LoyaltyEntry entry)
    {
        foreach (var (lot, part) in Pick(_lots.Where(l => l.AccountId == account.Id), account.Debt))
        {
            account.Debt -= part;
            Use(lot, entry, part);
        }
    }

    private LoyaltyEntry Enter(LoyaltyBooking booking, LoyaltyAccount account, EntryKind kind, long points, long? reversesId = null,
        long? expiredLotId = null)
    {
        account.Balance = checked(account.Balance + points);
        var entry = new LoyaltyEntry
        {
            Booking = booking, Account = account, AccountId = account.Id, Kind = kind, Points = points, BalanceAfter = account.Balance,
                At = _now, ReversesId = reversesId, ExpiredLotId = expiredLotId,
        };
        booking.Entries.Add(entry);
        return entry;
    }

    private void Use(LoyaltyLot lot, LoyaltyEntry entry, long points)
    {
        lot.Remaining -= points;
        _db.LoyaltyLotUses.Add(new LoyaltyLotUse { Lot = lot, Entry = entry, Points = points });
    }
}
