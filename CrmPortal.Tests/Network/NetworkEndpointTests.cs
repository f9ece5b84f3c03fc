using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Network;

/// <summary>Tariffs, connections and access for programs, from the front door.</summary>
public sealed class NetworkEndpointTests
{
    private const string Access = "/api/network-access/";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task TariffsAndConnections_HaveTags_AndChangeOnlyWhatTheyShould(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Administrator);
        var customer = $"/api/customers/{(await client.CreateCustomerAsync("""{"name":"Ada"}"""))["id"]}";

        using var created = await client.SendAsync(HttpMethod.Post, "/api/tariffs",
            """{"code":"home","name":"Home","down_kbps":1000,"monthly_price":5}""");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var tariff = created.Headers.Location!.ToString();
        using var made = await client.SendAsync(HttpMethod.Post, customer + "/connections",
            """{"tariff":"home","access_name":"ada","password":"secret-1"}""");
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Null((await made.ReadAsync())["password"]);
        var connection = made.Headers.Location!.ToString();

        foreach (var (path, change) in new[] { (tariff, """{"name":"House"}"""), (connection, """{"access_name":"grace"}""") })
        {
            using var read = await client.GetAsync(path, Token);
            var tag = read.Headers.ETag!.ToString();
            using var same = await client.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", tag));
            Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
            using var changed = await client.SendAsync(HttpMethod.Put, path, change, ("If-Match", tag));
            Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
            Assert.NotEqual(tag, changed.Headers.ETag!.ToString());
            await (await client.SendAsync(HttpMethod.Put, path, change, ("If-Match", tag)))
                .ProblemAsync(HttpStatusCode.PreconditionFailed);
            await (await client.SendAsync(HttpMethod.Delete, path, null, ("If-Match", tag)))
                .ProblemAsync(HttpStatusCode.PreconditionFailed);
        }

        // What was not sent is as it was.
        Assert.Equal(1_000, (int)(await (await client.GetAsync(tariff, Token)).ReadAsync())["down_kbps"]!);
        await (await client.SendAsync(HttpMethod.Post, customer + "/connections", """{"tariff":"home","access_name":"GRACE"}"""))
            .ProblemAsync(HttpStatusCode.Conflict);
        await (await client.SendAsync(HttpMethod.Delete, tariff)).ProblemAsync(HttpStatusCode.BadRequest);
        await (await client.SendAsync(HttpMethod.Get, connection + "/usage?from=2026-01-01&until=2026-12-31"))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.DoesNotContain("secret-1", await client.GetStringAsync(customer + "/connections", Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync(connection, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync(tariff, Token)).StatusCode);
        await (await client.GetAsync(tariff, Token)).ProblemAsync(HttpStatusCode.NotFound);
        await (await client.GetAsync(connection, Token)).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Access_IsForKeysThatMay_WithoutALimitForThem()
    {
        await using var app = await TestApp.StartAsync(settings: new() { ["Api:RequestsPerMinute"] = "5" });
        using var nobody = app.CreateClient();
        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        using var administrator = await app.ClientAsAsync(RoleNames.Administrator);
        const string Question = """{"User-Name":"nobody","User-Password":"x"}""";

        await (await manager.SendAsync(HttpMethod.Post, Access + "authorise", Question)).ProblemAsync(HttpStatusCode.Forbidden);
        foreach (var wrong in new[] { "[]", "17" })
        {
            foreach (var path in new[] { "authorise", "accounting" })
                await (await administrator.SendAsync(HttpMethod.Post, Access + path, wrong)).ProblemAsync(HttpStatusCode.BadRequest);
        }

        for (var i = 0; i < 20; i++)
        {
            using var refused = await administrator.SendAsync(HttpMethod.Post, Access + "authorise", Question);
            Assert.Equal((HttpStatusCode.Unauthorized, "application/json"),
                (refused.StatusCode, refused.Content.Headers.ContentType!.ToString()));
            Assert.Equal("Name or password is wrong.", (string)JsonNode.Parse(await refused.Content.ReadAsStringAsync(Token))!
                ["reply:Reply-Message"]!["value"]![0]!);
        }

        foreach (var odd in new[]
        {
            "{}", """{"Acct-Status-Type":{"type":"integer","value":["Tunnel-Start"]}}""", """{"Acct-Status-Type":{"value":[]}}""",
            """{"Acct-Status-Type":"Stop","User-Name":"a\u0000b","Acct-Session-Id":"1","Acct-Input-Octets":1e3,"Acct-Session-Time":-5}""",
            """{"Acct-Status-Type":2,"User-Name":{"value":[null]},"Acct-Session-Id":{"x":1}}""",
        })
        {
            using var taken = await administrator.SendAsync(HttpMethod.Post, Access + "accounting", odd);
            Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
            using var refused = await administrator.SendAsync(HttpMethod.Post, Access + "authorise", odd);
            Assert.Equal(odd.Contains("u0000", StringComparison.Ordinal) ? HttpStatusCode.Unauthorized : HttpStatusCode.BadRequest,
                refused.StatusCode);
        }

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 7; i++) statuses.Add((await nobody.SendAsync(HttpMethod.Post, Access + "authorise", Question)).StatusCode);
        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], statuses.Distinct());
    }
}
