using System.Diagnostics.CodeAnalysis;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Platform.Access;

/// <summary>
/// An account: a member of staff, or a customer who reaches their own record. What Identity keeps is repeated here where it is never
/// blank, or never enters the audit rows.
/// </summary>
[AuditName("User", Label = "User")]
[OpenFields("UserName", "NormalizedUserName", "EmailConfirmed", "DisplayName", "TwoFactorEnabled", "CreatedAt", "Language", "TimeZone",
    "CustomerId", "DisabledAt", "InvitedAt", "InvitedById", "IsService", "LockoutEnabled", "PhoneNumberConfirmed")]
[AuditLabel("E-mail verified", Field = nameof(User.EmailConfirmed))]
[AuditLabel("Phone verified", Field = nameof(User.PhoneNumberConfirmed))]
[AuditLabel("Two-factor sign-in", Field = nameof(User.TwoFactorEnabled)), AuditLabel("Can be locked", Field = nameof(User.LockoutEnabled))]
[AuditLabel("API key", Field = "ApiKey")]
[AuditLabel("Roles", Field = nameof(User.Roles)), AuditLabel("Sessions", Field = "Sessions"), AuditLabel("Password", Field = "Password")]
[AuditLabel("New e-mail asked for", Field = "NewEmail")]
public sealed class User : IdentityUser<long>, IAudited, IVersioned
{
    public User() => (base.NormalizedUserName, base.NormalizedEmail, base.SecurityStamp) = ("", "", "");

    [AllowNull, AuditLabel("User name")] public required override string UserName { get => base.UserName!; set => base.UserName = value; }

    [AllowNull, AuditLabel("User name for comparison")]
    public override string NormalizedUserName { get => base.NormalizedUserName!; set => base.NormalizedUserName = value; }

    [AllowNull, Sensitive, AuditLabel("E-mail")] public required override string Email { get => base.Email!; set => base.Email = value; }

    [AllowNull, Sensitive, AuditLabel("E-mail for comparison")]
    public override string NormalizedEmail { get => base.NormalizedEmail!; set => base.NormalizedEmail = value; }

    [AuditLabel("Name")] public string DisplayName { get; set; } = "";

    [Sensitive, AuditLabel("Phone")] public override string? PhoneNumber { get => base.PhoneNumber; set => base.PhoneNumber = value; }

    [NotAudited] public override string? PasswordHash { get => base.PasswordHash; set => base.PasswordHash = value; }

    /// <summary>Changes with the password, the second factor and the roles; sessions that carry another are ended.</summary>
    [AllowNull, NotAudited] public override string SecurityStamp { get => base.SecurityStamp!; set => base.SecurityStamp = value; }

    /// <summary>The time step of the last code that was accepted; a code is good once.</summary>
    [NotAudited] public long? LastTwoFactorStep { get; set; }

    [NotAudited] public override int AccessFailedCount { get => base.AccessFailedCount; set => base.AccessFailedCount = value; }

    [NotAudited] public override DateTimeOffset? LockoutEnd { get => base.LockoutEnd; set => base.LockoutEnd = value; }

    [AuditLabel("Disabled")] public DateTimeOffset? DisabledAt { get; set; }
    [AuditLabel("Created")] public DateTimeOffset CreatedAt { get; set; }
    [NotAudited] public DateTimeOffset? LastSignInAt { get; set; }

    /// <summary>The language of the screen (<c>en</c>, <c>es</c>), or null for the browser's.</summary>
    [AuditLabel("Language")] public string? Language { get; set; }

    /// <summary>IANA name of the zone in which times are shown, or null for the shop's.</summary>
    [AuditLabel("Time zone")] public string? TimeZone { get; set; }

    /// <summary>How the user has arranged the tiles of home, as home writes it; null for the arrangement that it begins with.</summary>
    [NotAudited] public string? Home { get; set; }

    /// <summary>The record that a customer account reaches.</summary>
    [AuditLabel("Customer")] public long? CustomerId { get; set; }

    /// <summary>When a customer was invited last to this account, and by whom; null where they registered themselves.</summary>
    [AuditLabel("Invited")] public DateTimeOffset? InvitedAt { get; set; }

    [AuditLabel("Invited by")] public long? InvitedById { get; set; }

    /// <summary>An account of a program: nobody signs in with it, it acts by its keys alone.</summary>
    [AuditLabel("Service account")] public bool IsService { get; set; }

    public long Version { get; set; }
    public List<UserRole> Roles { get; } = [];

    /// <summary>The form in which names and e-mails are compared.</summary>
    public static string Normalize(string name) => name.Trim().Normalize().ToUpperInvariant();

    /// <summary>A security stamp that no session carries yet.</summary>
    public static string NewStamp() => Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(20));
}

/// <summary>A named set of permissions.</summary>
[AuditName("Role", Label = "Role")]
[OpenFields("Name", "NormalizedName", "IsBuiltIn", "Permissions", "AdjustmentLimit")]
public sealed class Role : IdentityRole<long>, IAudited, IVersioned
{
    public Role() => base.NormalizedName = "";

    [AllowNull, AuditLabel("Name")] public required override string Name { get => base.Name!; set => base.Name = value; }

    [AllowNull, AuditLabel("Name for comparison")]
    public override string NormalizedName { get => base.NormalizedName!; set => base.NormalizedName = value; }

    /// <summary>Built-in roles can be edited, but neither renamed nor deleted.</summary>
    [AuditLabel("Built in")] public bool IsBuiltIn { get; set; }

    [AuditLabel("Permissions")] public List<string> Permissions { get; set; } = [];

