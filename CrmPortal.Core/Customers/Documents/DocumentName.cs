using System.Globalization;
using System.Text;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>Makes of what a browser calls a file a name that is only ever shown.</summary>
internal static class DocumentName
{
    private const int LongestRead = 2_000;

    /// <summary>The last part of a path without what could hide its end, ending as its content is.</summary>
    public static string Clean(string? name, string extension)
    {
        name ??= "";
        // Halves of characters would stop all that follows.
        var last = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name.Length > LongestRead ? name[^LongestRead..] : name))
            .Normalize(NormalizationForm.FormC);
        last = last[(last.LastIndexOfAny(['/', '\\', ':']) + 1)..];
        var text = new StringBuilder(last.Length);
        foreach (var rune in last.EnumerateRunes())
        {
            // Control and format characters, such as those that turn the direction of reading round, and what no file system takes.
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned) continue;
            text.Append(rune.Value is '<' or '>' or '"' or '|' or '?' or '*' ? "_" : rune.ToString());
        }

        var clean = text.ToString().Trim().Trim('.').Trim();
        if (IsOfType(clean, extension)) clean = clean[..^Path.GetExtension(clean).Length].TrimEnd('.', ' ');
        var longest = Document.NameLength - extension.Length;
        if (clean.Length > longest) clean = clean[..(char.IsHighSurrogate(clean[longest - 1]) ? longest - 1 : longest)];
        return (clean.Length == 0 ? "document" : clean) + extension;
    }

    private static bool IsOfType(string name, string extension)
    {
        var own = Path.GetExtension(name);
        return own.Equals(extension, StringComparison.OrdinalIgnoreCase)
            || (extension == ".jpg" && own.Equals(".jpeg", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A name that somebody gives a document; its ending stays.</summary>
    /// <exception cref="RuleViolationException">It is empty or too long.</exception>
    public static string Renamed(string? name, string present)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new RuleViolationException("Name", "A document needs a name.");
        if (name.Length > Document.NameLength)
            throw new RuleViolationException("Name", "This is too long; {0} characters are allowed.", Document.NameLength);
        return Clean(name, Path.GetExtension(present));
    }
}
