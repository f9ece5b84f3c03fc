namespace CrmPortal.Core.Platform.Common;

/// <summary>What any text field may hold; the rules of features are built of these.</summary>
public static class TextRules
{
    /// <summary>The longest address that mail knows (RFC 3696, erratum 1690).</summary>
    public const int EmailLength = 254;

    /// <summary>A required text, trimmed.</summary>
    public static string Required(string field, string? value, int longest, string message, List<FieldError> errors)
    {
        var text = Text(field, value, longest, errors).Value;
        if (text is null && errors.All(e => e.Field != field)) errors.Add(new(field, message));
        return text ?? "";
    }

    /// <summary>A text, trimmed; blank is null.</summary>
    public static Optional<string?> Text(string field, Optional<string?> value, int longest, List<FieldError> errors)
    {
        if (!value.IsPresent || string.IsNullOrWhiteSpace(value.Value)) return value.IsPresent ? new(null) : value;
        var text = StoredText.Composed(value.Value.Trim());
        if (text.Length > longest) errors.Add(new(field, "This is too long; {0} characters are allowed.", longest));
        if (StoredText.IsUnstorable(text)) errors.Add(new(field, "This contains a character that cannot be stored."));
        return text;
    }

    /// <summary>Whether a text is written as an e-mail address; whether somebody reads there, only a mail shows.</summary>
    public static bool IsEmail(string text)
    {
        var at = text.IndexOf('@');
        if (at < 1 || at != text.LastIndexOf('@')
            || text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '<' or '>' or ',' or ';' or '"')) return false;
        var domain = text[(at + 1)..];
        return domain.Contains('.') && domain[0] is not ('.' or '-') && domain[^1] is not ('.' or '-')
            && !domain.Contains("..", StringComparison.Ordinal);
    }
}
