using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;

namespace CrmPortal.Features.Chats;

/// <summary>What somebody said, cut where web addresses begin and end.</summary>
public sealed partial class LinkedText
{
    /// <summary>What ends a sentence, not the address within it.</summary>
    private static readonly char[] Ends = [.. ".,;:!?)]"];

    [Parameter, EditorRequired] public required string Text { get; set; }

    private IEnumerable<(string Text, string? Address)> Parts()
    {
        var from = 0;
        foreach (Match match in Addresses().Matches(Text))
        {
            var address = match.Value.TrimEnd(Ends);
            if (match.Index > from) yield return (Text[from..match.Index], null);
            yield return (address, address);
            from = match.Index + address.Length;
        }

        if (from < Text.Length) yield return (Text[from..], null);
    }

    [GeneratedRegex("""https?://[^\s<>"']{1,500}""", RegexOptions.CultureInvariant)]
    private static partial Regex Addresses();
}
