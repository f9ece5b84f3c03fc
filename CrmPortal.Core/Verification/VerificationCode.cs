using CrmPortal.Core.Customers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Verification;

/// <summary>What a code or link is for.</summary>
public enum VerificationPurpose { Email, Phone, Consent, Preferences }

/// <summary>A code or a link that was sent to a customer. What was sent itself is not stored, only its hash.</summary>
public sealed class VerificationCode
{
    public long Id { get; internal init; }
    public long CustomerId { get; set; }
    public VerificationPurpose Purpose { get; init; }

    /// <summary>
    /// The e-mail in lower case or the phone that it was sent to; when the customer has another by now, the code is void.
    /// </summary>
    public required string Target { get; init; }

    /// <summary>SHA-256 of the six digits together with a salt of the row, or null where only a link was sent.</summary>
    public string? CodeHash { get; init; }

    /// <summary>SHA-256 of the token in the link, or null where only digits were sent.</summary>
    public string? TokenHash { get; init; }

    /// <summary>The request that confirming answers, where it is a consent.</summary>
    public long? ConsentId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Wrong digits so far.</summary>
    public int Attempts { get; set; }

    public DateTimeOffset? UsedAt { get; set; }
}

internal sealed class VerificationCodeConfiguration : IEntityTypeConfiguration<VerificationCode>
{
    public void Configure(EntityTypeBuilder<VerificationCode> builder)
    {
        builder.ToTable("VerificationCodes");
        builder.Property(c => c.Purpose).HasConversion<string>().HasMaxLength(12);
        builder.Property(c => c.Target).HasMaxLength(CustomerRules.EmailLength);
        builder.Property(c => c.CodeHash).HasMaxLength(100);
        builder.Property(c => c.TokenHash).HasMaxLength(100);
        builder.HasOne<Customer>().WithMany().HasForeignKey(c => c.CustomerId);
        builder.HasIndex(c => new { c.CustomerId, c.Purpose, c.Id });
        builder.HasIndex(c => c.TokenHash).IsUnique().HasFilter("\"TokenHash\" IS NOT NULL");
        builder.HasIndex(c => c.ExpiresAt);
    }
}
