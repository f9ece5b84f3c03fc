using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <summary>What raises or lowers a customer's amount, and when.</summary>
/// <param name="Amount">Minor units of the base currency, or points.</param>
internal sealed record TierContribution(long CustomerId, DateTimeOffset At, long Amount);

/// <summary>
/// What counts for tiers: paid orders less refunds, each on its own day, or points earned and added less what was reversed of
/// them, on the day of the entry that was reversed. Read for many customers at once.
/// </summary>
internal sealed class TierAmounts(CrmDbContext db, ProgrammeRules rules, ShopOptions shop)
{
    private readonly LocalZone _zone = shop.Zone;

    /// <summary>The first day that counts on a day; null where everything does. Twelve months end with the day itself.</summary>
    public static DateOnly? FirstDay(TierWindow window, DateOnly day) => window switch
    {
        TierWindow.CalendarYear => new(day.Year, 1, 1),
        TierWindow.RollingYear => day.AddYears(-1).AddDays(1),
        _ => null,
    };

    /// <summary>The amounts of some customers as they are on a day if nothing is added until then; who is not there has 0.</summary>
    public async Task<Dictionary<long, decimal>> OfAsync(IReadOnlyList<long> customerIds, DateOnly day, CancellationToken cancellationToken)
    {
        var start = Start(day);
        var sums = new Dictionary<long, long>();
        foreach (var part in Parts(customerIds, start, null))
        {
            foreach (var sum in await part.GroupBy(p => p.CustomerId).Select(g => new { g.Key, Amount = g.Sum(p => p.Amount) })
                .ToListAsync(cancellationToken))
                sums[sum.Key] = sums.GetValueOrDefault(sum.Key) + sum.Amount;
        }

        return sums.ToDictionary(s => s.Key, s => Major(s.Value));
    }

    /// <inheritdoc cref="OfAsync(IReadOnlyList{long}, DateOnly, CancellationToken)"/>
    public async Task<decimal> OfAsync(long customerId, DateOnly day, CancellationToken cancellationToken) =>
        Major(await LedgerReading.AmountAsync(db, rules.TierBasis, customerId, Start(day) ?? DateTimeOffset.MinValue, cancellationToken));

    /// <summary>What stops counting between two days, the second included, oldest first.</summary>
    public async Task<List<TierContribution>> LeavingAsync(IReadOnlyList<long> customerIds, DateOnly from, DateOnly until,
        CancellationToken cancellationToken)
    {
        if (FirstDay(rules.TierWindow, from) is not { } first || FirstDay(rules.TierWindow, until) is not { } end) return [];
        var found = new List<TierContribution>();
        foreach (var part in Parts(customerIds, _zone.StartOf(first), _zone.StartOf(end)))
            found.AddRange((await part.ToListAsync(cancellationToken)).Select(p => new TierContribution(p.CustomerId, p.At, p.Amount)));
        return [.. found.OrderBy(c => c.At)];
    }

    public decimal Major(long amount) => rules.TierBasis == TierBasis.Spend ? Money.ToDecimal(amount, shop.Currency) : amount;

    private DateTimeOffset? Start(DateOnly day) => FirstDay(rules.TierWindow, day) is { } first ? _zone.StartOf(first) : null;

    private IEnumerable<IQueryable<Part>> Parts(IReadOnlyList<long> customerIds, DateTimeOffset? start, DateTimeOffset? end)
    {
        if (rules.TierBasis == TierBasis.Points)
        {
            yield return Within(
                db.LoyaltyEntries.Where(e => customerIds.Contains(e.Account!.CustomerId!.Value)
                        && (e.Kind == EntryKind.Earned || (e.Kind == EntryKind.Adjusted && e.Points > 0)
                            || (e.Kind == EntryKind.Reversed && e.Reverses!.Points > 0)))
                    .Select(e => new Part { CustomerId = e.Account!.CustomerId!.Value, At = e.ReversesId == null ? e.At : e.Reverses!.At,
                        Amount = e.Points }), start, end);
            yield break;
        }

        yield return Within(
            db.Orders.Where(o => customerIds.Contains(o.CustomerId!.Value) && Order.CountedStatuses.Contains(o.Status))
                .Select(o => new Part { CustomerId = o.CustomerId!.Value, At = o.PlacedAt, Amount = o.BaseTotal }), start, end);
        yield return Within(db.Refunds.Where(r => customerIds.Contains(r.CustomerId!.Value))
            .Select(r => new Part { CustomerId = r.CustomerId!.Value, At = r.RefundedAt, Amount = -r.BaseAmount }), start, end);
    }

    private static IQueryable<Part> Within(IQueryable<Part> parts, DateTimeOffset? start, DateTimeOffset? end)
    {
        if (start is { } from) parts = parts.Where(p => p.At >= from);
        if (end is { } until) parts = parts.Where(p => p.At < until);
        return parts;
    }

    private sealed class Part
    {
        public long CustomerId { get; init; }
        public DateTimeOffset At { get; init; }
        public long Amount { get; init; }
    }
}
