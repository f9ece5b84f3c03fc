namespace CrmPortal.Core.Loyalty;

/// <summary>What one version makes of the orders.</summary>
/// <param name="Points">Points of the orders less what refunds reverse.</param>
/// <param name="FullCost">Points × value, if all of them are spent; minor units of the base currency.</param>
/// <param name="ExpectedCost">The same × the share of points that is expected to be spent.</param>
public sealed record WhatIfSide(long ProgrammeId, string Name, long Points, long FullCost, long ExpectedCost);

/// <param name="Month">Its first day.</param>
public sealed record WhatIfMonth(DateOnly Month, int Orders, long Draft, long Active);

/// <summary>How many customers would have another tier.</summary>
public sealed record WhatIfMove(string From, string To, int Customers);

/// <summary>A customer who would have another tier.</summary>
public sealed record WhatIfCustomer(long Id, string Name, string From, string To);

/// <summary>A draft run over past orders, beside the version that holds.</summary>
/// <param name="From">The first day that was counted.</param>
/// <param name="RedemptionRate">The share of points that is expected to be spent, from 0 to 1; see <see
/// cref="LoyaltyLiability.ExpectedRate"/>.</param>
/// <param name="Moves">From the tier by the active version to the one by the draft, as the orders reach them today.</param>
/// <param name="Customers">The first hundred of those who would move; their names are filled in when it is shown.</param>
public sealed record WhatIfResult(
    DateTimeOffset At, DateOnly From, DateOnly Until, int Orders, int Buyers, decimal RedemptionRate, WhatIfSide Draft, WhatIfSide Active,
    IReadOnlyList<WhatIfMonth> Months, IReadOnlyList<WhatIfMove> Moves, IReadOnlyList<WhatIfCustomer> Customers);

/// <summary>Where a what-if of a draft stands.</summary>
/// <param name="JobId">The run that waits or is at work.</param>
/// <param name="IsOutdated">Whether the result is one of other rules: the draft was changed since, or another version is in force.</param>
public sealed record WhatIfState(long? JobId, int Months, WhatIfResult? Result, bool IsOutdated);
