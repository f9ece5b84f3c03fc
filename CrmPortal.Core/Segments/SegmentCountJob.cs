using CrmPortal.Core.Platform.Jobs;

namespace CrmPortal.Core.Segments;

/// <summary>Asks every segment about everybody at night, after the scores: rules about days change their customers by themselves.</summary>
internal sealed class SegmentCountJob(SegmentService segments) : IScheduledJob
{
    public string Kind => "segments.count";

    public string Cron => "0 4 * * *";

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        segments.CountAllAsync(cancellationToken);
}
