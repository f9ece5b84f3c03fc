using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Account;

/// <summary>What this start has to tell anyone who started the program.</summary>
internal sealed class FirstStart
{
    /// <summary>The code of the set-up page, known only here and to anyone who reads it.</summary>
    public string? Code { get; set; }
}

/// <summary>Makes the roles that are missing; those that are there keep what administrators made of them.</summary>
internal sealed class RolesStep(IDatabaseProvider provider) : IStartUpStep
{
    public int Order => 10;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        var there = await db.Roles.Select(r => r.Name).ToListAsync(cancellationToken);
        db.Roles.AddRange(Permissions.DefaultRoles.Where(r => !there.Contains(r.Key))
            .Select(r => new Role { Name = r.Key, NormalizedName = User.Normalize(r.Key), IsBuiltIn = true, Permissions = [.. r.Value],
                AdjustmentLimit = Permissions.DefaultAdjustmentLimits.GetValueOrDefault(r.Key) }));
        if (db.ChangeTracker.HasChanges()) await db.SaveChangesAsync(cancellationToken);
    }
}

/// <summary>The accounts to try the portal with. They exist in Development only.</summary>
internal sealed class DemoAccountsStep(UserManager<User> users, CurrentUser currentUser, IHostEnvironment environment) : IStartUpStep
{
    public const string Password = "Demo-portal-2026";

    public static IReadOnlyList<(string Email, string Name, string Role)> Accounts { get; } =
    [
        ("admin@demo.example", "Ada Admin", RoleNames.Administrator),
        ("manager@demo.example", "Mona Manager", RoleNames.Manager),
        ("agent@demo.example", "Abel Agent", RoleNames.SupportAgent),
        ("staff@demo.example", "Stella Staff", RoleNames.Staff),
        ("customer@demo.example", "Carla Customer", RoleNames.Customer),
    ];

    public int Order => 20;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!environment.IsDevelopment()) return;
        currentUser.Set(Actor.System("Demo data"));
        foreach (var (email, name, role) in Accounts)
        {
            if (await users.FindByEmailAsync(email) is not null) continue;
            var user = new User { UserName = email, Email = email, EmailConfirmed = true, DisplayName = name };
            var made = await users.CreateAsync(user, Password);
            if (!made.Succeeded) throw new InvalidOperationException($"The demo account of {role} could not be made.");
            await users.AddToRoleAsync(user, role);
        }
    }
}

/// <summary>While there is no administrator, each start makes a new code that opens the set-up page once.</summary>
internal sealed class FirstAdministratorStep(IDatabaseProvider provider, FirstStart start) : IStartUpStep
{
    private const string SettingName = "setup.code";

    public int Order => 30;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        await db.Settings.Where(s => s.Name == SettingName).ExecuteDeleteAsync(cancellationToken);
        if (await HasAdministratorAsync(db, cancellationToken)) return;
        start.Code = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        db.Settings.Add(new Setting { Name = SettingName, Value = SessionService.Hash(start.Code) });
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Whether the code opens the set-up page at this moment.</summary>
    public static async Task<bool> IsOpenAsync(CrmDbContext db, string? code, CancellationToken cancellationToken)
    {
        if (code is null || await db.Settings.Where(s => s.Name == SettingName).Select(s => s.Value)
            .FirstOrDefaultAsync(cancellationToken) is not { } hash) return false;
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(SessionService.Hash(code)))
            && !await HasAdministratorAsync(db, cancellationToken);
    }

    /// <summary>Uses the code up; of two uses at once one succeeds.</summary>
    public static async Task<bool> UseAsync(CrmDbContext db, string code, CancellationToken cancellationToken)
    {
        var hash = SessionService.Hash(code);
        return await db.Settings.Where(s => s.Name == SettingName && s.Value == hash).ExecuteDeleteAsync(cancellationToken) == 1;
    }

    private static Task<bool> HasAdministratorAsync(CrmDbContext db, CancellationToken cancellationToken) =>
        db.UserRoles.AnyAsync(r => r.Role!.Name == RoleNames.Administrator, cancellationToken);
}

/// <summary>Prints, once the server listens, where it is and how to get in.</summary>
internal sealed class StartNotice(IHostApplicationLifetime lifetime, ServerAddress address, FirstStart start,
    IHostEnvironment environment) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Print);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // To the console and not to the log, which is kept and sent elsewhere.
    private void Print()
    {
        if (environment.IsDevelopment())
        {
            Console.WriteLine();
            Console.WriteLine($"CrmPortal is open at {address.Base}");
            Console.WriteLine($"Demo accounts (password {DemoAccountsStep.Password}):");
            foreach (var (email, _, role) in DemoAccountsStep.Accounts) Console.WriteLine($"  {email,-24} {role}");
            Console.WriteLine();
        }

        if (start.Code is { } code)
            Console.WriteLine(
            $"There is no administrator yet. Make the first one here (the link is good once): {address.Page("setup?code=" + code)}");
    }
}
