using CrmPortal.Core.Platform.Exports;
using CrmPortal.Tests.Exports;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using DocumentFormat.OpenXml.Validation;
using Charts = DocumentFormat.OpenXml.Drawing.Charts;

namespace CrmPortal.Tests.Reports;

/// <summary>The charts in workbooks: the spreadsheet's own, drawn from cells that hold the figures.</summary>
public sealed class ReportChartTests
{
    [Fact]
    public async Task Workbook_HasChartsOfItsOwn_DrawnFromItsCells_AndIsValid()
    {
        var table = ExportSamples.Texts("a", "b") with
        {
            Title = "Orders & 'revenue'", Notes = ["Paid orders less refunds."],
            Charts =
            [
                new("Revenue (EUR)", ["Jan", "Feb", "Mar"], [new("Revenue", [123_456, -5, 0])], false, v => v.ToString("N0", Invariant), 100),
                new("By <segment>", ["Loyal", "Lost"], [new("New", [1, 2]), new("Old", [3, 4])], true, v => v.ToString("N0", Invariant))
                    { IsOfNames = true },
            ],
        };

        var file = await ExportSamples.WriteAsync(new XlsxExport(), table);

        using var workbook = SpreadsheetDocument.Open(new MemoryStream(file), false);
        Assert.Empty(new OpenXmlValidator().Validate(workbook).Select(e => $"{e.Path?.XPath}: {e.Description}"));
        var sheets = workbook.WorkbookPart!.Workbook.Descendants<Sheet>().ToList();
        Assert.Equal(["Orders & revenue", "Charts", "About these figures"], sheets.Select(s => s.Name!.Value));
        var part = (WorksheetPart)workbook.WorkbookPart.GetPartById(sheets[1].Id!);
        var cells = part.Worksheet.Descendants<Cell>().Where(c => c.CellReference is not null)
            .ToDictionary(c => c.CellReference!.Value!, c => c.CellValue?.Text ?? c.InnerText);
        var pictures = part.DrawingsPart!.ChartParts.OrderBy(c => c.Uri.ToString(), StringComparer.Ordinal).ToList();
        Assert.Equal(2, pictures.Count);
        foreach (var (chart, picture) in table.Charts.Zip(pictures))
        {
            var series = picture.ChartSpace.Descendants<Charts.BarChartSeries>().ToList();
            Assert.Equal(chart.Series.Count, series.Count);
            foreach (var (given, drawn) in chart.Series.Zip(series))
            {
                var values = drawn.Descendants<Charts.Values>().Single();
                // What is drawn, what is remembered of it, and what stands in the cells are the same numbers.
                var cached = values.Descendants<Charts.NumericValue>().Select(v => decimal.Parse(v.Text, Invariant)).ToList();
                Assert.Equal(given.Values.Select(v => (decimal)v / chart.Unit), cached);
                Assert.Equal(cached, Referred(values.Descendants<Charts.Formula>().Single().Text).Select(c =>
                    decimal.Parse(cells[c], System.Globalization.NumberStyles.Float, Invariant)));
                var names = drawn.Descendants<Charts.CategoryAxisData>().Single();
                Assert.Equal(chart.Places, names.Descendants<Charts.NumericValue>().Select(v => v.Text));
                Assert.Equal(chart.Places, Referred(names.Descendants<Charts.Formula>().Single().Text).Select(c => cells[c]));
            }
        }
    }

    private static System.Globalization.CultureInfo Invariant => System.Globalization.CultureInfo.InvariantCulture;

    /// <summary>The cells of a reference such as <c>'Charts'!$B$3:$B$5</c>.</summary>
    private static IEnumerable<string> Referred(string reference)
    {
        var ends = reference[(reference.IndexOf('!', StringComparison.Ordinal) + 1)..].Replace("$", "", StringComparison.Ordinal).Split(':');
        var (first, last) = (int.Parse(ends[0][1..], Invariant), int.Parse(ends[1][1..], Invariant));
        return Enumerable.Range(first, last - first + 1).Select(row => ends[0][0] + row.ToString(Invariant));
    }
}
