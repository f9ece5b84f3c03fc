namespace CrmPortal.Core.Analytics;

/// <summary>
/// How well lifetime value would have been foretold at a day in the past: the model beside a naive rule, by which everybody goes on as
/// before.
/// </summary>
/// <param name="Fit">What was fitted to the past up to that day, or why nothing was; the rest is empty then.</param>
/// <param name="Weeks">The time that was foretold.</param>
/// <param name="Purchases">Days with a purchase; null without a model.</param>
/// <param name="Value">Value of these days, not discounted; null without a model.</param>
/// <param name="Groups">By number of repeat purchases until that day: 0 to 6 each, then 7 and more; groups without customers too.</param>
/// <param name="Customers">Each customer, by id.</param>
public sealed record BackTestResult(LifetimeValueFit Fit, double Weeks, BackTestFigures? Purchases, BackTestFigures? Value,
    IReadOnlyList<BackTestGroup> Groups, IReadOnlyList<BackTestCustomer> Customers);

/// <summary>A figure as it came and as it was foretold.</summary>
/// <param name="Actual">The sum over all customers.</param>
public sealed record BackTestFigures(double Actual, BackTestError Model, BackTestError Naive);

/// <summary>How far off a prediction was.</summary>
/// <param name="Predicted">The sum over all customers.</param>
/// <param name="MeanAbsoluteError">MAE: by so much it was off for a customer, in the mean.</param>
/// <param name="RootMeanSquareError">RMSE: likewise, with large errors counting for more.</param>
/// <param name="SumErrorPercent">By so many percent the sum was too high, or too low if negative; null where nothing came.</param>
public sealed record BackTestError(double Predicted, double MeanAbsoluteError, double RootMeanSquareError, double? SumErrorPercent);

/// <summary>Customers with the same number of repeat purchases.</summary>
/// <param name="AndMore">Those with more are among them.</param>
/// <param name="MeanActual">Mean number of days with a purchase in the time that was foretold; 0 without customers, as the others.</param>
public sealed record BackTestGroup(
    int RepeatPurchases, bool AndMore, int Customers, double MeanActual, double MeanExpected, double MeanNaive);

/// <summary>One customer in the time that was foretold.</summary>
/// <param name="History">Until the day of the prediction.</param>
/// <param name="Actual">Days with a purchase.</param>
public readonly record struct BackTestCustomer(long CustomerId, PurchaseHistory History, int Actual, double Expected, double Naive,
    double ActualValue, double ExpectedValue, double NaiveValue);
