using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Imports;

internal sealed class ImportCheckJob(ImportRunner runner, IDbContextFactory<CrmDbContext> dbFactory) : IJobHandler
{
    public const string Name = "import.check";

    public string Kind => Name;

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        runner.CheckAsync(subjectId, progress, cancellationToken);

    public Task EndedAsync(long subjectId, JobState state, string? fault, CancellationToken cancellationToken) =>
        ImportStates.BackAsync(dbFactory, subjectId, ImportState.Checking, ImportState.Uploaded, fault, cancellationToken);
}

internal sealed class ImportPublishJob(ImportRunner runner, IDbContextFactory<CrmDbContext> dbFactory) : IJobHandler
{
    public const string Name = "import.publish";

    public string Kind => Name;

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        runner.PublishAsync(subjectId, progress, cancellationToken);

    public Task EndedAsync(long subjectId, JobState state, string? fault, CancellationToken cancellationToken) =>
        ImportStates.BackAsync(dbFactory, subjectId, ImportState.Publishing, ImportState.Checked, fault, cancellationToken);
}

internal sealed class ImportUndoJob(UndoService undo, IDbContextFactory<CrmDbContext> dbFactory) : IJobHandler
{
    public const string Name = "import.undo";

    public string Kind => Name;

    public async Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var import = await db.Imports.AsNoTracking().SingleAsync(i => i.Id == subjectId, cancellationToken);
        if (import.State == ImportState.Undone || import.ChangeSetId is not { } changeSet) return;
        progress.Report(new("Undoing", 0, 0));
        var undone = await undo.UndoAsync(changeSet, alsoChangedLater: false, cancellationToken);
        if (import.Result is null) return;
        var result = ImportJson.Read<ImportResult>(import.Result);
        result.Kept = await ImportUndo.KeptAsync(db, changeSet, undone.Kept.Count(k => k.Field != nameof(Customer)),
            CancellationToken.None);
        var json = ImportJson.Write(result);
        await db.Imports.Where(i => i.Id == subjectId).ExecuteUpdateAsync(i => i.SetProperty(x => x.Result, json), CancellationToken.None);
    }

    public Task EndedAsync(long subjectId, JobState state, string? fault, CancellationToken cancellationToken) =>
        ImportStates.BackAsync(dbFactory, subjectId, ImportState.Published, ImportState.Published, fault, cancellationToken);
}

internal static class ImportStates
{
    /// <summary>After a step that failed or was cancelled, the import stands where it stood before.</summary>
    public static async Task BackAsync(IDbContextFactory<CrmDbContext> dbFactory, long importId, ImportState from, ImportState to,
        string? fault, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.Imports.Where(i => i.Id == importId && i.State == from)
            .ExecuteUpdateAsync(i => i.SetProperty(x => x.State, to).SetProperty(x => x.Fault, fault), cancellationToken);
    }
}
