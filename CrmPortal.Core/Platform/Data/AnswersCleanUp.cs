using CrmPortal.Core.Platform.Jobs;

namespace CrmPortal.Core.Platform.Data;

/// <summary>Removes remembered responses that can no longer be requested.</summary>
internal sealed class AnswersCleanUp(IdempotencyRecords records) : IScheduledJob
{
    public string Kind => "clean-up.answers";

    public string Cron => "10 * * * *";

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        records.RemoveExpiredAsync(cancellationToken);
}
