using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <summary>
/// What follows from a booking or an order in its own transaction: the bonus of a new member, that for bringing somebody, and the
/// tier that is reached now.
/// </summary>
internal sealed class LoyaltySettlement(CrmDbContext db, IDatabaseProvider provider, Actor actor, ShopOptions shop, DateTimeOffset now)
{
    /// <summary>
    /// Locks customers whose order changes, and with them who brought them and may get the bonus for it: all at once, in the one order
    /// of such locks, so that two who brought each other and order at the same time never wait for each other.
    /// </summary>
    public static async Task LockAsync(CrmDbContext db, IDatabaseProvider provider, IReadOnlyCollection<long> customerIds,
        CancellationToken cancellationToken)
    {
        var ids = customerIds.ToHashSet();
        // Looked at only, since nothing is locked yet: before there is a first version there is no bonus.
        if (await LedgerReading.ProgrammeAsync(db, cancellationToken) is { Rules.ReferrerBonus: > 0 })
        {
            // Whose coming was rewarded already brings nobody anything any more.
            var keys = customerIds.Select(id => Key("referral", id)).ToList();
            var rewarded = await db.LoyaltyBookings.Where(b => keys.Contains(b.Key!)).Select(b => b.Key!).ToListAsync(cancellationToken);
            var open = customerIds.Where(id => !rewarded.Contains(Key("referral", id))).ToList();
            ids.UnionWith(await Recommendations(db, open).Select(r => r.ReferrerId).ToListAsync(cancellationToken));
        }

        await provider.LockCustomersAsync(db, ids, cancellationToken);
    }

    /// <summary>Called under the customer's lock, after what was booked is saved.</summary>
    /// <param name="programme">The version in force.</param>
    public async Task SettleAsync(long customerId, LoyaltyProgramme programme, CancellationToken cancellationToken)
    {
        var place = await LedgerReading.PlaceAsync(db, customerId, cancellationToken);
        // Who has a tier has been a member before.
        if (place.Tier is null)
            await AddAsync(programme, customerId, Key("signup", customerId), "Bonus for joining", programme.Rules.SignUpBonus, null,
            cancellationToken);
        await new TierBook(db, actor, shop, now).UpgradeAsync(customerId, place, programme, cancellationToken);
    }

    /// <summary>Raises members whose orders or points became more by a merge, or by taking one back. Called under their locks; nobody
    /// joins by it.</summary>
    public async Task RaiseAsync(IReadOnlyCollection<long> customerIds, CancellationToken cancellationToken)
    {
        var members = await db.Customers.Where(c => customerIds.Contains(c.Id) && c.DeletedAt == null && c.Tier != null).OrderBy(c => c.Id)
            .Select(c => new { c.Id, Place = new TierStatus(c.Tier, c.IsTierGiven, c.TierUntil) }).ToListAsync(cancellationToken);
        if (members.Count == 0) return;
        var programme = await ProgrammeStore.CurrentAsync(db, now, cancellationToken);
        var book = new TierBook(db, actor, shop, now);
        foreach (var member in members) await book.UpgradeAsync(member.Id, member.Place, programme, cancellationToken);
    }

    /// <summary>
    /// The first paid order of somebody who was brought by another earns both their bonus, once. Called under the locks of
    /// <see cref="LockAsync"/>.
    /// </summary>
    /// <param name="programme">The version in force.</param>
    public async Task ReferAsync(long customerId, long orderId, LoyaltyProgramme programme, CancellationToken cancellationToken)
    {
        if (programme.Rules is { ReferrerBonus: 0, ReferredBonus: 0 }) return;
        if (await db.Orders.Where(o => o.CustomerId == customerId && Order.CountedStatuses.Contains(o.Status)).OrderBy(o => o.Id).Take(2)
            .CountAsync(cancellationToken) != 1) return;
        var referrer = await ReferrerAsync(customerId, cancellationToken);
        var isReferred = referrer is not null || await db.Customers.AnyAsync(c => c.Id == customerId && c.Source == CustomerSource.Referral,
            cancellationToken);
        if (!isReferred) return;
        await AddAsync(programme, customerId, Key("referred", customerId), "Bonus for coming by a recommendation",
            programme.Rules.ReferredBonus, orderId, cancellationToken);
        if (referrer is not { } other) return;
        await AddAsync(programme, other, Key("referral", customerId), "Bonus for a recommendation", programme.Rules.ReferrerBonus, null,
            cancellationToken);
        if (programme.Rules.ReferrerBonus > 0) await SettleAsync(other, programme, cancellationToken);
    }

    /// <summary>Books a bonus once; the limit of the month holds for it too.</summary>
    public async Task AddAsync(LoyaltyProgramme programme, long customerId, string key, string reason, long points, long? orderId,
        CancellationToken cancellationToken)
    {
        if (points <= 0 || await LedgerReading.IsBookedAsync(db, key, cancellationToken)) return;
        var book = await LedgerBook.OpenAsync(db, provider, customerId, actor, now, cancellationToken);
        // The lock may have been waited for while another booked it.
        var isBooked = await LedgerReading.IsBookedAsync(db, key, cancellationToken);
        var left = isBooked ? 0 : await new OrderPoints(db, provider, actor, shop, now)
            .LimitedAsync(programme.Rules, customerId, points, cancellationToken);
        if (left > 0)
        {
            var zone = shop.Zone;
            book.Add(book.Begin(reason, key, null, orderId, programmeId: programme.Id), EntryKind.Earned, left, now,
                PointsCalculator.ExpiryOf(programme.Rules, now, zone));
        }

        await book.SaveAsync(cancellationToken);
    }

    private async Task<long?> ReferrerAsync(long customerId, CancellationToken cancellationToken)
    {
        var named = await Recommendations(db, [customerId]).OrderBy(r => r.Id).Select(r => r.ReferrerId).Take(10)
            .ToListAsync(cancellationToken);
        return await db.Customers.Where(c => named.Contains(c.Id) && c.DeletedAt == null).OrderBy(c => c.Id).Select(c => (long?)c.Id)
            .FirstOrDefaultAsync(cancellationToken);
    }

    private static IQueryable<Recommendation> Recommendations(CrmDbContext db, List<long> customerIds) =>
        db.Relationships.Where(r => customerIds.Contains(r.CustomerId) && r.Kind == RelationshipKind.Referrer)
            .Select(r => new Recommendation { Id = r.Id, ReferrerId = r.OtherId })
            .Concat(db.Relationships.Where(r => customerIds.Contains(r.OtherId) && r.Kind == RelationshipKind.Referred)
                .Select(r => new Recommendation { Id = r.Id, ReferrerId = r.CustomerId }));

    private static string Key(string what, long customerId) => string.Create(CultureInfo.InvariantCulture, $"{what} {customerId}");

    /// <summary>A relationship through which a customer was referred.</summary>
    private sealed class Recommendation
    {
        public long Id { get; init; }
        public long ReferrerId { get; init; }
    }
}
