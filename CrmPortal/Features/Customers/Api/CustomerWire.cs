using System.ComponentModel;
using System.Text.Json.Serialization;
using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.Customers;

/// <summary>What a program may set on a customer. A field that is absent stays as it is; null clears it.</summary>
internal sealed record CustomerInput
{
    [Description("The full name, instead of first_name and last_name; the last word is the family name.")]
    public Optional<string?> Name { get; init; }

    public Optional<string?> FirstName { get; init; }
    public Optional<string?> LastName { get; init; }

    [Description("Unique among customers, case-insensitive.")]
    public Optional<string?> Email { get; init; }

    [Description("Unique among customers; with country code, or in the format of the shop's country.")]
    public Optional<string?> Phone { get; init; }

    public Optional<string?> ExternalId { get; init; }

    [Description("The card number shown at the till; unique among customers. Orders are matched to customers by it.")]
    public Optional<string?> LoyaltyCard { get; init; }

    public Optional<DateOnly?> DateOfBirth { get; init; }
    public Optional<Gender> Gender { get; init; }

    [Description("BCP 47, such as en.")]
    public Optional<string?> Language { get; init; }

    [Description("ISO 4217, such as EUR.")]
    public Optional<string?> Currency { get; init; }

    [Description("ISO 3166-1 alpha-2 of the country that the customer lives in, such as GB.")]
    public Optional<string?> Country { get; init; }

    public Optional<CustomerSource> Source { get; init; }

    [Description("The name the customer prefers to be called.")]
    public Optional<string?> PreferredName { get; init; }

    [Description("IANA name, such as Europe/Madrid.")]
    public Optional<string?> TimeZone { get; init; }

    [Description("The contact hours in the customer's own time zone, such as 09:00:00; both or neither.")]
    public Optional<TimeOnly?> ContactFrom { get; init; }

    public Optional<TimeOnly?> ContactUntil { get; init; }

    [Description("The id of the member of staff who looks after the customer.")]
    public Optional<long?> PreferredAgentId { get; init; }

    public Optional<SubscriptionState> SubscriptionState { get; init; }

    [Description(
        "Values of custom fields by key, as text: 12.5, 2026-12-31, yes; null clears one. Absent keys stay as they are.")]
    public Optional<Dictionary<string, string?>?> CustomFields { get; init; }

    [Description("All tags that the customer will have.")]
    public Optional<IReadOnlyList<string>?> Tags { get; init; }

    /// <exception cref="ApiException">Both the whole name and its parts are given.</exception>
    public CustomerChanges Changes()
    {
        if (Name.IsPresent && (FirstName.IsPresent || LastName.IsPresent))
            throw ApiException.BadField("name", "Give either name, or first_name and last_name.");
        var (given, family) = Name.IsPresent ? Split(Name.Value) : (FirstName, LastName);
        return new()
        {
            GivenName = given, FamilyName = family, Email = Email, Phone = Phone, ExternalId = ExternalId, LoyaltyCard = LoyaltyCard,
                DateOfBirth = DateOfBirth, Gender = Gender,
            Language = Language, Currency = Currency, Country = Country, Source = Source, Tags = Tags.IsPresent
                ? new(Tags.Value ?? []) : default,
            PreferredName = PreferredName, TimeZone = TimeZone, ContactFrom = ContactFrom, ContactUntil = ContactUntil,
                PreferredAgentId = PreferredAgentId, Subscription = SubscriptionState,
            Fields = CustomFields.Value is { } own ? new(own) : default,
        };
    }

