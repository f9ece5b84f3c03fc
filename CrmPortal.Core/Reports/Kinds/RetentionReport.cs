using System.Globalization;
using CrmPortal.Core.Analytics;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Core.Reports;

/// <summary>How many of those who bought for the first time in a month came back in the months after it.</summary>
internal sealed class RetentionReport(RetentionService retention) : IReport
{
    /// <summary>So many months after the first order have a column.</summary>
    private const int MonthsAfter = 12;

    public string Name => "retention";

    public string Title => "Retention";

    public string Purpose => "How many of those who bought for the first time in a month came back in the months after it.";

    public string? Permission => Permissions.OrdersView;

    public ReportChoices Choices => ReportChoices.None;

    public async Task<ReportContent> MakeAsync(ReportScope scope, CancellationToken cancellationToken)
    {
        var matrix = await retention.GetAsync(null, cancellationToken);
        return new(
            [
                new("customers", "New customers", ExportKind.Number, matrix.Cohorts.Sum(c => (long)c.Customers),
                    "Customers whose first paid order was in the last 24 months."),
                OfAll(1, "after_1", "Back after a month"), OfAll(3, "after_3", "Back after three months"),
                OfAll(MonthsAfter, "after_12", "Back after a year"),
            ],
            [
                new(ReportPartColumn.Name, "First order", ExportKind.Choice, 12) { Field = ReportDates.Field },
                new("customers", "Customers", ExportKind.Number, 10) { IsSummed = true },
                .. Enumerable.Range(1, MonthsAfter).Select(m => new ReportColumn(
                    string.Create(CultureInfo.InvariantCulture, $"month_{m}"),
                    string.Create(CultureInfo.InvariantCulture, $"Month {m}"), ExportKind.Number, 7)),
            ],
            [.. matrix.Cohorts.Reverse().Select(c => new ReportRow(
                [c.First.ToString("yyyy-MM", CultureInfo.InvariantCulture), (long)c.Customers, .. Enumerable.Range(1, MonthsAfter)
                    .Select(m => m < c.Months.Count ? (object?)ReportPartColumn.Percent(c.Months[m].Customers, c.Customers) : null)],
                "customers", ReportPartColumn.Filter("first_order",
                    new("", c.First, CalendarMonth.LastDay(CalendarMonth.Of(c.First))))))],
            [new("New customers by month", ReportPartColumn.Name, ["customers"])],
            [
                "The months show which share of the customers of a line, in percent, had a paid order so many months after the first one.",
                "A share of fewer than 30 customers says little.", "The month that still runs is not over and will rise.",
            ]);

        ReportFigure OfAll(int months, string name, string title) => new(name, title, ExportKind.Number,
            matrix.ShareOfAll(months) is { } share ? Math.Round(100m * (decimal)share, 1, MidpointRounding.AwayFromZero) : null,
            "In percent, of all customers for whom that month is over.");
    }
}
