using CrmPortal.Core.Platform.Jobs;

namespace CrmPortal.Core.Verification;

/// <summary>Removes verification codes that can no longer be used.</summary>
internal sealed class CodeCleanUp(VerificationService verification) : IScheduledJob
{
    public string Kind => "clean-up.codes";

    public string Cron => "25 * * * *";

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        verification.RemoveExpiredAsync(cancellationToken);
}
