namespace CrmPortal.Core.Analytics;

/// <summary>A model of values whose parameters make the mean values of a shop's customers most probable.</summary>
/// <param name="LogLikelihood">The logarithm of that probability.</param>
/// <param name="StandardErrors">How exactly the data tell each parameter; null where they do not.</param>
/// <param name="HasConverged">False where the search gave up: the parameters are then of no use.</param>
/// <param name="IsAtBound">A parameter ran away: it is then of no use either.</param>
/// <param name="Customers">So many bought again for more than nothing; the others say nothing.</param>
/// <param name="Correlation">
/// Pearson's correlation of number and mean value of repeat purchases, from -1 to 1. The model takes for granted that it is 0; further from
/// it, those who buy often are valued too high or too low.
/// </param>
public sealed record SpendingFit(SpendingModel Model, double LogLikelihood, SpendingParameters? StandardErrors, bool HasConverged,
    bool IsAtBound, int Customers, double Correlation)
{
    /// <summary>A population without a mean has no expected value for anybody who bought once.</summary>
    public bool HasMean => Model.Parameters.Q > 1;

    /// <summary>Fits the model to those who bought again, whatever their order.</summary>
    /// <exception cref="ArgumentException">Nobody bought again for more than nothing.</exception>
    public static SpendingFit To(ReadOnlySpan<PurchaseHistory> histories, CancellationToken cancellationToken)
    {
        var values = new SpendingLikelihood(histories);
        if (values.Customers == 0) throw new ArgumentException("Nobody bought again for more than nothing.", nameof(histories));
        var search = new MaximumLikelihood((parameters, gradient) => values.Sum(parameters, gradient, cancellationToken),
            values.Customers, [1, 1, values.MeanValue]);
        var found = search.Find([4, 4, 1], [1, 2, 1], [10, 3, 0.2], [2, 10, 5]);
        var errors = found.IsGood ? search.StandardErrors(found.Parameters) : null;
        return new(new(SpendingParameters.Of(found.Parameters)), found.LogLikelihood,
            errors is null ? null : SpendingParameters.Of(errors), found.HasConverged, found.IsAtBound, values.Customers,
            values.Correlation());
    }
}
