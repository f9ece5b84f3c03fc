using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers;

/// <summary>A way to reach a customer.</summary>
public enum Channel { Email, Sms, Phone, Whatsapp, Post, Push }

/// <summary>What a message is about.</summary>
public enum MessageKind { Service, Marketing, Newsletter, Reminders, Surveys }

/// <summary>Whether a customer wants messages of a kind by a channel. What the law wants proof of is in the consents.</summary>
[AuditName("CommunicationPreference", Label = "Message preferences")]
[OpenFields("CustomerId", "Channel", "Kind", "IsOptedIn")]
public sealed class CommunicationPreference : ICustomerOwned
{
    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    [AuditLabel("Channel")] public Channel Channel { get; set; }
    [AuditLabel("About")] public MessageKind Kind { get; set; }
    [AuditLabel("Wanted")] public bool IsOptedIn { get; set; }
    [NotAudited] public DateTimeOffset ChangedAt { get; set; }
}

/// <summary>Something that a customer likes or wants: a type, a key and a value, such as delivery, day, Friday.</summary>
[AuditName("Preference", Label = "Preference", PluralLabel = "Preferences")]
[OpenFields("CustomerId", "Type", "Key")]
public sealed class Preference : ICustomerOwned
{
    public const int WordLength = 60;
    public const int ValueLength = 500;

    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    [AuditLabel("Type")] public required string Type { get; set; }
    [AuditLabel("Name")] public required string Key { get; set; }
    [Sensitive, AuditLabel("Value")] public required string Value { get; set; }
}

internal sealed class CommunicationPreferenceConfiguration : IEntityTypeConfiguration<CommunicationPreference>,
    IEntityTypeConfiguration<Preference>
{
    public void Configure(EntityTypeBuilder<CommunicationPreference> builder)
    {
        builder.ToTable("CommunicationPreferences");
        builder.Property(p => p.Channel).HasConversion<string>().HasMaxLength(10);
        builder.Property(p => p.Kind).HasConversion<string>().HasMaxLength(12);
        builder.HasOne<Customer>().WithMany(c => c.CommunicationPreferences).HasForeignKey(p => p.CustomerId);
        builder.HasIndex(p => new { p.CustomerId, p.Channel, p.Kind }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<Preference> builder)
    {
        builder.ToTable("Preferences");
        builder.Property(p => p.Type).HasMaxLength(Preference.WordLength);
        builder.Property(p => p.Key).HasMaxLength(Preference.WordLength);
        builder.Property(p => p.Value).HasMaxLength(Preference.ValueLength);
        builder.HasOne<Customer>().WithMany(c => c.Preferences).HasForeignKey(p => p.CustomerId);
        builder.HasIndex(p => new { p.CustomerId, p.Type, p.Key }).IsUnique();
    }
}
