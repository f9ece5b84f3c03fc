namespace CrmPortal.Core.Overview;

/// <summary>How the shop does. Every figure is one of the days that are kept; none is summed over orders.</summary>
/// <param name="Today">The shop's day.</param>
/// <param name="Sales">Null for those who may not see orders.</param>
/// <param name="IsBehind">Whether something changed a moment ago that is not counted yet.</param>
public sealed record ShopOverview(DateOnly Today, SalesOverview? Sales, PointsOverview Points, bool IsBehind);

/// <param name="ThisMonth">From the first of the month until today.</param>
/// <param name="SameDaysBefore">The same days of the month before; all of it where it is shorter.</param>
/// <param name="Months">24 months, the oldest first; the last is this one as far as it has come.</param>
/// <param name="OtherCurrencies">What of this month's revenue was paid in other currencies than the shop's.</param>
/// <param name="TopCustomers">Who spent most of all, ever; null for those who may not see customers.</param>
public sealed record SalesOverview(PeriodSales ThisMonth, PeriodSales SameDaysBefore, IReadOnlyList<MonthSales> Months,
    IReadOnlyList<CurrencyAmount> OtherCurrencies, IReadOnlyList<TopCustomer>? TopCustomers)
{
    /// <summary>Whether anything was sold in the months that are looked at.</summary>
    public bool IsEmpty => Months.All(m => m.Sales == new PeriodSales(0, 0, 0, 0));
}

/// <summary>What was sold in some days.</summary>
/// <param name="Revenue">Paid orders less refunds, in minor units of the shop's base currency, into which others are converted by the rate
/// of their orders.</param>
/// <param name="Orders">Paid orders.</param>
/// <param name="NewCustomers">Of those the ones that were the first of their customer.</param>
/// <param name="Anonymous">Of those the ones of nobody.</param>
public sealed record PeriodSales(long Revenue, int Orders, int NewCustomers, int Anonymous)
{
    /// <summary>Orders of customers who had bought before.</summary>
    public int Returning => Orders - NewCustomers - Anonymous;
}

/// <param name="Month">Its first day.</param>
public sealed record MonthSales(DateOnly Month, PeriodSales Sales);

/// <param name="Amount">In minor units of the currency.</param>
public sealed record CurrencyAmount(string Currency, long Amount);

/// <param name="Spent">In minor units of the shop's base currency, over all time.</param>
public sealed record TopCustomer(long Id, string Name, long Spent, int Orders);

/// <param name="Owed">Points that members hold.</param>
/// <param name="OwedBefore">What they held a month ago, at the end of the day.</param>
/// <param name="Months">12 months, the oldest first.</param>
public sealed record PointsOverview(long Owed, long OwedBefore, IReadOnlyList<MonthPoints> Months)
{
    public bool IsEmpty => Months.All(m => m is { Issued: 0, Redeemed: 0, Expired: 0 });
}

/// <param name="Month">Its first day.</param>
public sealed record MonthPoints(DateOnly Month, long Issued, long Redeemed, long Expired);
