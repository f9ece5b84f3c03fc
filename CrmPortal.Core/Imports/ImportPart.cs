using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

#pragma warning disable CA1304, CA1311, CA1862 // Becomes lower() of the database, which knows no culture.

namespace CrmPortal.Core.Imports;

/// <summary>
/// Files that brought or changed a customer who is removed permanently, with what was read from them. Of a file that waits, the rows that
/// name the customer go.
/// </summary>
internal sealed class ImportPart : CustomerPart<Import>
{
    public override int Position => 820;

    public override string KeptBecause =>
        "That there was an import, and how many rows it had, stays known; file, staged rows, samples and differences go.";

    public override async Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken)
    {
        var db = purge.Db;
        var imports = await db.AuditEntries.Where(e => purge.Ids.Contains(e.CustomerId!.Value) && e.Action != AuditAction.Viewed)
            .Join(db.Imports, e => e.ChangeSetId, i => i.ChangeSetId, (_, i) => i.Id).Distinct().ToListAsync(cancellationToken);
        foreach (var needle in purge.Needles())
        {
            imports.AddRange(await db.Imports.Where(i => (i.Result != null && i.Result.ToLower().Contains(needle))
                || i.Profile.ToLower().Contains(needle)).Select(i => i.Id).ToListAsync(cancellationToken));
            imports.AddRange(await db.ImportRows.Where(r => r.Import!.State == ImportState.Published && r.Data != null
                && r.Data.ToLower().Contains(needle))
                .Select(r => r.ImportId).Distinct().ToListAsync(cancellationToken));
            await db.ImportRows.Where(r => (r.Data != null && r.Data.ToLower().Contains(needle))
                || (r.ReasonArguments != null && r.ReasonArguments.ToLower().Contains(needle)))
                .ExecuteDeleteAsync(cancellationToken);
        }

        var done = await db.Imports.Where(i => imports.Contains(i.Id)
            && (i.State == ImportState.Published || i.State == ImportState.Undone)).Select(i => i.Id).ToListAsync(cancellationToken);
        await db.ImportChunks.Where(c => done.Contains(c.ImportId)).ExecuteDeleteAsync(cancellationToken);
        await db.ImportRows.Where(r => done.Contains(r.ImportId) && r.Reason == null).ExecuteDeleteAsync(cancellationToken);
        foreach (var import in await db.Imports.AsNoTracking().Where(i => imports.Contains(i.Id)).ToListAsync(cancellationToken))
        {
            var (result, profile) = (ImportErasure.Result(import.Result), ImportErasure.Profile(import.Profile));
            await db.Imports.Where(i => i.Id == import.Id)
                .ExecuteUpdateAsync(i => i.SetProperty(x => x.Result, result).SetProperty(x => x.Profile, profile), cancellationToken);
        }
    }

    public override Task<IReadOnlyList<IAudited>> RowsAsync(CrmDbContext db, long customerId,
        CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IAudited>>([]);
}

/// <summary>Takes out of an import what quotes its file.</summary>
internal static class ImportErasure
{
    private const string Hidden = "•••";

    public static string? Result(string? json)
    {
        if (json is null) return null;
        var result = ImportJson.Read<ImportResult>(json);
        return ImportJson.Write(result with { Differences = [], Rejections = Quiet(result.Rejections), Notices = Quiet(result.Notices) });
    }

    public static string Profile(string json)
    {
        var profile = ImportJson.Read<FileProfile>(json);
        if (profile.Columns is null) return json;
        return ImportJson.Write(profile with { Columns = [.. profile.Columns.Select(c => c with { Samples = [] })], Preview = [],
            Notices = Quiet(profile.Notices ?? []) });
    }

    private static List<ImportNotice> Quiet(IEnumerable<ImportNotice> notices) =>
        [.. notices.Select(n => n with { Arguments = [.. (n.Arguments ?? []).Select(_ => Hidden)] })];
}
