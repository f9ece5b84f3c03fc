using System.Globalization;
using System.Text.RegularExpressions;

namespace CrmPortal.Api;

/// <summary>The version of a record as <c>ETag: "v3"</c>, and the conditions that clients make with it.</summary>
internal static partial class EntityTags
{
    /// <summary>A version that no record has: who sends a tag of no version of it must be told that it is stale.</summary>
    private const long NoVersion = -1;

    public static string Tag(long version) => string.Create(CultureInfo.InvariantCulture, $"\"v{version}\"");

    /// <summary>Whether the client has this version already (<c>If-None-Match</c>), which compares weakly.</summary>
    public static bool IsKnown(HttpRequest request, long version)
    {
        var header = request.Headers.IfNoneMatch.ToString();
        return header.Trim() == "*" || Tags().Matches(header).Any(m => m.Groups["tag"].Value == Tag(version));
    }

    /// <summary>The version that a change must find (<c>If-Match</c>), or null where the client asks for none.</summary>
    /// <param name="current">Reads the version that the record has now, for a client that names several.</param>
    public static async Task<long?> ExpectedAsync(HttpRequest request, Func<Task<long?>> current)
    {
        var header = request.Headers.IfMatch.ToString().Trim();
        if (header.Length == 0 || header == "*") return null;
        var versions = Tags().Matches(header).Where(m => m.Groups["weak"].Length == 0).Select(m => Version(m.Groups["tag"].Value)).OfType<long>().Distinct().ToList();
        return versions.Count switch
        {
            0 => NoVersion,
            1 => versions[0],
            _ => await current() is { } now && versions.Contains(now) ? now : NoVersion,
        };
    }

    private static long? Version(string tag) => tag.StartsWith("\"v", StringComparison.Ordinal) && long.TryParse(tag[2..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;

    [GeneratedRegex("(?<weak>W/)?(?<tag>\"[^\"]*\")")]
    private static partial Regex Tags();
}
