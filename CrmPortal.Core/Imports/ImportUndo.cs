using CrmPortal.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Imports;

/// <summary>Takes away in masses what an import created and nobody has touched since. Values that it changed are taken back as those of any change set.</summary>
internal static class ImportUndo
{
    public const string Kind = "import";

    private static readonly string[] Parts = ["CustomerTags", "ContactPoints", "Addresses", "CustomFieldValues"];

    /// <summary>Removes created orders, refunds and customers in the running transaction, with one audit row each.</summary>
    /// <returns>How many records went, and the customers of the import whose figures must be computed anew.</returns>
    public static async Task<(int Removed, IReadOnlyList<long> Customers)> RemoveCreatedAsync(CrmDbContext db, long changeSetId, long undoId, CancellationToken cancellationToken)
    {
        var refunds = await RemoveDocumentsAsync(db, changeSetId, "Refund", cancellationToken);
        var orders = await RemoveDocumentsAsync(db, changeSetId, "Order", cancellationToken);
        var customers = await RemoveCustomersAsync(db, changeSetId, cancellationToken);
        await db.Database.ExecuteSqlAsync($"""
            insert into "AuditEntries" ("ChangeSetId", "EntityType", "EntityId", "CustomerId", "Action", "Fields")
            select {undoId}, e."EntityType", e."EntityId", e."CustomerId", 'Deleted', '' from "AuditEntries" e where e."ChangeSetId" = {changeSetId} and e."Action" = 'Created' and (
                (e."EntityType" = 'Order' and not exists (select 1 from "Orders" o where o."Id" = e."EntityId"))
                or (e."EntityType" = 'Refund' and not exists (select 1 from "Refunds" r where r."Id" = e."EntityId"))
                or (e."EntityType" = 'Customer' and not exists (select 1 from "Customers" c where c."Id" = e."EntityId")))
            """, cancellationToken);
        var left = await db.Database.SqlQuery<long>($"""
            select distinct e."CustomerId" as "Value" from "AuditEntries" e join "Customers" c on c."Id" = e."CustomerId"
            where e."ChangeSetId" = {changeSetId} and e."EntityType" in ('Order', 'Refund')
            """).ToListAsync(cancellationToken);
        return (refunds + orders + customers, left);
    }

    private static async Task<int> RemoveDocumentsAsync(CrmDbContext db, long changeSetId, string type, CancellationToken cancellationToken)
    {
        var untouched = $$"""
            select e."EntityId" from "AuditEntries" e where e."ChangeSetId" = {0} and e."EntityType" = '{{type}}' and e."Action" = 'Created'
                and not exists (select 1 from "AuditEntries" l where l."EntityType" = '{{type}}' and l."EntityId" = e."EntityId" and l."Id" > e."Id")
            """;
        var lines = $"delete from \"{type}Lines\" where \"{type}Id\" in ({untouched})";
        var documents = $"delete from \"{type}s\" where \"Id\" in ({untouched})";
        await db.Database.ExecuteSqlRawAsync(lines, [changeSetId], cancellationToken);
        return await db.Database.ExecuteSqlRawAsync(documents, [changeSetId], cancellationToken);
    }

    /// <summary>Those whom the import made and nobody has worked with since: no later change, no order of another origin.</summary>
    private static async Task<int> RemoveCustomersAsync(CrmDbContext db, long changeSetId, CancellationToken cancellationToken)
    {
        const string untouched = """
            select e."EntityId" from "AuditEntries" e where e."ChangeSetId" = {0} and e."EntityType" = 'Customer' and e."Action" = 'Created'
                and not exists (select 1 from "AuditEntries" l where l."CustomerId" = e."EntityId" and l."ChangeSetId" <> {0} and l."Action" <> 'Viewed' and l."Action" not in ('Revealed', 'Exported', 'Refused'))
                and not exists (select 1 from "Orders" o where o."CustomerId" = e."EntityId")
                and not exists (select 1 from "Refunds" r where r."CustomerId" = e."EntityId")
            """;
        foreach (var part in Parts)
        {
            var parts = $"delete from \"{part}\" where \"CustomerId\" in ({untouched})";
            await db.Database.ExecuteSqlRawAsync(parts, [changeSetId], cancellationToken);
        }

        const string customers = $"delete from \"Customers\" where \"Id\" in ({untouched})";
        return await db.Database.ExecuteSqlRawAsync(customers, [changeSetId], cancellationToken);
    }
}
