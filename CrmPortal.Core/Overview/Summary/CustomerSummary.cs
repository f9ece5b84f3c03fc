using CrmPortal.Core.Customers;

namespace CrmPortal.Core.Overview;

/// <summary>What programs ask of one customer in a single answer.</summary>
/// <param name="Favourites">Null for those who may not see orders.</param>
/// <param name="DaysBetweenOrders">From the first order to the last, on average; null with fewer than two.</param>
/// <param name="Value">The expected value, in minor units of the base currency; null before the first calculation.</param>
public sealed record CustomerSummary(CustomerDetails Customer, CustomerFavourites? Favourites, int? DaysBetweenOrders, string? Tier,
    long Points, RfmScores? Scores, long? Value);

/// <summary>What a customer bought most of: by net amount, then by pieces, then by name; null without any.</summary>
public sealed record CustomerFavourites(string? Category, string? Brand, string? Product);
