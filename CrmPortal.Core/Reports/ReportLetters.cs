using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Mail;

namespace CrmPortal.Core.Reports;

/// <summary>Words the mails with reports, and the files in them, in the language and the zone of whoever reads them.</summary>
public interface IReportLetters
{
    /// <summary>A mail to one reader.</summary>
    /// <param name="runId">The kept report, to which the mail leads.</param>
    (string Subject, string Text) Write(User reader, ReportView view, long runId);

    /// <summary>The report as a file to attach.</summary>
    /// <param name="format">One of <see cref="Platform.Exports.ExportFormats"/>.</param>
    Task<OutgoingMailFile> AttachAsync(User reader, ReportView view, string format, CancellationToken cancellationToken);
}
