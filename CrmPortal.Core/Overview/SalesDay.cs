using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Overview;

/// <summary>
/// What was sold on a day of the shop's calendar in one currency: kept beside the orders, so that a year costs the same however many there
/// are. <see cref="DayKeeper"/> computes a day again after whatever changed it.
/// </summary>
public sealed class SalesDay
{
    public DateOnly Day { get; init; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; init; }

    /// <summary>Paid orders that were placed on the day.</summary>
    public int Orders { get; init; }

    /// <summary>Of those the ones that were the first of their customer.</summary>
    public int FirstOrders { get; init; }

    /// <summary>Of those the ones of nobody.</summary>
    public int AnonymousOrders { get; init; }

    /// <summary>Those orders less the refunds of the day, in minor units of <see cref="Currency"/>.</summary>
    public long Amount { get; init; }

    /// <summary>The same in minor units of the shop's base currency.</summary>
    public long BaseAmount { get; init; }
}

/// <summary>Points that came and went on a day of the shop's calendar.</summary>
public sealed class PointsDay
{
    public DateOnly Day { get; init; }

    /// <summary>Points earned and added, less what was reversed of them.</summary>
    public long Issued { get; init; }

    /// <summary>Points spent, less what was given back of them.</summary>
    public long Redeemed { get; init; }

    public long Expired { get; init; }

    /// <summary>What all entries of the day come to: by so much the shop owes more than the day before.</summary>
    public long Change { get; init; }
}

/// <summary>
/// An hour in which an order, a refund or points changed, since when the figures of its day are not right. Triggers write it in the
/// transaction of the change itself: no door can forget to.
/// </summary>
public sealed class StaleHour
{
    /// <summary>Hours since 1970, UTC.</summary>
    public long Hour { get; init; }

    /// <summary>The transaction that marked it, so that none waits for the mark of another; 0 where there is one at a time.</summary>
    public long Writer { get; init; }
}

internal sealed class OverviewConfiguration : IEntityTypeConfiguration<SalesDay>, IEntityTypeConfiguration<PointsDay>,
    IEntityTypeConfiguration<StaleHour>
{
    public void Configure(EntityTypeBuilder<SalesDay> builder)
    {
        builder.ToTable("SalesDays");
        builder.HasKey(d => new { d.Day, d.Currency });
        builder.Property(d => d.Currency).HasMaxLength(3);
    }

    public void Configure(EntityTypeBuilder<PointsDay> builder)
    {
        builder.ToTable("PointsDays");
        builder.HasKey(d => d.Day);
    }

    public void Configure(EntityTypeBuilder<StaleHour> builder)
    {
        builder.ToTable("StaleHours");
        builder.HasKey(h => new { h.Hour, h.Writer });
        builder.Property(h => h.Hour).ValueGeneratedNever();
    }
}
