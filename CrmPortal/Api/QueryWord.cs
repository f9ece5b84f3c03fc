using System.Text.Json;

namespace CrmPortal.Api;

/// <summary>Words in addresses that stand for the values of an enumeration, in any case.</summary>
internal static class QueryWord
{
    /// <summary>The value of a word; null where there is none.</summary>
    /// <param name="write">How a value is written; in snake case where it is left out.</param>
    /// <exception cref="ApiException">There is no such word; it names those that there are.</exception>
    public static T? Read<T>(string parameter, string? word, Func<T, string>? write = null)
        where T : struct, Enum
    {
        if (string.IsNullOrWhiteSpace(word)) return null;
        var words = Enum.GetValues<T>().ToDictionary(write ?? (value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString())));
        return words.TryGetValue(word.Trim().ToLowerInvariant(), out var found) ? found
            : throw ApiException.BadField(parameter, $"It is one of: {string.Join(", ", words.Keys)}.");
    }
}
