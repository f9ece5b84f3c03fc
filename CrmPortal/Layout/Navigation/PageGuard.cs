using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Rendering;

namespace CrmPortal.Layout;

/// <summary>
/// Shows the page of a route to those who may see it. Where somebody who was let in goes on within the same page, to a filter or a tab of
/// it, the page stays while the permission is asked again, and goes if it is refused; the framework's own AuthorizeRouteView takes the page
/// away and makes another one as often as the answer takes a moment, with every menu closed and every word gone that was typed.
/// </summary>
public sealed class PageGuard : AuthorizeViewCore
{
    private Type? _letIn;

    public PageGuard()
    {
        Authorized = _ => ShowPage;
        NotAuthorized = _ => ShowRefusal;
        Authorizing = ShowWaiting;
    }

    [Parameter, EditorRequired] public required Microsoft.AspNetCore.Components.RouteData RouteData { get; set; }

    protected override Task OnParametersSetAsync()
    {
        Resource = RouteData;
        return base.OnParametersSetAsync();
    }

    protected override IAuthorizeData[]? GetAuthorizeData()
    {
        var attributes = RouteData.PageType.GetCustomAttributes(inherit: true);
        IAuthorizeData[] demands = [.. attributes.OfType<IAuthorizeData>()];
        return demands.Length == 0 || attributes.OfType<IAllowAnonymous>().Any() ? null : demands;
    }

    private void ShowPage(RenderTreeBuilder builder)
    {
        _letIn = RouteData.PageType;
        Frame(builder, LayoutOfPage(), Page);
    }

    private void ShowRefusal(RenderTreeBuilder builder)
    {
        _letIn = null;
        Frame(builder, typeof(MainLayout), content =>
        {
            content.OpenComponent<NotAllowed>(0);
            content.CloseComponent();
        });
    }

    private void ShowWaiting(RenderTreeBuilder builder)
    {
        if (_letIn == RouteData.PageType)
        {
            Frame(builder, LayoutOfPage(), Page);
            return;
        }

        // In the frame of the page that is to come, so that what stands beside the pages of an area does not blink.
        _letIn = null;
        Frame(builder, LayoutOfPage(), content =>
        {
            content.OpenElement(0, "div");
            content.AddAttribute(1, "class", "page");
            content.AddAttribute(2, "aria-busy", "true");
            content.CloseElement();
        });
    }

    private Type LayoutOfPage() =>
        RouteData.PageType.GetCustomAttributes(inherit: true).OfType<LayoutAttribute>().FirstOrDefault()?.LayoutType ?? typeof(MainLayout);

    private void Page(RenderTreeBuilder builder)
    {
        builder.OpenComponent(0, RouteData.PageType);
        foreach (var (name, value) in RouteData.RouteValues) builder.AddComponentParameter(1, name, value);
        builder.CloseComponent();
    }

    /// <summary>Of one shape whatever is within, so that the layout stays.</summary>
    private static void Frame(RenderTreeBuilder builder, Type layout, RenderFragment content)
    {
        builder.OpenComponent<LayoutView>(0);
        builder.AddComponentParameter(1, nameof(LayoutView.Layout), layout);
        builder.AddComponentParameter(2, nameof(LayoutView.ChildContent), content);
        builder.CloseComponent();
    }
}
