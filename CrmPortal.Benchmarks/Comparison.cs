using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CrmPortal.Benchmarks;

/// <summary>
/// Measures two builds in turn, A B A B, each on its own copy of one database: a machine that is busier for a while is busier for both.
/// Each build is measured by its own benchmark, which <c>./dev bench FOLDER</c> publishes together with the program.
/// </summary>
internal sealed partial class Comparison(BenchmarkOptions options, string against, string scratch)
{
    private const string Own = "this build";
    private const string Other = "the other";
    private static readonly string[] Builds = [Own, Other];

    public async Task<string> RunAsync(string ownProgram, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        for (var i = 0; i < options.Customers.Count; i++)
        {
            var (customers, orders) = (options.Customers[i], options.OrdersOf(i));
            string[] size = ["--customers", customers.ToString(CultureInfo.InvariantCulture), "--orders", orders.ToString(CultureInfo.InvariantCulture)];
            var data = options.Data ?? Path.Combine(scratch, "data");
            // Without a work that has such a name, the data are seeded and nothing is measured. The other build does it: it is the older
            // one, which cannot use what this one has migrated.
            string[] nothing = ["--data", data, .. Database(options.Connection), "--filter", "none-of-all"];
            await MeasureAsync(Other, ownProgram, [.. size, .. nothing], null, cancellationToken);
            var taken = new Dictionary<(string Build, string Work), List<Result>>();
            var connections = new Dictionary<string, string>();
            foreach (var build in Builds)
            {
                Copy(data, FolderOf(build));
                connections[build] = options.IsPostgres ? await DatabaseCopy.MakeAsync(options.Connection, build, cancellationToken) : "";
            }

            for (var round = 0; round < options.Rounds; round++)
            {
                foreach (var build in Builds)
                {
                    var table = Path.Combine(scratch, "table.md");
                    await MeasureAsync(build, ownProgram,
                        [.. size, "--data", FolderOf(build), .. Database(connections[build]), .. Filter()], table, cancellationToken);
                    foreach (var result in ResultTable.Read(await File.ReadAllLinesAsync(table, cancellationToken)))
                    {
                        var key = (build, Name(result.Work));
                        if (!taken.TryGetValue(key, out var results)) taken[key] = results = [];
                        results.Add(result);
                    }
                }
            }

            foreach (var build in Builds)
            {
                Directory.Delete(FolderOf(build), recursive: true);
                if (options.IsPostgres) await DatabaseCopy.DropAsync(connections[build], cancellationToken);
            }

            text.Append(Table(customers, orders, taken));
        }

        return text.ToString();
    }

    private string FolderOf(string build) => Path.Combine(scratch, build == Own ? "own" : "other");

    private string[] Filter() => options.Filter.Count == 0 ? [] : ["--filter", string.Join(',', options.Filter)];

    private string[] Database(string connection) => options.IsPostgres ? ["--provider", "postgres", "--connection", connection] : [];

    /// <summary>Without the sizes and times that a work tells in its name: they are not the same in both builds.</summary>
    private static string Name(string work) => Told().Replace(work, "");

    [GeneratedRegex(@" \((then )?[0-9.,]+ (MB|rows, [^)]*)\)")]
    private static partial Regex Told();

    private async Task MeasureAsync(string build, string ownProgram, IReadOnlyList<string> words, string? table,
        CancellationToken cancellationToken)
    {
        var (benchmark, program) = build == Own ? (AppContext.BaseDirectory, ownProgram) : (against, Path.Combine(against, "program"));
        var start = new ProcessStartInfo("dotnet", [Path.Combine(benchmark, "CrmPortal.Benchmarks.dll"), .. words, "--program", program,
            .. table is null ? Array.Empty<string>() : ["--out", table]]) { RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The benchmark does not start.");
        try
        {
            await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0) throw new InvalidOperationException($"The benchmark of {build} ended with {process.ExitCode}.");
    }

    private string Table(int customers, int orders, Dictionary<(string Build, string Work), List<Result>> taken)
    {
        var text = new StringBuilder();
        var engine = options.IsPostgres ? "PostgreSQL" : "SQLite";
        text.AppendLine(CultureInfo.InvariantCulture,
                $"### {engine}, {customers:N0} customers, {orders:N0} orders, {options.Rounds} rounds in turn")
            .AppendLine().AppendLine("| work | median before | now | same SQL, bare | p95 before | now | a second before | now | times as fast | goal | |")
            .AppendLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|");
        foreach (var work in taken.Keys.Where(k => k.Build == Own).Select(k => k.Work))
        {
            // The data were seeded once, for both.
            if (work == BenchmarkRun.SeedWork || !taken.TryGetValue((Other, work), out var before)) continue;
            var now = taken[(Own, work)];
            var target = Target.Of(work);
            var ratio = Ratio(before, now, target?.Figure);
            var least = target?.Least(options.IsPostgres);
            string[] cells =
            [
                work, Time(before, r => r.Median), Time(now, r => r.Median), Time(now, r => r.Bare), Time(before, r => r.P95),
                Time(now, r => r.P95), Number("N0", Middle(before, r => r.PerSecond)), Number("N0", Middle(now, r => r.PerSecond)),
                Number("0.00", ratio), least is null ? "" : "≥ " + Number("0.#", least),
                least is null ? "" : ratio >= least ? "met" : "**missed**",
            ];
            text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");
        }

        return text.ToString();
    }

    /// <summary>By the figure of the goal; else by what is asked again and again, or by the time.</summary>
    private static double? Ratio(List<Result> before, List<Result> now, Figure? figure) => figure switch
    {
        Figure.P95 => Middle(before, r => r.P95) / Middle(now, r => r.P95),
        Figure.PerSecond => Middle(now, r => r.PerSecond) / Middle(before, r => r.PerSecond),
        Figure.Median => Middle(before, r => r.Median) / Middle(now, r => r.Median),
        _ => Ratio(before, now, Figure.Median) ?? Ratio(before, now, Figure.PerSecond),
    };

    private static string Number(string format, double? number) => number?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    private static string Time(List<Result> results, Func<Result, double?> figure) => ResultTable.Time(Middle(results, figure));

    private static double? Middle(List<Result> results, Func<Result, double?> figure) =>
        results.Select(figure).OfType<double>().ToList() is { Count: > 0 } values ? new Timing(values).Median : null;

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
