using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Reports;

/// <summary>Somebody with what they may do at the moment.</summary>
internal sealed record ReportReader(User User, IReadOnlySet<string> Permissions)
{
    public bool MaySee(IReport report) => User.DisabledAt is null && ReportCatalogue.Needed(report).All(Permissions.Contains);
}

/// <summary>The people to whom reports are mailed.</summary>
internal static class ReportReaders
{
    public static async Task<List<ReportReader>> FindAsync(CrmDbContext db, IReadOnlyCollection<long> userIds,
        CancellationToken cancellationToken)
    {
        if (userIds.Count == 0) return [];
        var users = await db.Users.AsNoTracking().Where(u => userIds.Contains(u.Id)).Include(u => u.Roles).ThenInclude(r => r.Role)
            .OrderBy(u => u.DisplayName).ThenBy(u => u.Id).ToListAsync(cancellationToken);
        return users.ConvertAll(u => new ReportReader(u, u.Roles.SelectMany(r => r.Role!.Permissions).ToHashSet()));
    }
}
