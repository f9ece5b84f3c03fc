using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Components.Ui;

/// <summary>Something to choose from a long list.</summary>
/// <param name="Value">What is stored.</param>
/// <param name="Text">What people read.</param>
/// <param name="Words">What else it is found by, such as its code and its names in other languages.</param>
public sealed record Choice(string Value, string Text, string Words = "")
{
    private readonly string _key = SearchText.Fold($"{Text} {Words}");
    private readonly string _text = SearchText.Fold(Text);
    private readonly string _value = SearchText.Fold(Value);

    /// <summary>Whether each typed word begins a word of this.</summary>
    public bool Matches(string folded) => folded.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .All(word => _key.StartsWith(word, StringComparison.Ordinal) || _key.Contains(' ' + word, StringComparison.Ordinal)
            || _key.Contains('(' + word, StringComparison.Ordinal));

    /// <summary>Whether just this was typed, as a name or as a code.</summary>
    public bool Is(string folded) => _value == folded || _text == folded;

    /// <summary>Those whose name begins with what was typed come before those who have it elsewhere.</summary>
    public int Rank(string folded) => Is(folded) ? 0 : _text.StartsWith(folded, StringComparison.Ordinal) ? 1 : 2;
}
