using CrmPortal.Core.Platform.Access;

namespace CrmPortal.Core.HelpCentre;

/// <summary>The languages in which articles are written: those of the screens, since the pages around them are in the same one.</summary>
public static class HelpLanguages
{
    public const int CodeLength = 8;

    public static IReadOnlyList<string> All => ProfileService.Languages;

    /// <summary>The first of them, in which something is shown that is not there in another.</summary>
    public static string Usual => All[0];

    public static bool IsOne(string? language) => language is not null && All.Contains(language);

    /// <summary>The language itself where there are pages in it, else the usual one.</summary>
    public static string Of(string? language) => IsOne(language) ? language! : Usual;
}
