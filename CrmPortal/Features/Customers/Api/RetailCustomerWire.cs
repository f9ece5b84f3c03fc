using System.ComponentModel;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.SelfService;

namespace CrmPortal.Features.Customers;

/// <summary>A customer as document 3 writes them. A field that is absent stays as it is; null clears it.</summary>
internal record RetailCustomerBody
{
    public Optional<string?> FirstName { get; init; }
    public Optional<string?> LastName { get; init; }

    [Description("Unique among customers, case-insensitive.")]
    public Optional<string?> Email { get; init; }

    [Description("Unique among customers; with country code, or in the format of the customer's country, else the shop's.")]
    public Optional<string?> Phone { get; init; }

    public Optional<DateOnly?> DateOfBirth { get; init; }

    [Description("Male, Female or Diverse, case-insensitive; null if not known.")]
    public Optional<string?> Gender { get; init; }

    [Description("The street; an address only needs a city.")]
    public Optional<string?> AddressLine1 { get; init; }

    public Optional<string?> AddressLine2 { get; init; }
    public Optional<string?> City { get; init; }
    public Optional<string?> State { get; init; }
    public Optional<string?> PostalCode { get; init; }

    [Description("The name or the ISO 3166-1 alpha-2 code, such as India or IN.")]
    public Optional<string?> Country { get; init; }

    [Description("Whether the customer agrees to advertising by e-mail; noted in the ledger of consents.")]
    public bool? EmailMarketingConsent { get; init; }

    [Description("Whether the customer agrees to advertising by SMS; noted in the ledger of consents.")]
    public bool? SmsMarketingConsent { get; init; }

    /// <param name="userId">The id of the customer in the system that sends them.</param>
    /// <param name="form">Where the customer said what they agree to.</param>
    /// <exception cref="RuleViolationException">The gender or the country is not known.</exception>
    public ProfileChanges Read(Optional<string?> userId, string form)
    {
        var errors = new List<FieldError>();
        var gender = GenderWords.Read(Gender, errors);
        var country = CountryWords.Read(Country, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        // The example of the document knows a city alone. That is stored; a street, a state or a postal code without a city is refused, so
        // that nothing is dropped.
        return new()
        {
            Fields = new()
            {
                GivenName = FirstName, FamilyName = LastName, Email = Email, Phone = Phone, DateOfBirth = DateOfBirth, Gender = gender,
                Country = country, ExternalId = userId,
            },
            Address = new()
            {
                Line1 = AddressLine1, Line2 = AddressLine2, City = City, State = State, PostalCode = PostalCode, Country = country,
            },
            EmailMarketing = EmailMarketingConsent, SmsMarketing = SmsMarketingConsent, Form = form,
        };
    }
}

/// <summary>A customer whom staff write down or change.</summary>
internal sealed record RetailCustomerInput : RetailCustomerBody
{
    [Description("The id of the customer's account in the system that sends them; kept as their external id.")]
    public Optional<string?> UserId { get; init; }

    public ProfileChanges Read() => Read(UserId, "API");
}

/// <summary>A customer who registers themselves.</summary>
internal sealed record RetailRegistrationBody : RetailCustomerBody
{
    [Description("At least 10 characters, and not one that everybody tries first.")]
    public string? Password { get; init; }

