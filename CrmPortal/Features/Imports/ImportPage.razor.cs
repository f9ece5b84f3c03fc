using CrmPortal.Components.Ui;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Layout;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Imports;

/// <summary>One import, step by step: its columns, what it would do, and what it did.</summary>
public sealed partial class ImportPage
{
    private ImportDetails? _import;
    private long? _job;
    private string? _error;
    private bool _isMissing;
    private bool _isPlanShown;
    private bool _isUndoing;
    private bool _isDiscarding;

    [Parameter] public long Id { get; set; }

    [Inject] public required ImportService Imports { get; init; }
    [Inject] public required JobService Jobs { get; init; }
    [Inject] public required NavigationManager Navigation { get; init; }
    [Inject] public required Toasts Toasts { get; init; }
    [Inject] public required Display Display { get; init; }
    [Inject] public required IStringLocalizer<Texts> L { get; init; }

    private bool IsWorking => _job is not null;

    private bool IsPlanning => !IsWorking
        && (_import!.State is ImportState.Uploaded or ImportState.Checking || (_import.State == ImportState.Checked && _isPlanShown));

    protected override async Task OnParametersSetAsync()
    {
        await LoadAsync();
        // A user who returns to the page sees the running job.
        if (_import?.JobId is { } id && await LatestAsync(read => Jobs.GetAsync(id, read)) is { IsOver: false }) _job = id;
    }

    private async Task LoadAsync()
    {
        _import = await LatestAsync(read => Imports.GetAsync(Id, read));
        _isMissing = _import is null;
    }

    private Task CheckAsync(ImportPlan plan) => StartAsync(() => Imports.StartCheckAsync(Id, plan, CancellationToken.None));

    private Task PublishAsync() => StartAsync(() => Imports.StartPublishAsync(Id, CancellationToken.None));

    private Task UndoAsync()
    {
        _isUndoing = false;
        return StartAsync(() => Imports.StartUndoAsync(Id, CancellationToken.None));
    }

    private async Task StartAsync(Func<Task<long>> start)
    {
        try
        {
            _error = null;
            _job = await start();
            _isPlanShown = false;
            await LoadAsync();
        }
        catch (RuleViolationException violation)
        {
            _error = FormErrors.Sentence(violation, L);
            await LoadAsync();
        }
    }

    private async Task OnJobEndAsync(JobDetails job)
    {
        _job = null;
        if (job.State == JobState.Cancelled) Toasts.Show(L["Stopped; nothing was changed."]);
        await LoadAsync();
    }

    private async Task SetFormatAsync((FileFormat Format, ImportKind Kind) change)
    {
        try
        {
            _error = null;
            await Imports.SetFormatAsync(Id, change.Format, change.Kind, CancellationToken.None);
        }
        catch (RuleViolationException violation)
        {
            _error = FormErrors.Sentence(violation, L);
        }

        await LoadAsync();
    }

    private async Task DiscardAsync()
    {
        await Imports.DiscardAsync(Id, CancellationToken.None);
        Navigation.NavigateTo(CrmUrls.Imports);
    }
}
