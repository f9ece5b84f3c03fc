namespace CrmPortal.Core.Common;

/// <summary>What text a database takes.</summary>
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
}
