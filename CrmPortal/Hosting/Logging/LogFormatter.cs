using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace CrmPortal.Hosting;

/// <summary>
/// One JSON object on one line for each entry: time, level, where it comes from, text, values, fault and trace. The scopes of
/// the framework are left out, since they hold paths, and paths may name a person.
/// </summary>
internal sealed class LogFormatter(TimeProvider clock) : ConsoleFormatter(FormatName)
{
    public const string FormatName = "crm";
    private const string OriginalFormat = "{OriginalFormat}";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("time", clock.GetUtcNow().UtcDateTime);
            json.WriteString("level", logEntry.LogLevel.ToString());
            json.WriteString("category", logEntry.Category);
            if (logEntry.EventId.Name is { } name) json.WriteString("event", name);
            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            if (Activity.Current is { } activity) json.WriteString("correlation_id", activity.TraceId.ToHexString());
            if (logEntry.State is IReadOnlyList<KeyValuePair<string, object?>> values)
            {
                foreach (var (key, value) in values.Where(v => v.Key != OriginalFormat))
                    json.WriteString(JsonNamingPolicy.SnakeCaseLower.ConvertName(key), value?.ToString());
            }

            if (logEntry.Exception is { } fault) json.WriteString("fault", fault.ToString());
            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(line.WrittenSpan));
    }
}
