using System.Globalization;
using System.Text;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CsvHelper;
using CsvHelper.Configuration;

namespace CrmPortal.Tests.Exports;

/// <summary>CSV, read back by the library that reads it for the import.</summary>
public sealed class CsvExportTests
{
    [Fact]
    public async Task Write_EveryKind_IsWhatProgramsRead()
    {
        var rows = await ReadAsync(ExportSamples.Table(ExportSamples.Columns, ExportSamples.Row, ExportSamples.Blank));

        Assert.Equal(["Name", "Phone", "Orders", "Total spent (EUR)", "Date of birth", "Last seen", "VIP", "Tags", "Source"], rows[0]);
        Assert.Equal(["Zoë \"Z\" O'Brien, Jr.", "+442079460958", "1234", "-1050.05", "1980-02-29", "2026-03-04T15:30:00.250000Z", "true",
            "Regular; Gift buyer", "social_media"], rows[1]);
        Assert.All(rows[2], cell => Assert.Equal("", cell));
        Assert.Equal(3, rows.Count);
    }

    [Fact]
    public async Task Write_BeginsWithTheMarkOfUtf8_AndEndsEachLineAsTheStandardSays()
    {
        var file = await ExportSamples.WriteAsync(new CsvExport(), ExportSamples.Texts("Ada"));

        Assert.Equal([0xEF, 0xBB, 0xBF, .. "Text\r\nAda\r\n"u8], file);
    }

    [Fact]
    public async Task Write_AnyText_ComesBackUnchanged()
    {
        var texts = ExportSamples.NaughtyStrings();

        var rows = await ReadAsync(ExportSamples.Texts(texts));

        Assert.Equal(texts.Select(WellFormed), rows.Skip(1).Select(r => FormulaGuard.Unguard(r[0])));
        Assert.All(rows.Skip(1).Where(r => r[0].Length > 0), r => Assert.DoesNotContain(r[0][0], "=+-@\t\r\0"));
    }

    [Fact]
    public async Task Write_RandomCells_ComeBackUnchanged()
    {
        const string signs = "\",;'= \r\n\tab\0é";
        var random = new Random(7);
        var texts = Enumerable.Range(0, 3_000)
            .Select(_ => string.Concat(Enumerable.Range(0, random.Next(0, 9)).Select(_ => signs[random.Next(signs.Length)]))).ToArray();
        ExportColumn[] columns = [new("a", "A", ExportKind.Text), new("b", "B", ExportKind.Text), new("c", "C", ExportKind.Text)];

        var rows = await ReadAsync(ExportSamples.Table(columns, [.. texts.Chunk(3).Select(c => c.Cast<object?>().ToArray())]));

        Assert.Equal(texts, rows.Skip(1).SelectMany(r => r).Select(FormulaGuard.Unguard));
    }

    [Fact]
    public async Task Write_PhonesAndNumbers_StayBare_AndRawLeavesFormulasAlone()
    {
        ExportColumn[] columns = [new("phone", "Phone", ExportKind.Phone), new("note", "Note", ExportKind.Text),
            new("balance", "Balance", ExportKind.Number), new("tags", "Tags", ExportKind.Words)];
        object?[] row = ["+4930123456", "+4930123456", -12.50m, (IReadOnlyList<string>)["=evil", "b"]];
        object?[] evil = ["+1+cmd", "-1", -1, null];

        var rows = await ReadAsync(ExportSamples.Table(columns, row, evil));
        var raw = await ReadAsync(ExportSamples.Table(columns, row, evil) with { IsRaw = true });

        Assert.Equal(["+4930123456", "'+4930123456", "-12.50", "'=evil; b"], rows[1]);
        Assert.Equal(["'+1+cmd", "'-1", "-1", ""], rows[2]);
        Assert.Equal(["+4930123456", "+4930123456", "-12.50", "=evil; b"], raw[1]);
        Assert.Equal(["+1+cmd", "-1", "-1", ""], raw[2]);
    }

    [Theory]
    [InlineData("EUR", 105, "1.05")]
    [InlineData("EUR", -100, "-1.00")]
    [InlineData("JPY", 105, "105")]
    [InlineData("KWD", 105, "0.105")]
    [InlineData("EUR", long.MinValue, "-92233720368547758.08")]
    public async Task Write_Money_HasTheDigitsOfItsCurrency(string currency, long minorUnits, string expected)
    {
        var rows = await ReadAsync(ExportSamples.Table([new("a", "A", ExportKind.Money)], [new ExportAmount(minorUnits, currency)]));

        Assert.Equal(expected, rows[1][0]);
    }

