using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Benchmarks.Works;

/// <summary>Opening a customer: over HTTP, and what the page's services read.</summary>
internal sealed class OpenCustomer() : Work("Open a customer")
{
    private const int Times = 500;
    private const int Callers = 8;
    private const int Rounds = 4;
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(6);

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var ids = bench.Facts.Ids;
        Task GetAsync(long id) => bench.Inside.UseAsync<CustomerService>(customers => customers.GetAsync(id, cancellationToken));
        async Task PageAsync(long id)
        {
            await GetAsync(id);
            await bench.Inside.UseAsync<NoteService>(notes => notes.ListAsync(id, new(), cancellationToken));
            await bench.Inside.UseAsync<HistoryService>(history => history.ForCustomerAsync(id, null, 20, cancellationToken));
        }

        var bare = await bench.Bare.MedianAsync(await bench.Inside.Recorder.RecordAsync(() => GetAsync(ids[0])), Times);
        Task HttpAsync(int i) => bench.Portal.GetAsync(FormattableString.Invariant($"/api/customers/{ids[i % ids.Count]}"),
            cancellationToken);
        bench.Table.Add(Result.Of($"{Name}: over HTTP", await Measure.EachAsync(Times, HttpAsync)) with
        {
            Bare = bare,
            Goal = Goal.P95(5),
            PerSecond = await Measure.PerSecondAsync(Callers, Times * 4, HttpAsync),
        });
        await BesideBareEndpointAsync(bench, HttpAsync, cancellationToken);
        bare = await bench.Bare.MedianAsync(await bench.Inside.Recorder.RecordAsync(() => PageAsync(ids[0])), Times);
        bench.Table.Add(Result.Of($"{Name}: record, notes and history, as the page reads them",
            await Measure.EachAsync(Times, i => PageAsync(ids[i % ids.Count]))) with { Bare = bare });
    }

    /// <summary>
    /// Eight callers at our endpoint and at a bare one that runs the same statements, in turn: who asks, whether the customer was merged,
    /// the record, the shop's own fields.
    /// </summary>
    private async Task BesideBareEndpointAsync(Bench bench, Func<int, Task> oursAsync, CancellationToken cancellationToken)
    {
        var ids = bench.Facts.Ids;
        var recorded = await bench.Inside.Recorder.RecordAsync(async () =>
        {
            await bench.Inside.UseAsync<CustomerService>(customers => customers.GetAsync(ids[0], cancellationToken));
            await bench.Inside.UseAsync<CustomFieldService>(fields => fields.OfCustomerAsync(ids[0], cancellationToken));
        });
        // These two go past the recorder.
        var token = await bench.Bare.ScalarAsync<string>(
            "select \"AccessTokenHash\" from \"Sessions\" where \"AccessTokenHash\" is not null order by \"Id\" desc limit 1");
        Statement[] plain = [Plain(LiveSessions.ByToken, token), Plain(MergedCustomers.IsMerged, ids[0])];
        await using var endpoint = await BareEndpoint.StartAsync(bench, [.. plain, .. recorded], ids[0], false, cancellationToken);
        Task BareAsync(int i) => endpoint.GetAsync(ids[i % ids.Count], cancellationToken);
        double ours = 0, bare = 0;
        for (var round = 0; round < Rounds; round++)
        {
            ours = Math.Max(ours, await Measure.PerSecondAsync(Callers, int.MaxValue, oursAsync, RoundTime));
            bare = Math.Max(bare, await Measure.PerSecondAsync(Callers, int.MaxValue, BareAsync, RoundTime));
        }

        bench.Table.Add(new Result($"{Name}: over HTTP, eight callers, at best of {Rounds} rounds", Rounds)
        {
            PerSecond = ours, Goal = Goal.PerSecond(bare / 2),
        });
        bench.Table.Add(new Result($"{Name}: a bare endpoint with the same statements, in turn", Rounds) { PerSecond = bare });

        Statement Plain(string sql, object value) => new(sql, [bench.Bare.Command(sql, ("@value", value)).Parameters[0]]);
    }
}

/// <summary>One field of one customer is changed, with everything that is written with it.</summary>
internal sealed class EditCustomer() : Work("One edit")
{
    private const int Times = 200;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var ids = bench.Facts.Ids;
        var bare = await Measure.EachAsync(Times, async i =>
        {
            await using var command = bench.Bare.Command(
                "update \"Customers\" set \"Language\" = @language, \"Version\" = \"Version\" + 1 where \"Id\" = @id",
                    ("@language", i % 2 == 0 ? "fr" : "it"), ("@id", ids[i % ids.Count]));
            await command.ExecuteNonQueryAsync(cancellationToken);
        });
        bench.Table.Add(Result.Of(Name, await Measure.EachAsync(Times, i =>
            bench.Portal.SendAsync(HttpMethod.Patch, FormattableString.Invariant($"/api/customers/{ids[i % ids.Count]}"),
                new { language = i % 2 == 0 ? "de" : "es" }, cancellationToken))) with
        {
            Bare = bare.Median,
            Goal = Goal.P95(15),
        });
    }
}

