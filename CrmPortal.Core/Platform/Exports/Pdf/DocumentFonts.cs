using System.Text;

namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>A letter's drawing in a font of the document.</summary>
internal sealed record Glyph(FontSubset Font, ushort Number, int Advance);

/// <summary>The fonts of one document: finds the glyph for a letter, and writes what was used at the end.</summary>
internal sealed class DocumentFonts
{
    private const int GlyphsPerBlock = 100;
    private readonly Dictionary<string, FontSubset> _open = [];
    private readonly List<FontSubset> _subsets = [];
    private readonly Dictionary<(int Rune, bool IsBold), Glyph> _letters = [];
    private readonly Dictionary<(int Rune, bool IsBold, string Text), Glyph> _forms = [];
    private readonly Dictionary<(string Font, ushort Outline, string Text), Glyph> _shaped = [];

    /// <summary>The glyph of a letter; one that no font has is drawn as a box, and still is that letter when it is copied.</summary>
    public Glyph Of(int rune, bool isBold)
    {
        if (_letters.TryGetValue((rune, isBold), out var glyph)) return glyph;
        return _letters[(rune, isBold)] = Make(rune, isBold, new Rune(rune).ToString());
    }

    /// <summary>A glyph that is drawn as one letter and stands for other text.</summary>
    public Glyph Of(int drawn, bool isBold, string text)
    {
        if (_forms.TryGetValue((drawn, isBold, text), out var glyph)) return glyph;
        return _forms[(drawn, isBold, text)] = Make(drawn, isBold, text);
    }

    /// <summary>
    /// A glyph of a font that shaping has chosen, and what it stands for; one for nothing is copied as a blank without width.
    /// </summary>
    public Glyph Of(TrueTypeFont font, ushort outline, string text)
    {
        if (_shaped.TryGetValue((font.Name, outline, text), out var glyph)) return glyph;
        var subset = Subset(font);
        var number = subset.Add(outline, text.Length == 0 ? "\u200B" : text);
        return _shaped[(font.Name, outline, text)] = new(subset, number, subset.Advances[number]);
    }

    /// <summary>Writes all fonts; the answer is the dictionary by which pages find them.</summary>
    public async Task<string> WriteAsync(PdfOutput output, CancellationToken cancellationToken)
    {
        var names = new StringBuilder("<<");
        foreach (var subset in _subsets)
        {
            var number = output.Reserve();
            await WriteAsync(output, subset, number, cancellationToken);
            names.Append(PdfOutput.Invariant, $"/{subset.Key} {number} 0 R");
        }

        return names.Append(">>").ToString();
    }

    private Glyph Make(int rune, bool isBold, string text)
    {
        // Signs that only steer the text are never drawn, whether a font has a picture of them or not.
        var isUnseen = TextMarks.IsUnseen(rune);
        var font = isUnseen ? null : FontLibrary.Find(rune, isBold);
        var subset = Subset(font ?? FontLibrary.Main(isBold));
        var number = isUnseen ? subset.AddUnseen(text) : subset.Add(font?.Glyph(rune) ?? 0, text);
        return new(subset, number, subset.Advances[number]);
    }

    private FontSubset Subset(TrueTypeFont font)
    {
        var isFirst = !_open.TryGetValue(font.Name, out var subset);
        if (subset is { IsFull: false }) return subset;
        // What comes first comes most often, so that the letters of a usual text are all in the first.
        _subsets.Add(subset = new(font, _subsets.Count, isFirst && !font.HasManyLetters));
        return _open[font.Name] = subset;
    }

    private static async Task WriteAsync(PdfOutput output, FontSubset subset, int number, CancellationToken cancellationToken)
    {
        var (file, descriptor, unicode) = (output.Reserve(), output.Reserve(), output.Reserve());
        var font = subset.Font;
        // Making the file completes the list of glyphs.
        var data = subset.File();
        await output.AddStreamAsync(file, string.Create(PdfOutput.Invariant, $"/Length1 {data.Length}"), data, cancellationToken);
        await output.AddAsync(
            descriptor,
            string.Create(PdfOutput.Invariant,
                $"<</Type/FontDescriptor/FontName/{subset.Name}/Flags 4/FontBBox[{string.Join(' ', font.Box)}]/ItalicAngle 0/Ascent {font.Ascent}/Descent {font.Descent}/CapHeight {font.Ascent}/StemV 80/FontFile2 {file} 0 R>>"),
            cancellationToken);
        await output.AddStreamAsync(unicode, "", Encoding.ASCII.GetBytes(ToUnicode(subset)), cancellationToken);
        if (subset.IsShort)
        {
            var widths = subset.Advances.Take(FontSubset.MostOfByte).ToList();
            await output.AddAsync(
                number,
                string.Create(PdfOutput.Invariant,
                    $"<</Type/Font/Subtype/TrueType/BaseFont/{subset.Name}/FirstChar 0/LastChar {widths.Count - 1}/Widths[{string.Join(' ', widths)}]/FontDescriptor {descriptor} 0 R/ToUnicode {unicode} 0 R>>"),
                cancellationToken);
            return;
        }

        var letters = output.Reserve();
        await output.AddAsync(
            letters,
            string.Create(PdfOutput.Invariant,
                $"<</Type/Font/Subtype/CIDFontType2/BaseFont/{subset.Name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/CIDToGIDMap/Identity/FontDescriptor {descriptor} 0 R/W[0[{string.Join(' ', subset.Advances)}]]>>"),
            cancellationToken);
        await output.AddAsync(
            number,
            string.Create(PdfOutput.Invariant,
                $"<</Type/Font/Subtype/Type0/BaseFont/{subset.Name}/Encoding/Identity-H/DescendantFonts[{letters} 0 R]/ToUnicode {unicode} 0 R>>"),
            cancellationToken);
    }

    private static string ToUnicode(FontSubset subset)
    {
        var digits = subset.IsShort ? 2 : 4;
        var map = new StringBuilder($$"""
            /CIDInit/ProcSet findresource begin 12 dict begin begincmap
            /CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def /CMapName/Adobe-Identity-UCS def /CMapType 2 def
            1 begincodespacerange<{{new string('0', digits)}}><{{new string('F', digits)}}>endcodespacerange

            """);
        foreach (var block in subset.Texts.Index().Where(t => t.Item.Length > 0).Chunk(GlyphsPerBlock))
        {
            map.Append(PdfOutput.Invariant, $"{block.Length} beginbfchar\n");
            foreach (var (glyph, text) in block)
                map.Append(PdfOutput.Invariant, $"<{glyph.ToString("X" + digits, PdfOutput.Invariant)}><{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>\n");
            map.Append("endbfchar\n");
        }

        return map.Append("endcmap CMapName currentdict/CMap defineresource pop end end").ToString();
    }
}
