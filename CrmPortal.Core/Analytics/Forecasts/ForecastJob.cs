using CrmPortal.Core.Platform.Jobs;

namespace CrmPortal.Core.Analytics;

/// <summary>Calculates everybody's lifetime value because somebody asked for it.</summary>
internal sealed class ForecastJob(LifetimeValueService values) : IJobHandler
{
    public const string Name = "analytics.clv";

    public string Kind => Name;

    public bool IsRepeatable => true;

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        values.CalculateAsync(null, null, true, cancellationToken, progress);
}

/// <summary>Calculates everybody's lifetime value every night: each day without an order makes the next one less probable.</summary>
internal sealed class NightlyForecastJob(LifetimeValueService values) : IScheduledJob
{
    public const string Name = "analytics.clv.nightly";

    public string Kind => Name;

    public string Cron => "0 4 * * *";

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        values.CalculateAsync(null, null, true, cancellationToken, progress);
}
