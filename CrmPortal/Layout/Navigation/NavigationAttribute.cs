namespace CrmPortal.Layout;

/// <summary>Where a page is in the navigation.</summary>
public enum NavigationPlace
{
    /// <summary>In the palette and in the sheet with everything, below the area that it belongs to.</summary>
    Area,

    /// <summary>In the menu, among the daily work.</summary>
    Main,

    /// <summary>In the column of the settings, which the menu reaches by one entry.</summary>
    Settings,
}

/// <summary>The groups of the settings, in the order of their column.</summary>
public enum SettingsGroup
{
    None,
    Shop,
    People,
    Data,
    Work,
    About,
}

/// <summary>
/// What a page says of itself, so that menu, phone bar, palette, shortcuts and the tests' lists of pages know it. A page with
/// several addresses says it for each.
/// </summary>
/// <param name="address">One of the addresses of the page.</param>
/// <param name="label">An English sentence, which is also the key of its translations.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class NavigationAttribute(string address, string label) : Attribute
{
    public string Address { get; } = address;

    public string Label { get; } = label;

    public NavigationPlace Place { get; init; }

    public required string Icon { get; init; }

    /// <summary>Smaller ones come first.</summary>
    public required int Order { get; init; }

    /// <summary>
    /// The address of the area that the page belongs to: its link in the menu is marked while one is here, and leads here where the
    /// user may not open the area's own page.
    /// </summary>
    public string? In { get; init; }

    /// <summary>The letter that goes here after g.</summary>
    public string? Key { get; init; }

    /// <summary>What else the palette finds it by: an English list of words, which is also the key of its translations.</summary>
    public string? Words { get; init; }

    /// <summary>Set where the page does something, such as writing a new order, instead of showing something.</summary>
    public bool IsAction { get; init; }

    /// <summary>Set where the page only lists the other pages of its area: it is there as long as one of them is.</summary>
    public bool IsIndex { get; init; }

    /// <summary>Where it stands in the column of the settings.</summary>
    public SettingsGroup Group { get; init; }

    /// <summary>What a setting is for: an English sentence, which is also the key of its translations.</summary>
    public string? Purpose { get; init; }

    /// <summary>What opens it, where that is not what the page demands at all its addresses.</summary>
    public string? Permission { get; init; }
}

/// <summary>Explains why a page's URL is not in the navigation.</summary>
/// <param name="address">One of the addresses of the page, as it is routed.</param>
/// <param name="reason">For developers.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class OffNavigationAttribute(string address, string reason) : Attribute
{
    public string Address { get; } = address;

    public string Reason { get; } = reason;
}
