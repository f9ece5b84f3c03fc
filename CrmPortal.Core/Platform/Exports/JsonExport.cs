using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CrmPortal.Core.Platform.Exports;

/// <summary>
/// One array with an object for each row, a property for each column: numbers, booleans and nulls are such, amounts have the
/// digits of their currency, instants are ISO 8601 in UTC. No cell is changed, since no spreadsheet reads it.
/// </summary>
public sealed class JsonExport : IExportFormat
{
    private const int PieceSize = 64 * 1024;

    public string Name => "json";

    public string ContentType => "application/json; charset=utf-8";

    public int? MostRows => null;

    public async Task WriteAsync(ExportTable table, PipeWriter output, CancellationToken cancellationToken)
    {
        // Letters of all scripts stay readable; the file is no part of a page, where more would have to be escaped.
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
        var buffer = new ArrayBufferWriter<byte>(PieceSize + (8 * 1024));
        using var json = new Utf8JsonWriter(buffer, options);
        var names = table.Columns.Select(c => JsonEncodedText.Encode(c.Name)).ToArray();
        var columns = table.Columns.ToArray();
        json.WriteStartArray();
        await foreach (var row in table.Rows.WithCancellation(cancellationToken))
        {
            json.WriteStartObject();
            for (var i = 0; i < columns.Length; i++)
            {
                json.WritePropertyName(names[i]);
                WriteValue(json, row[i], columns[i]);
            }

            json.WriteEndObject();
            if (json.BytesPending + buffer.WrittenCount >= PieceSize) await DrainAsync();
        }

        json.WriteEndArray();
        await DrainAsync();

        async ValueTask DrainAsync()
        {
            cancellationToken.ThrowIfCancellationRequested();
            json.Flush();
            var result = await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
            buffer.ResetWrittenCount();
            if (result.IsCompleted || result.IsCanceled) throw new OperationCanceledException("Nobody reads the export any more.");
        }
    }

    private static void WriteValue(Utf8JsonWriter json, object? value, ExportColumn column)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); return;
            case string text: json.WriteStringValue(text); return;
        }

        switch (column.Kind)
        {
            case ExportKind.Number when value is decimal number: json.WriteNumberValue(number); break;
            case ExportKind.Number: json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case ExportKind.Money when value is ExportAmount:
                json.WriteStartObject();
                json.WriteNumber("amount", ExportValues.Amount(value, column, out var currency));
                json.WriteString("currency", currency);
                json.WriteEndObject();
                break;
            case ExportKind.Money: json.WriteNumberValue(ExportValues.Amount(value, column, out _)); break;
            case ExportKind.Date when value is DateOnly day: json.WriteStringValue(day.ToString("O", CultureInfo.InvariantCulture)); break;
            case ExportKind.Instant when value is DateTimeOffset instant:
                Span<char> moment = stackalloc char[ExportValues.InstantFormat.Length];
                instant.UtcDateTime.TryFormat(moment, out var length, ExportValues.InstantFormat, CultureInfo.InvariantCulture);
                json.WriteStringValue(moment[..length]);
                break;
            case ExportKind.YesNo: json.WriteBooleanValue(value is true); break;
            case ExportKind.Words when value is IEnumerable<string> words:
                json.WriteStartArray();
                foreach (var word in words) json.WriteStringValue(word);
                json.WriteEndArray();
                break;
            default: json.WriteStringValue(ExportValues.Joined(value, ExportValues.WordSeparator)); break;
        }
    }
}