    [Fact]
    public async Task Write_AmountsOfSeveralCurrencies_HaveThemBeside_AndTheBaseCurrencyIsInTheHeading()
    {
        ExportColumn[] columns =
        [
            new("paid", "Paid", ExportKind.Money), new("back", "Refunded", ExportKind.Money),
                new("base", "In base currency", ExportKind.Money) { Currency = "EUR" },
        ];

        var rows = await ReadAsync(ExportSamples.Table(columns, [new ExportAmount(1200, "JPY"), null, 700L],
            [new ExportAmount(1234, "KWD"), new ExportAmount(1, "KWD"), 350L]));

        Assert.Equal(["Paid", "Paid: Currency", "Refunded", "Refunded: Currency", "In base currency (EUR)"], rows[0]);
        Assert.Equal(["1200", "JPY", "", "", "7.00"], rows[1]);
        Assert.Equal(["1.234", "KWD", "0.001", "KWD", "3.50"], rows[2]);
    }

    [Theory]
    [InlineData("2026-11-28T07:00:00Z", "2026-11-28T07:00:00.000000Z")]
    [InlineData("2026-11-28T08:00:00.5+01:00", "2026-11-28T07:00:00.500000Z")]
    [InlineData("2026-11-28T07:00:00.884484Z", "2026-11-28T07:00:00.884484Z")]
    public async Task Write_Moments_HaveTheSameNumberOfDigits(string moment, string expected)
    {
        var at = DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture);

        Assert.Equal(expected, (await ReadAsync(ExportSamples.Table([new("at", "At", ExportKind.Instant)], [at])))[1][0]);
    }

    [Fact]
    public async Task Write_ForPeople_IsWhatTheyRead_InTheirZoneAndWords()
    {
        var audience = new ExportAudience(CultureInfo.GetCultureInfo("es-ES"), LocalZone.Of("Europe/Madrid"),
            new() { Yes = "sí", No = "no" });
        var table = ExportSamples.Table(ExportSamples.Columns, ExportSamples.Row) with { IsForPeople = true, Audience = audience };

        var rows = await ReadAsync(table, ";");

        Assert.Equal(
            ["Zoë \"Z\" O'Brien, Jr.", "+442079460958", "1234", "-1050,05", "29/2/1980", "4/3/2026 16:30", "sí", "Regular, Gift buyer",
                "Social media"], rows[1]);
    }

    [Fact]
    public async Task Write_ForPeople_SaysTheOffset_InTheHourThatTheClockRepeats()
    {
        var audience = ExportAudience.Usual with { Zone = LocalZone.Of("Europe/London") };
        var first = new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.Zero);
        var table = ExportSamples.Table([new("at", "At", ExportKind.Instant)], [first], [first.AddHours(1)],
            [first.AddHours(2)]) with { IsForPeople = true, Audience = audience };

        var rows = await ReadAsync(table);

        Assert.Equal(["25/10/2026 01:30 +01:00", "25/10/2026 01:30 +00:00", "25/10/2026 02:30"], rows.Skip(1).Select(r => r[0]));
    }

    [Fact]
    public async Task Write_NoRows_IsTheHeadingAlone_AndAHugeCellIsWhole()
    {
        var huge = new string('x', 3_000_000) + "\"";

        Assert.Single(await ReadAsync(ExportSamples.Texts()));
        Assert.Equal(huge, (await ReadAsync(ExportSamples.Texts(huge)))[1][0]);
    }

    /// <summary>Half a surrogate pair cannot be written in UTF-8.</summary>
    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static async Task<List<string[]>> ReadAsync(ExportTable table, string separator = ",")
    {
        using var reader = new StreamReader(new MemoryStream(await ExportSamples.WriteAsync(new CsvExport(), table)), Encoding.UTF8);
        using var parser = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture) { IgnoreBlankLines = false,
            Delimiter = separator });
        var rows = new List<string[]>();
        while (await parser.ReadAsync()) rows.Add(parser.Record!);
        return rows;
    }
}
