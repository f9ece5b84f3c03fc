namespace CrmPortal.Features.Network;

/// <summary>What the API's description shows of network access.</summary>
internal static class NetworkExamples
{
    public const string TariffInput = """
        { "code": "home-100", "name": "Home 100", "down_kbps": 100000, "up_kbps": 20000, "monthly_price": 29.90, "currency": "EUR", "session_timeout": 86400,
          "attributes": [ "Mikrotik-Rate-Limit = {up}k/{down}k" ] }
        """;

    public const string Tariff = """
        { "id": 1, "code": "home-100", "name": "Home 100", "down_kbps": 100000, "up_kbps": 20000, "monthly_price": 29.90, "currency": "EUR", "session_timeout": 86400,
          "idle_timeout": null, "attributes": [ "Mikrotik-Rate-Limit = {up}k/{down}k" ], "is_retired": false, "connections": 120, "version": 0 }
        """;

    public const string ConnectionInput = """{ "tariff": "home-100", "access_name": "ada@example.net" }""";
    public const string ConnectionChange = """{ "is_suspended": true, "suspend_reason": "On holiday" }""";

    public const string Connection = """
        { "id": 1, "customer_id": 1, "tariff": "home-100", "access_name": "ada@example.net", "state": "running", "suspended_at": null, "suspend_reason": null,
          "created_at": "2026-01-31T09:30:00Z", "password_set_at": "2026-01-31T09:30:00Z", "month_down": 5368709120, "month_up": 734003200,
          "last_session": { "access_server": "bras-1", "address": "192.0.2.17", "started_at": "2026-01-31T09:30:00Z", "last_seen_at": "2026-01-31T10:30:00Z",
            "ended_at": null, "end_cause": null, "seconds": 3600, "down": 5368709120, "up": 734003200 }, "version": 0 }
        """;

    public const string Made = $$"""{ "connection": {{Connection}}, "password": "n7RkW4pXvTq3mHcA" }""";
    public const string Usage = """[ { "day": "2026-01-31", "down": 5368709120, "up": 734003200, "seconds": 3600, "sessions": 1 } ]""";

    public const string AccessRequest = """
        { "User-Name": { "type": "string", "value": [ "ada@example.net" ] }, "User-Password": { "type": "string", "value": [ "n7RkW4pXvTq3mHcA" ] } }
        """;

    public const string AccessAccept = """
        { "control:Auth-Type": { "op": ":=", "value": [ "Accept" ], "do_xlat": false }, "reply:Acct-Interim-Interval": { "op": ":=", "value": [ 600 ] },
          "reply:WISPr-Bandwidth-Max-Down": { "op": ":=", "value": [ 100000000 ] } }
        """;

    public const string AccessReject =
        """{ "reply:Reply-Message": { "op": ":=", "value": [ "The access is suspended." ], "do_xlat": false } }""";

    public const string Accounting = """
        { "Acct-Status-Type": { "type": "integer", "value": [ "Stop" ] }, "User-Name": { "type": "string", "value": [ "ada@example.net" ] },
          "Acct-Session-Id": { "type": "string", "value": [ "8100000A" ] }, "NAS-Identifier": { "type": "string", "value": [ "bras-1" ] },
          "Acct-Session-Time": { "type": "integer", "value": [ 3600 ] }, "Acct-Output-Octets": { "type": "integer", "value": [ 1073741824 ] },
          "Acct-Output-Gigawords": { "type": "integer", "value": [ 1 ] }, "Acct-Input-Octets": { "type": "integer", "value": [ 734003200 ] } }
        """;
}
