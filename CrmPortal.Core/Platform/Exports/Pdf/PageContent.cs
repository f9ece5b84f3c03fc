namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>The drawing of a page; places count from the top left corner in points.</summary>
internal sealed class PageContent(double height)
{
    private readonly Utf8Buffer _buffer = new();

    public ReadOnlyMemory<byte> Written => _buffer.Written;

    public void Clear() => _buffer.Clear();

    /// <summary>What follows belongs to an element of the document's structure.</summary>
    public void BeginMarked(string tag, int mark) => _buffer.Write(string.Create(PdfOutput.Invariant, $"/{tag}<</MCID {mark}>>BDC\n"));

    /// <summary>What follows is decoration, or repeats what was said.</summary>
    public void BeginArtifact(string? kind = null) =>
        _buffer.Write(kind is null ? "/Artifact BMC\n" : $"/Artifact<</Type/Pagination/Subtype/{kind}>>BDC\n");

    public void End() => _buffer.Write("EMC\n"u8);

    /// <summary>
    /// Draws lines of text below each other; <paramref name="right"/> is the edge at which they end where they are right-aligned.
    /// </summary>
    public void Text(
        IReadOnlyList<TextLine> lines, double x, double baseline, double size, double lineHeight, int color, double? right = null)
    {
        _buffer.Write("BT "u8);
        Color(color, "rg ");
        FontSubset? font = null;
        var (atX, atY) = (0.0, 0.0);
        foreach (var (index, line) in lines.Index())
        {
            var left = right is { } edge ? edge - (line.Width * size / 1000) : x;
            var y = height - baseline - (index * lineHeight);
            Number(left - atX);
            Number(y - atY);
            _buffer.Write("Td "u8);
            (atX, atY) = (atX + Math.Round(left - atX, 2), atY + Math.Round(y - atY, 2));
            font = line.IsPlain ? Write(line, size, font) : WritePlaced(line, size, font);
        }

        _buffer.Write("ET\n"u8);
    }

    public void Line(double x1, double x2, double y, int color, double width = 0.4)
    {
        Color(color, "RG ");
        Number(width);
        _buffer.Write("w "u8);
        Number(x1);
        Number(height - y);
        _buffer.Write("m "u8);
        Number(x2);
        Number(height - y);
        _buffer.Write("l S\n"u8);
    }

    public void Rectangle(double x, double y, double width, double tall, int color)
    {
        Color(color, "rg ");
        Number(x);
        Number(height - y - tall);
        Number(width);
        Number(tall);
        _buffer.Write("re f\n"u8);
    }

    /// <summary>Draws the document's picture.</summary>
    public void Logo(double x, double y, double width, double tall)
    {
        _buffer.Write("q "u8);
        Number(width);
        _buffer.Write("0 0 "u8);
        Number(tall);
        Number(x);
        Number(height - y - tall);
        _buffer.Write("cm /Logo Do Q\n"u8);
    }

    private FontSubset? Write(TextLine line, double size, FontSubset? font)
    {
        var isOpen = false;
        foreach (var letter in line.Letters)
        {
            if (letter.Glyph.Font != font)
            {
                if (isOpen) _buffer.Write(")Tj "u8);
                isOpen = false;
                Use(font = letter.Glyph.Font, size);
            }

            if (!isOpen) _buffer.Write((byte)'(');
            isOpen = true;
            Code(letter.Glyph.Number);
        }

        if (isOpen) _buffer.Write(")Tj "u8);
        return font;
    }

    /// <summary>
    /// Writes the letters in the order in which they are read and moves each to its place, so that copied text keeps that order.
    /// </summary>
    private FontSubset? WritePlaced(TextLine line, double size, FontSubset? font)
    {
        var places = LineOrder.Places(line.Letters);
        var (at, rise, isOpen) = (0, 0, false);
        foreach (var (index, letter) in line.Letters.Index())
        {
            if (letter.Shape is not { } shape)
            {
                Show(letter.Glyph, places[index], 0);
                continue;
            }

            // What several glyphs are together is said, since no order of theirs need be that of the text.
            var isSpan = shape.Glyphs.Length > 1;
            if (isSpan)
            {
                Close();
                _buffer.Write($"/Span<</ActualText{PdfOutput.Text(shape.Text)}>>BDC ");
            }

            foreach (var (glyph, x, y) in shape.Glyphs) Show(glyph, places[index] + x, y);
            if (!isSpan) continue;
            Close();
            _buffer.Write("EMC "u8);
        }

        Close();
        if (rise != 0) _buffer.Write("0 Ts "u8);
        return font;

        void Show(Glyph glyph, int place, int height)
        {
            if (height != rise)
            {
                Close();
                Number(height * size / 1000);
                _buffer.Write("Ts "u8);
                rise = height;
            }

            if (glyph.Font != font)
            {
                Close();
                Use(font = glyph.Font, size);
            }

            if (!isOpen) _buffer.Write("[("u8);
            isOpen = true;
            if (place != at)
            {
                _buffer.Write((byte)')');
                _buffer.Write((long)(at - place));
                _buffer.Write((byte)'(');
            }

            Code(glyph.Number);
            at = place + glyph.Advance;
        }

        void Close()
        {
            if (isOpen) _buffer.Write(")]TJ "u8);
            isOpen = false;
        }
    }

    private void Use(FontSubset font, double size)
    {
        _buffer.Write((byte)'/');
        _buffer.Write(font.Key);
        _buffer.Write((byte)' ');
        Number(size);
        _buffer.Write("Tf "u8);
    }

    private void Code(ushort glyph)
    {
        Byte((byte)(glyph >> 8));
        Byte((byte)glyph);
    }

    private void Byte(byte value)
    {
        if (value is (byte)'(' or (byte)')' or (byte)'\\') _buffer.Write((byte)'\\');
        if (value == (byte)'\r') _buffer.Write("\\r"u8);
        else _buffer.Write(value);
    }

    private void Number(double value)
    {
        _buffer.Write(Math.Round(value, 2) + 0.0);
        _buffer.Write((byte)' ');
    }

    private void Color(int color, string operation)
    {
        Number(((color >> 16) & 255) / 255.0);
        Number(((color >> 8) & 255) / 255.0);
        Number((color & 255) / 255.0);
        _buffer.Write(operation);
    }
}
