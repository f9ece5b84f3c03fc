namespace CrmPortal.Core.Loyalty;

/// <summary>Where a customer is on the ladder, and what the next step needs.</summary>
/// <param name="Tier">The code; null for who has never been on the ladder.</param>
/// <param name="IsGiven">Whether it was given by hand.</param>
/// <param name="Until">Of a given one: the first instant at which it no longer holds.</param>
/// <param name="Amount">What counts at this moment: major units of the base currency, or points.</param>
/// <param name="Reached">The tier that this amount reaches.</param>
/// <param name="Next">The next tier above the present one; null on the highest.</param>
/// <param name="Remaining">What is missing to it, in the same units; 0 on the highest.</param>
public sealed record TierStanding(
    long CustomerId, TierRule? Tier, bool IsGiven, DateTimeOffset? Until, TierBasis Basis, TierWindow Window, decimal Amount,
        TierRule Reached, TierRule? Next, decimal Remaining);

/// <summary>A dated step.</summary>
public sealed record TierChangeDetails(long Id, string? From, string To, TierCause Cause, string? Reason, DateTimeOffset At,
    DateTimeOffset? Until, string ActorName);

/// <summary>A tier to be given by hand.</summary>
public sealed record TierInput
{
    /// <summary>The code, such as <c>gold</c>.</summary>
    public string? Tier { get; init; }

    /// <summary>The last day of the shop on which it holds; without one it holds until it is taken.</summary>
    public DateOnly? Until { get; init; }

    public string? Reason { get; init; }
}

/// <summary>What a review of all tiers did.</summary>
public sealed record TierReviewResult(int Members, int Raised, int Lowered, int Warned);
