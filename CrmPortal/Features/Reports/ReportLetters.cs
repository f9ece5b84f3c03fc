using System.Globalization;
using System.IO.Pipelines;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Core.Reports;
using CrmPortal.Features.Exports;
using CrmPortal.Hosting;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Reports;

/// <summary>The mails with reports, in the language and the zone of whoever reads them.</summary>
internal sealed class ReportLetters(IStringLocalizer<Texts> localizer, ExportAudiences audiences, ServerAddress address, ShopIdentity shop,
    ShopClock clock) : IReportLetters
{
    public (string Subject, string Text) Write(User reader, ReportView view, long runId)
    {
        using var language = new Language(reader);
        var title = ReportDocument.TitleOf(view, audiences.In(ZoneOf(reader)));
        var table = ReportDocument.Of(view, shop.Name, audiences.In(ZoneOf(reader)));
        var lines = table.Subtitles.Take((view.Dates is null ? 0 : 1) + view.Content.Figures.Count);
        return (localizer["{0} of {1}", title, shop.Name], string.Join("\n\n", [
            localizer["Hello {0},", reader.DisplayName], localizer["here is the report “{0}”.", title].Value, string.Join('\n', lines),
            localizer["The whole report, with the figures as they were:"].Value,
            address.Page(ReportUrls.Kept(runId).TrimStart('/')).AbsoluteUri]) + "\n");
    }

    public async Task<OutgoingMailFile> AttachAsync(User reader, ReportView view, string format, CancellationToken cancellationToken)
    {
        using var language = new Language(reader);
        var kind = ExportFormats.Demand(format);
        var table = ExportAnswer.Branded(ReportDocument.Of(view, shop.Name, audiences.In(ZoneOf(reader))), shop);
        using var content = new MemoryStream();
        var output = PipeWriter.Create(content, new(leaveOpen: true));
        await kind.WriteAsync(table, output, cancellationToken);
        await output.CompleteAsync();
        var day = clock.DayOf(view.MadeAt).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new() { Name = $"{view.Report.Name}-{day}.{kind.Name}", ContentType = kind.ContentType, Content = content.ToArray() };
    }

    private LocalZone ZoneOf(User reader) => LocalZone.TryFind(reader.TimeZone ?? "", out var zone) ? zone : clock.Zone;

    /// <summary>The reader's language until the end of the block.</summary>
    private sealed class Language : IDisposable
    {
        private readonly (CultureInfo Culture, CultureInfo Ui) _before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);

        public Language(User reader)
        {
            // As for pages: English dates are the British ones where nothing else is known.
            var language = reader.Language ?? "en";
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(language == "en" ? "en-GB" : language);
        }

        public void Dispose() => (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = _before;
    }
}
