using System.Text.RegularExpressions;

namespace CrmPortal.Core.Platform.Mail.Incoming;

/// <summary>
/// The styles of a mail: letters, colours, spaces and borders. Nothing that loads, and nothing that leaves the place of the element, by
/// which a mail could paint over the page that shows it.
/// </summary>
internal static partial class MailStyle
{
    private const int MostLength = 4_000;

    private static readonly HashSet<string> Properties = new(StringComparer.OrdinalIgnoreCase)
    {
        "background", "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-radius",
        "border-right", "border-spacing", "border-style", "border-top", "border-width", "color", "direction", "display", "font",
        "font-family", "font-size", "font-style", "font-variant", "font-weight", "height", "letter-spacing", "line-height",
        "list-style-type", "margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-height", "max-width", "min-width",
        "padding", "padding-bottom", "padding-left", "padding-right", "padding-top", "table-layout", "text-align", "text-decoration",
        "text-indent", "text-transform", "vertical-align", "white-space", "width", "word-break", "word-wrap", "overflow-wrap",
    };

    /// <summary>The declarations that are harmless, in their order.</summary>
    public static string Safe(string style)
    {
        // An escape or a comment hides what is meant; nobody needs them in a letter.
        if (style.Length > MostLength || style.Contains('\\') || style.Contains("/*", StringComparison.Ordinal)) return "";
        return string.Join("; ", style.Split(';').Select(Declaration).OfType<string>());
    }

    /// <summary>Whether an element with this style is not seen.</summary>
    public static bool IsHidden(string? style) => style is { Length: <= MostLength } && Hidden().IsMatch(style);

    private static string? Declaration(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1) return null;
        var (name, value) = (text[..colon].Trim().ToLowerInvariant(), text[(colon + 1)..].Trim());
        if (!Properties.Contains(name) || value.Length is 0 or > 300 || !Value().IsMatch(value)) return null;
        if (name is "display" && !Display().IsMatch(value)) return null;
        // A negative margin or indent moves text out of its place.
        return (name.StartsWith("margin", StringComparison.Ordinal) || name is "text-indent") && Negative().IsMatch(value)
            ? null : $"{name}: {value}";
    }

    [GeneratedRegex(@"^(?:[\w#%.,\s'""!+-]|rgba?\([\d.,%\s/]{1,60}\)|hsla?\([\d.,%\s/a-z]{1,60}\))+$",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Value();

    [GeneratedRegex(@"^(?:none|block|inline|inline-block|table|table-row|table-cell|list-item)(?:\s*!important)?$",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Display();

    [GeneratedRegex(@"(?:^|[\s,])-", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Negative();

    [GeneratedRegex(@"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)\s*(?:!important\s*)?(?:;|$)",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Hidden();
}
