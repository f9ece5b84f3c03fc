using CrmPortal.Core.Analytics;
using static MathNet.Numerics.SpecialFunctions;

namespace CrmPortal.Tests.Analytics;

/// <summary>
/// The expectations as the papers print them, with Gauss's hypergeometric function: Fader, Hardie and Lee (2005), equations 9 and 10, and
/// Batislam, Denizel and Filiztekin (2007).
/// </summary>
internal static class ClosedForms
{
    public static double OfNewCustomer(PurchaseModel model, double weeks)
    {
        var (r, alpha, a, b) = (model.Parameters.R, model.Parameters.Alpha, model.Parameters.A, model.Parameters.B);
        var z = weeks / (alpha + weeks);
        var never = Math.Pow(alpha / (alpha + weeks), r);
        return model.Kind == PurchaseModelKind.BetaGeometric
            ? (a + b - 1) / (a - 1) * (1 - (never * Hypergeometric(r, b, a + b - 1, z)))
            : b / (a - 1) * (1 - (never * Hypergeometric(r, b + 1, a + b, z)));
    }

    public static double Of(PurchaseModel model, PurchaseHistory history, double weeks)
    {
        var (r, alpha, a, b) = (model.Parameters.R, model.Parameters.Alpha, model.Parameters.A, model.Parameters.B);
        var (x, recency, age) = (history.RepeatPurchases, history.RecencyWeeks, history.AgeWeeks);
        var isModified = model.Kind == PurchaseModelKind.ModifiedBetaGeometric;
        var stays = b + x + (isModified ? 1 : 0);
        var ahead = (a + stays - 1) / (a - 1) * (1 - (Math.Pow((alpha + age) / (alpha + age + weeks), r + x)
            * Hypergeometric(r + x, stays, a + stays - 1, weeks / (alpha + age + weeks))));
        var odds = x == 0 && !isModified ? 0 : a / (stays - 1) * Math.Pow((alpha + age) / (alpha + recency), r + x);
        return ahead / (1 + odds);
    }

    /// <summary>
    /// The expectation for somebody who has not left, as the integral over the probability p to leave of
    /// <c>(1 - (1 + p t / α)^-r) / p</c>: for numbers of purchases with which the closed form leaves the range of a double.
    /// </summary>
    public static double ByIntegral(PurchaseParameters known, double weeks)
    {
        const int Steps = 100_000, Power = 8;
        var (sum, lnBeta) = (0d, BetaLn(known.A, known.B));
        for (var i = 0; i < Steps; i++)
        {
            // In steps that are the finer the smaller p is, where almost all of its density lies.
            var root = (i + 0.5) / Steps;
            var p = Math.Pow(root, Power);
            var density = Math.Exp(((known.A - 1) * Math.Log(p)) + ((known.B - 1) * Log1p(-p)) - lnBeta);
            sum += density * (1 - Math.Exp(-known.R * Log1p(p * weeks / known.Alpha))) / p * Power * Math.Pow(root, Power - 1) / Steps;
        }

        return sum;
    }

    /// <summary>2F1 as its power series.</summary>
    private static double Hypergeometric(double a, double b, double c, double z)
    {
        var (term, sum) = (1d, 1d);
        for (var k = 0; k < 100_000 && Math.Abs(term) > 1e-16 * sum; k++)
        {
            term *= (a + k) * (b + k) / ((c + k) * (k + 1)) * z;
            sum += term;
        }

        return sum;
    }
}
