using System.Globalization;
using System.Text;

namespace CrmPortal.Benchmarks;

/// <summary>What a work should reach.</summary>
internal sealed record Goal(string Text, Func<Result, bool> IsMet)
{
    public static Goal P95(double milliseconds) => new(string.Create(CultureInfo.InvariantCulture, $"p95 ≤ {milliseconds:0} ms"),
        r => r.P95 <= milliseconds);

    public static Goal Within(double seconds) => new(string.Create(CultureInfo.InvariantCulture, $"≤ {seconds:0.#} s"),
        r => r.Median <= seconds * 1000);

    public static Goal PerSecond(double rate) => new(string.Create(CultureInfo.InvariantCulture, $"≥ {rate:N0}/s"),
        r => r.PerSecond >= rate);

    /// <summary>Both of two.</summary>
    public Goal And(Goal other) => new($"{Text}, {other.Text}", r => IsMet(r) && other.IsMet(r));

    public static Goal Memory(double megabytes) => new(string.Create(CultureInfo.InvariantCulture, $"≤ {megabytes:0.##} MB"),
        r => r.Megabytes is null || r.Megabytes <= megabytes);
}

/// <summary>A line of the table.</summary>
/// <param name="Count">How many times were taken.</param>
internal sealed record Result(string Work, int Count)
{
    /// <summary>Milliseconds, as all times here.</summary>
    public double? Median { get; init; }

    public double? P95 { get; init; }

    /// <summary>Rows or requests a second, whichever the work is about.</summary>
    public double? PerSecond { get; init; }

    /// <summary>The median of the same SQL on the bare connection.</summary>
    public double? Bare { get; init; }

    /// <summary>How far the server's memory rose above where it stood before, where the system tells.</summary>
    public double? Megabytes { get; init; }

    public Goal? Goal { get; init; }

    public static Result Of(string work, Timing timing) => new(work, timing.Count) { Median = timing.Median, P95 = timing.P95 };
}

/// <summary>The results of one size of data.</summary>
internal sealed class ResultTable(string title)
{
    private readonly List<Result> _results = [];

    public string Title { get; } = title;

    public IReadOnlyList<Result> Results => _results;

    public void Add(Result result)
    {
        _results.Add(result);
        Console.Error.WriteLine(Line(result));
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append("### ").AppendLine(Title).AppendLine()
            .AppendLine("| work | n | median | p95 | a second | bare SQL, median | ratio | goal | | memory above idle |")
            .AppendLine("|---|---:|---:|---:|---:|---:|---:|---|---|---:|");
        foreach (var result in _results) text.AppendLine(Line(result));
        return text.ToString();
    }

    /// <summary>How much slower the larger size is; only works that a person waits for.</summary>
    public static string Growth(ResultTable small, ResultTable large)
    {
        var text = new StringBuilder();
        text.AppendLine("### Growth").AppendLine().Append("p95 with ").Append(small.Title).Append(" beside ").Append(large.Title)
            .AppendLine("; the goal is at most 1.5 times as long.").AppendLine()
            .AppendLine("| work | small | large | ratio | |").AppendLine("|---|---:|---:|---:|---|");
        foreach (var after in large.Results.Where(r => r.Count > 1))
        {
            if (small.Results.FirstOrDefault(r => r.Work == after.Work) is not { P95: { } first } || after.P95 is not { } last) continue;
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {after.Work} | {Time(first)} | {Time(last)} | {last / first:0.0} | {(last <= first * 1.5 ? "met" : "**missed**")} |");
        }

        return text.ToString();
    }

    private static string Line(Result r) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {r.Work} | {r.Count} | {Time(r.Median)} | {Time(r.P95)} | {r.PerSecond:N0} | {Time(r.Bare)} | {r.Median / r.Bare:0.0} | {r.Goal?.Text} | {(r.Goal is null ? "" : r.Goal.IsMet(r) ? "met" : "**missed**")} | {(r.Megabytes is { } mb ? Size(mb) : "")} |");

    /// <summary>Of one page of many, the hundredths matter.</summary>
    private static string Size(double megabytes) => megabytes < 10
        ? string.Create(CultureInfo.InvariantCulture, $"{megabytes:0.00} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{megabytes:0} MB");

    /// <summary>Reads a table that <see cref="ToMarkdown"/> has written; times are as exact as they stand there.</summary>
    public static IEnumerable<Result> Read(IEnumerable<string> lines)
    {
        foreach (var cells in lines.Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Select(l => l.Split('|')))
        {
            if (cells.Length < 7 || !int.TryParse(cells[2], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture, out var count)) continue;
            yield return new Result(cells[1].Trim(), count) { Median = Milliseconds(cells[3]), P95 = Milliseconds(cells[4]),
                PerSecond = double.TryParse(cells[5], CultureInfo.InvariantCulture, out var rate) ? rate : null,
                Bare = Milliseconds(cells[6]) };
        }
    }

    private static double? Milliseconds(string cell) => cell.Trim().Split(' ') is [var number, var unit]
        && double.TryParse(number, CultureInfo.InvariantCulture, out var value) ? unit == "s" ? value * 1000 : value : null;

    public static string Time(double? milliseconds) => milliseconds switch
    {
        null => "",
        >= 10_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.0} s"),
        >= 1_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.00} s"),
        >= 10 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms"),
        >= 1 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.00} ms"),
    };
}
