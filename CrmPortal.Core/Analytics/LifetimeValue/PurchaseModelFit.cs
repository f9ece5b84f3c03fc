namespace CrmPortal.Core.Analytics;

/// <summary>A model of purchases whose parameters make the histories of a shop's customers most probable.</summary>
/// <param name="LogLikelihood">The logarithm of that probability.</param>
/// <param name="StandardErrors">How exactly the data tell each parameter; null where they do not.</param>
/// <param name="HasConverged">False where the search gave up: the parameters are then of no use.</param>
/// <param name="IsAtBound">A parameter ran away, because the data fit a simpler model as well: it is then of no use either.</param>
/// <param name="Customers">So many histories were looked at.</param>
public sealed record PurchaseModelFit(
    PurchaseModel Model, double LogLikelihood, PurchaseParameters? StandardErrors, bool HasConverged, bool IsAtBound, int Customers)
{
    /// <summary>Fits a model to histories, whatever their order; equal ones are counted once, and every core takes part.</summary>
    /// <exception cref="ArgumentException">There is no history, or none with a repeat purchase.</exception>
    public static PurchaseModelFit To(ReadOnlySpan<PurchaseHistory> histories, PurchaseModelKind kind,
        CancellationToken cancellationToken) => To(DistinctHistories.Of(histories), kind, cancellationToken);

    internal static PurchaseModelFit To(DistinctHistories histories, PurchaseModelKind kind, CancellationToken cancellationToken)
    {
        if (histories.RepeatPurchases <= 0) throw new ArgumentException("Nobody bought again.", nameof(histories));
        // The rate parameter is a time; the mean time between purchases is one that the data name.
        var search = new MaximumLikelihood(
            (parameters, gradient) => PurchaseLikelihood.Sum(kind, histories, parameters, gradient, cancellationToken),
            histories.Customers, [1, histories.Weeks / histories.RepeatPurchases, 1, 1]);
        var found = search.Find([0.5, 0.5, 1, 2], [1, 1, 0.5, 5], [0.2, 0.1, 1, 1], [3, 3, 0.2, 2]);
        var errors = found.IsGood ? search.StandardErrors(found.Parameters) : null;
        return new(new(kind, PurchaseParameters.Of(found.Parameters)), found.LogLikelihood,
            errors is null ? null : PurchaseParameters.Of(errors), found.HasConverged, found.IsAtBound, histories.Customers);
    }
}
