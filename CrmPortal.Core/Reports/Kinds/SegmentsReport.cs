using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Segments;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Reports;

/// <summary>The segments by rules, as they were counted last.</summary>
internal sealed class SegmentsReport : IReport
{
    public string Name => "segments";

    public string Title => "Segments";

    public string Purpose => "How many customers are in each segment.";

    public string? Permission => Permissions.SegmentsView;

    public ReportChoices Choices => ReportChoices.None;

    public async Task<ReportContent> MakeAsync(ReportScope scope, CancellationToken cancellationToken)
    {
        var customers = await scope.Db.Customers.LongCountAsync(c => c.DeletedAt == null, cancellationToken);
        var segments = await scope.Db.Segments.AsNoTracking().OrderByDescending(s => s.Customers).ThenBy(s => s.NameKey)
            .Take(ReportDates.MostRows).ToListAsync(cancellationToken);
        return new(
            [
                new("segments", "Segments", ExportKind.Number, segments.Count, "Segments by rules."),
                new("customers", "Customers", ExportKind.Number, customers, "All who are not in the trash, at this moment."),
            ],
            [
                new("segment", "Segment", ExportKind.Text, 24), new("customers", "Customers", ExportKind.Number, 12),
                new("share", "Share in percent", ExportKind.Number, 12) { Definition = "Of all customers; one may be in several segments." },
                new("counted", "Counted", ExportKind.Date, 12) { Definition = "The day on which the customers were counted last." },
            ],
            [.. segments.Select(s => new ReportRow(
                [s.Name, (long?)s.Customers, s.Customers is { } count ? ReportPartColumn.Percent(count, customers) : null,
                    s.CountedAt is { } at ? scope.Clock.DayOf(at) : null], "customers", s.Filter))],
            [new("Customers by segment", "segment", ["customers"])],
            ["A customer may be in several segments."]);
    }
}
