namespace CrmPortal.Core.Analytics;

/// <summary>How far lifetime value looks ahead, and what money is worth that comes later.</summary>
public sealed record LifetimeValueTerms
{
    /// <summary>
    /// Weeks of a month of 30.4375 days. The models count in weeks; whoever takes 30 of their units for a month, as if they were days,
    /// looks seven times as far ahead.
    /// </summary>
    public const double WeeksPerMonth = DaysPerMonth / PurchaseHistory.DaysPerWeek;

    /// <summary>The greatest number of months: further ahead no past tells anything.</summary>
    public const int MostMonths = 60;

    private const double DaysPerMonth = 30.4375;

    /// <param name="months">From 1 to <see cref="MostMonths"/>.</param>
    /// <param name="monthlyDiscount">By how much less money is worth with each month that it comes later: 0.01 for 1 %.</param>
    /// <exception cref="ArgumentOutOfRangeException">Months or discount make no sense.</exception>
    public LifetimeValueTerms(int months = 12, double monthlyDiscount = 0.01)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(months, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(months, MostMonths);
        if (!(monthlyDiscount >= 0 && monthlyDiscount < 1)) throw new ArgumentOutOfRangeException(nameof(monthlyDiscount));
        (Months, MonthlyDiscount) = (months, monthlyDiscount);
    }

    /// <summary>So many months of 30.4375 days are looked at, from now on.</summary>
    public int Months { get; }

    /// <summary>0.01 for 1 % a month.</summary>
    public double MonthlyDiscount { get; }

    /// <summary>The whole time, in weeks.</summary>
    public double Weeks => Months * WeeksPerMonth;

    /// <summary>What 1 is worth today that comes in a month; the first is month 1, and money comes at a month's end.</summary>
    public double Factor(int month) => Math.Pow(1 + MonthlyDiscount, -month);
}
