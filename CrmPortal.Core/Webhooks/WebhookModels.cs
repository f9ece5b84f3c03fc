namespace CrmPortal.Core.Webhooks;

/// <summary>What is wanted of a webhook.</summary>
/// <param name="Events">Topics, such as <c>customer.updated</c>.</param>
/// <param name="Filter">Whom an event must be about, as filters of customers are written; null for anybody and anything.</param>
public sealed record WebhookInput(string? Name, string? Url, IReadOnlyCollection<string>? Events, string? Filter, bool IsActive = true);

/// <summary>A webhook as it is shown; its secret is shown to nobody.</summary>
/// <param name="Waiting">How many deliveries are on their way.</param>
public sealed record WebhookDetails(long Id, string Name, string Url, IReadOnlyList<string> Events, string? Filter, bool IsActive,
    DateTimeOffset? PausedAt, WebhookPause? Pause, int FailuresInRow, int Waiting, DateTimeOffset CreatedAt, DateTimeOffset SecretMadeAt,
    long Version);

/// <summary>A webhook with the secret that was made for it, which is shown this once.</summary>
public sealed record WebhookWithSecret(WebhookDetails Webhook, string Secret, long? ChangeSetId);

/// <summary>A delivery in the log.</summary>
/// <param name="Fault">Why the last attempt failed, as a key of the texts.</param>
public sealed record DeliveryRow(long Id, string MessageId, string Topic, long? CustomerId, DeliveryState State, int Attempts, int Repeat,
    DateTimeOffset CreatedAt, DateTimeOffset? LastAttemptAt, DateTimeOffset? DueAt, int? StatusCode, int? DurationMs, string? Fault);

/// <summary>A delivery with what was sent and answered.</summary>
public sealed record DeliveryDetails(DeliveryRow Row, string? Url, string Body, string? Answer);
