using CrmPortal.Core.Platform.Jobs;

namespace CrmPortal.Core.Analytics;

/// <summary>Scores everybody anew because somebody asked for it.</summary>
internal sealed class RfmJob(RfmService scores) : IJobHandler
{
    public const string Name = "analytics.rfm";

    public string Kind => Name;

    public bool IsRepeatable => true;

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        scores.CalculateAsync(null, true, cancellationToken, progress);
}

/// <summary>Scores everybody every night: days since the last order go on although nobody does anything.</summary>
internal sealed class NightlyRfmJob(RfmService scores) : IScheduledJob
{
    public const string Name = "analytics.rfm.nightly";

    public string Kind => Name;

    public string Cron => "30 3 * * *";

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        scores.CalculateAsync(null, true, cancellationToken, progress);
}
