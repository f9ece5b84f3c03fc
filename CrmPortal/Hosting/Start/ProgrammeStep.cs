using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;

namespace CrmPortal.Hosting;

/// <summary>Makes the first version of the programme, before two first bookings at once could each want to make it.</summary>
internal sealed class ProgrammeStep(ProgrammeService programmes, CurrentUser currentUser) : IStartUpStep
{
    public int Order => 15;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        currentUser.Set(Actor.System("First start"));
        await programmes.CurrentAsync(cancellationToken);
    }
}
