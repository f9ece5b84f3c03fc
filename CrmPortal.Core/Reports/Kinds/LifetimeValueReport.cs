using System.Globalization;
using CrmPortal.Core.Analytics;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Core.Reports;

/// <summary>What customers are expected to spend, by the last calculation.</summary>
internal sealed class LifetimeValueReport(LifetimeValueService values) : IReport
{
    public string Name => "clv";

    public string Title => "Lifetime value";

    public string Purpose => "What customers are expected to spend, and how it is spread among them.";

    public string? Permission => Permissions.SegmentsView;

    public ReportChoices Choices => ReportChoices.None;

    public async Task<ReportContent> MakeAsync(ReportScope scope, CancellationToken cancellationToken)
    {
        var shown = await values.AnalysisAsync(1, cancellationToken);
        var figures = shown?.Figures;
        var customers = (long)(figures?.Value.Customers ?? 0);
        return new(
            [
                new("as_of", "As of", ExportKind.Date, shown?.Run.AsOf, "The day of the last calculation of all customers."),
                new("months", "Months ahead", ExportKind.Number, (long?)shown?.Run.Months, "How far the expectation looks ahead."),
                new("total", "Expected value", ExportKind.Money, figures?.Value.Total,
                    "What all customers together are expected to spend, discounted."),
                new("average", "Average", ExportKind.Money, figures?.Value.Average, "Expected value divided by customers."),
                new("median", "Median", ExportKind.Money, figures?.Value.Median, "Half of the customers are below it."),
                new("at_risk", "Value at risk", ExportKind.Money, shown?.Run.Model is null ? null : figures?.AtRisk,
                    "What is lost if those do not come back who have probably left."),
                new("sleeping", "Probably left", ExportKind.Number, shown?.Run.Model is null ? null : (long?)figures?.Sleeping,
                    "Customers who more probably have left than not."),
            ],
            [
                new("range", "Expected value", ExportKind.Text, 18), new("customers", "Customers", ExportKind.Number) { IsSummed = true },
                new("share", "Share in percent", ExportKind.Number), new("total", "Together", ExportKind.Money, 14) { IsSummed = true },
            ],
            [.. (figures?.Value.Ranges ?? []).Select(r => new ReportRow(
                [Range(r), (long)r.Customers, ReportPartColumn.Percent(r.Customers, customers), r.Total], "customers",
                Filter(r, scope.Currency)))],
            [new("Customers by expected value", "range", ["customers"])],
            shown?.Run.Reason is { } reason ? [Definition, reason] : [Definition]);
    }

    private const string Definition = "Expected orders times the expected value of an order, from the days on which each customer bought; "
        + "refunds are left out.";

    private static string Range(ForecastRange range) => range.Until is { } until
        ? string.Create(CultureInfo.InvariantCulture, $"{range.From:N0} – {until:N0}")
        : string.Create(CultureInfo.InvariantCulture, $"> {range.From:N0}");

    /// <summary>Amounts end below the next range by the smallest coin.</summary>
    private static string Filter(ForecastRange range, string currency)
    {
        var coin = Money.ToDecimal(1, currency);
        return (range.From, range.Until) switch
        {
            (0, { } until) => string.Create(CultureInfo.InvariantCulture, $"expected_value:less:{until}"),
            (var from, { } until) => string.Create(CultureInfo.InvariantCulture, $"expected_value:between:{from},{until - coin}"),
            (var from, null) => string.Create(CultureInfo.InvariantCulture, $"expected_value:more:{from - coin}"),
        };
    }
}
