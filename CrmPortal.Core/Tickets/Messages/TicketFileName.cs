using CrmPortal.Core.Customers.Documents;

namespace CrmPortal.Core.Tickets;

/// <summary>What files of messages are called, whatever they were called where they came from.</summary>
internal static class TicketFileName
{
    private const string Unknown = "application/octet-stream";

    /// <summary>The last part of a path without what could hide its end; the ending stays.</summary>
    public static string Clean(string? name)
    {
        var ending = Path.GetExtension(name ?? "");
        if (ending.Length > 20 || ending.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '.')) ending = "";
        return DocumentName.Clean(name, ending);
    }

    /// <summary>A media type as it may stand in a header.</summary>
    public static string Type(string? type) => type is { Length: > 0 and <= TicketFile.TypeLength } && type.Count(c => c == '/') == 1
        && type.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '+' or '_') ? type.ToLowerInvariant() : Unknown;
}
