using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Platform.Jobs;

/// <summary>When a job that comes again and again is due next. Whichever node moves the time on starts the job.</summary>
public sealed class Schedule
{
    /// <summary>The kind of the job.</summary>
    public required string Kind { get; init; }

    public DateTimeOffset NextAt { get; set; }
    public DateTimeOffset? LastAt { get; set; }
    public long? LastJobId { get; set; }
}

internal sealed class ScheduleConfiguration : IEntityTypeConfiguration<Schedule>
{
    public void Configure(EntityTypeBuilder<Schedule> builder)
    {
        builder.ToTable("Schedules");
        builder.HasKey(s => s.Kind);
        builder.Property(s => s.Kind).HasMaxLength(60);
    }
}