    public Registration Registration() => new(null, Password, Read(default, RegistrationService.Form));
}

/// <summary>Genders as the documents write them.</summary>
internal static class GenderWords
{
    public static Optional<Gender> Read(Optional<string?> word, List<FieldError> errors)
    {
        if (!word.IsPresent) return default;
        var gender = Gender.Unspecified;
        if (!string.IsNullOrWhiteSpace(word.Value) && !(word.Value.Trim().All(char.IsAsciiLetter)
            && Enum.TryParse(word.Value.Trim(), true, out gender))) errors.Add(new("Gender", "The gender is Male, Female or Diverse."));
        return gender;
    }
}

/// <summary>Countries as the documents write them.</summary>
internal static class CountryWords
{
    public static Optional<string?> Read(Optional<string?> word, List<FieldError> errors)
    {
        if (!word.IsPresent) return default;
        if (string.IsNullOrWhiteSpace(word.Value)) return new(null);
        var country = IsoCodes.CountryOf(word.Value);
        if (country is null)
            errors.Add(new("Country", "This is neither the name nor the code of a country, such as India or IN."));
        return country;
    }
}

/// <summary>
/// A customer with the names of document 3. E-mail, phone, street and date of birth are masked for those who may not see them; the
/// address is the one that stands first among theirs.
/// </summary>
internal sealed record RetailCustomerAnswer
{
    public required OpaqueId Id { get; init; }
    public required string CustomerNumber { get; init; }
    public required string? FirstName { get; init; }
    public required string? LastName { get; init; }
    public required string? Email { get; init; }
    public required string? Phone { get; init; }
    public required DateOnly? DateOfBirth { get; init; }
    public required string? Gender { get; init; }
    public required string? AddressLine1 { get; init; }
    public required string? AddressLine2 { get; init; }
    public required string? City { get; init; }
    public required string? State { get; init; }
    public required string? PostalCode { get; init; }

    [Description("ISO 3166-1 alpha-2.")]
    public required string? Country { get; init; }

    public required string? UserId { get; init; }
    public required bool IsActive { get; init; }
    public required bool EmailVerified { get; init; }
    public required bool PhoneVerified { get; init; }
    public required bool EmailMarketingConsent { get; init; }
    public required bool SmsMarketingConsent { get; init; }

    [Description("bronze, silver, gold or platinum; null if not a member yet.")]
    public required string? LoyaltyTier { get; init; }

    [Description("Points available to spend now.")]
    public required long LoyaltyPoints { get; init; }

    public required int TotalOrders { get; init; }
    public required decimal TotalSpent { get; init; }
    public required decimal? AverageOrderValue { get; init; }
    public required DateTimeOffset? FirstOrderDate { get; init; }
    public required DateTimeOffset? LastOrderDate { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <param name="points">Those that can be spent now.</param>
    /// <param name="currency">The shop's base currency.</param>
    public static RetailCustomerAnswer Of(CustomerDetails c, long points, string currency)
    {
        var address = c.Addresses.Count > 0 ? c.Addresses[0] : null;
        return new()
        {
            Id = new(c.Id), CustomerNumber = c.Number, FirstName = c.GivenName, LastName = c.FamilyName, Email = c.Email,
                Phone = c.Phone, DateOfBirth = c.DateOfBirth,
            Gender = c.Gender == Core.Customers.Gender.Unspecified ? null : c.Gender.ToString(),
            AddressLine1 = Known(address?.Line1), AddressLine2 = address?.Line2, City = Known(address?.City), State = address?.State,
                PostalCode = address?.PostalCode, Country = Known(address?.Country) ?? c.Country,
            UserId = c.ExternalId, IsActive = c.Status == CustomerStatus.Active, EmailVerified = c.EmailVerifiedAt is not null,
                PhoneVerified = c.PhoneVerifiedAt is not null,
            EmailMarketingConsent = c.EmailMarketing, SmsMarketingConsent = c.SmsMarketing, LoyaltyTier = c.Tier,
                LoyaltyPoints = points,
            TotalOrders = c.Orders.Count, TotalSpent = Money.ToDecimal(c.Orders.Spent, currency),
                AverageOrderValue = c.Orders.Average is { } average ? Money.ToDecimal(average, currency) : null,
            FirstOrderDate = c.Orders.FirstAt, LastOrderDate = c.Orders.LastAt, CreatedAt = c.CreatedAt, UpdatedAt = c.UpdatedAt,
        };

        // An address of which only the city is known has blanks for the rest.
        static string? Known(string? part) => string.IsNullOrEmpty(part) ? null : part;
    }
}
