using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Customers;

/// <summary>What a person or a program may set on a customer; absent fields stay as they are.</summary>
public sealed record CustomerChanges
{
    public Optional<string?> GivenName { get; init; }
    public Optional<string?> FamilyName { get; init; }
    public Optional<string?> PreferredName { get; init; }
    public Optional<string?> Email { get; init; }
    public Optional<string?> Phone { get; init; }
    public Optional<string?> ExternalId { get; init; }

    /// <summary>What the customer shows at a till; unique among customers that are not in the trash.</summary>
    public Optional<string?> LoyaltyCard { get; init; }

    public Optional<DateOnly?> DateOfBirth { get; init; }
    public Optional<Gender> Gender { get; init; }
    public Optional<string?> Language { get; init; }
    public Optional<string?> Currency { get; init; }
    public Optional<string?> Country { get; init; }
    public Optional<CustomerSource> Source { get; init; }

    /// <summary>IANA name, such as <c>Europe/Madrid</c>.</summary>
    public Optional<string?> TimeZone { get; init; }

    /// <summary>The hours for contact in the customer's own time; both or neither.</summary>
    public Optional<TimeOnly?> ContactFrom { get; init; }

    public Optional<TimeOnly?> ContactUntil { get; init; }

    /// <summary>The member of staff who looks after the customer.</summary>
    public Optional<long?> PreferredAgentId { get; init; }

    public Optional<DateTimeOffset?> FirstContactAt { get; init; }
    public Optional<SubscriptionState> Subscription { get; init; }
    public Optional<IReadOnlyList<string>> Tags { get; init; }

    /// <summary>Values of the shop's own fields by their keys, as text that does not depend on a culture; null clears one.</summary>
    public Optional<IReadOnlyDictionary<string, string?>> Fields { get; init; }
}

public enum CustomerSort { Newest, Name, Email, LastInteraction, Updated, Orders, Spent, AverageOrder, LastOrder, Points, Tier }

/// <summary>Which customers a list shows, and in which order.</summary>
/// <param name="Search">Words, parts of words, an e-mail, a phone in any spelling, or a number.</param>
/// <param name="Filter">The text form of <see cref="Filtering.FilterExpression"/>.</param>
/// <param name="InTrash">The deleted ones instead of the others; for those who may delete and restore.</param>
public sealed record CustomerQuery(string? Search = null, string? Filter = null, CustomerSort Sort = CustomerSort.Newest,
    bool Descending = true, bool InTrash = false)
{
    /// <summary>By what those are sorted that are equal so far; for lists of at most <see cref="SecondOrder.MostRows"/>.</summary>
    public CustomerSort? Then { get; init; }

    public bool ThenDescending { get; init; }

    internal ListOrder<CustomerSort> Order => new(Sort, Descending, Then, ThenDescending);

    internal bool SortsBy(CustomerSort sort) => Sort == sort || Then == sort;

    /// <summary>Whether nothing narrows the list down: all customers outside the trash.</summary>
    internal bool IsEverything => string.IsNullOrWhiteSpace(Search) && string.IsNullOrWhiteSpace(Filter) && !InTrash;
}

/// <summary>A line of the customer list. E-mail and phone are masked for those who may not see them.</summary>
public sealed record CustomerRow(
    long Id, string Number, string DisplayName, string? Email, string? Phone, CustomerStatus Status, bool IsVip, CustomerSource Source,
        string Language,
    string? City, string? Country, IReadOnlyList<string> Tags, OrderFigures Orders,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset LastInteractionAt, DateTimeOffset? DeletedAt, long Version)
{
    public long Points { get; init; }

    /// <summary>The code of the step of the loyalty ladder; null for who has never been on it.</summary>
    public string? Tier { get; init; }

    /// <summary>Null for who has no order that counts.</summary>
    public RfmScores? Scores { get; init; }

    /// <summary>What they are expected to bring, in minor units of the base currency; null for who has no order that counts.</summary>
    public long? ExpectedValue { get; init; }

    /// <summary>The probability, from 0 to 1, that they still are a customer; null where it is unknown.</summary>
    public double? Alive { get; init; }

    /// <summary>
    /// Key of a field that the shop added → value as text that does not depend on a culture; those alone that were asked for.
    /// </summary>
    public IReadOnlyDictionary<string, string> OwnFields { get; init; } = new Dictionary<string, string>();
}

/// <summary>Whether a customer meets a rule of a filter.</summary>
/// <param name="Value">The customer's value, where the rule compares one that is in their own row.</param>
public sealed record RuleAnswer(bool IsMet, object? Value);

