namespace CrmPortal.Core.Platform.Common;

/// <summary>What text a database takes, and in which form.</summary>
public static class StoredText
{
    /// <summary>Whether a database would refuse the text: U+0000, or half a surrogate pair.</summary>
    public static bool IsUnstorable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0') return true;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) return true;
        }

        return false;
    }

    /// <summary>
    /// The text with accents composed (Unicode's form C), in which everything is stored: a Mac writes é as two characters, which would be
    /// another name than the one of another keyboard. A text that no database takes stays as it is.
    /// </summary>
    public static string Composed(string text) => IsDecomposed(text) ? text.Normalize() : text;

    /// <summary>What can be stored of any text: without U+0000, half surrogate pairs shown as what they are, accents composed.</summary>
    public static string Clean(string text)
    {
        if (!IsUnstorable(text)) return Composed(text);
        var clean = new System.Text.StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (rune.Value != 0) clean.Append(rune);
        return Composed(clean.ToString());
    }

    /// <summary>Whether a stored text is not in the form of <see cref="Composed"/>.</summary>
    public static bool IsDecomposed(string? text) => text is not null && HasForm(text) && !text.IsNormalized();

    /// <summary>U+FFFE and U+FFFF are no characters: Unicode gives a text with them no form.</summary>
    private static bool HasForm(string text) => !IsUnstorable(text) && !text.AsSpan().ContainsAny('\ufffe', '\uffff');
}
