using System.Text;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Core.Reports;

namespace CrmPortal.Tests.Support;

/// <summary>Stands for the mails with reports that the web program words.</summary>
internal sealed class TestReportLetters : IReportLetters
{
    public (string Subject, string Text) Write(User reader, ReportView view, long runId) =>
        (view.Report.Title, FormattableString.Invariant($"{view.Report.Name} {runId}"));

    public Task<OutgoingMailFile> AttachAsync(User reader, ReportView view, string format, CancellationToken cancellationToken) =>
        Task.FromResult(new OutgoingMailFile
        {
            Name = $"{view.Report.Name}.{format}", ContentType = "application/octet-stream",
            Content = Encoding.UTF8.GetBytes(view.MadeAt.ToString("O", System.Globalization.CultureInfo.InvariantCulture)),
        });
}
