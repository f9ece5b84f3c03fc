namespace CrmPortal.Core.Analytics;

/// <summary>Why a shop's past is too little for a model.</summary>
public enum LifetimeValueObstacle
{
    /// <summary>Fewer than <see cref="LifetimeValueFit.FewestCustomers"/> have bought.</summary>
    FewCustomers,

    /// <summary>Fewer than <see cref="LifetimeValueFit.FewestRepeaters"/> have bought again, for more than nothing.</summary>
    FewRepeaters,

    /// <summary>The first purchase of all was less than <see cref="LifetimeValueFit.FewestWeeks"/> weeks ago.</summary>
    ShortTime,

    /// <summary>The search for parameters came to no end.</summary>
    NoMaximum,

    /// <summary>A parameter ran away: customers hardly differ, or nobody leaves.</summary>
    AtBound,

    /// <summary>A few customers spend so much that the mean of all has no meaning.</summary>
    NoMeanValue,
}

/// <summary>A model of lifetime value for a shop, or the reason why there is none and the simple model must do.</summary>
/// <param name="Model">Null where something is in the way.</param>
/// <param name="Purchases">What was fitted to the times of purchases; null where it was not tried.</param>
/// <param name="Spending">What was fitted to their values; null where it was not tried.</param>
/// <param name="Obstacle">What is in the way; null where nothing is.</param>
/// <param name="Customers">Who have bought.</param>
/// <param name="Repeaters">Who have bought again, for more than nothing.</param>
/// <param name="Weeks">From the first purchase of all to the end of the time that is looked at.</param>
public sealed record LifetimeValueFit(LifetimeValueModel? Model, PurchaseModelFit? Purchases, SpendingFit? Spending,
    LifetimeValueObstacle? Obstacle, int Customers, int Repeaters, double Weeks)
{
    /// <summary>With fewer customers the parameters say more about chance than about the shop.</summary>
    public const int FewestCustomers = 100;

    /// <summary>With fewer who bought again, likewise.</summary>
    public const int FewestRepeaters = 30;

    /// <summary>In less time than half a year it does not show who has left.</summary>
    public const int FewestWeeks = 26;

    /// <summary>The reason in one sentence, which is also the key of its translation; null where there is a model.</summary>
    public string? Reason => ReasonOf(Obstacle);

    /// <inheritdoc cref="Reason"/>
    public static string? ReasonOf(LifetimeValueObstacle? obstacle) => obstacle switch
    {
        null => null,
        LifetimeValueObstacle.FewCustomers => "Fewer than 100 customers have bought so far, so the simple model is used.",
        LifetimeValueObstacle.FewRepeaters => "Fewer than 30 customers have bought again so far, so the simple model is used.",
        LifetimeValueObstacle.ShortTime => "The first purchase was less than 26 weeks ago, so the simple model is used.",
        LifetimeValueObstacle.NoMaximum => "No model fits the purchases of this shop, so the simple model is used.",
        LifetimeValueObstacle.AtBound =>
            "The purchases do not show how customers differ or when they leave, so the simple model is used.",
        _ => "A few customers spend so much more than all others that no mean can be foretold, so the simple model is used.",
    };

    /// <summary>Fits both models, if the past is enough for them.</summary>
    /// <param name="histories">Of all customers who have bought, in any order.</param>
    public static LifetimeValueFit To(ReadOnlySpan<PurchaseHistory> histories, CancellationToken cancellationToken) =>
        To(histories, PurchaseModelKind.ModifiedBetaGeometric, cancellationToken);

    /// <inheritdoc cref="To(ReadOnlySpan{PurchaseHistory}, CancellationToken)"/>
    public static LifetimeValueFit To(ReadOnlySpan<PurchaseHistory> histories, PurchaseModelKind kind, CancellationToken cancellationToken)
    {
        var (repeaters, weeks) = (0, 0d);
        foreach (var history in histories)
        {
            if (history is { RepeatPurchases: > 0, MeanValue: > 0 }) repeaters++;
            weeks = Math.Max(weeks, history.AgeWeeks);
        }

        var none = new LifetimeValueFit(null, null, null, null, histories.Length, repeaters, weeks);
        if (histories.Length < FewestCustomers) return none with { Obstacle = LifetimeValueObstacle.FewCustomers };
        if (repeaters < FewestRepeaters) return none with { Obstacle = LifetimeValueObstacle.FewRepeaters };
        if (weeks < FewestWeeks) return none with { Obstacle = LifetimeValueObstacle.ShortTime };

        var purchases = PurchaseModelFit.To(histories, kind, cancellationToken);
        var spending = SpendingFit.To(histories, cancellationToken);
        var fitted = none with { Purchases = purchases, Spending = spending };
        // A parameter that ran away is the better reason of the two: it says why there is no maximum.
        if (purchases.IsAtBound || spending.IsAtBound) return fitted with { Obstacle = LifetimeValueObstacle.AtBound };
        if (!purchases.HasConverged || !spending.HasConverged) return fitted with { Obstacle = LifetimeValueObstacle.NoMaximum };
        return spending.HasMean
            ? fitted with { Model = new(purchases.Model, spending.Model) }
            : fitted with { Obstacle = LifetimeValueObstacle.NoMeanValue };
    }
}
