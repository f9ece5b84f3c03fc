using CrmPortal.Account;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Data;

/// <summary>Accounts from before Identity's tables are there with all that signs them in.</summary>
public sealed class AccountMigrationTests
{
    private const string Key = "JBSWY3DPEHPK3PXP";
    private static readonly byte[] Credential = [1, 2, 3, 4];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Migrate_FromTheTablesBefore_KeepsWhatSignsSomebodyIn(DatabaseKind kind)
    {
        await using var database = await TestDatabase.CreateEmptyAsync(kind);
        var protection = new EphemeralDataProtectionProvider();
        await using (var db = database.CreateProvider().CreateContext(null))
        {
            await db.GetService<IMigrator>().MigrateAsync("PartVersions", Token);
            await FillAsync(db, kind, protection.CreateProtector("authenticator key").Protect(Key));
        }

        await database.CreateProvider().PrepareAsync(Token);

        await using var data = TestServices.On(database, new TestClock(), services =>
        {
            services.AddSingleton<IDataProtectionProvider>(protection);
            services.AddIdentityCore<User>().AddUserStore<UserStore>();
        });
        await using var system = data.AsSystem();
        var users = system.Get<UserManager<User>>();
        var user = (await users.FindByEmailAsync("ada@example.com"))!;
        Assert.True(await users.CheckPasswordAsync(user, "a sentence that is long"));
        Assert.True(user.TwoFactorEnabled);
        Assert.Equal((Key, 1), (await users.GetAuthenticatorKeyAsync(user), await users.CountRecoveryCodesAsync(user)));
        Assert.True((await users.RedeemTwoFactorRecoveryCodeAsync(user, "ABCDE-12345")).Succeeded);
        Assert.False((await users.RedeemTwoFactorRecoveryCodeAsync(user, "ABCDE-12345")).Succeeded);
        Assert.Equal(["Manager"], await users.GetRolesAsync(user));
        Assert.Equal("Phone", Assert.Single(await users.GetPasskeysAsync(user)).Name);
        Assert.Equal(user.Id, (await users.FindByPasskeyIdAsync(Credential))!.Id);
        Assert.Null(await users.GetAuthenticatorKeyAsync((await users.FindByEmailAsync("bea@example.com"))!));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Migrate_BackAndForth_KeepsTheKeyOfTheApp(DatabaseKind kind)
    {
        await using var database = await TestDatabase.CreateEmptyAsync(kind);
        await using var db = database.CreateProvider().CreateContext(null);
        var migrator = db.GetService<IMigrator>();
        await migrator.MigrateAsync("PartVersions", Token);
        await FillAsync(db, kind, "cipher");

        await migrator.MigrateAsync("IdentityStore", Token);
        Assert.Equal("cipher", (await db.UserTokens.SingleAsync(Token)).Value);
        await migrator.MigrateAsync("PartVersions", Token);

        const string Keys = """select "AuthenticatorKey" as "Value" from "Users" where "AuthenticatorKey" is not null""";
        Assert.Equal(["cipher"], await db.Database.SqlQueryRaw<string>(Keys).ToListAsync(Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Store_KeepsTokensEncrypted_AndSavesOneAuditRow(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind, services =>
        {
            services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
            services.AddIdentityCore<User>().AddUserStore<UserStore>();
        });
        await using var system = data.AsSystem();
        var users = system.Get<UserManager<User>>();
        Assert.True((await users.CreateAsync(new User { UserName = "ada", Email = "ada@example.com" }, "A-sentence-1")).Succeeded);
        var (mine, stale) = ((await users.FindByNameAsync("ada"))!, (await users.FindByNameAsync("ada"))!);

        await users.ResetAuthenticatorKeyAsync(mine);
        mine.DisplayName = "Ada";
        Assert.True((await users.UpdateAsync(mine)).Succeeded);
        stale.DisplayName = "Somebody";
        var refused = await users.UpdateAsync(stale);

        Assert.Equal(nameof(IdentityErrorDescriber.ConcurrencyFailure), Assert.Single(refused.Errors).Code);
        Assert.Equal("Ada", (await users.FindByNameAsync("ada"))!.DisplayName);
        var key = await users.GetAuthenticatorKeyAsync(mine);
        Assert.NotEqual(key, (await data.ReadAsync(db => db.UserTokens.SingleAsync(Token))).Value);
        var recorded = await data.ReadAsync(db => db.AuditEntries.Where(e => e.EntityType == "User")
            .Select(e => new { e.ChangeSet!.Kind, e.Fields, e.Values }).ToListAsync(Token));
        Assert.Contains(recorded, r => r is { Kind: "user.account", Fields: "DisplayName" });
        Assert.DoesNotContain(recorded, r => r.Values?.Contains(key!, StringComparison.Ordinal) == true);
        Assert.DoesNotContain(recorded, r => r.Fields.Contains("Stamp", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task RecoveryCode_UsedTwiceAtOnce_SignsInOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind, services =>
        {
            services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
            services.AddIdentityCore<User>().AddUserStore<UserStore>();
        });
        var made = await TestUsers.CreateAsync(data.Root, RoleNames.Staff);
        await using var first = data.AsSystem();
        var code = (await first.Get<UserManager<User>>().GenerateNewTwoFactorRecoveryCodesAsync(made, 1))!.Single();

        var uses = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var scope = data.AsSystem();
            return (await scope.Get<UserManager<User>>().RedeemTwoFactorRecoveryCodeAsync(made, code)).Succeeded;
        }));

        Assert.Single(uses, true);
    }

    private static async Task FillAsync(CrmDbContext db, DatabaseKind kind, string key)
    {
        object at = kind == DatabaseKind.Sqlite ? 1_700_000_000_000_000L : new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var hash = new PasswordHasher<User>().HashPassword(new() { UserName = "", Email = "" }, "a sentence that is long");
        const string InsertUser = """
            insert into "Users" ("Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed", "DisplayName", "PasswordHash",
                "SecurityStamp", "TwoFactorEnabled", "AuthenticatorKey", "AccessFailedCount", "CreatedAt", "Version")
            values ({0}, {1}, {2}, {1}, {2}, {3}, {1}, {4}, 'stamp', {5}, {6}, 0, {7}, 1)
            """;
        await db.Database.ExecuteSqlRawAsync(InsertUser, [1L, "ada@example.com", "ADA@EXAMPLE.COM", true, hash, true, key, at], Token);
        await db.Database.ExecuteSqlRawAsync(
            InsertUser.Replace("{6}", "null", StringComparison.Ordinal).Replace("{7}", "{6}", StringComparison.Ordinal),
            [2L, "bea@example.com", "BEA@EXAMPLE.COM", true, hash, false, at], Token);
        await db.Database.ExecuteSqlRawAsync(
            """
            insert into "Roles" ("Id", "Name", "NormalizedName", "IsBuiltIn", "Permissions", "AdjustmentLimit", "Version")
            values (1, 'Manager', 'MANAGER', {0}, '', 0, 1)
            """, [true], Token);
        await db.Database.ExecuteSqlRawAsync("""insert into "UserRoles" ("UserId", "RoleId") values (1, 1)""", Token);
        await db.Database.ExecuteSqlRawAsync(
            """insert into "RecoveryCodes" ("Id", "UserId", "CodeHash") values (1, 1, {0})""", [SessionService.Hash("1:ABCDE-12345")],
                Token);
        await db.Database.ExecuteSqlRawAsync(
            """
            insert into "Passkeys" ("Id", "UserId", "CredentialId", "PublicKey", "Name", "CreatedAt", "SignCount", "Transports", "IsUserVerified",
                "IsBackupEligible", "IsBackedUp", "AttestationObject", "ClientDataJson")
            values (1, 1, {0}, {0}, 'Phone', {1}, 3, '', {2}, {2}, {2}, {0}, {0})
            """, [Credential, at, true], Token);
    }
}
