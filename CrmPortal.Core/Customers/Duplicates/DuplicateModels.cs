using CrmPortal.Core.Customers;

namespace CrmPortal.Core.Customers.Duplicates;

/// <summary>One of two customers who may be the same; what may not be seen is masked here.</summary>
/// <param name="Email">The primary one and the further ones, as a list in words.</param>
/// <param name="Phone">The same of phones.</param>
public sealed record DuplicateSide(
    long Id, string Number, string Name, string? Email, string? Phone, DateOnly? BirthDate, string? Address, OrderFigures Orders,
        DateTimeOffset CreatedAt, DateTimeOffset LastInteractionAt);

/// <summary>Two customers who may be the same person, and why.</summary>
public sealed record DuplicatePairDetails(long Id, int Score, IReadOnlyList<DuplicateReason> Reasons, DuplicateSide First,
    DuplicateSide Second);

/// <summary>What is known of somebody who is about to be created.</summary>
public sealed record DuplicateQuestion
{
    public string? GivenName { get; init; }
    public string? FamilyName { get; init; }
    public string? Email { get; init; }

    /// <summary>In any spelling.</summary>
    public string? Phone { get; init; }

    public string? ExternalId { get; init; }
    public DateOnly? DateOfBirth { get; init; }
    public AddressInput? Address { get; init; }
}

/// <summary>A customer who may be the one that is meant.</summary>
public sealed record DuplicateMatch(long CustomerId, string Number, string Name, int Score, IReadOnlyList<DuplicateReason> Reasons);

/// <summary>How the last comparison of all customers ended.</summary>
/// <param name="LargeBlocks">Values that so many customers share that not all of them were compared.</param>
public sealed record DuplicateScan(DateTimeOffset At, int Pairs, int LargeBlocks);
