using System.Globalization;
using System.Text;
using System.Xml.Linq;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using SpreadCheetah;
using SpreadCheetah.Worksheets;
using Cell = SpreadCheetah.StyledCell;

namespace CrmPortal.Core.Platform.Exports.Xlsx;

/// <summary>
/// The charts of a workbook: a sheet holds their figures, from which the spreadsheet itself draws them beside, so that they can be
/// changed, copied and coloured there.
/// </summary>
internal static class XlsxCharts
{
    private const int PlaceWidth = 24;
    private const int ValueWidth = 16;
    private const int LongestTabName = 31;

    /// <summary>Where the pictures are: right of the figures, one below the other.</summary>
    private const int ChartColumn = 6;
    private const int ChartColumns = 9;
    private const int ChartRows = 18;

    private static readonly XNamespace Chart = "http://schemas.openxmlformats.org/drawingml/2006/chart";
    private static readonly XNamespace Main = "http://schemas.openxmlformats.org/drawingml/2006/main";
    private static readonly XNamespace Place = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing";
    private static readonly XNamespace Relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    private static readonly string[] Tones = ["17654F", "D07A1F", "6B5BB0"];

    /// <summary>Writes the figures of the charts: a block for each with its title, the names of the series, a row for each place.</summary>
    public static async Task WriteAsync(Spreadsheet workbook, ExportTable table, CancellationToken cancellationToken)
    {
        var options = new WorksheetOptions();
        options.Column(1).Width = PlaceWidth;
        for (var i = 2; i < ChartColumn; i++) options.Column(i).Width = ValueWidth;
        await workbook.StartWorksheetAsync(TabName(table), options, cancellationToken);
        var styles = new XlsxStyles(workbook);
        foreach (var chart in table.Charts)
        {
            await workbook.AddRowAsync([new Cell(XlsxText.Of(chart.Title), styles.Heading)], cancellationToken);
            await workbook.AddRowAsync([new Cell((string?)null, null), .. chart.Series.Select(s =>
                new Cell(XlsxText.Of(s.Name), styles.Heading))], cancellationToken);
            var style = styles.Money(DigitsOf(chart));
            for (var i = 0; i < chart.Places.Count; i++)
            {
                await workbook.AddRowAsync([new Cell(XlsxText.Of(chart.Places[i]), styles.Text), .. chart.Series.Select(s =>
                    new Cell((double)s.Values[i] / chart.Unit, style))], cancellationToken);
            }

            await workbook.AddRowAsync([new Cell((string?)null, null)], cancellationToken);
        }
    }

    /// <summary>Puts the charts beside their figures into a workbook that is written.</summary>
    public static void Draw(Stream workbook, ExportTable table)
    {
        workbook.Position = 0;
        using var document = SpreadsheetDocument.Open(workbook, isEditable: true);
        var sheet = document.WorkbookPart!.Workbook.Descendants<Sheet>().First(s => s.Name == TabName(table));
        var part = (WorksheetPart)document.WorkbookPart.GetPartById(sheet.Id!);
        var drawing = part.AddNewPart<DrawingsPart>();
        part.Worksheet.Append(new Drawing { Id = part.GetIdOfPart(drawing) });
        List<XElement> anchors = [];
        var row = 1;
        foreach (var (at, chart) in table.Charts.Index())
        {
            var picture = drawing.AddNewPart<ChartPart>();
            Feed(picture, Picture(chart, TabName(table), row + 1));
            anchors.Add(Anchor(at, drawing.GetIdOfPart(picture), chart.Title));
            row += chart.Places.Count + 3;
        }

        Feed(drawing, new XElement(Place + "wsDr", anchors));
    }

    private static string TabName(ExportTable table) => XlsxText.TabName(table.Audience.Title("Charts"), 1) is { Length: > 0 } name
        ? name[..Math.Min(name.Length, LongestTabName)] : "Charts";

    private static int DigitsOf(ExportChart chart) => (int)Math.Round(Math.Log10(chart.Unit));

