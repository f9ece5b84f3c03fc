using System.ComponentModel;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.Customers;

/// <summary>A new customer as document 3 writes them.</summary>
internal sealed record RetailCustomerBody
{
    public string? FirstName { get; init; }
    public string? LastName { get; init; }

    [Description("Unique among customers, case-insensitive.")]
    public string? Email { get; init; }

    [Description("Unique among customers; with country code, or in the format of the customer's country, else the shop's.")]
    public string? Phone { get; init; }

    public DateOnly? DateOfBirth { get; init; }

    [Description("Male, Female or Diverse, case-insensitive; null if not known.")]
    public string? Gender { get; init; }

    [Description("The street; an address only needs a city.")]
    public string? AddressLine1 { get; init; }

    public string? AddressLine2 { get; init; }
    public string? City { get; init; }
    public string? State { get; init; }
    public string? PostalCode { get; init; }

    [Description("The name or the ISO 3166-1 alpha-2 code, such as India or IN.")]
    public string? Country { get; init; }

    [Description("The id of the customer's account in the system that sends them; kept as their external id.")]
    public string? UserId { get; init; }

    /// <exception cref="RuleViolationException">The gender or the country is not known.</exception>
    public (CustomerChanges Customer, AddressInput? Address) Read()
    {
        var errors = new List<FieldError>();
        var gender = Core.Customers.Gender.Unspecified;
        if (!string.IsNullOrWhiteSpace(Gender)
            && !(Gender.Trim().All(char.IsAsciiLetter) && Enum.TryParse(Gender.Trim(), true, out gender))) errors
            .Add(new(nameof(Gender), "The gender is Male, Female or Diverse."));
        var country = string.IsNullOrWhiteSpace(Country) ? null : IsoCodes.CountryOf(Country);
        if (country is null && !string.IsNullOrWhiteSpace(Country))
            errors.Add(new(nameof(Country), "This is neither the name nor the code of a country, such as India or IN."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        var customer = new CustomerChanges
        {
            GivenName = FirstName, FamilyName = LastName, Email = Email, Phone = Phone, DateOfBirth = DateOfBirth, Gender = gender,
                Country = country, ExternalId = UserId,
        };
        // The example of the document knows a city alone. That is stored; a street, a state or a postal code without a city is refused, so
        // that nothing is dropped.
        var hasAddress = new[] { AddressLine1, AddressLine2, City, State, PostalCode }.Any(part => !string.IsNullOrWhiteSpace(part));
        return (customer, hasAddress
            ? new() { Line1 = AddressLine1, Line2 = AddressLine2, City = City, State = State, PostalCode = PostalCode, Country = country }
            : null);
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

    /// <param name="points">Null for a customer who has just been made.</param>
    /// <param name="currency">The shop's base currency.</param>
    public static RetailCustomerAnswer Of(CustomerDetails c, LoyaltyBalance? points, string currency)
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
            EmailMarketingConsent = c.EmailMarketing, SmsMarketingConsent = c.SmsMarketing, LoyaltyTier = points?.Tier,
                LoyaltyPoints = points?.Current ?? 0,
            TotalOrders = c.Orders.Count, TotalSpent = Money.ToDecimal(c.Orders.Spent, currency),
                AverageOrderValue = c.Orders.Average is { } average ? Money.ToDecimal(average, currency) : null,
            FirstOrderDate = c.Orders.FirstAt, LastOrderDate = c.Orders.LastAt, CreatedAt = c.CreatedAt, UpdatedAt = c.UpdatedAt,
        };

        // An address of which only the city is known has blanks for the rest.
        static string? Known(string? part) => string.IsNullOrEmpty(part) ? null : part;
    }
}
