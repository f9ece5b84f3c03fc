using CrmPortal.Core.Customers;

namespace CrmPortal.Core.Segments;

/// <summary>What members of a group have.</summary>
/// <param name="DiscountPercent">Off each order, from 0 to 100.</param>
public sealed record GroupPerks(decimal DiscountPercent, bool PrioritySupport, bool FreeShipping)
{
    public bool IsNone => DiscountPercent == 0 && !PrioritySupport && !FreeShipping;
}

/// <summary>A group as pages show it.</summary>
/// <param name="Filter">The rules as the list of customers writes them; empty where members are added by hand only.</param>
/// <param name="Customers">How many are in it.</param>
public sealed record GroupDetails(long Id, string Name, string? Description, string Filter, GroupPerks Perks, DateTimeOffset CreatedAt,
    string CreatedByName, int Customers, DateTimeOffset? CountedAt, long Version);

/// <summary>What somebody types of a group.</summary>
public sealed record GroupInput(string? Name, string? Description, string? Filter, decimal DiscountPercent, bool PrioritySupport,
    bool FreeShipping);

/// <summary>The members of a group together.</summary>
/// <param name="Spent">In minor units of the base currency.</param>
/// <param name="New">Who came into it since the month began.</param>
/// <param name="ByHand">Who is in it because somebody said so.</param>
/// <param name="KeptOut">Who is kept out by hand.</param>
public sealed record GroupStatistics(int Members, long Spent, int Orders, int New, int ByHand, int KeptOut)
{
    public long? AverageOrder => Orders == 0 ? null : (long)Math.Round(Spent / (decimal)Orders, MidpointRounding.AwayFromZero);
}

/// <summary>A member of a group or a segment.</summary>
/// <param name="IsByHand">Whether somebody said that they are in it.</param>
public sealed record MemberDetails(long CustomerId, string Number, string Name, DateTimeOffset Since, MembershipCause Cause,
    string? ByName, bool IsByHand, OrderFigures Orders);

/// <summary>Somebody of whom it was said by hand that they are kept out.</summary>
public sealed record KeptOutDetails(long CustomerId, string Name, DateTimeOffset At, string ByName);

/// <summary>That somebody came into a segment or left it.</summary>
public sealed record MembershipEvent(long RowId, long CustomerId, string Name, bool Came, DateTimeOffset At, MembershipCause Cause,
    string? ByName)
{
    /// <summary>The place of this one in the history, behind which it goes on.</summary>
    public MembershipPlace Place => new(At, RowId, Came);
}

/// <summary>A place in the history of a segment: an instant, and which of its events.</summary>
public sealed record MembershipPlace(DateTimeOffset At, long RowId, bool Came);

/// <summary>A customer's time in a segment or a group.</summary>
/// <param name="Perks">Of a group; null of a segment.</param>
public sealed record CustomerMembership(long SegmentId, SegmentKind Kind, string Name, GroupPerks? Perks, DateTimeOffset Since,
    DateTimeOffset? Until, MembershipCause Cause, string? ByName, MembershipCause? EndCause, string? EndByName);
