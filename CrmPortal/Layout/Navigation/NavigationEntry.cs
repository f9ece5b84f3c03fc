namespace CrmPortal.Layout;

/// <summary>A page in the navigation, as it said itself.</summary>
/// <param name="Permission">What opens it; null where every user may.</param>
public sealed record NavigationEntry(
    string Address, string Label, NavigationPlace Place, string Icon, int Order, string? In, string? Key, string? Words, bool IsAction,
    string? Permission)
{
    /// <summary>Whether it only lists the other pages of its area.</summary>
    public bool IsIndex { get; init; }

    /// <summary>Where it stands in the column of the settings.</summary>
    public SettingsGroup Group { get; init; }

    /// <summary>What a setting is for, as a key of the texts.</summary>
    public string? Purpose { get; init; }

    /// <summary>The address of the area that this is or belongs to.</summary>
    public string Area => In ?? Address;

    /// <summary>Whether a path is this page or something beneath it.</summary>
    public bool Holds(string path) => path == Address
        || (Address.Length > 1 && path.StartsWith(Address, StringComparison.OrdinalIgnoreCase) && path[Address.Length] == '/');
}
