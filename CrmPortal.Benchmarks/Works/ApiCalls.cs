using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Benchmarks.Works;

/// <summary>
/// Eight programs at the API at once, and eight at a bare endpoint that runs the same statements, in turn: a page of the list, a search,
/// and points that are earned. A customer that is opened is measured so by <see cref="OpenCustomer"/>.
/// </summary>
internal sealed class ApiCalls() : Work("The API, eight at a time")
{
    private const int Callers = 8;
    private const int Rounds = 4;
    private const int Limit = 20;

    /// <summary>What list and search must reach of the bare endpoint's rate.</summary>
    private const double Share = 0.4;

    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(5);

    /// <summary>What one booking of earned points writes, by the tables of its newest rows.</summary>
    private static readonly string[] Written =
        ["ChangeSets", "AuditEntries", "LoyaltyBookings", "LoyaltyEntries", "LoyaltyLots", "OutboxEvents"];

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var word = bench.Facts.ThreeLetters;
        await BesideAsync(bench, "list", new(), i => bench.Portal.GetAsync($"/api/customers?limit={Limit}", cancellationToken),
            cancellationToken);
        await BesideAsync(bench, "search by three letters", new(word), i => bench.Portal.SendAsync(HttpMethod.Post,
            "/api/customers/search", new { search = word, limit = Limit }, cancellationToken), cancellationToken);
        await EarnAsync(bench, cancellationToken);
    }

    private async Task BesideAsync(Bench bench, string name, CustomerQuery query, Func<int, Task> oursAsync,
        CancellationToken cancellationToken)
    {
        // Both are warm; what the program keeps between two lists is kept here as well.
        await ReadAsync();
        var recorded = await bench.Inside.Recorder.RecordAsync(ReadAsync);
        await using var endpoint = await BareEndpoint.StartAsync(bench, [await SessionAsync(bench), .. recorded], -1, false,
            cancellationToken);
        await InTurnAsync(bench, name, oursAsync, _ => endpoint.GetAsync(0, cancellationToken), Share);

        Task ReadAsync() => bench.Inside.UseAsync<CustomerFinder>(async finder =>
        {
            var count = await finder.CountAsync(query, null, cancellationToken);
            await finder.ListAsync(query, new PageRequest(1, Limit) { Total = count.Rows }, cancellationToken);
        });
    }

    /// <summary>The bare endpoint copies, in one transaction, the rows that one booking wrote, and raises the customer's points.</summary>
    private async Task EarnAsync(Bench bench, CancellationToken cancellationToken)
    {
        var ids = bench.Facts.Ids;
        await LoyaltyTables.ClearAsync(bench.Bare);
        Task OursAsync(int i) => bench.Portal.SendAsync(HttpMethod.Post, "/api/loyalty/earn",
            new { customer_id = ids[i % ids.Count], points = 10, description = "Benchmark" }, cancellationToken);
        await OursAsync(0);
        var copies = new List<Statement> { await SessionAsync(bench) };
        foreach (var table in Written)
        {
            var newest = await bench.Bare.ScalarAsync<long>($"select max(\"Id\") from \"{table}\"");
            var columns = string.Join(", ", (await bench.Bare.ColumnsAsync(table)).Where(c => c != "Id").Select(c => $"\"{c}\""));
            copies.Add(Plain(bench, $"insert into \"{table}\" ({columns}) select {columns} from \"{table}\" where \"Id\" = @value",
                newest));
        }

        copies.Add(Plain(bench,
            """update "Customers" set "Points" = "Points" + 10, "Version" = "Version" + 1 where "Id" = @value""", ids[0]));
        await using (var endpoint = await BareEndpoint.StartAsync(bench, copies, ids[0], true, cancellationToken))
            await InTurnAsync(bench, "points earned", OursAsync, i => endpoint.GetAsync(ids[i % ids.Count], cancellationToken), null);
        await LoyaltyTables.ClearAsync(bench.Bare);
    }

    private async Task InTurnAsync(Bench bench, string name, Func<int, Task> oursAsync, Func<int, Task> bareAsync, double? share)
    {
        (Timing Timing, double Rate) ours = (new([0]), 0), bare = ours;
        for (var round = 0; round < Rounds; round++)
        {
            if (await Measure.TogetherAsync(Callers, oursAsync, RoundTime) is var one && one.Rate > ours.Rate) ours = one;
            if (await Measure.TogetherAsync(Callers, bareAsync, RoundTime) is var other && other.Rate > bare.Rate) bare = other;
        }

        bench.Table.Add(Result.Of($"{Name}: {name}", ours.Timing) with
        {
            PerSecond = ours.Rate, Bare = bare.Timing.Median, Goal = share is { } part ? Goal.PerSecond(bare.Rate * part) : null,
        });
        bench.Table.Add(Result.Of($"{Name}: {name}, a bare endpoint with the same statements", bare.Timing) with { PerSecond = bare.Rate });
    }

    private static async Task<Statement> SessionAsync(Bench bench) => Plain(bench, LiveSessions.ByToken,
        await bench.Bare.ScalarAsync<string>(
            """select "AccessTokenHash" from "Sessions" where "AccessTokenHash" is not null order by "Id" desc limit 1"""));

    private static Statement Plain(Bench bench, string sql, object value) =>
        new(sql, [bench.Bare.Command(sql, ("@value", value)).Parameters[0]]);
}
