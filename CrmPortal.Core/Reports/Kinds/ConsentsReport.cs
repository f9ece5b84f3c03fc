using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Exports;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Reports;

/// <summary>What customers agree to, by purpose and channel, and what changed in a period.</summary>
internal sealed class ConsentsReport : IReport
{
    public string Name => "consents";

    public string Title => "Consents";

    public string Purpose => "How many customers agree to what, and how many gave or withdrew consent in a period.";

    public string? Permission => Permissions.CustomersView;

    public ReportChoices Choices => ReportChoices.Period;

    public async Task<ReportContent> MakeAsync(ReportScope scope, CancellationToken cancellationToken)
    {
        var (dates, db) = (scope.Dates!, scope.Db);
        var (start, end) = (scope.Clock.StartOf(dates.From), scope.Clock.EndOf(dates.Until));
        var customers = await db.Customers.LongCountAsync(c => c.DeletedAt == null, cancellationToken);
        var entries = db.Consents.Where(c => db.Set<Customer>().Any(x => x.Id == c.CustomerId && x.DeletedAt == null));
        // The newest entry of each customer is what holds.
        var holding = await entries.Where(c => !db.Set<Consent>().Any(o => o.CustomerId == c.CustomerId && o.Purpose == c.Purpose
                && o.Channel == c.Channel && (o.At > c.At || (o.At == c.At && o.Id > c.Id))))
            .GroupBy(c => new { c.Purpose, c.Channel, c.State }).Select(g => new { g.Key, Count = g.LongCount() })
            .ToListAsync(cancellationToken);
        var changed = await entries.Where(c => c.At >= start && c.At < end).GroupBy(c => new { c.Purpose, c.Channel, c.State })
            .Select(g => new { g.Key, Count = g.LongCount() }).ToListAsync(cancellationToken);
        var matters = holding.Select(h => (h.Key.Purpose, h.Key.Channel)).Distinct().OrderBy(m => m.Purpose).ThenBy(m => m.Channel);
        List<ReportRow> rows = [.. matters.Select(m => new ReportRow([m.Purpose.ToString(), m.Channel.ToString(),
            Holding(m, ConsentState.Granted), ReportPartColumn.Percent(Holding(m, ConsentState.Granted), customers),
            Holding(m, ConsentState.Withdrawn), Changed(m, ConsentState.Granted), Changed(m, ConsentState.Withdrawn)]))];
        return new(
            [
                new("customers", "Customers", ExportKind.Number, customers, "All who are not in the trash, at this moment."),
                new("given", "Given in the period", ExportKind.Number, rows.Sum(r => (long)r.Values[5]!), "Entries that give consent."),
                new("withdrawn", "Withdrawn in the period", ExportKind.Number, rows.Sum(r => (long)r.Values[6]!),
                    "Entries that withdraw consent."),
            ],
            [
                new("purpose", "Purpose", ExportKind.Choice, 16) { Field = "consent_purpose" },
                new("channel", "Channel", ExportKind.Choice, 12) { Field = "channel" },
                new("granted", "Agree now", ExportKind.Number), new("share", "Share in percent", ExportKind.Number)
                    { Definition = "Customers who agree now, of all customers." },
                new("refused", "Have withdrawn", ExportKind.Number),
                new("given", "Given in the period", ExportKind.Number) { IsSummed = true },
                new("withdrawn", "Withdrawn in the period", ExportKind.Number) { IsSummed = true },
            ],
            rows, [], ["Who agrees now is counted at this moment; the two last columns are of the period."]);

        long Holding((ConsentPurpose Purpose, Channel Channel) matter, ConsentState state) => holding
            .Where(h => h.Key.Purpose == matter.Purpose && h.Key.Channel == matter.Channel && h.Key.State == state).Sum(h => h.Count);
        long Changed((ConsentPurpose Purpose, Channel Channel) matter, ConsentState state) => changed
            .Where(h => h.Key.Purpose == matter.Purpose && h.Key.Channel == matter.Channel && h.Key.State == state).Sum(h => h.Count);
    }
}
