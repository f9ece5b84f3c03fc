using System.Text;
using CrmPortal.Core.Exports;

namespace CrmPortal.Tests.Exports;

/// <summary>Documents, read back by their own table of places, structure and letters.</summary>
public sealed class PdfExportTests
{
    [Fact]
    public async Task Write_Document_HasLetterheadTitleFiltersTableAndTotals()
    {
        var table = ExportSamples.Table(ExportSamples.Columns, ExportSamples.Row, ExportSamples.Blank) with { Totals = () => ["Total", null, 12L, 99L, null, null, null, null, null] };

        var pdf = await ReadAsync(table);

        Assert.Equal(["Corner & Sons", "Filter: VIP", "Made on 04/03/2026 15:30"], pdf.Texts("P"));
        Assert.Equal(["Customers"], pdf.Texts("H1"));
        Assert.Equal(["Name", "Phone", "Orders", "Total spent", "Date of birth", "Last seen", "VIP", "Tags", "Source"], pdf.Texts("TH"));
        Assert.Equal(["Zoë \"Z\" O'Brien, Jr.", "+442079460958", "1,234", "-1,050.05\u00A0EUR", "29/02/1980", "04/03/2026 15:30", "yes", "Regular, Gift buyer", "Social media"], pdf.Rows()[1]);
        Assert.All(pdf.Rows()[2], cell => Assert.Equal("", cell));
        Assert.Equal(["Total", "", "12", "0.99\u00A0EUR", "", "", "", "", ""], pdf.Rows()[3]);
        Assert.Equal(["Corner & Sons · Made on 04/03/2026 15:30"], pdf.Artifacts.Select(a => a.Replace("Page 1 of 1", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Write_Document_SaysItsTitleAndLanguage_AndIsTagged()
    {
        var pdf = await ReadAsync(ExportSamples.Texts("Ada") with { Title = "Café & 顧客", Audience = ExportAudience.Usual with { Language = "es" } });

        Assert.Equal("Café & 顧客", Encoding.BigEndianUnicode.GetString((byte[])pdf.Information["Title"]!)[1..]);
        Assert.Equal("es", Encoding.ASCII.GetString((byte[])pdf.Catalog["Lang"]!));
        Assert.Equal(true, pdf.Dictionary(pdf.Catalog["MarkInfo"])["Marked"]);
        Assert.Contains("<rdf:li xml:lang=\"x-default\">Café &amp; 顧客</rdf:li>", pdf.TextOfStream(pdf.Catalog["Metadata"]), StringComparison.Ordinal);
        Assert.True(pdf.ReadAll() > 20);
    }

    [Theory]
    [InlineData("Müller Ångström Łódź Ñandú")]
    [InlineData("Παπαδόπουλος")]
    [InlineData("Шевченко")]
    [InlineData("山田太郎 佐藤 鈴木 张伟")]
    [InlineData("김민수")]
    [InlineData("अनन्या शर्मा")]
    [InlineData("সুমন দাস")]
    [InlineData("สมชาย ใจดี")]
    [InlineData("דוד לוי 12 (ירושלים)")]
    [InlineData("فاطمة القحطاني")]
    [InlineData("الرياض (المركز) 11564")]
    [InlineData("Ada الحربي Lovelace 12")]
    [InlineData("لا إله ﻻ پچگ می‌خواهم")]
    [InlineData("e\u0301 o\u0302\u0323 A\u030A")]
    [InlineData("\U0001F600 \U00020000 \uE000")]
    public async Task Write_TextOfAnyScript_ComesBackLetterByLetter(string text)
    {
        var pdf = await ReadAsync(ExportSamples.Texts(text));

        Assert.Equal(text, pdf.Rows()[1][0]);
    }

    [Fact]
    public async Task Write_NaughtyStrings_ComeBack_OrAreCutWithAnEllipsis()
    {
        var texts = ExportSamples.NaughtyStrings();

        var cells = (await ReadAsync(ExportSamples.Texts([.. texts, "half \uD800 pair"]))).Rows().Skip(1).Select(r => r[0]).ToList();

        Assert.Equal(texts.Length + 1, cells.Count);
        Assert.All(texts.Zip(cells), pair =>
        {
            var expected = Plain(pair.First);
            if (pair.Second.EndsWith('…') && pair.Second != expected) Assert.StartsWith(pair.Second[..^1], expected, StringComparison.Ordinal);
            else Assert.Equal(expected, pair.Second);
        });
        Assert.Equal("half \uFFFD pair", cells[^1]);
        Assert.EndsWith("WWW…", cells[texts.Length - 1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ManyRows_HasHeadsAndNumbersOnEachPage_AndEveryRowOnce()
    {
        const int count = 400;
        var rows = Enumerable.Range(0, count).Select(i => new object?[] { $"Row {i}", i % 7 == 0 ? string.Join(' ', Enumerable.Repeat("long", 60)) : "short" }).ToArray();

        var pdf = await ReadAsync(ExportSamples.Table([new("a", "Name of the row", ExportKind.Text), new("b", "Text", ExportKind.Text, 20)], rows));

        Assert.InRange(pdf.Pages.Count, 8, 40);
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"Row {i}"), pdf.Rows().Skip(1).Select(r => r[0]));
        Assert.Equal(pdf.Pages.Count - 1, pdf.Artifacts.Count(a => a == "Name of the rowText"));
        Assert.Equal(Enumerable.Range(1, pdf.Pages.Count).Select(p => $"Page {p} of {pdf.Pages.Count}"), pdf.Artifacts.Where(a => a.StartsWith("Page ", StringComparison.Ordinal)).Select(a => a.Split("Corner")[0]));
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(12, true)]
    public async Task Write_WideTables_LieAcross(int columns, bool isAcross)
    {
        var pdf = await ReadAsync(ExportSamples.Table([.. Enumerable.Range(0, columns).Select(i => new ExportColumn($"c{i}", $"Column {i}", ExportKind.Text))], new object?[columns]));

        Assert.Equal(isAcross, pdf.PageSize.Width > pdf.PageSize.Height);
    }

    [Fact]
    public async Task Write_NoRows_SaysSo() => Assert.Contains("There are no rows.", (await ReadAsync(ExportSamples.Texts())).Texts("P"));

    [Fact]
    public async Task Write_SameTable_IsTheSameFile() =>
        Assert.Equal(await ExportSamples.WriteAsync(new PdfExport(), ExportSamples.Texts("Ada")), await ExportSamples.WriteAsync(new PdfExport(), ExportSamples.Texts("Ada")));

    /// <summary>Control characters have no picture: line ends and the others become blanks.</summary>
    private static string Plain(string text) => string.Concat(text.EnumerateRunes().Where(r => r.Value != '\r')
        .Select(r => r.Value is < 0x20 or (>= 0x7F and < 0xA0) or 0x2028 or 0x2029 ? " " : r.ToString()));

    private static async Task<PdfReader> ReadAsync(ExportTable table) => new(await ExportSamples.WriteAsync(new PdfExport(), table));
}
