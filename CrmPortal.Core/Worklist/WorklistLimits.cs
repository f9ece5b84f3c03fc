namespace CrmPortal.Core.Worklist;

/// <summary>From when on a rule speaks. The page states them.</summary>
public static class WorklistLimits
{
    /// <summary>So many customers are on the list at most: those with the most at stake.</summary>
    public const int MostEntries = 500;

    /// <summary>So many candidates of each rule are looked at.</summary>
    public const int MostOfARule = 200;

    /// <summary>Days ahead within which a birthday is told.</summary>
    public const int BirthdayDays = 7;

    /// <summary>Days ahead within which points that expire and tiers that end are told.</summary>
    public const int DaysAhead = 30;

    /// <summary>So many points at least must be about to expire.</summary>
    public const int FewestPoints = 200;

    /// <summary>Days after which somebody who has reached a tier is no news any more.</summary>
    public const int TierNewsDays = 7;

    /// <summary>Days without contact after which a VIP should hear from the shop.</summary>
    public const int VipDays = 60;

    /// <summary>Days after the typical gap in which a second order is still likely enough to ask for.</summary>
    public const int SecondOrderDays = 60;

    /// <summary>A claim that is older is nobody's any more.</summary>
    public const int ClaimHours = 2;

    /// <summary>Days for which a customer is left alone once somebody has contacted them.</summary>
    public const int QuietDaysAfterDone = 30;

    /// <summary>Days for which an entry that was of no use does not come back.</summary>
    public const int QuietDaysAfterNotUseful = 90;

    /// <summary>An entry can be put off by so many days at most.</summary>
    public const int MostDaysLater = 365;
}
