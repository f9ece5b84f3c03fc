using System.Text.RegularExpressions;
using CrmPortal.Components;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Components;

namespace CrmPortal.Tests.Components;

/// <summary>Habits of the sources that no compiler watches.</summary>
public sealed partial class ComponentSourceTests
{
    /// <summary>Where a calendar day is no instant's: what a zone's clock shows.</summary>
    private static readonly string[] DaysOfClocks = ["LocalZone.cs"];

    [Fact]
    public void Components_EndByTheirBase()
    {
        var own = typeof(CrmComponent).Assembly.GetTypes()
            .Where(t => t is { IsClass: true, IsAbstract: false } && typeof(IComponent).IsAssignableFrom(t))
            .Where(t => !typeof(LayoutComponentBase).IsAssignableFrom(t)).ToList();

        // A disposer of one's own would hide that of the base, and the reads and subscriptions would go on.
        Assert.NotEmpty(own);
        Assert.Empty(own.Where(t => typeof(IAsyncDisposable).IsAssignableFrom(t)).Select(t => t.Name));
        Assert.Empty(own.Where(t => typeof(IDisposable).IsAssignableFrom(t))
            .Where(t => t.GetInterfaceMap(typeof(IDisposable)).TargetMethods[0].DeclaringType is var end
                && end != typeof(CrmComponent) && end!.Assembly == typeof(CrmComponent).Assembly).Select(t => t.Name));
    }

    [Fact]
    public void Subscriptions_OfComponents_AreHeldByTheirBase() => Assert.Empty(Lines("CrmPortal", "*.razor", "*.razor.cs")
        .Where(l => l.Text.Contains(".Listen(", StringComparison.Ordinal) && !l.Text.Contains("Hold(", StringComparison.Ordinal))
            .Select(l => l.Where));

    /// <summary>The framework's own takes its content away each time that a permission is asked again.</summary>
    [Fact]
    public void Permissions_AreAskedByAComponent_ThatKeepsWhatItShows() => Assert.Empty(Lines("CrmPortal", "*.razor")
        .Where(l => l.Text.Contains("<AuthorizeView ", StringComparison.Ordinal)
            || l.Text.EndsWith("<AuthorizeView", StringComparison.Ordinal)).Select(l => l.Where));

    [Fact]
    public void Work_OfComponents_IsNotLeftToThreadsThatEndWithThePage() =>
        Assert.Equal(["ListPage.cs"], Lines("CrmPortal/Components", "*.razor", "*.cs")
            .Concat(Lines("CrmPortal/Features", "*.razor", "*.razor.cs"))
            .Where(l => l.Text.Contains("Task.Run(", StringComparison.Ordinal)).Select(l => Path.GetFileName(l.File)));

    [Fact]
    public void Days_AreThoseOfAZone_NotOfUtc() => Assert.Empty(Lines("CrmPortal", "*.cs", "*.razor")
        .Concat(Lines("CrmPortal.Core", "*.cs"))
        .Where(l => DayOfUtc().IsMatch(l.Text) && !DaysOfClocks.Contains(Path.GetFileName(l.File))).Select(l => l.Where));

    private static IEnumerable<(string File, string Text, string Where)> Lines(string folder, params string[] patterns) =>
        from pattern in patterns
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), pattern, SearchOption.AllDirectories)
        where Repository.IsWrittenByHand(file)
        from line in File.ReadLines(file).Select((text, i) => (Text: text, Number: i + 1))
        select (file, line.Text, $"{Path.GetFileName(file)}:{line.Number}: {line.Text.Trim()}");

    [GeneratedRegex(@"DateOnly\.FromDateTime\(|GetUtcNow\(\)\.(Date|DateTime|UtcDateTime\.Date|Day|Month|Year)\b|UtcDateTime\.Date\b")]
    private static partial Regex DayOfUtc();
}
