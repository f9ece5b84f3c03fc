using System.Collections.ObjectModel;
using System.Globalization;
using System.Text;

namespace CrmPortal.Components.Lists;

/// <summary>A column that a list can show.</summary>
/// <param name="Name">As it stands in the address.</param>
public sealed record ListColumn(string Name, string Label);

/// <summary>How the columns of a list lie: which are shown in which order, and the widths that somebody gave them.</summary>
/// <param name="Shown">Without the first column, which always stays where it is.</param>
/// <param name="Widths">In pixels, by the column's name; the others are as wide as what they hold.</param>
public sealed record ColumnLayout(IReadOnlyList<string> Shown, IReadOnlyDictionary<string, int> Widths)
{
    /// <summary>The name of the first column.</summary>
    public const string First = "first";

    public const int Narrowest = 60;
    public const int Widest = 800;

    /// <summary>How much wider or narrower a column gets by one press of a key.</summary>
    public const int Step = 24;

    private const int MostWidths = 50;

    public static IReadOnlyDictionary<string, int> NoWidths { get; } = ReadOnlyDictionary<string, int>.Empty;

    /// <summary>The columns with one of them before another, or at the end.</summary>
    public ColumnLayout Moved(string column, string? before)
    {
        if (!Shown.Contains(column) || column == before) return this;
        var columns = Shown.Where(c => c != column).ToList();
        var at = before is null ? -1 : columns.IndexOf(before);
        columns.Insert(at < 0 ? columns.Count : at, column);
        return this with { Shown = columns };
    }

    /// <summary>The columns with one of them as wide as that; null makes it as wide as what it holds.</summary>
    public ColumnLayout Sized(string column, int? width)
    {
        var widths = Widths.Where(w => w.Key != column).ToDictionary(w => w.Key, w => w.Value);
        if (width is { } pixels) widths[column] = Math.Clamp(pixels, Narrowest, Widest);
        return this with { Widths = widths };
    }

    /// <summary>Widths as they stand in an address; the same widths are always the same text.</summary>
    public static string? Write(IReadOnlyDictionary<string, int> widths) => widths.Count == 0 ? null
        : string.Join(',', widths.OrderBy(w => w.Key, StringComparer.Ordinal)
            .Select(w => string.Create(CultureInfo.InvariantCulture, $"{w.Key}:{w.Value}")));

    /// <summary>The widths that an address says; what it cannot read is left out.</summary>
    public static IReadOnlyDictionary<string, int> Read(string? text, Func<string, bool> isColumn)
    {
        var widths = new Dictionary<string, int>();
        foreach (var part in (text ?? "").Split(',').Take(MostWidths))
        {
            if (part.LastIndexOf(':') is var colon and > 0 && part[..colon] is var name && (name == First || isColumn(name))
                && int.TryParse(part.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var width))
                widths[name] = Math.Clamp(width, Narrowest, Widest);
        }

        return widths.Count == 0 ? NoWidths : widths;
    }

    /// <summary>The rules of a style sheet that give the columns of a table their widths, where it is drawn as a table.</summary>
    /// <param name="table">The id of the table.</param>
    /// <param name="cellsBefore">How many cells of a line come before the first column.</param>
    public string Style(string table, int cellsBefore)
    {
        var style = new StringBuilder();
        var names = Shown.Prepend(First).ToList();
        for (var i = 0; i < names.Count; i++)
        {
            if (!Widths.TryGetValue(names[i], out var width)) continue;
            style.Append(CultureInfo.InvariantCulture, $"#{table} tr>:nth-child({i + 1 + cellsBefore})")
                .Append(CultureInfo.InvariantCulture, $"{{width:{width}px;min-width:{width}px;max-width:{width}px}}");
        }

        return style.Length == 0 ? "" : $"@media (min-width:761px){{{style}}}";
    }
}
