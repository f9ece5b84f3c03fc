using Microsoft.AspNetCore.Components;

namespace CrmPortal.Components.Ui;

/// <summary>The drawings of the icons, on a grid of 24 by 24, as strokes.</summary>
internal static class Glyphs
{
    private static readonly Dictionary<string, string> Paths = new()
    {
        ["ticket"] = "M4 7.5h16v3a1.8 1.8 0 0 0 0 3.6v3H4v-3a1.8 1.8 0 0 0 0-3.6zM14 8v2M14 12.5v2M14 16v1",
        ["chat"] = "M4.5 5h15v11h-8L7 19.5V16H4.5zM8 9h8M8 12h5",
        ["wifi"] = "M3 9.5a13 13 0 0 1 18 0M6 13a8.7 8.7 0 0 1 12 0M9 16.3a4.4 4.4 0 0 1 6 0M12 19.5v.5",
        ["worklist"] = "M4 6l1.5 1.5L8 5M4 12l1.5 1.5L8 11M4 18l1.5 1.5L8 17M11.5 6.5H20M11.5 12.5H20M11.5 18.5H20",
        ["upload"] = "M12 16V5M7 9.5l5-5 5 5M4.5 15.5V20h15v-4.5",
        ["download"] = "M12 4v11M7 10.5l5 5 5-5M4.5 15.5V20h15v-4.5",
        ["add"] = "M12 5v14M5 12h14",
        ["alert"] = "M12 4 2.5 20h19zM12 10v4M12 17v.5",
        ["bell"] = "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5a2 2 0 0 0 4 0",
        ["back"] = "M11 5l-7 7 7 7M4 12h16",
        ["block"] = "M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18M5.6 5.6l12.8 12.8",
        ["bookmark"] = "M6 4h12v16l-6-4.5L6 20z",
        ["calendar"] = "M4.5 6h15v14h-15zM4.5 10h15M8.5 3.5V8M15.5 3.5V8",
        ["chart"] = "M4 4v16h16M8 16v-4M12 16V8M16 16v-6",
        ["check"] = "M5 13l4.5 4.5L19 7.5",
        ["chevron-down"] = "M6 9l6 6 6-6",
        ["chevron-left"] = "M15 5l-7 7 7 7",
        ["chevron-right"] = "M9 5l7 7-7 7",
        ["clock"] = "M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18M12 7v5l3.5 2",
        ["close"] = "M6 6l12 12M18 6L6 18",
        ["collapse"] = "M4 5h16v14H4zM9.5 5v14M16 9.5 13.5 12l2.5 2.5",
        ["columns"] = "M4 5h16v14H4zM9.5 5v14M14.5 5v14",
        ["copy"] = "M9 9h10v11H9zM6 15H5V4h10v2",
        ["customers"] =
            "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 1 0 0 7M2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M16 4.4a3.5 3.5 0 0 1 0 6.2M18 14.3c2.1.8 3.5 2.8 3.5 5.7",
        ["delete"] = "M5 7h14M10 7V4h4v3M7 7l.8 13h8.4L17 7M10.5 11v5.5M13.5 11v5.5",
        ["down"] = "M12 5v14M6 13l6 6 6-6",
        ["edit"] = "M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19zM13.5 7l3.5 3.5",
        ["email"] = "M3.5 6h17v12h-17zM3.5 7l8.5 6 8.5-6",
        ["export"] = "M12 4v11M7 10.5l5 5 5-5M5 20h14",
        ["eye"] = "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 1 0 0-5.6",
        ["first"] = "M18 5l-7 7 7 7M7 5v14",
        ["last"] = "M6 5l7 7-7 7M17 5v14",
        ["filter"] = "M4 5h16l-6 7.5V19l-4-2v-4.5z",
        ["help"] = "M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18M9.4 9.4a2.7 2.7 0 1 1 3.9 2.4c-.9.5-1.3 1-1.3 1.9M12 16.8v.5",
        ["history"] = "M4 12a8 8 0 1 0 2.5-5.8L4 8.5M4 4v4.5h4.5M12 8v4.5l3 1.8",
        ["home"] = "M4 11.5 12 4l8 7.5M6 10v10h4.5v-6h3v6H18V10",
        ["key"] = "M8 11.5a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 1 0 0-8.4M11 12.8 19.5 4.5M16 8l3 3M13.5 10.5l2 2",
        ["keyboard"] = "M3 6h18v12H3zM7 10h.5M11 10h.5M15 10h.5M7 14h10",
        ["menu"] = "M4 7h16M4 12h16M4 17h16",
        ["more"] = "M5 12h.5M12 12h.5M19 12h.5",
        ["narrower"] = "M3 12h7M7 8.5l3.5 3.5L7 15.5M21 12h-7M17 8.5 13.5 12l3.5 3.5",
        ["note"] = "M5 4h14v11l-5 5H5zM14 20v-5h5M8.5 8.5h7M8.5 12h4",
        ["orders"] = "M5 8h14l-1 12H6zM9 8V7a3 3 0 0 1 6 0v1",
        ["phone"] = "M6 3.5h3.5l1.5 4.5-2.2 1.7a11 11 0 0 0 5.5 5.5L16 13l4.5 1.5V18a2.5 2.5 0 0 1-2.5 2.5C10.5 20.5 3.5 13.5 3.5 6A2.5 2.5 0 0 1 6 3.5",
        ["pin"] = "M9 4h6l-1 6 3.5 3.5h-11L10 10zM12 13.5V20",
        ["place"] = "M12 21s-6.5-6-6.5-11a6.5 6.5 0 1 1 13 0c0 5-6.5 11-6.5 11M12 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 1 0 0-5",
        ["restore"] = "M4 9.5h10a5.5 5.5 0 0 1 0 11H9M8 5 3.8 9.5 8 14",
        ["search"] = "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 1 0 0-13M15.5 15.5 20.5 20.5",
        ["sort"] = "M7 5v14M3.5 15.5 7 19l3.5-3.5M17 19V5M13.5 8.5 17 5l3.5 3.5",
        ["reports"] = "M6 3h8l4 4v14H6zM14 3v4h4M9 17v-3M12 17v-6M15 17v-4",
        ["segments"] = "M11 4.5a8.2 8.2 0 1 0 8.5 8.5H11zM14.5 3.5A7.2 7.2 0 0 1 20.5 9.5h-6z",
        ["send"] = "M20.5 3.5 3.5 10l7 3.5 3.5 7zM10.5 13.5l10-10",
        ["settings"] = "M4 7h9M19 7h1M4 17h1M11 17h9M16 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 1 0 0-5M8 14.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 1 0 0-5",
        ["shield"] = "M12 3.5 19 6v5.5c0 4.5-3 7.5-7 9-4-1.5-7-4.5-7-9V6z",
        ["sign-out"] = "M10 4H5v16h5M14 8l4.5 4-4.5 4M9 12h9",
        ["star"] = "M12 3.8l2.5 5.2 5.700.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z",
        ["tag"] = "M4 4h8l8 8-8 8-8-8zM8 8h.5",
        ["theme"] = "M12 3.5a8.5 8.5 0 1 0 0 17zM12 3.5a8.5 8.5 0 0 1 0 17z",
        ["undo"] = "M4 9.5h10a5.5 5.5 0 0 1 0 11H9M8 5 3.8 9.5 8 14",
        ["up"] = "M12 19V5M6 11l6-6 6 6",
        ["user"] = "M12 12a4 4 0 1 0 0-8 4 4 0 1 0 0 8M4.5 20.5c0-4 3.3-6.5 7.5-6.5s7.5 2.5 7.5 6.5",
        ["users"] = "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 1 0 0 7M2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M16 4.4a3.5 3.5 0 0 1 0 6.2M18 14.3c2.100.8 3.5 2.8 3.5 5.7",
        ["wider"] = "M10 12H3M6.5 8.5 3 12l3.5 3.5M14 12h7M17.5 8.5 21 12l-3.5 3.5",
    };

    private static readonly Dictionary<string, MarkupString> Drawings = Paths.ToDictionary(p => p.Key, p => new MarkupString(
        $"""<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{p.Value}"></path></svg>"""));

    public static string Path(string name) => Paths[name];

    /// <summary>
    /// An icon within text and buttons, whose name is said by what stands around it. It is no component: there are a hundred on a page,
    /// and each would keep what it drew.
    /// </summary>
    public static MarkupString Icon(string name) => Drawings[name];

    /// <summary>The same for the library's components, which take the inside of a drawing and fill what says nothing else.</summary>
    public static string Svg(string name) =>
        $"""<path d="{Path(name)}" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"/>""";
}
