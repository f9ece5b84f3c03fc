using CrmPortal.Core.Audit;
using CrmPortal.Core.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers;

/// <summary>Somebody around the customer who is no customer himself: who opens the door, who pays, whom to call.</summary>
public sealed class ContactPerson : ICustomerOwned, IVersioned
{
    public const int RoleLength = 100;

    public long Id { get; internal init; }
    public long CustomerId { get; set; }
    public string? GivenName { get; set; }
    public string? FamilyName { get; set; }

    /// <summary>What he is to the customer, in the words of the shop.</summary>
    public string? Role { get; set; }

    public string? Email { get; set; }

    /// <summary>E.164.</summary>
    public string? Phone { get; set; }

    /// <summary>Whether he is the one to ask first; one at most.</summary>
    public bool IsMain { get; set; }

    public long Version { get; set; }
}

internal sealed class ContactPersonConfiguration : IEntityTypeConfiguration<ContactPerson>
{
    public void Configure(EntityTypeBuilder<ContactPerson> builder)
    {
        builder.ToTable("ContactPersons");
        builder.Property(p => p.GivenName).HasMaxLength(CustomerRules.NameLength);
        builder.Property(p => p.FamilyName).HasMaxLength(CustomerRules.NameLength);
        builder.Property(p => p.Role).HasMaxLength(ContactPerson.RoleLength);
        builder.Property(p => p.Email).HasMaxLength(CustomerRules.EmailLength);
        builder.Property(p => p.Phone).HasMaxLength(PhoneNumber.LongestStored);
        builder.HasOne<Customer>().WithMany(c => c.ContactPersons).HasForeignKey(p => p.CustomerId);
    }
}
