using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CrmPortal.Core.Platform.Exports;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;

namespace CrmPortal.Tests.Exports;

public sealed partial class XlsxExportTests
{
    private static readonly XNamespace Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

    [Fact]
    public async Task Write_EveryKind_HasItsTypeAndLooks()
    {
        var rows = Rows(await ExportSamples
            .WriteAsync(new XlsxExport(), ExportSamples.Table(ExportSamples.Columns, ExportSamples.Row, ExportSamples.Blank)));

        Assert.Equal(["Name", "Phone", "Orders", "Total spent (EUR)", "Date of birth", "Last seen", "VIP", "Tags", "Source"], rows[0]
            .Select(c => c.Text));
        Assert.Equal(["Zoë \"Z\" O'Brien, Jr.", "+442079460958", "1234", "-1050.05", "29280", "46085.64583622685", "1",
            "Regular; Gift buyer", "social_media"], rows[1].Select(c => c.Text));
        Assert.Equal(["inlineStr", "inlineStr", null, null, null, null, "b", "inlineStr", "inlineStr"], rows[1].Select(c => c.Type));
        Assert.All(rows[2], cell => Assert.Equal((null, ""), (cell.Type, cell.Text)));
    }

    [Fact]
    public async Task Write_TheSchemaOfTheFormat_HasNothingToSay()
    {
        var file = await ExportSamples.WriteAsync(new XlsxExport { MostRowsOfSheet = 3 },
            ExportSamples.Table(ExportSamples.Columns, ExportSamples.Row, ExportSamples.Blank, ExportSamples.Row));

        using var workbook = SpreadsheetDocument.Open(new MemoryStream(file), false);

        Assert.Empty(new OpenXmlValidator().Validate(workbook, TestContext.Current.CancellationToken)
            .Select(e => $"{e.Path?.XPath}: {e.Description}"));
        Assert.Equal("Customers", workbook.PackageProperties.Title);
    }

