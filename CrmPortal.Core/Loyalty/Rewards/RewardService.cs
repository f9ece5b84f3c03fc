using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Loyalty;

/// <summary>What is given for points, and to whom.</summary>
public sealed partial class RewardService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    TimeProvider clock, IOptions<ShopOptions> shop)
{
    public const long MostStock = 1_000_000_000;
    private const int MostRewards = 500;

    private LocalZone Zone => shop.Value.Zone;

    private DateOnly Today => Zone.DayOf(clock.GetUtcNow());

    /// <summary>The catalogue by name; archived rewards at the end where they are wanted.</summary>
    public async Task<IReadOnlyList<RewardDetails>> ListAsync(bool withArchived, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await Details(db, db.Rewards.Where(r => withArchived || !r.IsArchived).OrderBy(r => r.IsArchived).ThenBy(r => r.Name)
            .ThenBy(r => r.Id).Take(MostRewards)).ToListAsync(cancellationToken);
    }

    /// <summary>
    /// The catalogue as it is for one customer; null where there is no such customer. A customer who is signed in asks for themselves
    /// alone.
    /// </summary>
    public async Task<IReadOnlyList<RewardOffer>?> OffersAsync(long customerId, CancellationToken cancellationToken)
    {
        if (await access.FindForAsync(customerId, Permissions.CustomersView, cancellationToken) is null) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await LedgerQueries.BalanceAsync(db, customerId, clock.GetUtcNow(), cancellationToken) is not { } balance) return null;
        var rules = (await ProgrammeStore.CurrentAsync(db, clock.GetUtcNow(), cancellationToken)).Rules;
        var rewards = await db.Rewards.AsNoTracking().Where(r => !r.IsArchived).OrderBy(r => r.Price).ThenBy(r => r.Name).ThenBy(r => r.Id)
            .Take(MostRewards).ToListAsync(cancellationToken);
        return [.. rewards.Select(r => new RewardOffer(Details(r, 0), Refusal(r, rules, balance.Tier, balance.Current)))];
    }

    /// <summary>Adds a reward, or changes one.</summary>
    /// <param name="id">The reward, or null for a new one.</param>
    /// <param name="version">Where set, any change in between is a conflict; a redemption is one too, since it takes from the
    /// stock.</param>
    /// <returns>Null where there is no such reward.</returns>
    /// <exception cref="RuleViolationException">Something is wrong; each error names its field.</exception>
    /// <exception cref="ConcurrencyConflictException">Someone else changed it.</exception>
    public async Task<PartChangeResult<RewardDetails>?> SaveAsync(long? id, RewardInput input, long? version,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ProgrammeEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("reward.save", Permissions.ProgrammeEdit);
        var rules = (await ProgrammeStore.CurrentAsync(db, clock.GetUtcNow(), cancellationToken)).Rules;
        var errors = new List<FieldError>();
        var name = TextRules.Required(nameof(input.Name), input.Name, Reward.NameLength, "Name the reward.", errors);
        var text = TextRules.Text(nameof(input.Description), input.Description, Reward.DescriptionLength, errors).Value;
        if (input.Price is < 1 or > LedgerService.MostPoints)
            errors.Add(new(nameof(input.Price), "The price must be 1 to {0} points.", LedgerService.MostPoints));
        if (input.Stock is < 0 or > MostStock) errors.Add(new(nameof(input.Stock), "The stock must be 0 to {0}.", MostStock));
        if (input.From > input.Until) errors.Add(new(nameof(input.Until), "The last day cannot be before the first."));
        if (input.CodeDays is < 1 or > LedgerService.MostExpiryDays)
            errors.Add(new(nameof(input.CodeDays), "A code must be valid for 1 to {0} days.", LedgerService.MostExpiryDays));
        var tier = string.IsNullOrWhiteSpace(input.LowestTier) ? null : input.LowestTier.Trim();
        if (tier is not null && rules.Tier(tier) is null) errors.Add(new(nameof(input.LowestTier), "This tier does not exist."));
        if (errors.Count > 0) throw new RuleViolationException(errors);

        Reward? reward;
        if (id is null)
        {
            if (await db.Rewards.CountAsync(r => !r.IsArchived, cancellationToken) >= MostRewards)
                throw new RuleViolationException("", "There can be at most {0} rewards; archive some first.", MostRewards);
            db.Rewards.Add(reward = new Reward { Name = name });
        }
        else if ((reward = await db.Rewards.FirstOrDefaultAsync(r => r.Id == id, cancellationToken)) is null)
        {
            return null;
        }

        if (version is { } expected && id is not null && expected != reward.Version)
            throw new ConcurrencyConflictException([], reward.Version, null, null);
        (reward.Name, reward.Description, reward.Price, reward.Stock, reward.From, reward.Until, reward.LowestTier, reward.CodeDays) =
            (name, text, input.Price, input.Stock, input.From, input.Until, tier, input.CodeDays);
        return await SaveAsync(db, reward, cancellationToken);
    }

    /// <summary>Takes a reward out of the catalogue, or puts it back; codes that were given stay good.</summary>
    public async Task<PartChangeResult<RewardDetails>?> ArchiveAsync(long id, bool isArchived, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ProgrammeEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("reward.archive", Permissions.ProgrammeEdit);
        if (await db.Rewards.FirstOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } reward) return null;
        reward.IsArchived = isArchived;
        return await SaveAsync(db, reward, cancellationToken);
    }

    private static async Task<PartChangeResult<RewardDetails>> SaveAsync(CrmDbContext db, Reward reward,
        CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new ConcurrencyConflictException([], reward.Version, null, null);
        }

        return new(Details(reward, await db.RewardRedemptions.CountAsync(r => r.RewardId == reward.Id
            && r.State != RedemptionState.Cancelled, cancellationToken)), db.LastChangeSetId);
    }

    /// <summary>Why a customer cannot have a reward now; null where they can.</summary>
    private FieldError? Refusal(Reward reward, ProgrammeRules rules, string? tier, long points)
    {
        if (reward.IsArchived || reward.Until < Today) return new("", "This reward no longer exists.");
        if (reward.From > Today)
            return new("", "This reward is available from {0}.",
            reward.From.Value.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        if (reward.LowestTier is { } lowest && TierSteps.IndexOf(rules, tier) < TierSteps.IndexOf(rules, lowest))
            return new("", "This reward is for customers of the tier {0} and above.", rules.Tier(lowest)?.Name ?? lowest);
        if (reward.Stock is <= 0) return NoneLeft;
        return points < reward.Price ? LedgerBook.Insufficient().Errors[0] : null;
    }

    private static FieldError NoneLeft => new("", "This reward is out of stock.");

    private static IQueryable<RewardDetails> Details(CrmDbContext db, IQueryable<Reward> rewards) => rewards.Select(r => new RewardDetails(
        r.Id, r.Name, r.Description, r.Price, r.Stock, r.From, r.Until, r.LowestTier, r.CodeDays, r.IsArchived,
            db.Set<RewardRedemption>().Count(x => x.RewardId == r.Id && x.State != RedemptionState.Cancelled), r.Version));

    private static RewardDetails Details(Reward r, int redeemed) => new(r.Id, r.Name, r.Description, r.Price, r.Stock, r.From, r.Until,
        r.LowestTier, r.CodeDays, r.IsArchived, redeemed, r.Version);
}
