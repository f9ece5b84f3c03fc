using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Notifications;

/// <summary>Something that a member of staff should see.</summary>
/// <param name="CustomerName">Null where it is about no customer, or they are gone.</param>
public sealed record NotificationDetails(long Id, NotificationKind Kind, long? CustomerId, string? CustomerName, string ActorName,
    string Text, DateTimeOffset CreatedAt, bool IsRead, long? TicketId = null);

/// <summary>What the acting user should see, and whose customers they follow.</summary>
public sealed class NotificationService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, TimeProvider clock)
{
    public const int MostCounted = 99;
    private const int MostListed = 50;

    /// <summary>One's own, newest first.</summary>
    public async Task<IReadOnlyList<NotificationDetails>> ListAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        var maySee = grant.Has(Permissions.CustomersSensitive);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.Notifications.AsNoTracking().Where(n => n.UserId == grant.Actor.UserId).OrderByDescending(n => n.Id)
            .Take(MostListed).ToListAsync(cancellationToken);
        var ids = found.Select(n => n.CustomerId).OfType<long>().Distinct().ToList();
        var customers = grant.Has(Permissions.CustomersView)
            ? await db.Customers.AsNoTracking().Where(c => ids.Contains(c.Id) && c.DeletedAt == null)
                .ToDictionaryAsync(c => c.Id, c => CustomerQueries.Shown(c, maySee), cancellationToken)
            : [];
        return [.. found
            .Select(n => new NotificationDetails(n.Id, n.Kind, n.CustomerId, n.CustomerId is { } id
            ? customers.GetValueOrDefault(id) : null, n.ActorName, Text(n), n.CreatedAt, n.ReadAt is not null, n.TicketId))];

        // A document's name is for who may see documents, whoever looks after the customer, and what a ticket is about for agents.
        string Text(Notification n) => (n.Kind == NotificationKind.DocumentExpires && !grant.Has(Permissions.DocumentsView))
            || (n.TicketId is not null && !grant.Has(Permissions.TicketsWork)) ? "" : n.Text;
    }

    /// <summary>How many are new; counting stops at <see cref="MostCounted"/>.</summary>
    public async Task<int> CountUnreadAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Notifications.Where(n => n.UserId == grant.Actor.UserId && n.ReadAt == null).OrderBy(n => n.Id).Take(MostCounted)
            .CountAsync(cancellationToken);
    }

    /// <summary>Marks one's own as read: one, or all.</summary>
    public async Task MarkReadAsync(long? id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        var now = clock.GetUtcNow();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.Notifications.Where(n => n.UserId == grant.Actor.UserId && n.ReadAt == null && (id == null || n.Id == id))
            .ExecuteUpdateAsync(n => n.SetProperty(x => x.ReadAt, now), cancellationToken);
    }

    public async Task<bool> IsFollowingAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.CustomerFollowers.AnyAsync(f => f.CustomerId == customerId && f.UserId == grant.Actor.UserId, cancellationToken);
    }

    /// <summary>Lets the acting user hear of a customer's changes, or no longer.</summary>
    public async Task FollowAsync(long customerId, bool isFollowing, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        if (grant.Actor.UserId is not { } userId) return;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (!isFollowing)
        {
            await db.CustomerFollowers.Where(f => f.CustomerId == customerId && f.UserId == userId).ExecuteDeleteAsync(cancellationToken);
            return;
        }

        if (!await db.Customers.AnyAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken)
            || await db.CustomerFollowers.AnyAsync(f => f.CustomerId == customerId && f.UserId == userId, cancellationToken)) return;
        db.CustomerFollowers.Add(new CustomerFollower { CustomerId = customerId, UserId = userId });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            // Two clicks at once: the other made the row. Where it is not there, the fault is another.
            db.ChangeTracker.Clear();
            if (!await db.CustomerFollowers.AnyAsync(f => f.CustomerId == customerId && f.UserId == userId, cancellationToken)) throw;
        }
    }

    /// <summary>The members of staff who can be named or made responsible, by name.</summary>
    public async Task<IReadOnlyList<(long Id, string Name)>> ColleaguesAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var users = await db.Users.Where(u => u.DisabledAt == null && u.CustomerId == null).OrderBy(u => u.DisplayName).ThenBy(u => u.Id)
            .Take(500).Select(u => new { u.Id, u.DisplayName, u.UserName }).ToListAsync(cancellationToken);
        return [.. users.Select(u => (u.Id, u.DisplayName.Length > 0 ? u.DisplayName : u.UserName))];
    }
}
