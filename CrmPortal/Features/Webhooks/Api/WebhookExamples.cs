namespace CrmPortal.Features.Webhooks;

/// <summary>What the API's description shows of webhooks.</summary>
internal static class WebhookExamples
{
    public const string Input = """
        { "name": "Shop", "url": "https://shop.example/hooks/crm", "events": ["customer.updated", "order.created"],
          "filter": "status:any:active", "is_active": true }
        """;

    public const string Webhook = """
        { "id": 3, "name": "Shop", "url": "https://shop.example/hooks/crm", "events": ["customer.updated", "order.created"],
          "filter": "status:any:active", "is_active": true, "paused_at": null, "pause_reason": null, "failures_in_row": 0, "waiting": 2,
          "created_at": "2026-01-31T09:30:00Z", "secret_made_at": "2026-01-31T09:30:00Z", "version": 1 }
        """;

    public const string WithSecret = $$"""{ "webhook": {{Webhook}}, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=" }""";

    public const string List = $$"""{ "items": [ {{Webhook}} ], "page": 1, "limit": 50, "total": 1, "pages": 1 }""";

    public const string Row = """
        { "id": 812, "message_id": "evt_9041", "event": "customer.updated", "customer_id": 12, "state": "delivered", "attempts": 1,
          "repeat": 0, "created_at": "2026-01-31T09:31:00Z", "last_attempt_at": "2026-01-31T09:31:01Z", "next_attempt_at": null,
          "status_code": 204, "duration_ms": 84, "fault": null }
        """;

    public const string Deliveries = $$"""{ "items": [ {{Row}} ], "page": 1, "limit": 20, "total": 1, "pages": 1 }""";

    public const string Delivery = $$"""
        { "delivery": {{Row}}, "url": "https://shop.example/hooks/crm",
          "body": { "id": "evt_9041", "event": "customer.updated", "occurred_at": "2026-01-31T09:31:00Z", "subject_id": 12,
            "customer_id": 12, "data": { "fields": ["GivenName"], "actor_id": 3 } },
          "answer": null }
        """;
}
