namespace CrmPortal.Core.Analytics;

/// <summary>What a customer is expected to bring in the time ahead.</summary>
/// <param name="ExpectedOrders">Mean number of days with a purchase.</param>
/// <param name="ProbabilityAlive">That they still are a customer, from 0 to 1.</param>
/// <param name="ExpectedOrderValue">Mean value of each of these days, in the unit of the values that were given.</param>
/// <param name="ExpectedValue">Mean value of all of them, discounted to today, in the same unit.</param>
public readonly record struct LifetimeValue(
    double ExpectedOrders, double ProbabilityAlive, double ExpectedOrderValue, double ExpectedValue);

/// <summary>
/// What a customer will bring with a probability of 80 %: one in ten stays below and one in ten above. Chance is in it twice, as nobody
/// knows the customer's habits exactly, and as habits do not say when somebody buys.
/// </summary>
/// <param name="LowOrders">Days with a purchase, the tenth percentile; <paramref name="HighOrders"/> the ninetieth.</param>
/// <param name="LowValue">Discounted value, the tenth percentile; <paramref name="HighValue"/> the ninetieth.</param>
public sealed record LifetimeValueInterval(double LowOrders, double HighOrders, double LowValue, double HighValue);
