using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Imports;

/// <summary>
/// Takes away in masses what an import created and nobody has touched since. Values that it changed are undone as those of any change
/// set.
/// </summary>
internal static class ImportUndo
{
    public const string Kind = "import";

    /// <summary>
    /// Nobody did anything with the customer of the audit row <c>e</c> but look. That they were viewed is said in just these words, since
    /// the index over a customer's audit rows leaves such rows out and is used only where the condition does so too.
    /// </summary>
    internal const string NotUsedSince = """
        not exists (select 1 from "AuditEntries" l where l."CustomerId" = e."EntityId" and l."ChangeSetId" not in ({0}, {1})
            and l."Action" <> 'Viewed' and l."Action" not in ('Revealed', 'Exported', 'Refused'))
        """;

    private static readonly string[] Parts = ["CustomerTags", "ContactPoints", "Addresses", "CustomFieldValues", "Consents", "Notes"];

    /// <summary>Removes created orders, refunds and customers in the running transaction, with one audit row each.</summary>
    /// <returns>How many records went, and the customers of the import whose figures must be computed again.</returns>
    public static async Task<(int Removed, IReadOnlyList<long> Customers)> RemoveCreatedAsync(CrmDbContext db, long changeSetId,
        long undoId, CancellationToken cancellationToken)
    {
        var refunds = await RemoveDocumentsAsync(db, changeSetId, undoId, "Refund", cancellationToken);
        var orders = await RemoveDocumentsAsync(db, changeSetId, undoId, "Order", cancellationToken);
        var customers = await RemoveCustomersAsync(db, changeSetId, undoId, cancellationToken);
        var left = await db.Database.SqlQuery<long>($"""
            select distinct e."CustomerId" as "Value" from "AuditEntries" e join "Customers" c on c."Id" = e."CustomerId"
            where e."ChangeSetId" = {changeSetId} and e."EntityType" in ('Order', 'Refund')
            """).ToListAsync(cancellationToken);
        return (refunds + orders + customers, left);
    }

    /// <summary>What of an import is still there after it was undone, because somebody has worked with it since.</summary>
    public static async Task<ImportKept> KeptAsync(CrmDbContext db, long changeSetId, int values, CancellationToken cancellationToken)
    {
        const int MostNames = 20;
        var created = db.AuditEntries.Where(e => e.ChangeSetId == changeSetId && e.Action == AuditAction.Created);
        var customers = created.Where(e => e.EntityType == nameof(Customer))
            .Join(db.Customers.Where(c => c.DeletedAt == null), e => e.EntityId, c => c.Id, (_, c) => c);
        var orders = created.Where(e => e.EntityType == nameof(Order)).Join(db.Orders, e => e.EntityId, o => o.Id, (_, o) => o);
        var refunds = created.Where(e => e.EntityType == nameof(Refund)).Join(db.Refunds, e => e.EntityId, r => r.Id, (_, r) => r);
        var names = (await orders.OrderBy(o => o.Id).Take(MostNames).ToListAsync(cancellationToken)).ConvertAll(o => o.Name);
        names.AddRange((await refunds.OrderBy(r => r.Id).Take(MostNames).ToListAsync(cancellationToken)).Select(r => r.Name));
        names.AddRange(await customers.OrderBy(c => c.Number).Select(c => c.Number).Take(MostNames).ToListAsync(cancellationToken));
        return new(await customers.CountAsync(cancellationToken), await orders.CountAsync(cancellationToken), await refunds
            .CountAsync(cancellationToken), values, [.. names.Take(MostNames)]);
    }

    /// <summary>
    /// Conditions under which no row of another kind points at a record, one for each relation of the model, so that a kind that comes
    /// later counts by itself. Rows that came with the record are left out, and so are relations of which no row points at any record as
    /// young as those of the import: to ask for each record costs as much as to remove it.
    /// </summary>
    /// <param name="own">Tables that an import fills together with the record, or that the program fills by itself.</param>
    private static async Task<string> NothingPointsAtAsync<T>(CrmDbContext db, long changeSetId, IEnumerable<string> own,
        CancellationToken cancellationToken)
    {
        var type = typeof(T).Name;
        var first = (await db.Database.SqlQuery<long?>($"""
            select min("EntityId") as "Value" from "AuditEntries"
            where "ChangeSetId" = {changeSetId} and "EntityType" = {type} and "Action" = 'Created'
            """).ToListAsync(cancellationToken))[0] ?? long.MaxValue;
        var conditions = new List<string>();
        foreach (var (table, column) in db.Model.FindEntityType(typeof(T))!.GetReferencingForeignKeys()
            .Select(key => (Table: key.DeclaringEntityType.GetTableName(), Column: key.Properties.Single().GetColumnName())).Distinct()
            .Where(r => r.Table is not null && !own.Contains(r.Table)).OrderBy(r => r.Table, StringComparer.Ordinal)
            .ThenBy(r => r.Column, StringComparer.Ordinal))
        {
            var isAnyPointing = $$"""select 1 as "Value" where exists (select 1 from "{{table}}" x where x."{{column}}" >= {0})""";
            if ((await db.Database.SqlQueryRaw<int>(isAnyPointing, first).ToListAsync(cancellationToken)).Count > 0)
                conditions.Add($"and not exists (select 1 from \"{table}\" x where x.\"{column}\" = e.\"EntityId\")");
        }

        return string.Join(' ', conditions);
    }

