using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Loyalty;

/// <summary>A purchase as points are reckoned from it.</summary>
/// <param name="Lines">What was paid for each product, in minor units of the base currency, with the product's category.</param>
/// <param name="Day">The day of the shop.</param>
/// <param name="Tier">The customer's tier at that time.</param>
/// <param name="BirthMonth">The month in which the customer was born, where it is known.</param>
public sealed record PointsBasis(IReadOnlyList<(long Amount, string? Category)> Lines, DateOnly Day, string? Tier, int? BirthMonth);

/// <summary>What a line of an order counted for its points, as it was when they were booked.</summary>
/// <param name="Amount">What the line cost, in minor units of the order's currency.</param>
/// <param name="Weight">The amount × the factor of the product's category.</param>
public sealed record PointShare(long LineId, long ProductId, long Amount, decimal Weight);

/// <summary>A part of an order that came back.</summary>
/// <param name="LineId">The line that it was bought in; null where only the product is known.</param>
/// <param name="Amount">In minor units of the order's currency.</param>
public sealed record ReturnedPart(long? LineId, long ProductId, long Amount);

/// <summary>Reckons what a purchase earns: pure rules, the same for bookings, the what-if and the preview on a page.</summary>
public static class PointsCalculator
{
    /// <summary>
    /// Points = Σ over lines (amount × rate × category) × tier × weekday × birthday month × campaigns, rounded once, plus the
    /// campaigns' bonuses, at most the limit of an order.
    /// </summary>
    /// <param name="currency">ISO 4217 of the base currency, whose minor units the amounts are in.</param>
    public static long Of(ProgrammeRules rules, PointsBasis basis, string currency)
    {
        var points = 0m;
        foreach (var (amount, category) in basis.Lines)
            points += Money.ToDecimal(amount, currency) * rules.PointsPerUnit * CategoryFactor(rules, category);
        points *= rules.Tier(basis.Tier)?.Multiplier ?? 1;
        points *= rules.Weekdays.GetValueOrDefault(basis.Day.DayOfWeek, 1);
        if (basis.BirthMonth == basis.Day.Month) points *= rules.BirthdayMonth;
        var campaigns = rules.Campaigns.Where(c => basis.Day >= c.From && basis.Day <= c.Until).ToList();
        points = campaigns.Aggregate(points, (sum, campaign) => sum * campaign.Multiplier);
        if (points <= 0) return 0;
        var whole = Rounded(points, rules.Rounding) + campaigns.Sum(c => c.Bonus);
        return rules.MostPointsPerOrder is { } most ? Math.Min(whole, most) : whole;
    }

    /// <summary>
    /// The first instant at which points of an instant cannot be spent any more; days end in the shop's zone. Null where they never expire.
    /// </summary>
    public static DateTimeOffset? ExpiryOf(ProgrammeRules rules, DateTimeOffset earnedAt, LocalZone zone, int? days = null)
    {
        var last = zone.DayOf(earnedAt).AddDays(days ?? rules.ExpiryDays);
        if (days is null && rules.Expiry == ExpiryKind.Never) return null;
        if (days is null && rules.Expiry == ExpiryKind.EndOfMonth)
            last = new DateOnly(last.Year, last.Month, DateTime.DaysInMonth(last.Year, last.Month));
        if (days is null && rules.Expiry == ExpiryKind.EndOfYear) last = new DateOnly(last.Year, 12, 31);
        return zone.StartOf(last.AddDays(1));
    }

    /// <summary>The part of an earned entry that a refund reverses, so that parts of parts never add up to more than the whole.</summary>
    /// <param name="earned">Points of the stored entry.</param>
    /// <param name="reversed">Points of it that are reversed already.</param>
    /// <param name="refunded">Everything refunded of the order so far, this refund included, in the units of
    /// <paramref name="total"/>.</param>
    /// <param name="total">What the order cost.</param>
    public static long ClawBack(long earned, long reversed, long refunded, long total)
    {
        if (total <= 0 || refunded <= 0) return 0;
        var wanted = refunded >= total ? earned : (long)Math.Round((decimal)earned * refunded / total, MidpointRounding.AwayFromZero);
        return Math.Clamp(wanted - reversed, 0, earned - reversed);
    }

    /// <summary>
    /// The part of an earned entry that refunds reverse, line by line: each takes what its line earned. A line that earned nothing takes
    /// nothing, and everything goes with the last of those that did.
    /// </summary>
    /// <param name="shares">As they were kept with the booking; without them all of the order earned alike.</param>
    /// <param name="returned">Everything that came back of the order so far.</param>
    /// <param name="total">What the order cost, in minor units of its currency.</param>
    public static long ClawBack(long earned, long reversed, IReadOnlyList<PointShare> shares, IReadOnlyList<ReturnedPart> returned,
        long total)
    {
        var refunded = returned.Sum(r => r.Amount);
        var weight = shares.Sum(s => s.Weight);
        if (weight <= 0 || refunded >= total) return ClawBack(earned, reversed, refunded, total);
        var (left, back, open) = (shares.ToDictionary(s => s.LineId, s => s.Amount), 0m, 0L);
        foreach (var part in returned.OrderBy(r => r.LineId is null))
        {
            var amount = part.Amount;
            foreach (var share in shares.Where(s => s.Amount > 0 && (part.LineId is { } id ? s.LineId == id
                : s.ProductId == part.ProductId)))
            {
                var taken = Math.Min(amount, left[share.LineId]);
                left[share.LineId] -= taken;
                amount -= taken;
                back += share.Weight * taken / share.Amount;
            }

            open += amount;
        }

        // Money that belongs to no line comes off all of them.
        if (open > 0) back += weight * open / total;
        var wanted = back >= weight ? earned : (long)Math.Round(earned * back / weight, MidpointRounding.AwayFromZero);
        return Math.Clamp(wanted - reversed, 0, earned - reversed);
    }

    /// <summary>What each line of an order counts for its points.</summary>
    public static IReadOnlyList<PointShare> Shares(ProgrammeRules rules,
        IEnumerable<(long Id, long ProductId, long Amount, string? Category)> lines) =>
        [.. lines.Select(l => new PointShare(l.Id, l.ProductId, l.Amount, l.Amount * CategoryFactor(rules, l.Category)))];

    private static decimal CategoryFactor(ProgrammeRules rules, string? category) =>
        category is null
            ? 1 : rules.Categories
            .FirstOrDefault(c => string.Equals(c.Key, category, StringComparison.OrdinalIgnoreCase)) is { Key: not null } found
            ? found.Value : 1;

    private static long Rounded(decimal points, PointRounding rounding) => checked((long)(rounding switch
    {
        PointRounding.Down => Math.Floor(points),
        PointRounding.Up => Math.Ceiling(points),
        _ => Math.Round(points, MidpointRounding.AwayFromZero),
    }));
}
