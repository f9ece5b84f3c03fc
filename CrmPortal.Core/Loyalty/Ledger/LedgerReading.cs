using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <summary>What every booking reads, in queries that are translated once: others wait while it does.</summary>
internal sealed class LedgerReading
{
    private static readonly CompiledQueries<LedgerReading> Compiled = new(() => new());

    private readonly Func<CrmDbContext, long, CancellationToken, Task<bool>> _isThere = EF.CompileAsyncQuery(
        (CrmDbContext db, long id, CancellationToken _) => db.Set<Customer>().Any(c => c.Id == id && c.DeletedAt == null));

    private readonly Func<CrmDbContext, long, CancellationToken, Task<TierStatus>> _place = EF.CompileAsyncQuery(
        (CrmDbContext db, long id, CancellationToken _) =>
            db.Set<Customer>().Where(c => c.Id == id).Select(c => new TierStatus(c.Tier, c.IsTierGiven, c.TierUntil)).First());

    private readonly Func<CrmDbContext, long, IAsyncEnumerable<LoyaltyAccount>> _accounts = EF.CompileAsyncQuery(
        (CrmDbContext db, long id) => db.Set<LoyaltyAccount>().Where(a => a.CustomerId == id).OrderBy(a => a.Id)
            .AsQueryable());

    private readonly Func<CrmDbContext, long, IAsyncEnumerable<LoyaltyLot>> _lots = EF.CompileAsyncQuery(
        (CrmDbContext db, long id) => db.Set<LoyaltyLot>().Where(l => l.Account!.CustomerId == id && l.Remaining > 0));

    private readonly Func<CrmDbContext, CancellationToken, Task<LoyaltyProgramme?>> _programme = EF.CompileAsyncQuery(
        (CrmDbContext db, CancellationToken _) =>
            db.Set<LoyaltyProgramme>().AsNoTracking().FirstOrDefault(p => p.State == ProgrammeState.Active));

    private readonly Func<CrmDbContext, string, CancellationToken, Task<bool>> _isBooked = EF.CompileAsyncQuery(
        (CrmDbContext db, string key, CancellationToken _) => db.Set<LoyaltyBooking>().Any(b => b.Key == key));

    private readonly Func<CrmDbContext, long, DateTimeOffset, CancellationToken, Task<long>> _ordered = EF.CompileAsyncQuery(
        (CrmDbContext db, long id, DateTimeOffset start, CancellationToken _) => db.Set<Order>()
            .Where(o => o.CustomerId == id && Order.CountedStatuses.Contains(o.Status) && o.PlacedAt >= start).Sum(o => o.BaseTotal));

    private readonly Func<CrmDbContext, long, DateTimeOffset, CancellationToken, Task<long>> _refunded = EF.CompileAsyncQuery(
        (CrmDbContext db, long id, DateTimeOffset start, CancellationToken _) => db.Set<Refund>()
            .Where(r => r.CustomerId == id && r.RefundedAt >= start).Sum(r => r.BaseAmount));

    private readonly Func<CrmDbContext, long, DateTimeOffset, CancellationToken, Task<long>> _earned = EF.CompileAsyncQuery(
        (CrmDbContext db, long id, DateTimeOffset start, CancellationToken _) => db.Set<LoyaltyEntry>()
            .Where(e => e.Account!.CustomerId == id
                && (e.Kind == EntryKind.Earned || (e.Kind == EntryKind.Adjusted && e.Points > 0)
                    || (e.Kind == EntryKind.Reversed && e.Reverses!.Points > 0))
                && (e.ReversesId == null ? e.At : e.Reverses!.At) >= start).Sum(e => e.Points));

    /// <summary>Whether there is such a customer, outside the trash.</summary>
    public static Task<bool> IsThereAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        Compiled.For(db)._isThere(db, customerId, cancellationToken);

    /// <summary>Where a customer is on the ladder.</summary>
    public static Task<TierStatus> PlaceAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        Compiled.For(db)._place(db, customerId, cancellationToken);

    /// <summary>A customer's accounts, which the context follows: several after a merge.</summary>
    public static Task<List<LoyaltyAccount>> AccountsAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        Compiled.For(db)._accounts(db, customerId).ToListAsync(cancellationToken).AsTask();

    /// <summary>The lots of a customer's accounts in which something is left, which the context follows.</summary>
    public static Task<List<LoyaltyLot>> LotsAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        Compiled.For(db)._lots(db, customerId).ToListAsync(cancellationToken).AsTask();

    /// <summary>The active version of the programme; null before there is one.</summary>
    public static Task<LoyaltyProgramme?> ProgrammeAsync(CrmDbContext db, CancellationToken cancellationToken) =>
        Compiled.For(db)._programme(db, cancellationToken);

    /// <summary>Whether there is a booking with this key.</summary>
    public static Task<bool> IsBookedAsync(CrmDbContext db, string key, CancellationToken cancellationToken) =>
        Compiled.For(db)._isBooked(db, key, cancellationToken);

    /// <summary>What counts for a customer's tier from an instant on: minor units of the base currency, or points.</summary>
    public static async Task<long> AmountAsync(CrmDbContext db, TierBasis basis, long customerId, DateTimeOffset start,
        CancellationToken cancellationToken)
    {
        var queries = Compiled.For(db);
        return basis == TierBasis.Points ? await queries._earned(db, customerId, start, cancellationToken)
            : await queries._ordered(db, customerId, start, cancellationToken) - await queries._refunded(db, customerId, start,
                cancellationToken);
    }
}
