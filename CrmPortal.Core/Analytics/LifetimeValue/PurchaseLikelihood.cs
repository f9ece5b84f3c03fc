using static MathNet.Numerics.SpecialFunctions;

namespace CrmPortal.Core.Analytics;

/// <summary>
/// The likelihood of histories under BG/NBD and MBG/NBD. The two differ in nothing but the number of occasions on which a customer
/// might have left, c: x repeat purchases, or x + 1 purchases. With it both are (Fader, Hardie and Lee 2005; Batislam and others 2007)
/// <code>
/// L = Γ(r+x) α^r / Γ(r) · B(a, b+c) / B(a, b) · (α+t_x)^-(r+x) · [ ((α+t_x)/(α+T))^(r+x) + a/(b+c-1) ]
/// </code>
/// where the last term is absent for c = 0. The powers are taken of a quotient, as in Hardie's note 027 (2011), "Overcoming numerical
/// problems with BG/NBD": the powers themselves leave the range of a double after some hundred purchases.
/// </summary>
internal static class PurchaseLikelihood
{
    private const int R = 0, Alpha = 1, A = 2, B = 3, Value = 4, Width = 5;

    /// <summary>Occasions to leave among the first purchase and so many repeat purchases.</summary>
    public static int Occasions(PurchaseModelKind kind, int repeatPurchases) =>
        kind == PurchaseModelKind.ModifiedBetaGeometric ? repeatPurchases + 1 : repeatPurchases;

    /// <summary>The logarithm of the likelihood of one history.</summary>
    public static double Of(PurchaseModelKind kind, PurchaseParameters parameters, PurchaseHistory history) =>
        Sum(kind, DistinctHistories.Of([history]), [parameters.R, parameters.Alpha, parameters.A, parameters.B], new double[4], default);

    /// <summary>The sum of the logarithms, and its derivatives with respect to the parameters.</summary>
    public static double Sum(PurchaseModelKind kind, DistinctHistories histories, ReadOnlySpan<double> parameters, Span<double> gradient,
        CancellationToken cancellationToken)
    {
        var p = PurchaseParameters.Of(parameters);
        var sums = ParallelSum.Of(histories.Histories.Length, Width,
            (start, end, part) => AddTimes(kind, p, histories.Histories[start..end], part), cancellationToken);
        AddCounts(kind, p, histories.Repeats, sums);
        sums.AsSpan(0, Value).CopyTo(gradient);
        return sums[Value];
    }

    /// <summary>What depends on the times: two logarithms and a power for each history.</summary>
    private static void AddTimes(PurchaseModelKind kind, PurchaseParameters p, ReadOnlySpan<WeightedHistory> histories, Span<double> sums)
    {
        foreach (var history in histories)
        {
            var shape = p.R + history.RepeatPurchases;
            var (untilLast, untilEnd) = (p.Alpha + history.RecencyWeeks, p.Alpha + history.AgeWeeks);
            var (lnLast, lnEnd) = (Math.Log(untilLast), Math.Log(untilEnd));
            var lnStayed = shape * (lnLast - lnEnd);
            var occasions = Occasions(kind, history.RepeatPurchases);
            double value, alive;
            if (occasions == 0) (value, alive) = (lnStayed, 1);
            else
            {
                var stayed = Math.Exp(lnStayed);
                var both = stayed + (p.A / (p.B + occasions - 1));
                (value, alive) = (Math.Log(both), stayed / both);
                sums[A] += history.Weight * (1 - alive) / p.A;
                sums[B] -= history.Weight * (1 - alive) / (p.B + occasions - 1);
            }

            sums[Value] += history.Weight * (value - (shape * lnLast));
            sums[R] += history.Weight * ((alive * (lnLast - lnEnd)) - lnLast);
            sums[Alpha] -= history.Weight * shape * (((1 - alive) / untilLast) + (alive / untilEnd));
        }
    }

    /// <summary>What depends on the number of purchases alone.</summary>
    private static void AddCounts(PurchaseModelKind kind, PurchaseParameters p, IReadOnlyList<RepeatCount> counts, Span<double> sums)
    {
        var (lnR, lnB, lnBoth) = (GammaLn(p.R), GammaLn(p.B), GammaLn(p.A + p.B));
        var (psiR, psiB, psiBoth) = (DiGamma(p.R), DiGamma(p.B), DiGamma(p.A + p.B));
        var lnAlpha = Math.Log(p.Alpha);
        foreach (var (repeats, weight) in counts)
        {
            var occasions = Occasions(kind, repeats);
            sums[Value] += weight * (GammaLn(p.R + repeats) - lnR + (p.R * lnAlpha)
                + GammaLn(p.B + occasions) - lnB + lnBoth - GammaLn(p.A + p.B + occasions));
            sums[R] += weight * (DiGamma(p.R + repeats) - psiR + lnAlpha);
            sums[Alpha] += weight * p.R / p.Alpha;
            var stayed = psiBoth - DiGamma(p.A + p.B + occasions);
            sums[A] += weight * stayed;
            sums[B] += weight * (stayed + DiGamma(p.B + occasions) - psiB);
        }
    }
}
