using System.Globalization;
using CrmPortal.Benchmarks.Works;
using CrmPortal.Core.Platform.Data;
using Microsoft.Data.Sqlite;

namespace CrmPortal.Benchmarks;

/// <summary>Makes the data of one size and measures every work on them.</summary>
internal sealed class BenchmarkRun(BenchmarkOptions options, string programFolder, string root, int customers, int orders)
{
    public const string SeedWork = "Seed";
    private const double SeedGoalSeconds = 900;
    private const int SeedGoalCustomers = 1_000_000;

    private static readonly Work[] Works =
    [
        new StartOnExisting(),
        new FirstPage(), new ThousandthPage(), new LastPage(), new LastPageByName(), new CountOfFilter(),
        new SearchTwoLetters(), new SearchThreeLetters(), new SearchFullName(), new SearchPair(),
        new OpenCustomer(), new LongTimeline(), new EditCustomer(), new CreateCustomer(), new Bookings(), new ApiCalls(),
        new CsvExportWork(), new JsonExportWork(), new XlsxExportWork(), new PdfExportWork(),
        new RevenueByMonth(), new RetentionMatrixWork(), new RfmOfAll(), new LifetimeValueOfAll(), new EditsMeanwhile(),
        new SegmentWork(), new TicketDesk(), new MailIntakeWork(), new SimultaneousChats(),
        new BulkEdit(), new PointsExpiry(), new ImportCustomers(), new ImportOnlineRetail(), new Recalculate(), new BackupAndRestore(),
        new CircuitsOfOneNode(), new TwoNodes(),
    ];

    public async Task<ResultTable> RunAsync(CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture,
            $"{(options.IsPostgres ? "PostgreSQL" : "SQLite")}, {customers:N0} customers, {orders:N0} orders");
        var table = new ResultTable(name);
        var folder = Path
            .Combine(root,
            string.Create(CultureInfo.InvariantCulture, $"{(options.IsPostgres ? "postgres" : "sqlite")}-{customers}-{orders}"));
        Directory.CreateDirectory(folder);
        var database = new DatabaseOptions
        {
            Provider = options.IsPostgres ? "Postgres" : "Sqlite", DataFolder = folder,
            ConnectionString = options.IsPostgres
                ? options.Connection : new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "crm.db") }.ConnectionString,
        };
        string[] settings = ["--Database:Provider", database.Provider, "--Database:DataFolder", folder, .. options.IsPostgres
            ? ["--ConnectionStrings:Crm", options.Connection] : Array.Empty<string>()];
        var program = new PublishedProgram(programFolder, settings);

        Console.Error.WriteLine(name);
        await SeedAsync(program, Path.Combine(folder, "seeded.txt"), table, cancellationToken);
        var scratch = Directory.CreateDirectory(Path.Combine(folder, "scratch"));
        try
        {
            await using var inside = new Inside(database);
            // The data may be those of another build.
            await inside.UseAsync<IDatabaseProvider>(provider => provider.PrepareAsync(cancellationToken));
            await using var bare = await BareDatabase.OpenAsync(options.IsPostgres, database.ConnectionString, cancellationToken);
            var bench = new Bench(options, program, database, scratch.FullName, inside, bare, await Facts.ReadAsync(bare), table);
            await MeasureAsync(bench, cancellationToken);
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            scratch.Delete(recursive: true);
        }

        return table;
    }

    /// <summary>Seeds an empty database, or tells how long that took when it was done.</summary>
    private async Task SeedAsync(PublishedProgram program, string note, ResultTable table, CancellationToken cancellationToken)
    {
        if (!File.Exists(note))
        {
            var taken = await Measure.OnceAsync(() => program.CommandAsync(
                ["seed", "--customers", customers.ToString(CultureInfo.InvariantCulture), "--orders",
                    orders.ToString(CultureInfo.InvariantCulture)], cancellationToken));
            await File.WriteAllTextAsync(note, taken.ToString(CultureInfo.InvariantCulture), cancellationToken);
        }

        var time = double.Parse(await File.ReadAllTextAsync(note, cancellationToken), CultureInfo.InvariantCulture);
        table.Add(new Result(SeedWork, 1) { Median = time, PerSecond = (customers + orders) / time * 1000,
            Goal = customers == SeedGoalCustomers ? Goal.Within(SeedGoalSeconds) : null });
    }

    private async Task MeasureAsync(Bench bench, CancellationToken cancellationToken)
    {
        var wanted = Works.Where(w => options.Wants(w.Name)).ToList();
        foreach (var work in wanted.TakeWhile(w => w.IsAlone)) await MeasureAsync(work, bench, cancellationToken);
        var served = wanted.Where(w => !w.IsAlone).ToList();
        if (served.Count > 0)
        {
            await using var portal = await Portal.StartAsync(bench.Program, cancellationToken);
            bench.Server = portal;
            foreach (var work in served) await MeasureAsync(work, bench, cancellationToken);
            bench.Server = null;
        }

        foreach (var work in wanted.SkipWhile(w => w.IsAlone).Where(w => w.IsAlone)) await MeasureAsync(work, bench, cancellationToken);
    }

    /// <summary>A work that fails says so and leaves the others theirs.</summary>
    private static async Task MeasureAsync(Work work, Bench bench, CancellationToken cancellationToken)
    {
        try
        {
            await work.RunAsync(bench, cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Console.Error.WriteLine(fault);
            bench.Table.Add(new Result($"{work.Name}: failed, {fault.Message.ReplaceLineEndings(" ")}", 0));
        }
    }
}
