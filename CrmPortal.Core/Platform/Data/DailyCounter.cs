using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Platform.Data;

/// <summary>The last number given on a day.</summary>
public sealed class DailyCounter
{
    public required string Name { get; set; }
    public long Value { get; set; }
}

internal sealed class DailyCounterConfiguration : IEntityTypeConfiguration<DailyCounter>
{
    public void Configure(EntityTypeBuilder<DailyCounter> builder)
    {
        builder.ToTable("DailyCounters");
        builder.HasKey(c => c.Name);
        builder.Property(c => c.Name).HasMaxLength(40);
    }
}
