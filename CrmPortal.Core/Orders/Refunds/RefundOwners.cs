using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <summary>
/// Whose a refund is: whoever has the orders that all of its lines name. One of which a line names no order, or whose orders belong to
/// several, stays with whom it was given to. Code that gives an order to another customer calls this.
/// </summary>
internal static class RefundOwners
{
    /// <summary>Brings the refunds of some orders to the customers of these orders; saved by the caller, and recorded like any
    /// change.</summary>
    public static async Task FollowAsync(CrmDbContext db, IReadOnlyCollection<long> orderIds, CancellationToken cancellationToken)
    {
        var refunds = await db.Refunds.Where(r => r.Lines.Any(l => orderIds.Contains(l.OrderId!.Value))).Include(r => r.Lines)
            .ThenInclude(l => l.Order).ToListAsync(cancellationToken);
        foreach (var refund in refunds.Where(r => r.Lines.TrueForAll(l => l.Order is not null)))
        {
            var owners = refund.Lines.Select(l => l.Order!.CustomerId).Distinct().ToList();
            if (owners.Count == 1) refund.CustomerId = owners[0];
        }
    }

    /// <summary>Repairs the refunds with keys from <paramref name="first"/> to <paramref name="last"/>.</summary>
    /// <returns>How many lay with another customer.</returns>
    public static Task<int> RepairRangeAsync(CrmDbContext db, long first, long last, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"""
        update "Refunds" set "CustomerId" = s.owner, "Version" = "Version" + 1
        from (
            select l."RefundId" as id, min(o."CustomerId") as owner
            from "RefundLines" l left join "Orders" o on o."Id" = l."OrderId"
            where l."RefundId" between {first} and {last}
            group by l."RefundId"
            having count(*) = count(o."Id")
                and (count(o."CustomerId") = 0 or (count(o."CustomerId") = count(*) and min(o."CustomerId") = max(o."CustomerId")))
        ) s
        where s.id = "Refunds"."Id" and coalesce("CustomerId", 0) <> coalesce(s.owner, 0)
        """, cancellationToken);
}
