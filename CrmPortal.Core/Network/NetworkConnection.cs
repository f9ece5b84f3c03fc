using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Network;

/// <summary>
/// A customer's access to the network: the row by which somebody subscribes to a tariff. What the customer's subscription and status say
/// holds for all of their connections.
/// </summary>
[AuditName("NetworkConnection", Label = "Connection", PluralLabel = "Connections")]
[OpenFields(nameof(CustomerId), nameof(TariffId), nameof(AccessName), nameof(PasswordSetAt), nameof(SuspendedAt), nameof(SuspendReason),
    nameof(CreatedAt))]
public sealed class NetworkConnection : ICustomerOwned, IVersioned
{
    public const int AccessNameLength = 128;
    public const int ReasonLength = 200;

    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    public Customer? Customer { get; private set; }
    [AuditLabel("Tariff")] public long TariffId { get; set; }
    public TariffPlan? Tariff { get; private set; }

    /// <summary>The name by which the access server asks: unique, in small letters.</summary>
    [AuditLabel("Access name")] public required string AccessName { get; set; }

    /// <summary>
    /// The password, encrypted by the keys of the installation: who is asked by CHAP must know it in the clear. It is shown to nobody.
    /// Empty where it has to be set anew.
    /// </summary>
    [NotAudited] public string ProtectedPassword { get; set; } = "";

    [AuditLabel("Password set")] public DateTimeOffset PasswordSetAt { get; set; }
    [AuditLabel("Suspended")] public DateTimeOffset? SuspendedAt { get; private set; }
    [AuditLabel("Reason")] public string? SuspendReason { get; private set; }
    [AuditLabel("Created")] public DateTimeOffset CreatedAt { get; init; }
    [NotAudited] public long Version { get; set; }

    /// <summary>Lets nobody in by it until it is resumed.</summary>
    internal void Suspend(DateTimeOffset now, string? reason)
    {
        SuspendedAt ??= now;
        SuspendReason = reason;
    }

    internal void Resume() => (SuspendedAt, SuspendReason) = (null, null);
}

/// <summary>One time online. Its row is kept for a while; the sums of days stay longer.</summary>
public sealed class NetworkSession
{
    public const int KeyLength = 100;
    public const int NameLength = 128;
    public const int AddressLength = 45;
    public const int CauseLength = 40;

    public long Id { get; internal init; }
    public long ConnectionId { get; init; }

    /// <summary>A hash of access server, session id and access name, by which packets about one session are known.</summary>
    public required string Key { get; set; }

    public required string AccessServer { get; init; }

    /// <summary>The address that the customer had, where the access server told it.</summary>
    public string? Address { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    /// <summary>When it was told of last.</summary>
    public DateTimeOffset LastSeenAt { get; set; }

    /// <summary>Null while it lasts.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    public string? EndCause { get; set; }
    public long Seconds { get; set; }

    /// <summary>Bytes to the customer.</summary>
    public long Down { get; set; }

    /// <summary>Bytes from the customer.</summary>
    public long Up { get; set; }
}

/// <summary>What went through a connection on a day of the shop.</summary>
public sealed class NetworkUsage
{
    public long Id { get; internal init; }
    public long ConnectionId { get; init; }
    public DateOnly Day { get; init; }

    /// <summary>Bytes to the customer.</summary>
    public long Down { get; set; }

    /// <summary>Bytes from the customer.</summary>
    public long Up { get; set; }

    public long Seconds { get; set; }

    /// <summary>How many sessions began.</summary>
    public int Sessions { get; set; }

    /// <summary>When something was told of last.</summary>
    public DateTimeOffset LastAt { get; set; }
}

internal sealed class NetworkConnectionConfiguration : IEntityTypeConfiguration<NetworkConnection>,
    IEntityTypeConfiguration<NetworkSession>, IEntityTypeConfiguration<NetworkUsage>
{
    private const int ProtectedLength = 1_000;

    public void Configure(EntityTypeBuilder<NetworkConnection> builder)
    {
        builder.ToTable("NetworkConnections");
        builder.Property(c => c.AccessName).HasMaxLength(NetworkConnection.AccessNameLength);
        builder.Property(c => c.ProtectedPassword).HasMaxLength(ProtectedLength);
        builder.Property(c => c.SuspendReason).HasMaxLength(NetworkConnection.ReasonLength);
        builder.HasOne(c => c.Customer).WithMany().HasForeignKey(c => c.CustomerId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne(c => c.Tariff).WithMany().HasForeignKey(c => c.TariffId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(c => c.AccessName).IsUnique();
    }

    public void Configure(EntityTypeBuilder<NetworkSession> builder)
    {
        builder.ToTable("NetworkSessions");
        builder.Property(s => s.Key).HasMaxLength(NetworkSession.KeyLength);
        builder.Property(s => s.AccessServer).HasMaxLength(NetworkSession.NameLength);
        builder.Property(s => s.Address).HasMaxLength(NetworkSession.AddressLength);
        builder.Property(s => s.EndCause).HasMaxLength(NetworkSession.CauseLength);
        builder.HasOne<NetworkConnection>().WithMany().HasForeignKey(s => s.ConnectionId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(s => s.Key).IsUnique();
        builder.HasIndex(s => new { s.ConnectionId, s.StartedAt });
        // Those that last; few beside all that were.
        builder.HasIndex(s => new { s.AccessServer, s.LastSeenAt }).HasFilter("\"EndedAt\" IS NULL");
        builder.HasIndex(s => s.LastSeenAt);
    }

    public void Configure(EntityTypeBuilder<NetworkUsage> builder)
    {
        builder.ToTable("NetworkUsage");
        builder.HasOne<NetworkConnection>().WithMany().HasForeignKey(u => u.ConnectionId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(u => new { u.ConnectionId, u.Day }).IsUnique();
        builder.HasIndex(u => u.Day);
    }
}
