using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Segments;
using CrmPortal.Layout;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Segments;

/// <summary>A segment: its rules, and who fits them while they are being written.</summary>
public sealed partial class SegmentPage
{
    private FormErrors _errors = default!;
    private FilterCatalogue? _catalogue;
    private SegmentDetails? _saved;
    private FilterExpression _rules = FilterAll.Nothing;
    private SegmentPreview? _preview;
    private IReadOnlyList<SegmentOverlap> _overlaps = [];
    private RuleEdit? _edit;
    private string? _name;
    private string? _description;
    private IReadOnlyList<SegmentTestState> _broken = [];
    private string[] _held = [];
    private bool _maySeeSensitive;
    private bool _mayEdit;
    private bool _isMissing;
    private bool _isCounting;
    private bool _isSaving;
    private long? _shownId;
    private int _shown;

    [Inject] public required SegmentService Segments { get; init; }
    [Inject] public required SegmentTestService Tests { get; init; }
    [Inject] public required CustomFieldService Fields { get; init; }
    [Inject] public required IAuthorizationService Authorization { get; init; }
    [Inject] public required AuthenticationStateProvider Authentication { get; init; }
    [Inject] public required NavigationManager Navigation { get; init; }
    [Inject] public required Display Display { get; init; }
    [Inject] public required Toasts Toasts { get; init; }
    [Inject] public required IStringLocalizer<Texts> L { get; init; }

    [Parameter] public long? Id { get; set; }

    /// <summary>The rules with which a new segment begins, as the list of customers has them.</summary>
    [SupplyParameterFromQuery(Name = "filter")] private string? Given { get; set; }

    private string Title => _saved?.Name ?? (Id is null ? L["New segment"] : L["Segment"]);

    /// <summary>The rules as text; null without any.</summary>
    private string? _filter;

    private bool IsChanged => _mayEdit && !_isSaving && ((_name ?? "") != (_saved?.Name ?? "")
        || (_description ?? "") != (_saved?.Description ?? "") || (_filter ?? "") != (_saved?.Filter ?? ""));

    protected override async Task OnInitializedAsync()
    {
        _errors = new(L);
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        _maySeeSensitive = (await Authorization.AuthorizeAsync(user, Permissions.CustomersSensitive)).Succeeded;
        _mayEdit = (await Authorization.AuthorizeAsync(user, Permissions.SegmentsEdit)).Succeeded;
        _held = await Authorization.HeldForFiltersAsync(user);
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_catalogue is not null && _shownId == Id) return;
        var id = _shownId = Id;
        _shown++;
        (var fields, var names, _saved) = await LatestAsync(async read => (await Fields.ListAsync(false, read),
            await Segments.NamesAsync(read), id is { } known ? await Segments.GetAsync(known, read) : null));
        _catalogue = CustomerFilters.With(fields, names.Segments, names.Groups);
        _isMissing = id is not null && _saved is null;
        (_name, _description) = (_saved?.Name, _saved?.Description);
        await ShowAsync(RuleGroup.Root(Read(_saved?.Filter ?? Given)));
    }

    private Task ChangeAsync(FilterExpression rules) => ShowAsync(rules);

    private Task ApplyAsync(RuleEdit edit, FilterExpression rule)
    {
        _edit = null;
        return edit.Apply(rule);
    }

    /// <summary>Shows the rules, and then who fits them.</summary>
    private async Task ShowAsync(FilterExpression rules)
    {
        (_rules, _broken) = (rules, []);
        var text = RuleGroup.Stored(rules).ToString();
        _filter = text.Length == 0 ? null : text;
        if (_filter is null)
        {
            (_preview, _overlaps) = (null, []);
            return;
        }

        _isCounting = true;
        _errors.Clear();
        StateHasChanged();
        try
        {
            (_preview, _overlaps) = await LatestAsync(async read => (await Segments.PreviewAsync(_filter, read),
                await Segments.OverlapsAsync(_filter, Id, read)));
        }
        catch (RuleViolationException violation)
        {
            _errors.Show(violation);
            (_preview, _overlaps) = (null, []);
        }

        _isCounting = false;
    }

    private async Task SaveAsync()
    {
        if (_isSaving) return;
        _isSaving = true;
        try
        {
            _errors.Clear();
            if (await BreaksTestsAsync()) return;
            var sent = new SegmentInput(_name, _description, _filter);
            var saved = await Segments.SaveAsync(Id, sent, _saved?.Version, CancellationToken.None);
            if (saved is null)
            {
                _isMissing = true;
                return;
            }

            (_saved, _broken) = (saved.Part, []);
            // What has been typed since it was sent stays, here and under the new address.
            if (_name == sent.Name) _name = _saved.Name;
            if (_description == sent.Description) _description = _saved.Description;
            _shownId = _saved.Id;
            Toasts.Show(L["Saved."], saved.ChangeSetId);
            if (Id is null) Navigation.NavigateTo(CrmUrls.Segment(_saved.Id));
        }
        catch (RuleViolationException violation)
        {
            _errors.Show(violation);
        }
        catch (ConcurrencyConflictException)
        {
            _errors.Show(new("Name", "Somebody else has changed this segment. Load the page again to see what they wrote."));
        }
        finally
        {
            _isSaving = false;
        }
    }

    /// <summary>Whether tests contradict the rules, which is said once: whoever saves again wants it so.</summary>
    private async Task<bool> BreaksTestsAsync()
    {
        if (Id is not { } id || _broken.Count > 0 || _filter is null) return false;
        _broken = [.. (await Tests.TryAsync(id, _filter, CancellationToken.None)).Where(t => t.IsBroken)];
        return _broken.Count > 0;
    }

    private static FilterAll Read(string? filter)
    {
        try
        {
            return FilterText.Parse(filter);
        }
        catch (RuleViolationException)
        {
            // An address that somebody wrote by hand.
            return FilterAll.Nothing;
        }
    }
}
