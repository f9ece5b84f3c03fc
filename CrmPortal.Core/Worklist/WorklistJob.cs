using CrmPortal.Core.Platform.Jobs;

namespace CrmPortal.Core.Worklist;

/// <summary>Makes the list anew because somebody asked for it.</summary>
internal sealed class WorklistJob(WorklistService worklist) : IJobHandler
{
    public const string Name = "worklist.make";

    public string Kind => Name;

    public bool IsRepeatable => true;

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        worklist.RefreshAsync(cancellationToken);
}

/// <summary>Makes the list every night, after the forecasts.</summary>
internal sealed class NightlyWorklistJob(WorklistService worklist) : IScheduledJob
{
    public const string Name = "worklist.make.nightly";

    public string Kind => Name;

    public string Cron => "0 5 * * *";

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        worklist.RefreshAsync(cancellationToken);
}