/// <summary>A new customer, with the check whether e-mail and phone are taken; alone, and eight at a time.</summary>
internal sealed class CreateCustomer() : Work("Create a customer")
{
    private const int Times = 200;
    private const int Callers = 8;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var made = new System.Collections.Concurrent.ConcurrentBag<long>();
        var run = Guid.NewGuid().ToString("N");
        async Task CreateAsync(string kind, int i)
        {
            var body = new { first_name = "Benita", last_name = "Benchmark",
                email = string.Create(CultureInfo.InvariantCulture, $"{kind}{i}.{run}@example.net") };
            made.Add((await bench.Portal.SendAsync(HttpMethod.Post, "/api/customers", body, cancellationToken)).GetProperty("id")
                .GetInt64());
        }

        var bare = await InsertAsync(bench, cancellationToken);
        var alone = await Measure.EachAsync(Times, i => CreateAsync("alone", i));
        bench.Table.Add(Result.Of($"{Name}, with duplicate check", alone) with { Bare = bare, Goal = Goal.P95(15) });
        var rate = await Measure.PerSecondAsync(Callers, Times * 4, i => CreateAsync("together", i));
        bench.Table.Add(new Result($"{Name}, eight at a time", Times * 4) { PerSecond = rate, Goal = Goal.PerSecond(300) });
        foreach (var id in made)
        {
            await bench.Inside.UseAsync<CustomerTrash>(trash => trash.DeleteAsync(id, cancellationToken));
            await bench.Inside.UseAsync<CustomerTrash>(trash => trash.PurgeAsync(id, cancellationToken));
        }
    }

    /// <summary>Copies of one row, each in a transaction of its own, indexes and search included.</summary>
    private static async Task<double> InsertAsync(Bench bench, CancellationToken cancellationToken)
    {
        var own = new Dictionary<string, string> { ["Number"] = "@number", ["Email"] = "null", ["EmailKey"] = "null", ["Phone"] = "null",
            ["ExternalId"] = "null" };
        var columns = (await bench.Bare.ColumnsAsync("Customers")).Where(c => c != "Id").ToList();
        var sql = $"insert into \"Customers\" ({string.Join(", ", columns.Select(c => $"\"{c}\""))}) select {string.Join(", ", columns.Select(c => own.GetValueOrDefault(c, $"\"{c}\"")))} from \"Customers\" where \"Id\" = @id";
        var timing = await Measure.EachAsync(Times, async i =>
        {
            await using var command = bench.Bare.Command(sql, ("@number", FormattableString.Invariant($"BENCHMARK-{i}")),
                ("@id", bench.Facts.Ids[0]));
            await command.ExecuteNonQueryAsync(cancellationToken);
        });
        await bench.Bare.ExecuteAsync("delete from \"Customers\" where \"Number\" like 'BENCHMARK-%'");
        return timing.Median;
    }
}

/// <summary>A tag is put on ten thousand customers and taken off again by undo.</summary>
internal sealed class BulkEdit() : Work("Bulk edit")
{
    private const int Most = 10_000;
    private const int WarmUp = 1_000;

    public override bool IsAlone => true;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var rows = await bench.Bare
            .RowsAsync(FormattableString
            .Invariant($"select \"Id\" from \"Customers\" where \"DeletedAt\" is null order by \"Id\" limit {Most}"));
        List<long> ids = [.. rows.Select(r => Convert.ToInt64(r[0], CultureInfo.InvariantCulture))];
        // A server that has been up for a while has translated what it runs.
        await UndoAsync(await EditAsync(ids[..Math.Min(WarmUp, ids.Count)]));
        var done = 0L;
        var edit = await Measure.OnceAsync(async () => done = await EditAsync(ids));
        var undo = await Measure.OnceAsync(() => UndoAsync(done));
        bench.Table.Add(new Result(FormattableString.Invariant($"{Name} of {ids.Count:N0} customers"), 1) { Median = edit,
            PerSecond = ids.Count / edit * 1000 });
        bench.Table.Add(new Result(FormattableString.Invariant($"{Name} of {ids.Count:N0} customers, with undo"), 1) { Median = edit + undo,
            PerSecond = ids.Count / (edit + undo) * 1000, Goal = Goal.Within(10) });

        async Task<long> EditAsync(List<long> customers) =>
            (await bench.Inside
                .UseAsync<CustomerBulkService, BulkResult>(bulk =>
                bulk.RunAsync(new(customers, null), new(BulkActionKind.AddTag, "benchmark"), null, cancellationToken))).ChangeSetId!.Value;

        Task UndoAsync(long changeSet) =>
            bench.Inside.UseAsync<UndoService>(undoing => undoing.UndoAsync(changeSet, false, cancellationToken));
    }
}
