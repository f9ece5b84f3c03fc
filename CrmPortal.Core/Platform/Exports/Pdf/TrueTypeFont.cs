using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>
/// A font file with TrueType outlines: which letters it has, how wide they are, and their drawings. Never changed, so all documents share
/// it.
/// </summary>
internal sealed class TrueTypeFont
{
    /// <summary>A font for all alphabets has fewer, one for Chinese or Korean more.</summary>
    private const int LettersOfAlphabets = 8_000;

    private readonly byte[] _data;
    private readonly Dictionary<string, (int At, int Length)> _tables = [];
    private readonly Dictionary<int, ushort> _glyphs = [];
    private readonly int _widthCount;
    private readonly bool _hasLongPlaces;
    private readonly Lazy<ShapingFont> _shaper;

    public TrueTypeFont(byte[] data, string name)
    {
        (_data, Name) = (data, name);
        for (int i = 0, count = Unsigned(4); i < count; i++)
        {
            var entry = 12 + (i * 16);
            _tables[Encoding.ASCII.GetString(data, entry, 4)] = (Long(entry + 8), Long(entry + 12));
        }

        if (!_tables.ContainsKey("glyf")) throw new NotSupportedException("Only fonts with TrueType outlines can be embedded.");
        var (head, metrics) = (_tables["head"].At, _tables["hhea"].At);
        UnitsPerEm = Unsigned(head + 18);
        _hasLongPlaces = Unsigned(head + 50) != 0;
        Box = [Scaled(Signed(head + 36)), Scaled(Signed(head + 38)), Scaled(Signed(head + 40)), Scaled(Signed(head + 42))];
        (Ascent, Descent) = (Scaled(Signed(metrics + 4)), Scaled(Signed(metrics + 6)));
        _widthCount = Unsigned(metrics + 34);
        ReadLetters(_tables["cmap"].At);
        _shaper = new(() => new(_data));
    }

    public string Name { get; }

    public int UnitsPerEm { get; }

    /// <summary>Left, bottom, right and top of all letters, in thousandths of the size, as all measures here.</summary>
    public IReadOnlyList<int> Box { get; }

    public int Ascent { get; }

    public int Descent { get; }

    /// <summary>The font as shaping takes it, in its own units.</summary>
    public HarfBuzzSharp.Font Shaper => _shaper.Value.Font;

    /// <summary>Whether its scripts have so many letters that a byte names few of those of a usual text.</summary>
    public bool HasManyLetters => _glyphs.Count > LettersOfAlphabets;

    public bool Has(int rune) => _glyphs.ContainsKey(rune);

    /// <summary>The glyph of a letter, or 0 (the box for what is missing).</summary>
    public ushort Glyph(int rune) => _glyphs.GetValueOrDefault(rune);

    /// <summary>How far the next letter stands, in units of the font.</summary>
    public int Advance(int glyph) => Unsigned(_tables["hmtx"].At + (Math.Min(glyph, _widthCount - 1) * 4));

    public int Scaled(int units) => (int)Math.Round(units * 1000.0 / UnitsPerEm);

    public byte[]? Table(string tag) => _tables.TryGetValue(tag, out var table) ? _data.AsSpan(table.At, table.Length).ToArray() : null;

    /// <summary>The drawing of a glyph; empty for blanks.</summary>
    public ReadOnlySpan<byte> Outline(int glyph)
    {
        var (places, outlines) = (_tables["loca"].At, _tables["glyf"].At);
        var (from, to) = _hasLongPlaces
            ? (Long(places + (glyph * 4)), Long(places + (glyph * 4) + 4))
            : (Unsigned(places + (glyph * 2)) * 2, Unsigned(places + (glyph * 2) + 2) * 2);
        return _data.AsSpan(outlines + from, to - from);
    }

    private ushort Unsigned(int at) => BinaryPrimitives.ReadUInt16BigEndian(_data.AsSpan(at));

    private short Signed(int at) => BinaryPrimitives.ReadInt16BigEndian(_data.AsSpan(at));

    private int Long(int at) => BinaryPrimitives.ReadInt32BigEndian(_data.AsSpan(at));

    private void ReadLetters(int at)
    {
        var (best, format) = (0, 0);
        for (int i = 0, count = Unsigned(at + 2); i < count; i++)
        {
            var table = at + Long(at + 4 + (i * 8) + 4);
            // Symbol tables number their letters otherwise.
            if (Unsigned(at + 4 + (i * 8)) == 3 && Unsigned(at + 4 + (i * 8) + 2) == 0) continue;
            var found = Unsigned(table);
            if (found is 4 or 12 && found > format) (best, format) = (table, found);
        }

        if (format == 12) ReadGroups(best);
        else if (format == 4) ReadSegments(best);
    }

    private void ReadGroups(int table)
    {
        for (int i = 0, count = Long(table + 12); i < count; i++)
        {
            var group = table + 16 + (i * 12);
            var (first, last, glyph) = (Long(group), Long(group + 4), Long(group + 8));
            for (var rune = first; rune <= last; rune++) _glyphs[rune] = (ushort)(glyph + rune - first);
        }
    }

    private void ReadSegments(int table)
    {
        var size = Unsigned(table + 6);
        var ends = table + 14;
        var starts = ends + size + 2;
        var (deltas, ranges) = (starts + size, starts + (2 * size));
        for (var i = 0; i < size; i += 2)
        {
            int start = Unsigned(starts + i), delta = Unsigned(deltas + i), range = Unsigned(ranges + i);
            for (int rune = start, end = Unsigned(ends + i); rune <= end && rune != 0xFFFF; rune++)
            {
                var glyph = range == 0 ? rune : Unsigned(ranges + i + range + ((rune - start) * 2));
                if (glyph != 0 && (ushort)(glyph + delta) is > 0 and var found) _glyphs[rune] = found;
            }
        }
    }
}

/// <summary>
/// A font as HarfBuzz takes it. All three parts are kept, since what nobody refers to any more may be given back to the system.
/// </summary>
internal sealed class ShapingFont : IDisposable
{
    private readonly HarfBuzzSharp.Blob _file;
    private readonly HarfBuzzSharp.Face _face;

    /// <remarks>Reading from a stream would leave HarfBuzz with memory that the collector moves; it gets a copy of its own.</remarks>
    public ShapingFont(byte[] data)
    {
        var pin = GCHandle.Alloc(data, GCHandleType.Pinned);
        try
        {
            _file = new(pin.AddrOfPinnedObject(), data.Length, HarfBuzzSharp.MemoryMode.Duplicate);
        }
        finally
        {
            pin.Free();
        }

        _face = new(_file, 0);
        Font = new(_face);
    }

    public HarfBuzzSharp.Font Font { get; }

    public void Dispose()
    {
        Font.Dispose();
        _face.Dispose();
        _file.Dispose();
    }
}
