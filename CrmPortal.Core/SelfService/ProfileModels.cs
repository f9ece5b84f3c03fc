using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.SelfService;

/// <summary>What one form says of a customer: their own fields, the address that stands first, and whether they want advertising.</summary>
public sealed record ProfileChanges
{
    public CustomerChanges Fields { get; init; } = new();

    public AddressChanges Address { get; init; } = new();

    /// <summary>Whether they agree to advertising by e-mail; null where nothing is said.</summary>
    public bool? EmailMarketing { get; init; }

    /// <summary>Whether they agree to advertising by SMS; null where nothing is said.</summary>
    public bool? SmsMarketing { get; init; }

    /// <summary>Where they said what they agree to, for the ledger of consents.</summary>
    public string? Form { get; init; }
}

/// <summary>Parts of an address; absent parts stay as they are.</summary>
public sealed record AddressChanges
{
    public Optional<string?> Line1 { get; init; }
    public Optional<string?> Line2 { get; init; }
    public Optional<string?> City { get; init; }
    public Optional<string?> State { get; init; }
    public Optional<string?> PostalCode { get; init; }

    /// <summary>ISO 3166-1 alpha-2. Alone it makes no address.</summary>
    public Optional<string?> Country { get; init; }

    /// <summary>Whether more than a country is said.</summary>
    public bool HasPlace => Line1.IsPresent || Line2.IsPresent || City.IsPresent || State.IsPresent || PostalCode.IsPresent;

    /// <summary>Whether it says anything that could stand in an address of its own.</summary>
    internal bool IsBlank => new[] { Line1, Line2, City, State, PostalCode }.All(part => string.IsNullOrWhiteSpace(part.Value));

    /// <summary>The address with these parts changed; a new one where there is none.</summary>
    /// <param name="home">The country of the customer, for an address that names none.</param>
    internal AddressInput On(AddressDetails? present, string? home)
    {
        var country = Country.Or(present?.Country);
        return new()
        {
            Type = present?.Type ?? AddressType.Billing, IsDefault = present?.IsDefault ?? true, GivenName = present?.GivenName,
            FamilyName = present?.FamilyName, Phone = present?.Phone, Line1 = Line1.Or(present?.Line1), Line2 = Line2.Or(present?.Line2),
            City = City.Or(present?.City), State = State.Or(present?.State), PostalCode = PostalCode.Or(present?.PostalCode),
            Country = string.IsNullOrWhiteSpace(country) ? home : country, Latitude = present?.Latitude, Longitude = present?.Longitude,
        };
    }
}
