namespace CrmPortal.Core.Loyalty;

/// <summary>Where a customer is on the ladder.</summary>
/// <param name="Until">Of a tier that was given: the first instant at which it no longer holds.</param>
internal sealed record TierStatus(string? Tier, bool IsGiven, DateTimeOffset? Until);

/// <summary>What was given or taken before, as far as it bears on the next step.</summary>
/// <param name="Floor">A tier that was given and still holds: nobody falls below it.</param>
/// <param name="LoweredAt">The day of the last step down.</param>
internal sealed record TierHistory(string? Floor, DateOnly? LoweredAt)
{
    public static readonly TierHistory None = new(null, null);
}

/// <summary>The rules by which tiers rise and fall: pure, the same for a booking, the nightly review and its warnings.</summary>
internal static class TierSteps
{
    /// <summary>The step that is due, or null. A tier that was given holds until its end; a step down waits for the policy.</summary>
    public static (string To, TierCause Cause)? Due(ProgrammeRules rules, TierStatus place, decimal amount, TierHistory past,
        DateOnly today, DateTimeOffset now)
    {
        var reached = rules.TierAt(amount);
        if (place is { IsGiven: true, Until: { } end } && end <= now) return (reached.Code, TierCause.ManualEnded);
        var present = IndexOf(rules, place.Tier);
        var aim = IndexOf(rules, reached.Code);
        if (aim > present) return (reached.Code, TierCause.Automatic);
        if (aim == present || place.IsGiven) return null;
        if (rules.Downgrade == DowngradePolicy.Never) return null;
        if (rules.Downgrade == DowngradePolicy.OneStep)
        {
            if (past.LoweredAt is { } lowered && !IsOver(rules.TierWindow, lowered, today)) return null;
            aim = present - 1;
        }

        aim = Math.Max(aim, IndexOf(rules, past.Floor));
        return aim < present ? (rules.Tiers[aim].Code, TierCause.Downgrade) : null;
    }

    /// <summary>The place of a tier on the ladder; -1 for none and for one that the ladder no longer has.</summary>
    public static int IndexOf(ProgrammeRules rules, string? code)
    {
        for (var i = 0; i < rules.Tiers.Count; i++)
        {
            if (rules.Tiers[i].Code == code) return i;
        }

        return -1;
    }

    /// <summary>"One step" is one step a year: within the calendar year where that is counted, else within twelve months.</summary>
    public static bool IsOver(TierWindow window, DateOnly lowered, DateOnly today) =>
        window == TierWindow.CalendarYear ? today.Year > lowered.Year : today >= lowered.AddYears(1);
}
