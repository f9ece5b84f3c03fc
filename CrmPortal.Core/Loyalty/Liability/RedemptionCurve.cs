using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Loyalty;

/// <summary>
/// What of the points is expected to be spent, reckoned from the shop's own past, as IFRS 15 (appendix B44–B47, "breakage") wants
/// it for rights that customers are likely not to use.
/// </summary>
/// <remarks>
/// C(a), the share of issued points that is spent by the age of a months, is pooled over all months of issue that are that old:
/// C(a) = Σ redeemed by age a ÷ Σ issued, and never falls. U is its last value. Of points of the age k that are still there,
/// (U − C(k)) ÷ (1 − C(k)) are expected to be spent: the share that is yet to come of the share that was not spent. Months that are
/// not over yet are left out. With less than a year behind it a shop expects all of them to be spent: it knows nothing of breakage.
/// </remarks>
internal static class RedemptionCurve
{
    /// <summary>So many months must have been seen before anything is expected to be left unspent.</summary>
    public const int LeastMonths = 12;

    /// <param name="months">Issued points and what of them was redeemed at each age in months that is over, for each month of
    /// issue.</param>
    public static IReadOnlyList<decimal> Of(IReadOnlyList<(long Issued, IReadOnlyList<long> RedeemedAtAge)> months)
    {
        var curve = new List<decimal>();
        var most = months.Count == 0 ? 0 : months.Max(m => m.RedeemedAtAge.Count);
        for (var age = 0; age < most; age++)
        {
            var old = months.Where(m => m.RedeemedAtAge.Count > age && m.Issued > 0).ToList();
            // No points of this shop are as old as that.
            if (old.Count == 0) break;
            var issued = old.Sum(m => m.Issued);
            var share = issued == 0 ? 0 : Math.Clamp((decimal)old.Sum(m => m.RedeemedAtAge.Take(age + 1).Sum()) / issued, 0, 1);
            curve.Add(Math.Max(share, age == 0 ? 0 : curve[^1]));
        }

        return curve;
    }

    /// <summary>The share of points of an age that are still there which is expected to be spent.</summary>
    public static decimal Expected(IReadOnlyList<decimal> curve, int age)
    {
        if (curve.Count < LeastMonths || curve[^1] == 0) return 1;
        var spent = curve[Math.Min(age, curve.Count - 1)];
        return spent >= 1 ? 1 : (curve[^1] - spent) / (1 - spent);
    }

    /// <summary>
    /// The part of a sale's price that belongs to the points given with it: price × points' value ÷ (price + points' value), where
    /// the points' value is points × value × the share that is expected to be spent (IFRS 15.74 and example 52). It is revenue
    /// only once the points are spent or gone.
    /// </summary>
    /// <param name="price">In major units.</param>
    public static decimal Deferred(decimal price, long points, decimal pointValue, decimal expectedRate, string currency)
    {
        var worth = points * pointValue * expectedRate;
        return price + worth <= 0 ? 0 : Money.ToDecimal(Money.ToMinor(price * worth / (price + worth), currency), currency);
    }
}
