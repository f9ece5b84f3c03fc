using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Imports;

/// <summary>
/// What rows bring beside the customer's own record: consents and objections, notes, and points as an opening balance. Each comes once,
/// however often the file does; without a writer it is only counted.
/// </summary>
internal sealed class BroughtAlong(CrmDbContext db, IDatabaseProvider provider, Import import, Actor actor, ShopOptions shop,
    ImportTally brought, ImportWriter? writer, DateTimeOffset now)
{
    private const string Recorded = "Consents and objections that are recorded";
    private const string Noted = "Notes that are added";
    private const string Booked = "Opening balances of points that are booked";
    private const string OpeningReason = "Opening balance from another system";

    /// <param name="batch">Rows whose customers are there, by their keys; 0 for one that a dry run would create.</param>
    public async Task RunAsync(IReadOnlyList<(long CustomerId, StagedCustomer Value)> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return;
        var ids = batch.Select(b => b.CustomerId).Where(id => id != 0).Distinct().ToList();
        await AddWishesAsync(batch.Where(b => b.Value.Wishes is not null).ToList(), ids, cancellationToken);
        await AddNotesAsync(batch.Where(b => b.Value.Note is not null).ToList(), ids, cancellationToken);
        await AddPointsAsync(batch.Where(b => b.Value.Points > 0).ToList(), cancellationToken);
    }

    private async Task AddWishesAsync(List<(long CustomerId, StagedCustomer Value)> batch, List<long> ids,
        CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return;
        var present = (await db.Consents.AsNoTracking().Where(c => ids.Contains(c.CustomerId) && c.Purpose == ConsentPurpose.Marketing)
            .Select(c => new { c.CustomerId, c.Channel, c.State, c.At, c.Id }).ToListAsync(cancellationToken))
            .GroupBy(c => (c.CustomerId, c.Channel))
            .ToDictionary(g => g.Key, g => g.OrderByDescending(c => c.At).ThenByDescending(c => c.Id).Select(c => (c.State, c.At)).First());
        var added = new List<(long CustomerId, StagedWish Wish, DateTimeOffset At)>();
        foreach (var (customerId, staged) in batch)
        {
            // The file's own time, unless it lies where no time of a consent can.
            var said = staged.WishedAt is { } at && at <= now && at.Year >= CustomerRules.EarliestBirthYear ? staged.WishedAt : null;
            foreach (var wish in staged.Wishes!)
                if (customerId == 0 || Counts(wish, said, present.TryGetValue((customerId, wish.Channel), out var last) ? last : null))
                    added.Add((customerId, wish, said ?? now));
        }

        foreach (var _ in added) brought.Add(Recorded);
        if (writer is null || added.Count == 0) return;
        var keys = await writer.KeysAsync<Consent>(added.Count, cancellationToken);
        var consents = added.ConvertAll(a => new Consent
        {
            Id = keys.Dequeue(), CustomerId = a.CustomerId, Purpose = ConsentPurpose.Marketing, Channel = a.Wish.Channel,
            State = a.Wish.IsGiven ? ConsentState.Granted : ConsentState.Withdrawn, Source = ConsentSource.Import, At = a.At,
            ActorId = actor.UserId, ActorName = actor.Name, Form = Form(),
        });
        await writer.WriteAsync(consents, cancellationToken);
        await ConsentFlags.RefreshAsync(db, [.. consents.Select(c => c.CustomerId).Distinct()], cancellationToken);
    }

    /// <summary>
    /// Whether a wish is more than what the ledger has: nothing is said twice, an objection is always heard, and a consent holds against
    /// an objection only where the file says that it is newer.
    /// </summary>
    private static bool Counts(StagedWish wish, DateTimeOffset? said, (ConsentState State, DateTimeOffset At)? last)
    {
        if (last is not { } known) return true;
        if (known.State == (wish.IsGiven ? ConsentState.Granted : ConsentState.Withdrawn)) return false;
        return !wish.IsGiven || (said is { } at && at > known.At);
    }

    /// <summary>Where it comes from; what people agreed to, a file does not say.</summary>
    private string Form() => Platform.Search.SearchText.Cut(import.FileName, Consent.FormLength - 20) + ", wording unknown";

    private async Task AddNotesAsync(List<(long CustomerId, StagedCustomer Value)> batch, List<long> ids,
        CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return;
        var present = (await db.Notes.AsNoTracking().Where(n => ids.Contains(n.CustomerId)).Select(n => new { n.CustomerId, n.Text })
            .ToListAsync(cancellationToken)).Select(n => (n.CustomerId, n.Text)).ToHashSet();
        var added = batch.Where(b => b.CustomerId == 0 || present.Add((b.CustomerId, b.Value.Note!))).ToList();
        foreach (var _ in added) brought.Add(Noted);
        if (writer is null || added.Count == 0) return;
        var keys = await writer.KeysAsync<Note>(added.Count, cancellationToken);
        await writer.WriteAsync(added.ConvertAll(a => new Note { Id = keys.Dequeue(), CustomerId = a.CustomerId, Text = a.Value.Note!,
            AuthorId = actor.UserId, AuthorName = actor.Name, CreatedAt = now }), cancellationToken);
    }

    private async Task AddPointsAsync(List<(long CustomerId, StagedCustomer Value)> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return;
        var keys = batch.Where(b => b.CustomerId != 0).Select(b => KeyOf(b.CustomerId)).ToList();
        var booked = (await db.LoyaltyBookings.AsNoTracking().Where(b => keys.Contains(b.Key!)).Select(b => b.Key!)
            .ToListAsync(cancellationToken)).ToHashSet();
        foreach (var (customerId, staged) in batch)
        {
            if (customerId != 0 && !booked.Add(KeyOf(customerId))) continue;
            brought.Add(Booked);
            if (writer is null) continue;
            db.ContinueChangeSet(writer.ChangeSetId);
            var book = await LedgerBook.OpenAsync(db, provider, customerId, actor, now, cancellationToken);
            var programme = await ProgrammeStore.CurrentAsync(db, now, cancellationToken);
            var booking = book.Begin(OpeningReason, KeyOf(customerId), programmeId: programme.Id);
            book.Add(booking, EntryKind.Adjusted, staged.Points!.Value, now, PointsCalculator.ExpiryOf(programme.Rules, now, shop.Zone));
            await book.SaveAsync(cancellationToken);
            db.ChangeTracker.Clear();
        }
    }

    private static string KeyOf(long customerId) => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"import opening {customerId}");
}
