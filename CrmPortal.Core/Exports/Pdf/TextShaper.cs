using System.Text;

namespace CrmPortal.Core.Exports.Pdf;

/// <summary>A letter on its way to a line.</summary>
/// <param name="Rune">The letter itself; <c>\n</c> ends a line.</param>
internal readonly record struct Letter(Glyph Glyph, int Rune, Direction Direction);

/// <summary>Finds the drawings for a text: composes letters and their accents, and joins Arabic.</summary>
internal sealed class TextShaper(DocumentFonts fonts)
{
    private readonly List<int> _runes = [];

    /// <summary>Puts the letters of a text into <paramref name="letters"/>, in the order in which they are read.</summary>
    public void Shape(ReadOnlySpan<char> text, bool isBold, List<Letter> letters)
    {
        letters.Clear();
        _runes.Clear();
        var isSimple = true;
        foreach (var rune in text.EnumerateRunes())
        {
            var value = rune.Value;
            if (value == '\r') continue;
            // Other control characters have neither a picture nor a meaning here.
            if (value is < 0x20 or (>= 0x7F and < 0xA0) && value != '\n') value = ' ';
            if (value is 0x2028 or 0x2029) value = '\n';
            _runes.Add(value);
            isSimple &= value < 0x300;
        }

        for (var i = 0; i < _runes.Count; i++)
        {
            if (isSimple) Add(letters, _runes[i], isBold);
            else i = AddShaped(letters, i, isBold);
        }
    }

    private void Add(List<Letter> letters, int rune, bool isBold) =>
        letters.Add(new(fonts.Of(rune == '\n' ? ' ' : rune, isBold), rune, TextMarks.DirectionOf(rune)));

    /// <summary>Adds the letter at a place with what belongs to it; the answer is the last place used.</summary>
    private int AddShaped(List<Letter> letters, int at, bool isBold)
    {
        var rune = _runes[at];
        if (ArabicForms.IsLetter(rune)) return AddArabic(letters, at, isBold);
        if (at + 1 < _runes.Count && TextMarks.IsMark(_runes[at + 1]) && Composed(rune, _runes[at + 1]) is var composed and not 0 && DocumentFonts.Has(composed, isBold))
        {
            var text = new Rune(rune).ToString() + new Rune(_runes[at + 1]);
            letters.Add(new(fonts.Of(composed, isBold, text), composed, TextMarks.DirectionOf(rune)));
            return at + 1;
        }

        Add(letters, rune, isBold);
        return at;
    }

    private int AddArabic(List<Letter> letters, int at, bool isBold)
    {
        var rune = _runes[at];
        var before = Neighbour(at, -1);
        if (at + 1 < _runes.Count && ArabicForms.LamAlef(rune, _runes[at + 1], before) is var both and not 0 && DocumentFonts.Has(both, isBold))
        {
            letters.Add(new(fonts.Of(both, isBold, $"{(char)rune}{(char)_runes[at + 1]}"), rune, Direction.Right));
            return at + 1;
        }

        var shape = ArabicForms.Shape(rune, before, Neighbour(at, 1));
        letters.Add(new(fonts.Of(DocumentFonts.Has(shape, isBold) ? shape : rune, isBold, ((char)rune).ToString()), rune, Direction.Right));
        return at;
    }

    private int Neighbour(int at, int step)
    {
        for (at += step; at >= 0 && at < _runes.Count; at += step)
        {
            if (!TextMarks.IsMark(_runes[at])) return _runes[at];
        }

        return 0;
    }

    private static int Composed(int letter, int mark)
    {
        var composed = (new Rune(letter).ToString() + new Rune(mark)).Normalize(NormalizationForm.FormC);
        return Rune.TryGetRuneAt(composed, 0, out var rune) && rune.Utf16SequenceLength == composed.Length ? rune.Value : 0;
    }
}
