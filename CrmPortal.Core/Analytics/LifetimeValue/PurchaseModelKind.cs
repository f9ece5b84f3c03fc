namespace CrmPortal.Core.Analytics;

/// <summary>When a customer may leave for good, without telling.</summary>
public enum PurchaseModelKind
{
    /// <summary>
    /// The default: after any purchase, the first included (Batislam, Denizel and Filiztekin 2007, "Empirical validation and comparison
    /// of models for customer base analysis").
    /// </summary>
    ModifiedBetaGeometric,

    /// <summary>
    /// After any repeat purchase (Fader, Hardie and Lee 2005, "Counting your customers the easy way"). Whoever bought once has had no
    /// occasion to leave: the probability that they are still a customer is 1 however long ago that was, which no shop believes.
    /// </summary>
    BetaGeometric,
}