    private static (Optional<string?> Given, Optional<string?> Family) Split(string? name)
    {
        var words = (name ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length switch
        {
            0 => (new Optional<string?>(null), new Optional<string?>(null)),
            1 => (words[0], new Optional<string?>(null)),
            _ => (string.Join(' ', words[..^1]), words[^1]),
        };
    }
}

/// <summary>A customer in full. E-mail, phone, street and date of birth are masked for those who may not see them.</summary>
internal sealed record CustomerAnswer
{
    /// <summary>After a change, the sentence that the customer module's document prints.</summary>
    [JsonPropertyOrder(-1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Message { get; init; }

    public required long Id { get; init; }
    public required string Number { get; init; }
    public required string Name { get; init; }
    public required string? FirstName { get; init; }
    public required string? LastName { get; init; }
    public required string? Email { get; init; }
    public required string? Phone { get; init; }
    public required string? ExternalId { get; init; }
    public required DateOnly? DateOfBirth { get; init; }
    public required Gender Gender { get; init; }
    public required string Language { get; init; }
    public required string? Currency { get; init; }
    public required string? Country { get; init; }
    public required CustomerSource Source { get; init; }
    public required CustomerStatus Status { get; init; }
    public required string? BlockReason { get; init; }
    public required bool IsVip { get; init; }
    public required string? VipReason { get; init; }
    public required bool IsMasked { get; init; }
    public string? PreferredName { get; init; }
    public string? LoyaltyCard { get; init; }
    public bool EmailVerified { get; init; }
    public bool PhoneVerified { get; init; }
    public bool EmailMarketing { get; init; }
    public bool SmsMarketing { get; init; }
    public string? TimeZone { get; init; }
    public TimeOnly? ContactFrom { get; init; }
    public TimeOnly? ContactUntil { get; init; }
    public long? PreferredAgentId { get; init; }
    public SubscriptionState SubscriptionState { get; init; }
    public DateTimeOffset FirstContactAt { get; init; }

    [Description("The customer's custom fields; sensitive ones only with permission to see them.")]
    public IReadOnlyDictionary<string, string> CustomFields { get; init; } = new Dictionary<string, string>();

    [Description("Paid orders.")]
    public required int TotalOrders { get; init; }

    [Description("Paid orders less refunds, in the shop's currency.")]
    public required decimal TotalSpent { get; init; }

    [Description("Amount spent per paid order; null if there is none.")]
    public required decimal? AverageOrderValue { get; init; }

    public required DateTimeOffset? FirstOrderDate { get; init; }
    public required DateTimeOffset? LastOrderDate { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public required IReadOnlyList<AddressDetails> Addresses { get; init; }
    public required IReadOnlyList<ContactPointDetails> Contacts { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required DateTimeOffset LastInteractionAt { get; init; }
    public required long Version { get; init; }

    /// <param name="currency">The shop's base currency.</param>
    public static CustomerAnswer Of(CustomerDetails c, string currency) => new()
    {
        Id = c.Id, Number = c.Number, Name = c.DisplayName, FirstName = c.GivenName, LastName = c.FamilyName, Email = c.Email,
            Phone = c.Phone, ExternalId = c.ExternalId,
        DateOfBirth = c.DateOfBirth, Gender = c.Gender, Language = c.Language, Currency = c.Currency, Country = c.Country,
            Source = c.Source, Status = c.Status, BlockReason = c.BlockReason,
        IsVip = c.IsVip, VipReason = c.VipReason, IsMasked = c.IsMasked,
        TotalOrders = c.Orders.Count, TotalSpent = Money.ToDecimal(c.Orders.Spent, currency),
            AverageOrderValue = c.Orders.Average is { } average ? Money.ToDecimal(average, currency) : null,
        FirstOrderDate = c.Orders.FirstAt, LastOrderDate = c.Orders.LastAt, Tags = [.. c.Tags.Select(t => t.Name)], Addresses = c.Addresses,
            Contacts = c.ContactPoints,
        CreatedAt = c.CreatedAt, UpdatedAt = c.UpdatedAt, LastInteractionAt = c.LastInteractionAt, Version = c.Version,
        PreferredName = c.PreferredName, LoyaltyCard = c.LoyaltyCard, EmailVerified = c.EmailVerifiedAt is not null,
            PhoneVerified = c.PhoneVerifiedAt is not null, EmailMarketing = c.EmailMarketing, SmsMarketing = c.SmsMarketing,
        TimeZone = c.TimeZone, ContactFrom = c.ContactFrom, ContactUntil = c.ContactUntil, PreferredAgentId = c.PreferredAgentId,
            SubscriptionState = c.Subscription, FirstContactAt = c.FirstContactAt,
    };
}

/// <summary>What is left of a deleted customer.</summary>
/// <param name="Message">The sentence that the customer module's document prints.</param>
/// <param name="Id">The id that they had.</param>
/// <param name="Permanent">Whether they are gone permanently, or are in the trash.</param>
internal sealed record CustomerDeletedAnswer(string Message, long Id, bool Permanent);

/// <summary>A line of the list.</summary>
internal sealed record CustomerLine(
    long Id, string Number, string Name, string? Email, string? Phone, CustomerStatus Status, bool IsVip, CustomerSource Source,
        string Language, string? City, string? Country,
    int TotalOrders, decimal TotalSpent, decimal? AverageOrderValue, DateTimeOffset? FirstOrderDate, DateTimeOffset? LastOrderDate,
        IReadOnlyList<string> Tags, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset LastInteractionAt, long Version)
{
    /// <param name="currency">The shop's base currency.</param>
    public static CustomerLine Of(CustomerRow row, string currency) => new(
        row.Id, row.Number, row.DisplayName, row.Email, row.Phone, row.Status, row.IsVip, row.Source, row.Language, row.City, row.Country,
        row.Orders.Count, Money.ToDecimal(row.Orders.Spent, currency), row.Orders.Average is { } average
            ? Money.ToDecimal(average, currency) : null, row.Orders.FirstAt, row.Orders.LastAt,
        row.Tags, row.CreatedAt, row.UpdatedAt, row.LastInteractionAt, row.Version);
}
