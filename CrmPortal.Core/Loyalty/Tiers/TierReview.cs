using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Loyalty;

/// <summary>
/// Goes through all members every night: raises who was not raised yet, ends what was given for a time, lowers by the policy, and
/// warns of what is coming. In batches, each of which stands by itself: it may be stopped, and run twice, at once on two nodes too.
/// </summary>
internal sealed class TierReview(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    TierWarnings warnings, TimeProvider clock, IOptions<ShopOptions> shop, ICurrentUser user)
    : IScheduledJob
{
    public const string Name = "loyalty.tiers";
    private const int BatchSize = 500;

    public string Kind => Name;

    public string Cron => "0 2 * * *";

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        ReviewAsync(progress, cancellationToken);

    internal async Task<TierReviewResult> ReviewAsync(IProgress<JobProgress>? progress, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ProgrammeEdit, cancellationToken);
        var result = new TierReviewResult(0, 0, 0, 0);
        long last = 0, total;
        LoyaltyProgramme programme;
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            programme = await ProgrammeStore.CurrentAsync(db, clock.GetUtcNow(), cancellationToken);
            total = await db.LoyaltyAccounts.Where(a => a.CustomerId != null).Select(a => a.CustomerId).Distinct()
                .LongCountAsync(cancellationToken);
        }

        while (true)
        {
            progress?.Report(new("Reviewing tiers", result.Members, total));
            cancellationToken.ThrowIfCancellationRequested();
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            var ids = await db.LoyaltyAccounts.Where(a => a.CustomerId > last).Select(a => a.CustomerId!.Value).Distinct().Order()
                .Take(BatchSize).ToListAsync(cancellationToken);
            if (ids.Count == 0) break;
            last = ids[^1];
            var due = (await DueAsync(db, programme.Rules, ids, cancellationToken)).Select(s => s.CustomerId).ToList();
            var steps = due.Count == 0 ? [] : await StepAsync(programme, due, cancellationToken);
            var warned = await warnings.WarnAsync(programme.Rules, ids, cancellationToken);
            var lowered = steps.Count(s => TierSteps.IndexOf(programme.Rules, s.To) < TierSteps.IndexOf(programme.Rules, s.From));
            result = new(result.Members + ids.Count, result.Raised + steps.Count - lowered, result.Lowered + lowered,
                result.Warned + warned);
        }

        await warnings.ForgetAsync(cancellationToken);
        progress?.Report(new("Reviewing tiers", total, total));
        return result;
    }

    /// <summary>Takes the steps under the customers' locks, worked out again from what is there then.</summary>
    private async Task<List<TierStep>> StepAsync(LoyaltyProgramme programme, List<long> ids, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("loyalty.tiers");
        await provider.LockCustomersAsync(db, ids, cancellationToken);
        var steps = await DueAsync(db, programme.Rules, ids, cancellationToken);
        await Book(db).WriteAsync(steps, programme.Id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return steps;
    }

    private async Task<List<TierStep>> DueAsync(CrmDbContext db, ProgrammeRules rules, List<long> ids, CancellationToken cancellationToken)
    {
        var book = Book(db);
        var places = await db.Customers.Where(c => ids.Contains(c.Id) && c.DeletedAt == null).OrderBy(c => c.Id)
            .Select(c => new { c.Id, Place = new TierStatus(c.Tier, c.IsTierGiven, c.TierUntil) }).ToListAsync(cancellationToken);
        var amounts = await new TierAmounts(db, rules, shop.Value).OfAsync(ids, book.Today, cancellationToken);
        var now = clock.GetUtcNow();
        var due = places.Where(p => Due(p.Id, p.Place, TierHistory.None) is not null).ToList();
        if (due.Count == 0) return [];
        // What was before bears only on steps down; most nights there are few.
        var past = await book.PastAsync(due.ConvertAll(p => p.Id), cancellationToken);
        return [.. due.Select(p => Due(p.Id, p.Place, past.GetValueOrDefault(p.Id, TierHistory.None))).OfType<TierStep>()];

        TierStep? Due(long id, TierStatus place, TierHistory before) =>
            TierSteps.Due(rules, place, amounts.GetValueOrDefault(id), before, book.Today, now) is { } step
                ? new(id, place.Tier, step.To, step.Cause) : null;
    }

    private TierBook Book(CrmDbContext db) => new(db, user.Actor, shop.Value, clock.GetUtcNow());
}