    /// <summary>The tables of what the program makes of orders by itself, such as scores; their rows go with their customer.</summary>
    private static IEnumerable<string> Computed(CrmDbContext db) =>
        CustomerParts.All.Where(p => p.IsComputed).Select(p => db.Model.FindEntityType(p.Entity)!.GetTableName()!);

    private static async Task<int> RemoveDocumentsAsync(CrmDbContext db, long changeSetId, long undoId, string type,
        CancellationToken cancellationToken)
    {
        var pointed = type == nameof(Order)
            ? await NothingPointsAtAsync<Order>(db, changeSetId, ["OrderLines"], cancellationToken)
            : await NothingPointsAtAsync<Refund>(db, changeSetId, ["RefundLines"], cancellationToken)
                + " and not exists (select 1 from \"LoyaltyBookings\" b where b.\"RefundId\" = e.\"EntityId\")";
        await RecordAsync(db, changeSetId, undoId, type, $$"""
            not exists (select 1 from "AuditEntries" l
                where l."EntityType" = '{{type}}' and l."EntityId" = e."EntityId" and l."Id" > e."Id")
            {{pointed}}
            """, cancellationToken);
        var lines = $"delete from \"{type}Lines\" where \"{type}Id\" in ({Recorded(type)})";
        var documents = $"delete from \"{type}s\" where \"Id\" in ({Recorded(type)})";
        await db.Database.ExecuteSqlRawAsync(lines, [undoId], cancellationToken);
        return await db.Database.ExecuteSqlRawAsync(documents, [undoId], cancellationToken);
    }

    /// <summary>Customers created by the import and not used since: no later change, no references.</summary>
    private static async Task<int> RemoveCustomersAsync(CrmDbContext db, long changeSetId, long undoId, CancellationToken cancellationToken)
    {
        var pointed = await NothingPointsAtAsync<Customer>(db, changeSetId, [.. Parts, "DuplicatePairs", .. Computed(db)],
            cancellationToken);
        await RecordAsync(db, changeSetId, undoId, nameof(Customer), $"{NotUsedSince} {pointed}", cancellationToken);
        foreach (var part in Parts)
        {
            var parts = $"delete from \"{part}\" where \"CustomerId\" in ({Recorded(nameof(Customer))})";
            await db.Database.ExecuteSqlRawAsync(parts, [undoId], cancellationToken);
        }

        var customers = $"delete from \"Customers\" where \"Id\" in ({Recorded(nameof(Customer))})";
        return await db.Database.ExecuteSqlRawAsync(customers, [undoId], cancellationToken);
    }

    /// <summary>
    /// Records those as removed that may go. What is removed afterwards is just what is recorded, so that this is asked once.
    /// </summary>
    /// <param name="mayGo">A condition on the audit row <c>e</c> that says that the record was created.</param>
    private static Task<int> RecordAsync(CrmDbContext db, long changeSetId, long undoId, string type, string mayGo,
        CancellationToken cancellationToken)
    {
        var statement = $$"""
            insert into "AuditEntries" ("ChangeSetId", "EntityType", "EntityId", "CustomerId", "Action", "Fields")
            select {1}, e."EntityType", e."EntityId", e."CustomerId", 'Deleted', '' from "AuditEntries" e
            where e."ChangeSetId" = {0} and e."EntityType" = '{{type}}' and e."Action" = 'Created'
                and exists (select 1 from "{{type}}s" r where r."Id" = e."EntityId") and {{mayGo}}
            """;
        return db.Database.ExecuteSqlRawAsync(statement, [changeSetId, undoId], cancellationToken);
    }

    private static string Recorded(string type) => $$"""
        select "EntityId" from "AuditEntries" where "ChangeSetId" = {0} and "EntityType" = '{{type}}' and "Action" = 'Deleted'
        """;
}

internal sealed class ImportMassUndo : IMassUndo
{
    public string Kind => ImportUndo.Kind;

    public Task<bool> IsBrokenOffAsync(CrmDbContext db, long changeSetId, CancellationToken cancellationToken) =>
        db.Imports.AnyAsync(i => i.ChangeSetId == changeSetId && i.State != ImportState.Undone, cancellationToken);

    public Task<(int Removed, IReadOnlyList<long> Customers)> RemoveCreatedAsync(CrmDbContext db, long changeSetId, long undoId,
        CancellationToken cancellationToken) => ImportUndo.RemoveCreatedAsync(db, changeSetId, undoId, cancellationToken);

    public Task EndAsync(CrmDbContext db, long changeSetId) => db.Imports.Where(i => i.ChangeSetId == changeSetId)
        .ExecuteUpdateAsync(i => i.SetProperty(x => x.State, ImportState.Undone), CancellationToken.None);
}
