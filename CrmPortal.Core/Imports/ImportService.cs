using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Search;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Imports;

/// <summary>Takes files in, keeps what people decide about them, and starts the long steps.</summary>
public sealed class ImportService(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, JobService jobs, RunningJobs running,
        TimeProvider clock,
    IOptions<ShopOptions> shop, IOptions<ImportOptions> options)
{
    private static readonly TimeSpan UndoLimit = TimeSpan.FromDays(30);

    /// <summary>Stores a file, looks at all of it once, and proposes how it is imported.</summary>
    /// <param name="size">As the browser says, so that a file that is too large is refused before it is read; null where it is not
    /// known.</param>
    /// <returns>The key of the import.</returns>
    /// <exception cref="RuleViolationException">It is no table in text, or too large; nothing is kept of it.</exception>
    public async Task<long> UploadAsync(string fileName, Stream file, long? size, IProgress<JobProgress>? progress,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        if (size > options.Value.LargestFile) throw ImportFileStore.TooLarge(options.Value.LargestFile);
        var import = new Import { FileName = NameOf(fileName), CreatedById = grant.Actor.UserId, CreatedByName = grant.Actor.Name,
            CreatedAt = clock.GetUtcNow() };
        await using var db = provider.CreateContext(null);
        db.Imports.Add(import);
        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();
        try
        {
            var stored = await ImportFileStore.SaveAsync(db, import.Id, file, options.Value.LargestFile, new Bytes(progress, size),
                cancellationToken);
            var format = await FormatDetector.DetectAsync(() => ImportFileStore.Open(db, import.Id), stored.Encoding, cancellationToken);
            var profile = await ProfileAsync(db, import.Id, format, progress, cancellationToken);
            var kind = PlanProposer.Kind(profile);
            var plan = ImportJson
                .Write(await ProposeAsync(db, kind, await FieldsAsync(db, grant, kind, cancellationToken), profile, cancellationToken));
            var (formatJson, profileJson) = (ImportJson.Write(format), ImportJson.Write(profile));
            await db.Imports.Where(i => i.Id == import.Id)
                .ExecuteUpdateAsync(i => i.SetProperty(x => x.FileSize, stored.Size).SetProperty(x => x.Kind, kind)
                .SetProperty(x => x.Format, formatJson).SetProperty(x => x.Profile, profileJson).SetProperty(x => x.Plan, plan),
                    cancellationToken);
            return import.Id;
        }
        catch
        {
            await RemoveAsync(db, import.Id, CancellationToken.None);
            throw;
        }
    }

    /// <summary>The imports, newest first.</summary>
    public async Task<Page<ImportSummary>> ListAsync(PageRequest page, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rows = await db.Imports.AsNoTracking().OrderByDescending(i => i.Id).Skip(skip).Take(take + 1)
            .Select(i => new { i.Id, i.Kind, i.State, i.FileName, i.FileSize, i.Fault, i.CreatedByName, i.CreatedAt, i.PublishedAt,
                i.Result }).ToListAsync(cancellationToken);
        return new([.. rows.Take(take).Select(i =>
        {
            var result = i.Result is null ? null : ImportJson.Read<ImportResult>(i.Result);
            return new ImportSummary(i.Id, i.Kind, i.State, i.FileName, i.FileSize, i.Fault, i.CreatedByName, i.CreatedAt, i.PublishedAt,
                result?.Rows ?? 0, result?.Rejected ?? 0);
        })], page.Number, take, rows.Count > take);
    }

    /// <summary>How many imports there are.</summary>
    public async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Imports.CountAsync(cancellationToken);
    }

    /// <summary>An import, or null where there is none.</summary>
    public async Task<ImportDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var i = await db.Imports.AsNoTracking().FirstOrDefaultAsync(x => x.Id == id, cancellationToken);
        if (i is null) return null;
        return new(i.Id, i.Kind, i.State, i.FileName, i.FileSize, ImportJson.Read<FileFormat>(i.Format),
            ImportJson.Read<FileProfile>(i.Profile), await FieldsAsync(db, grant, i.Kind, cancellationToken),
            ImportJson.Read<ImportPlan>(i.Plan),
            i.Result is null ? null : Shown(ImportJson.Read<ImportResult>(i.Result), grant), i.Fault, i.JobId, i.ChangeSetId,
            i.State == ImportState.Published && i.ChangeSetId is not null && clock.GetUtcNow() - i.PublishedAt <= UndoLimit,
                i.CreatedByName, i.CreatedAt, i.PublishedAt);
    }

    /// <summary>
    /// The result for a reader: what stood in a record before is masked for who may not see it there; the new value is the file's.
    /// </summary>
    private static ImportResult Shown(ImportResult result, Grant grant)
    {
        if (grant.Has(Permissions.CustomersSensitive)) return result;
        foreach (var fields in result.Differences.Select(d => d.Fields))
            foreach (var (name, values) in fields)
                if (IsSensitive(name)) values[0] = Masking.Text(values[0]);
        return result;
    }

    /// <summary>A difference is named by a field of the customer, by <c>Address</c> and one of its fields, or by a word for a
    /// part.</summary>
    private static bool IsSensitive(string name) => name.Split(' ') switch
    {
        [nameof(Address), var field] => AuditNames.IsSensitive(nameof(Address), field),
        [var field] when typeof(Customer).GetProperty(field) is not null => AuditNames.IsSensitive(nameof(Customer), field),
        _ => false,
    };

    /// <summary>Reads the file in another way, or as another kind of records, and proposes again.</summary>
    /// <exception cref="RuleViolationException">The file cannot be read so.</exception>
    public async Task SetFormatAsync(long id, FileFormat format, ImportKind kind, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        if (!FileSniffer.Encodings.Contains(format.Encoding)) throw new RuleViolationException("Encoding", "Choose an encoding.");
        if (!FormatDetector.Delimiters.Contains(format.Delimiter))
            throw new RuleViolationException("Delimiter", "Choose a separator.");
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await DemandOpenAsync(db, id, cancellationToken);
        var profile = await ProfileAsync(db, id, format, null, cancellationToken);
        var plan = ImportJson
            .Write(await ProposeAsync(db, kind, await FieldsAsync(db, grant, kind, cancellationToken), profile, cancellationToken));
        var (formatJson, profileJson) = (ImportJson.Write(format), ImportJson.Write(profile));
        await db.Imports.Where(i => i.Id == id)
            .ExecuteUpdateAsync(i => i.SetProperty(x => x.Kind, kind).SetProperty(x => x.Format, formatJson)
            .SetProperty(x => x.Profile, profileJson)
            .SetProperty(x => x.Plan, plan).SetProperty(x => x.State, ImportState.Uploaded).SetProperty(x => x.Result, (string?)null),
                cancellationToken);
    }

    /// <summary>Keeps the plan, remembers it for files with the same header, and starts the check.</summary>
    /// <returns>The job.</returns>
    /// <exception cref="RuleViolationException">The plan cannot work.</exception>
    public async Task<long> StartCheckAsync(long id, ImportPlan plan, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        await SetPlanAsync(id, plan, cancellationToken);
        return await StartAsync(grant, id, ImportCheckJob.Name, [ImportState.Uploaded, ImportState.Checked, ImportState.Checking],
            ImportState.Checking, cancellationToken);
    }

    /// <summary>Starts the publication of a checked import, or goes on with one that was interrupted.</summary>
    /// <returns>The job.</returns>
    public async Task<long> StartPublishAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        return await StartAsync(grant, id, ImportPublishJob.Name, [ImportState.Checked, ImportState.Publishing], ImportState.Publishing,
            cancellationToken);
    }

    /// <summary>Starts to take a published import back.</summary>
    /// <returns>The job.</returns>
    public async Task<long> StartUndoAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        return await StartAsync(grant, id, ImportUndoJob.Name, [ImportState.Published], ImportState.Published, cancellationToken);
    }

    /// <summary>Keeps the plan without starting anything; a command runs the steps itself.</summary>
    /// <exception cref="RuleViolationException">The plan cannot work.</exception>
    public async Task SetPlanAsync(long id, ImportPlan plan, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var import = await DemandOpenAsync(db, id, cancellationToken);
        var profile = ImportJson.Read<FileProfile>(import.Profile);
        PlanProposer.Demand(import.Kind, await FieldsAsync(db, grant, import.Kind, cancellationToken), plan, profile);
        var json = ImportJson.Write(plan);
        await db.Imports.Where(i => i.Id == id).ExecuteUpdateAsync(i => i.SetProperty(x => x.Plan, json), cancellationToken);
        var hash = PlanProposer.HeaderHash(profile);
        var now = clock.GetUtcNow();
        var known = await db.ImportMemories.Where(m => m.Kind == import.Kind && m.HeaderHash == hash)
            .ExecuteUpdateAsync(m => m.SetProperty(x => x.Plan, json).SetProperty(x => x.UsedAt, now), cancellationToken);
        if (known > 0) return;
        db.ImportMemories.Add(new ImportMemory { Kind = import.Kind, HeaderHash = hash, Plan = json, UsedAt = now });
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Marks a checked import as being published, for a command that runs the steps itself.</summary>
    public async Task BeginPublishAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.Imports.Where(i => i.Id == id && i.State == ImportState.Checked)
            .ExecuteUpdateAsync(i => i.SetProperty(x => x.State, ImportState.Publishing), cancellationToken);
    }

    /// <summary>Removes an import that was not published, with its file.</summary>
    public async Task<bool> DiscardAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (!await db.Imports.AnyAsync(i => i.Id == id && i.State != ImportState.Published && i.State != ImportState.Undone
            && !db.Jobs.Any(j => j.Id == i.JobId && (j.State == JobState.Waiting || j.State == JobState.Running)),
                cancellationToken)) return false;
        await RemoveAsync(db, id, cancellationToken);
        return true;
    }

    /// <summary>The first rejected rows with their reasons.</summary>
    public async Task<IReadOnlyList<RejectedRow>> RejectedAsync(long id, int count, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rows = await db.ImportRows.AsNoTracking().Where(r => r.ImportId == id && r.Reason != null).OrderBy(r => r.RowNumber)
            .Take(Math.Clamp(count, 1, 1000)).ToListAsync(cancellationToken);
        return [.. rows.Select(Rejected)];
    }

    /// <summary>The rejected rows as the file has them, each with its reason; the header is given first, as a row without one.</summary>
    public async IAsyncEnumerable<(IReadOnlyList<string> Cells, RejectedRow? Row)> RejectedCellsAsync(long id,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await db.Imports.AsNoTracking().FirstOrDefaultAsync(i => i.Id == id, cancellationToken) is not { } import) yield break;
        await using var reading = provider.CreateContext(null);
        await using var file = ImportFileStore.Open(reading, id);
        await using var rejected = db.ImportRows.AsNoTracking().Where(r => r.ImportId == id && r.Reason != null).OrderBy(r => r.RowNumber)
            .AsAsyncEnumerable().GetAsyncEnumerator(cancellationToken);
        var hasMore = await rejected.MoveNextAsync();
        var format = ImportJson.Read<FileFormat>(import.Format);
        var isFirst = format.HasHeader;
        await foreach (var row in CsvRows.ReadAsync(file, format, cancellationToken))
        {
            if (isFirst && !row.IsBlank)
            {
                isFirst = false;
                yield return (row.Cells, null);
                continue;
            }

            if (!hasMore) yield break;
            if (rejected.Current.RowNumber != row.Number) continue;
            yield return (row.Cells, Rejected(rejected.Current));
            hasMore = await rejected.MoveNextAsync();
        }
    }

    /// <summary>Removes files and staged rows of imports that can no longer be undone.</summary>
    public async Task RemoveExpiredAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var limit = clock.GetUtcNow() - UndoLimit;
        foreach (var id in await db.Imports.Where(i => i.CreatedAt < limit).Where(i => db.Set<ImportChunk>().Any(c => c.ImportId == i.Id))
            .Select(i => i.Id).Order().Take(100).ToListAsync(cancellationToken))
        {
            await db.ImportRows.Where(r => r.ImportId == id).ExecuteDeleteAsync(cancellationToken);
            await db.ImportChunks.Where(c => c.ImportId == id).ExecuteDeleteAsync(cancellationToken);
        }
    }

    private async Task<long> StartAsync(Grant grant, long id, string kind, ImportState[] from, ImportState to,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var job = jobs.Make(kind, id, grant);
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancellationToken);
        var taken = await db.Imports.Where(i => i.Id == id && from.Contains(i.State)
            && !db.Jobs.Any(j => j.Id == i.JobId && (j.State == JobState.Waiting || j.State == JobState.Running)))
            .ExecuteUpdateAsync(i => i.SetProperty(x => x.State, to).SetProperty(x => x.JobId, job.Id)
            .SetProperty(x => x.Fault, (string?)null), cancellationToken);
        if (taken == 0) throw new RuleViolationException("", "The import is no longer at this step; reload its page.");
        await transaction.CommitAsync(cancellationToken);
        running.Wake();
        return job.Id;
    }

    private static async Task<Import> DemandOpenAsync(CrmDbContext db, long id, CancellationToken cancellationToken) =>
        await db.Imports.AsNoTracking().FirstOrDefaultAsync(i => i.Id == id && i.State != ImportState.Publishing
            && i.State != ImportState.Published && i.State != ImportState.Undone, cancellationToken)
        ?? throw new RuleViolationException("", "The import is no longer at this step; reload its page.");

    private static async Task<IReadOnlyList<ImportField>> FieldsAsync(CrmDbContext db, Grant grant, ImportKind kind,
        CancellationToken cancellationToken) =>
        [.. ImportFields.Of(kind, kind == ImportKind.Customers ? await db.CustomFields.OfferedTo(grant).ToListAsync(cancellationToken) : [])
            // Points of many at once are for whoever may also approve those of one.
            .Where(f => f.Name != ImportFields.Points || grant.Has(Permissions.LoyaltyApprove))];

    private async Task<ImportPlan> ProposeAsync(CrmDbContext db, ImportKind kind, IReadOnlyList<ImportField> fields, FileProfile profile,
        CancellationToken cancellationToken)
    {
        var hash = PlanProposer.HeaderHash(profile);
        var proposed = PlanProposer.Propose(kind, fields, profile, shop.Value);
        if (profile.Columns.All(c => c.Name.Length == 0)) return proposed;
        var remembered = await db.ImportMemories.AsNoTracking().Where(m => m.Kind == kind && m.HeaderHash == hash).Select(m => m.Plan)
            .FirstOrDefaultAsync(cancellationToken);
        if (remembered is null) return proposed;
        return PlanProposer.Again(ImportJson.Read<ImportPlan>(remembered), kind, fields, profile, shop.Value);
    }

    private static async Task<FileProfile> ProfileAsync(CrmDbContext db, long id, FileFormat format, IProgress<JobProgress>? progress,
        CancellationToken cancellationToken)
    {
        await using var file = ImportFileStore.Open(db, id);
        return await FileProfiler.ReadAsync(file, format, new Rows(progress), cancellationToken);
    }

    private static async Task RemoveAsync(CrmDbContext db, long id, CancellationToken cancellationToken)
    {
        await db.ImportRows.Where(r => r.ImportId == id).ExecuteDeleteAsync(cancellationToken);
        await db.ImportChunks.Where(c => c.ImportId == id).ExecuteDeleteAsync(cancellationToken);
        await db.Imports.Where(i => i.Id == id).ExecuteDeleteAsync(cancellationToken);
    }

    private static RejectedRow Rejected(ImportRow row) => new(row.RowNumber, row.Reason!, row.ReasonArguments is null
        ? [] : ImportJson.Read<List<string>>(row.ReasonArguments));

    /// <summary>The name alone, whatever path the browser sent, in characters that can be shown.</summary>
    private static string NameOf(string fileName)
    {
        var name = string.Concat(Path.GetFileName(fileName.Replace('\\', '/')).Where(c => !char.IsControl(c) && !char.IsSurrogate(c)))
            .Trim();
        return name.Length == 0 ? "import.csv" : SearchText.Cut(name, Import.FileNameLength);
    }

    private sealed class Bytes(IProgress<JobProgress>? progress, long? size) : IProgress<long>
    {
        public void Report(long value) => progress?.Report(new("Uploading", value, size ?? 0));
    }

    private sealed class Rows(IProgress<JobProgress>? progress) : IProgress<int>
    {
        public void Report(int value) => progress?.Report(new("Reading the rows", value, 0));
    }
}
