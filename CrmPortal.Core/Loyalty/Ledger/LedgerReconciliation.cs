using System.Text.Json;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <summary>Something in the ledger that does not add up.</summary>
/// <param name="What">Which rule, as a key of the texts on screens.</param>
/// <param name="Id">The account, lot or customer that it is about.</param>
/// <param name="Kept">What is kept there.</param>
/// <param name="Reckoned">What it should be.</param>
public sealed record LedgerFault(string What, long Id, long Kept, long Reckoned);

/// <summary>The outcome of a proof.</summary>
/// <param name="Faults">The first of them; empty where all adds up.</param>
public sealed record LedgerProofResult(DateTimeOffset At, long Accounts, IReadOnlyList<LedgerFault> Faults);

/// <summary>
/// Proves that for every account the sum of its entries is what is left in its lots less its debt and is the balance that is kept,
/// that every lot holds what it was opened with less what was taken, and that customers' rows say the same.
/// </summary>
public sealed class LedgerReconciliation(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, TimeProvider clock)
{
    public const string Entries = "The balance of an account is not the sum of its entries.";
    public const string Lots = "The balance of an account is not what its batches hold less its debt.";
    public const string Uses = "What is left of a batch is not what it was opened with less what was used.";
    public const string Customers = "A customer's points do not match those of their accounts.";
    private const string Setting = "loyalty.proof";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <summary>Looks at everything, each rule at one instant, and keeps the outcome with the first hundred faults of each.</summary>
    public async Task<LedgerProofResult> RunAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ProgrammeEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.Database.SetCommandTimeout(Patience);
        var faults = new List<LedgerFault>();
        await FindAsync(Entries, """
            select a."Id" as "Id", a."Balance" as "Kept", cast(coalesce(e.points, 0) as bigint) as "Reckoned" from "LoyaltyAccounts" a
            left join (select "AccountId" as id, sum("Points") as points from "LoyaltyEntries" group by "AccountId") e on e.id = a."Id" where a."Balance" <> coalesce(e.points, 0)
            limit 100
            """);
        await FindAsync(Lots, """
            select a."Id" as "Id", a."Balance" as "Kept", cast(coalesce(l.points, 0) - a."Debt" as bigint) as "Reckoned" from "LoyaltyAccounts" a
            left join (select "AccountId" as id, sum("Remaining") as points from "LoyaltyLots" where "Remaining" > 0 group by "AccountId") l on l.id = a."Id" where a."Balance" <> coalesce(l.points, 0) - a."Debt"
            limit 100
            """);
        await FindAsync(Uses, """
            select l."Id" as "Id", l."Remaining" as "Kept", cast(l."Points" - coalesce(u.points, 0) as bigint) as "Reckoned" from "LoyaltyLots" l
            left join (select "LotId" as id, sum("Points") as points from "LoyaltyLotUses" group by "LotId") u on u.id = l."Id" where l."Remaining" <> l."Points" - coalesce(u.points, 0) or l."Remaining" < 0
            limit 100
            """);
        await FindAsync(Customers, """
            select c."Id" as "Id", c."Points" as "Kept", cast(coalesce(a.points, 0) as bigint) as "Reckoned" from "Customers" c
            left join (select "CustomerId" as id, sum("Balance") as points from "LoyaltyAccounts" group by "CustomerId") a on a.id = c."Id" where c."Points" <> coalesce(a.points, 0)
            limit 100
            """);
        var result = new LedgerProofResult(clock.GetUtcNow(), await db.LoyaltyAccounts.LongCountAsync(cancellationToken), faults);
        await KeepAsync(db, JsonSerializer.Serialize(result), cancellationToken);
        return result;

        async Task FindAsync(string what, string sql)
        {
            var found = await db.Database.SqlQueryRaw<FaultRow>(sql).ToListAsync(cancellationToken);
            faults.AddRange(found.Select(f => new LedgerFault(what, f.Id, f.Kept, f.Reckoned)));
        }
    }

    /// <summary>The outcome of the last proof, or null before the first.</summary>
    public async Task<LedgerProofResult?> LastAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var text = await db.Settings.Where(s => s.Name == Setting).Select(s => s.Value).FirstOrDefaultAsync(cancellationToken);
        return text is null ? null : JsonSerializer.Deserialize<LedgerProofResult>(text);
    }

    private static async Task KeepAsync(CrmDbContext db, string text, CancellationToken cancellationToken)
    {
        if (await db.Settings.Where(s => s.Name == Setting)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.Value, text), cancellationToken) > 0) return;
        db.Settings.Add(new Setting { Name = Setting, Value = text });
        await db.SaveWithoutRecordAsync(cancellationToken);
    }

    private sealed record FaultRow(long Id, long Kept, long Reckoned);
}

/// <summary>The nightly proof; a fault fails the job, so that it is seen, and is on the dashboard.</summary>
internal sealed class LedgerReconciliationJob(LedgerReconciliation proof) : IScheduledJob
{
    public const string Name = "loyalty.proof";

    public string Kind => Name;

    public string Cron => "0 4 * * *";

    public async Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        var result = await proof.RunAsync(cancellationToken);
        if (result.Faults.Count > 0) throw new RuleViolationException("", result.Faults[0].What);
    }
}
