using System.Globalization;
using System.Text;
using System.Text.Json;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Reports;
using CsvHelper;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace CrmPortal.Tests.Reports;

/// <summary>The numbers of a report, row by row: as they are, and as a file has them.</summary>
internal static class ReportNumbers
{
    public static List<string> Of(ReportView view) => [.. view.Content.Rows.Select(r => string.Join('|', r.Values.Select((v, i) =>
        (view.Content.Columns[i].Kind, v) switch
        {
            (ExportKind.Money, long minor) => Plain(minor / 100m),
            (ExportKind.Number, { } number) => Plain(Convert.ToDecimal(number, CultureInfo.InvariantCulture)),
            _ => "",
        })))];

    public static List<string> Of(string format, byte[] file, ReportView view)
    {
        var rows = format switch { "csv" => OfCsv(file), "json" => OfJson(file), _ => OfWorkbook(file) };
        var columns = view.Content.Columns;
        Assert.All(rows, r => Assert.Equal(columns.Count, r.Count));
        return [.. rows.Select(r => string.Join('|', r.Select((cell, i) => columns[i].Kind is ExportKind.Money or ExportKind.Number
            && cell.Length > 0 ? Plain(decimal.Parse(cell, NumberStyles.Float, CultureInfo.InvariantCulture)) : "")))];
    }

    private static List<List<string>> OfCsv(byte[] file)
    {
        using var csv = new CsvReader(new StreamReader(new MemoryStream(file), Encoding.UTF8), CultureInfo.InvariantCulture);
        List<List<string>> rows = [];
        while (csv.Read()) rows.Add([.. csv.Parser.Record!]);
        return rows[1..];
    }

    private static List<List<string>> OfJson(byte[] file)
    {
        using var document = JsonDocument.Parse(file);
        return [.. document.RootElement.EnumerateArray().Select(r => r.EnumerateObject().Select(p => p.Value.ToString()).ToList())];
    }

    private static List<List<string>> OfWorkbook(byte[] file)
    {
        using var workbook = SpreadsheetDocument.Open(new MemoryStream(file), false);
        var rows = workbook.WorkbookPart!.WorksheetParts.First().Worksheet!.Descendants<Row>().ToList();
        return [.. rows.Skip(1).Select(r => r.Elements<Cell>().Select(c => c.InlineString?.InnerText ?? c.CellValue?.Text ?? "").ToList())];
    }

    private static string Plain(decimal number) => number.ToString("0.####", CultureInfo.InvariantCulture);
}
