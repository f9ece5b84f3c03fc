namespace CrmPortal.Features.Customers;

/// <summary>What the API's description shows of what belongs to customers.</summary>
internal static class CustomerPartExamples
{
    public const string Address = """
        { "id": 1, "type": "billing", "is_default": true, "line1": "1 High Street", "line2": null, "city": "London", "state": null, "postal_code": "N1 1AA", "country": "GB",
          "given_name": null, "family_name": null, "latitude": null, "longitude": null, "verified_at": null, "verified_by_name": null }
        """;

    public const string AddressInput = """
        { "type": "billing", "is_default": true, "line1": "1 High Street", "city": "London", "postal_code": "N1 1AA", "country": "GB" }
        """;

    public const string AddressChange = """{ "line2": "Flat 3" }""";
    public const string Contact =
        """{ "id": 1, "given_name": "Ana", "family_name": "Doe", "role": "Daughter", "email": null, "phone": "+447700900001", "is_main": true, "name": "Ana Doe" }""";
    public const string ContactInput =
        """{ "given_name": "Ana", "family_name": "Doe", "role": "Daughter", "phone": "+447700900001", "is_main": true }""";
    public const string ContactChange = """{ "role": "Neighbour" }""";
    public const string CommunicationPreference =
        """{ "id": 1, "channel": "email", "kind": "newsletter", "is_opted_in": true, "changed_at": "2026-01-31T09:30:00Z" }""";
    public const string CommunicationPreferenceInput = """{ "channel": "email", "kind": "newsletter", "is_opted_in": true }""";
    public const string Preference = """{ "id": 1, "type": "delivery", "key": "day", "value": "Friday" }""";
    public const string PreferencesInput = """{ "preferences": [ { "type": "delivery", "key": "day", "value": "Friday" } ] }""";

    public const string Note = """
        { "id": 1, "text": "Prefers **mornings**", "is_pinned": false, "author_name": "Sam Staff", "created_at": "2026-01-31T09:30:00Z", "is_mine": true, "is_private": false, "edited_at": null, "version": 0 }
        """;

    public const string NoteInput = """{ "text": "Prefers **mornings**", "is_private": false, "is_pinned": false }""";
    public const string TagName = """{ "id": 1, "name": "premium", "colour": "green" }""";
    public const string Tag = """{ "id": 1, "name": "premium", "colour": "green", "customers": 12 }""";
    public const string TagInput = """{ "name": "premium", "colour": "green" }""";

    public const string Timeline = """
        { "items": [ { "kind": "order", "id": 101, "at": "2026-01-31T09:30:00Z", "title": "O-101", "text": "Mug", "actor": null } ], "next": null }
        """;

    public static string Done(string message) => $$"""{ "message": "{{message}}" }""";
}
