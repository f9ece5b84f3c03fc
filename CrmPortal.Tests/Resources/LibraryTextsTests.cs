using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using CrmPortal.Resources;
using MudBlazor;

namespace CrmPortal.Tests.Resources;

/// <summary>The component library's own texts in our languages: a placeholder too many in one of them would take the page down.</summary>
public sealed partial class LibraryTextsTests
{
    private static readonly Dictionary<string, string> English =
        Read(new("MudBlazor.Resources.LanguageResource", typeof(MudThemeProvider).Assembly), CultureInfo.InvariantCulture);

    private static readonly Dictionary<string, string> Spanish =
        Read(new("CrmPortal.Resources.LibraryTexts", typeof(LibraryTexts).Assembly), CultureInfo.GetCultureInfo("es"));

    [Fact]
    public void Texts_OfTheLibrary_AreAllInSpanish() => Assert.Equal(English.Keys.Order(), Spanish.Keys.Order());

    [Fact]
    public void Texts_InSpanish_TakeTheArgumentsOfTheLibrary() => Assert.All(Spanish, text =>
    {
        Assert.Equal(Arguments(English[text.Key]), Arguments(text.Value));
        Assert.NotEmpty(string.Format(CultureInfo.InvariantCulture, text.Value, "a", "b", "c"));
    });

    private static IEnumerable<string> Arguments(string text) => Argument().Matches(text).Select(m => m.Value).Order();

    private static Dictionary<string, string> Read(ResourceManager resources, CultureInfo culture) =>
        resources.GetResourceSet(culture, createIfNotExists: true, tryParents: false)!.Cast<DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string)e.Value!);

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Argument();
}
