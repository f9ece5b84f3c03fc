using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Search;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers;

internal sealed class CustomerConfiguration : IEntityTypeConfiguration<Customer>
{
    private const string NotDeleted = "\"DeletedAt\" IS NULL";

    public void Configure(EntityTypeBuilder<Customer> builder)
    {
        builder.ToTable("Customers");
        builder.Property(c => c.Number).HasMaxLength(24);
        builder.Property(c => c.GivenName).HasMaxLength(CustomerRules.NameLength);
        builder.Property(c => c.FamilyName).HasMaxLength(CustomerRules.NameLength);
        builder.Property(c => c.PreferredName).HasMaxLength(CustomerRules.NameLength);
        builder.Property(c => c.TimeZone).HasMaxLength(CustomerRules.TimeZoneLength);
        builder.Property(c => c.InactiveReason).HasMaxLength(CustomerRules.ReasonLength);
        builder.Property(c => c.Subscription).HasConversion<string>().HasMaxLength(10);
        builder.HasOne(c => c.PreferredAgent).WithMany().HasForeignKey(c => c.PreferredAgentId).OnDelete(DeleteBehavior.SetNull);
        builder.HasOne<Customer>().WithMany().HasForeignKey(c => c.MergedIntoId).OnDelete(DeleteBehavior.SetNull);
        builder.Property(c => c.DisplayName).HasMaxLength(CustomerRules.DisplayNameLength);
        builder.Property(c => c.Email).HasMaxLength(CustomerRules.EmailLength);
        builder.Property(c => c.EmailKey).HasMaxLength(CustomerRules.EmailLength);
        builder.Property(c => c.Phone).HasMaxLength(PhoneNumber.LongestStored);
        builder.Property(c => c.ExternalId).HasMaxLength(CustomerRules.ExternalIdLength);
        builder.Property(c => c.LoyaltyCard).HasMaxLength(Customer.LoyaltyCardLength);
        builder.Property(c => c.Tier).HasMaxLength(Customer.TierLength);
        builder.Property(c => c.Gender).HasConversion<string>().HasMaxLength(12);
        builder.Property(c => c.Language).HasMaxLength(10);
        builder.Property(c => c.Currency).HasMaxLength(3);
        builder.Property(c => c.Country).HasMaxLength(2);
        builder.Property(c => c.Source).HasConversion<string>().HasMaxLength(12);
        builder.Property(c => c.Status).HasConversion<string>().HasMaxLength(10);
        builder.Property(c => c.StatusBeforeDelete).HasConversion<string>().HasMaxLength(10);
        builder.Property(c => c.BlockReason).HasMaxLength(CustomerRules.ReasonLength);
        builder.Property(c => c.VipReason).HasMaxLength(CustomerRules.ReasonLength);

        builder.HasIndex(c => c.Number).IsUnique();
        builder.HasIndex(c => c.EmailKey).IsUnique().HasFilter($"{NotDeleted} AND \"EmailKey\" IS NOT NULL");
        builder.HasIndex(c => c.Phone).IsUnique().HasFilter($"{NotDeleted} AND \"Phone\" IS NOT NULL");
        builder.HasIndex(c => c.ExternalId).HasFilter("\"ExternalId\" IS NOT NULL");

        // The list: one index for each order it offers; the key breaks ties. They leave the trash out, and still hold its column at
        // the end: SQLite reads keys from an index alone only where every column that is asked for is in it.
        builder.HasIndex(c => new { c.Id, c.DeletedAt }).HasFilter(NotDeleted);
        builder.HasIndex(c => new { c.SortName, c.Id, c.DeletedAt }).HasFilter(NotDeleted);
        builder.HasIndex(c => new { c.LastInteractionAt, c.Id, c.DeletedAt }).HasFilter(NotDeleted);
        builder.HasIndex(c => new { c.UpdatedAt, c.Id, c.DeletedAt }).HasFilter(NotDeleted);
        // The order by e-mail is that of the unique index, with those who have none behind it: a second index of the e-mails was the
        // dearest of all for a new customer, whose place in it is anywhere.
        builder.HasIndex(c => c.Id, "IX_Customers_NoEmail").HasFilter($"{NotDeleted} AND \"EmailKey\" IS NULL");
        builder.HasIndex(c => new { c.Status, c.Id, c.DeletedAt }).HasFilter(NotDeleted);
        builder.HasIndex(c => new { c.CreatedAt, c.Id, c.DeletedAt }).HasFilter(NotDeleted);
        builder.HasIndex(c => new { c.OrderCount, c.Id, c.DeletedAt }).HasFilter(NotDeleted);
        builder.HasIndex(c => new { c.TotalSpent, c.Id, c.DeletedAt }).HasFilter(NotDeleted);
        builder.HasIndex(c => new { c.AverageOrder, c.Id, c.DeletedAt }).HasFilter(NotDeleted);
        // With what scores are made of: everybody is scored from this index alone.
        builder.HasIndex(c => new { c.LastOrderAt, c.Id, c.DeletedAt, c.OrderCount, c.TotalSpent })
            .HasDatabaseName("IX_Customers_LastOrderAt_Id_DeletedAt").HasFilter(NotDeleted);
        builder.HasIndex(c => new { c.FirstOrderAt, c.Id, c.DeletedAt }).HasFilter(NotDeleted);
        builder.HasIndex(c => c.Id).HasDatabaseName("IX_Customers_Vip").HasFilter($"{NotDeleted} AND \"IsVip\"");
        builder.HasIndex(c => new { c.OpenTickets, c.Id }).HasFilter($"{NotDeleted} AND \"OpenTickets\" > 0");
        builder.HasIndex(c => new { c.DeletedAt, c.Id }).HasFilter("\"DeletedAt\" IS NOT NULL");
        builder.HasIndex(c => new { c.Birthday, c.Id }).HasFilter($"{NotDeleted} AND \"Birthday\" IS NOT NULL");
        builder.HasIndex(c => new { c.PreferredAgentId, c.Id }).HasFilter("\"PreferredAgentId\" IS NOT NULL");
        builder.HasIndex(c => new { c.Points, c.Id, c.DeletedAt }).HasFilter(NotDeleted);
        builder.HasIndex(c => new { c.Tier, c.Id, c.DeletedAt }).HasFilter($"{NotDeleted} AND \"Tier\" IS NOT NULL");
        builder.HasIndex(c => c.TierUntil).HasFilter("\"TierUntil\" IS NOT NULL");
        builder.HasIndex(c => c.LoyaltyCard).IsUnique().HasFilter($"{NotDeleted} AND \"LoyaltyCard\" IS NOT NULL");
        builder.HasIndex(c => c.MergedIntoId).HasFilter("\"MergedIntoId\" IS NOT NULL");
    }
}
