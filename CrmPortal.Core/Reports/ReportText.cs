using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Core.Reports;

/// <summary>Figures as the text in which they are kept.</summary>
internal static class ReportText
{
    private const string Day = "yyyy-MM-dd";

    public static string Write(ReportContent content) => JsonSerializer.Serialize(new Stored(
        [.. content.Figures.Select(f => new StoredFigure(f.Name, f.Title, f.Kind, Node(f.Value), f.Definition, Node(f.Before)))],
        content.Columns, [.. content.Rows.Select(r => new StoredRow([.. r.Values.Select(Node)], r.List, r.Filter))], content.Charts,
        content.Notes, content.Total is { } total ? [.. total.Select(Node)] : null));

    public static ReportContent Read(string text)
    {
        var stored = JsonSerializer.Deserialize<Stored>(text)!;
        return new(
            [.. stored.Figures.Select(f => new ReportFigure(f.Name, f.Title, f.Kind, Value(f.Value, f.Kind), f.Definition,
                Value(f.Before, f.Kind)))],
            stored.Columns,
            [.. stored.Rows.Select(r => new ReportRow([.. r.Values.Select((v, i) => Value(v, stored.Columns[i].Kind))], r.List, r.Filter))],
            stored.Charts, stored.Notes)
        {
            Total = stored.Total is { } total ? [.. total.Select((v, i) => Value(v, stored.Columns[i].Kind))] : null,
        };
    }

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        decimal number => JsonValue.Create(number),
        DateOnly day => JsonValue.Create(day.ToString(Day, CultureInfo.InvariantCulture)),
        bool yes => JsonValue.Create(yes),
        _ => throw new ArgumentException($"A report cannot keep a {value.GetType().Name}.", nameof(value)),
    };

    private static object? Value(JsonNode? node, ExportKind kind) => node is null ? null : kind switch
    {
        ExportKind.Money => node.GetValue<long>(),
        ExportKind.Number => node.AsValue().TryGetValue<long>(out var whole) ? (object)whole : node.GetValue<decimal>(),
        ExportKind.Date => DateOnly.ParseExact(node.GetValue<string>(), Day, CultureInfo.InvariantCulture),
        ExportKind.YesNo => node.GetValue<bool>(),
        _ => node.GetValue<string>(),
    };

    private sealed record Stored(IReadOnlyList<StoredFigure> Figures, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<StoredRow> Rows,
        IReadOnlyList<ReportChart> Charts, IReadOnlyList<string> Notes, IReadOnlyList<JsonNode?>? Total = null);

    private sealed record StoredFigure(string Name, string Title, ExportKind Kind, JsonNode? Value, string Definition, JsonNode? Before);

    private sealed record StoredRow(IReadOnlyList<JsonNode?> Values, string? List, string? Filter);
}
