using System.Globalization;
using CrmPortal.Core.Analytics;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Segments;

namespace CrmPortal.Benchmarks.Works;

/// <summary>Scores of everybody, written back.</summary>
internal sealed class RfmOfAll() : Work("RFM of all customers")
{
    public override bool IsAlone => true;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        Task CalculateAsync() => bench.Inside.UseAsync<RfmService>(scores => scores.CalculateAsync(null, true, cancellationToken));
        bench.Table.Add(new Result($"{Name}: for the first time, each row written", 1)
            { Median = await Measure.OnceAsync(CalculateAsync) });
        bench.Table.Add(new Result($"{Name}: again, what changed is written", 1)
            { Median = await Measure.OnceAsync(CalculateAsync), Goal = Goal.Within(3) });
    }
}

/// <summary>Lifetime value of everybody: read, fitted, tried on the past, written back.</summary>
internal sealed class LifetimeValueOfAll() : Work("Lifetime value of all customers")
{
    public override bool IsAlone => true;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        Task CalculateAsync() => bench.Inside.UseAsync<LifetimeValueService>(values =>
            values.CalculateAsync(null, null, true, cancellationToken));
        bench.Table.Add(new Result($"{Name}: for the first time, each row written", 1)
            { Median = await Measure.OnceAsync(CalculateAsync) });
        bench.Table.Add(new Result($"{Name}: again", 1) { Median = await Measure.OnceAsync(CalculateAsync), Goal = Goal.Within(20) });
    }
}

/// <summary>The matrix of retention from the sums that are kept, and the same from the orders.</summary>
internal sealed class RetentionMatrixWork() : Work("Retention by months")
{
    private const int Times = 20;

    public override bool IsAlone => true;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        bench.Table.Add(new Result($"{Name}: the sums brought up to date", 1)
        {
            Median = await Measure.OnceAsync(() => bench.Inside.UseAsync<CohortKeeper>(keeper => keeper.RunAsync(cancellationToken))),
        });
        Task ReadAsync() => bench.Inside.UseAsync<RetentionService>(retention => retention.GetAsync(null, cancellationToken));
        var statements = await bench.Inside.Recorder.RecordAsync(ReadAsync);
        bench.Table.Add(Result.Of(Name, await Measure.EachAsync(Times, _ => ReadAsync())) with
            { Bare = await bench.Bare.MedianAsync(statements, Times), Goal = Goal.Within(1.5) });
    }
}

/// <summary>Revenue by month, as home shows it.</summary>
internal sealed class RevenueByMonth() : Work("Revenue by month")
{
    private const int Times = 20;

    public override bool IsAlone => true;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        bench.Table.Add(new Result($"{Name}: the days brought up to date", 1)
        {
            Median = await Measure.OnceAsync(() => bench.Inside.UseAsync<DayKeeper>(keeper => keeper.RunAsync(cancellationToken))),
        });
        Task ReadAsync() => bench.Inside.UseAsync<ShopOverviewService>(shop => shop.GetAsync(cancellationToken));
        var statements = await bench.Inside.Recorder.RecordAsync(ReadAsync);
        bench.Table.Add(Result.Of(Name, await Measure.EachAsync(Times, _ => ReadAsync())) with
            { Bare = await bench.Bare.MedianAsync(statements, Times), Goal = Goal.Within(0.2) });
    }
}

/// <summary>A segment: the count while it is written, and its members after customers changed.</summary>
internal sealed class SegmentWork() : Work("A segment of three conditions")
{
    private const int Times = 10;
    private const int Changed = 1_000;
    private const string Rules = "orders:more:3;spent:more:100;last_order:last:180";

