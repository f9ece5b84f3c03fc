using System.Text.RegularExpressions;

namespace CrmPortal.Core.Tickets;

/// <summary>
/// Fills the placeholders of saved replies, such as <c>{{customer.first_name}}</c>. They know these values and nothing else; an unknown
/// one stays as it was written, so that whoever sends the text sees it.
/// </summary>
internal static partial class Placeholders
{
    /// <summary>The names, in the order in which an editor offers them.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["customer.first_name", "customer.last_name", "customer.name", "customer.number", "ticket.number", "ticket.subject", "agent.name",
            "shop.name", "order.number", "points", "tier"];

    /// <param name="values">By name; one that is null or not there is written as the text behind <c>|</c>, or else as nothing.</param>
    public static string Fill(string text, IReadOnlyDictionary<string, string?> values) => Placeholder().Replace(text, match =>
    {
        var name = match.Groups["name"].Value.ToLowerInvariant();
        if (!Names.Contains(name)) return match.Value;
        return values.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value
            : match.Groups["otherwise"].Value.Trim();
    });

    [GeneratedRegex(@"\{\{\s*(?<name>[a-zA-Z_.]{1,40})\s*(\|(?<otherwise>[^{}]{0,200}))?\}\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Placeholder();
}
