using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <summary>Finds the customer of an order by what the selling system knows of them.</summary>
internal static class OrderMatcher
{
    /// <summary>Somebody who may be the customer, and by what they were found.</summary>
    public sealed record Found(long Id, OrderMatchKey Key);

    /// <summary>The customer that an order belongs to, or null where none is known.</summary>
    public static async Task<long?> FindAsync(CrmDbContext db, IReadOnlyList<OrderMatchKey> keys, string? card, string? email,
        string? phone, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
        {
            if (Ids(db, key, card, email, phone) is { } ids && await ids.OrderBy(id => id).Select(id => (long?)id)
                .FirstOrDefaultAsync(cancellationToken) is { } found) return found;
            if (key == OrderMatchKey.Card && card is not null && await HolderAsync(db, card,
                cancellationToken) is { } holder) return holder;
        }

        return null;
    }

    /// <summary>Who fits an order, by any of what is known, also by further e-mails and phones.</summary>
    public static async Task<List<Found>> ProposeAsync(CrmDbContext db, IReadOnlyList<OrderMatchKey> keys, string? card, string? email,
        string? phone, CancellationToken cancellationToken)
    {
        const int Most = 10;
        var found = new List<Found>();
        foreach (var key in keys)
        {
            if (Ids(db, key, card, email, phone) is not { } ids) continue;
            var value = key switch { OrderMatchKey.Email => email?.ToLowerInvariant(), OrderMatchKey.Phone => phone, _ => null };
            if (value is not null)
                ids = ids.Union(db.ContactPoints.Where(p => p.ValueKey == value)
                .Join(db.Customers.Where(c => c.DeletedAt == null), p => p.CustomerId, c => c.Id, (_, c) => c.Id));
            found.AddRange((await ids.OrderBy(id => id).Take(Most).ToListAsync(cancellationToken))
                .Where(id => found.TrueForAll(f => f.Id != id)).Select(id => new Found(id, key)));
        }

        return [.. found.Take(Most)];
    }

    /// <summary>Who has the value of a key; null where there is none to look for.</summary>
    private static IQueryable<long>? Ids(CrmDbContext db, OrderMatchKey key, string? card, string? email, string? phone)
    {
        var there = db.Customers.Where(c => c.DeletedAt == null);
        var address = email?.ToLowerInvariant();
        return (key switch
        {
            OrderMatchKey.Card => card is null ? null : there.Where(c => c.LoyaltyCard == card),
            OrderMatchKey.Email => address is null ? null : there.Where(c => c.EmailKey == address),
            _ => phone is null ? null : there.Where(c => c.Phone == phone),
        })?.Select(c => c.Id);
    }

    /// <summary>Who has the card of a record that was merged into theirs: the card itself is still in somebody's purse.</summary>
    private static async Task<long?> HolderAsync(CrmDbContext db, string card, CancellationToken cancellationToken)
    {
        var merged = await db.Customers.Where(c => c.LoyaltyCard == card && c.MergedIntoId != null).OrderByDescending(c => c.Id)
            .Select(c => (long?)c.Id).FirstOrDefaultAsync(cancellationToken);
        if (merged is not { } id || await MergedCustomers.SurvivorAsync(db, id, cancellationToken) is not { } survivor) return null;
        return await db.Customers.AnyAsync(c => c.Id == survivor && c.DeletedAt == null, cancellationToken) ? survivor : null;
    }

    /// <summary>The customer that a key from outside means: the survivor, where the customer was merged.</summary>
    public static async Task<long?> LeadAsync(CrmDbContext db, long? customerId, CancellationToken cancellationToken) =>
        customerId is { } id ? await MergedCustomers.LeadAsync(db, id, cancellationToken) : null;

    /// <exception cref="RuleViolationException">There is no such customer.</exception>
    public static async Task DemandAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken)
    {
        if (!await db.Customers.AnyAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken))
            throw new RuleViolationException(nameof(OrderInput.CustomerId), "This customer does not exist.");
    }
}
