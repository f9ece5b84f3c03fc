using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Waiting;

namespace CrmPortal.Core.Loyalty;

/// <summary>Adjustments of points that a second person decides about, which is not who asked.</summary>
internal sealed class WaitingAdjustments : IWaitingWork
{
    public string Kind => "adjustments";

    public string Permission => Permissions.LoyaltyApprove;

    public IQueryable<long> Subjects(CrmDbContext db, Grant grant)
    {
        var own = grant.Actor.UserId ?? 0;
        return db.AdjustmentRequests.Where(r => r.State == AdjustmentState.Waiting && r.AskedById != own).Select(r => r.CustomerId);
    }
}
