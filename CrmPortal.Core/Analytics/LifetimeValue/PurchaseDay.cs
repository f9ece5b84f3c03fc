namespace CrmPortal.Core.Analytics;

/// <summary>
/// A day on which a customer bought. Several rows of one customer and day are one purchase, whose value is their sum.
/// </summary>
/// <param name="Value">What was spent, in any unit of money; every value that is derived from it is in the same.</param>
public readonly record struct PurchaseDay(long CustomerId, DateOnly Day, double Value);
