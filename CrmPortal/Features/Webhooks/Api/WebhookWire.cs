using System.ComponentModel;
using System.Text.Json;
using CrmPortal.Core.Webhooks;

namespace CrmPortal.Features.Webhooks;

/// <summary>What is wanted of a webhook.</summary>
internal sealed record WebhookBody
{
    public string? Name { get; init; }

    [Description("Where events are posted to; it begins with https://.")]
    public string? Url { get; init; }

    [Description("Topics, such as customer.updated.")]
    public IReadOnlyList<string>? Events { get; init; }

    [Description("Whom an event must be about, as the filter of the list of customers; null for anybody and anything.")]
    public string? Filter { get; init; }

    [Description("Whether it is told of anything.")]
    public bool IsActive { get; init; } = true;

    public WebhookInput ToInput() => new(Name, Url, Events, Filter, IsActive);
}

internal sealed record ReplayBody
{
    [Description("The first instant.")]
    public DateTimeOffset? From { get; init; }

    [Description("The first instant after.")]
    public DateTimeOffset? To { get; init; }
}

/// <summary>How many events are told again.</summary>
internal sealed record ReplayAnswer(int Deliveries);

/// <summary>A webhook.</summary>
/// <param name="PauseReason">Why it rests.</param>
/// <param name="Waiting">How many deliveries are on their way.</param>
internal sealed record WebhookItem(long Id, string Name, string Url, IReadOnlyList<string> Events, string? Filter, bool IsActive,
    DateTimeOffset? PausedAt, WebhookPause? PauseReason, int FailuresInRow, int Waiting, DateTimeOffset CreatedAt,
    DateTimeOffset SecretMadeAt, long Version)
{
    public static WebhookItem Of(WebhookDetails w) => new(w.Id, w.Name, w.Url, w.Events, w.Filter, w.IsActive, w.PausedAt, w.Pause,
        w.FailuresInRow, w.Waiting, w.CreatedAt, w.SecretMadeAt, w.Version);
}

/// <summary>A webhook with its new secret, which is answered once and never again.</summary>
internal sealed record WebhookSecretAnswer(WebhookItem Webhook, string Secret)
{
    public static WebhookSecretAnswer Of(WebhookWithSecret made) => new(WebhookItem.Of(made.Webhook), made.Secret);
}

/// <summary>A delivery in the log.</summary>
/// <param name="MessageId">The name under which the receiver knows the event.</param>
/// <param name="Repeat">0 for the first time that the event is told.</param>
/// <param name="Fault">Why the last attempt failed.</param>
internal sealed record DeliveryItem(long Id, string MessageId, string Event, long? CustomerId, DeliveryState State, int Attempts,
    int Repeat, DateTimeOffset CreatedAt, DateTimeOffset? LastAttemptAt, DateTimeOffset? NextAttemptAt, int? StatusCode,
    int? DurationMs, string? Fault)
{
    public static DeliveryItem Of(DeliveryRow d) => new(d.Id, d.MessageId, d.Topic, d.CustomerId, d.State, d.Attempts, d.Repeat,
        d.CreatedAt, d.LastAttemptAt, d.DueAt, d.StatusCode, d.DurationMs, d.Fault);
}

/// <summary>A delivery with what was sent and the beginning of what was answered.</summary>
internal sealed record DeliveryAnswer(DeliveryItem Delivery, string? Url, JsonElement Body, string? Answer)
{
    public static DeliveryAnswer Of(DeliveryDetails d) => new(DeliveryItem.Of(d.Row), d.Url, JsonElement.Parse(d.Body), d.Answer);
}
