using System.Globalization;
using System.Linq.Expressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Segments;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Reports;

/// <summary>
/// What support was like in a period: load, times, targets, satisfaction, over time and side by side. Whoever may not see reports sees
/// their
/// own tickets in it.
/// </summary>
public sealed class SupportReportService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, AuditLog audit,
    TicketService tickets, QueueService queues, ShopClock clock, IOptions<ShopOptions> shop)
{
    /// <summary>A period has so many days at most.</summary>
    public const int MostDays = 400;

    /// <summary>So many lines are put side by side, those with the most new tickets.</summary>
    public const int MostGroups = 200;

    /// <summary>The name under which exports are logged.</summary>
    public const string Name = "support";

    private const int MostSegments = 200;

    /// <summary>The report of a period.</summary>
    /// <exception cref="RuleViolationException">The days are wrong or too many, or the acting user may not ask for the segment.</exception>
    public async Task<SupportReport> GetAsync(SupportQuery query, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        var dates = ReportDates.Of(query.Choice, clock.Today);
        DemandDays(dates);
        query.Scope.Demand();
        var isOwn = !grant.Has(Permissions.ReportsView);
        var scope = isOwn ? query.Scope with { AgentId = grant.Actor.UserId } : query.Scope;
        if (query.Group == SupportGrouping.Segment) await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        await tickets.DemandMayAskAsync(new FilterAll([.. scope.Conditions(false)]).ToString(), cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var reader = Reader(db, scope, dates, grant.Has);
        var (parts, total) = await reader.PartsAsync(cancellationToken);
        var groups = query.Group is { } group ? await GroupsAsync(db, reader, scope, group, dates, cancellationToken) : [];
        return new(dates, query.Group, Row("", null, total, dates.From, dates.Until, scope),
            [.. dates.Parts.Select((p, i) => Row(p.Name, null, parts[i], p.First, p.Last, scope))], groups,
            await reader.HoursAsync(cancellationToken), isOwn, clock.Now, clock.Zone.Id);
    }

    /// <summary>The table of a report as a file; the export is logged.</summary>
    /// <exception cref="RuleViolationException">There is no such format, or the report cannot be made.</exception>
    public async Task<ExportTable> ExportAsync(SupportQuery query, string format, ExportAudience audience,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ReportsExport, cancellationToken);
        ExportFormats.Demand(format);
        var report = await GetAsync(query, cancellationToken);
        await audit.WriteAsync(AuditAction.Exported, "Report", 0, null, $"{Name} {format}", cancellationToken);
        return ReportDocument.Of(ViewOf(report, query.Choice, audience), shop.Value.Name, audience);
    }

    /// <summary>The table of a report in the form that screens and files of all reports have.</summary>
    public ReportView ViewOf(SupportReport report, ReportChoice choice, ExportAudience audience) =>
        new(new(Name, SupportOverTime.ReportTitle, SupportOverTime.ReportPurpose, ReportChoices.Period | ReportChoices.Grouping), null,
            choice,
            report.Dates, report.MadeAt, report.Zone, shop.Value.Currency, report.Group is { } group
                ? SupportContent.OfGroups(report.Total, [.. report.Groups.Select(g => g with { Name = SaidBy(g, group, audience) })],
                    TitleOf(group))
                : SupportContent.OfParts(report.Total, report.Parts, false));

    /// <summary>What the tickets of a report can be narrowed to.</summary>
    public async Task<SupportChoices> ChoicesAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var segments = !grant.Has(Permissions.SegmentsView) ? [] : await db.Segments.OrderBy(s => s.Name).Take(MostSegments)
            .Select(s => new { s.Id, s.Name }).ToListAsync(cancellationToken);
        return new([.. (await queues.ListAsync(true, cancellationToken)).Select(q => (q.Id, q.Name))],
            await queues.AgentsAsync(cancellationToken), [.. segments.Select(s => (s.Id, s.Name))]);
    }

    /// <summary>The figures of all tickets by the parts of a period, for whoever has asked for the permissions.</summary>
    internal static async Task<(SupportRow Total, IReadOnlyList<SupportRow> Parts)> PartsAsync(CrmDbContext db, ReportDates dates,
        ShopClock clock, string currency, CancellationToken cancellationToken)
    {
        var scope = new SupportScope();
        var context = new FilterContext(clock.Now, clock.Zone, false, currency);
        var (parts, total) = await new SupportReader(db, dates, clock, Those(scope, false, context), Those(scope, true, context))
            .PartsAsync(cancellationToken);
        return (Row("", null, total, dates.From, dates.Until, scope),
            [.. dates.Parts.Select((p, i) => Row(p.Name, null, parts[i], p.First, p.Last, scope))]);
    }

    /// <exception cref="RuleViolationException">There are too many days.</exception>
    internal static void DemandDays(ReportDates dates)
    {
        if (dates.Until.DayNumber - dates.From.DayNumber >= MostDays)
            throw new RuleViolationException(nameof(ReportChoice.Until), "This report covers at most {0} days.", MostDays);
    }

    /// <summary>What the lines are, as an English key.</summary>
    public static string TitleOf(SupportGrouping group) => group switch
    {
        SupportGrouping.Agent => "Agent",
        SupportGrouping.Queue => "Queue",
        SupportGrouping.Tag => "Tag",
        SupportGrouping.Priority => "Priority",
        SupportGrouping.Channel => "Channel",
        SupportGrouping.Segment => "Segment or group",
        _ => "RFM segment",
    };

    /// <summary>What people call a line.</summary>
    public static string SaidBy(SupportRow row, SupportGrouping group, ExportAudience audience) => row switch
    {
        { Name: { } name } => name,
        { Key.Length: 0 } => audience.Title(group switch
        {
            SupportGrouping.Agent => "Unassigned",
            SupportGrouping.Tag => "Without tags",
            _ => "None of them",
        }),
        _ when group == SupportGrouping.Priority => audience.Choice("priority", row.Key),
        _ when group == SupportGrouping.Channel => audience.Choice("ticket_channel", row.Key),
        _ when group == SupportGrouping.RfmSegment => audience.Choice("rfm_segment", row.Key),
        _ => row.Key,
    };

    private SupportReader Reader(CrmDbContext db, SupportScope scope, ReportDates dates, Func<string, bool> may)
    {
        var context = new FilterContext(clock.Now, clock.Zone, false, shop.Value.Currency) { May = may };
        return new(db, dates, clock, Those(scope, false, context), Those(scope, true, context));
    }

    private static Expression<Func<Ticket, bool>> Those(SupportScope scope, bool ofRatings, FilterContext context) =>
        TicketFilters.Catalogue.Predicate(new FilterAll([.. scope.Conditions(ofRatings)]), context)!;

    private static async Task<IReadOnlyList<SupportRow>> GroupsAsync(CrmDbContext db, SupportReader reader, SupportScope scope,
        SupportGrouping group, ReportDates dates, CancellationToken cancellationToken)
    {
        var found = await reader.GroupsAsync(group, cancellationToken);
        var shown = found.Where(g => HasAny(g.Value) && !(group == SupportGrouping.Segment && g.Key.Length == 0))
            .OrderByDescending(g => g.Value.New).ThenByDescending(g => g.Value.Solved).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Take(MostGroups).ToList();
        var ids = group is SupportGrouping.Agent or SupportGrouping.Queue or SupportGrouping.Segment
            ? shown.Where(g => g.Key.Length > 0).Select(g => long.Parse(g.Key, CultureInfo.InvariantCulture)).ToList() : [];
        var names = ids.Count == 0 ? [] : await (group switch
        {
            SupportGrouping.Agent => db.Users.Where(u => ids.Contains(u.Id))
                .Select(u => new { u.Id, Name = u.DisplayName.Length > 0 ? u.DisplayName : u.UserName! }),
            SupportGrouping.Queue => db.TicketQueues.Where(q => ids.Contains(q.Id)).Select(q => new { q.Id, q.Name }),
            _ => db.Segments.Where(s => ids.Contains(s.Id)).Select(s => new { s.Id, s.Name }),
        }).ToDictionaryAsync(n => n.Id.ToString(CultureInfo.InvariantCulture), n => n.Name, cancellationToken);
        return [.. shown.Select(g => Row(g.Key, names.GetValueOrDefault(g.Key) ?? (group == SupportGrouping.Tag && g.Key.Length > 0 ? g.Key
            : null), g.Value, dates.From, dates.Until, Narrowed(scope, group, g.Key)))];
    }

    private static bool HasAny(SupportFigures f) => f.New + f.Solved + f.Reopened + f.Backlog + f.In.Messages + f.Out.Messages
        + f.FirstResponse.Tickets + f.Resolution.Tickets + f.First.Kept + f.First.Missed + f.Solution.Kept + f.Solution.Missed
        + f.Satisfaction.Asked > 0;

    private static SupportScope Narrowed(SupportScope scope, SupportGrouping group, string key) => group switch
    {
        SupportGrouping.Agent => scope with { AgentId = Id(key) },
        SupportGrouping.Queue => scope with { QueueId = Id(key) },
        SupportGrouping.Tag => scope.Tag is null ? scope with { Tag = key } : scope with { LineTag = key },
        SupportGrouping.Priority => scope with { Priority = Enum.Parse<TicketPriority>(key, true) },
        SupportGrouping.Channel => scope with { Channel = Enum.Parse<TicketChannel>(key, true) },
        SupportGrouping.Segment => scope with { LineSegmentId = Id(key) },
        _ => scope with { RfmSegment = key },
    };

    private static long Id(string key) => key.Length == 0 ? 0 : long.Parse(key, CultureInfo.InvariantCulture);

    private static SupportRow Row(string key, string? name, SupportFigures figures, DateOnly from, DateOnly until, SupportScope scope) =>
        new(key, name, figures, from, until) { Scope = scope };
}
