using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Loyalty;

/// <summary>
/// Plays the orders of all customers through a draft and through the version that holds. Orders from before the months that are
/// counted are played too as far as they bear on tiers. A run that is stopped leaves the last result as it was.
/// </summary>
internal sealed class WhatIfJob(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, LiabilityService figures,
    TimeProvider clock, IOptions<ShopOptions> shop) : IJobHandler
{
    public const string Name = "loyalty.what-if";
    private const int BatchSize = 400;
    private const int MostListed = 100;

    public string Kind => Name;

    public bool IsRepeatable => true;

    public async Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ProgrammeEdit, cancellationToken);
        var rate = await figures.ExpectedRateAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var active = await ProgrammeStore.CurrentAsync(db, clock.GetUtcNow(), cancellationToken);
        var draft = await db.LoyaltyProgrammes.AsNoTracking().FirstOrDefaultAsync(p => p.Id == subjectId, cancellationToken)
            ?? throw new RuleViolationException("", "This version no longer exists.");
        var months = (await WhatIfService.StoredAsync(db, subjectId, cancellationToken))?.Months ?? 12;
        var result = await RunAsync(draft, active, months, rate, progress, cancellationToken);
        var before = await WhatIfService.StoredAsync(db, subjectId, cancellationToken);
        await WhatIfService.KeepAsync(db, subjectId, new(before?.Months ?? months, result, draft.RulesJson), cancellationToken);
    }

    public Task EndedAsync(long subjectId, JobState state, string? fault, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<WhatIfResult> RunAsync(LoyaltyProgramme draft, LoyaltyProgramme active, int months, decimal rate,
        IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        var zone = shop.Value.Zone;
        var today = zone.DayOf(clock.GetUtcNow());
        var from = new DateOnly(today.Year, today.Month, 1).AddMonths(1 - months);
        var start = zone.StartOf(from);
        var (byDraft, byActive) = (draft.Rules, active.Rules);
        DateTimeOffset? first = byDraft.TierWindow == TierWindow.Lifetime || byActive.TierWindow == TierWindow.Lifetime
            ? null : zone.StartOf(from.AddYears(-1));
        var totals = Enumerable.Range(0, months).Select(i => new WhatIfMonth(from.AddMonths(i), 0, 0, 0)).ToArray();
        var moves = new SortedDictionary<(int From, int To), int>();
        var listed = new List<WhatIfCustomer>();
        var (buyers, last) = (0, 0L);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var all = await db.Orders.Where(o => o.CustomerId != null && Order.CountedStatuses.Contains(o.Status) && o.PlacedAt >= start)
            .Select(o => o.CustomerId).Distinct().LongCountAsync(cancellationToken);
        while (true)
        {
            progress.Report(new("Trying the draft", buyers, all));
            cancellationToken.ThrowIfCancellationRequested();
            var ids = await db.Orders.Where(o => o.CustomerId > last && Order.CountedStatuses.Contains(o.Status) && o.PlacedAt >= start)
                .Select(o => o.CustomerId!.Value).Distinct().Order().Take(BatchSize).ToListAsync(cancellationToken);
            if (ids.Count == 0) break;
            last = ids[^1];
            foreach (var buyer in await ReplayedBuyer.ReadAsync(db, ids, first, shop.Value, cancellationToken))
            {
                buyers++;
                var (draftPoints, _, draftTier) = new OrderReplay(byDraft, shop.Value, zone)
                    .Run(buyer.Orders, buyer.Refunds, buyer.Born, today);
                var (activePoints, _, activeTier) = new OrderReplay(byActive, shop.Value, zone)
                    .Run(buyer.Orders, buyer.Refunds, buyer.Born, today);
                for (var i = 0; i < buyer.Orders.Count; i++)
                {
                    if (buyer.Orders[i].PlacedAt < start) continue;
                    var day = zone.DayOf(buyer.Orders[i].PlacedAt);
                    var month = ((day.Year - from.Year) * 12) + day.Month - from.Month;
                    if (month < months)
                        totals[month] = totals[month] with { Orders = totals[month].Orders + 1, Draft = totals[month].Draft
                        + draftPoints[i], Active = totals[month].Active + activePoints[i] };
                }

                if (draftTier == activeTier) continue;
                var move = (TierSteps.IndexOf(byActive, activeTier), TierSteps.IndexOf(byDraft, draftTier));
                moves[move] = moves.GetValueOrDefault(move) + 1;
                if (listed.Count < MostListed)
                    listed.Add(new(buyer.Id, "", byActive.Tier(activeTier)!.Name, byDraft.Tier(draftTier)!.Name));
            }
        }

        return new(
            clock.GetUtcNow(), from, today, totals.Sum(m => m.Orders), buyers, rate, Side(draft, totals.Sum(m => m.Draft), rate),
                Side(active, totals.Sum(m => m.Active), rate), totals,
            [.. moves.Select(m => new WhatIfMove(byActive.Tiers[m.Key.From].Name, byDraft.Tiers[m.Key.To].Name, m.Value))], listed);
    }

    private WhatIfSide Side(LoyaltyProgramme programme, long points, decimal rate)
    {
        var full = points * programme.Rules.PointValue;
        return new(programme.Id, programme.Name, points, Money.ToMinor(full, shop.Value.Currency),
            Money.ToMinor(full * rate, shop.Value.Currency));
    }
}
