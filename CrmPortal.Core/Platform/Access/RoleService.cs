using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Access;

/// <summary>Roles and what they may do. A change counts from the next action of everyone who holds the role.</summary>
public sealed class RoleService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access)
{
    public const int LongestName = 60;

    private const string Stale = "Someone else has changed this role in the meantime. Reload the page.";

    /// <summary>Permissions that the Administrator role must keep, because no one else could grant them.</summary>
    public static IReadOnlyList<string> KeptByAdministrator { get; } = [Permissions.UsersManage, Permissions.SettingsEdit];

    /// <summary>All roles, the built-in ones first.</summary>
    public async Task<IReadOnlyList<RoleRow>> ListAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.UsersManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Roles.AsNoTracking().OrderByDescending(r => r.IsBuiltIn).ThenBy(r => r.IsBuiltIn ? "" : r.Name).ThenBy(r => r.Id)
            .Select(r => new RoleRow(r.Id, r.Name, r.IsBuiltIn, r.Permissions, db.UserRoles.Count(u => u.RoleId == r.Id), r.Version))
                .ToListAsync(cancellationToken);
    }

    /// <summary>Makes a role.</summary>
    /// <exception cref="RuleViolationException">The name is missing, too long or taken, or a permission is unknown.</exception>
    public async Task<long> CreateAsync(string name, IReadOnlyCollection<string> permissions, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.UsersManage, cancellationToken);
        var errors = new List<FieldError>();
        var typed = (name ?? "").Trim();
        if (typed.Length == 0) errors.Add(new("Name", "Enter a name."));
        else if (typed.Length > LongestName) errors.Add(new("Name", "Use at most {0} characters.", LongestName));
        else if (StoredText.IsUnstorable(typed) || typed.Any(char.IsControl))
            errors.Add(new("Name", "The name contains characters that cannot be stored."));
        CheckPermissions(permissions, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("role.create");
        var role = new Role { Name = typed, NormalizedName = User.Normalize(typed), Permissions = Ordered(permissions) };
        db.Roles.Add(role);
        await SaveAsync(db, cancellationToken);
        return role.Id;
    }

    /// <summary>Changes what roles may do: all of them, or none where one cannot be changed.</summary>
    /// <exception cref="RuleViolationException">A permission is unknown, somebody else has changed or deleted one of the roles, or the
    /// Administrator role would lose what it must keep.</exception>
    public async Task SaveAsync(IReadOnlyCollection<RoleChange> changes, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.UsersManage, cancellationToken);
        var errors = new List<FieldError>();
        foreach (var change in changes) CheckPermissions(change.Permissions, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        var ids = changes.Select(c => c.Id).ToList();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var roles = await db.Roles.Where(r => ids.Contains(r.Id)).ToDictionaryAsync(r => r.Id, cancellationToken);
        db.BeginChangeSet("role.edit");
        foreach (var change in changes)
        {
            if (!roles.TryGetValue(change.Id, out var role) || role.Version != change.Version) throw new RuleViolationException("", Stale);
            if (role.Name == RoleNames.Administrator && KeptByAdministrator.Any(p => !change.Permissions.Contains(p)))
                throw new RuleViolationException("Permissions", "The Administrator role must be able to manage users and settings.");
            if (role.Name == RoleNames.Customer && change.Permissions.Count > 0)
                throw new RuleViolationException("Permissions", "The Customer role cannot have staff permissions.");
            role.Permissions = Ordered(change.Permissions);
        }

        await SaveAsync(db, cancellationToken);
    }

    /// <summary>Deletes a role that nobody holds.</summary>
    /// <returns>False when there is no such role.</returns>
    /// <exception cref="RuleViolationException">The role is built in or in use.</exception>
    public async Task<bool> DeleteAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.UsersManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.Roles.FirstOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } role) return false;
        if (role.IsBuiltIn) throw new RuleViolationException("", "Built-in roles cannot be deleted.");
        if (await db.UserRoles.AnyAsync(u => u.RoleId == id, cancellationToken))
            throw new RuleViolationException("", "Users still have this role. Give them another one first.");
        db.BeginChangeSet("role.delete");
        db.Roles.Remove(role);
        await SaveAsync(db, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static void CheckPermissions(IReadOnlyCollection<string> permissions, List<FieldError> errors)
    {
        foreach (var unknown in permissions.Except(Permissions.All)) errors.Add(new("Permissions", "There is no permission {0}.", unknown));
    }

    private static List<string> Ordered(IReadOnlyCollection<string> permissions) => [.. Permissions.All.Where(permissions.Contains)];

    private async Task SaveAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new RuleViolationException("", Stale);
        }
        catch (DbUpdateException fault) when (provider.ViolatedUniqueIndex(fault) is not null)
        {
            throw new RuleViolationException([new("Name", "A role with this name already exists.")]) { IsDuplicate = true };
        }
    }
}
