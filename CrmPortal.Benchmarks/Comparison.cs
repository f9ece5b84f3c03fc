using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace CrmPortal.Benchmarks;

/// <summary>
/// Measures two builds in turn, A B A B, each on its own copy of one database: a machine that is busier for a while is busier for both.
/// Each build is measured by its own benchmark, which <c>./dev bench FOLDER</c> publishes together with the program.
/// </summary>
internal sealed class Comparison(BenchmarkOptions options, string against, string scratch)
{
    private const string Own = "this build";
    private const string Other = "the other";
    private static readonly string[] Builds = [Own, Other];

    public async Task<string> RunAsync(string ownProgram, CancellationToken cancellationToken)
    {
        if (options.IsPostgres) throw new FormatException("--against compares on sqlite only, where a database is a file that can be copied.");
        var text = new StringBuilder();
        for (var i = 0; i < options.Customers.Count; i++)
        {
            var (customers, orders) = (options.Customers[i], options.OrdersOf(i));
            string[] size = ["--customers", customers.ToString(CultureInfo.InvariantCulture), "--orders", orders.ToString(CultureInfo.InvariantCulture)];
            var data = options.Data ?? Path.Combine(scratch, "data");
            // Without a work that has such a name, the data are seeded and nothing is measured.
            await MeasureAsync(Own, ownProgram, [.. size, "--data", data, "--filter", "none-of-all"], null, cancellationToken);
            var taken = new Dictionary<(string Build, string Work), List<Result>>();
            foreach (var build in Builds) Copy(data, FolderOf(build));
            for (var round = 0; round < options.Rounds; round++)
            {
                foreach (var build in Builds)
                {
                    var table = Path.Combine(scratch, "table.md");
                    await MeasureAsync(build, ownProgram, [.. size, "--data", FolderOf(build), .. Filter()], table, cancellationToken);
                    foreach (var result in ResultTable.Read(await File.ReadAllLinesAsync(table, cancellationToken)))
                    {
                        if (!taken.TryGetValue((build, result.Work), out var results)) taken[(build, result.Work)] = results = [];
                        results.Add(result);
                    }
                }
            }

            foreach (var build in Builds) Directory.Delete(FolderOf(build), recursive: true);
            text.Append(Table(customers, orders, taken));
        }

        return text.ToString();
    }

    private string FolderOf(string build) => Path.Combine(scratch, build == Own ? "own" : "other");

    private string[] Filter() => options.Filter.Count == 0 ? [] : ["--filter", string.Join(',', options.Filter)];

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
        text.AppendLine(CultureInfo.InvariantCulture, $"### SQLite, {customers:N0} customers, {orders:N0} orders, {options.Rounds} rounds in turn")
            .AppendLine().AppendLine("| work | median before | now | ratio | p95 before | now | ratio | a second before | now | ratio |")
            .AppendLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var work in taken.Keys.Where(k => k.Build == Own).Select(k => k.Work))
        {
            // The data were seeded once, for both.
            if (work == BenchmarkRun.SeedWork || !taken.TryGetValue((Other, work), out var before)) continue;
            var now = taken[(Own, work)];
            text.Append(CultureInfo.InvariantCulture, $"| {work} ");
            foreach (var figure in new Func<Result, double?>[] { r => r.Median, r => r.P95 })
            {
                var (first, last) = (Middle(before, figure), Middle(now, figure));
                text.Append(CultureInfo.InvariantCulture, $"| {ResultTable.Time(first)} | {ResultTable.Time(last)} | {last / first:0.00} ");
            }

            var (slow, fast) = (Middle(before, r => r.PerSecond), Middle(now, r => r.PerSecond));
            text.AppendLine(CultureInfo.InvariantCulture, $"| {slow:N0} | {fast:N0} | {fast / slow:0.00} |");
        }

        return text.ToString();
    }

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
