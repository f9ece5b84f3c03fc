using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace CrmPortal.Layout;

/// <summary>A link of the menu, which is marked on every page of its area, whichever of them it opens.</summary>
public sealed class SectionLink : NavLink
{
    [Parameter, EditorRequired] public required NavigationEntry Area { get; set; }

    protected override bool ShouldMatch(string uriAbsolute) => NavigationMap.At(new Uri(uriAbsolute).AbsolutePath)?.Area == Area.Address;
}
