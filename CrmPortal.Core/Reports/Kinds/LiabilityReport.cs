using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Core.Reports;

/// <summary>What the shop owes its members, by the month in which points were issued.</summary>
internal sealed class LiabilityReport(LiabilityService programme) : IReport
{
    public string Name => "liability";

    public string Title => "Loyalty liability";

    public string Purpose => "What the points of members are worth, and how much of it is expected to be redeemed.";

    public string? Permission => null;

    public ReportChoices Choices => ReportChoices.None;

    public async Task<ReportContent> MakeAsync(ReportScope scope, CancellationToken cancellationToken)
    {
        var owed = await programme.LiabilityAsync(cancellationToken);
        return new(
            [
                new("left", "Points outstanding", ExportKind.Number, owed.Left, "Points that members can still spend."),
                new("full", "Full value", ExportKind.Money, owed.Full, "Points outstanding times the value of a point."),
                new("expected", "Expected value", ExportKind.Money, owed.Expected, "The part of it that is expected to be redeemed."),
                new("rate", "Expected to be redeemed in percent", ExportKind.Number,
                    Math.Round(100m * owed.ExpectedRate, 1, MidpointRounding.AwayFromZero),
                    "By how much of earlier points was redeemed at each age."),
                new("breakage", "Breakage", ExportKind.Number, owed.Breakage, "Points that are expected never to be redeemed."),
            ],
            [
                new(ReportPartColumn.Name, "Month of issue", ExportKind.Choice, 14) { Field = ReportDates.Field },
                new("issued", "Issued", ExportKind.Number) { IsSummed = true },
                new("redeemed", "Redeemed", ExportKind.Number) { IsSummed = true },
                new("left", "Remaining", ExportKind.Number) { IsSummed = true },
                new("expected", "Expected to be redeemed", ExportKind.Number) { IsSummed = true },
                new("value", "Value", ExportKind.Money, 14) { IsSummed = true, Definition = "Of what is expected to be redeemed." },
            ],
            [.. owed.Issued.Select(m => new ReportRow(
                [m.Month?.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture), m.Issued, m.Redeemed, m.Left,
                    (long)Math.Round(m.ExpectedRedeemed, MidpointRounding.AwayFromZero),
                    Money.ToMinor(m.ExpectedRedeemed * owed.PointValue, scope.Currency)]))],
            [new("Points by month of issue", ReportPartColumn.Name, ["redeemed", "left"], IsStacked: true)],
            ["The first line without a month is everything before."]);
    }
}
