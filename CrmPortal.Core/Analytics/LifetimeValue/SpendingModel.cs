using static MathNet.Numerics.SpecialFunctions;

namespace CrmPortal.Core.Analytics;

/// <summary>
/// How the value of purchases differs: each purchase of a customer is gamma distributed (shape P) around a mean of their own, whose scale
/// is gamma distributed among customers (shape Q, rate Gamma). Also used for the standard errors of the three.
/// </summary>
/// <param name="P">Shape of the values of one customer.</param>
/// <param name="Q">Shape of the scales among customers; the mean of all exists for more than 1.</param>
/// <param name="Gamma">Rate of the scales, in the unit of money of the values.</param>
public readonly record struct SpendingParameters(double P, double Q, double Gamma)
{
    internal static SpendingParameters Of(ReadOnlySpan<double> values) => new(values[0], values[1], values[2]);
}

/// <summary>
/// Gamma-Gamma: what a purchase of a customer is worth, from what theirs were worth and from what those of others are (Fader, Hardie and
/// Lee 2005, "RFM and CLV: using iso-value curves for customer base analysis"; Fader and Hardie 2013, "The Gamma-Gamma model of monetary
/// value"). It takes for granted that value and number of purchases have nothing to do with each other.
/// </summary>
public sealed record SpendingModel(SpendingParameters Parameters)
{
    /// <summary>The mean value of a purchase of a customer of whom nothing is known: <c>p γ / (q - 1)</c>.</summary>
    public double MeanOfAll => ExpectedOf(0, 0);

    /// <summary>
    /// E(M | m, x): the mean value of the purchases to come, <c>p (γ + m x) / (p x + q - 1)</c>: between the mean of all and the
    /// customer's own, and nearer to theirs the more they bought.
    /// </summary>
    /// <param name="repeatPurchases">x.</param>
    /// <param name="meanValue">m; less than 0 counts as 0.</param>
    public double ExpectedOf(int repeatPurchases, double meanValue)
    {
        var (p, q, gamma) = Parameters;
        return p * (gamma + (Math.Max(meanValue, 0) * repeatPurchases)) / ((p * repeatPurchases) + q - 1);
    }

    /// <inheritdoc cref="ExpectedOf(int, double)"/>
    public double ExpectedOf(PurchaseHistory history) => ExpectedOf(history.RepeatPurchases, history.MeanValue);

    /// <summary>
    /// The logarithm of the likelihood of a mean value m of x purchases (Fader and Hardie 2013, equation 1a)
    /// <code>Γ(px+q) / (Γ(px) Γ(q)) · γ^q m^(px-1) x^(px) / (γ + m x)^(px+q)</code>
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no repeat purchase, or the mean is not positive.</exception>
    public double LogLikelihood(int repeatPurchases, double meanValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(repeatPurchases);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(meanValue);
        var (p, q, gamma) = Parameters;
        var px = p * repeatPurchases;
        return GammaLn(px + q) - GammaLn(px) - GammaLn(q) + (q * Math.Log(gamma)) + ((px - 1) * Math.Log(meanValue))
            + (px * Math.Log(repeatPurchases)) - ((px + q) * Math.Log(gamma + (meanValue * repeatPurchases)));
    }
}
