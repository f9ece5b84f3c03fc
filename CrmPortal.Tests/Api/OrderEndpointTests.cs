using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api;

/// <summary>Orders and refunds for programs.</summary>
public sealed class OrderEndpointTests
{
    private const string Body = """
        { "external_id": "W-1", "channel": "web", "status": "paid", "email": "ada@example.com", "shipping_address": { "name": "Ada", "line1": "1 High Street", "city": "London", "country": "GB" },
          "lines": [ { "product_code": "MUG-1", "name": "Mug", "quantity": 2, "unit_price": 12.5, "discount": 2 }, { "product_code": "TEA-1", "unit_price": 1.25 } ] }
        """;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Order_SentTwice_IsOne_ListedReadChangedRefunded(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var customer = (long)(await client.CreateCustomerAsync("""{"name":"Ada","email":"ada@example.com"}"""))["id"]!;

        var created = await client.PostAsync("/api/orders", ApiClient.Json(Body));
        Assert.True(created.StatusCode == HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        var order = await created.ReadAsync();
        var one = $"/api/orders/{(long)order["id"]!}";
        Assert.Equal(one, created.Headers.Location!.ToString());
        Assert.Equal(("W-1", 24.25m, customer, 24L, "1 High Street"),
            ((string)order["number"]!, (decimal)order["total"]!, (long)order["customer_id"]!, (long)order["points"]!,
            (string)order["shipping_address"]!["line1"]!));
        Assert.Equal(("MUG-1", 2, 12.5m, 2m, 23m), Line(order["lines"]![0]!));
        var again = await client.PostAsync("/api/orders/", ApiClient.Json(Body));
        Assert.Equal((HttpStatusCode.OK, created.Headers.ETag), (again.StatusCode, again.Headers.ETag));

        var list = await (await client.GetAsync("/api/orders?filter=status:any:paid&ordering=-total")).ReadAsync();
        Assert.Equal((1, "W-1", 24.25m),
            ((int)list["total"]!, (string)list["items"]![0]!["number"]!, (decimal)list["items"]![0]!["total"]!));
        Assert.Equal(1, (int)(await (await client.GetAsync($"/api/customers/{customer}/orders")).ReadAsync())["total"]!);
        Assert.Equal((long)order["id"]!, (long)(await (await client.GetAsync("/api/orders/external/W-1")).ReadAsync())["id"]!);
        await (await client.GetAsync("/api/orders/external/W-2")).ProblemAsync(HttpStatusCode.NotFound);
        using (var known = await client.SendAsync(HttpMethod.Get, one, null, ("If-None-Match", again.Headers.ETag!.ToString())))
            Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);

        var shipped = await client.SendAsync(HttpMethod.Patch, one, """{"status":"shipped","channel":null}""",
            ("If-Match", again.Headers.ETag!.ToString()));
        Assert.Equal(("shipped", true), ((string)(await shipped.ReadAsync())["status"]!, shipped.Headers.ETag != again.Headers.ETag));
        await (await client.SendAsync(HttpMethod.Put, one, """{"channel":"shop"}""", ("If-Match", again.Headers.ETag!.ToString())))
            .ProblemAsync(HttpStatusCode.PreconditionFailed);

        var refund =
            $$"""{ "external_id": "R-1", "reason": "Broken", "is_return": true, "lines": [ { "line_id": {{(long)order["lines"]![0]!["id"]!}}, "quantity": 1 } ] }""";
        var refunded = await client.PostAsync(one + "/refunds", ApiClient.Json(refund));
        Assert.True(refunded.StatusCode == HttpStatusCode.Created, await refunded.Content.ReadAsStringAsync());
        Assert.Equal(11.5m, (decimal)(await refunded.ReadAsync())["amount"]!);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync(one + "/refunds", ApiClient.Json(refund))).StatusCode);
        Assert.Single(JsonNode.Parse(await client.GetStringAsync(one + "/refunds"))!.AsArray());
        var now = await (await client.GetAsync(one)).ReadAsync();
        Assert.Equal((11.5m, 13L, 1, 11.5m), ((decimal)now["refunded"]!, (long)now["points"]!, (int)now["lines"]![0]!["quantity_left"]!,
            (decimal)now["lines"]![0]!["amount_left"]!));
    }

    [Fact]
    public async Task Order_ThatIsWrong_SaysWhichField_InTheNamesOfTheBody()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Staff);

        var problem =
            await (await client
            .PostAsync("/api/orders", ApiClient.Json("""{"currency":"USD","shipping_address":{"country":"QQ"},"lines":[]}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(["shipping_address.country"], Fields(problem));
        Assert.Equal(["lines", "rate"],
            Fields(await (await client.PostAsync("/api/orders", ApiClient.Json("""{"currency":"USD","lines":[]}""")))
            .ProblemAsync(HttpStatusCode.BadRequest)));
        problem = await (await client
            .PostAsync("/api/orders", ApiClient.Json("""{"lines":[{"product_code":"A","unit_price":1},{"quantity":0,"unit_price":-1}]}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(["lines[1].product_code", "lines[1].quantity", "lines[1].unit_price"], Fields(problem));
        Assert.Equal(["ledger"], Fields(await (await client.PostAsync("/api/orders", ApiClient.Json("""{"ledger":1}""")))
            .ProblemAsync(HttpStatusCode.BadRequest)));
        await (await client.PostAsync("/api/orders", ApiClient.Json("""{"lines":[{"product_code":"A","unit_price":1,"quantity":1.5}]}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
        await (await client.GetAsync("/api/orders/4711")).ProblemAsync(HttpStatusCode.NotFound);
        await (await client.GetAsync("/api/orders?ordering=name")).ProblemAsync(HttpStatusCode.BadRequest);
        await (await client.GetAsync("/api/orders?limit=101")).ProblemAsync(HttpStatusCode.BadRequest);
        await (await client.GetAsync("/api/customers/4711/orders")).ProblemAsync(HttpStatusCode.NotFound);
        await (await client.PostAsync("/api/orders/4711/refunds", ApiClient.Json("{}"))).ProblemAsync(HttpStatusCode.NotFound);
        await (await client.PostAsync("/api/orders/4711/match", ApiClient.Json("{}"))).ProblemAsync(HttpStatusCode.NotFound);
        await (await client.SendAsync(HttpMethod.Patch, "/api/orders/4711", """{"channel":"web"}""")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Order_ByThoseWhoMayNot_IsRefused_AndRepeatedWithItsKey_AnsweredAsBefore()
    {
        await using var app = await TestApp.StartAsync();
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        using var agent = await app.ClientAsAsync(RoleNames.SupportAgent);
        using var nobody = app.CreateClient();
        const string Plain = """{"status":"paid","lines":[{"product_code":"A","unit_price":10}]}""";

        await (await nobody.GetAsync("/api/orders")).ProblemAsync(HttpStatusCode.Unauthorized);
        await (await agent.PostAsync("/api/orders", ApiClient.Json(Plain))).ProblemAsync(HttpStatusCode.Forbidden);
        var first = await staff.SendAsync(HttpMethod.Post, "/api/orders", Plain, ("Idempotency-Key", "k-1"));
        var second = await staff.SendAsync(HttpMethod.Post, "/api/orders", Plain, ("Idempotency-Key", "k-1"));
        Assert.Equal((HttpStatusCode.Created, first.Headers.Location), (second.StatusCode, second.Headers.Location));
        var one = first.Headers.Location!.ToString();
        await (await agent.PostAsync(one + "/refunds", ApiClient.Json("{}"))).ProblemAsync(HttpStatusCode.Forbidden);
        await (await agent.PostAsync(one + "/match", ApiClient.Json("{}"))).ProblemAsync(HttpStatusCode.Forbidden);
        Assert.Equal(HttpStatusCode.OK, (await agent.GetAsync(one)).StatusCode);
    }

    [Fact]
    public async Task Order_OfNobody_IsMatched_AndItsContactMaskedForStaff()
    {
        await using var app = await TestApp.StartAsync();
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        var order = await (await staff.PostAsync("/api/orders", ApiClient.Json(Body))).ReadAsync();
        var one = $"/api/orders/{(long)order["id"]!}/match";
        Assert.Equal((true, "a•••@e•••", "•••"),
            (order["customer_id"] is null, (string)order["email"]!, (string)order["shipping_address"]!["line1"]!));
        var ada = (long)(await staff.CreateCustomerAsync("""{"name":"Ada","email":"ada@example.com"}"""))["id"]!;
        var bob = (long)(await staff.CreateCustomerAsync("""{"name":"Bob"}"""))["id"]!;

        Assert.Equal(ada, (long)(await (await staff.PostAsync(one, ApiClient.Json("{}"))).ReadAsync())["customer_id"]!);
        Assert.Equal(bob, (long)(await (await staff.PostAsync(one, ApiClient.Json($$"""{"customer_id":{{bob}}}""")))
            .ReadAsync())["customer_id"]!);
        Assert.Null((await (await staff.PostAsync(one, ApiClient.Json("""{"customer_id":null}"""))).ReadAsync())["customer_id"]);
        Assert.Equal(["customer_id"], Fields(await (await staff.PostAsync(one, ApiClient.Json("""{"customer_id":4711}""")))
            .ProblemAsync(HttpStatusCode.BadRequest)));
    }

    private static IEnumerable<string> Fields(JsonObject problem) => problem["errors"]!.AsObject().Select(e => e.Key).Order();

    private static (string, int, decimal, decimal, decimal) Line(JsonNode line) => ((string)line["product_code"]!, (int)line["quantity"]!,
        (decimal)line["unit_price"]!, (decimal)line["discount"]!, (decimal)line["amount"]!);
}
