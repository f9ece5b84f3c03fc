namespace CrmPortal.Core.Loyalty;

/// <summary>The figures of the loyalty programme.</summary>
/// <param name="TotalMembers">Customers with a loyalty account.</param>
/// <param name="ActiveMembers">Of them those with an entry or a paid order in the last twelve months.</param>
/// <param name="ActiveByTier">The active members by the code of their tier; who has none yet counts as on the lowest.</param>
/// <param name="Issued">Points earned and added, less what was reversed of them.</param>
/// <param name="Redeemed">Points spent, less what was given back of them.</param>
/// <param name="Outstanding">The sum of all balances.</param>
/// <param name="RedemptionRate">Redeemed of issued, in percent, with one decimal.</param>
public sealed record LoyaltyMetrics(
    int TotalMembers, int ActiveMembers, IReadOnlyDictionary<string, int> ActiveByTier, long Issued, long Redeemed, long Expired,
        long Outstanding, decimal RedemptionRate);

/// <summary>What became of the points that were issued in a month.</summary>
/// <param name="Month">Its first day, in the shop's zone; null for everything before the months that are looked at one by one.</param>
/// <param name="Left">What can still be spent.</param>
/// <param name="ExpectedRedeemed">How much of that is expected to be spent.</param>
public sealed record IssuedMonth(DateOnly? Month, int Age, long Issued, long Redeemed, long Left, decimal ExpectedRedeemed);

/// <summary>Points that expire in a month; null for later ones and for those that never do.</summary>
public sealed record ExpiringMonth(DateOnly? Month, bool IsNever, long Points);

/// <summary>What the shop owes its members.</summary>
/// <param name="Curve">Share of the issued points that is spent by an age in months: what the expectation rests on.</param>
/// <param name="ExpectedRate">Expected to be spent of what is left, from 0 to 1.</param>
/// <param name="Breakage">Points that are expected never to be spent.</param>
/// <param name="Full">All that is left × value, in minor units of the base currency.</param>
/// <param name="Expected">The same less the breakage.</param>
public sealed record LoyaltyLiability(
    DateTimeOffset At, long Left, decimal PointValue, IReadOnlyList<decimal> Curve, decimal ExpectedRate, long Breakage, long Full,
        long Expected, IReadOnlyList<IssuedMonth> Issued, IReadOnlyList<ExpiringMonth> Expiring);
