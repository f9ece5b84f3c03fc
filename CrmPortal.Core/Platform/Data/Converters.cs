using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace CrmPortal.Core.Platform.Data;

/// <summary>A list of short words without blanks (permissions, transports), as one text.</summary>
internal sealed class WordsConverter() : ValueConverter<List<string>, string>(
    words => string.Join(' ', words), text => Words(text).ToList())
{
    /// <summary>What a stored text holds.</summary>
    public static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

internal sealed class WordsComparer() : ValueComparer<List<string>>(
    (left, right) => (left ?? new()).SequenceEqual(right ?? new()),
    words => words.Aggregate(0, (hash, word) => HashCode.Combine(hash, word.GetHashCode(StringComparison.Ordinal))),
    words => words.ToList());
