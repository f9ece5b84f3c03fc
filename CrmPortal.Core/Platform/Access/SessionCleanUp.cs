using CrmPortal.Core.Platform.Jobs;

namespace CrmPortal.Core.Platform.Access;

/// <summary>Removes sessions that ended long ago.</summary>
internal sealed class SessionCleanUp(SessionService sessions) : IScheduledJob
{
    public string Kind => "clean-up.sessions";

    public string Cron => "20 * * * *";

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        sessions.RemoveEndedAsync(cancellationToken);
}
