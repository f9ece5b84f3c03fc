using CrmPortal.Account;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;
using Microsoft.JSInterop;

namespace CrmPortal.Features.Orders;

/// <summary>An order: what was bought, what became of it, and what can be done with it.</summary>
public sealed partial class OrderPage
{
    private OrderDetails? _order;
    private Question? _asked;
    private RefundDetails? _wrongRefund;
    private string? _error;
    private long? _userId;
    private long? _noted;
    private bool _isGone;
    private bool _isSaving;
    private bool _mayEdit;
    private bool _mayRefund;

    private enum Question { Refund, RefundUndo, Match, Cancel }

    [Parameter] public long Id { get; set; }

    [CascadingParameter] private HttpContext? HttpContext { get; set; }

    [Inject] public required OrderService Orders { get; init; }
    [Inject] public required IJSRuntime Script { get; init; }
    [Inject] public required Display Display { get; init; }
    [Inject] public required Toasts Toasts { get; init; }
    [Inject] public required LiveUpdates Live { get; init; }
    [Inject] public required IAuthorizationService Authorization { get; init; }
    [Inject] public required AuthenticationStateProvider Authentication { get; init; }
    [Inject] public required IStringLocalizer<Texts> L { get; init; }

    /// <summary>The usual next status.</summary>
    private OrderStatus? Next => OrderStatusTransitions.From(_order!.Status).Where(s => s != OrderStatus.Cancelled)
        .Select(s => (OrderStatus?)s).FirstOrDefault();

    private EventCallback<RefundDetails> MayTakeBack =>
        _mayRefund ? EventCallback.Factory.Create<RefundDetails>(this, AskToTakeBack) : default;

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive) Hold(Live.Listen(OnLiveChange));
    }

    protected override async Task OnInitializedAsync()
    {
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        _userId = user.UserId();
        _mayEdit = (await Authorization.AuthorizeAsync(user, Permissions.OrdersEdit)).Succeeded;
        _mayRefund = (await Authorization.AuthorizeAsync(user, Permissions.OrdersRefund)).Succeeded;
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_order?.Id == Id) return;
        // Nothing of the order before stays, neither shown nor asked.
        (_order, _isGone, _asked, _error) = (null, false, null, null);
        await LoadAsync();
        if (_isGone && HttpContext is { Response.HasStarted: false } rendering)
            rendering.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // The palette offers the orders that somebody opened last.
        if (_order is null || _noted == _order.Id || _userId is null) return;
        _noted = _order.Id;
        await Script.InvokeVoidAsync("crm.recent.add", _userId, _order.Id);
    }

    private async Task LoadAsync()
    {
        _order = await LatestAsync(read => Orders.GetAsync(Id, read));
        _isGone = _order is null;
    }

    /// <summary>Shows what was saved, unless the page has gone to another order in the meantime.</summary>
    private void Show(OrderDetails order)
    {
        if (order.Id == Id) _order = order;
    }

    private string Action(OrderStatus next) => next switch
    {
        OrderStatus.Paid => L["Mark as paid"],
        OrderStatus.Shipped => L["Mark as shipped"],
        OrderStatus.Delivered => L["Mark as delivered"],
        _ => L["Mark as completed"],
    };

    private async Task MoveAsync(OrderStatus status)
    {
        if (_isSaving) return;
        _isSaving = true;
        try
        {
            if (await Orders.SetStatusAsync(Id, status, _order!.Version, CancellationToken.None) is not { } changed) return;
            (_error, _asked) = (null, null);
            Show(changed.Order);
            var version = changed.Order.Version;
            Toasts.Show(L["The order is now: {0}", Display.Status(changed.Order.Status)], () => InvokeAsync(() => TakeBackAsync(version)));
        }
        catch (RuleViolationException violation)
        {
            (_error, _asked) = (FormErrors.Sentence(violation, L), null);
        }
        catch (ConcurrencyConflictException)
        {
            await LoadAsync();
            (_error, _asked) = (L["Someone changed this order in the meantime."], null);
        }
        finally
        {
            _isSaving = false;
        }
    }

    private Task TakeBackAsync(long version) => UndoneAsync(() => Orders.TakeBackStepAsync(Id, version, CancellationToken.None),
        order => L["Undone. The order is now: {0}", Display.Status(order.Status)]);

    private Task TakeBackRefundAsync(RefundDetails refund, long version)
    {
        _asked = null;
        return UndoneAsync(() => Orders.TakeBackRefundAsync(Id, refund.Id, version, CancellationToken.None),
            _ => L["Refund {0} undone", refund.Name]);
    }

    /// <summary>Takes something back unless somebody changed the order since; then the page shows the order as it is, and why.</summary>
    private async Task UndoneAsync(Func<Task<OrderChangeResult?>> takeBack, Func<OrderDetails, string> say)
    {
        try
        {
            if (await takeBack() is { } changed)
            {
                _error = null;
                Show(changed.Order);
                Toasts.Show(say(changed.Order));
            }
        }
        catch (RuleViolationException violation)
        {
            _error = FormErrors.Sentence(violation, L);
        }
        catch (ConcurrencyConflictException)
        {
            await LoadAsync();
            _error = L["Someone changed this order in the meantime."];
        }

        StateHasChanged();
    }

    private void AskToTakeBack(RefundDetails refund) => (_wrongRefund, _asked) = (refund, Question.RefundUndo);

    private void ShowRefund(OrderRefunded refunded)
    {
        (_asked, _error) = (null, null);
        Show(refunded.Order);
        Toasts.Show(L["{0} refunded", Display.Money(refunded.Refund.Amount, refunded.Refund.Currency)],
            () => InvokeAsync(() => TakeBackRefundAsync(refunded.Refund, refunded.Order.Version)));
    }

    private void ShowMatch(OrderDetails order)
    {
        var before = _order?.Customer?.Id;
        (_asked, _error) = (null, null);
        Show(order);
        Toasts.Show(order.Customer is { } customer
            ? L["The order now belongs to {0}.", customer.Name] : L["The order is no longer assigned to a customer."],
            () => InvokeAsync(() => UndoneAsync(() => Orders.MatchAsync(Id, before, order.Version, CancellationToken.None), back =>
                back.Customer is { } owner ? L["The order now belongs to {0}.", owner.Name]
                    : L["The order is no longer assigned to a customer."])));
    }

    private void CloseQuestion() => _asked = null;

    private void OnLiveChange(LiveChange change)
    {
        if (change.Kind != "order" || change.SubjectId != Id) return;
        React(async () =>
        {
            if (_order is null || change.SubjectId != Id) return;
            await LoadAsync();
            if (change.SubjectId != Id) return;
            if (change.ActorId != _userId) Toasts.Show(L["{0} changed this order.", change.ActorName]);
            StateHasChanged();
        });
    }
}
