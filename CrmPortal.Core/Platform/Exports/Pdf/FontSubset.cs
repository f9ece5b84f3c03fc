using System.Buffers.Binary;

namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>
/// The part of a font that a document uses, with glyphs numbered as they come. A glyph stands for one text: where two letters
/// share a drawing it is there twice, so that copying and searching always give back the very letters.
/// </summary>
internal sealed class FontSubset
{
    /// <summary>The most glyphs that a byte can number.</summary>
    public const int MostOfByte = 256;

    /// <summary>The most glyphs that a font can number.</summary>
    private const int MostGlyphs = 65_000;

    /// <summary>Where the letters begin of a font that has signs of its own instead of those of an alphabet.</summary>
    private const ushort FirstSymbol = 0xF000;

    private readonly List<int> _outlines = [];
    private readonly List<string> _texts = [];
    private readonly List<int> _advances = [];
    private readonly Dictionary<int, int> _parts = [];

    public FontSubset(TrueTypeFont font, int index, bool isShort)
    {
        (Font, Key, IsShort) = (font, "F" + index.ToString(PdfOutput.Invariant), isShort);
        Name = string.Concat("CRM", (char)('A' + (index / 676 % 26)), (char)('A' + (index / 26 % 26)), (char)('A' + (index % 26)),
            "+" + font.Name);
        Add(0, "", font.Advance(0));
    }

    public TrueTypeFont Font { get; }

    /// <summary>The name by which pages call the font.</summary>
    public string Key { get; }

    public string Name { get; }

    /// <summary>Whether text names each glyph by one byte instead of two.</summary>
    public bool IsShort { get; }

    public bool IsFull => _outlines.Count >= (IsShort ? MostOfByte : MostGlyphs);

    /// <summary>In thousandths of the size.</summary>
    public IReadOnlyList<int> Advances => _advances;

    /// <summary>What each glyph stands for; parts of others stand for nothing.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>Adds a glyph that stands for a text.</summary>
    public ushort Add(ushort outline, string text) => (ushort)Add(outline, text, Font.Advance(outline));

    /// <summary>Adds a glyph that takes no room and shows nothing.</summary>
    public ushort AddUnseen(string text) => (ushort)Add(-1, text, 0);

    /// <summary>The font file with just the glyphs used.</summary>
    public byte[] File()
    {
        var (outlines, places) = Outlines();
        var head = Font.Table("head")!;
        BinaryPrimitives.WriteInt16BigEndian(head.AsSpan(50), 1);
        var header = Font.Table("hhea")!;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(34), (ushort)_outlines.Count);
        var limits = Font.Table("maxp")!;
        BinaryPrimitives.WriteUInt16BigEndian(limits.AsSpan(4), (ushort)_outlines.Count);
        var widths = new byte[_outlines.Count * 4];
        for (var i = 0; i < _outlines.Count; i++)
        {
            var units = _outlines[i] < 0 ? 0 : Font.Advance(_outlines[i]);
            BinaryPrimitives.WriteUInt16BigEndian(widths.AsSpan(i * 4), (ushort)units);
            // The left edge of the drawing is where it was drawn.
            if (_outlines[i] >= 0 && Font.Outline(_outlines[i]) is { Length: > 10 } drawing)
                drawing.Slice(2, 2).CopyTo(widths.AsSpan((i * 4) + 2));
        }

        (string, byte[])[] letters = IsShort ? [("cmap", Letters())] : [];
        return FontFile.Make([.. letters, ("glyf", outlines), ("head", head), ("hhea", header), ("hmtx", widths), ("loca", places),
            ("maxp", limits)]);
    }

    /// <summary>Says that each byte is the glyph of that number: one range for signs, and the end that such tables have.</summary>
    private byte[] Letters()
    {
        var last = (ushort)(FirstSymbol + Math.Min(_outlines.Count, MostOfByte) - 1);
        ushort[] head = [0, 1, 3, 0, 0, 12];
        ushort[] ranges = [4, 32, 0, 4, 4, 1, 0, last, 0xFFFF, 0, FirstSymbol, 0xFFFF, 0x10000 - FirstSymbol, 1, 0, 0];
        ushort[] words = [.. head, .. ranges];
        var table = new byte[words.Length * 2];
        for (var i = 0; i < words.Length; i++) BinaryPrimitives.WriteUInt16BigEndian(table.AsSpan(i * 2), words[i]);
        return table;
    }

    private int Add(int outline, string text, int units)
    {
        _outlines.Add(outline);
        _texts.Add(text);
        _advances.Add(Font.Scaled(units));
        return _outlines.Count - 1;
    }

    private (byte[] Outlines, byte[] Places) Outlines()
    {
        using var drawings = new MemoryStream();
        var places = new List<int>();
        // Composed glyphs add their parts at the end of the list while it is walked.
        for (var i = 0; i < _outlines.Count; i++)
        {
            places.Add((int)drawings.Length);
            if (_outlines[i] < 0) continue;
            drawings.Write(GlyphOutline.WithoutHints(Font.Outline(_outlines[i]), Part));
            while (drawings.Length % 4 != 0) drawings.WriteByte(0);
        }

        places.Add((int)drawings.Length);
        var bytes = new byte[places.Count * 4];
        for (var i = 0; i < places.Count; i++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(i * 4), places[i]);
        return (drawings.ToArray(), bytes);
    }

    private ushort Part(ushort outline)
    {
        if (!_parts.TryGetValue(outline, out var glyph)) _parts[outline] = glyph = Add(outline, "", Font.Advance(outline));
        return (ushort)glyph;
    }
}
