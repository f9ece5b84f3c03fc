using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Hosting;

/// <summary>
/// Frees the idempotency keys of requests that were at work when the program ended. Where several nodes share a database, another
/// one may be at work on them; there they are free when their claims end.
/// </summary>
internal sealed class ClaimsStep(IDatabaseProvider provider, IdempotencyRecords records, CurrentUser currentUser) : IStartUpStep
{
    public int Order => 5;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!provider.HasOneProcess) return;
        var before = currentUser.Actor;
        currentUser.Set(Actor.System("Start"));
        await records.ForgetUnfinishedAsync(cancellationToken);
        currentUser.Set(before);
    }
}