    /// <summary>How many points its holders may adjust at once without a second person.</summary>
    [AuditLabel("Limit for adjustments")] public long AdjustmentLimit { get; set; }

    public long Version { get; set; }
}

/// <summary>A user's membership in a role.</summary>
public sealed class UserRole : IdentityUserRole<long>
{
    public User? User { get; set; }
    public Role? Role { get; set; }
}

/// <summary>A code that signs in once in place of the authenticator app; only its hash is kept.</summary>
public sealed class RecoveryCode
{
    public long Id { get; private set; }
    public long UserId { get; set; }
    public required string CodeHash { get; set; }
}

/// <summary>A passkey (WebAuthn credential) of a user.</summary>
public sealed class Passkey
{
    public long Id { get; private set; }
    public long UserId { get; set; }
    public required byte[] CredentialId { get; set; }
    public required byte[] PublicKey { get; set; }
    public string? Name { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public long SignCount { get; set; }
    public List<string> Transports { get; set; } = [];
    public bool IsUserVerified { get; set; }
    public bool IsBackupEligible { get; set; }
    public bool IsBackedUp { get; set; }
    public byte[] AttestationObject { get; set; } = [];
    public byte[] ClientDataJson { get; set; } = [];
}

internal sealed class AccessConfiguration :
    IEntityTypeConfiguration<User>, IEntityTypeConfiguration<Role>, IEntityTypeConfiguration<UserRole>,
    IEntityTypeConfiguration<RecoveryCode>, IEntityTypeConfiguration<Passkey>, IEntityTypeConfiguration<IdentityUserClaim<long>>,
    IEntityTypeConfiguration<IdentityUserLogin<long>>, IEntityTypeConfiguration<IdentityUserToken<long>>,
        IEntityTypeConfiguration<IdentityRoleClaim<long>>
{
    private const int LongestProviderName = 128;

    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.ToTable("Users");
        builder.Property(u => u.Home).HasMaxLength(1_000);
        builder.Property(u => u.UserName).HasMaxLength(254).IsRequired();
        builder.Property(u => u.NormalizedUserName).HasMaxLength(254).IsRequired();
        builder.Property(u => u.Email).HasMaxLength(254).IsRequired();
        builder.Property(u => u.NormalizedEmail).HasMaxLength(254).IsRequired();
        builder.Property(u => u.PhoneNumber).HasMaxLength(PhoneNumber.LongestStored);
        builder.Property(u => u.DisplayName).HasMaxLength(200);
        builder.Property(u => u.SecurityStamp).HasMaxLength(64).IsRequired();
        // Version does what this is for, as it does for every record.
        builder.Ignore(u => u.ConcurrencyStamp);
        builder.Property(u => u.Language).HasMaxLength(10);
        builder.Property(u => u.TimeZone).HasMaxLength(60);
        builder.HasIndex(u => u.NormalizedUserName).IsUnique().HasDatabaseName("IX_Users_NormalizedUserName");
        builder.HasIndex(u => u.NormalizedEmail).IsUnique().HasDatabaseName("IX_Users_NormalizedEmail");
        builder.HasIndex(u => u.CustomerId).HasFilter("\"CustomerId\" IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<Role> builder)
    {
        builder.ToTable("Roles");
        builder.Property(r => r.Name).HasMaxLength(60).IsRequired();
        builder.Property(r => r.NormalizedName).HasMaxLength(60).IsRequired();
        builder.Ignore(r => r.ConcurrencyStamp);
        builder.HasIndex(r => r.NormalizedName).IsUnique().HasDatabaseName("IX_Roles_NormalizedName");
    }

    public void Configure(EntityTypeBuilder<IdentityUserClaim<long>> builder) => builder.ToTable("UserClaims");

    public void Configure(EntityTypeBuilder<IdentityRoleClaim<long>> builder) => builder.ToTable("RoleClaims");

    public void Configure(EntityTypeBuilder<IdentityUserLogin<long>> builder)
    {
        builder.ToTable("UserLogins");
        builder.Property(l => l.LoginProvider).HasMaxLength(LongestProviderName);
        builder.Property(l => l.ProviderKey).HasMaxLength(LongestProviderName);
    }

    /// <summary>Each value is encrypted by the application.</summary>
    public void Configure(EntityTypeBuilder<IdentityUserToken<long>> builder)
    {
        builder.ToTable("UserTokens");
        builder.Property(t => t.LoginProvider).HasMaxLength(LongestProviderName);
        builder.Property(t => t.Name).HasMaxLength(LongestProviderName);
    }

    public void Configure(EntityTypeBuilder<UserRole> builder)
    {
        builder.ToTable("UserRoles");
        builder.HasKey(r => new { r.UserId, r.RoleId });
        builder.HasOne(r => r.User).WithMany(u => u.Roles).HasForeignKey(r => r.UserId);
        builder.HasOne(r => r.Role).WithMany().HasForeignKey(r => r.RoleId);
    }

    public void Configure(EntityTypeBuilder<RecoveryCode> builder)
    {
        builder.ToTable("RecoveryCodes");
        builder.Property(c => c.CodeHash).HasMaxLength(64);
        builder.HasOne<User>().WithMany().HasForeignKey(c => c.UserId);
    }

    public void Configure(EntityTypeBuilder<Passkey> builder)
    {
        builder.ToTable("Passkeys");
        builder.Property(p => p.Name).HasMaxLength(100);
        builder.HasIndex(p => p.CredentialId).IsUnique();
        builder.HasOne<User>().WithMany().HasForeignKey(p => p.UserId);
    }
}
