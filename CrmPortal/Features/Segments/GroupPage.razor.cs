using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Core.Segments;
using CrmPortal.Layout;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Segments;

/// <summary>A group: its perks, its rules where it has some, and who is in it.</summary>
public sealed partial class GroupPage
{
    private FormErrors _errors = default!;
    private FilterCatalogue? _catalogue;
    private GroupDetails? _saved;
    private FilterExpression _rules = FilterAll.Nothing;
    private GroupStatistics? _statistics;
    private Page<MemberDetails>? _members;
    private IReadOnlyList<KeptOutDetails>? _keptOut;
    private RuleEdit? _edit;
    private string? _filter;
    private string? _name;
    private string? _description;
    private string? _discount = "0";
    private string? _fault;
    private string[] _held = [];
    private bool _priority;
    private bool _shipping;
    private bool _maySeeSensitive;
    private bool _mayEdit;
    private bool _isMissing;
    private bool _isSaving;
    private long? _shownId;
    private int _shown;

    [Inject] public required GroupService Groups { get; init; }
    [Inject] public required MembershipService Members { get; init; }
    [Inject] public required SegmentService Segments { get; init; }
    [Inject] public required CustomFieldService Fields { get; init; }
    [Inject] public required LiveUpdates Live { get; init; }
    [Inject] public required IAuthorizationService Authorization { get; init; }
    [Inject] public required AuthenticationStateProvider Authentication { get; init; }
    [Inject] public required NavigationManager Navigation { get; init; }
    [Inject] public required Display Display { get; init; }
    [Inject] public required Toasts Toasts { get; init; }
    [Inject] public required IStringLocalizer<Texts> L { get; init; }

    [Parameter] public long? Id { get; set; }

    private string Title => _saved?.Name ?? (Id is null ? L["New group"] : L["Group"]);

    private bool IsChanged => _mayEdit && !_isSaving && ((_name ?? "") != (_saved?.Name ?? "")
        || (_description ?? "") != (_saved?.Description ?? "") || (_filter ?? "") != (_saved?.Filter ?? "")
        || Discount != (_saved?.Perks.DiscountPercent ?? 0) || _priority != (_saved?.Perks.PrioritySupport ?? false)
        || _shipping != (_saved?.Perks.FreeShipping ?? false));

    /// <summary>As it was typed; what is no number is refused as one that is too small.</summary>
    private decimal Discount => string.IsNullOrWhiteSpace(_discount) ? 0
        : decimal.TryParse(_discount, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
            out var percent) ? percent : -1;

    protected override async Task OnInitializedAsync()
    {
        _errors = new(L);
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        _maySeeSensitive = (await Authorization.AuthorizeAsync(user, Permissions.CustomersSensitive)).Succeeded;
        _mayEdit = (await Authorization.AuthorizeAsync(user, Permissions.GroupsEdit)).Succeeded;
        _held = await Authorization.HeldForFiltersAsync(user);
        Hold(Live.Listen(change =>
        {
            if (change.Kind == "segment" && change.SubjectId == _saved?.Id) React(ReadMembersAsync);
        }));
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_catalogue is not null && _shownId == Id) return;
        var id = _shownId = Id;
        _shown++;
        (var fields, var names, _saved) = await LatestAsync(async read => (await Fields.ListAsync(false, read),
            await Segments.NamesAsync(read), id is { } known ? await Groups.GetAsync(known, read) : null));
        _catalogue = CustomerFilters.With(fields, names.Segments, names.Groups);
        _isMissing = id is not null && _saved is null;
        Show();
        if (_saved is not null) await ReadMembersAsync();
    }

    private void Show()
    {
        (_name, _description) = (_saved?.Name, _saved?.Description);
        var perks = _saved?.Perks ?? new(0, false, false);
        (_priority, _shipping) = (perks.PrioritySupport, perks.FreeShipping);
        _discount = perks.DiscountPercent.ToString("0.##", CultureInfo.InvariantCulture);
        Change(RuleGroup.Root(FilterText.Parse(_saved?.Filter)));
    }

    private GroupInput Input() => new(_name, _description, _filter, Discount, _priority, _shipping);

    private async Task ReadMembersAsync()
    {
        if (_saved is not { } group) return;
        (_statistics, _members, _keptOut) = await LatestAsync(async read => (await Groups.StatisticsAsync(group.Id, read),
            await Members.MembersAsync(group.Id, new(), read), await Groups.KeptOutAsync(group.Id, read)));
        StateHasChanged();
    }

    private void Change(FilterExpression rules)
    {
        _rules = rules;
        var text = RuleGroup.Stored(rules).ToString();
        _filter = text.Length == 0 ? null : text;
    }

    private Task ApplyAsync(RuleEdit edit, FilterExpression rule)
    {
        _edit = null;
        return edit.Apply(rule);
    }

    private async Task SaveAsync()
    {
        if (_isSaving) return;
        _isSaving = true;
        try
        {
            _errors.Clear();
            var sent = Input();
            var saved = await Groups.SaveAsync(Id, sent, _saved?.Version, CancellationToken.None);
            if (saved is null)
            {
                _isMissing = true;
                return;
            }

            _saved = saved.Part;
            // What has been typed since it was sent stays, here and under the new address.
            if (Input() == sent) Show();
            _shownId = _saved.Id;
            Toasts.Show(L["Saved."], saved.ChangeSetId);
            if (Id is not null) return;
            Navigation.NavigateTo(CrmUrls.Group(_saved.Id));
            await ReadMembersAsync();
        }
        catch (RuleViolationException violation)
        {
            _errors.Show(violation);
        }
        catch (ConcurrencyConflictException)
        {
            _errors.Show(new("Name", "Somebody else has changed this group. Load the page again to see what they wrote."));
        }
        finally
        {
            _isSaving = false;
        }
    }

    private Task AddAsync(OrderCandidate customer) => SayAsync(() => Groups.AddAsync(_saved!.Id, customer.Id, CancellationToken.None),
        L["{0} was added.", customer.Name]);

    private Task RemoveAsync(MemberDetails member) => SayAsync(() => Groups.RemoveAsync(_saved!.Id, member.CustomerId,
        CancellationToken.None), L["{0} was removed.", member.Name]);

    private Task ForgetAsync(long customerId, string name) => SayAsync(() => Groups.ForgetAsync(_saved!.Id, customerId,
        CancellationToken.None), L["What was said of {0} was taken back.", name]);

    private async Task SayAsync(Func<Task<PartChangeResult<bool>?>> say, string told)
    {
        _fault = null;
        try
        {
            if (await say() is { } said) Toasts.Show(told, said.ChangeSetId, ReadMembersAsync);
        }
        catch (RuleViolationException violation)
        {
            _fault = FormErrors.Sentence(violation, L);
        }

        await ReadMembersAsync();
    }
}
