using CrmPortal.Core.Platform.Jobs;

namespace CrmPortal.Core.SelfService;

/// <summary>Removes accounts that nobody confirmed.</summary>
internal sealed class RegistrationCleanUp(RegistrationService registrations) : IScheduledJob
{
    public string Kind => "clean-up.registrations";

    public string Cron => "35 3 * * *";

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        registrations.RemoveUnconfirmedAsync(cancellationToken);
}
