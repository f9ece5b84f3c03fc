using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Network;

/// <summary>The connections of customers.</summary>
public sealed class ConnectionService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    CustomerService customers, ISecretProtector secrets, ShopClock clock)
{
    public const int MostConnections = 20;

    /// <summary>Of the days of which the traffic is asked for.</summary>
    public const int MostDays = 92;

    private const string ChangeKind = "customer.connection";

    /// <summary>A customer's connections, the oldest first.</summary>
    public async Task<IReadOnlyList<ConnectionDetails>> ListAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await ConnectionReading.ListAsync(db, customerId, null, clock, grant, cancellationToken);
    }

    /// <summary>A connection of a customer, or null where there is none.</summary>
    public async Task<ConnectionDetails?> GetAsync(long customerId, long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await FindAsync(db, customerId, id, grant, cancellationToken);
    }

    /// <summary>What went through a connection on each day on which something did; null where there is no such connection.</summary>
    /// <exception cref="RuleViolationException">The days are none, or too many.</exception>
    public async Task<IReadOnlyList<UsageDay>?> UsageAsync(long customerId, long id, DateOnly from, DateOnly until,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        if (until < from || until.DayNumber - from.DayNumber >= MostDays)
            throw new RuleViolationException("Until", "Ask for 1 to {0} days.", MostDays);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (!await db.NetworkConnections.AnyAsync(c => c.Id == id && c.CustomerId == customerId && c.Customer!.DeletedAt == null,
            cancellationToken)) return null;
        return await db.NetworkUsages.Where(u => u.ConnectionId == id && u.Day >= from && u.Day <= until).OrderBy(u => u.Day)
            .Select(u => new UsageDay(u.Day, u.Down, u.Up, u.Seconds, u.Sessions)).ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Adds a connection, or changes the one with <paramref name="id"/>; null where there is no such customer or connection.
    /// </summary>
    /// <param name="expectedVersion">Where set, any change of the connection in between is a conflict.</param>
    /// <exception cref="RuleViolationException">A field is wrong, or the access name is taken.</exception>
    /// <exception cref="ConcurrencyConflictException">It was changed since <paramref name="expectedVersion"/>.</exception>
    public async Task<ConnectionSaved?> SaveAsync(long customerId, long? id, ConnectionInput input, CancellationToken cancellationToken,
        long? expectedVersion = null)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var errors = new List<FieldError>();
        var name = NetworkRules.AccessName(input.AccessName, errors);
        var reason = TextRules.Text(nameof(input.Reason), input.Reason, NetworkConnection.ReasonLength, errors).Value;
        if (input.Password is { } typed) NetworkRules.DemandPassword(typed, errors);
        if (string.IsNullOrWhiteSpace(input.Tariff)) errors.Add(new(nameof(input.Tariff), "Choose a tariff."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        var madeUp = id is null && input.Password is null ? NetworkRules.MakeUpPassword() : null;

        NetworkConnection? connection = null;
        var changed = await customers.ChangeAsync(grant, customerId, ChangeKind, Permissions.CustomersEdit, async (db, _) =>
        {
            connection = id is null ? null : await db.NetworkConnections.FirstOrDefaultAsync(c => c.Id == id && c.CustomerId == customerId,
                cancellationToken);
            if (id is not null && connection is null) return;
            Demand(connection, expectedVersion);
            var tariff = await TariffAsync(db, input.Tariff!, connection?.TariffId, cancellationToken);
            if (await db.NetworkConnections.AnyAsync(c => c.AccessName == name && c.Id != id, cancellationToken)) throw Taken();
            if (connection is null)
            {
                if (await db.NetworkConnections.CountAsync(c => c.CustomerId == customerId, cancellationToken) >= MostConnections)
                    throw new RuleViolationException("", "A customer can have at most {0} connections.", MostConnections);
                connection = new NetworkConnection { CustomerId = customerId, AccessName = name, CreatedAt = clock.Now };
                db.NetworkConnections.Add(connection);
            }

            (connection.TariffId, connection.AccessName) = (tariff, name);
            if ((input.Password ?? madeUp) is { } password)
                (connection.ProtectedPassword, connection.PasswordSetAt) = (secrets.Protect(NetworkRules.Purpose, password), clock.Now);
            if (input.IsSuspended) connection.Suspend(clock.Now, reason);
            else connection.Resume();
            await SaveAsync(db, cancellationToken);
        }, cancellationToken);
        return changed is null || connection is null ? null
            : await AnsweredAsync(connection, madeUp, changed.ChangeSetId, grant, cancellationToken);
    }

    /// <summary>Lets nobody in by a connection until it is resumed; who is online stays until the access server asks anew.</summary>
    /// <returns>Null where there is no such connection.</returns>
    /// <exception cref="RuleViolationException">The reason is too long.</exception>
    public async Task<ConnectionSaved?> SuspendAsync(long customerId, long id, string? reason, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var errors = new List<FieldError>();
        var why = TextRules.Text(nameof(ConnectionInput.Reason), reason, NetworkConnection.ReasonLength, errors).Value;
        if (errors.Count > 0) throw new RuleViolationException(errors);
        return await ChangeAsync(grant, customerId, id, c => c.Suspend(clock.Now, why), cancellationToken);
    }

    /// <summary>Ends a suspension; null where there is no such connection.</summary>
    public async Task<ConnectionSaved?> ResumeAsync(long customerId, long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        return await ChangeAsync(grant, customerId, id, c => c.Resume(), cancellationToken);
    }

    /// <summary>Gives a connection a password that is made up; null where there is no such connection.</summary>
    public async Task<ConnectionSaved?> RenewPasswordAsync(long customerId, long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var password = NetworkRules.MakeUpPassword();
        var saved = await ChangeAsync(grant, customerId, id, c => (c.ProtectedPassword, c.PasswordSetAt) =
            (secrets.Protect(NetworkRules.Purpose, password), clock.Now), cancellationToken);
        return saved is null ? null : saved with { Password = password };
    }

    /// <summary>Removes a connection with what went through it. Undone, it comes back without its password and its traffic.</summary>
    /// <returns>The change set, or null where there is no such connection.</returns>
    /// <exception cref="ConcurrencyConflictException">It was changed since <paramref name="expectedVersion"/>.</exception>
    public async Task<long?> RemoveAsync(long customerId, long id, long? expectedVersion, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        return (await ChangeAsync(grant, customerId, id, expectedVersion, (db, c) => db.NetworkConnections.Remove(c), cancellationToken))
            .ChangeSetId;
    }

    private async Task<ConnectionSaved?> ChangeAsync(Grant grant, long customerId, long id, Action<NetworkConnection> change,
        CancellationToken cancellationToken)
    {
        var (connection, changeSetId) = await ChangeAsync(grant, customerId, id, null, (_, c) => change(c), cancellationToken);
        return connection is null ? null : await AnsweredAsync(connection, null, changeSetId, grant, cancellationToken);
    }

    private async Task<(NetworkConnection? Connection, long? ChangeSetId)> ChangeAsync(Grant grant, long customerId, long id,
        long? expectedVersion, Action<CrmDbContext, NetworkConnection> change, CancellationToken cancellationToken)
    {
        NetworkConnection? connection = null;
        var changed = await customers.ChangeAsync(grant, customerId, ChangeKind, Permissions.CustomersEdit, async (db, _) =>
        {
            connection = await db.NetworkConnections.FirstOrDefaultAsync(c => c.Id == id && c.CustomerId == customerId, cancellationToken);
            if (connection is null) return;
            Demand(connection, expectedVersion);
            change(db, connection);
        }, cancellationToken);
        return (connection, connection is null ? null : changed?.ChangeSetId);
    }

    /// <summary>Of two who give different customers one access name at the same moment, the second is told so too.</summary>
    private async Task SaveAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) == "IX_NetworkConnections_AccessName")
        {
            throw Taken();
        }
    }

    private static RuleViolationException Taken() =>
        new(nameof(ConnectionInput.AccessName), "Another connection already has this access name.") { IsDuplicate = true };

    /// <summary>As it is now; null where somebody removed it in this moment.</summary>
    private async Task<ConnectionSaved?> AnsweredAsync(NetworkConnection connection, string? password, long? changeSetId, Grant grant,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var saved = await FindAsync(db, connection.CustomerId, connection.Id, grant, cancellationToken);
        return saved is null ? null : new(saved, password, changeSetId);
    }

    private async Task<ConnectionDetails?> FindAsync(CrmDbContext db, long customerId, long id, Grant grant,
        CancellationToken cancellationToken) =>
        await ConnectionReading.ListAsync(db, customerId, id, clock, grant, cancellationToken) is [var found] ? found : null;

    private static void Demand(NetworkConnection? connection, long? expectedVersion)
    {
        if (connection is not null && expectedVersion is { } version && version != connection.Version)
            throw new ConcurrencyConflictException([], connection.Version, null, null);
    }

    /// <summary>A tariff by its code; one that is no longer sold is kept by those who have it.</summary>
    private static async Task<long> TariffAsync(CrmDbContext db, string typed, long? present, CancellationToken cancellationToken)
    {
        var code = typed.Trim().ToLowerInvariant();
        var found = await db.TariffPlans.Where(t => t.Code == code).Select(t => new { t.Id, t.IsRetired })
            .FirstOrDefaultAsync(cancellationToken)
            ?? throw new RuleViolationException(nameof(ConnectionInput.Tariff), "There is no such tariff.");
        return found.IsRetired && found.Id != present
            ? throw new RuleViolationException(nameof(ConnectionInput.Tariff), "This tariff is no longer sold.") : found.Id;
    }
}
