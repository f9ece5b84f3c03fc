using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace CrmPortal.Layout;

/// <summary>
/// Puts the focus on the heading of a page that somebody went to, so that a screen reader begins there. The framework's own
/// component does so once and misses a page that comes a moment later, as each does while a permission is being asked.
/// </summary>
public sealed class FocusHeading(IJSRuntime script) : ComponentBase
{
    private Type? _page;
    private bool _isNew;

    [Parameter, EditorRequired] public required Microsoft.AspNetCore.Components.RouteData RouteData { get; set; }

    protected override void OnParametersSet()
    {
        if (_page == RouteData.PageType) return;
        (_page, _isNew) = (RouteData.PageType, true);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_isNew) return;
        _isNew = false;
        await script.InvokeVoidAsync("crm.focusHeading", firstRender);
    }
}
