using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Core.Reports;

/// <summary>
/// Makes the saved reports that are due, every morning: the figures are kept and the mails written in one transaction that also moves the
/// report on, so that nobody gets one twice, whatever dies in between.
/// </summary>
internal sealed partial class ReportDelivery(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, ReportCatalogue reports,
    MailQueue mails, IReportLetters letters, ShopClock clock, ILogger<ReportDelivery> logger) : IScheduledJob
{
    public const string Name = "reports.deliver";

    public string Kind => Name;

    public string Cron => "0 6 * * *";

    public async Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ReportsExport, cancellationToken);
        List<long> due;
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            var today = clock.Today;
            due = await db.SavedReports.Where(r => r.NextOn <= today).OrderBy(r => r.NextOn).ThenBy(r => r.Id)
                .Take(SavedReportService.MostReports).Select(r => r.Id).ToListAsync(cancellationToken);
        }

        var failed = 0;
        foreach (var (at, id) in due.Index())
        {
            progress.Report(new("Making reports", at, due.Count));
            try
            {
                await DeliverAsync(id, cancellationToken);
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                // The others do not wait for it; it stays due.
                failed++;
                LogFault(fault, id);
            }
        }

        if (failed > 0)
            throw new RuleViolationException("", "{0} of {1} reports could not be made; see the server log.", failed, due.Count);
    }

    private async Task DeliverAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var saved = await db.SavedReports.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, cancellationToken);
        if (saved is not { NextOn: { } day } || day > clock.Today) return;
        var next = SavedReportService.NextAfter(clock.Today, saved.Frequency, saved.Day);
        // A later version of the program may know no such report any more.
        if (reports.Find(saved.Report) is not { } report) return;
        // As of the day on which it was due, also where the program was down on that day.
        var view = await reports.MakeAsync(db, report, ReportChoice.Parse(saved.Choice), saved.Name, day, cancellationToken);
        var readers = (await ReportReaders.FindAsync(db, saved.RecipientIds, cancellationToken)).Where(r => r.MaySee(report))
            .Select(r => r.User).ToList();
        List<OutgoingMailFile> files = [];
        if (saved.Format is { } format)
            foreach (var reader in readers) files.Add(await letters.AttachAsync(reader, view, format, cancellationToken));

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Only one node finds the day as it was read.
        if (await db.SavedReports.Where(r => r.Id == id && r.NextOn == day)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.NextOn, next), cancellationToken) == 0) return;
        var run = ReportCatalogue.Run(view, id, saved.CreatedByName);
        db.ReportRuns.Add(run);
        await db.SaveChangesAsync(cancellationToken);
        foreach (var (at, reader) in readers.Index())
        {
            var (subject, text) = letters.Write(reader, view, run.Id);
            var mail = mails.Add(db, reader.Email, subject, text);
            if (files.Count > 0) mail.Files.Add(files[at]);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Saved report {ReportId} could not be made; it is tried again")]
    private partial void LogFault(Exception fault, long reportId);
}
