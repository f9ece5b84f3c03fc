namespace CrmPortal.Core.Loyalty;

/// <summary>How fractions of a point are treated.</summary>
public enum PointRounding { Down, Nearest, Up }

/// <summary>When points expire.</summary>
public enum ExpiryKind { AfterDays, EndOfMonth, EndOfYear, Never }

/// <summary>What counts for a tier: money spent, in major units of the base currency, or points earned.</summary>
public enum TierBasis { Spend, Points }

/// <summary>The time over which it is counted.</summary>
public enum TierWindow { Lifetime, CalendarYear, RollingYear }

/// <summary>What becomes of a customer who no longer reaches their tier.</summary>
public enum DowngradePolicy { Never, OneStep, ByBalance }

/// <summary>A step of the ladder.</summary>
/// <param name="Code">What programs call it: small letters; <c>bronze</c>, <c>silver</c>, <c>gold</c>, <c>platinum</c> in the published
/// contracts.</param>
/// <param name="Threshold">From how much on, in the units of the basis.</param>
public sealed record TierRule(string Code, string Name, decimal Threshold)
{
    /// <summary>Points are multiplied by it.</summary>
    public decimal Multiplier { get; init; } = 1;

    public decimal DiscountPercent { get; init; }
    public bool HasPrioritySupport { get; init; }
    public bool HasFreeShipping { get; init; }
    public bool HasVipAccess { get; init; }
}

/// <summary>A time in which purchases earn more.</summary>
/// <param name="From">The first day, of the shop.</param>
/// <param name="Until">The last day.</param>
public sealed record Campaign(string Name, DateOnly From, DateOnly Until)
{
    public decimal Multiplier { get; init; } = 1;

    /// <summary>Bonus points per order.</summary>
    public long Bonus { get; init; }
}

/// <summary>The rules of the loyalty programme. A version is never changed; another set of rules is another version.</summary>
public sealed record ProgrammeRules
{
    /// <summary>Points for one major unit of the base currency.</summary>
    public decimal PointsPerUnit { get; init; } = 1;

    public PointRounding Rounding { get; init; }

    /// <summary>Category → factor; compared without case.</summary>
    public IReadOnlyDictionary<string, decimal> Categories { get; init; } = new Dictionary<string, decimal>();

    public IReadOnlyDictionary<DayOfWeek, decimal> Weekdays { get; init; } = new Dictionary<DayOfWeek, decimal>();
    public decimal BirthdayMonth { get; init; } = 1;
    public IReadOnlyList<Campaign> Campaigns { get; init; } = [];
    public long SignUpBonus { get; init; }
    public long ReviewBonus { get; init; }

    /// <summary>For referring a new customer, booked with their first paid order.</summary>
    public long ReferrerBonus { get; init; }

    /// <summary>For the new customer themselves.</summary>
    public long ReferredBonus { get; init; }

    /// <summary>One order earns no more; null is no limit.</summary>
    public long? MostPointsPerOrder { get; init; }

    /// <summary>A customer earns no more in a month of the shop by orders and bonuses.</summary>
    public long? MostPointsPerMonth { get; init; }

    public ExpiryKind Expiry { get; init; }

    /// <summary>For <see cref="ExpiryKind.AfterDays"/>; for the ends of month and year, the least time that points last.</summary>
    public int ExpiryDays { get; init; } = 365;

    /// <summary>Days until points can be spent, so that a return comes first.</summary>
    public int PendingDays { get; init; }

    /// <summary>So many days before they expire the customer is reminded of their points; 0 is never.</summary>
    public int ReminderDays { get; init; } = 30;

    /// <summary>Whether a refund may leave a negative balance; otherwise the shop writes the rest off.</summary>
    public bool AllowsDebt { get; init; }

    /// <summary>What one point is worth, in major units of the base currency.</summary>
    public decimal PointValue { get; init; } = 0.01m;

    public TierBasis TierBasis { get; init; }
    public TierWindow TierWindow { get; init; }
    public DowngradePolicy Downgrade { get; init; } = DowngradePolicy.OneStep;

    /// <summary>So many days before a downgrade the customer is warned.</summary>
    public int DowngradeWarningDays { get; init; } = 30;

    /// <summary>From the lowest to the highest; the lowest begins at 0.</summary>
    public IReadOnlyList<TierRule> Tiers { get; init; } =
        [new("bronze", "Bronze", 0), new("silver", "Silver", 1_000), new("gold", "Gold", 5_000), new("platinum", "Platinum", 10_000)];

    /// <summary>The tier that an amount of the basis reaches.</summary>
    public TierRule TierAt(decimal amount) => Tiers.Last(t => amount >= t.Threshold || t == Tiers[0]);

    public TierRule? Tier(string? code) => Tiers.FirstOrDefault(t => t.Code == code);
}
