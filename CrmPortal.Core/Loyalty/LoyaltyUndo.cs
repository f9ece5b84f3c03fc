using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <summary>What has been in force stays as it was: bookings name it.</summary>
internal sealed class ProgrammeUndo : UndoRule<LoyaltyProgramme>
{
    protected override UndoOutcome TakeBack(UndoStep step, LoyaltyProgramme? row) =>
        step.Entry.Action is AuditAction.Created or AuditAction.Updated && row is { State: not ProgrammeState.Draft }
            ? UndoOutcome.Kept : UndoOutcome.Usual;
}

/// <summary>A new reward that customers got is only offered no more: codes name it.</summary>
internal sealed class RewardUndo : UndoRule<Reward>
{
    public override async Task<UndoOutcome> TakeBackAsync(UndoStep step, CancellationToken cancellationToken)
    {
        if (step.Entry.Action != AuditAction.Created || step.Row is not Reward reward
            || !await step.Db.RewardRedemptions.AnyAsync(r => r.RewardId == reward.Id, cancellationToken)) return UndoOutcome.Usual;
        reward.IsArchived = true;
        return UndoOutcome.TakenBack;
    }
}

/// <summary>Points are booked for ever; what a file took away is given back by booking it.</summary>
internal sealed class BookingUndo : UndoRule<LoyaltyBooking>
{
    protected override UndoOutcome TakeBack(UndoStep step, LoyaltyBooking? row) =>
        step.Entry.Action == AuditAction.Created && row is not null ? UndoOutcome.LeftAlone : UndoOutcome.Usual;
}
