using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers;

/// <summary>
/// A bulk action that a job carries out: what is wanted, and how far it is. Each batch moves this row on in its own transaction, so that
/// a job that is begun again goes on behind the last batch, under the same change set.
/// </summary>
public sealed class BulkEdit
{
    public long Id { get; internal init; }

    /// <summary>The user who asked for it and is the only one notified.</summary>
    public long? OwnerId { get; init; }

    /// <summary>What is done, in the words of the feature that does it.</summary>
    public required string Kind { get; init; }

    public string? Argument { get; init; }

    /// <summary>The rows that it is for, such as a <see cref="BulkSelection"/>, as JSON.</summary>
    public required string Selection { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The customer that the last batch ended with.</summary>
    public long LastId { get; set; }

    public int Done { get; set; }

    public int Total { get; set; }

    public int Changed { get; set; }

    public long? ChangeSetId { get; set; }

    /// <summary>What came of it so far.</summary>
    internal BulkResult Result => new(Changed, Total, Done < Total, Changed > 0 ? ChangeSetId : null);
}

internal sealed class BulkEditConfiguration : IEntityTypeConfiguration<BulkEdit>
{
    public void Configure(EntityTypeBuilder<BulkEdit> builder)
    {
        builder.ToTable("BulkEdits");
        builder.Ignore(e => e.Result);
        builder.Property(e => e.Kind).HasMaxLength(20);
        builder.HasIndex(e => e.CreatedAt);
    }
}

/// <summary>Carries a bulk action out, as the user who asked for it, whether or not their page is still open.</summary>
internal sealed class BulkEditJob(CustomerBulkService bulk) : IJobHandler
{
    public const string Name = "customers.bulk";
    private const string Stage = "Updating customers";

    public string Kind => Name;

    public bool IsRepeatable => true;

    public async Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        await bulk.ContinueAsync(subjectId, new BulkReports(progress, Stage), cancellationToken);
        // What was done until now stays done, and can be undone as one; that it was stopped is for the job to say.
        cancellationToken.ThrowIfCancellationRequested();
    }

    public Task EndedAsync(long subjectId, JobState state, string? fault, CancellationToken cancellationToken) => Task.CompletedTask;
}