    public override bool IsAlone => true;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        Task CountAsync() => bench.Inside.UseAsync<SegmentService>(segments => segments.PreviewAsync(Rules, cancellationToken));
        var statements = await bench.Inside.Recorder.RecordAsync(CountAsync);
        bench.Table.Add(Result.Of($"{Name}: the count while it is written", await Measure.EachAsync(Times, _ => CountAsync())) with
            { Bare = await bench.Bare.MedianAsync(statements, Times), Goal = Goal.Within(0.3) });
        var name = "Benchmark " + Guid.NewGuid().ToString("N");
        await bench.Inside.UseAsync<SegmentService>(segments => segments.SaveAsync(null, new(name, null, Rules), null, cancellationToken));
        bench.Table.Add(new Result($"{Name}: all members found for the first time", 1)
        {
            Median = await Measure.OnceAsync(() => bench.Inside.UseAsync<SegmentKeeper>(keeper => keeper.RunAsync(cancellationToken))),
        });
        var last = bench.Facts.Ids.Order().Skip(bench.Facts.Ids.Count / 2).First();
        await bench.Bare.ExecuteAsync(string.Create(CultureInfo.InvariantCulture,
            $"""update "Customers" set "TotalSpent" = "TotalSpent" + 1 where "Id" >= {last} and "Id" < {last + Changed}"""));
        bench.Table.Add(new Result($"{Name}: refreshed after 1,000 changed customers", 1)
        {
            Median = await Measure.OnceAsync(() => bench.Inside.UseAsync<SegmentKeeper>(keeper => keeper.RunAsync(cancellationToken))),
            Goal = Goal.Within(1),
        });
        await bench.Bare.ExecuteAsync(string.Create(CultureInfo.InvariantCulture,
            $"""update "Customers" set "TotalSpent" = "TotalSpent" - 1 where "Id" >= {last} and "Id" < {last + Changed}"""));
    }
}

/// <summary>
/// Edits of single customers while scores and lifetime values of everybody are calculated, beside edits with nothing else to do.
/// </summary>
internal sealed class EditsMeanwhile() : Work("Edits while everybody is calculated")
{
    private const int Times = 300;

    /// <summary>As people edit: not one after the other without a breath, which would measure only who gets the lock first.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public override bool IsAlone => true;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var ids = bench.Facts.Ids;
        var number = 0;
        async Task<double> EditAsync()
        {
            var i = number++;
            var changes = new CustomerChanges { Language = i / ids.Count % 2 == 0 ? "de" : "es" };
            var taken = await Measure.OnceAsync(() => bench.Inside.UseAsync<CustomerService>(customers =>
                customers.UpdateAsync(ids[i % ids.Count], changes, null, null, cancellationToken)));
            await Task.Delay(Pause, cancellationToken);
            return taken;
        }

        for (var i = 0; i < Times / 10; i++) await EditAsync();
        var idle = new List<double>();
        while (idle.Count < Times) idle.Add(await EditAsync());
        var alone = new Timing(idle);
        bench.Table.Add(Result.Of($"{Name}: nothing else to do", alone));
        // Another number of months than the last time, so that the forecast of everybody is written.
        var last = await bench.Inside.UseAsync<LifetimeValueService, ForecastAnalysis?>(v => v.AnalysisAsync(1, cancellationToken));
        var months = last?.Run.Months == 24 ? 12 : 24;
        Task[] works =
        [
            Task.Run(() => bench.Inside.UseAsync<RfmService>(scores => scores.CalculateAsync(null, true, cancellationToken)),
                cancellationToken),
            Task.Run(() => bench.Inside.UseAsync<LifetimeValueService>(values =>
                values.CalculateAsync(null, months, true, cancellationToken)), cancellationToken),
        ];
        var all = Task.WhenAll(works);
        var busy = new List<double>();
        while (!all.IsCompleted) busy.Add(await EditAsync());
        await all;
        bench.Table.Add(Result.Of(Name, new(busy)) with
        {
            Goal = new("≤ 2 × of idle", r => r.Median <= 2 * alone.Median && r.P95 <= 2 * alone.P95),
        });
    }
}