    /// <param name="head">The row with the names of the series, counted from 1.</param>
    private static XElement Picture(ExportChart chart, string sheet, int head)
    {
        var (first, last) = (head + 1, head + chart.Places.Count);
        var series = chart.Series.Select((s, i) => new XElement(Chart + "ser",
            Value("idx", i), Value("order", i),
            new XElement(Chart + "tx", Strings(Reference(sheet, i + 1, head, head), [s.Name])),
            new XElement(Chart + "spPr", new XElement(Main + "solidFill", new XElement(Main + "srgbClr",
                new XAttribute("val", Tones[i % Tones.Length])))),
            Value("invertIfNegative", 0),
            new XElement(Chart + "cat", Strings(Reference(sheet, 0, first, last), chart.Places)),
            new XElement(Chart + "val", Numbers(Reference(sheet, i + 1, first, last), chart, s))));
        var bars = new XElement(Chart + "barChart", Value("barDir", chart.IsOfNames ? "bar" : "col"),
            Value("grouping", chart.IsStacked ? "stacked" : "clustered"), Value("varyColors", 0), series, Value("gapWidth", 60),
            chart.IsStacked ? Value("overlap", 100) : null, Value("axId", 1), Value("axId", 2));
        return new(Chart + "chartSpace",
            new XElement(Chart + "chart",
                new XElement(Chart + "title", new XElement(Chart + "tx", new XElement(Chart + "rich", new XElement(Main + "bodyPr"),
                    new XElement(Main + "p", new XElement(Main + "r", new XElement(Main + "t", XlsxText.Plain(chart.Title)))))),
                    Value("overlay", 0)),
                Value("autoTitleDeleted", 0),
                new XElement(Chart + "plotArea", new XElement(Chart + "layout"), bars,
                    Axis("catAx", 1, 2, chart.IsOfNames ? "l" : "b", chart.IsOfNames),
                    Axis("valAx", 2, 1, chart.IsOfNames ? "t" : "l", false)),
                chart.Series.Count > 1 ? new XElement(Chart + "legend", Value("legendPos", "b"), Value("overlay", 0)) : null,
                Value("plotVisOnly", 1)));
    }

    /// <summary>Names are read from the top, so their axis runs the other way round.</summary>
    private static XElement Axis(string name, int id, int crossing, string side, bool isReversed) => new(Chart + name, Value("axId", id),
        new XElement(Chart + "scaling", Value("orientation", isReversed ? "maxMin" : "minMax")), Value("delete", 0), Value("axPos", side),
        name == "valAx" ? new XElement(Chart + "majorGridlines") : null, Value("crossAx", crossing));

    private static XElement Strings(string reference, IReadOnlyList<string> values) => new(Chart + "strRef",
        new XElement(Chart + "f", reference), new XElement(Chart + "strCache", Value("ptCount", values.Count),
            values.Select((v, i) => new XElement(Chart + "pt", new XAttribute("idx", i), new XElement(Chart + "v", XlsxText.Plain(v))))));

    private static XElement Numbers(string reference, ExportChart chart, ExportSeries series) => new(Chart + "numRef",
        new XElement(Chart + "f", reference), new XElement(Chart + "numCache", new XElement(Chart + "formatCode", "General"),
            Value("ptCount", series.Values.Count), series.Values.Select((v, i) => new XElement(Chart + "pt", new XAttribute("idx", i),
                new XElement(Chart + "v", ((decimal)v / chart.Unit).ToString(CultureInfo.InvariantCulture))))));

    private static XElement Anchor(int at, string id, string title) => new(Place + "twoCellAnchor",
        Corner("from", ChartColumn, at * (ChartRows + 2)), Corner("to", ChartColumn + ChartColumns, (at * (ChartRows + 2)) + ChartRows),
        new XElement(Place + "graphicFrame", new XAttribute("macro", ""),
            new XElement(Place + "nvGraphicFramePr",
                new XElement(Place + "cNvPr", new XAttribute("id", at + 2), new XAttribute("name", XlsxText.Plain(title)),
                    new XAttribute("descr", XlsxText.Plain(title))), new XElement(Place + "cNvGraphicFramePr")),
            new XElement(Place + "xfrm", new XElement(Main + "off", new XAttribute("x", 0), new XAttribute("y", 0)),
                new XElement(Main + "ext", new XAttribute("cx", 0), new XAttribute("cy", 0))),
            new XElement(Main + "graphic", new XElement(Main + "graphicData", new XAttribute("uri", Chart.NamespaceName),
                new XElement(Chart + "chart", new XAttribute(Relation + "id", id))))),
        new XElement(Place + "clientData"));

    private static XElement Corner(string name, int column, int row) => new(Place + name, new XElement(Place + "col", column),
        new XElement(Place + "colOff", 0), new XElement(Place + "row", row), new XElement(Place + "rowOff", 0));

    private static XElement Value(string name, object value) => new(Chart + name, new XAttribute("val", value));

    private static string Reference(string sheet, int column, int first, int last)
    {
        var letter = (char)('A' + column);
        return string.Create(CultureInfo.InvariantCulture, $"'{sheet}'!${letter}${first}:${letter}${last}");
    }

    private static void Feed(OpenXmlPart part, XElement content)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(new XDocument(content).ToString(SaveOptions.DisableFormatting)));
        part.FeedData(stream);
    }
}
