using System.Data.Common;
using System.Globalization;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Jobs;

namespace CrmPortal.Benchmarks.Works;

/// <summary>Every customer has points that ran out, as after a year in which nobody looked.</summary>
internal sealed class PointsExpiry() : Work("Expiry of points")
{
    private const int GoalCustomers = 1_000_000;
    private const double GoalSeconds = 30;

    public override bool IsAlone => true;

    public override async Task RunAsync(Bench bench, CancellationToken cancellationToken)
    {
        await LoyaltyTables.ClearAsync(bench.Bare);
        // A server that has been up for a while has translated what it runs.
        await ExpireAsync(bench);
        await MakeAsync(bench.Bare);
        var accounts = await bench.Bare.ScalarAsync<int>("select count(*) from \"LoyaltyAccounts\"");
        double bare;
        await using (var transaction = await bench.Bare.Connection.BeginTransactionAsync(cancellationToken))
        {
            bare = await Measure.OnceAsync(() => ExpireAsync(bench.Bare, transaction));
            await transaction.RollbackAsync(cancellationToken);
        }

        ExpiryResult expired = new(0, 0);
        var taken = await Measure.OnceAsync(async () => expired = await ExpireAsync(bench));
        if (expired.Lots != accounts) throw new InvalidOperationException($"Of {accounts} lots {expired.Lots} were booked.");
        bench.Table.Add(new Result(string.Create(CultureInfo.InvariantCulture, $"{Name} of {accounts:N0} customers"), 1)
        {
            Median = taken, PerSecond = accounts / taken * 1000, Bare = bare, Goal = accounts >= GoalCustomers
                ? Goal.Within(GoalSeconds) : null,
        });
        await LoyaltyTables.ClearAsync(bench.Bare);
    }

    private static Task<ExpiryResult> ExpireAsync(Bench bench) =>
        bench.Inside.UseAsync<ExpiryService, ExpiryResult>(expiry =>
        expiry.RunAsync((IProgress<JobProgress>?)null, CancellationToken.None));

    private static async Task MakeAsync(BareDatabase bare)
    {
        foreach (var statement in new[]
        {
            """insert into "LoyaltyAccounts" ("CustomerId", "OpenedForId", "OpenedAt", "Balance", "Debt") select "Id", "Id", "CreatedAt", 100, 0 from "Customers" order by "Id" """,
            """insert into "LoyaltyBookings" ("At", "ActorName", "Reason") select min("CreatedAt"), '', 'Benchmark' from "Customers" """,
            """insert into "LoyaltyEntries" ("BookingId", "AccountId", "Kind", "Points", "BalanceAfter", "At") select (select max("Id") from "LoyaltyBookings"), "Id", 'Earned', 100, 100, "OpenedAt" from "LoyaltyAccounts" order by "Id" """,
            """insert into "LoyaltyLots" ("AccountId", "EntryId", "Points", "Remaining", "UsableAt", "ExpiresAt") select "AccountId", "Id", 100, 100, "At", "At" from "LoyaltyEntries" order by "Id" """,
            """update "Customers" set "Points" = 100""",
        }) await bare.ExecuteAsync(statement);
    }

    /// <summary>The same rows in one transaction, by one statement a table.</summary>
    private static async Task ExpireAsync(BareDatabase bare, DbTransaction transaction)
    {
        foreach (var statement in new[]
        {
            """
            insert into "LoyaltyEntries" ("BookingId", "AccountId", "Kind", "Points", "BalanceAfter", "At", "ExpiredLotId")
            select (select max("Id") from "LoyaltyBookings"), "AccountId", 'Expired', -"Remaining", 0, "ExpiresAt", "Id" from "LoyaltyLots" where "Remaining" > 0
            """,
            """insert into "LoyaltyLotUses" ("LotId", "EntryId", "Points") select "ExpiredLotId", "Id", -"Points" from "LoyaltyEntries" where "Kind" = 'Expired'""",
            """update "LoyaltyLots" set "Remaining" = 0""",
            """update "LoyaltyAccounts" set "Balance" = 0""",
            """update "Customers" set "Points" = 0""",
        })
        {
            await using var command = bare.Command(statement);
            command.Transaction = transaction;
            await command.ExecuteNonQueryAsync();
        }
    }
}
