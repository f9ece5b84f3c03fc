using System.Globalization;
using System.Text;
using CrmPortal.Core.History;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Jobs;

namespace CrmPortal.Benchmarks.Works;

/// <summary>A file goes in by the steps that a person takes: uploaded, checked, published; and is taken back.</summary>
internal abstract class ImportWork(string name) : Work(name)
{
    public override bool IsAlone => true;

    protected async Task<(double Milliseconds, int Rows)> ImportAsync(Bench bench, string file, Func<Task>? published,
        CancellationToken cancellationToken)
    {
        var progress = new Progress<JobProgress>();
        long id = 0;
        ImportDetails? details = null;
        var upload = await Measure.OnceAsync(() => bench.Inside.UseAsync<ImportService>(async imports =>
        {
            await using var content = File.OpenRead(file);
            id = await imports.UploadAsync(Path.GetFileName(file), content, content.Length, null, cancellationToken);
            await imports.SetPlanAsync(id, (await imports.GetAsync(id, cancellationToken))!.Plan, cancellationToken);
        }));
        var check = await Measure
            .OnceAsync(() => bench.Inside.UseAsync<ImportRunner>(runner => runner.CheckAsync(id, progress, cancellationToken)));
        var publish = await Measure.OnceAsync(async () =>
        {
            await bench.Inside.UseAsync<ImportService>(imports => imports.BeginPublishAsync(id, cancellationToken));
            await bench.Inside.UseAsync<ImportRunner>(runner => runner.PublishAsync(id, progress, cancellationToken));
        });
        details = await bench.Inside.UseAsync<ImportService, ImportDetails?>(imports => imports.GetAsync(id, cancellationToken));
        if (published is not null) await published();
        var undo = await Measure
            .OnceAsync(() =>
            bench.Inside.UseAsync<UndoService>(undoing => undoing.UndoAsync(details!.ChangeSetId!.Value, false, cancellationToken)));
        var rows = details!.Result!.Rows;
        var all = upload + check + publish;
        foreach (var (step, time) in new[] { ("upload", upload), ("check", check), ("publish", publish), ("undo", undo) })
            bench.Table.Add(new Result($"{Name}: {step}", 1) { Median = time, PerSecond = rows / time * 1000 });
        return (all, rows);
    }
}

/// <summary>A hundred thousand people with the names of the seed's, whom nobody knows yet.</summary>
internal sealed class ImportCustomers() : ImportWork("Import of 100,000 customers")
{
    private const int Rows = 100_000;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var file = Path.Combine(bench.Folder, "people.csv");
        await WriteAsync(bench, file);
        double bare = 0;
        var (time, rows) = await ImportAsync(bench, file, async () => bare = await InsertAsync(bench), cancellationToken);
        bench.Table.Add(new Result($"{Name}, upload to published", 1) { Median = time, PerSecond = rows / time * 1000, Bare = bare,
            Goal = Goal.PerSecond(20_000) });
    }

    private static async Task WriteAsync(Bench bench, string file)
    {
        var people = await bench.Bare.RowsAsync(FormattableString.Invariant(
            $"select c.\"GivenName\", c.\"FamilyName\", c.\"Language\", a.\"Line1\", a.\"City\", a.\"PostalCode\", a.\"Country\" from \"Customers\" c left join \"Addresses\" a on a.\"CustomerId\" = c.\"Id\" where c.\"DeletedAt\" is null order by c.\"Id\" limit {Rows}"));
        var run = Guid.NewGuid().ToString("N")[..8];
        await using var writer = new StreamWriter(file, false, new UTF8Encoding(false));
        await writer.WriteLineAsync("external_id,given_name,family_name,email,language,street,city,postal_code,country");
        for (var i = 0; i < Rows; i++)
        {
            var person = people[i % people.Count];
            var cells = new[] { $"{run}-{i}", person[0], person[1],
                string.Create(CultureInfo.InvariantCulture, $"person{i}.{run}@example.net"), person[2], person[3], person[4], person[5],
                person[6] };
            await writer.WriteLineAsync(string
                .Join(',', cells
                .Select(c => $"\"{Convert.ToString(c, CultureInfo.InvariantCulture)?.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")));
        }
    }

    /// <summary>
    /// Inserts as many customers with their addresses, of the same people, by plain statements in one transaction, and takes them back.
    /// </summary>
    private static async Task<double> InsertAsync(Bench bench)
    {
        var columns = await bench.Bare.ColumnsAsync("Customers");
        var (id, number) = (columns.ToList().IndexOf("Id"), columns.ToList().IndexOf("Number"));
        string[] empty = ["Email", "EmailKey", "Phone", "ExternalId"];
        var last = await bench.Bare.ScalarAsync<long>("select max(\"Id\") from \"Customers\"");
        var customers = await bench.Bare
            .RowsAsync(FormattableString.Invariant($"select * from \"Customers\" order by \"Id\" desc limit {Rows}"));
        foreach (var row in customers)
        {
            row[id] = Convert.ToInt64(row[id], CultureInfo.InvariantCulture) + last;
            row[number] = "B-" + row[id];
            foreach (var name in empty) row[columns.ToList().IndexOf(name)] = null;
        }

        var addressColumns = await bench.Bare.ColumnsAsync("Addresses");
        var (addressId, customerId) = (addressColumns.ToList().IndexOf("Id"), addressColumns.ToList().IndexOf("CustomerId"));
        var lastAddress = await bench.Bare.ScalarAsync<long>("select max(\"Id\") from \"Addresses\"");
        var addresses = await bench.Bare
            .RowsAsync(FormattableString.Invariant($"select * from \"Addresses\" where \"CustomerId\" > {last - Rows} order by \"Id\""));
        var known = customers.Select(r => (long)r[id]!).ToHashSet();
        foreach (var row in addresses)
        {
            row[addressId] = Convert.ToInt64(row[addressId], CultureInfo.InvariantCulture) + lastAddress;
            row[customerId] = Convert.ToInt64(row[customerId], CultureInfo.InvariantCulture) + last;
        }

        return await Measure.OnceAsync(async () =>
        {
            await using var transaction = await bench.Bare.Connection.BeginTransactionAsync();
            await bench.Bare.InsertAsync("Customers", columns, customers.AsEnumerable().Reverse(), transaction);
            await bench.Bare.InsertAsync("Addresses", addressColumns, addresses.Where(a => known.Contains((long)a[customerId]!)),
                transaction);
            await transaction.RollbackAsync();
        });
    }
}

/// <summary>A year of a real shop, where its file is there.</summary>
internal sealed class ImportOnlineRetail() : ImportWork("Import of Online Retail")
{
    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        string?[] folders = [Environment.GetEnvironmentVariable("CRM_TEST_DATA"), Path.Combine("..", "shared", "data")];
        var file = folders.OfType<string>().Select(f => Path.Combine(f, "online-retail", "online-retail.csv")).FirstOrDefault(File.Exists);
        if (file is null)
        {
            Console.Error
                .WriteLine($"{Name} is left out: CRM_TEST_DATA does not name a folder that holds online-retail/online-retail.csv.");
            return;
        }

        var (time, rows) = await ImportAsync(bench, file, null, cancellationToken);
        bench.Table.Add(new Result($"{Name}, upload to published ({rows:N0} lines)", 1) { Median = time, PerSecond = rows / time * 1000,
            Goal = Goal.Within(30) });
    }
}
