using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrmPortal.Core.Network;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Integrations;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Network;

/// <summary>A real FreeRADIUS asks the program by its own module, set up as the documentation says.</summary>
public sealed partial class FreeRadiusTests
{
    private const string Name = "k\u00e4the@example.net";
    private const string Password = "S\u00e9same 100% ${x}";
    private const string AccessServer = "NAS-Identifier = \"bras-1\"";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task AccessServers_AreAnsweredByPapAndChap_AndTheirAccountingIsKept(DatabaseKind kind)
    {
        var page = ExamplePage.Read("network-access.md");
        await using var data = await TestServices.CreateAsync(kind);
        data.Clock.Set(TimeProvider.System.GetUtcNow());
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        var keys = administrator.Get<ApiKeyService>();
        var (_, own) = await keys.CreateAsync(new("Billing", 1, [Permissions.CustomersView, Permissions.CustomersCreate,
            Permissions.CustomersEdit, Permissions.CustomersBlock, Permissions.TariffsEdit]), Token);
        var (_, key) = await keys.CreateAsync(new("RADIUS", 1, page.Scopes), Token);
        await using var program = await ServerProcess.StartAsync(data.Database, Token,
            new Dictionary<string, string> { ["Api__RequestsPerMinute"] = "30" });
        using var billing = program.CreateClient(own);
        await using var radius = await RadiusServer.StartAsync(program.Address, key, page.Blocks("text"));

        var customer = $"/api/customers/{(await billing.CreateCustomerAsync("""{"name":"Käthe"}"""))["id"]}";
        await SendAsync(billing, HttpMethod.Post, "/api/tariffs", """
            { "code": "home", "name": "Home", "down_kbps": 50000, "up_kbps": 5000, "session_timeout": 3600, "monthly_price": 20,
              "attributes": [ "Mikrotik-Rate-Limit = {up}k/{down}k", "Filter-Id = a 50% %{User-Name}", "Filter-Id = b" ] }
            """);
        var made = await SendAsync(billing, HttpMethod.Post, customer + "/connections",
            new JsonObject { ["tariff"] = "home", ["access_name"] = Name, ["password"] = Password }.ToJsonString());
        var connection = $"{customer}/connections/{made["connection"]!["id"]}";

        foreach (var way in new[] { "User-Password", "CHAP-Password" })
        {
            var accepted = await radius.AskAsync(Request(way, Password));
            Assert.StartsWith("Received Access-Accept", accepted, StringComparison.Ordinal);
            foreach (var told in new[] { "Session-Timeout = 3600", "Acct-Interim-Interval = 600", "WISPr-Bandwidth-Max-Down = 50000000",
                "WISPr-Bandwidth-Max-Up = 5000000", "Mikrotik-Rate-Limit = \"5000k/50000k\"", "Filter-Id = \"a 50% %{User-Name}\"",
                "Filter-Id = \"b\"" })
                Assert.Contains(told, accepted, StringComparison.Ordinal);
            Refused("Name or password is wrong.", await radius.AskAsync(Request(way, "S\u00e9same 100%")));
        }

        // A challenge of its own, and MS-CHAP, which is not understood.
        Assert.StartsWith("Received Access-Accept", await radius.AskAsync(Request("CHAP-Password", Password)
            + ", CHAP-Challenge = 0x000102030405060708090a0b0c0d0e0f"), StringComparison.Ordinal);
        Refused("Name or password is wrong.", await radius.AskAsync(Request("MS-CHAP-Password", Password)));
        Refused("Name or password is wrong.", await radius.AskAsync("User-Name = \"nobody\", User-Password = \"whatever\""));

        foreach (var (path, no, yes) in new[]
        {
            (connection, """{"is_suspended":true}""", """{"is_suspended":false}"""),
            (customer + "/subscription-state", """{"state":"suspended"}""", """{"state":"active"}"""),
        })
        {
            await SendAsync(billing, HttpMethod.Put, path, no);
            Refused("The access is suspended.", await radius.AskAsync(Request("User-Password", Password)));
            await SendAsync(billing, HttpMethod.Put, path, yes);
            Assert.StartsWith("Received Access-Accept", await radius.AskAsync(Request("User-Password", Password)),
                StringComparison.Ordinal);
        }

        await SendAsync(billing, HttpMethod.Patch, customer + "/block", """{"is_blocked":true,"block_reason":"Fraud"}""");
        Refused("The access is suspended.", await radius.AskAsync(Request("CHAP-Password", Password)));
        await SendAsync(billing, HttpMethod.Patch, customer + "/block", """{"is_blocked":false}""");

        // More than a minute's requests of another program, and none is refused.
        for (var i = 0; i < 35; i++) await radius.TellAsync(Accounting("Start", "A1"));
        await radius.TellAsync(Accounting("Interim-Update", "A1", (3_000_000_000, 1), (5, 0), 60));
        await radius.TellAsync(Accounting("Stop", "A1", (7, 3), (9, 2), 120));
        await radius.TellAsync(Accounting("Interim-Update", "A1", (4_000_000_000, 1), (5, 0), 60));
        await radius.TellAsync(Accounting("Stop", "A1", (7, 3), (9, 2), 120));
        await radius.TellAsync(Accounting("Stop", "B1", (1, 0), (1, 0), 30));
        await radius.TellAsync($"Acct-Status-Type = Start, User-Name = \"nobody\", Acct-Session-Id = \"C1\", {AccessServer}");
        await radius.TellAsync(Accounting("Start", "D1"));
        await radius.TellAsync($"Acct-Status-Type = Accounting-On, Acct-Session-Id = \"0\", {AccessServer}");

        var sessions = await data.ReadAsync(db => db.NetworkSessions.AsNoTracking().OrderBy(s => s.Id).ToListAsync(Token));
        Assert.Equal([((3L << 32) + 7, (2L << 32) + 9, 120L, "User-Request"), (1L, 1L, 30L, "User-Request"), (0L, 0L, 0L, "NAS-Reboot")],
            sessions.Select(s => (s.Down, s.Up, s.Seconds, s.EndCause)));
        Assert.All(sessions, s => Assert.Equal(("bras-1", "192.0.2.17", true), (s.AccessServer, s.Address, s.EndedAt is not null)));
        var line = (await SendAsync(billing, HttpMethod.Get, customer + "/timeline?kinds=network"))["items"]!.AsArray();
        Assert.Equal(Name, (string)Assert.Single(line)!["title"]!);
        var figures = await administrator.Get<NetworkFiguresService>().GetAsync(Token);
        Assert.Equal((0, 5L, 4L), (figures.Online, figures.Answers[AccessVerdict.Accepted],
            figures.Answers[AccessVerdict.WrongPassword] + figures.Answers[AccessVerdict.NoPassword]
                + figures.Answers[AccessVerdict.UnknownName]));
    }

    private static string Request(string way, string password) => string.Create(CultureInfo.InvariantCulture,
        $"User-Name = \"{Name.ToUpperInvariant()}\", {way} = \"{password}\", {AccessServer}");

    private static string Accounting(string told, string session, (long Octets, int Rounds) down = default,
        (long Octets, int Rounds) up = default, int seconds = 0) => string.Create(CultureInfo.InvariantCulture,
        $"Acct-Status-Type = {told}, User-Name = \"{Name}\", Acct-Session-Id = \"{session}\", {AccessServer}, "
            + $"Framed-IP-Address = 192.0.2.17, Acct-Output-Octets = {down.Octets}, Acct-Output-Gigawords = {down.Rounds}, "
            + $"Acct-Input-Octets = {up.Octets}, "
            + $"Acct-Input-Gigawords = {up.Rounds}, Acct-Session-Time = {seconds}, Acct-Terminate-Cause = User-Request");

    private static void Refused(string because, string answer)
    {
        Assert.StartsWith("Received Access-Reject", answer, StringComparison.Ordinal);
        Assert.Equal(because, ReplyMessage().Match(answer).Groups[1].Value);
    }

    private static async Task<JsonObject> SendAsync(HttpClient client, HttpMethod method, string path, string? body = null)
    {
        using var answer = await client.SendAsync(method, path, body);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Token));
        return await answer.ReadAsync();
    }

    [GeneratedRegex("Reply-Message = \"([^\"]*)\"")]
    private static partial Regex ReplyMessage();
}
