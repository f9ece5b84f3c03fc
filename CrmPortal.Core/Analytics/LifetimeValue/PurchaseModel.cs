using static MathNet.Numerics.SpecialFunctions;

namespace CrmPortal.Core.Analytics;

/// <summary>
/// A model of when customers buy again and whether they still are customers: BG/NBD or MBG/NBD with known parameters. Times are weeks,
/// and a purchase is a day with a purchase.
/// </summary>
public sealed record PurchaseModel(PurchaseModelKind Kind, PurchaseParameters Parameters)
{
    /// <summary>E[X(t)]: repeat purchases of a new customer in their first weeks.</summary>
    public double ExpectedOfNewCustomer(double weeks)
    {
        var p = Parameters;
        return Kind == PurchaseModelKind.BetaGeometric
            ? PurchaseSeries.Mean(p, weeks)
            // They must have stayed after the first purchase.
            : p.B / (p.A + p.B) * PurchaseSeries.Mean(p with { B = p.B + 1 }, weeks);
    }

    /// <summary>CET: purchases of a customer in the weeks to come, from the end of their history on.</summary>
    public double ExpectedOf(PurchaseHistory history, double weeks) =>
        ProbabilityAlive(history) * ExpectedWhileAlive(history.RepeatPurchases, history.AgeWeeks, weeks);

    /// <summary>
    /// The probability, from 0 to 1, that a customer has not left for good. Under BG/NBD it is 1 for all who bought once, whenever that
    /// was (Fader, Hardie and Lee 2005); MBG/NBD, the default, has an answer for them (Batislam and others 2007).
    /// </summary>
    public double ProbabilityAlive(PurchaseHistory history)
    {
        var occasions = PurchaseLikelihood.Occasions(Kind, history.RepeatPurchases);
        if (occasions == 0) return 1;
        var p = Parameters;
        var lnStayed = (p.R + history.RepeatPurchases)
            * (Math.Log(p.Alpha + history.RecencyWeeks) - Math.Log(p.Alpha + history.AgeWeeks));
        return 1 / (1 + (p.A / (p.B + occasions - 1) * Math.Exp(-lnStayed)));
    }

    /// <summary>
    /// P(X(t) = n): the probability that a new customer buys again exactly so often in their first weeks (Fader, Hardie and Lee 2005,
    /// equation 8; for MBG/NBD the same derivation with one occasion to leave more).
    /// </summary>
    public double ProbabilityOf(int purchases, double weeks)
    {
        var (p, occasions) = (Parameters, PurchaseLikelihood.Occasions(Kind, purchases));
        var fewer = 0d;
        for (var n = 0; n < purchases; n++) fewer += WouldBuy(n, weeks);
        var stayed = Math.Exp(BetaLn(p.A, p.B + occasions) - BetaLn(p.A, p.B)) * WouldBuy(purchases, weeks);
        return occasions == 0
            ? stayed
            : stayed + (Math.Exp(BetaLn(p.A + 1, p.B + occasions - 1) - BetaLn(p.A, p.B)) * Math.Max(1 - fewer, 0));
    }

    /// <summary>The logarithm of the likelihood of a history.</summary>
    public double LogLikelihood(PurchaseHistory history) => PurchaseLikelihood.Of(Kind, Parameters, history);

    /// <summary>
    /// Purchases in the weeks to come of a customer who has not left. When the last purchase was does not matter to them, so that
    /// customers of one number of purchases and one age share the figure.
    /// </summary>
    internal double ExpectedWhileAlive(int repeatPurchases, double ageWeeks, double weeks) =>
        PurchaseSeries.Mean(Known(repeatPurchases, ageWeeks), weeks);

    /// <summary>What is known of the rate, and of the probability to leave, of a customer who has not left.</summary>
    internal PurchaseParameters Known(int repeatPurchases, double ageWeeks) => new(Parameters.R + repeatPurchases,
        Parameters.Alpha + ageWeeks, Parameters.A, Parameters.B + PurchaseLikelihood.Occasions(Kind, repeatPurchases));

    /// <summary>The probability of so many purchases of somebody who never leaves: negative binomial.</summary>
    private double WouldBuy(int purchases, double weeks)
    {
        var (r, alpha) = (Parameters.R, Parameters.Alpha);
        if (weeks <= 0) return purchases == 0 ? 1 : 0;
        return Math.Exp(GammaLn(r + purchases) - GammaLn(r) - GammaLn(purchases + 1)
            - (r * Log1p(weeks / alpha)) - (purchases * Log1p(alpha / weeks)));
    }
}
