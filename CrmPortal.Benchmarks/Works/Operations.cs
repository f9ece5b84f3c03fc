namespace CrmPortal.Benchmarks.Works;

/// <summary>The published program starts on the database that is there.</summary>
internal sealed class StartOnExisting() : Work("Start on an existing database")
{
    private const int Times = 3;

    public override bool IsAlone => true;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var taken = new List<double>();
        double? memory = null;
        for (var i = 0; i < Times; i++)
        {
            await using var portal = await Portal.StartAsync(bench.Program, cancellationToken);
            taken.Add(portal.ReadyAfter);
            memory = portal.Megabytes;
        }

        bench.Table.Add(Result.Of(FormattableString.Invariant($"{Name} (then {memory:0} MB)"), new(taken)) with { Goal = Goal.Within(3) });
    }
}

/// <summary>The figures of all customers are computed anew by the command.</summary>
internal sealed class Recalculate() : Work("Recalculate")
{
    public override bool IsAlone => true;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var time = await Measure.OnceAsync(() => bench.Program.CommandAsync(["recalculate"], cancellationToken));
        bench.Table.Add(new Result(FormattableString.Invariant($"{Name} ({bench.Facts.Orders:N0} orders)"), 1) { Median = time,
            PerSecond = bench.Facts.Customers / time * 1000 });
    }
}

/// <summary>Everything into one file, and back from it.</summary>
internal sealed class BackupAndRestore() : Work("Backup and restore")
{
    public override bool IsAlone => true;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var file = Path.Combine(bench.Folder, "all.backup");
        var backup = await Measure.OnceAsync(() => bench.Program.CommandAsync(["backup", file], cancellationToken));
        var size = FormattableString.Invariant($"{new FileInfo(file).Length / 1e6:N0} MB");
        bench.Table.Add(new Result($"Backup ({size})", 1) { Median = backup });

        // An embedded database goes to a new place; a server has one place for it.
        var program = bench.Options.IsPostgres
            ? bench.Program : bench.Program.With("--Database:DataFolder", Path.Combine(bench.Folder, "restored"));
        var restore = await Measure
            .OnceAsync(() => program.CommandAsync(bench.Options.IsPostgres ? ["restore", file, "--replace"] : ["restore", file],
            cancellationToken));
        bench.Table.Add(new Result("Restore", 1) { Median = restore });
        File.Delete(file);
    }
}
