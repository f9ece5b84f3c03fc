using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using CrmPortal.Api.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Api;

/// <summary>
/// A record's <c>ETag</c> and the conditions that clients make with it: <c>"v3-9f2c…"</c> names the version, which a change may ask for,
/// and what was answered, which figures and the reader's permissions change without another version; <c>"v3"</c> names the version alone.
/// </summary>
internal static partial class EntityTags
{
    /// <summary>A version that no record has, so that a tag without a valid version counts as stale.</summary>
    private const long NoVersion = -1;

    private const int HashBytes = 8;

    public static string Tag(long version) => string.Create(CultureInfo.InvariantCulture, $"\"v{version}\"");

    /// <summary>The tag of a version as it was answered to this reader now.</summary>
    public static string Tag<T>(HttpContext http, long version, T answer)
    {
        return Tag(version, JsonSerializer.SerializeToUtf8Bytes(answer, http.Contract().Json));
    }

    private static string Tag(long version, byte[] written)
    {
        var hash = SHA256.HashData(written);
        return string.Create(CultureInfo.InvariantCulture, $"\"v{version}-{Convert.ToHexStringLower(hash.AsSpan(0, HashBytes))}\"");
    }

    /// <summary>
    /// Answers a record with its tag, or 304 where the client has this very answer (<c>If-None-Match</c>, compared weakly).
    /// </summary>
    public static Results<Ok<T>, StatusCodeHttpResult> Answer<T>(HttpContext http, long version, T answer)
    {
        var written = JsonSerializer.SerializeToUtf8Bytes(answer, http.Contract().Json);
        var tag = Tag(version, written);
        http.Response.Headers.ETag = tag;
        http.Items[typeof(WrittenAnswer)] = new WrittenAnswer(answer!, written);
        var header = http.Request.Headers.IfNoneMatch.ToString();
        return header.Trim() == "*" || Tags().Matches(header).Any(m => m.Groups["tag"].Value == tag)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(answer);
    }

    /// <summary>The version that a change must find (<c>If-Match</c>), or null where the client asks for none.</summary>
    /// <param name="current">Reads the version that the record has now, for a client that names several.</param>
    public static async Task<long?> ExpectedAsync(HttpRequest request, Func<Task<long?>> current)
    {
        var header = request.Headers.IfMatch.ToString().Trim();
        if (header.Length == 0 || header == "*") return null;
        var versions = Tags().Matches(header).Where(m => m.Groups["weak"].Length == 0).Select(m => Version(m.Groups["tag"].Value))
            .OfType<long>().Distinct().ToList();
        return versions.Count switch
        {
            0 => NoVersion,
            1 => versions[0],
            _ => await current() is { } now && versions.Contains(now) ? now : NoVersion,
        };
    }

    private static long? Version(string tag) =>
        tag.StartsWith("\"v", StringComparison.Ordinal)
            && long.TryParse(tag[2..^1].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version : null;

    [GeneratedRegex("(?<weak>W/)?(?<tag>\"[^\"]*\")")]
    private static partial Regex Tags();
}
