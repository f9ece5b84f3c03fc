using System.Globalization;
using System.Text;
using MimeKit;

namespace CrmPortal.Core.Platform.Mail.Incoming;

/// <summary>Names of attachments: senders write whatever they like, also paths and signs that make one ending look like another.</summary>
internal static class MailFileName
{
    private const int Longest = 120;
    private const int LongestEnding = 12;

    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    };

    /// <summary>The last part of a path, free of what a file system or a reader trips over; one of our own where nothing is left.</summary>
    public static string Safe(string? name, string contentType)
    {
        var text = Clean(name);
        if (text.Length == 0) text = "attachment" + (MimeTypes.TryGetExtension(contentType, out var ending) ? ending : ".bin");
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return Reserved.Contains(dot < 0 ? text : text[..dot]) ? "_" + text : text;
    }

    private static string Clean(string? name)
    {
        if (name is null) return "";
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var kept = new StringBuilder();
        foreach (var rune in last.EnumerateRunes())
        {
            // Format characters hold the overrides of direction, by which photo_gpj.exe reads photo_exe.jpg.
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned
                || rune == Rune.ReplacementChar) continue;
            kept.Append(rune.Value is '<' or '>' or ':' or '"' or '|' or '?' or '*' ? "_" : rune.ToString());
        }

        return Shortened(kept.ToString().Trim().Trim('.', ' '));
    }

    private static string Shortened(string name)
    {
        if (name.Length <= Longest) return name;
        var ending = Path.GetExtension(name);
        if (ending.Length > LongestEnding) ending = "";
        var stem = name[..(Longest - ending.Length)];
        return (char.IsHighSurrogate(stem[^1]) ? stem[..^1] : stem).TrimEnd('.', ' ') + ending;
    }
}
