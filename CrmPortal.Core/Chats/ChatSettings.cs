using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Chats;

/// <summary>What a visitor is asked before a chat begins.</summary>
public enum AskedBefore
{
    Nothing,

    /// <summary>Name and e-mail, both of which may be left empty.</summary>
    Offered,

    /// <summary>Name and e-mail.</summary>
    Required,
}

/// <summary>How the shop chats; one row, made with the first change.</summary>
[AuditName("ChatSettings", Label = "Chat settings", PluralLabel = "Chat settings")]
[OpenFields("IsOn", "Sites", "Asks", "Greeting", "QueueId", "MissAfterMinutes", "IdleAfterMinutes")]
public sealed class ChatSettings : IAudited, IVersioned
{
    public const long OnlyId = 1;
    public const int SitesLength = 4_000;
    public const int GreetingLength = 500;
    public const int KeyLength = 1_000;

    public long Id { get; internal init; } = OnlyId;
    [AuditLabel("Chat is on")] public bool IsOn { get; set; }

    /// <summary>The web sites that may show it, one origin a line, such as <c>https://shop.example</c>.</summary>
    [AuditLabel("Web sites")] public string Sites { get; set; } = "";

    [AuditLabel("Asked before a chat")] public AskedBefore Asks { get; set; } = AskedBefore.Offered;

    /// <summary>Shown first; empty for a sentence in the visitor's language.</summary>
    [AuditLabel("Greeting")] public string? Greeting { get; set; }

    /// <summary>Where tickets go that chats become; null for the usual queue.</summary>
    [AuditLabel("Queue")] public long? QueueId { get; set; }

    /// <summary>A chat that nobody takes becomes a ticket after so many minutes.</summary>
    [AuditLabel("Becomes a ticket after minutes")] public int MissAfterMinutes { get; set; } = 3;

    /// <summary>A chat in which nobody says anything ends after so many minutes.</summary>
    [AuditLabel("Ends after silent minutes")] public int IdleAfterMinutes { get; set; } = 30;

    /// <summary>The key with which sites sign who their visitor is, encrypted.</summary>
    [NotAudited] public string? ProtectedKey { get; set; }

    [NotAudited] public long Version { get; set; }

    internal IReadOnlyList<string> Origins => Sites.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

internal sealed class ChatSettingsConfiguration : IEntityTypeConfiguration<ChatSettings>
{
    public void Configure(EntityTypeBuilder<ChatSettings> builder)
    {
        builder.ToTable("ChatSettings");
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Property(s => s.Sites).HasMaxLength(ChatSettings.SitesLength);
        builder.Property(s => s.Asks).HasConversion<string>().HasMaxLength(10);
        builder.Property(s => s.Greeting).HasMaxLength(ChatSettings.GreetingLength);
        builder.Property(s => s.ProtectedKey).HasMaxLength(ChatSettings.KeyLength);
    }
}
