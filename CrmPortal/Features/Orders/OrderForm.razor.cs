using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace CrmPortal.Features.Orders;

/// <summary>The form of an order, new or there already.</summary>
public sealed partial class OrderForm
{
    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(200);

    private OrderDraft _draft = new();
    private FormErrors _errors = default!;
    private readonly Dictionary<int, (string Name, string? Price)> _filled = [];
    private OrderCandidate? _customer;
    private IReadOnlyList<AddressDetails> _addresses = [];
    private IReadOnlyList<ProductRow> _products = [];
    private CancellationTokenSource _typing = new();
    private OrderStatus _status = OrderStatus.Pending;
    private bool _isReady;
    private bool _isRestored;
    private bool _isSaving;
    private bool _isStale;

    /// <summary>The order that is changed; null for a new one.</summary>
    [Parameter] public OrderDetails? Order { get; set; }

    /// <summary>Who a new order is for, where that is known.</summary>
    [Parameter] public long? CustomerId { get; set; }

    private bool IsOpen => Order is null or { Status: OrderStatus.Pending };

    private string Currency => _draft["Currency"]?.Trim().ToUpperInvariant() is { Length: 3 } code ? code : Display.BaseCurrency;

    private long Total => _draft.Lines.Sum(l => _draft.AmountOf(l, Currency) ?? 0);

    private long Discounts => Sum("Discount");

    private long Taxes => Sum("Tax");

    private string DraftStart => Order is null
        ? "new-order:" : string.Create(CultureInfo.InvariantCulture, $"order-{Order.Id}-{Order.Version}:");

    protected override async Task OnInitializedAsync()
    {
        _errors = new(L);
        Begin();
        if (RendererInfo.IsInteractive)
        {
            // Before anything can be typed: what is restored later would take the place of what was typed meanwhile.
            Restore(await Script.InvokeAsync<Dictionary<string, string>>("crm.drafts.read", DraftStart));
            _isReady = true;
        }

        if (CustomerId is { } id && await Customers.GetAsync(id, Ended) is { } customer) Take(customer);
    }

    /// <summary>What a part of the lines that have an amount comes to.</summary>
    private long Sum(string field) => _draft.Lines.Where(l => _draft.AmountOf(l, Currency) is not null)
        .Sum(l => Money.ToMinor(OrderDraft.Read(_draft.Of(l, field)) ?? 0, Currency));

    private void Restore(Dictionary<string, string> kept)
    {
        if (kept.Count == 0 || kept.Values.All(string.IsNullOrWhiteSpace)) return;
        if (Order is null) _draft = new() { ["Currency"] = Display.BaseCurrency };
        _draft.Restore(kept.Select(d => KeyValuePair.Create(d.Key[DraftStart.Length..], d.Value)));
        if (_draft.Lines.Count == 0) _draft.AddLine();
        _isRestored = true;
    }

    private void Begin()
    {
        _draft = Order is null ? new() { ["Currency"] = Display.BaseCurrency } : OrderDraft.Of(Order, Display.LocalInput(Order.PlacedAt));
        if (_draft.Lines.Count == 0) _draft.AddLine();
    }

    private async Task DiscardAsync()
    {
        _isRestored = false;
        _errors.Clear();
        Begin();
        await Script.InvokeVoidAsync("crm.drafts.remove", DraftStart);
    }

    private async Task PickAsync(OrderCandidate picked)
    {
        _customer = picked;
        if (await Customers.GetAsync(picked.Id, Ended) is { } customer) Take(customer);
    }

    private void Take(CustomerDetails customer)
    {
        _customer = new(customer.Id, customer.Number, customer.DisplayName, null);
        // A masked street cannot be taken over.
        _addresses = customer.IsMasked ? [] : [.. customer.Addresses.Take(3)];
    }

    private void TakeAddress(string field, AddressDetails known) =>
        _draft.Put(field, new($"{known.GivenName} {known.FamilyName}".Trim() is { Length: > 0 } name ? name : _customer?.Name, known.Line1,
            known.Line2, known.City, known.State, known.PostalCode, known.Country), false);

    private async Task AddLineAsync()
    {
        var line = _draft.AddLine();
        StateHasChanged();
        await Task.Yield();
        await Script.InvokeVoidAsync("crm.focus", "#" + LineId(line, "ProductCode"));
    }

    private async Task RemoveLineAsync(int line)
    {
        _draft.RemoveLine(line);
        _errors.Clear();
        await Script.InvokeVoidAsync("crm.drafts.remove", DraftStart + string.Create(CultureInfo.InvariantCulture, $"Line{line}."));
    }

    private void SetLine(int line, string field, string? typed)
    {
        _draft[OrderDraft.LineField(line, field)] = typed;
        // A name is looked up only where no code says which product it is.
        if (field != "ProductCode" && (field != "Name" || !string.IsNullOrWhiteSpace(_draft.Of(line, "ProductCode")))) return;
        if (field == "ProductCode") Unfill(line);
        _typing.Cancel();
        _typing.Dispose();
        _typing = new();
        if (!Fill(line, field, typed)) _ = FindProductsAsync(line, field, typed, _typing.Token);
    }

