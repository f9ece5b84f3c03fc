namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>
/// The drawing of a page; places count from the top left corner in points. What holds on from one drawing to the next, such as a colour,
/// is said when it changes, and text goes on from where the text before it began.
/// </summary>
internal sealed class PageContent(double height)
{
    private const int NoColor = -1;
    private const double RuleWidth = 0.4;
    private readonly Utf8Buffer _buffer = new();
    private FontSubset? _font;
    private double _size;
    private int _fill = NoColor;
    private int _stroke = NoColor;
    private double _width = -1;
    private bool _isInText;

    /// <summary>Where the last line of text began, in hundredths of a point from the lower left corner.</summary>
    private (long X, long Y) _at;

    /// <summary>Whether the part that is open began within a piece of text, and so ends there.</summary>
    private bool _isPartOfText;

    public ReadOnlyMemory<byte> Written
    {
        get
        {
            EndText();
            return _buffer.Written;
        }
    }

    /// <summary>Begins anew; whatever was drawn before on the page may have left another state.</summary>
    public void Clear()
    {
        _buffer.Clear();
        (_font, _fill, _stroke, _width, _isInText) = (null, NoColor, NoColor, -1, false);
    }

    /// <summary>Text that follows belongs to an element of the document's structure.</summary>
    public void BeginMarked(string tag, int mark)
    {
        BeginText();
        _isPartOfText = true;
        _buffer.Write((byte)'/');
        _buffer.Write(tag);
        _buffer.Write("<</MCID "u8);
        _buffer.Write((long)mark);
        _buffer.Write(">>BDC "u8);
    }

    /// <summary>What follows is decoration, or repeats what was said.</summary>
    public void BeginArtifact(string? kind = null)
    {
        EndText();
        _isPartOfText = false;
        _buffer.Write(kind is null ? "/Artifact BMC\n" : $"/Artifact<</Type/Pagination/Subtype/{kind}>>BDC\n");
    }

    public void End()
    {
        if (!_isPartOfText) EndText();
        _buffer.Write("EMC\n"u8);
    }

    /// <summary>
    /// Draws lines of text below each other; <paramref name="right"/> is the edge at which they end where they are right-aligned.
    /// </summary>
    public void Text(
        IReadOnlyList<TextLine> lines, double x, double baseline, double size, double lineHeight, int color, double? right = null)
    {
        BeginText();
        Color(ref _fill, color, "rg "u8);
        foreach (var (index, line) in lines.Index())
        {
            var left = Hundredths(right is { } edge ? edge - (line.Width * size / 1000) : x);
            var y = Hundredths(height - baseline - (index * lineHeight));
            Number(left - _at.X);
            Number(y - _at.Y);
            _buffer.Write("Td "u8);
            _at = (left, y);
            if (line.IsPlain) Write(line, size);
            else WritePlaced(line, size);
        }
    }

    public void Line(double x1, double x2, double y, int color, double width = RuleWidth)
    {
        EndText();
        Color(ref _stroke, color, "RG "u8);
        Width(width);
        Number(x1);
        Number(height - y);
        _buffer.Write("m "u8);
        Number(x2);
        Number(height - y);
        _buffer.Write("l S\n"u8);
    }

    public void Rectangle(double x, double y, double width, double tall, int color)
    {
        EndText();
        Color(ref _fill, color, "rg "u8);
        Number(x);
        Number(height - y - tall);
        Number(width);
        Number(tall);
        _buffer.Write("re f\n"u8);
    }

    /// <summary>
    /// Draws a rule below each of some rows, and behind some of them a colour. Each row is drawn from where the one above ended, so that
    /// those of one height are drawn by the same words and pack well.
    /// </summary>
    public void Rows(double x, double y, double width, IEnumerable<(double Tall, int? Fill)> rows, int color)
    {
        EndText();
        _buffer.Write("q "u8);
        Move(x, height - y);
        Color(ref _stroke, color, "RG "u8);
        Width(RuleWidth);
        var before = _fill;
        foreach (var (tall, fill) in rows)
        {
            if (fill is { } behind)
            {
                Color(ref _fill, behind, "rg "u8);
                _buffer.Write("0 0 "u8);
                Number(width);
                Number(-tall);
                _buffer.Write("re f "u8);
            }

            Move(0, -tall);
            _buffer.Write("0 0 m "u8);
            Number(width);
            _buffer.Write("0 l S\n"u8);
        }

        _buffer.Write("Q\n"u8);
        (_fill, _stroke, _width) = (before, NoColor, -1);
    }

