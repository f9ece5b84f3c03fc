namespace CrmPortal.Features.Customers;

/// <summary>What the API's description shows, from document 4.</summary>
internal static class CustomerV2Examples
{
    public const string Creation = """
        {
          "phoneNumber": "529991234567", "firstName": "John", "lastName": "Doe", "email": "john@example.com", "tags": ["premium"],
          "segment": "new", "source": "whatsapp",
          "address": { "street": "123 Main St", "city": "Cancún", "state": "Quintana Roo", "country": "México", "postalCode": "77500" },
          "notes": "VIP customer - priority support", "customFields": { "birthday": "1990-05-15", "company": "Acme Corp" },
          "preferences": { "language": "es", "communicationHours": { "start": "09:00", "end": "18:00" } }
        }
        """;

    public const string Change = """
        { "firstName": "John", "lastName": "Smith", "email": "john.smith@example.com", "segment": "vip", "notes": "Updated notes" }
        """;

    public const string Customer = $$"""{ "customer": {{One}} }""";

    public const string List = $$"""
        { "customers": [{{One}}], "pagination": { "page": 1, "limit": 20, "total": 156, "pages": 8 } }
        """;

    public const string Details = $$"""
        {
          "customer": {{One}},
          "statistics": { "totalConversations": 45, "openConversations": 2, "resolvedConversations": 43 },
          "recentConversations": [{{Conversation}}]
        }
        """;

    public const string Conversations = $$"""
        { "conversations": [{{Conversation}}], "pagination": { "page": 1, "limit": 20, "total": 45, "pages": 3 } }
        """;

    public const string Import = """
        {
          "customers": [
            { "phoneNumber": "529991111111", "firstName": "Customer1", "email": "customer1@example.com" },
            { "phoneNumber": "529992222222", "firstName": "Customer2", "email": "customer2@example.com" },
            { "phoneNumber": "call me", "firstName": "Customer3" }
          ]
        }
        """;

    public const string Imported = """
        {
          "results": { "imported": 1, "duplicates": 1, "failed": 1 },
          "details": {
            "success": [{ "index": 0, "_id": "17", "phoneNumber": "529991111111" }],
            "duplicates": [{ "index": 1, "phoneNumber": "529992222222", "field": "email" }],
            "failed": [{ "index": 2, "phoneNumber": "call me", "errors": { "phoneNumber": ["This is not a phone number."] } }]
          }
        }
        """;

    public const string Export = """
        {
          "customers": [
            {
              "_id": "17", "phoneNumber": "529991234567", "firstName": "John", "lastName": "Doe", "email": "john@example.com",
              "status": "active", "segment": "vip", "tags": ["premium", "loyal"], "notes": "VIP customer",
              "createdAt": "2024-01-15T10:30:00.000000Z", "lastInteraction": "2024-12-10T15:45:00.000000Z"
            }
          ]
        }
        """;

    private const string One = """
        {
          "_id": "17", "phoneNumber": "529991234567", "firstName": "John", "lastName": "Doe", "email": "john@example.com",
          "avatar": null, "alternativePhones": [],
          "address": {
            "street": "123 Main St", "city": "Cancún", "state": "Quintana Roo", "country": "MX", "postalCode": "77500", "coordinates": null
          },
          "tags": ["premium", "loyal"], "segment": "vip", "source": "whatsapp", "customFields": { "birthday": "1990-05-15" },
          "preferences": { "language": "es", "communicationHours": { "start": "09:00", "end": "18:00" }, "preferredAgent": null },
          "status": "active", "isBlocked": false, "blockReason": null, "notes": "VIP customer - priority support",
          "statistics": {
            "totalConversations": 45, "totalMessages": 310, "totalTickets": 3, "averageResponseTime": 48.5, "satisfactionScore": 4.6
          },
          "firstContact": "2024-01-15T10:30:00Z", "lastInteraction": "2024-12-10T15:45:00Z", "lastMessageAt": "2024-12-10T15:45:00Z",
          "createdAt": "2024-01-15T10:30:00Z", "updatedAt": "2024-12-10T15:45:00Z"
        }
        """;

    private const string Conversation = """
        {
          "_id": "7", "state": "ended", "customerId": "17", "visitor": "John Doe", "agent": "Bo Stone", "lastMessage": "Thank you!",
          "lastMessageAt": "2024-12-10T15:45:00Z", "waitingSince": null, "unread": 0, "messageCount": 9, "score": 5, "ticketId": null,
          "startedAt": "2024-12-10T15:30:00Z"
        }
        """;
}
