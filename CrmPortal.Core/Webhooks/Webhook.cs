using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Webhooks;

/// <summary>Why a webhook rests.</summary>
public enum WebhookPause
{
    /// <summary>Somebody wanted it so.</summary>
    ByHand,

    /// <summary>Too many attempts failed one after the other.</summary>
    Failures,

    /// <summary>Its filter asks for something that is no longer there.</summary>
    Filter,

    /// <summary>Its secret cannot be read, as after it was removed and brought back.</summary>
    Secret,
}

/// <summary>An address that is told of events.</summary>
[AuditName("Webhook", Label = "Webhook", PluralLabel = "Webhooks", Permission = Permissions.WebhooksManage)]
[OpenFields(nameof(Name), nameof(Events), nameof(Filter), nameof(IsActive), nameof(PausedAt), nameof(Pause), nameof(CreatedAt),
    nameof(SecretMadeAt))]
public sealed class Webhook : IAudited, IVersioned
{
    public const int NameLength = 100;
    public const int UrlLength = 1_000;
    public const int FilterLength = 4_000;

    public long Id { get; internal init; }
    [AuditLabel("Name")] public required string Name { get; set; }

    /// <summary>May hold a word that only the receiver should know.</summary>
    [AuditLabel("Address"), Sensitive] public required string Url { get; set; }

    /// <summary>The topics it is told of, separated by spaces.</summary>
    [AuditLabel("Events")] public required string Events { get; set; }

    /// <summary>Whom an event must be about; null for anybody and anything.</summary>
    [AuditLabel("Filter")] public string? Filter { get; set; }

    /// <summary>One that is switched off hears of nothing; one that rests hears of it later.</summary>
    [AuditLabel("Active")] public bool IsActive { get; set; } = true;

    [AuditLabel("Paused")] public DateTimeOffset? PausedAt { get; set; }
    [AuditLabel("Reason")] public WebhookPause? Pause { get; set; }
    [AuditLabel("Created")] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the secret was made that is used now.</summary>
    [AuditLabel("Secret made")] public DateTimeOffset SecretMadeAt { get; set; }

    /// <summary>The key of the signatures, encrypted by the keys of the installation.</summary>
    [NotAudited] public string ProtectedSecret { get; set; } = "";

    /// <summary>The one before, which signs as well for a while, so that a receiver can change over.</summary>
    [NotAudited] public string? FormerSecret { get; set; }

    [NotAudited] public DateTimeOffset? FormerSecretUntil { get; set; }

    /// <summary>How many attempts have failed since the last that did not.</summary>
    [NotAudited] public int FailuresInRow { get; set; }

    [NotAudited] public DateTimeOffset? FailingSince { get; set; }
    [NotAudited] public long Version { get; set; }

    /// <summary>The topics one by one.</summary>
    internal IReadOnlyList<string> Topics => Events.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

internal sealed class WebhookConfiguration : IEntityTypeConfiguration<Webhook>
{
    private const int EventsLength = 8_000;
    private const int SecretLength = 1_000;

    public void Configure(EntityTypeBuilder<Webhook> builder)
    {
        builder.ToTable("Webhooks");
        builder.Property(w => w.Name).HasMaxLength(Webhook.NameLength);
        builder.Property(w => w.Url).HasMaxLength(Webhook.UrlLength);
        builder.Property(w => w.Events).HasMaxLength(EventsLength);
        builder.Property(w => w.Filter).HasMaxLength(Webhook.FilterLength);
        builder.Property(w => w.Pause).HasConversion<string>().HasMaxLength(10);
        builder.Property(w => w.ProtectedSecret).HasMaxLength(SecretLength);
        builder.Property(w => w.FormerSecret).HasMaxLength(SecretLength);
        builder.Ignore(w => w.Topics);
    }
}
