using CrmPortal.Core.Loyalty;

namespace CrmPortal.Benchmarks.Works;

/// <summary>Points are earned and spent, as a till does: alone, and eight at a time.</summary>
internal sealed class Bookings() : Work("A booking of points")
{
    private const int Times = 200;
    private const int Callers = 8;
    private const int EarnedPoints = 1_000;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        var ids = bench.Facts.Ids;
        await LoyaltyTables.ClearAsync(bench.Bare);
        Task EarnAsync(int i) => bench.Portal.SendAsync(HttpMethod.Post, "/api/loyalty/earn",
            new { customer_id = ids[i % ids.Count], points = EarnedPoints, description = "Benchmark" }, cancellationToken);
        Task RedeemAsync(int i) => bench.Portal.SendAsync(HttpMethod.Post, "/api/loyalty/redeem",
            new { customer_id = ids[i % ids.Count], points = 1, description = "Benchmark" }, cancellationToken);

        var statements = await bench.Inside.Recorder
            .RecordAsync(() => bench.Inside.UseAsync<LedgerService>(ledger => ledger.BalanceAsync(ids[0], cancellationToken)));
        var earned = await Measure.EachAsync(Times, EarnAsync);
        bench.Table.Add(Result.Of($"{Name}: earned, over HTTP", earned) with { PerSecond = await Measure.PerSecondAsync(Callers, Times * 4,
            EarnAsync) });
        bench.Table.Add(Result.Of($"{Name}: spent, over HTTP", await Measure.EachAsync(Times, RedeemAsync)) with { PerSecond = await Measure
            .PerSecondAsync(Callers, Times * 4, RedeemAsync) });
        bench.Table.Add(Result.Of("The balance of a customer, as the screen reads it",
            await Measure
            .EachAsync(Times,
            i => bench.Inside.UseAsync<LedgerService>(ledger => ledger.BalanceAsync(ids[i % ids.Count], cancellationToken)))) with
        {
            Bare = await bench.Bare.MedianAsync(statements, Times),
        });
        await LoyaltyTables.ClearAsync(bench.Bare);
    }
}

/// <summary>The seeded customers have no points; what a work booked goes again with it.</summary>
internal static class LoyaltyTables
{
    public static async Task ClearAsync(BareDatabase bare)
    {
        foreach (var table in new[] { "LoyaltyLotUses", "LoyaltyLots", "LoyaltyEntries", "LoyaltyBookings", "LoyaltyAccounts" })
            await bare.ExecuteAsync($"delete from \"{table}\"");
        await bare.ExecuteAsync("""update "Customers" set "Points" = 0 where "Points" <> 0""");
    }
}
