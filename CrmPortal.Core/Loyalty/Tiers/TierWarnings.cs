using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Core.Verification;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Loyalty;

/// <summary>
/// Warns of tiers that will be lost when the calendar year ends or old purchases leave the twelve months: the member of staff who
/// looks after the customer, and the customer themselves where they want such mails. Once for each coming loss: that it was warned of
/// is written down in the same transaction.
/// </summary>
internal sealed class TierWarnings(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, MailQueue mails,
    ICustomerLetters letters, TimeProvider clock, IOptions<ShopOptions> shop)
{
    private const string Prefix = "loyalty.tier-warned ";

    private LocalZone Zone => shop.Value.Zone;

    private DateOnly Today => Zone.DayOf(clock.GetUtcNow());

    /// <returns>How many of the customers were warned.</returns>
    internal async Task<int> WarnAsync(ProgrammeRules rules, List<long> customerIds, CancellationToken cancellationToken)
    {
        var horizon = Today.AddDays(rules.DowngradeWarningDays);
        // In any other case nothing tells before that a tier will be lost.
        if (rules.Downgrade == DowngradePolicy.Never || rules.TierWindow == TierWindow.Lifetime || rules.DowngradeWarningDays == 0)
            return 0;
        if (rules.TierWindow == TierWindow.CalendarYear && horizon.Year == Today.Year) return 0;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var losing = await LosingAsync(db, rules, customerIds, horizon, cancellationToken);
        if (losing.Count == 0) return 0;

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.LockCustomersAsync(db, [.. losing.Keys], cancellationToken);
        var names = losing.Keys.Select(Name).ToList();
        var warned = await db.Settings.Where(s => names.Contains(s.Name)).ToDictionaryAsync(s => s.Name, cancellationToken);
        var today = Written(Today);
        var open = losing.Where(l => !warned.TryGetValue(Name(l.Key), out var known) || string.CompareOrdinal(known.Value, today) < 0)
            .ToDictionary();
        if (open.Count == 0) return 0;
        var readers = await ReadersAsync(db, [.. open.Keys], cancellationToken);
        var count = 0;
        foreach (var (id, loss) in open)
        {
            if (warned.TryGetValue(Name(id), out var known)) known.Value = Written(loss.Day);
            else db.Settings.Add(new Setting { Name = Name(id), Value = Written(loss.Day) });
            if (!readers.TryGetValue(id, out var reader)) continue;
            count++;
            if (reader.AgentId is { } agent)
                db.Notifications
                    .Add(new Notification { UserId = agent, Kind = NotificationKind.TierEnds, CustomerId = id,
                    Text = $"{loss.Tier} · {Written(loss.Day)}", CreatedAt = clock.GetUtcNow() });
            if (reader.Email is not { } email) continue;
            var (subject, text) = letters.TierEnds(new(reader.Name, reader.Language), loss.Tier, loss.Next, loss.Day);
            mails.Add(db, email, subject, text);
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return count;
    }

    /// <summary>Forgets warnings whose day has come.</summary>
    internal async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var today = Written(Today);
#pragma warning disable CA1309 // The database compares, and days are digits.
        await db.Settings.Where(s => s.Name.StartsWith(Prefix) && string.Compare(s.Value, today) < 0).ExecuteDeleteAsync(cancellationToken);
#pragma warning restore CA1309
    }

    private async Task<Dictionary<long, Loss>> LosingAsync(CrmDbContext db, ProgrammeRules rules, List<long> customerIds, DateOnly horizon,
        CancellationToken cancellationToken)
    {
        var lowest = rules.Tiers[0].Code;
        var places = await db.Customers.Where(c => customerIds.Contains(c.Id) && c.DeletedAt == null && !c.IsTierGiven && c.Tier != null
            && c.Tier != lowest)
            .Select(c => new { c.Id, Place = new TierStatus(c.Tier, c.IsTierGiven, c.TierUntil) })
                .ToDictionaryAsync(c => c.Id, c => c.Place, cancellationToken);
        if (places.Count == 0) return [];
        var ids = places.Keys.ToList();
        var amounts = new TierAmounts(db, rules, shop.Value);
        var then = await amounts.OfAsync(ids, horizon, cancellationToken);
        ids = ids.FindAll(id => TierSteps.IndexOf(rules, rules.TierAt(then.GetValueOrDefault(id)).Code) < TierSteps
            .IndexOf(rules, places[id].Tier));
        if (ids.Count == 0) return [];
        var past = await new TierBook(db, Actor.System(""), shop.Value, clock.GetUtcNow()).PastAsync(ids, cancellationToken);
        var present = await amounts.OfAsync(ids, Today, cancellationToken);
        var leaving = (await amounts.LeavingAsync(ids, Today, horizon, cancellationToken)).ToLookup(c => c.CustomerId);
        var losing = new Dictionary<long, Loss>();
        foreach (var id in ids)
        {
            var step = TierSteps.Due(rules, places[id], then.GetValueOrDefault(id), past.GetValueOrDefault(id, TierHistory.None), horizon,
                clock.GetUtcNow());
            if (step is not { Cause: TierCause.Downgrade, To: var next }) continue;
            var day = DayOf(rules, amounts, places[id].Tier, present.GetValueOrDefault(id), leaving[id]) ?? horizon;
            losing[id] = new(rules.Tier(places[id].Tier)?.Name ?? places[id].Tier!, rules.Tier(next)!.Name, day);
        }

        return losing;
    }

    /// <summary>The first day on which the amount no longer reaches the tier.</summary>
    private DateOnly? DayOf(ProgrammeRules rules, TierAmounts amounts, string? tier, decimal amount, IEnumerable<TierContribution> leaving)
    {
        if (rules.TierWindow == TierWindow.CalendarYear) return new(Today.Year + 1, 1, 1);
        foreach (var day in leaving.GroupBy(c => LeavesOn(Zone.DayOf(c.At))))
        {
            amount -= day.Sum(c => amounts.Major(c.Amount));
            if (TierSteps.IndexOf(rules, rules.TierAt(amount).Code) < TierSteps.IndexOf(rules, tier)) return day.Key;
        }

        return null;
    }

    private static DateOnly LeavesOn(DateOnly day)
    {
        var leaves = day.AddYears(1);
        while (TierAmounts.FirstDay(TierWindow.RollingYear, leaves) <= day) leaves = leaves.AddDays(1);
        return leaves;
    }

    /// <summary>Who is told: the agent as long as they work here; the customer only where they may be written to and want it.</summary>
    private static async Task<Dictionary<long, Reader>> ReadersAsync(CrmDbContext db, List<long> ids,
        CancellationToken cancellationToken) =>
        await db.Customers.Where(c => ids.Contains(c.Id)).Select(c => new Reader
        {
            Id = c.Id,
            Name = c.DisplayName,
            Language = c.Language,
            AgentId = c.PreferredAgent!.DisabledAt == null ? c.PreferredAgentId : null,
            Email = c.Status == CustomerStatus.Active
                && db.Set<CommunicationPreference>()
                    .Any(p => p.CustomerId == c.Id && p.Channel == Channel.Email && p.Kind == MessageKind.Service
                && p.IsOptedIn) ? c.Email : null,
        }).ToDictionaryAsync(r => r.Id, cancellationToken);

    private static string Name(long customerId) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{customerId}");

    private static string Written(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed record Loss(string Tier, string Next, DateOnly Day);

    private sealed class Reader
    {
        public long Id { get; init; }
        public required string Name { get; init; }
        public required string Language { get; init; }
        public long? AgentId { get; init; }
        public string? Email { get; init; }
    }
}
