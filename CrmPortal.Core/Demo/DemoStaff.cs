using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Demo;

/// <summary>A member of staff by whom something of the demo data was done.</summary>
/// <param name="Id">Null where there is no such user, as in a database without the demo accounts.</param>
internal sealed record DemoUser(long? Id, string Name);

/// <summary>The staff of the demo shop: anyone who holds each of the built-in roles.</summary>
internal sealed record DemoStaff(DemoUser Administrator, DemoUser Manager, DemoUser Agent, DemoUser Staff)
{
    /// <summary>The shop's own system, by which orders come in.</summary>
    public static DemoUser Shop { get; } = new(null, "Web shop");

    /// <summary>Those who have an account.</summary>
    public IReadOnlyList<(long Id, string Name)> All { get; } =
        [.. new[] { Administrator, Manager, Agent, Staff }.Where(u => u.Id is not null).Select(u => (u.Id!.Value, u.Name))];

    public static async Task<DemoStaff> FindAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var held = await db.UserRoles.Where(r => r.User!.DisabledAt == null && r.User.CustomerId == null).OrderBy(r => r.UserId)
            .Select(r => new { Role = r.Role!.Name, r.UserId, r.User!.DisplayName }).ToListAsync(cancellationToken);
        return new(Of(RoleNames.Administrator), Of(RoleNames.Manager), Of(RoleNames.SupportAgent), Of(RoleNames.Staff));

        DemoUser Of(string role) => held.Find(h => h.Role == role) is { } found ? new(found.UserId, found.DisplayName)
            : new(null, DemoCustomers.ActorName);
    }
}
