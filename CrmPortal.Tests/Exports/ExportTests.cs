using System.IO.Pipelines;
using System.Text.Json;
using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Tests.Exports;

/// <summary>Tables for the tests of formats, and what all of them share.</summary>
internal static class ExportSamples
{
    public static readonly DateTimeOffset Now = new(2026, 3, 4, 15, 30, 0, TimeSpan.Zero);

    public static readonly ExportColumn[] Columns =
    [
        new("name", "Name", ExportKind.Text, 24),
        new("phone", "Phone", ExportKind.Phone),
        new("orders", "Orders", ExportKind.Number),
        new("spent", "Total spent", ExportKind.Money) { Currency = "EUR" },
        new("born", "Date of birth", ExportKind.Date),
        new("seen", "Last seen", ExportKind.Instant),
        new("vip", "VIP", ExportKind.YesNo),
        new("tags", "Tags", ExportKind.Words),
        new("source", "Source", ExportKind.Choice) { Show = value => value == "social_media" ? "Social media" : value },
    ];

    public static readonly object?[] Row =
        ["Zoë \"Z\" O'Brien, Jr.", "+442079460958", 1234L, -105005L, new DateOnly(1980, 2, 29), Now.AddMilliseconds(250), true,
            (IReadOnlyList<string>)["Regular", "Gift buyer"], "social_media"];

    public static readonly object?[] Blank = new object?[Columns.Length];

    /// <summary>The strings of the big list, with some that matter here. Skips the test where the list is not there.</summary>
    public static string[] NaughtyStrings()
    {
        var file = Path.Combine(Environment.GetEnvironmentVariable("CRM_TEST_DATA") ?? "", "naughty-strings", "blns.json");
        if (!File.Exists(file))
            Assert.Skip("CRM_TEST_DATA names no folder with naughty-strings/blns.json, so those strings are not tried.");
        return [.. JsonSerializer.Deserialize<string[]>(File.ReadAllText(file))!, .. Awkward];
    }

    public static readonly string[] Awkward =
    [
        "=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\0=1", "\n=1", "  =1", "\u00A0=1", "\uFF1D1", "\uFEFF=1", "'=1", "''=1", "'",
            "''", "'text", "\"=1", "a\"b", "a,b", "a;b", "a\r\nb",
        " edge ", "", "_x0041_", "\u0001\u000B\u001F\uFFFE\uFFFF", "]]>", "<&>", "\u202Eabc", "e\u0301", "\U0001F600", "مرحبا (1)",
            new('W', 10_000),
    ];

    public static ExportTable Table(IReadOnlyList<ExportColumn> columns, params object?[][] rows) => new()
    {
        Title = "Customers", Subtitles = ["Filter: VIP"], ShopName = "Corner & Sons", MadeAt = Now, Audience = ExportAudience.Usual,
            Columns = columns, Rows = rows.ToAsyncEnumerable(),
    };

    /// <summary>A table of one column of text.</summary>
    public static ExportTable Texts(params string?[] texts) =>
        Table([new("text", "Text", ExportKind.Text)], [.. texts.Select(t => new object?[] { t })]);

    public static async Task<byte[]> WriteAsync(IExportFormat format, ExportTable table)
    {
        using var stream = new MemoryStream();
        var output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        await format.WriteAsync(table, output, TestContext.Current.CancellationToken);
        await output.CompleteAsync();
        return stream.ToArray();
    }
}

/// <summary>What every format does alike.</summary>
public sealed class ExportTests
{
    public static TheoryData<string> Formats => [.. ExportFormats.All.Select(f => f.Name)];

    [Theory, MemberData(nameof(Formats))]
    public async Task Write_RowsThatNeverEnd_StopsWhenItIsCancelled(string format)
    {
        using var cancellation = new CancellationTokenSource();
        var output = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var read = 0;

        async IAsyncEnumerable<object?[]> Endless()
        {
            while (true)
            {
                await Task.Yield();
                if (++read == 5_000) await cancellation.CancelAsync();
                yield return ExportSamples.Row;
            }
        }

        var table = ExportSamples.Table(ExportSamples.Columns) with { Rows = Endless() };
        var write = ExportFormats.Find(format)!.WriteAsync(table, output.Writer, cancellation.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        // Something was on its way before the end of the rows was known.
        Assert.True(output.Reader.TryRead(out var sent) && sent.Buffer.Length > 0);
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Write_NobodyReadsAnyMore_Stops(string format)
    {
        var output = new Pipe();
        await output.Reader.CompleteAsync();

        async IAsyncEnumerable<object?[]> Endless()
        {
            for (var i = 0; i < 200_000; i++)
            {
                await Task.CompletedTask;
                yield return ExportSamples.Row;
            }

            Assert.Fail("All rows were read for nobody.");
        }

        var table = ExportSamples.Table(ExportSamples.Columns) with { Rows = Endless() };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ExportFormats.Find(format)!.WriteAsync(table, output.Writer,
            TestContext.Current.CancellationToken));
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Write_FaultOfTheRows_IsNotHidden(string format)
    {
        async IAsyncEnumerable<object?[]> Failing()
        {
            yield return ExportSamples.Row;
            await Task.Yield();
            throw new InvalidOperationException("The database went away.");
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => ExportSamples.WriteAsync(ExportFormats.Find(format)!,
            ExportSamples.Table(ExportSamples.Columns) with { Rows = Failing() }));
    }
}
