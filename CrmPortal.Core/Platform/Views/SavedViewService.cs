using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Views;

public sealed record SavedViewDetails(long Id, string Name, string Query, bool IsShared, bool IsDefault, bool IsMine);

/// <summary>Saved views of lists: a user's own and those that others share.</summary>
public sealed class SavedViewService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    TimeProvider clock)
{
    public const int NameLength = 60;
    public const int QueryLength = 4000;
    private const int MostViews = 200;

    /// <summary>The views that the acting user may open, by name.</summary>
    public async Task<IReadOnlyList<SavedViewDetails>> ListAsync(string list, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(PermissionOf(list), cancellationToken);
        var me = grant.Actor.UserId;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.SavedViews.Where(v => v.List == list && (v.OwnerId == me || v.IsShared)).OrderBy(v => v.Name).ThenBy(v => v.Id)
            .Take(MostViews)
            .Select(v => new SavedViewDetails(v.Id, v.Name, v.Query, v.IsShared, v.IsDefault && v.OwnerId == me, v.OwnerId == me))
                .ToListAsync(cancellationToken);
    }

    /// <summary>Saves a view; one of the same name of one's own is replaced.</summary>
    /// <exception cref="RuleViolationException">The name is missing or too long, or there are too many views.</exception>
    public async Task<SavedViewDetails> SaveAsync(string list, string? name, string query, bool isShared, bool isDefault,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(PermissionOf(list), cancellationToken);
        var me = grant.Actor.UserId ?? throw new SignedOutException();
        var errors = new List<FieldError>();
        var checkedName = TextRules.Required("Name", name, NameLength, "A view needs a name.", errors);
        if (query.Length > QueryLength) errors.Add(new("Name", "This filter is too long to be saved."));
        if (StoredText.IsUnstorable(query)) errors.Add(new("Name", "This contains a character that cannot be stored."));
        if (errors.Count > 0) throw new RuleViolationException(errors);

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var own = await db.SavedViews.Where(v => v.List == list && v.OwnerId == me).ToListAsync(cancellationToken);
        var view = own.FirstOrDefault(v => v.Name == checkedName);
        if (view is null)
        {
            if (own.Count >= MostViews) throw new RuleViolationException("Name", "You can have at most {0} views.", MostViews);
            db.SavedViews
                .Add(view = new SavedView { List = list, Name = checkedName, OwnerId = me, Query = query, CreatedAt = clock.GetUtcNow() });
        }

        view.Query = query;
        view.IsShared = isShared;
        if (isDefault) own.ForEach(v => v.IsDefault = false);
        view.IsDefault = isDefault;
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            throw new RuleViolationException("Name", "You have just saved a view with this name in another window.");
        }

        await transaction.CommitAsync(cancellationToken);
        return new(view.Id, view.Name, view.Query, view.IsShared, view.IsDefault, true);
    }

    /// <summary>Removes one of one's own views.</summary>
    public async Task<bool> RemoveAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.SavedViews.Where(v => v.Id == id && v.OwnerId == grant.Actor.UserId).ExecuteDeleteAsync(cancellationToken) > 0;
    }

    /// <summary>Who may see a list may keep views of it.</summary>
    private static string PermissionOf(string list) => list switch
    {
        "orders" => Permissions.OrdersView,
        "tickets" => Permissions.TicketsWork,
        _ => Permissions.CustomersView,
    };
}
