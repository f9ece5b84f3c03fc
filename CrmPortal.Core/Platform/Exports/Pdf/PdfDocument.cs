using System.IO.Pipelines;
using System.Security;
using System.Security.Cryptography;
using System.Text;

namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>A part of the document's structure whose children come one by one.</summary>
internal sealed record PdfElement(string Tag, int Number, PdfElement? Parent)
{
    public List<int> Children { get; } = [];
}

/// <summary>Rows of a table on one page, numbered one after another, and so are their cells.</summary>
internal sealed record PdfRowRange(PdfElement Table, int FirstRow, int FirstCell, int Columns);

/// <summary>
/// A tagged document that goes out page by page. Of a page that is finished only three numbers are kept, until the end, when it
/// is known how many there are.
/// </summary>
internal sealed class PdfDocument
{
    /// <summary>A cell's lines. They are round numbers, since the places in a stream are multiples of them.</summary>
    private const int CellWidth = 50;

    /// <summary>A reference in a list, whatever its number.</summary>
    private const int ReferenceWidth = 12;

    private readonly PdfOutput _output;
    private readonly PdfRecords _cells = new(CellWidth);
    private readonly PdfRecords _lists = new(ReferenceWidth);
    private readonly Dictionary<int, PdfRecords> _rows = [];
    private readonly List<(int Page, int Content, int Marks)> _pages = [];
    private readonly List<int> _marks = [];
    private readonly int _resources;
    private readonly int _pageTree;
    private readonly int _structure;
    private readonly string _language;
    private readonly ExportTable _table;
    private int? _logo;

    public PdfDocument(ExportTable table, PipeWriter output, double width, double height)
    {
        (_table, _output, Width, Height) = (table, new(output), width, height);
        _language = table.Audience.Language;
        (_resources, _pageTree, _structure) = (_output.Reserve(), _output.Reserve(), _output.Reserve());
        Root = new("Document", _output.Reserve(), null);
        Content = new(height);
    }

    public double Width { get; }

    public double Height { get; }

    public DocumentFonts Fonts { get; } = new();

    /// <summary>The drawing of the page that is open.</summary>
    public PageContent Content { get; }

    public PdfElement Root { get; }

    private string Pictures => _logo is { } number ? $"/XObject<</Logo {Reference(number)}>>" : "";

    public int PageCount => _pages.Count;

    public Task BeginAsync(CancellationToken cancellationToken) => _output.BeginAsync(cancellationToken);

    public void BeginPage()
    {
        _pages.Add((_output.Reserve(), _output.Reserve(), _output.Reserve()));
        _marks.Clear();
        Content.Clear();
    }

    public async Task EndPageAsync(CancellationToken cancellationToken)
    {
        var (_, content, marks) = _pages[^1];
        await _output.AddStreamAsync(content, "", Content.Written, cancellationToken);
        await _output.AddAsync(_lists, marks, List("[", _marks, "]"), cancellationToken);
    }

    /// <summary>Takes in the picture that <see cref="PageContent.Logo"/> draws.</summary>
    public async Task AddLogoAsync(PdfLogo logo, CancellationToken cancellationToken)
    {
        var mask = "";
        if (logo.Alpha is { } alpha)
        {
            var number = _output.Reserve();
            await _output.AddStreamAsync(number, Image(logo, "DeviceGray"), alpha, cancellationToken);
            mask = string.Create(PdfOutput.Invariant, $"/SMask {number} 0 R");
        }

        _logo = _output.Reserve();
        await _output.AddStreamAsync(_logo.Value, Image(logo, logo.Space) + mask + (logo.IsJpeg ? "/Filter/DCTDecode" : ""), logo.Content,
            cancellationToken, isPlain: logo.IsJpeg);
    }

    /// <summary>Begins a part that others will belong to; <see cref="EndAsync(PdfElement, CancellationToken)"/> writes it.</summary>
    public PdfElement Begin(string tag, PdfElement parent) => new(tag, _output.Reserve(), parent);

