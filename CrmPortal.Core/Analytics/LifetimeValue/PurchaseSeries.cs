using static MathNet.Numerics.SpecialFunctions;

namespace CrmPortal.Core.Analytics;

/// <summary>
/// The mean number of purchases of somebody who is a customer now and may leave after each of them.
/// The papers write it by Gauss's hypergeometric function,
/// <code>
/// (a+b-1)/(a-1) · [ 1 - (α/(α+t))^r · 2F1(r, b; a+b-1; t/(α+t)) ]
/// </code>
/// (Fader, Hardie and Lee 2005, equation 9), which is 0/0 at a = 1 and loses its digits near it. This is the same number as a sum of
/// probabilities: the purchase j + 1 takes place where the customer would buy at least so often, and did not leave after any of the j
/// before it,
/// <code>
/// Σ over j ≥ 0 of P(N(t) > j) · B(a, b+j) / B(a, b)
/// </code>
/// with N(t) negative binomial (shape r, probability α/(α+t)). It follows from the definition of the model in that paper, section 3.1,
/// by summing over purchases; every term is positive, and it holds for all positive a and b.
/// </summary>
internal static class PurchaseSeries
{
    /// <summary>Terms that are left out at the end are together less than this share of the sum.</summary>
    private const double Precision = 1e-13;

    /// <summary>Below this exponent a probability is 0 to a double.</summary>
    private const double SmallestExponent = -600;

    /// <summary>The mean number of purchases in a time.</summary>
    /// <param name="p">What is known of the rate (R, Alpha) and of the probability to leave (A, B).</param>
    /// <param name="weeks">The time; the mean is 0 where it is not positive.</param>
    public static double Mean(PurchaseParameters p, double weeks)
    {
        if (!(p.R > 0 && p.Alpha > 0 && p.A > 0 && p.B > 0)) throw new ArgumentOutOfRangeException(nameof(p), p, "All four are positive.");
        if (!(weeks > 0)) return 0;
        var z = weeks / (p.Alpha + weeks);
        var lnExactly = -p.R * Log1p(weeks / p.Alpha);
        var (exactly, more, stayed, sum) = (Math.Exp(lnExactly), AtLeastOne(lnExactly), 1d, 0d);
        for (var j = 0; ; j++)
        {
            sum += stayed * Math.Max(more, 0);
            stayed *= (p.B + j) / (p.A + p.B + j);
            var ratio = z * (p.R + j) / (j + 1);
            if (lnExactly < SmallestExponent)
            {
                // So many purchases are expected that none of these small numbers is probable at all.
                lnExactly += Math.Log(ratio);
                exactly = Math.Exp(lnExactly);
            }
            else
            {
                exactly *= ratio;
                more -= exactly;
            }

            // From here on the probabilities fall at least as fast as a geometric series with the larger of the two quotients.
            var bound = Math.Max(z, z * (p.R + j + 1) / (j + 2));
            if (bound < 1 && lnExactly >= SmallestExponent && stayed * exactly * bound / ((1 - bound) * (1 - bound)) < Precision * sum)
                return sum;
        }
    }

    /// <summary>
    /// 1 - exp(x) for x ≤ 0 without loss of digits near 0. The library's own Expm1 stops its series early: it is right to seven digits
    /// only.
    /// </summary>
    private static double AtLeastOne(double lnNone)
    {
        var half = Math.Tanh(lnNone / 2);
        return -2 * half / (1 - half);
    }
}
