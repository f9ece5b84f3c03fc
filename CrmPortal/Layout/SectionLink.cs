using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace CrmPortal.Layout;

/// <summary>A link of the menu that opens one page of a section and shows that one is in the section, whichever of its pages it is.</summary>
public sealed class SectionLink : NavLink
{
    /// <summary>What the addresses of all pages of the section begin with, such as <c>/loyalty</c>.</summary>
    [Parameter, EditorRequired] public string Section { get; set; } = "";

    protected override bool ShouldMatch(string uriAbsolute)
    {
        var path = new Uri(uriAbsolute).AbsolutePath;
        return path.StartsWith(Section, StringComparison.OrdinalIgnoreCase) && (path.Length == Section.Length || path[Section.Length] == '/');
    }
}
