using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api;

/// <summary>The loyalty part of document 3 on its own address and in the core: one ledger, two ways to write an id.</summary>
public sealed class LoyaltyEndpointTests(SharedApp shared) : IClassFixture<SharedApp>
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite, "/api/v1/retail-customers", true)]
    [InlineData(DatabaseKind.Postgres, "/api/v1/retail-customers", true)]
    [InlineData(DatabaseKind.Sqlite, "/api", false)]
    public async Task Points_AreEarned_Spent_Adjusted_AndListed(DatabaseKind kind, string root, bool isText)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var number = (long)(await client.CreateCustomerAsync("""{"name":"John Doe"}"""))["id"]!;
        var id = isText ? $"\"{number}\"" : number.ToString(CultureInfo.InvariantCulture);
        var loyalty = isText ? $"{root}/{number}/loyalty" : $"{root}/customers/{number}/loyalty";

        var earned = await client.SendAsync(HttpMethod.Post, $"{root}/loyalty/earn",
            $$"""{"customer_id":{{id}},"points":2000,"description":"Purchase reward - Order #12345","order_id":"order-uuid","expiry_days":365}""");
        Assert.Equal(HttpStatusCode.Created, earned.StatusCode);
        var entry = await earned.ReadAsync();
        Assert.Equal(("EARNED", 2000L, 2000L, "order-uuid"),
            ((string)entry["transaction_type"]!, (long)entry["points"]!, (long)entry["balance_after"]!, (string)entry["order_id"]!));
        Assert.Equal(isText ? System.Text.Json.JsonValueKind.String : System.Text.Json.JsonValueKind.Number,
            entry["customer_id"]!.GetValueKind());
        // The same order again is the same booking.
        var again = await (await client.SendAsync(HttpMethod.Post, $"{root}/loyalty/earn",
            $$"""{"customer_id":{{id}},"points":2000,"order_id":"order-uuid"}""")).ReadAsync();
        Assert.Equal(entry["id"]!.ToString(), again["id"]!.ToString());

        var spent = await client.SendAsync(HttpMethod.Post, $"{root}/loyalty/redeem",
            $$"""{"customer_id":{{id}},"points":500,"description":"Discount redemption"}""", ("Idempotency-Key", "till-1"));
        Assert.Equal(-500L, (long)(await spent.ReadAsync())["points"]!);
        Assert.Equal(-500L,
            (long)(await (await client.SendAsync(HttpMethod.Post, $"{root}/loyalty/redeem",
            $$"""{"customer_id":{{id}},"points":500,"description":"Discount redemption"}""", ("Idempotency-Key", "till-1")))
            .ReadAsync())["points"]!);
        var refused =
            await (await client.SendAsync(HttpMethod.Post, $"{root}/loyalty/redeem", $$"""{"customer_id":{{id}},"points":50000}"""))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal("Insufficient loyalty points", (string)refused["detail"]!);

        Assert.Equal(HttpStatusCode.Created,
            (await client.SendAsync(HttpMethod.Post, $"{root}/loyalty/adjust",
            $$"""{"customer_id":{{id}},"points":100,"reason":"Compensation for delayed delivery"}""")).StatusCode);
        var waiting = await client.SendAsync(HttpMethod.Post, $"{root}/loyalty/adjust",
            $$"""{"customer_id":{{id}},"points":100000,"reason":"Too much"}""");
        Assert.Equal((HttpStatusCode.Accepted, 100000L), (waiting.StatusCode, (long)(await waiting.ReadAsync())["points"]!));

        var balance = await (await client.GetAsync(loyalty + "/balance")).ReadAsync();
        Assert.Equal((1600L, 2100L, 0L),
            ((long)balance["current_balance"]!, (long)balance["lifetime_points"]!, (long)balance["points_expiring_soon"]!));
        Assert.Equal(["customer_id", "current_balance", "lifetime_points", "points_expiring_soon", "points_expiring_date", "tier",
            "pending_points"], balance.Select(p => p.Key));
        var list = JsonNode.Parse(await client.GetStringAsync(loyalty + "/transactions?transaction_type=EARNED&skip=0&limit=50"))!
            .AsArray();
        Assert.Equal("order-uuid", (string)Assert.Single(list)!["order_id"]!);
        Assert.Equal(3, JsonNode.Parse(await client.GetStringAsync(loyalty + "/transactions"))!.AsArray().Count);
        var expired = await (await client.SendAsync(HttpMethod.Post, $"{root}/loyalty/expire-points?customer_id={number}")).ReadAsync();
        Assert.Equal(0L, (long)expired["points_expired"]!);
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Post, $"{root}/loyalty/expire-points")).StatusCode);
    }

    [Theory]
    [InlineData("/api/v1/retail-customers/loyalty/earn", """{"customer_id":"1","points":0}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("/api/loyalty/earn", """{"customer_id":1,"points":0}""", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/retail-customers/loyalty/earn", """{"customer_id":1,"points":5}""", HttpStatusCode.BadRequest)]
    [InlineData("/api/loyalty/earn", """{"customer_id":"1","points":5}""", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/retail-customers/loyalty/earn", """{"customer_id":"nobody","points":5}""", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/retail-customers/loyalty/redeem", """{"customer_id":"999","points":5}""", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/retail-customers/loyalty/adjust", """{"customer_id":"1","points":5}""", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/retail-customers/loyalty/earn", """{"customer_id":"1","points":5,"balance":9}""", HttpStatusCode.BadRequest)]
    [InlineData("/api/loyalty/earn", "[", HttpStatusCode.BadRequest)]
    public async Task WrongInput_IsAProblem(string path, string body, HttpStatusCode status)
    {
        var app = await shared.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        await client.CreateCustomerAsync("""{"name":"John Doe"}""");

        await (await client.SendAsync(HttpMethod.Post, path, body)).ProblemAsync(status);
    }

    [Fact]
    public async Task Permissions_AreAskedFor()
    {
        await using var app = await TestApp.StartAsync(DatabaseKind.Sqlite);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        using var customer = await app.ClientAsAsync(RoleNames.Customer);
        const string booking = """{"customer_id":1,"points":5,"reason":"x"}""";

        await (await staff.SendAsync(HttpMethod.Post, "/api/loyalty/adjust", booking)).ProblemAsync(HttpStatusCode.Forbidden);
        await (await staff.SendAsync(HttpMethod.Post, "/api/loyalty/expire-points")).ProblemAsync(HttpStatusCode.Forbidden);
        await (await customer.GetAsync("/api/v1/retail-customers/1/loyalty/balance")).ProblemAsync(HttpStatusCode.Forbidden);
        await (await staff.GetAsync("/api/v1/retail-customers/999/loyalty/balance")).ProblemAsync(HttpStatusCode.NotFound);
        await (await staff.GetAsync("/api/customers/999/loyalty/transactions?transaction_type=NONSENSE"))
            .ProblemAsync(HttpStatusCode.BadRequest);
    }
}
