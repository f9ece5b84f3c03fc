using System.Text.RegularExpressions;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Integrations;

/// <summary>A page of the documentation whose examples are run.</summary>
internal sealed partial class ExamplePage(string text)
{
    public static IEnumerable<string> Names => Directory.GetFiles(Folder, "*.md").Select(f => Path.GetFileName(f))
        .Where(f => f != "README.md").Order(StringComparer.Ordinal);

    /// <summary>What the page says that its key needs.</summary>
    public IReadOnlyList<string> Scopes { get; } = [.. Word().Matches(Needs().Match(text).Value).Select(m => m.Groups[1].Value)];

    private static string Folder => Path.Combine(Repository.Root, "docs", "integrations");

    public static ExamplePage Read(string name) => new(File.ReadAllText(Path.Combine(Folder, name)));

    /// <summary>The listings of one language, in their order.</summary>
    public IReadOnlyList<string> Blocks(string language) => [.. Block().Matches(text).Where(m => m.Groups["language"].Value == language)
        .Select(m => m.Groups["text"].Value)];

    [GeneratedRegex(@"^The key needs [^.]*(\.[a-z][^.]*)*\.", RegexOptions.Multiline)]
    private static partial Regex Needs();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Word();

    [GeneratedRegex(@"^```(?<language>[a-z]+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
