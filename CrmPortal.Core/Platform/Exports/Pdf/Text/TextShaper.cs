using System.Text;
using HarfBuzzSharp;

namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>A letter on its way to a line, with the marks that belong to it: what no line end parts.</summary>
/// <param name="Rune">The first character of it; <c>\n</c> ends a line.</param>
/// <param name="Level">In which direction it runs: to the left where it is odd.</param>
/// <param name="Paragraph">The level of its paragraph.</param>
internal readonly record struct Letter(Glyph Glyph, int Rune, byte Level = 0, byte Paragraph = 0)
{
    /// <summary>How it is drawn, where that takes more than its glyph.</summary>
    public Shape? Shape { get; init; }

    public int Advance => Shape?.Advance ?? Glyph.Advance;
}

/// <summary>Several glyphs that are one letter, or one that does not stand where it would by itself.</summary>
/// <param name="Text">What is copied.</param>
internal sealed record Shape(string Text, int Advance, (Glyph Glyph, int X, int Y)[] Glyphs);

/// <summary>
/// Finds the drawings for a text. Most letters have one of their own; letters with marks, and scripts whose letters change with
/// their neighbours, go through HarfBuzz.
/// </summary>
internal sealed class TextShaper(DocumentFonts fonts)
{
    private const int ZeroWidthJoiner = 0x200D;

    /// <summary>The same for all, so that a document does not depend on the machine that makes it.</summary>
    private static readonly Language NoLanguage = new("und");

    private readonly List<int> _runes = [];

    /// <summary>Puts the letters of a text into <paramref name="letters"/>, in the order in which they are read.</summary>
    public void Shape(ReadOnlySpan<char> text, bool isBold, List<Letter> letters)
    {
        letters.Clear();
        _runes.Clear();
        var isSimple = true;
        var isAfterReturn = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var value = rune.Value;
            // A carriage return ends a line, and so does one with a line feed behind it, once.
            var isSecond = isAfterReturn && value == '\n';
            isAfterReturn = value == '\r';
            if (isSecond) continue;
            if (value is '\r' or 0x2028 or 0x2029) value = '\n';
            // Other control characters have neither a picture nor a meaning here.
            if (value is < 0x20 or (>= 0x7F and < 0xA0) && value != '\n') value = ' ';
            _runes.Add(value);
            isSimple &= value < 0x300;
        }

