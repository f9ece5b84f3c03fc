using System.Text;
using System.Text.Json;
using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Tests.Exports;

public sealed class JsonExportTests
{
    [Fact]
    public async Task Write_EveryKind_HasItsType()
    {
        var rows = await ReadAsync(ExportSamples.Table(ExportSamples.Columns, ExportSamples.Row, ExportSamples.Blank));

        Assert.Equal(
            """{"name":"Zoë \"Z\" O'Brien, Jr.","phone":"+442079460958","orders":1234,"spent":-1050.05,"born":"1980-02-29","seen":"2026-03-04T15:30:00.250000Z","vip":true,"tags":["Regular","Gift buyer"],"source":"social_media"}""",
            rows[0].GetRawText());
        Assert.All(rows[1].EnumerateObject(), property => Assert.Equal(JsonValueKind.Null, property.Value.ValueKind));
    }

    [Fact]
    public async Task Write_AnyText_ComesBackUnchanged()
    {
        var texts = ExportSamples.NaughtyStrings();

        var rows = await ReadAsync(ExportSamples.Texts([.. texts, "half \uD800 pair"]));

        Assert.Equal([.. texts.Select(t => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(t))), "half \uFFFD pair"],
            rows.Select(r => r.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Write_NoRows_IsAnEmptyArray_AndAmountsOfManyCurrenciesNameThem()
    {
        var amounts = await ReadAsync(ExportSamples.Table([new("paid", "Paid", ExportKind.Money)], [new ExportAmount(500, "JPY")]));

        Assert.Empty(await ReadAsync(ExportSamples.Texts()));
        Assert.Equal("""{"paid":{"amount":500,"currency":"JPY"}}""", amounts[0].GetRawText());
    }

    private static async Task<List<JsonElement>> ReadAsync(ExportTable table)
    {
        using var document = JsonDocument.Parse(await ExportSamples.WriteAsync(new JsonExport(), table));
        return [.. document.RootElement.EnumerateArray().Select(e => e.Clone())];
    }
}
