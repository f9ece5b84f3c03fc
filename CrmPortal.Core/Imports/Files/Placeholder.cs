using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Imports;

/// <summary>What people and programs write into a cell that has nothing to say.</summary>
internal static class Placeholder
{
    private static readonly HashSet<string> Words = ["-", "--", "—", "–", "?", ".", "0", "n/a", "na", "n.a.", "n.a", "#n/a", "null",
        "(null)",
        "nil", "none", "nan", "unknown", "keine", "k.a.", "unbekannt", "ninguno", "desconocido", "aucun", "nessuno", "geen", "brak"];

    public static bool Is(string text) => text.Length <= 12 && Words.Contains(SearchText.Fold(text));
}
