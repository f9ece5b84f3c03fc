using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Layout;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace CrmPortal.Features.Documents;

/// <summary>The files about a customer: sent, looked at, checked, removed.</summary>
public sealed partial class DocumentsTab
{
    private const int PageSize = 50;
    private const string TokenHeader = "RequestVerificationToken";

    private readonly List<Upload> _uploads = [];
    private readonly FormErrors _errors;
    private DotNetObjectReference<DocumentsTab>? _self;
    private ElementReference _input;
    private Page<DocumentDetails>? _page;
    private DocumentDetails? _shown;
    private DocumentDetails? _rejected;
    private DocumentDetails? _edited;
    private DocumentKind _kind;
    private DocumentKind _newKind;
    private DateOnly? _expiresOn;
    private DateOnly? _newExpiry;
    private DateOnly _today;
    private string? _name;
    private bool _mayUpload;
    private bool _mayVerify;
    private bool _isConnected;
    private (long Customer, int Version, int Number) _loaded;

    public DocumentsTab(IStringLocalizer<Texts> texts) => _errors = new(texts);

    [Parameter, EditorRequired] public long CustomerId { get; set; }

    /// <summary>Rises when a document of the customer was changed somewhere.</summary>
    [Parameter] public int Version { get; set; }

    /// <summary>The page of the list, counted from 1.</summary>
    [Parameter] public int Number { get; set; } = 1;

    [Inject] public required DocumentService Documents { get; init; }
    [Inject] public required IOptions<DocumentOptions> Limits { get; init; }
    [Inject] public required Toasts Toasts { get; init; }
    [Inject] public required ShopClock Clock { get; init; }
    [Inject] public required IJSRuntime Script { get; init; }
    [Inject] public required AntiforgeryStateProvider Antiforgery { get; init; }
    [Inject] public required IAuthorizationService Authorization { get; init; }
    [Inject] public required AuthenticationStateProvider Authentication { get; init; }

    protected override async Task OnInitializedAsync()
    {
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        _mayUpload = (await Authorization.AuthorizeAsync(user, Permissions.CustomersEdit)).Succeeded;
        _mayVerify = (await Authorization.AuthorizeAsync(user, Permissions.DocumentsVerify)).Succeeded;
        _today = Clock.Today;
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_loaded == (CustomerId, Version, Number)) return;
        _loaded = (CustomerId, Version, Number);
        await LoadAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_isConnected || !_mayUpload) return;
        _isConnected = true;
        _self = DotNetObjectReference.Create(this);
        await using var module = await Script.InvokeAsync<IJSObjectReference>("import", "/" + Assets["documents.js"]);
        await module.InvokeVoidAsync("connect", _input, _self);
    }

    /// <summary>Called by the browser with what was chosen; answers where each file goes, or null for those that are too large.</summary>
    [JSInvokable]
    public UploadPlan Begin(IReadOnlyList<string> names, IReadOnlyList<long> sizes)
    {
        _uploads.RemoveAll(u => u.State == UploadState.Kept);
        var first = _uploads.Count;
        var addresses = new List<string?>();
        foreach (var (name, size) in names.Zip(sizes))
        {
            var upload = new Upload(name, size);
            if (size > Limits.Value.LargestFile)
                upload.Refuse(L["The file is too large; the limit is {0} MB.", Limits.Value.LargestFileMegabytes]);
            _uploads.Add(upload);
            addresses.Add(upload.State == UploadState.Waiting ? Address(name) : null);
        }

        StateHasChanged();
        return new(first, addresses, TokenHeader, Antiforgery.GetAntiforgeryToken()?.Value ?? "");
    }

    /// <summary>Called by the browser while a file is sent.</summary>
    [JSInvokable]
    public void Progress(int index, long sent)
    {
        if (index < 0 || index >= _uploads.Count) return;
        _uploads[index].Sent = sent;
        StateHasChanged();
    }

    /// <summary>Called by the browser when a file was taken or refused.</summary>
    [JSInvokable]
    public async Task Finish(int index, bool isKept, string? message)
    {
        if (index < 0 || index >= _uploads.Count) return;
        if (isKept) _uploads[index].State = UploadState.Kept;
        else _uploads[index].Refuse(message ?? L["The file could not be uploaded; try again."]);
        if (isKept) await LoadAsync();
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        _page = await LatestAsync(read => Documents.ListAsync(CustomerId, new(Math.Clamp(Number, 1, 1_000_000), PageSize), read));
        StateHasChanged();
    }

    private async Task CheckAsync(DocumentDetails document, DocumentStatus status, string? reason = null)
    {
        var changed = await Documents.CheckAsync(CustomerId, document.Id, status, reason, CancellationToken.None);
        _shown = null;
        await LoadAsync();
        if (changed is not null) Toasts.Show(L["Saved."], changed.ChangeSetId, LoadAsync);
    }

    private void BeginReject(DocumentDetails document) => (_shown, _rejected) = (null, document);

    private async Task RejectAsync(DocumentDetails document, string? reason)
    {
        await CheckAsync(document, DocumentStatus.Rejected, reason);
        _rejected = null;
    }

    private void BeginEdit(DocumentDetails document)
    {
        _errors.Clear();
        (_edited, _name, _newKind, _newExpiry) = (document, document.Name, document.Kind, document.ExpiresOn);
    }

    private async Task SaveAsync()
    {
        try
        {
            var changed = await Documents.UpdateAsync(CustomerId, _edited!.Id,
                new() { Name = _name, Kind = _newKind, ExpiresOn = _newExpiry }, CancellationToken.None);
            _edited = null;
            await LoadAsync();
            if (changed?.ChangeSetId is not null) Toasts.Show(L["Saved."], changed.ChangeSetId, LoadAsync);
        }
        catch (RuleViolationException violation)
        {
            _errors.Show(violation);
        }
    }

    private async Task RemoveAsync(DocumentDetails document)
    {
        var changeSet = await Documents.RemoveAsync(CustomerId, document.Id, CancellationToken.None);
        await LoadAsync();
        if (changeSet is not null) Toasts.Show(L["The document was removed."], changeSet, LoadAsync);
    }

    private string? Checked(DocumentDetails document) => document.CheckedAt is { } at
        ? L["{0}, {1}", document.CheckedByName ?? "", Display.Time(at)].Value : null;

    private string Address(string name)
    {
        var expires = _expiresOn is { } day ? "&expires=" + day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "";
        return $"{CrmUrls.DocumentUpload(CustomerId)}?name={Uri.EscapeDataString(name.Length > Document.NameLength ? name[^Document.NameLength..] : name)}&kind={_kind}{expires}";
    }

    private string AddressOf(int number) => CrmUrls.CustomerDocuments(CustomerId)
        + (number > 1 ? string.Create(CultureInfo.InvariantCulture, $"&page={number}") : "");

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _self?.Dispose();
    }

    private enum UploadState { Waiting, Kept, Refused }

    private sealed class Upload(string name, long size)
    {
        public string Name => name;
        public long Size => size;
        public long Sent { get; set; }
        public UploadState State { get; set; }
        public string? Message { get; private set; }

        public void Refuse(string message) => (State, Message) = (UploadState.Refused, message);
    }
}