        var bidi = isSimple ? null : Bidi.Levels(_runes);
        for (var i = 0; i < _runes.Count;)
        {
            if (isSimple)
            {
                letters.Add(new(fonts.Of(_runes[i] == '\n' ? ' ' : _runes[i], isBold), _runes[i]));
                i++;
                continue;
            }

            var (level, paragraph) = bidi is { } found ? (found.Levels[i], found.Paragraphs[i]) : ((byte)0, (byte)0);
            var end = EndOfRun(i, level, bidi?.Levels, isBold);
            if (end == i) letters.Add(Single(_runes[end++], isBold, level, paragraph));
            else AddShaped(letters, i, end, isBold, level, paragraph);
            i = end;
        }
    }

    /// <summary>A letter by itself; brackets and the like are drawn the other way round where the text runs to the left.</summary>
    private Letter Single(int rune, bool isBold, byte level, byte paragraph)
    {
        var drawn = rune == '\n' ? ' ' : level % 2 == 1 ? TextMarks.Mirrored(rune) : rune;
        var glyph = drawn == rune || rune == '\n' ? fonts.Of(drawn, isBold) : fonts.Of(drawn, isBold, new Rune(rune).ToString());
        return new(glyph, rune, level, paragraph);
    }

    /// <summary>How far the text goes on that is shaped together; the place itself where the letter needs no shaping.</summary>
    private int EndOfRun(int start, byte level, byte[]? levels, bool isBold)
    {
        var first = _runes[start];
        var isShaped = TextMarks.IsShaped(first);
        if (!isShaped && (start + 1 == _runes.Count || !TextMarks.IsExtender(_runes[start + 1]) || first is ' ' or '\n')) return start;
        if (TextMarks.IsUnseen(first) || FontLibrary.Find(first, isBold) is not { } font) return start;
        var script = UnicodeFunctions.Default.GetScript(first);
        var end = start + 1;
        while (end < _runes.Count && (levels is null || levels[end] == level) && GoesOn(_runes[end])) end++;
        return end;

        bool GoesOn(int rune)
        {
            if (TextMarks.IsExtender(rune)) return TextMarks.IsUnseen(rune) || font.Has(rune);
            if (_runes[end - 1] == ZeroWidthJoiner && !isShaped) return FontLibrary.Find(rune, isBold) == font;
            return isShaped && TextMarks.IsShaped(rune) && FontLibrary.Find(rune, isBold) == font && IsOf(script, rune);
        }

        static bool IsOf(Script script, int rune) =>
            UnicodeFunctions.Default.GetScript(rune) is var other
            && (other == script || other == Script.Inherited || other == Script.Common);
    }

    private void AddShaped(List<Letter> letters, int start, int end, bool isBold, byte level, byte paragraph)
    {
        int[] runes = [.. _runes[start..end]];
        var font = FontLibrary.Find(runes[0], isBold)!;
        var isLeft = level % 2 == 1;
        using var buffer = new HarfBuzzSharp.Buffer
        {
            Direction = isLeft ? Direction.RightToLeft : Direction.LeftToRight,
            Script = UnicodeFunctions.Default.GetScript(runes[0]),
            Language = NoLanguage,
            Flags = BufferFlags.RemoveDefaultIgnorables | BufferFlags.DoNotInsertDottedCircle,
        };
        buffer.AddCodepoints(runes.AsSpan());
        // Exports run side by side, and the fonts serve them all.
        lock (font)
        {
            font.Shaper.Shape(buffer);
        }

        var infos = buffer.GetGlyphInfoSpan();
        var positions = buffer.GetGlyphPositionSpan();
        var groups = new List<(int Cluster, int First, int Last)>();
        for (var i = 0; i < infos.Length; i++)
        {
            var cluster = (int)infos[i].Cluster;
            if (groups.Count > 0 && groups[^1].Cluster == cluster) groups[^1] = (cluster, groups[^1].First, i);
            else groups.Add((cluster, i, i));
        }

        // Glyphs come from left to right, letters are kept in the order in which they are read.
        if (isLeft) groups.Reverse();
        for (var g = 0; g < groups.Count; g++)
        {
            var (from, to) = (g == 0 ? 0 : groups[g].Cluster, g + 1 < groups.Count ? groups[g + 1].Cluster : runes.Length);
            var (first, count) = (groups[g].First, groups[g].Last - groups[g].First + 1);
            letters.Add(Shaped(font, runes.AsSpan(from, to - from), infos.Slice(first, count), positions.Slice(first, count)) with
            {
                Rune = runes[from], Level = level, Paragraph = paragraph,
            });
        }

        // Of signs that only steer the text nothing is drawn, but they are copied with it.
        if (groups.Count == 0) letters.AddRange(runes.Select(rune => Single(rune, isBold, level, paragraph)));
    }

    private Letter Shaped(
        TrueTypeFont font, ReadOnlySpan<int> runes, ReadOnlySpan<GlyphInfo> infos, ReadOnlySpan<GlyphPosition> positions)
    {
        var parts = Parts(runes, infos.Length);
        var glyphs = new (Glyph Glyph, int X, int Y)[infos.Length];
        var advance = 0;
        for (var i = 0; i < infos.Length; i++)
        {
            var position = positions[i];
            var glyph = fonts.Of(font, (ushort)infos[i].Codepoint, parts[i]);
            glyphs[i] = (glyph, advance + font.Scaled(position.XOffset), font.Scaled(position.YOffset));
            advance += font.Scaled(position.XAdvance);
        }

        var isPlain = glyphs.Length == 1 && glyphs[0].X == 0 && glyphs[0].Y == 0 && glyphs[0].Glyph.Advance == advance;
        return new(glyphs[0].Glyph, 0) { Shape = isPlain ? null : new(string.Concat(parts), advance, glyphs) };
    }

    /// <summary>
    /// Gives the characters of a letter to its glyphs, so that readers which do not know the text of a span still find all of them, in
    /// their order.
    /// </summary>
    private static string[] Parts(ReadOnlySpan<int> runes, int count)
    {
        var parts = new string[count];
        var text = new StringBuilder();
        for (var i = 0; i < runes.Length; i++)
        {
            text.Append(new Rune(runes[i]).ToString());
            var part = Math.Min(i, count - 1);
            if (part == count - 1 && i < runes.Length - 1) continue;
            parts[part] = text.ToString();
            text.Clear();
        }

        for (var i = runes.Length; i < count; i++) parts[i] = "";
        return parts;
    }
}
