using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Analytics;

/// <summary>
/// How many customers were something on a day, such as active or of a tier: counted every night by reading all of them once, so that no
/// page has to. The days before are kept, and tell how it went.
/// </summary>
public sealed class ShopCount
{
    public DateOnly Day { get; init; }

    /// <summary>What was counted; of tiers, their codes with <see cref="TierPrefix"/> in front.</summary>
    public required string Name { get; init; }

    public long Customers { get; init; }

    /// <summary>What they have spent of all time less refunds, in minor units of the base currency; 0 where it says nothing.</summary>
    public long Amount { get; init; }

    /// <summary>When it was counted.</summary>
    public DateTimeOffset At { get; init; }

    public const string TierPrefix = "tier:";
    public const string All = "all", Active = "active", Vip = "vip", EmailVerified = "email_verified", PhoneVerified = "phone_verified",
        Email = "email", Phone = "phone", EmailMarketing = "email_marketing", SmsMarketing = "sms_marketing", Buyers = "buyers",
        Repeaters = "repeaters", Churned = "churned", Reviews = "reviews", GoodReviews = "good_reviews";
}

internal sealed class ShopCountConfiguration : IEntityTypeConfiguration<ShopCount>
{
    private const int NameLength = 40;

    public void Configure(EntityTypeBuilder<ShopCount> builder)
    {
        builder.ToTable("ShopCounts");
        builder.HasKey(c => new { c.Day, c.Name });
        builder.Property(c => c.Name).HasMaxLength(NameLength);
    }
}
