using System.Globalization;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Support;

/// <summary>Makes users and roles in the database of a test, whatever program runs on it.</summary>
internal static class TestUsers
{
    private static int _count;

    /// <summary>Creates a user with the role; a default role that is not there yet is created with its permissions.</summary>
    public static async Task<User> CreateAsync(IServiceProvider services, string role, IReadOnlyList<string>? permissions = null)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("tests"));
        await using var db = await scope.ServiceProvider.GetRequiredService<IDbContextFactory<CrmDbContext>>().CreateDbContextAsync();
        var normalized = role.ToUpperInvariant();
        var found = await db.Roles.FirstOrDefaultAsync(r => r.NormalizedName == normalized);
        if (found is null)
        {
            db.Roles.Add(found = new Role
            {
                Name = role, NormalizedName = normalized, IsBuiltIn = Permissions.DefaultRoles.ContainsKey(role),
                Permissions = [.. permissions ?? Permissions.DefaultRoles[role]], AdjustmentLimit = Permissions.DefaultAdjustmentLimits
                    .GetValueOrDefault(role),
            });
            await db.SaveChangesAsync();
        }

        var number = Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
        var email = $"user{number}@test.example";
        var user = new User
        {
            UserName = email, NormalizedUserName = email.ToUpperInvariant(), Email = email, NormalizedEmail = email.ToUpperInvariant(),
                EmailConfirmed = true,
            DisplayName = $"User {number}", SecurityStamp = Guid.NewGuid().ToString("N"),
            CreatedAt = scope.ServiceProvider.GetRequiredService<TimeProvider>().GetUtcNow(),
        };
        db.Users.Add(user);
        await db.SaveChangesAsync();
        db.UserRoles.Add(new UserRole { UserId = user.Id, RoleId = found.Id });
        await db.SaveChangesAsync();
        db.ChangeTracker.Clear();
        return user;
    }

    /// <summary>Signs a user in with a session of a browser.</summary>
    public static async Task<Actor> SignInAsync(IServiceProvider services, User user)
    {
        await using var scope = services.CreateAsyncScope();
        var session = await scope.ServiceProvider.GetRequiredService<SessionService>()
            .StartBrowserAsync(user, "127.0.0.1", "tests", CancellationToken.None);
        return new(user.Id, user.DisplayName, session, ActorOrigin.Browser, "127.0.0.1");
    }
}
