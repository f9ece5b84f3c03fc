using CrmPortal.Core.Platform.Jobs;

namespace CrmPortal.Core.Imports;

/// <summary>Removes the files of imports that can no longer be undone.</summary>
internal sealed class ImportCleanUp(ImportService imports) : IScheduledJob
{
    public string Kind => "clean-up.imports";

    public string Cron => "15 * * * *";

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        imports.RemoveExpiredAsync(cancellationToken);
}
