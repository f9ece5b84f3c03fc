namespace CrmPortal.Features.Tickets;

/// <summary>What the API's description shows of tickets.</summary>
internal static class TicketExamples
{
    public const string Creation = """
        { "customer_id": 1, "subject": "Parcel is late", "text": "Where is my parcel?", "channel": "web", "priority": "normal",
            "tags": ["delivery"], "custom_fields": { "parcel": "JD0002" } }
        """;

    public const string Change = """{ "priority": "high", "tags": ["delivery", "lost"] }""";

    public const string Ticket = $$"""
        {
          "id": 81, "number": "T-81", "subject": "Parcel is late",
          "requester": {{Requester}}, "channel": "web", "queue_id": 1, "queue": "Support",
          "priority": "normal", "state": "open", "pending_until": null, "is_complaint": false, "assignee_id": 3, "assignee": "Ana Agent",
          "tags": ["delivery"], "custom_fields": { "parcel": "JD0002" }, "order_id": 101, "order": "W-1001", "created_at": "2026-01-31T09:30:00Z", "created_by": "Shop",
          "last_message_at": "2026-01-31T09:30:00Z", "message_count": 1, "reopened_count": 0, "is_answer_due": true,
          "targets": {{Targets}}, "urgency": [ { "reason": "vip", "hours": 8 } ],
          "related": [ { "id": 82, "number": "T-82", "subject": "Where is it?", "state": "closed", "tie": "merged_here" } ],
          "merged_into_id": null, "is_followed": false, "followers": 0, "version": 1
        }
        """;

    public const string List = $$"""
        {
          "items": [
            { "id": 81, "number": "T-81", "subject": "Parcel is late", "requester": {{Requester}}, "channel": "web", "queue": "Support",
              "priority": "normal", "state": "open", "pending_until": null, "assignee": "Ana Agent", "tags": ["delivery"],
              "created_at": "2026-01-31T09:30:00Z", "last_message_at": "2026-01-31T09:30:00Z", "message_count": 1, "is_answer_due": true,
              "due_at": "2026-01-31T13:30:00Z", "urgency": [ { "reason": "vip", "hours": 8 } ] }
          ],
          "page": 1, "limit": 20, "total": 1, "pages": 1
        }
        """;

    public const string Targets = """
        { "service_level": "Standard", "first_response_due_at": "2026-01-31T13:30:00Z", "first_response_at": null,
            "first_response_late_seconds": null,
          "next_response_due_at": null, "resolution_due_at": "2026-02-03T09:30:00Z", "solved_at": null, "resolution_late_seconds": null,
          "held_seconds": 0, "came_outside_hours": false }
        """;

    public const string Events = """
        {
          "items": [ { "id": 900, "kind": "assigned", "at": "2026-01-31T09:31:00Z", "user_id": 3, "user": "Ana Agent", "subject_id": 3,
              "subject": "Ana Agent" } ],
          "page": 1, "limit": 20, "total": 1, "pages": 1
        }
        """;

    public const string File = """{ "id": 55, "name": "label.pdf", "content_type": "application/pdf", "size": 18230 }""";

    public const string Message = $$"""
        { "id": 412, "kind": "reply", "at": "2026-01-31T09:45:10Z", "author_name": "Ana Agent", "author_email": null, "is_mine": true,
          "text": "It comes **tomorrow**.", "quoted": null, "recipient": "john.doe@example.com", "delivery": "scheduled", "failure": null,
          "files": [ {{File}} ] }
        """;

    public const string Messages = $$"""{ "items": [ {{Message}} ], "earlier": null }""";

    public const string MessageCreation = """{ "kind": "reply", "text": "It comes **tomorrow**.", "file_ids": [55], "state": "solved" }""";

    public const string Queues = """
        [ { "id": 1, "name": "Support", "email": "support@example.com", "is_usual": true, "is_archived": false, "unsolved": 12 } ]
        """;

    public const string SavedReplies = """
        [ { "id": 4, "name": "Thanks", "text": "Hello {{customer.first_name}}, thank you for your message.", "language": "en",
            "is_own": false } ]
        """;

    public const string Macros = """
        [ { "id": 2, "name": "Close as spam", "state": "closed", "pending_days": null, "priority": null, "queue_id": null,
            "assigns_to_me": false,
            "tags": ["spam"], "reply": null, "note": null } ]
        """;

    public const string Feedback = $$"""
        {
          "items": [ { "id": 12, "ticket_id": 81, "ticket": "T-81", "subject": "Parcel is late", "requester": {{Requester}}, "agent_id": 3,
              "agent": "Ana Agent",
            "queue_id": 1, "queue": "Support", "sent_at": "2026-02-02T10:00:00Z", "score": 5, "comment": "Fast and kind.",
                "answered_at": "2026-02-02T12:00:00Z" } ],
          "page": 1, "limit": 20, "total": 1, "pages": 1
        }
        """;

    public const string FeedbackSummary = """
        { "sent": 40, "answered": 10, "response_rate": 0.25, "average_score": 4.3, "satisfied_share": 0.9,
          "scores": { "1": 0, "2": 1, "3": 0, "4": 4, "5": 5 } }
        """;

    private const string Requester = """{ "customer_id": 1, "name": "John Doe", "email": "john.doe@example.com", "is_vip": true, "tier": "gold" }""";
}
