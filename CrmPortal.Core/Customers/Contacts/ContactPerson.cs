using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers;

/// <summary>Somebody around the customer who is no customer themselves: who opens the door, who pays, whom to call.</summary>
[AuditName("ContactPerson", Label = "Person", PluralLabel = "Contact persons")]
[OpenFields("CustomerId", "GivenName", "FamilyName", "Role", "IsMain")]
public sealed class ContactPerson : ICustomerOwned, IVersioned
{
    public const int RoleLength = 100;

    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    [AuditLabel("First name")] public string? GivenName { get; set; }
    [AuditLabel("Last name")] public string? FamilyName { get; set; }

    /// <summary>What they are to the customer, in the words of the shop.</summary>
    [AuditLabel("Role")] public string? Role { get; set; }

    [Sensitive, AuditLabel("E-mail")] public string? Email { get; set; }

    /// <summary>E.164.</summary>
    [Sensitive, AuditLabel("Phone")] public string? Phone { get; set; }

    /// <summary>Whether they are the one to ask first; one at most.</summary>
    [AuditLabel("Main contact")] public bool IsMain { get; set; }

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