    /// <summary>Fills in what is known of a product once its code, in either case, or its name is complete.</summary>
    private bool Fill(int line, string field, string? typed)
    {
        var text = typed?.Trim() ?? "";
        bool Is(string value) => value.Equals(text, StringComparison.OrdinalIgnoreCase);
        var product = field == "Name" ? _products.FirstOrDefault(p => Is(p.Name)) : _products.FirstOrDefault(p => p.Code == text)
            ?? _products.FirstOrDefault(p => Is(p.Code));
        if (product is null) return false;
        _draft[OrderDraft.LineField(line, "ProductCode")] = product.Code;
        _draft[OrderDraft.LineField(line, "Name")] = product.Name;
        string? price = null;
        if (string.IsNullOrWhiteSpace(_draft.Of(line, "UnitPrice")) && product.LastPrice is { } last)
            _draft[OrderDraft.LineField(line, "UnitPrice")] = price = OrderDraft.Text(last / (decimal)Money.PriceScale);
        _filled[line] = (product.Name, price);
        return true;
    }

    /// <summary>Another code undoes what the code before brought, unless somebody changed it.</summary>
    private void Unfill(int line)
    {
        if (!_filled.Remove(line, out var before)) return;
        if (_draft.Of(line, "Name") == before.Name) _draft[OrderDraft.LineField(line, "Name")] = null;
        if (before.Price is not null && _draft.Of(line, "UnitPrice") == before.Price) _draft[OrderDraft.LineField(line, "UnitPrice")] =
            null;
    }

    /// <summary>A scanner ends with Enter, before anything was looked up.</summary>
    private async Task FillOpenLinesAsync()
    {
        foreach (var line in _draft.Lines.Where(l => !string.IsNullOrWhiteSpace(_draft.Of(l, "ProductCode")) && string
            .IsNullOrWhiteSpace(_draft.Of(l, "UnitPrice"))).ToList())
        {
            var code = _draft.Of(line, "ProductCode");
            _products = await Orders.ProductsAsync(code, Currency, CancellationToken.None);
            Fill(line, "ProductCode", code);
        }
    }

    private async Task FindProductsAsync(int line, string field, string? typed, CancellationToken cancellationToken)
    {
        var refusal = await BackgroundReads.TryAsync(Logging, async () =>
        {
            await Task.Delay(TypingPause, Clock, cancellationToken);
            _products = await Orders.ProductsAsync(typed, Currency, cancellationToken);
            if (_draft.Of(line, field) == typed) Fill(line, field, typed);
            StateHasChanged();
        });
        if (refusal is not null) await DispatchExceptionAsync(refusal);
    }

    private async Task SaveAsync()
    {
        if (_isSaving) return;
        _isSaving = true;
        try
        {
            await FillOpenLinesAsync();
            var errors = new List<FieldError>();
            var input = Input(errors);
            if (errors.Count > 0) throw new RuleViolationException(errors);
            var saved = Order is null ? await Orders.CreateAsync(input, CancellationToken.None) : await Orders
                .UpdateAsync(Order.Id, input, Order.Version, CancellationToken.None);
            await Script.InvokeVoidAsync("crm.drafts.remove", DraftStart);
            if (saved is null)
            {
                Navigation.NavigateTo(CrmUrls.Orders);
                return;
            }

            Toasts.Show(Order is null
                ? L["The order {0} was created.", saved.Order.Name] : L["The order {0} was saved.", saved.Order.Name]);
            Navigation.NavigateTo(CrmUrls.Order(saved.Order.Id));
        }
        catch (RuleViolationException violation)
        {
            _errors.Show(violation);
        }
        catch (ConcurrencyConflictException)
        {
            _isStale = true;
        }
        finally
        {
            _isSaving = false;
        }
    }

    private OrderInput Input(List<FieldError> errors)
    {
        var input = new OrderInput
        {
            ExternalId = _draft["ExternalId"], Channel = _draft["Channel"], PaymentMethod = _draft["PaymentMethod"],
                ShippingAddress = _draft.Address("ShippingAddress"), BillingAddress = _draft.Address("BillingAddress"),
        };
        if (Order is null) input = input with { Status = _status, CustomerId = _customer?.Id };
        if (Order is null ? _customer is null : Order.Customer is null)
        {
            // What is masked and left blank stays.
            input = input with { LoyaltyCard = _draft["LoyaltyCard"], Email = Contact("Email"), Phone = Contact("Phone") };
        }

        if (!IsOpen) return input;
        if (!string.IsNullOrWhiteSpace(_draft["PlacedAt"]) && Display.Instant(_draft["PlacedAt"]) is null)
            errors.Add(new("PlacedAt", "This is not a time."));
        var isOtherTime = Order is null || _draft["PlacedAt"] != Display.LocalInput(Order.PlacedAt);
        return input with
        {
            Lines = new(_draft.ReadLines(errors)),
            Currency = _draft["Currency"],
            Rate = Currency == Display.BaseCurrency ? null : OrderDraft.Read(_draft["Rate"]),
            // The control knows no seconds: what was not touched keeps them.
            PlacedAt = isOtherTime ? Display.Instant(_draft["PlacedAt"]) : default(Optional<DateTimeOffset?>),
        };

        Optional<string?> Contact(string field) => Order is { IsMasked: true } && string.IsNullOrWhiteSpace(_draft[field])
            ? default : new(_draft[field]);
    }

    private static string LineId(int line, string field) => string.Create(CultureInfo.InvariantCulture, $"line-{line}-{field}");

    private static string LineError(int at, string field) => string.Create(CultureInfo.InvariantCulture, $"Lines[{at}].{field}");

    /// <summary>Stops looking for products.</summary>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _typing.Cancel();
        _typing.Dispose();
    }
}
