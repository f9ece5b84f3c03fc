using System.Linq.Expressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Network;

/// <summary>The catalogue of tariffs. A shop that has none sells no access, and sees nothing of it.</summary>
public sealed class TariffService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    IOptions<ShopOptions> shop)
{
    public const int MostTariffs = 200;

    private const string ChangeKind = "tariff.edit";

    /// <summary>Whether the shop sells access.</summary>
    public async Task<bool> IsUsedAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.TariffPlans.AnyAsync(cancellationToken);
    }

    /// <summary>The tariffs by name, those that are sold first.</summary>
    public async Task<IReadOnlyList<TariffDetails>> ListAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return [.. (await db.TariffPlans.OrderBy(t => t.IsRetired).ThenBy(t => t.Name).ThenBy(t => t.Id).Take(MostTariffs).Select(Row(db))
            .ToListAsync(cancellationToken)).Select(Details)];
    }

    /// <summary>A tariff, or null where there is none.</summary>
    public async Task<TariffDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await DetailsAsync(db, id, cancellationToken);
    }

    /// <summary>Adds a tariff.</summary>
    /// <exception cref="RuleViolationException">A field is wrong, the code is taken, or there are too many.</exception>
    public async Task<PartChangeResult<TariffDetails>> CreateAsync(TariffInput input, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TariffsEdit, cancellationToken);
        var tariff = Checked(input);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await db.TariffPlans.CountAsync(cancellationToken) >= MostTariffs)
            throw new RuleViolationException("", "There can be {0} tariffs.", MostTariffs);
        db.BeginChangeSet(ChangeKind, Permissions.TariffsEdit);
        db.TariffPlans.Add(tariff);
        await SaveAsync(db, cancellationToken);
        return new((await DetailsAsync(db, tariff.Id, cancellationToken))!, db.LastChangeSetId);
    }

    /// <summary>Changes a tariff; who is online is told with the next sign-in.</summary>
    /// <returns>Null where there is none with this key.</returns>
    /// <exception cref="RuleViolationException">A field is wrong, or the code is taken.</exception>
    /// <exception cref="ConcurrencyConflictException">Somebody changed it since <paramref name="version"/>.</exception>
    public async Task<PartChangeResult<TariffDetails>?> ChangeAsync(long id, TariffInput input, long? version,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TariffsEdit, cancellationToken);
        var wanted = Checked(input);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet(ChangeKind, Permissions.TariffsEdit);
        if (await db.TariffPlans.FirstOrDefaultAsync(t => t.Id == id, cancellationToken) is not { } tariff) return null;
        if (version is { } expected && expected != tariff.Version)
            throw new ConcurrencyConflictException([], tariff.Version, null, null);
        (tariff.Code, tariff.Name, tariff.DownKbps, tariff.UpKbps) = (wanted.Code, wanted.Name, wanted.DownKbps, wanted.UpKbps);
        (tariff.MonthlyPrice, tariff.Currency, tariff.IsRetired) = (wanted.MonthlyPrice, wanted.Currency, wanted.IsRetired);
        (tariff.SessionSeconds, tariff.IdleSeconds, tariff.Attributes) = (wanted.SessionSeconds, wanted.IdleSeconds, wanted.Attributes);
        await SaveAsync(db, cancellationToken);
        return new((await DetailsAsync(db, id, cancellationToken))!, db.LastChangeSetId);
    }

    /// <summary>Removes a tariff that no connection has.</summary>
    /// <returns>The change set, or null where there is no such tariff.</returns>
    /// <exception cref="RuleViolationException">Connections have it.</exception>
    /// <exception cref="ConcurrencyConflictException">Somebody changed it since <paramref name="version"/>.</exception>
    public async Task<long?> RemoveAsync(long id, long? version, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TariffsEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet(ChangeKind, Permissions.TariffsEdit);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.LockAsync<TariffPlan>(db, [id], cancellationToken);
        if (await db.TariffPlans.FirstOrDefaultAsync(t => t.Id == id, cancellationToken) is not { } tariff) return null;
        if (version is { } expected && expected != tariff.Version)
            throw new ConcurrencyConflictException([], tariff.Version, null, null);
        if (await db.NetworkConnections.AnyAsync(c => c.TariffId == id, cancellationToken))
            throw new RuleViolationException("", "Connections have this tariff; say that it is no longer sold instead.")
            {
                IsRefusal = true,
            };
        db.TariffPlans.Remove(tariff);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return db.LastChangeSetId;
    }

    private TariffPlan Checked(TariffInput input)
    {
        var errors = new List<FieldError>();
        var tariff = NetworkRules.Checked(input, shop.Value, errors);
        return errors.Count > 0 ? throw new RuleViolationException(errors) : tariff;
    }

    private async Task SaveAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            throw new RuleViolationException(nameof(TariffInput.Code), "Another tariff already has this code.") { IsDuplicate = true };
        }
    }

    private static async Task<TariffDetails?> DetailsAsync(CrmDbContext db, long id, CancellationToken cancellationToken) =>
        await db.TariffPlans.Where(t => t.Id == id).Select(Row(db)).FirstOrDefaultAsync(cancellationToken) is { } row ? Details(row) : null;

    private static Expression<Func<TariffPlan, Counted>> Row(CrmDbContext db) =>
        t => new(t, db.Set<NetworkConnection>().Count(c => c.TariffId == t.Id));

    private static TariffDetails Details(Counted row)
    {
        var t = row.Tariff;
        return new(t.Id, t.Code, t.Name, t.DownKbps, t.UpKbps, Money.ToDecimal(t.MonthlyPrice, t.Currency), t.Currency, t.SessionSeconds,
            t.IdleSeconds, AccessAttributes.Lines(t.Attributes), t.IsRetired, row.Connections, t.Version);
    }

    private sealed record Counted(TariffPlan Tariff, int Connections);
}
