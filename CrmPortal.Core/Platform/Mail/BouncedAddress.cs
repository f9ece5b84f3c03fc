using CrmPortal.Core.Platform.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Platform.Mail;

/// <summary>An address at which mail did not arrive, as a mail server said.</summary>
public sealed class BouncedAddress
{
    public const int ReasonLength = 300;

    /// <summary>In lower case.</summary>
    public required string Address { get; init; }

    /// <summary>Whether the server said that it never will.</summary>
    public bool IsPermanent { get; set; }

    /// <summary>Such as <c>5.1.1</c>.</summary>
    public string? Status { get; set; }

    /// <summary>What the server said.</summary>
    public string? Reason { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>How many mails came back.</summary>
    public int Count { get; set; }
}

internal sealed class BouncedAddressConfiguration : IEntityTypeConfiguration<BouncedAddress>
{
    public void Configure(EntityTypeBuilder<BouncedAddress> builder)
    {
        builder.ToTable("BouncedAddresses");
        builder.HasKey(b => b.Address);
        builder.Property(b => b.Address).HasMaxLength(TextRules.EmailLength);
        builder.Property(b => b.Status).HasMaxLength(20);
        builder.Property(b => b.Reason).HasMaxLength(BouncedAddress.ReasonLength);
    }
}
