using System.Runtime.InteropServices;
using System.Text;
using CrmPortal.Benchmarks;

// The other end of a measurement, which this program starts by itself.
if (args is [BareEndpoint.Word, var service])
{
    await BareEndpoint.ServeAsync(service);
    return 0;
}

BenchmarkOptions options;
try
{
    options = BenchmarkOptions.Parse(args);
}
catch (FormatException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    Console.Error.WriteLine(BenchmarkOptions.Help);
    return 2;
}

using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

var scratch = Directory.CreateTempSubdirectory("crmportal-benchmarks-").FullName;
try
{
    var program = options.Program ?? Path.Combine(scratch, "program");
    if (options.Program is null) await PublishedProgram.PublishAsync(program, stop.Token);
    if (options.Against is { } against)
    {
        var compared = await new Comparison(options, against, scratch).RunAsync(program, stop.Token);
        Console.WriteLine(compared);
        if (options.Out is { } place) await File.WriteAllTextAsync(place, compared, stop.Token);
        return 0;
    }

    var tables = new List<ResultTable>();
    for (var i = 0; i < options.Customers.Count; i++)
        tables.Add(await new BenchmarkRun(options, program, options.Data ?? Path.Combine(scratch, "data"), options.Customers[i],
            options.OrdersOf(i)).RunAsync(stop.Token));

    var text = new StringBuilder().AppendJoin(Environment.NewLine, tables.Select(t => t.ToMarkdown()));
    for (var i = 1; i < tables.Count; i++) text.AppendLine().Append(ResultTable.Growth(tables[0], tables[i]));
    Console.WriteLine(text);
    if (options.Out is { } file) await File.WriteAllTextAsync(file, text.ToString(), stop.Token);
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped.");
    return 1;
}
catch (Exception fault)
{
    Console.Error.WriteLine(fault);
    return 1;
}
finally
{
    Directory.Delete(scratch, recursive: true);
}