    public async ValueTask EndAsync(PdfElement element, CancellationToken cancellationToken)
    {
        element.Parent?.Children.Add(element.Number);
        var begin = string.Create(PdfOutput.Invariant, $"<</S/{element.Tag}/P {element.Parent?.Number ?? _structure} 0 R/K[");
        await _output.AddAsync(_lists, element.Number, List(begin, element.Children, "]>>"), cancellationToken);
    }

    /// <summary>Begins rows of a table that stand on the open page.</summary>
    public PdfRowRange BeginRows(PdfElement table, int rows, int columns) =>
        new(table, _output.Reserve(rows), _output.Reserve(rows * columns), columns);

    /// <summary>Adds a row with its cells, of which <paramref name="draw"/> draws those that have text.</summary>
    /// <param name="attributes">What the structure says of each cell.</param>
    public async ValueTask AddRowAsync(PdfRowRange range, int row, string tag, Func<int, bool> isEmpty, Action<int> draw,
        CancellationToken cancellationToken, string attributes = "")
    {
        var (number, first) = (range.FirstRow + row, range.FirstCell + (row * range.Columns));
        for (var i = 0; i < range.Columns; i++)
        {
            var content = "";
            if (!isEmpty(i))
            {
                content = string.Create(PdfOutput.Invariant, $"/Pg {_pages[^1].Page,7} 0 R/K {_marks.Count,5}");
                Content.BeginMarked(tag, _marks.Count);
                _marks.Add(first + i);
                draw(i);
                Content.End();
            }

            await _output.AddAsync(_cells, first + i,
                string.Create(PdfOutput.Invariant, $"<</S/{tag}/P {number,7} 0 R{content}{attributes}>>"), cancellationToken);
        }

        range.Table.Children.Add(number);
        if (!_rows.TryGetValue(range.Columns, out var rows)) _rows[range.Columns] = rows = new(RowWidth(range.Columns));
        var begin = string.Create(PdfOutput.Invariant, $"<</S/TR/P {range.Table.Number,7} 0 R/K[");
        await _output.AddAsync(rows, number, List(begin, Enumerable.Range(first, range.Columns), "]>>"), cancellationToken);
    }

    /// <summary>Adds a part that is text on the open page, drawn by <paramref name="draw"/>.</summary>
    public async ValueTask AddAsync(string tag, PdfElement parent, Action draw, CancellationToken cancellationToken)
    {
        var number = _output.Reserve();
        parent.Children.Add(number);
        var mark = _marks.Count;
        Content.BeginMarked(tag, mark);
        _marks.Add(number);
        draw();
        Content.End();
        await _output.AddAsync(number,
            string.Create(PdfOutput.Invariant, $"<</S/{tag}/P {parent.Number} 0 R/Pg {_pages[^1].Page} 0 R/K {mark}>>"), cancellationToken);
    }