    /// <summary>Draws the document's picture.</summary>
    public void Logo(double x, double y, double width, double tall)
    {
        EndText();
        _buffer.Write("q "u8);
        Number(width);
        _buffer.Write("0 0 "u8);
        Number(tall);
        Number(x);
        Number(height - y - tall);
        _buffer.Write("cm /Logo Do Q\n"u8);
    }

    private void Move(double x, double y)
    {
        _buffer.Write("1 0 0 1 "u8);
        Number(x);
        Number(y);
        _buffer.Write("cm "u8);
    }

    private void Width(double width)
    {
        if (width == _width) return;
        _width = width;
        Number(width);
        _buffer.Write("w "u8);
    }

    private void BeginText()
    {
        if (_isInText) return;
        _buffer.Write("BT "u8);
        (_isInText, _at) = (true, (0, 0));
    }

    private void EndText()
    {
        if (_isInText) _buffer.Write("ET\n"u8);
        _isInText = false;
    }

    private void Write(TextLine line, double size)
    {
        var isOpen = false;
        foreach (var letter in line.Letters)
        {
            if (!IsUsed(letter.Glyph.Font, size))
            {
                if (isOpen) _buffer.Write(")Tj "u8);
                isOpen = false;
                Use(letter.Glyph.Font, size);
            }

            if (!isOpen) _buffer.Write((byte)'(');
            isOpen = true;
            Code(letter.Glyph);
        }

        if (isOpen) _buffer.Write(")Tj "u8);
    }

    /// <summary>
    /// Writes the letters in the order in which they are read and moves each to its place, so that copied text keeps that order.
    /// </summary>
    private void WritePlaced(TextLine line, double size)
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

        void Show(Glyph glyph, int place, int height)
        {
            if (height != rise)
            {
                Close();
                Number(height * size / 1000);
                _buffer.Write("Ts "u8);
                rise = height;
            }

            if (!IsUsed(glyph.Font, size))
            {
                Close();
                Use(glyph.Font, size);
            }

            if (!isOpen) _buffer.Write("[("u8);
            isOpen = true;
            if (place != at)
            {
                _buffer.Write((byte)')');
                _buffer.Write((long)(at - place));
                _buffer.Write((byte)'(');
            }

            Code(glyph);
            at = place + glyph.Advance;
        }

        void Close()
        {
            if (isOpen) _buffer.Write(")]TJ "u8);
            isOpen = false;
        }
    }

    private bool IsUsed(FontSubset font, double size) => font == _font && size == _size;

    private void Use(FontSubset font, double size)
    {
        (_font, _size) = (font, size);
        _buffer.Write((byte)'/');
        _buffer.Write(font.Key);
        _buffer.Write((byte)' ');
        Number(size);
        _buffer.Write("Tf "u8);
    }

    private void Code(Glyph glyph)
    {
        if (!glyph.Font.IsShort) Byte((byte)(glyph.Number >> 8));
        Byte((byte)glyph.Number);
    }

    private void Byte(byte value)
    {
        if (value is (byte)'(' or (byte)')' or (byte)'\\') _buffer.Write((byte)'\\');
        if (value == (byte)'\r') _buffer.Write("\\r"u8);
        else _buffer.Write(value);
    }

    private void Number(double value) => Number(Hundredths(value));

    private void Number(long hundredths)
    {
        if (hundredths < 0) _buffer.Write((byte)'-');
        var (whole, rest) = Math.DivRem(Math.Abs(hundredths), 100);
        _buffer.Write(whole);
        if (rest > 0)
        {
            _buffer.Write((byte)'.');
            _buffer.Write((byte)('0' + (rest / 10)));
            if (rest % 10 > 0) _buffer.Write((byte)('0' + (rest % 10)));
        }

        _buffer.Write((byte)' ');
    }

    private void Color(ref int present, int color, ReadOnlySpan<byte> operation)
    {
        if (present == color) return;
        present = color;
        Number(((color >> 16) & 255) / 255.0);
        Number(((color >> 8) & 255) / 255.0);
        Number((color & 255) / 255.0);
        _buffer.Write(operation);
    }

    private static long Hundredths(double value) => (long)Math.Round(value * 100);
}
