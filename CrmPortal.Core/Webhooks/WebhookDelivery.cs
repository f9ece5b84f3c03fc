using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Webhooks;

public enum DeliveryState
{
    /// <summary>Not tried yet.</summary>
    Waiting,

    /// <summary>Tried, and tried again.</summary>
    Failed,

    Delivered,

    /// <summary>Tried for a day.</summary>
    GivenUp,
}

/// <summary>One event on its way to one webhook, with what was sent and what was answered.</summary>
public sealed class WebhookDelivery
{
    public const int BodyLength = 64 * 1024;
    public const int AnswerLength = 2_048;
    public const int LineLength = 100;

    public long Id { get; internal set; }
    public long WebhookId { get; init; }

    /// <summary>The event in the outbox, which ends before this; null for a try by hand.</summary>
    public long? EventId { get; init; }

    /// <summary>0 for the first time that the event is told; the next number each time that somebody wants it told again.</summary>
    public int Repeat { get; init; }

    /// <summary>The name under which the receiver knows it, the same for each repeat of an event.</summary>
    public required string MessageId { get; init; }

    public required string Topic { get; init; }
    public long? CustomerId { get; init; }

    /// <summary>Within it one follows the other: the customer, or the record where the event is about no customer.</summary>
    public required string Line { get; init; }

    /// <summary>What is sent, as JSON.</summary>
    public required string Body { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public DeliveryState State { get; set; }
    public int Attempts { get; set; }

    /// <summary>When it is tried next; null where it is over.</summary>
    public DateTimeOffset? DueAt { get; set; }

    public DateTimeOffset? FirstAttemptAt { get; set; }
    public DateTimeOffset? LastAttemptAt { get; set; }

    /// <summary>The address of the last attempt, that of the last redirect where there was one.</summary>
    public string? Url { get; set; }

    /// <summary>What HTTP calls the answer; null where there was none.</summary>
    public int? StatusCode { get; set; }

    /// <summary>The beginning of what was answered.</summary>
    public string? Answer { get; set; }

    public int? DurationMs { get; set; }

    /// <summary>Why the last attempt failed, as a key of the texts; null where it did not.</summary>
    public string? Fault { get; set; }
}

internal sealed class WebhookDeliveryConfiguration : IEntityTypeConfiguration<WebhookDelivery>
{
    public void Configure(EntityTypeBuilder<WebhookDelivery> builder)
    {
        builder.ToTable("WebhookDeliveries");
        builder.Property(d => d.MessageId).HasMaxLength(60);
        builder.Property(d => d.Topic).HasMaxLength(60);
        builder.Property(d => d.Line).HasMaxLength(WebhookDelivery.LineLength);
        builder.Property(d => d.State).HasConversion<string>().HasMaxLength(10);
        builder.Property(d => d.Url).HasMaxLength(Webhook.UrlLength);
        builder.Property(d => d.Answer).HasMaxLength(WebhookDelivery.AnswerLength);
        builder.Property(d => d.Fault).HasMaxLength(200);
        builder.HasOne<Webhook>().WithMany().HasForeignKey(d => d.WebhookId).OnDelete(DeleteBehavior.Cascade);
        // An event that is told to us twice is there once.
        builder.HasIndex(d => new { d.WebhookId, d.EventId, d.Repeat }).IsUnique();
        builder.HasIndex(d => new { d.WebhookId, d.Id });
        builder.HasIndex(d => d.CustomerId).HasFilter("\"CustomerId\" IS NOT NULL");
        builder.HasIndex(d => d.CreatedAt);
        // What is on its way: little, however much there was.
        builder.HasIndex(d => new { d.WebhookId, d.DueAt }).HasDatabaseName("IX_WebhookDeliveries_Due").HasFilter("\"DueAt\" IS NOT NULL");
        builder.HasIndex(d => new { d.WebhookId, d.Line, d.Id }).HasDatabaseName("IX_WebhookDeliveries_Line")
            .HasFilter("\"DueAt\" IS NOT NULL");
    }
}
