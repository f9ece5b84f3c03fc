using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CrmPortal.Core.Exports;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;

namespace CrmPortal.Tests.Exports;

public sealed partial class XlsxExportTests
{
    private static readonly XNamespace Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

    [Fact]
    public async Task Write_EveryKind_HasItsTypeAndLooks()
    {
        var rows = Rows(await ExportSamples.WriteAsync(new XlsxExport(), ExportSamples.Table(ExportSamples.Columns, ExportSamples.Row, ExportSamples.Blank)));

        Assert.Equal(["Name", "Phone", "Orders", "Total spent", "Date of birth", "Last seen", "VIP", "Tags", "Source"], rows[0].Select(c => c.Text));
        Assert.Equal(["Zoë \"Z\" O'Brien, Jr.", "+442079460958", "1234", "-1050.05", "29280", "46085.645836227", "1", "Regular; Gift buyer", "social_media"], rows[1].Select(c => c.Text));
        Assert.Equal(["inlineStr", "inlineStr", null, null, null, null, "b", "inlineStr", "inlineStr"], rows[1].Select(c => c.Type));
        Assert.Empty(rows[2]);
    }

    [Fact]
    public async Task Write_TheSchemaOfTheFormat_HasNothingToSay()
    {
        var file = await ExportSamples.WriteAsync(new XlsxExport { MostRowsOfSheet = 3 }, ExportSamples.Table(ExportSamples.Columns, ExportSamples.Row, ExportSamples.Blank, ExportSamples.Row));

        using var workbook = SpreadsheetDocument.Open(new MemoryStream(file), false);

        Assert.Empty(new OpenXmlValidator().Validate(workbook, TestContext.Current.CancellationToken).Select(e => $"{e.Path?.XPath}: {e.Description}"));
        Assert.Equal("Customers", workbook.PackageProperties.Title);
    }

    [Fact]
    public async Task Write_AnyText_ComesBackUnchanged_AndWhatLooksLikeAFormulaIsGuarded()
    {
        var texts = ExportSamples.NaughtyStrings();

        var cells = Rows(await ExportSamples.WriteAsync(new XlsxExport(), ExportSamples.Texts(texts))).Skip(1).Select(r => r.Single()).ToList();

        Assert.Equal(texts.Select(t => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(t))), cells.Select(c => FormulaGuard.Unguard(c.Text)));
        Assert.All(texts.Zip(cells), pair => Assert.Equal(FormulaGuard.Needs(pair.First) ? "3" : "2", pair.Second.Style));
    }

    [Fact]
    public async Task Write_MoreRowsThanASheetHolds_GoesOnToAnother_WithItsHeading()
    {
        var file = await ExportSamples.WriteAsync(new XlsxExport { MostRowsOfSheet = 3 }, ExportSamples.Texts("a", "b", "c", "d", "e"));

        Assert.Equal([["Text", "a", "b"], ["Text", "c", "d"], ["Text", "e"]], Enumerable.Range(1, 3).Select(s => Rows(file, s).Select(r => r[0].Text).ToArray()));
        Assert.Equal(["Customers", "Customers 2", "Customers 3"], Part(file, "xl/workbook.xml").Descendants(Main + "sheet").Select(s => s.Attribute("name")!.Value));
        Assert.Null(Entry(file, "xl/worksheets/sheet4.xml"));
    }

    [Fact]
    public async Task Write_Heading_StaysInSight_AndCanBeFiltered()
    {
        var sheet = Part(await ExportSamples.WriteAsync(new XlsxExport(), ExportSamples.Table(ExportSamples.Columns, ExportSamples.Row)), "xl/worksheets/sheet1.xml");

        Assert.Equal("frozen", sheet.Descendants(Main + "pane").Single().Attribute("state")!.Value);
        Assert.Equal("A1:I2", sheet.Descendants(Main + "autoFilter").Single().Attribute("ref")!.Value);
    }

    [Fact]
    public async Task Write_TextLongerThanACellHolds_IsCut_AndLargeNumbersAreNotRounded()
    {
        ExportColumn[] columns = [new("text", "Text", ExportKind.Text), new("number", "Number", ExportKind.Number)];

        var rows = Rows(await ExportSamples.WriteAsync(new XlsxExport(), ExportSamples.Table(columns, [new string('=', 40_000), 1_234_567_890_123_456_789L], ["x", -1_234_567_890_123_456_789L])));

        Assert.Equal(32_767, rows[1][0].Text.Length);
        Assert.Equal("1234567890123456789", rows[1][1].Text);
        Assert.Equal(("inlineStr", "-1234567890123456789"), (rows[2][1].Type, rows[2][1].Text));
    }

    private static List<List<(string? Type, string? Style, string Text)>> Rows(byte[] file, int sheet = 1) =>
    [
        .. Part(file, $"xl/worksheets/sheet{sheet}.xml").Descendants(Main + "row").Select(r => r.Elements(Main + "c")
            .Select(c => (c.Attribute("t")?.Value, c.Attribute("s")?.Value, Unescaped(c.Value))).ToList()),
    ];

    private static string Unescaped(string text) => Escaped().Replace(text, m => ((char)Convert.ToInt32(m.Groups[1].Value, 16)).ToString());

    private static XDocument Part(byte[] file, string name)
    {
        // Line ends are read as they stand there, as a spreadsheet does for those that were escaped.
        using var reader = new StreamReader(Entry(file, name)!);
        return XDocument.Parse(reader.ReadToEnd(), LoadOptions.PreserveWhitespace);
    }

    private static Stream? Entry(byte[] file, string name) => new ZipArchive(new MemoryStream(file), ZipArchiveMode.Read).GetEntry(name)?.Open();

    [GeneratedRegex("_x([0-9A-Fa-f]{4})_")]
    private static partial Regex Escaped();
}
