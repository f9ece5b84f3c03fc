using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Platform.Jobs;

public enum JobState { Waiting, Running, Done, Failed, Cancelled }

/// <summary>Work that takes time: done by one node at a time, seen and cancelled by its owner, and begun again where a node dies.</summary>
public sealed class Job
{
    public const int FaultLength = 1000;
    public const int NodeLength = 60;

    public long Id { get; internal init; }

    /// <summary>Which handler does it, such as <c>import.publish</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The record it is about, such as the import.</summary>
    public long SubjectId { get; init; }

    public JobState State { get; set; }

    /// <summary>Which part of the work is being done, as a key of the texts on screens.</summary>
    public string? Stage { get; set; }

    public long Done { get; set; }

    /// <summary>0 while it is not known.</summary>
    public long Total { get; set; }

    /// <summary>Why it failed, in a sentence for people.</summary>
    public string? Fault { get; set; }

    /// <summary>The user under whose permissions it runs; null for the program itself.</summary>
    public long? OwnerId { get; init; }

    public string OwnerName { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>When the node that runs it was last seen at it.</summary>
    public DateTimeOffset? SeenAt { get; set; }

    public string? Node { get; set; }
    public int Attempts { get; set; }
    public bool IsCancelAsked { get; set; }

    /// <summary>The job that does the work of this one again.</summary>
    public long? RetriedById { get; set; }

    public bool IsOver => State is JobState.Done or JobState.Failed or JobState.Cancelled;
}

internal sealed class JobConfiguration : IEntityTypeConfiguration<Job>
{
    public void Configure(EntityTypeBuilder<Job> builder)
    {
        builder.ToTable("Jobs");
        builder.Property(j => j.Kind).HasMaxLength(60);
        builder.Property(j => j.State).HasConversion<string>().HasMaxLength(10);
        builder.Property(j => j.Stage).HasMaxLength(100);
        builder.Property(j => j.Fault).HasMaxLength(Job.FaultLength);
        builder.Property(j => j.OwnerName).HasMaxLength(200);
        builder.Property(j => j.Node).HasMaxLength(Job.NodeLength);
        builder.HasIndex(j => j.Id).HasDatabaseName("IX_Jobs_Open").HasFilter("\"State\" IN ('Waiting', 'Running')");
        builder.HasIndex(j => new { j.Kind, j.SubjectId });
        builder.HasIndex(j => new { j.State, j.Id });
    }
}
