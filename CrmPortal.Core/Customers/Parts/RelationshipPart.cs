using CrmPortal.Core.Customers.Duplicates;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

internal sealed class RelationshipPart : CustomerPart<Relationship>
{
    public override int Position => 180;

    public override Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken) =>
        purge.Db.Relationships.Where(r => purge.Ids.Contains(r.CustomerId) || purge.Ids.Contains(r.OtherId))
            .ExecuteDeleteAsync(cancellationToken);

    /// <summary>
    /// A tie between two of them says nothing any more. Of several ties with one person the survivor's holds, unless another is chosen
    /// where they say different things.
    /// </summary>
    public override async Task MergeAsync(MergeMover merge, CancellationToken cancellationToken)
    {
        var (survivor, others) = (merge.Survivor.Id, merge.OtherIds);
        List<long> all = [survivor, .. others];
        var ties = await merge.Db.Relationships.Include(r => r.Customer).Include(r => r.Other)
            .Where(r => all.Contains(r.CustomerId) || all.Contains(r.OtherId)).OrderBy(r => r.Id).ToListAsync(cancellationToken);
        var (moved, equal) = (0, 0);
        foreach (var person in ties.GroupBy(Other).ToList())
        {
            if (person.Key is not { } third)
            {
                equal += person.Count();
                continue;
            }

            var own = person.OrderBy(r => Owner(r) == survivor ? 0 : 1).ThenBy(r => r.Id).Select(r => (Row: r, Owner: Owner(r))).ToList();
            var held = own[0].Row;
            var texts = own.Select(o => (o.Owner, Text: Says(o.Row))).ToList();
            var name = $"relationship.{(held.CustomerId == third ? held.Customer : held.Other)!.Number}";
            var label = CustomerQueries.Shown((held.CustomerId == third ? held.Customer : held.Other)!, false);
            if (merge.Choose(name, label, texts.Select(t => new MergeValue(t.Owner, t.Text)).ToList(), isSensitive: false) is { } chosen
                && own.FirstOrDefault(o => o.Owner == chosen).Row is { } wanted && wanted != held)
            {
                var isTurned = (held.CustomerId == third) != (wanted.CustomerId == third);
                (held.Kind, held.Label) = (isTurned ? Relationship.ConverseOf(wanted.Kind) : wanted.Kind, wanted.Label);
            }

            equal += texts.Skip(1).Count(t => t.Text == texts[0].Text);
            if (own[0].Owner == survivor) continue;
            if (held.CustomerId == third) held.OtherId = survivor;
            else held.CustomerId = survivor;
            moved++;

            string Says(Relationship row) =>
                $"{(row.CustomerId == third ? Relationship.ConverseOf(row.Kind) : row.Kind)} {row.Label}".Trim();
        }

        merge.Count(nameof(Relationship), moved, equal);

        long? Other(Relationship row) => all.Contains(row.CustomerId) && all.Contains(row.OtherId) ? null : all.Contains(row.CustomerId)
            ? row.OtherId : row.CustomerId;

        long Owner(Relationship row) => all.Contains(row.CustomerId) ? row.CustomerId : row.OtherId;
    }
}
