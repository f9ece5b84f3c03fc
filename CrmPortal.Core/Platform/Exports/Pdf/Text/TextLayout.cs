namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>A line of text; the width is in thousandths of the size and leaves the blank at the end out.</summary>
internal sealed record TextLine(Letter[] Letters, int Width)
{
    /// <summary>Whether each letter is one glyph behind the one before it.</summary>
    public bool IsPlain { get; } = Array.TrueForAll(Letters, l => l.Level == 0 && l.Shape is null);
}

/// <summary>Breaks text into lines.</summary>
internal sealed class TextLayout(DocumentFonts fonts)
{
    /// <summary>No cell shows more than this, however long its text is, so that a book in a cell costs no more than a page.</summary>
    private const int MostLetters = 3_000;

    private const int Ellipsis = 0x2026;
    private const int TibetanTsheg = 0x0F0B;
    private readonly TextShaper _shaper = new(fonts);
    private readonly List<Letter> _letters = [];

    /// <summary>The lines of a text; where there are more than allowed, the last one ends with an ellipsis.</summary>
    /// <param name="width">In thousandths of the size.</param>
    public List<TextLine> Lines(string text, bool isBold, int width, int mostLines)
    {
        var isCut = text.Length > MostLetters;
        _shaper.Shape(isCut ? text.AsSpan(0, MostLetters) : text, isBold, _letters);
        var lines = new List<TextLine>(1);
        var start = 0;
        while (start < _letters.Count)
        {
            var end = EndOfLine(start, width);
            if (lines.Count == mostLines - 1 && (end < _letters.Count || isCut))
            {
                lines.Add(Shortened(start, end, isBold, width));
                return lines;
            }

            lines.Add(Line(start, end));
            start = end;
        }

        return lines;
    }

    /// <summary>How wide the widest word is, in thousandths of the size.</summary>
    public int WidestWord(string text, bool isBold)
    {
        _shaper.Shape(text.AsSpan(0, Math.Min(text.Length, MostLetters)), isBold, _letters);
        var (widest, word) = (0, 0);
        foreach (var letter in _letters)
        {
            word = letter.Rune is ' ' or '\n' ? 0 : word + letter.Advance;
            widest = Math.Max(widest, word);
        }

        return widest;
    }

    private int EndOfLine(int start, int width)
    {
        var (used, afterWord, afterPart) = (0, start, start);
        for (var i = start; i < _letters.Count; i++)
        {
            var letter = _letters[i];
            if (letter.Rune == '\n') return i + 1;
            if (letter.Rune == ' ')
            {
                // A blank at the end of a line may stand beyond it.
                used += letter.Advance;
                afterWord = i + 1;
                continue;
            }

            used += letter.Advance;
            if (used > width && i > start)
            {
                if (afterWord > start) return afterWord;
                if (afterPart > start) return afterPart;
                while (i > start + 1 && TextMarks.IsMark(_letters[i].Rune)) i--;
                return i;
            }

            if (letter.Rune is '@' or '.' or '-' or '_' or '/' or ',' or ';' or 0x200B or TibetanTsheg) afterPart = i + 1;
            else if (TextMarks.IsIdeograph(letter.Rune) && !(i + 1 < _letters.Count && TextMarks.IsClosing(_letters[i + 1].Rune)))
                afterWord = i + 1;
        }

        return _letters.Count;
    }

    private TextLine Line(int start, int end)
    {
        var letters = _letters.GetRange(start, end - start).ToArray();
        var width = letters.Sum(l => l.Advance);
        for (var i = letters.Length - 1; i >= 0 && letters[i].Rune is ' ' or '\n'; i--) width -= letters[i].Advance;
        return new(letters, width);
    }

    private TextLine Shortened(int start, int end, bool isBold, int width)
    {
        var level = _letters[start].Paragraph;
        var ellipsis = new Letter(fonts.Of(Ellipsis, isBold), Ellipsis, level, level);
        var used = ellipsis.Advance;
        var letters = new List<Letter>();
        for (var i = start; i < end && _letters[i].Rune != '\n' && (used += _letters[i].Advance) <= width; i++) letters.Add(_letters[i]);
        letters.Add(ellipsis);
        return new([.. letters], letters.Sum(l => l.Advance));
    }
}
