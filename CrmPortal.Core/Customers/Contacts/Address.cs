using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Search;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers;

public enum AddressType { Billing, Shipping, Service }

[AuditName("Address", Label = "Address", PluralLabel = "Addresses")]
[OpenFields("CustomerId", "Type", "IsDefault", "GivenName", "FamilyName", "City", "State", "PostalCode", "Country", "VerifiedAt",
    "VerifiedByName")]
public sealed class Address : ICustomerOwned, IVersioned
{
    internal const int PlaceKeyLength = 200;

    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    public Customer? Customer { get; set; }
    [AuditLabel("Kind")] public AddressType Type { get; set; }
    [AuditLabel("Default")] public bool IsDefault { get; set; }

    /// <summary>The recipient, if it is not the customer.</summary>
    [AuditLabel("First name")] public string? GivenName { get; set; }

    [AuditLabel("Last name")] public string? FamilyName { get; set; }

    /// <summary>Where the recipient can be called about what comes; E.164.</summary>
    [Sensitive, AuditLabel("Phone")] public string? Phone { get; set; }

    [Sensitive, AuditLabel("Street")] public required string Line1 { get; set; }
    [Sensitive, AuditLabel("Address, second line")] public string? Line2 { get; set; }
    [AuditLabel("City")] public required string City { get; set; }
    [AuditLabel("State or county")] public string? State { get; set; }
    [AuditLabel("Postal code")] public string? PostalCode { get; set; }

    /// <summary>ISO 3166-1 alpha-2.</summary>
    [AuditLabel("Country")] public required string Country { get; set; }

    /// <summary>Degrees north, WGS 84.</summary>
    [Sensitive, AuditLabel("Latitude")] public double? Latitude { get; set; }

    /// <summary>Degrees east, WGS 84.</summary>
    [Sensitive, AuditLabel("Longitude")] public double? Longitude { get; set; }

    /// <summary>When somebody made sure that the address is right; a changed address is unverified again.</summary>
    [AuditLabel("Verified")] public DateTimeOffset? VerifiedAt { get; set; }

    [AuditLabel("Verified by")] public string? VerifiedByName { get; set; }
    public long Version { get; set; }

    /// <summary>The city folded, so that both databases compare alike.</summary>
    [NotAudited] public string CityKey { get; private set; } = "";

    /// <summary>
    /// Street, postal code and country folded: equal for people who live together, however they spell it; empty without a street, since a
    /// city is no place where people live together.
    /// </summary>
    [NotAudited] public string PlaceKey { get; private set; } = "";

    /// <summary>
    /// Whether a stored key names a place; those of addresses without a street, from before they had none, end with its mark.
    /// </summary>
    internal static bool IsPlace(string key) => key.Length > 0 && !key.EndsWith('|');

    internal void Derive()
    {
        CityKey = FoldCity(City);
        var street = string.Concat(SearchText.Fold(Line1).Where(char.IsLetterOrDigit));
        PlaceKey = street.Length == 0
            ? "" : SearchText
            .Cut($"{Country}|{string.Concat((PostalCode ?? CityKey).Where(char.IsLetterOrDigit)).ToUpperInvariant()}|{street}",
            PlaceKeyLength);
    }

    /// <summary>The same address with a key, for writing in masses.</summary>
    internal Address Placed(long id, long customerId)
    {
        var placed = new Address { Id = id, CustomerId = customerId, Type = Type, IsDefault = IsDefault, GivenName = GivenName,
            FamilyName = FamilyName, Line1 = Line1, Line2 = Line2, City = City, State = State, PostalCode = PostalCode, Country = Country };
        placed.Derive();
        return placed;
    }

    /// <summary>The form in which cities are compared.</summary>
    internal static string FoldCity(string city) => SearchText.Cut(SearchText.Fold(city), CustomerRules.CityLength);
}

internal sealed class AddressConfiguration : IEntityTypeConfiguration<Address>
{
    public void Configure(EntityTypeBuilder<Address> builder)
    {
        builder.ToTable("Addresses");
        builder.Property(a => a.Type).HasConversion<string>().HasMaxLength(10);
        builder.Property(a => a.GivenName).HasMaxLength(CustomerRules.NameLength);
        builder.Property(a => a.FamilyName).HasMaxLength(CustomerRules.NameLength);
        builder.Property(a => a.Phone).HasMaxLength(PhoneNumber.LongestStored);
        builder.Property(a => a.VerifiedByName).HasMaxLength(200);
        builder.Property(a => a.PlaceKey).HasMaxLength(Address.PlaceKeyLength);
        builder.Property(a => a.Line1).HasMaxLength(200);
        builder.Property(a => a.Line2).HasMaxLength(200);
        builder.Property(a => a.City).HasMaxLength(CustomerRules.CityLength);
        builder.Property(a => a.CityKey).HasMaxLength(CustomerRules.CityLength);
        builder.Property(a => a.State).HasMaxLength(100);
        builder.Property(a => a.PostalCode).HasMaxLength(20);
        builder.Property(a => a.Country).HasMaxLength(2);
        builder.HasOne(a => a.Customer).WithMany(c => c.Addresses).HasForeignKey(a => a.CustomerId);
        // Said because the index below, which holds the defaults only, would pass for the one of the key to customers.
        builder.HasIndex(a => a.CustomerId);
        builder.HasIndex(a => new { a.CustomerId, a.Type }).IsUnique().HasFilter("\"IsDefault\"")
            .HasDatabaseName("IX_Addresses_OneDefault");
        builder.HasIndex(a => new { a.CityKey, a.CustomerId });
        builder.HasIndex(a => new { a.Country, a.CustomerId });
        builder.HasIndex(a => new { a.PlaceKey, a.CustomerId });
    }
}
