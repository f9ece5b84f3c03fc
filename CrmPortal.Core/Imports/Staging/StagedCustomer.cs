using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>That somebody agreed to advertising by a channel, or objected to it.</summary>
internal sealed record StagedWish(Channel Channel, bool IsGiven);

/// <summary>A customer as a row gives them; null is a blank cell, which leaves a record's value as it is.</summary>
internal sealed record StagedCustomer
{
    public string? Number { get; init; }
    public string? GivenName { get; init; }
    public string? FamilyName { get; init; }

    /// <summary>The whole name, where given and family name were taken from it; it may be how a record is shown and not what it
    /// holds.</summary>
    public string? FullName { get; init; }

    public string? Email { get; init; }
    public string? Phone { get; init; }

    /// <summary>E-mails beside the own one.</summary>
    public IReadOnlyList<string>? FurtherEmails { get; init; }

    /// <summary>Phones beside the own one.</summary>
    public IReadOnlyList<string>? FurtherPhones { get; init; }

    public string? ExternalId { get; init; }
    public string? LoyaltyCard { get; init; }
    public DateOnly? DateOfBirth { get; init; }
    public Gender? Gender { get; init; }
    public string? Language { get; init; }
    public string? Currency { get; init; }
    public string? Country { get; init; }
    public CustomerSource? Source { get; init; }
    public bool? IsVip { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public string? Line1 { get; init; }
    public string? Line2 { get; init; }
    public string? City { get; init; }
    public string? State { get; init; }
    public string? PostalCode { get; init; }

    /// <summary>Key of a field that the shop added → its value in the form in which it is kept.</summary>
    public IReadOnlyDictionary<string, string>? OwnFields { get; init; }

    /// <summary>What the row says of advertising.</summary>
    public IReadOnlyList<StagedWish>? Wishes { get; init; }

    /// <summary>When that was said, where the file says so.</summary>
    public DateTimeOffset? WishedAt { get; init; }

    public string? Note { get; init; }

    /// <summary>The points that the customer brings along.</summary>
    public long? Points { get; init; }

    /// <summary>Whether the row brings what is not of the customer's own record.</summary>
    [System.Text.Json.Serialization.JsonIgnore] public bool BringsMore => Wishes is not null || Note is not null || Points > 0;

    /// <summary>What was left out of the row, such as a country that is none.</summary>
    public IReadOnlyList<ImportNotice>? Notices { get; init; }

    public bool HasName => GivenName is not null || FamilyName is not null || Email is not null || Phone is not null
        || ExternalId is not null;

    /// <summary>The value by which the customer is matched, folded as the database compares it.</summary>
    public string? KeyOf(MatchKey match) => match switch
    {
        MatchKey.Number => Number,
        MatchKey.Email => Email?.ToLowerInvariant(),
        MatchKey.Phone => Phone,
        MatchKey.Name => NameKey,
        _ => ExternalId,
    };

    /// <summary>The name as customers are sorted by it.</summary>
    private string? NameKey => (GivenName, FamilyName) switch
    {
        (null, null) => null,
        (_, null) => Customer.SortNameOf(GivenName),
        _ => Customer.SortNameOf($"{FamilyName} {GivenName}"),
    };
}
