using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Imports;

/// <summary>Finds the order that a refund is about, where the file does not name it.</summary>
internal static class RefundLinks
{
    /// <summary>Links every refund line that a change set created, or gave to another customer, to its customer's latest earlier order
    /// that holds the product.</summary>
    public static Task SetAsync(CrmDbContext db, long changeSetId, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync($"""
        update "RefundLines" set "OrderId" = (
            select o."Id" from "Refunds" r join "Orders" o on o."CustomerId" = r."CustomerId" and o."PlacedAt" < r."RefundedAt"
            where r."Id" = "RefundLines"."RefundId"
                and exists (select 1 from "OrderLines" l where l."OrderId" = o."Id" and l."ProductId" = "RefundLines"."ProductId")
            order by o."PlacedAt" desc, o."Id" desc limit 1)
        where "OrderId" is null and "RefundId" in (
            select "EntityId" from "AuditEntries"
            where "ChangeSetId" = {changeSetId} and "EntityType" = 'Refund' and "Action" in ('Created', 'Updated'))
        """, cancellationToken);
}
