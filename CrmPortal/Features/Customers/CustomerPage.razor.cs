using System.Globalization;
using CrmPortal.Account;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Glance;
using CrmPortal.Core.Network;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Layout;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;
using Microsoft.JSInterop;

namespace CrmPortal.Features.Customers;

/// <summary>A customer: everything about them, edited where it stands.</summary>
public sealed partial class CustomerPage
{
    private readonly Dictionary<SensitiveField, string> _revealed = [];

    /// <summary>Who has the e-mail or phone that was typed for this one.</summary>
    private readonly Dictionary<string, CustomerHolder> _holders = [];
    private Dictionary<string, string> _drafts = [];
    private CustomerDetails? _customer;
    private CustomerGlanceDetails? _glance;
    private HistoryQuestion? _history;
    private ConcurrencyConflictException? _conflict;
    private CustomerChanges? _conflicting;
    private long _loadedId;
    private int _notesVersion;
    private bool _isGone;
    private bool _isToRefresh;
    private int _draftsRead;
    private int _partsVersion;
    private Question? _asked;
    private IReadOnlyList<(long Id, string Name)> _colleagues = [];
    private long? _userId;
    private bool _mayEdit;
    private bool _mayBlock;
    private bool _mayDelete;
    private bool _maySeeOrders;
    private bool _maySeeDocuments;
    private bool _mayWorkOnTickets;
    private bool _hasNetwork;

    private enum Question { Block, Deactivate, Merge, Vip }

    /// <summary>The field whose history is asked for, and its value then.</summary>
    private sealed record HistoryQuestion(string Field, string Label, string? Value, SensitiveField? Masked);

    [Parameter] public long Id { get; set; }

    [CascadingParameter] private HttpContext? HttpContext { get; set; }

    [SupplyParameterFromQuery(Name = "tab")] private string? Tab { get; set; }

    [SupplyParameterFromQuery(Name = "page")] private int? PageNumber { get; set; }

    [Inject] public required CustomerService Customers { get; init; }
    [Inject] public required CustomerGlanceService Glances { get; init; }
    [Inject] public required CustomerFinder Finder { get; init; }
    [Inject] public required TariffService Tariffs { get; init; }
    [Inject] public required CustomerTrash Trash { get; init; }
    [Inject] public required Toasts Toasts { get; init; }
    [Inject] public required Display Display { get; init; }
    [Inject] public required NavigationManager Navigation { get; init; }
    [Inject] public required ShopClock Clock { get; init; }
    [Inject] public required LiveUpdates Live { get; init; }
    [Inject] public required PageCommands Commands { get; init; }
    [Inject] public required IJSRuntime Script { get; init; }
    [Inject] public required IAuthorizationService Authorization { get; init; }
    [Inject] public required AuthenticationStateProvider Authentication { get; init; }

    [Inject] public required IStringLocalizer<Texts> L { get; init; }
    [Inject] public required NotificationService Notifications { get; init; }

    /// <summary>The parts of the record that the user may see, by their names in the address.</summary>
    private IEnumerable<(string Name, string Label)> Tabs
    {
        get
        {
            yield return ("", L["Profile"]);
            yield return ("timeline", L["Timeline"]);
            if (_maySeeOrders) yield return ("orders", L["Orders"]);
            yield return ("points", L["Points"]);
            yield return ("shopping", L["Shopping"]);
            if (_mayWorkOnTickets) yield return ("tickets", L["Tickets"]);
            if (_hasNetwork) yield return ("network", L["Network"]);
            if (_maySeeDocuments) yield return ("documents", L["Documents"]);
            yield return ("preferences", L["Preferences and consents"]);
            yield return ("history", L["History"]);
        }
    }

    private string CurrentTab => Tabs.Any(t => t.Name == Tab) ? Tab! : "";

    private IReadOnlyList<(string, string)> Agents =>
        [("", "–"), .. _colleagues.Select(c => (c.Id.ToString(CultureInfo.InvariantCulture), c.Name))];

    /// <summary>Who looks after the customer; until the colleagues are read, what prerendering showed.</summary>
    private string? AgentName => _customer!.PreferredAgentId is not { } id ? null
        : _colleagues.FirstOrDefault(c => c.Id == id).Name
            ?? (_colleagues.Count == 0 && Prerendered?.Customer.PreferredAgentId == id ? Prerendered.AgentName : L["No longer here"]);

    private EventCallback<SensitiveField> MayReveal => _mayEdit ? EventCallback.Factory.Create<SensitiveField>(this, RevealAsync) : default;

    private int OrdersPage => Math.Max(1, PageNumber ?? 1);

