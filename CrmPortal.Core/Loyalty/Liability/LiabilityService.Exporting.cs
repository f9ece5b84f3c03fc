using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Core.Loyalty;

/// <summary>Which part of the overview becomes a file.</summary>
public enum LoyaltyReport { Metrics, Liability, Expiries }

/// <content>The overview as files.</content>
public sealed partial class LiabilityService
{
    /// <summary>A part of the overview as a table; the export is logged.</summary>
    /// <exception cref="RuleViolationException">There is no such format.</exception>
    public async Task<ExportTable> ExportAsync(LoyaltyReport report, string format, string title, ExportAudience audience,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ReportsExport, cancellationToken);
        ExportFormats.Demand(format);
        var (columns, rows) = report switch
        {
            LoyaltyReport.Metrics => Table(await MetricsAsync(cancellationToken), audience),
            LoyaltyReport.Liability => Table(await LiabilityAsync(cancellationToken)),
            _ => ExpiryTable(await LiabilityAsync(cancellationToken), audience),
        };
        await audit.WriteAsync(AuditAction.Exported, nameof(LoyaltyAccount), 0, null, format, cancellationToken);
        return InMemory.Table(title, shop.Value.Name, clock.GetUtcNow(), audience, columns, rows);
    }

    private static (ExportColumn[] Columns, List<object?[]> Rows) Table(LoyaltyMetrics metrics, ExportAudience audience)
    {
        List<object?[]> rows = [Row("Members", metrics.TotalMembers), Row("Active members", metrics.ActiveMembers)];
        rows.AddRange(metrics.ActiveByTier.Select(t => new object?[] { audience.Choice("tier", t.Key), (decimal)t.Value }));
        rows.AddRange([Row("Points issued", metrics.Issued), Row("Points redeemed", metrics.Redeemed),
            Row("Points expired", metrics.Expired), Row("Points outstanding", metrics.Outstanding),
            Row("Redemption rate in percent", metrics.RedemptionRate)]);
        return ([new("figure", "Figure", ExportKind.Text, 30), new("value", "Value", ExportKind.Number, 14)], rows);

        object?[] Row(string figure, decimal value) => [audience.Title(figure), value];
    }

    private (ExportColumn[] Columns, List<object?[]> Rows) Table(LoyaltyLiability liability) =>
    (
        [
            new("month", "Month of issue", ExportKind.Date, 12), new("issued", "Issued", ExportKind.Number, 12) { IsSummed = true },
                new("redeemed", "Redeemed", ExportKind.Number, 12) { IsSummed = true },
            new("left", "Remaining", ExportKind.Number, 12) { IsSummed = true },
                new("expected", "Expected to be redeemed", ExportKind.Number, 14) { IsSummed = true },
            new("value", "Value", ExportKind.Money, 15) { Currency = shop.Value.Currency, IsSummed = true },
        ],
        liability.Issued.Select(m => new object?[]
        {
            m.Month, m.Issued, m.Redeemed, m.Left, (long)Math.Round(m.ExpectedRedeemed, MidpointRounding.AwayFromZero),
                Money.ToMinor(m.ExpectedRedeemed * liability.PointValue, shop.Value.Currency),
        }).ToList());

    private (ExportColumn[] Columns, List<object?[]> Rows) ExpiryTable(LoyaltyLiability liability, ExportAudience audience) =>
    (
        [new("month", "Month", ExportKind.Text, 14), new("points", "Points", ExportKind.Number, 14) { IsSummed = true },
            new("value", "Value", ExportKind.Money, 15) { Currency = shop.Value.Currency, IsSummed = true }],
        liability.Expiring.Select(m => new object?[]
        {
            m.Month?.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture)
                ?? audience.Title(m.IsNever ? "Never" : "Later"), m.Points,
                Money.ToMinor(m.Points * liability.PointValue, shop.Value.Currency),
        }).ToList());
}