    [Fact]
    public async Task Write_AnyText_ComesBackUnchanged_AndWhatLooksLikeAFormulaIsGuarded()
    {
        var texts = ExportSamples.NaughtyStrings();

        var cells = Rows(await ExportSamples.WriteAsync(new XlsxExport(), ExportSamples.Texts(texts))).Skip(1).Select(r => r.Single())
            .ToList();

        // A text cell is never computed, so a spreadsheet guards it by its format and not by a character of the text.
        Assert.Equal(texts.Select(t => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(WithLineFeeds(t)))), cells.Select(c => c.Text));
        Assert.Single(cells.Select(c => (c.Type, c.Style)).Distinct());
    }

    [Theory]
    [InlineData("line1\r\nline2\rline3\nline4", "line1\nline2\nline3\nline4")]
    [InlineData("+49 30 123456", "+49 30 123456")]
    [InlineData("=1+1", "=1+1")]
    [InlineData("-5 days late", "-5 days late")]
    [InlineData("'quoted", "'quoted")]
    public async Task Write_Text_IsWhatASpreadsheetHolds(string text, string expected)
    {
        var file = await ExportSamples.WriteAsync(new XlsxExport(), ExportSamples.Texts(text));

        Assert.Equal(expected, Part(file, "xl/worksheets/sheet1.xml").Descendants(Main + "row").ElementAt(1).Value);
    }

    [Fact]
    public async Task Write_EverySecondOfADay_IsThatSecond_AlsoForReadersThatCut()
    {
        var day = new DateTimeOffset(2026, 3, 28, 0, 0, 0, TimeSpan.Zero);
        var seconds = Enumerable.Range(0, 86_400).Select(s => new object?[] { day.AddSeconds(s) }).ToArray();

        var rows = Rows(await ExportSamples
            .WriteAsync(new XlsxExport(), ExportSamples.Table([new("at", "At", ExportKind.Instant)], seconds)));

        var cut = rows.Skip(1).Select(r => decimal.Parse(r[0].Text, CultureInfo.InvariantCulture))
            .Select(d => (int)Math.Round((d - Math.Floor(d)) * 86_400, 5));
        Assert.Equal(Enumerable.Range(0, 86_400), cut);
    }

    [Fact]
    public async Task Write_AmountsOfSeveralCurrencies_HaveThemBeside_AndTheBaseCurrencyIsInTheHeading()
    {
        ExportColumn[] columns = [new("total", "Total", ExportKind.Money),
            new("base", "Total in base currency", ExportKind.Money) { Currency = "EUR" }];

        var rows = Rows(await ExportSamples.WriteAsync(
            new XlsxExport(), ExportSamples.Table(columns, [new ExportAmount(1200, "JPY"), 700L], [new ExportAmount(1234, "KWD"), 350L],
                [null, null])));

        Assert.Equal(["Total", "Currency", "Total in base currency (EUR)"], rows[0].Select(c => c.Text));
        Assert.Equal(["1200", "JPY", "7"], rows[1].Select(c => c.Text));
        Assert.Equal(["1.234", "KWD", "3.5"], rows[2].Select(c => c.Text));
        Assert.All(rows[3], cell => Assert.Equal("", cell.Text));
    }

    [Fact]
    public async Task Write_AmountThatASpreadsheetWouldRound_IsText()
    {
        var rows = Rows(await ExportSamples.WriteAsync(
            new XlsxExport(), ExportSamples.Table([new("total", "Total", ExportKind.Money) { Currency = "EUR" }], [12_345_678_901_234_567L],
                [123_456_789_012_345L])));

        Assert.Equal(("inlineStr", "123456789012345.67"), (rows[1][0].Type, rows[1][0].Text));
        Assert.Equal((null, "1234567890123.45"), (rows[2][0].Type, rows[2][0].Text));
    }

    [Fact]
    public async Task Write_MoreRowsThanASheetHolds_GoesOnToAnother_WithItsHeading()
    {
        var file = await ExportSamples.WriteAsync(new XlsxExport { MostRowsOfSheet = 3 }, ExportSamples.Texts("a", "b", "c", "d", "e"));

        Assert.Equal([["Text", "a", "b"], ["Text", "c", "d"], ["Text", "e"]], Enumerable.Range(1, 3)
            .Select(s => Rows(file, s).Select(r => r[0].Text).ToArray()));
        Assert.Equal(["Customers", "Customers 2", "Customers 3"], Part(file, "xl/workbook.xml").Descendants(Main + "sheet")
            .Select(s => s.Attribute("name")!.Value));
        Assert.Null(Entry(file, "xl/worksheets/sheet4.xml"));
    }

    [Fact]
    public async Task Write_Heading_StaysInSight_AndCanBeFiltered()
    {
        var sheet = Part(await ExportSamples.WriteAsync(new XlsxExport(), ExportSamples.Table(ExportSamples.Columns, ExportSamples.Row)),
            "xl/worksheets/sheet1.xml");

        Assert.Equal("frozen", sheet.Descendants(Main + "pane").Single().Attribute("state")!.Value);
        // How many rows there will be is not known when the sheet begins.
        Assert.Equal("A1:I1048576", sheet.Descendants(Main + "autoFilter").Single().Attribute("ref")!.Value);
    }

    [Fact]
    public async Task Write_TextLongerThanACellHolds_IsCut_AndLargeNumbersAreNotRounded()
    {
        ExportColumn[] columns = [new("text", "Text", ExportKind.Text), new("number", "Number", ExportKind.Number)];

        var rows = Rows(await ExportSamples
            .WriteAsync(new XlsxExport(), ExportSamples.Table(columns, [new string('=', 40_000), 1_234_567_890_123_456_789L],
            ["x", -1_234_567_890_123_456_789L])));

        Assert.Equal(32_767, rows[1][0].Text.Length);
        Assert.Equal("1234567890123456789", rows[1][1].Text);
        Assert.Equal(("inlineStr", "-1234567890123456789"), (rows[2][1].Type, rows[2][1].Text));
    }

    private static List<List<(string? Type, string? Style, string Text)>> Rows(byte[] file, int sheet = 1) =>
    [
        .. Part(file, $"xl/worksheets/sheet{sheet}.xml").Descendants(Main + "row").Select(r => r.Elements(Main + "c")
            .Select(c => (c.Attribute("t")?.Value, c.Attribute("s")?.Value, Unescaped(c.Value))).ToList()),
    ];

    private static string WithLineFeeds(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

    private static string Unescaped(string text) => Escaped().Replace(text, m => ((char)Convert.ToInt32(m.Groups[1].Value, 16)).ToString());

    private static XDocument Part(byte[] file, string name)
    {
        // Line ends are read as they stand there, as a spreadsheet does for those that were escaped.
        using var reader = new StreamReader(Entry(file, name)!);
        return XDocument.Parse(reader.ReadToEnd(), LoadOptions.PreserveWhitespace);
    }

    private static Stream? Entry(byte[] file, string name) => new ZipArchive(new MemoryStream(file), ZipArchiveMode.Read)
        .GetEntry(name)?.Open();

    [GeneratedRegex("_x([0-9A-Fa-f]{4})_")]
    private static partial Regex Escaped();
}
