using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Overview;

/// <summary>How many customers there are of which kind, as of now.</summary>
/// <param name="NewThisMonth">Whose record was made in this month of the shop.</param>
/// <param name="New">Active, no VIP, and new as <see cref="CustomerKinds"/> has it.</param>
/// <param name="Regular">All other active ones who are no VIP.</param>
public sealed record CustomerStats(int All, int Active, int Vip, int Blocked, int NewThisMonth, int New, int Regular);

/// <summary>What one customer's orders and points come to.</summary>
/// <param name="Points">Those that can be spent now.</param>
public sealed record StatsOfCustomer(OrderFigures Orders, long Points, string? Tier);

/// <summary>Counts customers for programs, each count along an index.</summary>
public sealed class CustomerStatsService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, ProfileAccessLog readings,
    ShopClock clock)
{
    /// <exception cref="AccessDeniedException">The acting user may not see figures of the shop.</exception>
    public async Task<CustomerStats> GetAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var (month, recent) = (clock.StartOf(clock.ThisMonth), clock.NewSince());
        var present = db.Customers.Where(c => c.DeletedAt == null);
        var active = await present.CountAsync(c => c.Status == CustomerStatus.Active, cancellationToken);
        var activeVip = await present.CountAsync(c => c.IsVip && c.Status == CustomerStatus.Active, cancellationToken);
        var isNew = await present.CountAsync(c => c.CreatedAt >= recent && c.Status == CustomerStatus.Active && !c.IsVip,
            cancellationToken);
        return new(await present.CountAsync(cancellationToken), active, await present.CountAsync(c => c.IsVip, cancellationToken),
            await present.CountAsync(c => c.Status == CustomerStatus.Blocked, cancellationToken),
            await present.CountAsync(c => c.CreatedAt >= month, cancellationToken), isNew, active - activeVip - isNew);
    }

    /// <returns>Null where there is no such customer.</returns>
    public async Task<StatsOfCustomer?> OfCustomerAsync(long customerId, CancellationToken cancellationToken)
    {
        if (await access.FindForAsync(customerId, Permissions.CustomersView, cancellationToken) is not { } grant) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.Customers.Where(c => c.Id == customerId && c.DeletedAt == null)
            .Select(c => new StatsOfCustomer(new(c.OrderCount, c.TotalSpent, c.AverageOrder, c.FirstOrderAt, c.LastOrderAt), 0, c.Tier))
            .FirstOrDefaultAsync(cancellationToken);
        if (found is null) return null;
        if (!grant.IsOwner) readings.Add(grant.Actor, customerId);
        var points = await LedgerQueries.SpendableAsync(db, [customerId], clock.Now, cancellationToken);
        return found with { Points = points.GetValueOrDefault(customerId) };
    }
}
