using System.Net;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Webhooks;

/// <summary>Webhooks for programs, from the front door.</summary>
public sealed class WebhookEndpointTests
{
    private static readonly Dictionary<string, string> OnThisMachine = new()
    {
        ["Webhooks:AllowPrivateAddresses"] = "true", ["Webhooks:AllowHttp"] = "true",
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Webhook_IsMadeTriedChangedAndRemoved_AndItsSecretAnsweredOnce(DatabaseKind kind)
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var app = await TestApp.StartAsync(kind, settings: OnThisMachine);
        using var client = await app.ClientAsAsync(RoleNames.Administrator);

        using var created = await client.SendAsync(HttpMethod.Post, "/api/webhooks", Body("Shop", receiver.Address));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var made = await created.ReadAsync();
        var (address, secret) = (created.Headers.Location!.ToString(), (string)made["secret"]!);
        Assert.Equal($"/api/webhooks/{made["webhook"]!["id"]}", address);

        var tried = await (await client.SendAsync(HttpMethod.Post, address + "/test")).ReadAsync();
        Assert.Equal(("delivered", 204), ((string)tried["delivery"]!["state"]!, (int)tried["delivery"]!["status_code"]!));
        var request = Assert.Single(receiver.Requests);
        Assert.Equal(WebhookTest.Signature(secret, request), request.Signatures);
        var log = await (await client.GetAsync(address + "/deliveries?state=delivered", Token)).ReadAsync();
        Assert.Equal((1, "webhook.test"), ((int)log["total"]!, (string)log["items"]![0]!["event"]!));
        var delivery = $"{address}/deliveries/{log["items"]![0]!["id"]}";
        Assert.Equal(request.Id, (string)(await (await client.GetAsync(delivery, Token)).ReadAsync())["body"]!["id"]!);
        await (await client.SendAsync(HttpMethod.Post, delivery + "/resend")).ProblemAsync(HttpStatusCode.BadRequest);

        var other = (string)(await (await client.SendAsync(HttpMethod.Post, address + "/rotate-secret")).ReadAsync())["secret"]!;
        Assert.NotEqual(secret, other);
        var changed = await (await client.SendAsync(HttpMethod.Put, address, Body("Till", receiver.Address))).ReadAsync();
        Assert.Equal("Till", (string)changed["name"]!);
        Assert.Equal("by_hand", (string)(await (await client.SendAsync(HttpMethod.Post, address + "/pause")).ReadAsync())["pause_reason"]!);
        Assert.Null((await (await client.SendAsync(HttpMethod.Post, address + "/resume")).ReadAsync())["paused_at"]);
        var replayed = await (await client.SendAsync(HttpMethod.Post, address + "/replay",
            """{"from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}""")).ReadAsync();
        Assert.Equal(0, (int)replayed["deliveries"]!);
        // Who had it told again is written down.
        var asked = await (await client.GetAsync($"/api/audit?record=webhook&record_id={address.Split('/')[^1]}&action=exported", Token))
            .ReadAsync();
        Assert.Equal("Replay", (string)Assert.Single(asked["items"]!.AsArray())!["fields"]![0]!["name"]!);
        foreach (var read in new[] { address, "/api/webhooks", address + "/deliveries", delivery })
            Assert.DoesNotContain("whsec_", await client.GetStringAsync(read, Token), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync(address, Token)).StatusCode);
        await (await client.GetAsync(address, Token)).ProblemAsync(HttpStatusCode.NotFound);
        await (await client.GetAsync(address + "/deliveries", Token)).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Webhook_ThatIsWrong_OrNotForOneself_IsRefused()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Administrator);
        using var manager = await app.ClientAsAsync(RoleNames.Manager);

        var wrong = await (await client.SendAsync(HttpMethod.Post, "/api/webhooks", Body("Shop", "https://127.0.0.1")))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Contains("not public", wrong.ToJsonString(), StringComparison.Ordinal);
        await (await client.SendAsync(HttpMethod.Post, "/api/webhooks/1/replay", "{}")).ProblemAsync(HttpStatusCode.BadRequest);
        await (await client.GetAsync("/api/webhooks/1", Token)).ProblemAsync(HttpStatusCode.NotFound);
        await (await manager.GetAsync("/api/webhooks", Token)).ProblemAsync(HttpStatusCode.Forbidden);
        await (await manager.SendAsync(HttpMethod.Post, "/api/webhooks", Body("Shop", "https://shop.example")))
            .ProblemAsync(HttpStatusCode.Forbidden);
    }

    private static string Body(string name, string address) =>
        $$"""{"name":"{{name}}","url":"{{address}}/hook","events":["customer.created"]}""";
}