/// <summary>Everything that the customer page's head and cards show.</summary>
/// <param name="IsMasked">Whether e-mail, phone, date of birth and street are masked here.</param>
public sealed record CustomerDetails(
    long Id, string Number, string DisplayName, string? GivenName, string? FamilyName, string? Email, string? Phone, string? ExternalId,
        DateOnly? DateOfBirth,
    Gender Gender, string Language, string? Currency, string? Country, CustomerSource Source, CustomerStatus Status, string? BlockReason,
        bool IsVip, string? VipReason,
    OrderFigures Orders, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset LastInteractionAt, DateTimeOffset? DeletedAt,
        long Version, bool IsMasked,
    IReadOnlyList<TagName> Tags, IReadOnlyList<AddressDetails> Addresses, IReadOnlyList<ContactPointDetails> ContactPoints)
{
    public string? PreferredName { get; init; }
    public string? LoyaltyCard { get; init; }
    public DateTimeOffset? EmailVerifiedAt { get; init; }
    public DateTimeOffset? PhoneVerifiedAt { get; init; }
    public string? TimeZone { get; init; }
    public TimeOnly? ContactFrom { get; init; }
    public TimeOnly? ContactUntil { get; init; }
    public long? PreferredAgentId { get; init; }
    public long? AvatarId { get; init; }
    public string? InactiveReason { get; init; }
    public SubscriptionState Subscription { get; init; }
    public bool EmailMarketing { get; init; }
    public bool SmsMarketing { get; init; }

    /// <summary>The date since when they are a customer, never later than the first order or the record.</summary>
    public DateTimeOffset FirstContactAt { get; init; }

    public DateTimeOffset? VipSince { get; init; }

    /// <summary>The code of the step of the loyalty ladder; null for who has never been on it.</summary>
    public string? Tier { get; init; }
}

/// <summary>What a customer's orders come to; amounts in minor units of the shop's base currency.</summary>
/// <param name="Count">Paid orders.</param>
/// <param name="Spent">Paid orders less refunds.</param>
/// <param name="Average">Spent per paid order; null without one.</param>
public sealed record OrderFigures(int Count, long Spent, long? Average, DateTimeOffset? FirstAt, DateTimeOffset? LastAt);

/// <param name="Colour">Of <see cref="TagColours"/>, or null.</param>
public sealed record TagName(long Id, string Name, string? Colour = null);

public sealed record AddressDetails(long Id, AddressType Type, bool IsDefault, string Line1, string? Line2, string City, string? State,
    string? PostalCode, string Country)
{
    public string? GivenName { get; init; }
    public string? FamilyName { get; init; }

    /// <summary>Where the recipient can be called about what comes; E.164.</summary>
    public string? Phone { get; init; }

    public double? Latitude { get; init; }
    public double? Longitude { get; init; }
    public DateTimeOffset? VerifiedAt { get; init; }
    public string? VerifiedByName { get; init; }

    /// <summary>Rises with every change.</summary>
    public long Version { get; init; }
}

public sealed record AddressInput
{
    public AddressType Type { get; init; } = AddressType.Billing;
    public bool IsDefault { get; init; }
    public string? GivenName { get; init; }
    public string? FamilyName { get; init; }

    /// <summary>Where the recipient can be called about what comes.</summary>
    public string? Phone { get; init; }

    public string? Line1 { get; init; }
    public string? Line2 { get; init; }
    public string? City { get; init; }
    public string? State { get; init; }
    public string? PostalCode { get; init; }
    public string? Country { get; init; }

    /// <summary>Degrees north and east, WGS 84; both or neither.</summary>
    public double? Latitude { get; init; }

    public double? Longitude { get; init; }
}

/// <param name="VerifiedAt">When the customer showed that it is theirs.</param>
public sealed record ContactPointDetails(long Id, ContactKind Kind, string Value, string? Label, DateTimeOffset? VerifiedAt = null);

/// <param name="IsPrivate">Whether only its author sees it.</param>
public sealed record NoteDetails(long Id, string Text, bool IsPinned, string AuthorName, DateTimeOffset CreatedAt, bool IsMine,
    bool IsPrivate = false, DateTimeOffset? EditedAt = null, long Version = 0);

/// <summary>A customer after a change, with the change set by which the change can be undone.</summary>
public sealed record CustomerChangeResult(CustomerDetails Customer, long? ChangeSetId);

/// <summary>A part of a customer after a change.</summary>
public sealed record PartChangeResult<T>(T Part, long? ChangeSetId);

/// <summary>Fields that may not be seen by everyone and can be revealed one by one.</summary>
public enum SensitiveField { Email, Phone, DateOfBirth, Addresses, ContactPoints }

/// <summary>The customer who has an e-mail or phone that is about to be assigned to another.</summary>
public sealed record CustomerHolder(long Id, string Name);
