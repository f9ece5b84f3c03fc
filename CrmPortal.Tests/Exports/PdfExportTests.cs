using System.Globalization;
using System.Text;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Platform.Exports.Pdf;

namespace CrmPortal.Tests.Exports;

/// <summary>Documents, read back by their own table of places, structure and letters.</summary>
public sealed class PdfExportTests
{
    /// <summary>What is below belongs to the foot of a page.</summary>
    private const double FootEnd = TableFrame.Margin + 10;

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;

    [Fact]
    public async Task Write_Document_HasLetterheadTitleFiltersTableAndTotals()
    {
        var table = ExportSamples.Table(ExportSamples.Columns, ExportSamples.Row, ExportSamples.Blank) with { Totals = () =>
            ["Total", null, 12L, 99L, null, null, null, null, null] };

        var pdf = await ReadAsync(table);

        Assert.Equal(["Corner & Sons", "Filter: VIP", "Created on 04/03/2026 15:30 (UTC)"], pdf.Texts("P"));
        Assert.Equal(["Customers"], pdf.Texts("H1"));
        Assert.Equal(["Name", "Phone", "Orders", "Total spent", "Date of birth", "Last seen", "VIP", "Tags", "Source"], pdf.Texts("TH"));
        Assert.Equal(["Zoë \"Z\" O'Brien, Jr.", "+442079460958", "1,234", "-1,050.05\u00A0EUR", "29/02/1980", "04/03/2026 15:30", "yes",
            "Regular, Gift buyer", "Social media"], pdf.Rows()[1]);
        Assert.All(pdf.Rows()[2], cell => Assert.Equal("", cell));
        Assert.Equal(["Total", "", "12", "0.99\u00A0EUR", "", "", "", "", ""], pdf.Rows()[3]);
        Assert.Equal(["Corner & Sons · Created on 04/03/2026 15:30"],
            pdf.Artifacts.Select(a => a.Replace("Page 1 of 1", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Write_Document_SaysItsTitleAndLanguage_AndIsTagged()
    {
        var pdf = await ReadAsync(ExportSamples.Texts("Ada") with { Title = "Café & 顧客",
            Audience = ExportAudience.Usual with { Language = "es" } });

        Assert.Equal("Café & 顧客", Encoding.BigEndianUnicode.GetString((byte[])pdf.Information["Title"]!)[1..]);
        Assert.Equal("es", Encoding.ASCII.GetString((byte[])pdf.Catalog["Lang"]!));
        Assert.Equal(true, pdf.Dictionary(pdf.Catalog["MarkInfo"])["Marked"]);
        Assert.Contains("<rdf:li xml:lang=\"x-default\">Café &amp; 顧客</rdf:li>", pdf.TextOfStream(pdf.Catalog["Metadata"]),
            StringComparison.Ordinal);
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
    [InlineData("ปิ่นเกล้า กำแพง น้ำใจ")]
    [InlineData("ສົມສັກ ຄຳພູ")]
    [InlineData("ព្រះរាជាណាចក្រកម្ពុជា ស្រីនាង")]
    [InlineData("အောင်ဆန်းစုကြည် ကျော်စွာ")]
    [InlineData("कृष्ण द्विवेदी स्त्री हिन्दी")]
    [InlineData("শ্রীকান্ত বন্দ্যোপাধ্যায় কৌশিক")]
    [InlineData("ஸ்ரீதர் கொழும்பு")]
    [InlineData("శ్రీనివాస్ కృష్ణమూర్తి")]
    [InlineData("કૃષ્ણ શ્રીમતી")]
    [InlineData("ශ්‍රී ලංකා ක්‍රිෂාන්")]
    [InlineData("བསྟན་འཛིན་རྒྱ་མཚོ་")]
    [InlineData("ଶ୍ରୀକାନ୍ତ ପଟ୍ଟନାୟକ")]
    [InlineData("مُحَمَّدٌ שָׁלוֹם")]
    [InlineData("👨‍👩‍👧 👍🏽 ❤️ 🎁")]
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
            if (pair.Second.EndsWith('…') && pair.Second != expected)
                Assert.StartsWith(pair.Second[..^1], expected, StringComparison.Ordinal);
            else Assert.Equal(expected, pair.Second);
        });
        Assert.Equal("half \uFFFD pair", cells[^1]);
        Assert.EndsWith("WWW…", cells[texts.Length - 1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ManyRows_HasHeadsAndNumbersOnEachPage_AndEveryRowOnce()
    {
        const int count = 400;
        var rows = Enumerable.Range(0, count)
            .Select(i => new object?[] { $"Row {i}", i % 7 == 0 ? string.Join(' ', Enumerable.Repeat("long", 60)) : "short" }).ToArray();

        var pdf = await ReadAsync(ExportSamples.Table([new("a", "Name of the row", ExportKind.Text), new("b", "Text", ExportKind.Text, 20)],
            rows));

        Assert.InRange(pdf.Pages.Count, 8, 40);
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"Row {i}"), pdf.Rows().Skip(1).Select(r => r[0]));
        Assert.Equal(pdf.Pages.Count - 1, pdf.Artifacts.Count(a => a == "Name of the rowText"));
        Assert.Equal(Enumerable.Range(1, pdf.Pages.Count).Select(p => $"Page {p} of {pdf.Pages.Count}"),
            pdf.Artifacts.Where(a => a.StartsWith("Page ", StringComparison.Ordinal)).Select(a => a.Split("Corner")[0]));
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(12, true)]
    public async Task Write_WideTables_LieAcross(int columns, bool isAcross)
    {
        var pdf = await ReadAsync(ExportSamples
            .Table([.. Enumerable.Range(0, columns).Select(i => new ExportColumn($"c{i}", $"Column {i}", ExportKind.Text))],
            new object?[columns]));

        Assert.Equal(isAcross, pdf.PageSize.Width > pdf.PageSize.Height);
    }

    [Theory]
    [InlineData(25, 31)]
    [InlineData(25, 3)]
    [InlineData(40, 120)]
    public async Task Write_MoreColumnsThanAnyPageHolds_AreDividedAndWhole(int columns, int rows)
    {
        string[] titles = ["First response, median (min)", "Satisfaction (%)", "Resolution late by (min)", "Unsolved at the end", "Reopened"];
        ExportColumn[] heads = [new("day", "Period", ExportKind.Choice, 14) { IsWhole = true }, .. Enumerable.Range(1, columns - 1).Select(i =>
            new ExportColumn($"c{i}", titles[i % titles.Length], ExportKind.Number, 9))];
        object?[][] values = [.. Enumerable.Range(1, rows).Select(r => (object?[])[$"{1 + (r % 28):00}/11/2026",
            .. Enumerable.Range(1, columns - 1).Select(c => (object?)(long)((r * 1_000) + c))])];
        object?[] totals = ["Whole period", .. Enumerable.Range(1, columns - 1).Select(c => (object?)(long)c)];
        var chart = new ExportChart("Tickets", [.. Enumerable.Range(1, 31).Select(d => d.ToString(Invariant))],
            [new("New", [.. Enumerable.Range(1, 31).Select(d => (long)d)])], false, v => v.ToString("N0", Invariant));
        var table = ExportSamples.Table(heads, values) with { Subtitles = [.. Enumerable.Range(1, 11).Select(i => $"Figure {i}")],
            Charts = [chart, chart, chart], Totals = () => totals, Notes = ["Note"] };

        var pdf = await ReadAsync(table);

        // Nothing is lost, and the first column stands in each part.
        Assert.Equal([[.. heads.Select(h => h.Title)], .. values.Append(totals).Select(v => v.Select(Said).ToList())], pdf.JoinedRows());
        var isWithin = pdf.Lines.Where(l => l.Y > FootEnd).ToList();
        Assert.All(isWithin, l => Assert.InRange(l.X, TableFrame.Margin, pdf.PageSize.Width - TableFrame.Margin));
        Assert.All(pdf.Lines.Except(isWithin), l => Assert.True(l.Text.StartsWith("Page ", StringComparison.Ordinal)
            || l.Text.StartsWith("Corner", StringComparison.Ordinal), $"{l.Text} is below the page"));
        Assert.All(pdf.Lines, l => Assert.InRange(l.Y, TableFrame.Margin, pdf.PageSize.Height - TableFrame.Margin));
        // Lines end between words.
        var words = heads.Select(h => h.Title).Concat(values.Append(totals).SelectMany(v => v.Select(Said))).SelectMany(t => t.Split(' '))
            .ToHashSet();
        var shown = pdf.JoinedRows().SelectMany(r => r).SelectMany(c => c.Split(' ')).ToHashSet();
        // The first page has letterhead and charts alone.
        Assert.All(isWithin.Where(l => l.Page > 0 && shown.Any(w => w.StartsWith(l.Text, StringComparison.Ordinal))),
            l => Assert.Contains(l.Text, words));
        // Names below a chart keep off each other.
        var names = pdf.Lines.Where(l => l.Page == 0 && int.TryParse(l.Text, out _)).GroupBy(l => l.Y).First(g => g.Count() > 20)
            .OrderBy(l => l.X).ToList();
        Assert.All(names.Zip(names.Skip(1)), pair => Assert.True(pair.Second.X - pair.First.X > 8,
            $"{pair.First.Text} and {pair.Second.Text}"));

        static string Said(object? value) => value is long number ? number.ToString("N0", ExportAudience.Usual.Culture) : (string)value!;
    }

    [Fact]
    public async Task Write_NoRows_SaysSo() => Assert.Contains("There are no rows.", (await ReadAsync(ExportSamples.Texts())).Texts("P"));

    [Fact]
    public async Task Write_MoreLettersThanAByteNames_AllComeBack()
    {
        // Of an alphabet whose fonts begin with one byte, and of one that has too many letters for that.
        (int First, int Last)[] ranges = [(0xC0, 0x17F), (0x370, 0x3FF), (0x400, 0x4FF), (0x1E00, 0x1EFF), (0x4E00, 0x51FF)];
        var texts = ranges.SelectMany(r => Enumerable.Range(r.First, r.Last - r.First + 1).Where(c => Rune.IsLetter(new Rune(c))).Chunk(16))
            .Select(c => string.Concat(c.Select(char.ConvertFromUtf32)).Normalize()).ToArray();

        var pdf = await ReadAsync(ExportSamples.Texts(texts));

        Assert.Equal(texts, pdf.Rows().Skip(1).Select(r => r[0]));
    }

    [Fact]
    public async Task Write_ManyRows_TakesFewBytesForEach()
    {
        const int count = 2_000;
        ExportColumn[] columns = [new("number", "Number", ExportKind.Text, 21) { IsWhole = true }, new("name", "Name", ExportKind.Text, 24),
            new("vip", "VIP", ExportKind.YesNo, 5), new("email", "E-mail", ExportKind.Text, 28),
            new("phone", "Phone", ExportKind.Phone, 15), new("status", "Status", ExportKind.Choice, 9),
            new("spent", "Spent", ExportKind.Money, 15) { Currency = "EUR" }, new("seen", "Last seen", ExportKind.Instant, 16)];
        // Differs from row to row as much as real rows do, and is the same each time.
        static uint Mixed(int row, uint salt) => ((uint)row + salt) * 2_654_435_761u;
        var rows = Enumerable.Range(0, count).Select(i => new object?[]
        {
            $"CUST-2026{i / 300:00}{i % 28:00}-{i:0000}", $"Name{Mixed(i, 1):x6} of {Mixed(i, 2) % 500}", i % 17 == 0,
            $"person{Mixed(i, 3) % 100_000}@shop.example", i % 7 == 0 ? null : $"+44770{Mixed(i, 4) % 10_000_000:0000000}", "active",
            (long)(Mixed(i, 5) % 1_000_000), new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(Mixed(i, 6) % 400_000),
        }).ToArray();

        Assert.InRange((await ExportSamples.WriteAsync(new PdfExport(), ExportSamples.Table(columns, rows))).Length, 1, count * 170);
    }

    [Fact]
    public async Task Write_SameTable_IsTheSameFile() =>
        Assert.Equal(await ExportSamples.WriteAsync(new PdfExport(), ExportSamples.Texts("Ada")),
            await ExportSamples.WriteAsync(new PdfExport(), ExportSamples.Texts("Ada")));

    [Theory]
    [InlineData("line1\rline2\r\nline3\nline4", 4)]
    [InlineData("line1\r\rline3", 3)]
    public void Lines_OfLineEndsOfAnyKind_AreEndedOnce(string text, int expected) =>
        Assert.Equal(expected, new TextLayout(new DocumentFonts()).Lines(text, isBold: false, width: 100_000, mostLines: 10).Count);

    [Fact]
    public async Task Write_Times_SayTheirZoneOnce()
    {
        var pdf = await ReadAsync(ExportSamples
            .Texts("Ada") with { Audience = ExportAudience.Usual with { Zone = LocalZone.Of("Europe/London") } });

        Assert.Equal("Created on 04/03/2026 15:30 (Europe/London)", pdf.Texts("P")[^1]);
    }

    [Fact]
    public async Task Write_Amounts_AreSaidAsOnTheScreens()
    {
        var audience = ExportAudience.Usual with { Money = (minorUnits, currency) => $"{currency}!{minorUnits}" };

        var pdf = await ReadAsync(ExportSamples.Table([new("total", "Total", ExportKind.Money)],
            [new ExportAmount(4380, "EUR")]) with { Audience = audience });

        Assert.Equal("EUR!4380", pdf.Rows()[1][0]);
    }

    [Fact]
    public void Frame_OfTheUsualColumns_KeepsPhonesNumbersAndAmountsInOneLine()
    {
        ExportColumn[] columns =
        [
            new("number", "Number", ExportKind.Text, 21) { IsWhole = true }, new("name", "Name", ExportKind.Text, 24),
                new("vip", "VIP", ExportKind.YesNo, 5),
            new("email", "E-mail", ExportKind.Text, 28), new("phone", "Phone", ExportKind.Phone, 15),
                new("status", "Status", ExportKind.Choice, 9),
            new("tags", "Tags", ExportKind.Words, 20), new("city", "City", ExportKind.Text, 16),
                new("spent", "Spent", ExportKind.Money, 15),
            new("interaction", "Last interaction", ExportKind.Instant, 16),
        ];
        var layout = new TextLayout(new DocumentFonts());

        var frame = TableFrame.For(columns, c => layout.WidestWord(c.Title, isBold: true));

        var part = Assert.Single(frame.Parts);
        foreach (var (column, text) in new[] { (4, "+447700900099"), (0, "C-20260310-0042"), (8, "1,234,567.89\u00A0EUR") })
            Assert.Single(layout.Lines(text, isBold: false, (int)((part.Widths[column] - (2 * TableFrame.Padding)) / frame.Size * 1000),
                5));
    }

    /// <summary>Control characters have no picture: line ends and the others become blanks.</summary>
    private static string Plain(string text) => string.Concat(text.Replace("\r\n", "\n", StringComparison.Ordinal).EnumerateRunes()
        .Select(r => r.Value is < 0x20 or (>= 0x7F and < 0xA0) or 0x2028 or 0x2029 ? " " : r.ToString()));

    private static async Task<PdfReader> ReadAsync(ExportTable table) => new(await ExportSamples.WriteAsync(new PdfExport(), table));
}
