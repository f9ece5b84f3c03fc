using CrmPortal.Core.Platform.Jobs;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>Tells staff of documents that expire soon.</summary>
internal sealed class DocumentReminders(DocumentUpkeep documents) : IScheduledJob
{
    public string Kind => "documents.reminders";

    public string Cron => "35 * * * *";

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        documents.RemindAsync(cancellationToken);
}
