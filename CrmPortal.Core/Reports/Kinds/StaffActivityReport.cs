using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Exports;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Reports;

/// <summary>What each member of staff did in a period, by the change sets that they wrote.</summary>
internal sealed class StaffActivityReport : IReport
{
    /// <summary>So many people are listed, those who did most.</summary>
    private const int MostPeople = 200;

    public string Name => "staff-activity";

    public string Title => "Staff activity";

    public string Purpose => "What each member of staff did in a period.";

    public string? Permission => Permissions.AuditView;

    public ReportChoices Choices => ReportChoices.Period;

    public async Task<ReportContent> MakeAsync(ReportScope scope, CancellationToken cancellationToken)
    {
        var (start, end) = (scope.Clock.StartOf(scope.Dates!.From), scope.Clock.EndOf(scope.Dates.Until));
        // Changes alone: what was only looked at says nothing of work, and nobody shall be counted by their sign-ins.
        var work = await scope.Db.ChangeSets.Where(s => s.At >= start && s.At < end && s.ActorId != null && s.Permission != null)
            .GroupBy(s => new { s.ActorId, s.Kind }).Select(g => new { g.Key.ActorId, g.Key.Kind, Count = g.LongCount() })
            .ToListAsync(cancellationToken);
        List<long> ids = [.. work.Select(w => w.ActorId!.Value).Distinct()];
        var names = await scope.Db.Users.Where(u => ids.Contains(u.Id)).Select(u => new { u.Id, u.DisplayName })
            .ToDictionaryAsync(u => u.Id, u => u.DisplayName, cancellationToken);
        List<ReportRow> rows = [.. work.GroupBy(w => w.ActorId!.Value).OrderByDescending(g => g.Sum(w => w.Count)).ThenBy(g => g.Key)
            .Take(MostPeople).Select(g => new ReportRow([names.GetValueOrDefault(g.Key, "–"),
                g.Where(w => w.Kind == "customer.create").Sum(w => w.Count),
                g.Where(w => w.Kind.StartsWith("customer.", StringComparison.Ordinal)
                    && w.Kind is not ("customer.create" or "customer.note")).Sum(w => w.Count),
                g.Where(w => w.Kind == "customer.note").Sum(w => w.Count),
                g.Where(w => w.Kind.StartsWith("order.", StringComparison.Ordinal)).Sum(w => w.Count),
                g.Where(w => w.Kind.StartsWith("loyalty.", StringComparison.Ordinal)).Sum(w => w.Count), g.Sum(w => w.Count)]))];
        return new(
            [
                new("people", "People", ExportKind.Number, (long)rows.Count, "Users who changed something in the period."),
                new("changes", "Changes", ExportKind.Number, rows.Sum(r => (long)r.Values[6]!),
                    "Saves, bulk edits, imports and other work, each counted once."),
            ],
            [
                new("person", "Person", ExportKind.Text, 22), new("created", "Customers created", ExportKind.Number) { IsSummed = true },
                new("edited", "Customers changed", ExportKind.Number) { IsSummed = true },
                new("notes", "Notes", ExportKind.Number) { IsSummed = true },
                new("orders", "Orders", ExportKind.Number) { IsSummed = true },
                new("loyalty", "Loyalty", ExportKind.Number) { IsSummed = true },
                new("changes", "All changes", ExportKind.Number) { IsSummed = true, Definition = "Together with all other work." },
            ],
            rows, [new("Changes by person", "person", ["changes"])],
            ["What was only looked at does not count, nor does signing in."]);
    }
}
