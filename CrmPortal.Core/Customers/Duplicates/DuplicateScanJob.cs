using CrmPortal.Core.Platform.Jobs;

namespace CrmPortal.Core.Customers.Duplicates;

/// <summary>Compares all customers; what was found before stays until the end, so a comparison that was stopped changed nothing.</summary>
internal sealed class DuplicateScanJob(DuplicateService duplicates) : IJobHandler
{
    public const string Name = "duplicates.scan";

    public string Kind => Name;

    public bool IsRepeatable => true;

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        duplicates.ScanAsync(progress, cancellationToken);

    public Task EndedAsync(long subjectId, JobState state, string? fault, CancellationToken cancellationToken) => Task.CompletedTask;
}
