using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Consents;

internal sealed class ConsentPart : CustomerPart<Consent>
{
    public override int Position => 170;

    public override async Task SettleAsync(MergeSettlement merge, CancellationToken cancellationToken)
    {
        if (merge.Moves.Any(m => m.EntityType == nameof(Consent)))
            await ConsentFlags.RefreshAsync(merge.Db, merge.Ids, cancellationToken);
    }

    public override bool IsShownAsAt => true;

    /// <summary>Entries move. Where the records say different things, a new entry makes the strictest of them hold.</summary>
    public override async Task MergeAsync(MergeMover merge, CancellationToken cancellationToken)
    {
        var (survivor, actor) = (merge.Survivor.Id, merge.Actor);
        var entries = await merge.RowsAsync(merge.Db.Consents, cancellationToken);
        foreach (var matter in entries.GroupBy(e => (e.Purpose, e.Channel)))
        {
            var holding = matter.GroupBy(e => e.CustomerId).Select(own => own.OrderBy(e => e.At).ThenBy(e => e.Id).Last()).ToList();
            if (!holding.Select(e => e.State).Distinct().Skip(1).Any()) continue;
            var strictest = holding.Select(e => e.State).Aggregate(ConsentFlags.Stricter);
            merge.Db.Consents.Add(new Consent
            {
                CustomerId = survivor, Purpose = matter.Key.Purpose, Channel = matter.Key.Channel, State = strictest,
                    Source = ConsentSource.Merge, At = merge.Now,
                WordingId = holding.Where(e => e.State == strictest).MaxBy(e => e.Id)!.WordingId, ActorId = actor.UserId,
                    ActorName = actor.Name, IpAddress = actor.IpAddress,
            });
        }

        var moved = entries.Where(e => e.CustomerId != survivor).ToList();
        moved.ForEach(e => e.CustomerId = survivor);
        merge.Count(nameof(Consent), moved.Count, 0);
    }
}
