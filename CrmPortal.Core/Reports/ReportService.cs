using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Exports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Reports;

/// <summary>Makes reports for screens and files, and keeps them with the figures as they were.</summary>
public sealed class ReportService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, AuditLog audit, ReportCatalogue reports,
    IOptions<ShopOptions> shop)
{
    /// <summary>So many kept reports are listed at once.</summary>
    public const int PageSize = 50;

    /// <summary>The kinds of reports that the acting user may see.</summary>
    public async Task<IReadOnlyList<ReportInfo>> ListAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        return [.. reports.Of(grant).Select(ReportCatalogue.Info)];
    }

    /// <summary>A report with the figures of this moment.</summary>
    /// <param name="savedId">The saved report whose name it bears.</param>
    /// <returns>Null where there is no such kind, or the acting user may not see what it tells of.</returns>
    /// <exception cref="RuleViolationException">The days that were chosen are wrong; each error names its field.</exception>
    public async Task<ReportView?> MakeAsync(string name, ReportChoice choice, long? savedId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        if (reports.Find(name, grant) is not { } report) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var heading = savedId is null ? null : await db.SavedReports.Where(r => r.Id == savedId && r.Report == name).Select(r => r.Name)
            .FirstOrDefaultAsync(cancellationToken);
        return await reports.MakeAsync(db, report, choice, heading, null, cancellationToken);
    }

    /// <summary>A report as a file; the export is logged.</summary>
    /// <returns>Null where there is no such report for the acting user.</returns>
    /// <exception cref="RuleViolationException">There is no such format, or the days are wrong.</exception>
    public async Task<ExportTable?> ExportAsync(string name, ReportChoice choice, long? savedId, string format, ExportAudience audience,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ReportsExport, cancellationToken);
        ExportFormats.Demand(format);
        if (await MakeAsync(name, choice, savedId, cancellationToken) is not { } view) return null;
        return await WriteAsync(view, 0, format, audience, cancellationToken);
    }

    /// <summary>Keeps a report with the figures of this moment.</summary>
    /// <returns>The key of what was kept, or null where there is no such report for the acting user.</returns>
    /// <exception cref="RuleViolationException">The days are wrong.</exception>
    public async Task<long?> KeepAsync(string name, ReportChoice choice, long? savedId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ReportsExport, cancellationToken);
        if (await MakeAsync(name, choice, savedId, cancellationToken) is not { } view) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var run = ReportCatalogue.Run(view, view.Heading is null ? null : savedId, grant.Actor.Name);
        db.ReportRuns.Add(run);
        await db.SaveChangesAsync(cancellationToken);
        return run.Id;
    }

    /// <summary>What was kept, newest first; only of kinds that the acting user may see.</summary>
    /// <param name="beforeId">Only what is older than this.</param>
    public async Task<IReadOnlyList<ReportRunRow>> RunsAsync(long? beforeId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        var titles = reports.Of(grant).ToDictionary(r => r.Name, r => r.Title);
        List<string> names = [.. titles.Keys];
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var runs = await db.ReportRuns.AsNoTracking().Where(r => names.Contains(r.Report) && (beforeId == null || r.Id < beforeId))
            .OrderByDescending(r => r.Id).Take(PageSize)
            .Select(r => new { r.Id, r.Report, r.Heading, r.From, r.Until, r.By, r.MadeAt, r.MadeByName }).ToListAsync(cancellationToken);
        return [.. runs.Select(r => new ReportRunRow(r.Id, titles[r.Report], r.Heading, ReportCatalogue.Dates(r.From, r.Until, r.By),
            r.MadeAt, r.MadeByName))];
    }

    /// <summary>A kept report with its figures as they were.</summary>
    /// <returns>Null where there is none that the acting user may see.</returns>
    public async Task<ReportView?> GetRunAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var run = await db.ReportRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, cancellationToken);
        return run is null || reports.Find(run.Report, grant) is not { } report ? null : ReportCatalogue.View(run, report);
    }

    /// <summary>A kept report as a file; the export is logged.</summary>
    /// <returns>Null where there is none that the acting user may see.</returns>
    /// <exception cref="RuleViolationException">There is no such format.</exception>
    public async Task<ExportTable?> ExportRunAsync(long id, string format, ExportAudience audience, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ReportsExport, cancellationToken);
        ExportFormats.Demand(format);
        return await GetRunAsync(id, cancellationToken) is { } view
            ? await WriteAsync(view, id, format, audience, cancellationToken) : null;
    }

    /// <summary>Removes a kept report for good; false where there is none that the acting user may see.</summary>
    public async Task<bool> RemoveRunAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ReportsExport, cancellationToken);
        List<string> names = [.. reports.Of(grant).Select(r => r.Name)];
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.ReportRuns.Where(r => r.Id == id && names.Contains(r.Report)).ExecuteDeleteAsync(cancellationToken) > 0;
    }

    private async Task<ExportTable> WriteAsync(ReportView view, long id, string format, ExportAudience audience,
        CancellationToken cancellationToken)
    {
        await audit.WriteAsync(AuditAction.Exported, "Report", id, null, $"{view.Report.Name} {format}", cancellationToken);
        return ReportDocument.Of(view, shop.Value.Name, audience);
    }
}
