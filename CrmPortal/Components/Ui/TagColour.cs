using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Components.Ui;

/// <summary>The colours of tags, for the style sheet and for people.</summary>
internal static class TagColour
{
    public static string Css(string? colour) => colour is null ? "tag" : "tag tag-" + colour;

    public static string Name(string colour, IStringLocalizer<Texts> L) => colour switch
    {
        "red" => L["Red"],
        "orange" => L["Orange"],
        "yellow" => L["Yellow"],
        "green" => L["Green"],
        "teal" => L["Teal"],
        "blue" => L["Blue"],
        "violet" => L["Violet"],
        _ => L["Pink"],
    };
}
