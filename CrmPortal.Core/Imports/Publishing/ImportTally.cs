namespace CrmPortal.Core.Imports;

/// <summary>Counts sentences that many rows share.</summary>
internal sealed class ImportTally
{
    private const int MostSentences = 50;
    private readonly Dictionary<string, (ImportNotice Notice, int Count)> _counts = [];

    public void Add(string sentence, params IReadOnlyList<string> arguments)
    {
        // What is left out is counted by its column; the first value is its example.
        var key = sentence + '\n' + (Skipped.Is(sentence) ? arguments[0] : string.Join('\n', arguments));
        if (_counts.TryGetValue(key, out var found)) _counts[key] = (found.Notice, found.Count + 1);
        // What every row says differently is counted under the bare sentence.
        else if (_counts.Count < MostSentences) _counts[key] = (new(sentence, arguments), 1);
        else _counts[""] = (new("Other reasons", []), _counts.GetValueOrDefault("").Count + 1);
    }

    public void AddRange(IEnumerable<ImportNotice>? notices)
    {
        foreach (var notice in notices ?? []) Add(notice.Sentence, notice.Arguments);
    }

    /// <summary>The sentences, the most frequent first.</summary>
    public List<ImportNotice> ToList() => [.. _counts.Values.OrderByDescending(c => c.Count)
        .Select(c => c.Notice with { Count = c.Count })];
}
