using CrmPortal.Core.Platform.Jobs;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>Permanently removes the documents that were removed and can no longer come back.</summary>
internal sealed class DocumentCleanUp(DocumentUpkeep documents) : IScheduledJob
{
    public string Kind => "clean-up.documents";

    public string Cron => "30 * * * *";

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        documents.RemoveDeletedAsync(cancellationToken);
}
