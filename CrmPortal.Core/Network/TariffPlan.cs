using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Network;

/// <summary>What a shop sells access to its network for.</summary>
[AuditName("TariffPlan", Label = "Tariff", PluralLabel = "Tariffs")]
[OpenFields(nameof(Code), nameof(Name), nameof(DownKbps), nameof(UpKbps), nameof(MonthlyPrice), nameof(Currency), nameof(SessionSeconds),
    nameof(IdleSeconds), nameof(Attributes), nameof(IsRetired))]
public sealed class TariffPlan : IAudited, IVersioned
{
    public const int CodeLength = 40;
    public const int NameLength = 100;
    public const int AttributesLength = 2_000;

    public long Id { get; internal init; }

    /// <summary>What billing calls it: unique, in small letters.</summary>
    [AuditLabel("Code")] public required string Code { get; set; }

    [AuditLabel("Name")] public required string Name { get; set; }

    /// <summary>Kilobits a second to the customer; null for no limit.</summary>
    [AuditLabel("Download rate")] public int? DownKbps { get; set; }

    /// <summary>Kilobits a second from the customer; null for no limit.</summary>
    [AuditLabel("Upload rate")] public int? UpKbps { get; set; }

    /// <summary>In minor units of <see cref="Currency"/>.</summary>
    [AuditLabel("Monthly price")] public long MonthlyPrice { get; set; }

    /// <summary>ISO 4217.</summary>
    [AuditLabel("Currency")] public required string Currency { get; set; }

    /// <summary>After which time the access server asks anew; null for never.</summary>
    [AuditLabel("Session timeout")] public int? SessionSeconds { get; set; }

    /// <summary>After which time without traffic the access server hangs up; null for never.</summary>
    [AuditLabel("Idle timeout")] public int? IdleSeconds { get; set; }

    /// <summary>What else the access server is told, a line each, such as <c>Mikrotik-Rate-Limit = {up}k/{down}k</c>.</summary>
    [AuditLabel("Attributes")] public string? Attributes { get; set; }

    /// <summary>A tariff that is sold no longer; those who have it keep it.</summary>
    [AuditLabel("No longer sold")] public bool IsRetired { get; set; }

    [NotAudited] public long Version { get; set; }
}

internal sealed class TariffPlanConfiguration : IEntityTypeConfiguration<TariffPlan>
{
    public void Configure(EntityTypeBuilder<TariffPlan> builder)
    {
        builder.ToTable("TariffPlans");
        builder.Property(t => t.Code).HasMaxLength(TariffPlan.CodeLength);
        builder.Property(t => t.Name).HasMaxLength(TariffPlan.NameLength);
        builder.Property(t => t.Currency).HasMaxLength(3);
        builder.Property(t => t.Attributes).HasMaxLength(TariffPlan.AttributesLength);
        builder.HasIndex(t => t.Code).IsUnique();
    }
}
