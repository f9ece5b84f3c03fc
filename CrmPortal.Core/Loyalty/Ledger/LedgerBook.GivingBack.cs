using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <content>Points whose reversal was a mistake.</content>
internal sealed partial class LedgerBook
{
    /// <summary>
    /// Gives back what was reversed of an entry that had given points: to the lots that it was taken from, those that last longest
    /// first. What had become debt or was written off is so no more. What has expired by now expires at once.
    /// </summary>
    /// <param name="points">At most what was reversed of the entry and not given back.</param>
    public async Task GiveBackAsync(LoyaltyBooking booking, LoyaltyEntry entry, long points, CancellationToken cancellationToken)
    {
        var account = _accounts.Single(a => a.Id == entry.AccountId);
        var uses = await _db.LoyaltyLotUses.Where(u => u.Entry!.ReversesId == entry.Id).Include(u => u.Lot).ToListAsync(cancellationToken);
        var returned = new List<(LoyaltyLot Lot, long Points)>();
        var open = points;
        foreach (var taken in uses.GroupBy(u => u.Lot!).Select(g => (Lot: g.Key, Points: g.Sum(u => u.Points))).Where(t => t.Points > 0)
            .OrderByDescending(t => t.Lot.ExpiresAt ?? DateTimeOffset.MaxValue).ThenByDescending(t => t.Lot.Id))
        {
            var part = Math.Min(open, taken.Points);
            if (part == 0) break;
            open -= part;
            returned.Add((taken.Lot, part));
        }

        var lots = returned.ToLookup(r => r.Lot.AccountId);
        foreach (var holder in _accounts.Where(a => lots.Contains(a.Id) || (a == account && open > 0)))
        {
            var back = Enter(booking, holder, EntryKind.Reversed, lots[holder.Id].Sum(r => r.Points) + (holder == account ? open : 0),
                entry.Id);
            foreach (var (lot, part) in lots[holder.Id]) PutBack(lot, back, part);
            if (holder == account && open > 0) await SettleMissingAsync(booking, entry, account, back, open, cancellationToken);
            PayDebt(holder, back);
        }

        ExpireDue(booking);
    }

    /// <summary>What was not there to be taken became debt, which may have been paid since, or was written off.</summary>
    private async Task SettleMissingAsync(LoyaltyBooking booking, LoyaltyEntry entry, LoyaltyAccount account, LoyaltyEntry back, long open,
        CancellationToken cancellationToken)
    {
        var writtenOff = await _db.LoyaltyEntries.Where(w => w.Kind == EntryKind.WrittenOff && w.AccountId == account.Id
            && w.Booking!.Entries.Any(r => r.ReversesId == entry.Id)).SumAsync(w => w.Points, cancellationToken);
        var forgiven = Math.Clamp(writtenOff, 0, open);
        if (forgiven > 0) Enter(booking, account, EntryKind.WrittenOff, -forgiven);
        open -= forgiven;
        var owed = Math.Min(open, account.Debt);
        account.Debt -= owed;
        open -= owed;
        if (open > 0) PutBack(await _db.LoyaltyLots.FirstAsync(l => l.EntryId == entry.Id, cancellationToken), back, open);
    }

    private void PutBack(LoyaltyLot lot, LoyaltyEntry entry, long points)
    {
        Use(lot, entry, -points);
        if (!_lots.Contains(lot)) _lots.Add(lot);
    }
}