    /// <summary>Writes what was waiting for the number of pages, and the end.</summary>
    /// <param name="footer">Draws the foot of a page, counted from 1.</param>
    public async Task EndAsync(Action<int> footer, CancellationToken cancellationToken)
    {
        await EndAsync(Root, cancellationToken);
        for (var i = 0; i < _pages.Count; i++)
        {
            Content.Clear();
            Content.BeginArtifact("Footer");
            footer(i + 1);
            Content.End();
            var foot = _output.Reserve();
            await _output.AddStreamAsync(foot, "", Content.Written, cancellationToken);
            await _output.AddAsync(
                _pages[i].Page,
                string.Create(PdfOutput.Invariant,
                    $"<</Type/Page/Parent {_pageTree} 0 R/MediaBox[0 0 {Width} {Height}]/Resources {_resources} 0 R/Contents[{_pages[i].Content} 0 R {foot} 0 R]/StructParents {i}/Tabs/S>>"),
                cancellationToken);
        }

        var (marks, catalog, metadata, information) = (_output.Reserve(), _output.Reserve(), _output.Reserve(), _output.Reserve());
        await _output
            .AddAsync(_pageTree, $"<</Type/Pages/Count {_pages.Count}/Kids[{string.Join(' ', _pages.Select(p => Reference(p.Page)))}]>>",
            cancellationToken);
        await _output.AddAsync(_resources, $"<</Font{await Fonts.WriteAsync(_output, cancellationToken)}{Pictures}>>", cancellationToken);
        await _output
            .AddAsync(marks,
            $"<</Nums[{string.Join(' ', _pages.Select((p, i) => string.Create(PdfOutput.Invariant, $"{i} {p.Marks} 0 R")))}]>>",
            cancellationToken);
        await _output
            .AddAsync(_structure,
            string.Create(PdfOutput.Invariant,
            $"<</Type/StructTreeRoot/K {Root.Number} 0 R/ParentTree {marks} 0 R/ParentTreeNextKey {_pages.Count}>>"), cancellationToken);
        await _output.AddStreamAsync(metadata, "/Type/Metadata/Subtype/XML", Encoding.UTF8.GetBytes(Metadata()), cancellationToken,
            isPlain: true);
        await _output
            .AddAsync(information,
            $"<</Title {PdfOutput.Text(_table.Title)}/Author {PdfOutput.Text(_table.ShopName)}/Producer(CrmPortal)/CreationDate({_table.MadeAt.UtcDateTime.ToString("'D:'yyyyMMddHHmmss'Z'", PdfOutput.Invariant)})>>", cancellationToken);
        await _output.AddAsync(
            catalog,
            string.Create(PdfOutput.Invariant,
                $"<</Type/Catalog/Pages {_pageTree} 0 R/Lang({_language})/MarkInfo<</Marked true>>/StructTreeRoot {_structure} 0 R/Metadata {metadata} 0 R/ViewerPreferences<</DisplayDocTitle true>>>>"),
            cancellationToken);
        foreach (var records in _rows.Values.Append(_cells).Append(_lists)) await _output.FlushAsync(records, cancellationToken);
        await _output.EndAsync(catalog, information, FileId(), cancellationToken);
    }

    private static string Image(PdfLogo logo, string space) => string.Create(PdfOutput.Invariant,
        $"/Type/XObject/Subtype/Image/Width {logo.Width}/Height {logo.Height}/ColorSpace/{space}/BitsPerComponent 8");

    private string Metadata() => $"""
        <?xpacket begin="{'\uFEFF'}" id="W5M0MpCehiHzreSzNTczkc9d"?>
        <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
        <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{Xml(_table.Title)}</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>{Xml(_table.ShopName)}</rdf:li></rdf:Seq></dc:creator>
        <dc:language><rdf:Bag><rdf:li>{_language}</rdf:li></rdf:Bag></dc:language><dc:format>application/pdf</dc:format>
        <xmp:CreateDate>{_table.MadeAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", PdfOutput.Invariant)}</xmp:CreateDate><pdf:Producer>CrmPortal</pdf:Producer>
        </rdf:Description></rdf:RDF></x:xmpmeta>
        <?xpacket end="w"?>
        """;

    private string FileId() =>
        Convert.ToHexString(SHA256
            .HashData(Encoding.UTF8
            .GetBytes(string.Create(PdfOutput.Invariant, $"{_table.ShopName}|{_table.Title}|{_table.MadeAt.UtcTicks}")))[..16]);

    /// <summary>Text as XML may hold it.</summary>
    private static string Xml(string text) =>
        SecurityElement.Escape(string.Concat(text.EnumerateRunes().Where(r => r.Value >= ' ' && r.Value is not (0xFFFE or 0xFFFF)))) ?? "";

    /// <summary>
    /// The next multiple of <see cref="CellWidth"/> that a row fits into: its own dictionary and a reference for each cell.
    /// </summary>
    private static int RowWidth(int columns) => ((((columns + 3) * ReferenceWidth) + CellWidth - 1) / CellWidth) * CellWidth;

    /// <summary>A list whose references each take as much room as the others.</summary>
    private static string List(string begin, IEnumerable<int> numbers, string end)
    {
        var list = new StringBuilder(begin);
        while (list.Length % ReferenceWidth != 0) list.Append(' ');
        foreach (var number in numbers) list.Append(PdfOutput.Invariant, $"{number,7} 0 R ");
        return list.Append(end).ToString();
    }

    private static string Reference(int number) => string.Create(PdfOutput.Invariant, $"{number} 0 R");
}
