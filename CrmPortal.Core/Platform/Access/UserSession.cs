using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Platform.Access;

/// <summary>Who holds a session: a browser, a program that signed in, or a program with a key of its own.</summary>
public enum SessionKind { Browser, Api, Key }

/// <summary>
/// One sign-in, of a browser or of a program. A cookie and a bearer token both name such a row, which is looked up
/// on every action, so that sign-out, disabling and a new password end it at once.
/// </summary>
public sealed class UserSession
{
    public long Id { get; private set; }
    public long UserId { get; set; }
    public User? User { get; set; }
    public SessionKind Kind { get; set; }

    /// <summary>The user's stamp when they signed in; a session with an older stamp is over.</summary>
    public required string SecurityStamp { get; set; }

    /// <summary>SHA-256 of the access token, for programs.</summary>
    public string? AccessTokenHash { get; set; }

    public DateTimeOffset? AccessExpiresAt { get; set; }

    /// <summary>SHA-256 of the refresh token that is good for one use; using an earlier one ends the session.</summary>
    public string? RefreshTokenHash { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
    public string? IpAddress { get; set; }
    public string? UserAgent { get; set; }

    /// <summary>What a key is called; null for a sign-in.</summary>
    public string? Name { get; set; }

    /// <summary>What a key may do of what its user may, separated by blanks; null for a sign-in, which may do all of it.</summary>
    public string? Scopes { get; set; }

    /// <summary>When a key was used last, give or take an hour.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }
}

/// <summary>A refresh token that was used; it names the session to end if it ever comes again.</summary>
public sealed class SpentRefreshToken
{
    public required string TokenHash { get; set; }
    public long SessionId { get; set; }
}

internal sealed class UserSessionConfiguration : IEntityTypeConfiguration<UserSession>, IEntityTypeConfiguration<SpentRefreshToken>
{
    public void Configure(EntityTypeBuilder<UserSession> builder)
    {
        builder.ToTable("Sessions");
        builder.Property(s => s.Kind).HasConversion<string>().HasMaxLength(10);
        builder.Property(s => s.SecurityStamp).HasMaxLength(64);
        builder.Property(s => s.AccessTokenHash).HasMaxLength(64);
        builder.Property(s => s.RefreshTokenHash).HasMaxLength(64);
        builder.Property(s => s.IpAddress).HasMaxLength(45);
        builder.Property(s => s.UserAgent).HasMaxLength(300);
        builder.Property(s => s.Name).HasMaxLength(ApiKeyService.LongestName);
        builder.Property(s => s.Scopes).HasMaxLength(2_000);
        builder.HasOne(s => s.User).WithMany().HasForeignKey(s => s.UserId);
        builder.HasIndex(s => s.AccessTokenHash).IsUnique();
        builder.HasIndex(s => s.RefreshTokenHash).IsUnique();
        builder.HasIndex(s => s.ExpiresAt);
        builder.HasIndex(s => s.Id, "IX_Sessions_Keys").HasFilter("\"Name\" IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<SpentRefreshToken> builder)
    {
        builder.ToTable("SpentRefreshTokens");
        builder.HasKey(t => t.TokenHash);
        builder.Property(t => t.TokenHash).HasMaxLength(64);
        builder.HasOne<UserSession>().WithMany().HasForeignKey(t => t.SessionId);
    }
}
