using CrmPortal.Core.Platform.Jobs;

namespace CrmPortal.Core.Overview;

/// <summary>Counts what pages show of all customers because somebody asked for it.</summary>
internal sealed class CountJob(TrendsService trends) : IJobHandler
{
    public const string Name = "analytics.counts";

    public string Kind => Name;

    public bool IsRepeatable => true;

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        trends.CountAsync(progress, cancellationToken);
}

/// <summary>The same every night.</summary>
internal sealed class NightlyCountJob(TrendsService trends) : IScheduledJob
{
    public const string Name = "analytics.counts.nightly";

    public string Kind => Name;

    public string Cron => "30 4 * * *";

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        trends.CountAsync(progress, cancellationToken);
}
