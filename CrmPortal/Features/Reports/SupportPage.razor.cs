using System.Globalization;
using CrmPortal.Components.Charts;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Reports;
using CrmPortal.Features.Exports;
using CrmPortal.Layout;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Reports;

/// <summary>What support was like: its figures, how they went, when tickets come, and who did what. Each figure leads to its
/// tickets.</summary>
public sealed partial class SupportPage
{
    private const string SupportOverTimeText = "How many tickets came and were solved, how fast, and what customers said of it.";

    private FormErrors _errors = default!;
    private SupportQuery _query = new(new(), new());
    private SupportReport? _report;
    private ReportView? _view;
    private SupportChoices? _choices;
    private SavedReportDetails? _saved;
    private ExportAudience _audience = ExportAudience.Usual;
    private bool _maySeeSegments;
    private bool _isSaving;

    /// <summary>On a narrow screen, where they would stand before every figure.</summary>
    private bool _showsFilters;

    /// <summary>What is wrong with the choices and has no field of its own here.</summary>
    private string? _wrong;

    [Inject] public required SupportReportService Support { get; init; }
    [Inject] public required ReportService Reports { get; init; }
    [Inject] public required SavedReportService Saved { get; init; }
    [Inject] public required NavigationManager Navigation { get; init; }
    [Inject] public required Toasts Toasts { get; init; }
    [Inject] public required Display Display { get; init; }
    [Inject] internal ExportAudiences Audiences { get; init; } = default!;
    [Inject] public required IAuthorizationService Authorization { get; init; }
    [Inject] public required AuthenticationStateProvider Authentication { get; init; }
    [Inject] public required IStringLocalizer<Texts> L { get; init; }

    [SupplyParameterFromQuery(Name = "period")] private string? Period { get; set; }
    [SupplyParameterFromQuery(Name = "from")] private string? From { get; set; }
    [SupplyParameterFromQuery(Name = "until")] private string? Until { get; set; }
    [SupplyParameterFromQuery(Name = "by")] private string? By { get; set; }
    [SupplyParameterFromQuery(Name = "queue")] private string? Queue { get; set; }
    [SupplyParameterFromQuery(Name = "agent")] private string? Agent { get; set; }
    [SupplyParameterFromQuery(Name = "channel")] private string? Channel { get; set; }
    [SupplyParameterFromQuery(Name = "priority")] private string? Priority { get; set; }
    [SupplyParameterFromQuery(Name = "tag")] private string? Tag { get; set; }
    [SupplyParameterFromQuery(Name = "segment")] private string? Segment { get; set; }
    [SupplyParameterFromQuery(Name = "group")] private string? Group { get; set; }

    /// <summary>The saved report whose name it bears.</summary>
    [SupplyParameterFromQuery(Name = "saved")] private long? SavedId { get; set; }

    private static ReportInfo Kind =>
        new(SupportReportService.Name, "Support", SupportOverTimeText, ReportChoices.Period | ReportChoices.Grouping);

    private string Title => _saved?.Name ?? L["Support report"];

    private IEnumerable<SupportGrouping> Groups => Enum.GetValues<SupportGrouping>().Where(g => (_maySeeSegments
        || g != SupportGrouping.Segment) && !(_report?.IsOwn == true && g == SupportGrouping.Agent));

    /// <summary>Saved and kept reports are of all tickets.</summary>
    private bool IsOfAll => _report is { IsOwn: false } && _query.Scope == new SupportScope();

    private string? KeepReason => IsOfAll ? null : "keep-reason";

    protected override void OnInitialized() => _errors = new(L);

    protected override async Task OnParametersSetAsync()
    {
        _errors.Clear();
        _wrong = null;
        _query = SupportUrls.Read(name => name switch
        {
            "period" => Period, "from" => From, "until" => Until, "by" => By, "queue" => Queue, "agent" => Agent, "channel" => Channel,
            "priority" => Priority, "tag" => Tag, "segment" => Segment, _ => Group,
        });
        _audience = Audiences.In(LocalZone.TryFind(Display.Zone, out var zone) ? zone : LocalZone.Utc);
        if (_choices is null)
        {
            var user = (await Authentication.GetAuthenticationStateAsync()).User;
            _maySeeSegments = (await Authorization.AuthorizeAsync(user, Permissions.SegmentsView)).Succeeded;
            _choices = await Support.ChoicesAsync(Ended);
            if (SavedId is { } id && (await Authorization.AuthorizeAsync(user, Permissions.ReportsView)).Succeeded)
                _saved = await Saved.GetAsync(id, Ended) is { Report.Name: SupportReportService.Name } saved ? saved : null;
        }

        try
        {
            DemandKnown(_query.Scope, _choices);
            _report = await LatestAsync(read => Support.GetAsync(_query, read));
            _view = Support.ViewOf(_report, _query.Choice, _audience);
        }
        catch (RuleViolationException violation)
        {
            (_report, _view) = (null, null);
            _errors.Show(violation);
            var beside = new[] { nameof(ReportChoice.From), nameof(ReportChoice.Until), nameof(ReportChoice.By), nameof(SupportScope.Tag) };
            if (!violation.Errors.All(e => beside.Contains(e.Field))) _wrong = FormErrors.Sentence(violation, L);
        }
    }

    /// <summary>An address may name an agent, a queue or a segment that is gone: nothing would look like the figures of all.</summary>
    private static void DemandKnown(SupportScope scope, SupportChoices choices)
    {
        if (scope.AgentId is > 0 and var agent && choices.Agents.All(a => a.Id != agent))
            throw new RuleViolationException("", "There is no such agent.");
        if (scope.QueueId is { } queue && choices.Queues.All(q => q.Id != queue))
            throw new RuleViolationException("", "There is no such queue.");
        if (scope.SegmentId is { } segment && choices.Segments.All(s => s.Id != segment))
            throw new RuleViolationException("", "There is no such segment or group.");
    }

    private void Go(SupportQuery query) => Navigation.NavigateTo(SupportUrls.Page(query));

    private static List<ChartPlace> Places(SupportReport report, SupportFigure figure) => [.. report.Parts.Select(p => new ChartPlace(
        ReportDates.Abbreviated(p.Key, CultureInfo.CurrentCulture), ReportDates.Said(p.Key, CultureInfo.CurrentCulture))
        {
            Href = p.Figures.Behind(figure) == 0 ? null : CrmUrls.TicketsFiltered(p.FilterOf(figure)),
        })];

    private static ChartSeries Series(SupportReport report, string name, Func<SupportFigures, long> value, string tone = "main") =>
        new(name, [.. report.Parts.Select(p => value(p.Figures))], tone);

    private async Task KeepAsync()
    {
        if (await Reports.KeepAsync(SupportReportService.Name, _query.Choice, SavedId, CancellationToken.None) is { } id)
            Navigation.NavigateTo(ReportUrls.Kept(id));
    }

    private Task SavedAsync(Core.Customers.PartChangeResult<SavedReportDetails> saved)
    {
        (_isSaving, _saved) = (false, saved.Part);
        Toasts.Show(L["Saved."], saved.ChangeSetId);
        return Task.CompletedTask;
    }
}
