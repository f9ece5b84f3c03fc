using System.Text.RegularExpressions;
using System.Xml.Linq;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Resources;

/// <summary>Every text of the screens stands in both languages.</summary>
public sealed partial class TextsTests
{
    private static readonly Dictionary<string, string> English = Read("Texts.resx");
    private static readonly Dictionary<string, string> Spanish = Read("Texts.es.resx");

    [Fact]
    public void Texts_OfScreens_AreInTheResources()
    {
        var used = Sources("CrmPortal").SelectMany(s => Localized().Matches(s)).Select(m => Regex.Unescape(m.Groups["key"].Value))
            .ToHashSet();

        Assert.True(used.Count > 300, $"Only {used.Count} texts were found in the sources.");
        Assert.Empty(used.Except(English.Keys).Order());
    }

    [Fact]
    public void Texts_OfBrokenRules_AreInTheResources()
    {
        var sentences = Sources("CrmPortal.Core").SelectMany(s => Violation().Matches(s).Concat(Constant().Matches(s)))
            .Select(m => Regex.Unescape(m.Groups["key"].Value)).ToHashSet();

        Assert.True(sentences.Count > 40, $"Only {sentences.Count} sentences were found in the sources.");
        Assert.Empty(sentences.Except(English.Keys).Order());
    }

    [Fact]
    public void Texts_OfFiltersAndExportedColumns_AreInTheResources()
    {
        var labels = Sources("CrmPortal.Core").SelectMany(s => Column().Matches(s).Concat(Filter().Matches(s)))
            .Select(m => Regex.Unescape(m.Groups["key"].Value)).ToHashSet();

        Assert.True(labels.Count > 25, $"Only {labels.Count} labels were found in the sources.");
        Assert.Empty(labels.Except(English.Keys).Order());
    }

    [Fact]
    public void Texts_InSpanish_AreCompleteAndTakeTheSameArguments()
    {
        Assert.Equal(English.Keys.Order(), Spanish.Keys.Order());
        Assert.All(English.Keys, key => Assert.Equal(Arguments(English[key]), Arguments(Spanish[key])));
        Assert.All(Spanish, text => Assert.False(string.IsNullOrWhiteSpace(text.Value) && !string.IsNullOrWhiteSpace(text.Key)));
    }

    [Fact]
    public void Texts_InSpanish_CallATicketByOneWord() => Assert.Empty(Spanish.Where(t => OtherWord().IsMatch(t.Value)
        // Whoever searches for a page may type the English word.
        && !t.Key.StartsWith("tickets load", StringComparison.Ordinal)).Select(t => t.Value));

    [GeneratedRegex(@"\btickets?\b", RegexOptions.IgnoreCase)]
    private static partial Regex OtherWord();

    private static IEnumerable<string> Arguments(string text) => Argument().Matches(text).Select(m => m.Value).Distinct().Order();

    private static IEnumerable<string> Sources(string project) => Repository.Files(project).Select(File.ReadAllText);

    private static Dictionary<string, string> Read(string name) =>
        XDocument.Load(Path.Combine(Repository.Root, "CrmPortal", "Resources", name)).Root!.Elements("data")
            .ToDictionary(d => d.Attribute("name")!.Value, d => d.Element("value")!.Value);

    [GeneratedRegex("""\b(?:L|texts|_texts)\["(?<key>(?:[^"\\]|\\.)*)"[\],]""")]
    private static partial Regex Localized();

    // new RuleViolationException("Field", "Sentence."), errors.Add(new("Field", "Sentence.")), errors.Add(new(nameof(Field), "Sentence."))
    [GeneratedRegex(
        """(?:RuleViolationException|FieldError|errors\.Add\(new|\[new)\((?:"[^"]*"|nameof\([\w.]+\)|\w+), "(?<key>[A-Z{](?:[^"\\]|\\.)*[.!])"[,)]""")]
    private static partial Regex Violation();

    [GeneratedRegex("""new\("[\w-]+", "(?<key>[^"]+)", ExportKind""")]
    private static partial Regex Column();

    [GeneratedRegex("""(?m)^\s+\.\w+(?:<\w+>)?\("[\w-]+", "(?<key>[^"\\]+)", """)]
    private static partial Regex Filter();

    [GeneratedRegex("""public const string \w+ = "(?<key>[A-Z][^"]* [^"]*\.)";""")]
    private static partial Regex Constant();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Argument();
}