    /// <summary>What prerendering showed, so that the page does not change when it becomes interactive.</summary>
    [PersistentState] public CustomerPageState? Prerendered { get; set; }

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive) Hold(Live.Listen(OnLiveChange));
        if (Prerendered is not { } shown || shown.Customer.Id != Id) return;
        (_loadedId, _customer, _glance) = (Id, shown.Customer, shown.Glance);
        (_mayEdit, _mayBlock, _mayDelete) = (shown.MayEdit, shown.MayBlock, shown.MayDelete);
        (_maySeeOrders, _maySeeDocuments, _mayWorkOnTickets) = (shown.MaySeeOrders, shown.MaySeeDocuments, shown.MayWorkOnTickets);
        _hasNetwork = shown.HasNetwork;
        _isToRefresh = true;
    }

    protected override async Task OnInitializedAsync()
    {
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        _userId = user.UserId();
        _mayEdit = (await Authorization.AuthorizeAsync(user, Permissions.CustomersEdit)).Succeeded;
        _mayBlock = (await Authorization.AuthorizeAsync(user, Permissions.CustomersBlock)).Succeeded;
        _mayDelete = (await Authorization.AuthorizeAsync(user, Permissions.CustomersDelete)).Succeeded;
        _maySeeOrders = (await Authorization.AuthorizeAsync(user, Permissions.OrdersView)).Succeeded;
        _maySeeDocuments = (await Authorization.AuthorizeAsync(user, Permissions.DocumentsView)).Succeeded;
        _mayWorkOnTickets = (await Authorization.AuthorizeAsync(user, Permissions.TicketsWork)).Succeeded;
        // A shop that sells no access has no tariffs.
        if (_loadedId != Id) _hasNetwork = await Tariffs.IsUsedAsync(Ended);
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_loadedId == Id && !_isToRefresh) return;
        if (_loadedId != Id)
        {
            // Nothing of the customer before stays, neither shown nor asked.
            (_loadedId, _customer, _glance, _isGone) = (Id, null, null, false);
            (_asked, _history, _conflict, _conflicting) = (null, null, null, null);
            _revealed.Clear();
            _drafts = [];
        }

        _isToRefresh = false;
        if (_colleagues.Count == 0) _colleagues = await LatestAsync(Notifications.ColleaguesAsync);
        if (RendererInfo.IsInteractive)
        {
            _drafts = await LatestAsync(ReadDraftsAsync);
            // What stood there before drafts were known starts over with them.
            if (_drafts.Count > 0) _draftsRead++;
        }

        await LoadAsync();
    }

    private Task<Dictionary<string, string>> ReadDraftsAsync(CancellationToken read) =>
        Script.InvokeAsync<Dictionary<string, string>>("crm.drafts.read", read, DraftKey("")).AsTask();

    private async Task LoadAsync()
    {
        (_customer, _glance, var survivor) = await LatestAsync(async read =>
        {
            var found = await Customers.GetAsync(Id, read);
            return (found, found is null ? null : await Glances.GetAsync(Id, read),
                found is null ? await Customers.SurvivorOfAsync(Id, read) : null);
        });
        _isGone = _customer is null;
        if (survivor is { } id)
        {
            // The old address of a merged customer leads to the one that there is.
            if (RendererInfo.IsInteractive) await Script.ReplaceAddressAsync(CrmUrls.Customer(id));
            else Navigation.NavigateTo(CrmUrls.Customer(id), replace: true);
            return;
        }

        if (_isGone && HttpContext is { Response.HasStarted: false } rendering)
            rendering.Response.StatusCode = StatusCodes.Status404NotFound;
        if (!RendererInfo.IsInteractive && _customer is { } shown)
            Prerendered = new(shown, _mayEdit, _mayBlock, _mayDelete, _maySeeOrders, _maySeeDocuments, _mayWorkOnTickets, _glance,
                AgentName, _hasNetwork);
        SetCommands();
        StateHasChanged();
    }

    private void SetCommands()
    {
        if (_customer is null || !_mayEdit)
        {
            Commands.Set();
            return;
        }

        var commands = new List<PageCommand> { new("star", _customer.IsVip ? L["No longer VIP"] : L["Make VIP"], AskVipAsync),
            new("note", L["Write a note"], () => Script.InvokeVoidAsync("crm.focus", "#note-text").AsTask()) };
        if (_mayDelete) commands.Add(new("delete", L["Delete {0}", _customer.DisplayName], DeleteAsync));
        Commands.Set(commands);
    }

    /// <summary>Saves one field; answers what is wrong with it, or null.</summary>
    private async Task<string?> SaveFieldAsync(string field, string? typed, string? begunWith)
    {
        var isMasked = _customer!.IsMasked
            && field is nameof(CustomerChanges.Email) or nameof(CustomerChanges.Phone) or nameof(CustomerChanges.DateOfBirth);
        if (isMasked && typed is null) return null;
        // The field shows only the day of an instant; saving the same day must keep the instant.
        if (field == nameof(CustomerChanges.FirstContactAt) && typed == begunWith) return null;
        if (ProfileFields.Change(field, typed, Clock) is not { } changes) return L["This is not a date."];
        var seen = ProfileFields.Change(field, begunWith, Clock);
        // The field itself renders only what it was given before.
        if (_holders.Remove(field)) StateHasChanged();
        try
        {
            var changed = await Customers.UpdateAsync(Id, changes, isMasked ? null : seen, null, CancellationToken.None);
            if (changed is null)
            {
                _isGone = true;
                _customer = null;
                return null;
            }

            _revealed.Clear();
            ShowChanged(changed);
            return null;
        }
        catch (RuleViolationException violation)
        {
            if (violation.IsDuplicate && await Finder.FindHolderAsync(typed!, CancellationToken.None) is { } holder)
            {
                _holders[field] = holder;
                StateHasChanged();
            }

            return FormErrors.Sentence(violation, L);
        }
        catch (ConcurrencyConflictException conflict)
        {
            (_conflict, _conflicting) = (conflict, changes);
            StateHasChanged();
            return L["Someone else changed this in the meantime."];
        }
    }

    /// <summary>Saves what the user chose after a conflict.</summary>
    private async Task ResolveAsync(bool keepMine)
    {
        _conflict = null;
        if (keepMine)
        {
            try
            {
                if (await Customers.UpdateAsync(Id, _conflicting!, null, null, CancellationToken.None) is { } changed) ShowChanged(changed);
            }
            catch (RuleViolationException violation)
            {
                Toasts.Show(FormErrors.Sentence(violation, L));
            }
        }

        // The editors start over with what is stored now; what was typed was either saved or given up by choice.
        await Script.InvokeVoidAsync("crm.drafts.remove", DraftKey(""));
        _drafts = [];
        var customer = _customer;
        _customer = null;
        StateHasChanged();
        _customer = customer;
        await LoadAsync();
    }

    private void ShowChanged(CustomerChangeResult changed)
    {
        // What was saved of one customer is not shown in the place of the next, to whom the page went in the meantime.
        if (changed.Customer.Id == Id)
        {
            _customer = changed.Customer;
            SetCommands();
        }

        if (changed.ChangeSetId is not null) Toasts.Show(L["Saved."], changed.ChangeSetId, LoadAsync);
        StateHasChanged();
    }

    private void CloseQuestion() => _asked = null;

    private async Task AskVipAsync()
    {
        if (!_customer!.IsVip)
        {
            _asked = Question.Vip;
            StateHasChanged();
        }
        else if (await Customers.SetVipAsync(Id, false, null, CancellationToken.None) is { } changed)
        {
            ShowChanged(changed);
        }
    }

    private async Task SetVipAsync(string? reason)
    {
        var changed = await Customers.SetVipAsync(Id, true, reason, CancellationToken.None);
        _asked = null;
        if (changed is not null) ShowChanged(changed);
    }

    private async Task SetActiveAsync(bool isActive, string? reason)
    {
        var changed = await Customers.SetActiveAsync(Id, isActive, CancellationToken.None, reason);
        _asked = null;
        if (changed is not null) ShowChanged(changed);
    }

    private async Task BlockAsync(string? reason)
    {
        var changed = await Customers.BlockAsync(Id, reason, CancellationToken.None);
        _asked = null;
        if (changed is not null) ShowChanged(changed);
    }

    private async Task DeleteAsync()
    {
        var name = _customer!.DisplayName;
        var changeSet = await Trash.DeleteAsync(Id, CancellationToken.None);
        var address = CrmUrls.Customer(Id);
        Navigation.NavigateTo(CrmUrls.Customers);
        Toasts.Show(L["{0} is in the trash.", name], changeSet, () =>
        {
            Navigation.NavigateTo(address);
            return Task.CompletedTask;
        });
    }

    private async Task RevealAsync(SensitiveField field)
    {
        var id = Id;
        var values = await Customers.RevealAsync(id, field, CancellationToken.None);
        if (id != Id) return;
        _revealed[field] = values is { Count: > 0 } ? string.Join(", ", values) : "–";
    }

    private async Task CopyLinkAsync()
    {
        var copied = await Script.InvokeAsync<bool>("crm.copy", Navigation.ToAbsoluteUri(CrmUrls.Customer(Id)).ToString());
        Toasts.Show(copied ? L["The link was copied."] : L["The browser does not allow copying."]);
    }

    private void OnLiveChange(LiveChange change)
    {
        if (change.Kind != "customer" || change.SubjectId != Id) return;
        React(async () =>
        {
            if (_customer is null || change.SubjectId != Id) return;
            if (change.Fields.Contains(nameof(Note))) _notesVersion++;
            _partsVersion++;
            var before = _customer.Version;
            await LoadAsync();
            if (change.SubjectId != Id) return;
            if (_customer is null) Toasts.Show(L["{0} deleted this customer.", change.ActorName]);
            else if (_customer.Version != before && change.ActorId != _userId)
                Toasts.Show(L["{0} changed this customer.", change.ActorName]);
        });
    }

    private string LabelOf(string field) => FieldLabels.Of(nameof(Customer), field, L);

    private string DraftKey(string field) => string.Create(CultureInfo.InvariantCulture, $"customer:{Id}:{field}");

    private static string? Iso(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Commands.Set();
    }
}

/// <summary>What a customer's page showed when it was rendered on the server.</summary>
public sealed record CustomerPageState(CustomerDetails Customer, bool MayEdit, bool MayBlock, bool MayDelete, bool MaySeeOrders,
    bool MaySeeDocuments, bool MayWorkOnTickets, CustomerGlanceDetails? Glance, string? AgentName, bool HasNetwork);
