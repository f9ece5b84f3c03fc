using System.Net;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api;

/// <summary>Document 2, example 5: what one customer's orders and points come to, at its address and in the core tree.</summary>
public sealed class DocumentTwoStatsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Stats_OfACustomer_AreThoseOfTheirPaidOrders(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var id = await MadeAsync(client, "/api/customers", """{"first_name":"John","last_name":"Doe"}""");
        Assert.Equal(
            """{"total_orders":0,"total_spent":"0.00","average_order_value":null,"last_order_date":null,"loyalty_points":0,"loyalty_tier":null}""",
            await client.GetStringAsync($"/api/customers/customers/{id}/stats/", Token));
        await OrderAsync("paid", "2025-10-15T14:30:00Z", 100);
        await OrderAsync("delivered", "2025-09-01T10:00:00Z", 45.5m);
        await OrderAsync("pending", "2025-11-01T10:00:00Z", 1_000);

        Assert.StartsWith(
            """{"total_orders":2,"total_spent":"145.50","average_order_value":"72.75","last_order_date":"2025-10-15T14:30:00Z",""",
            await client.GetStringAsync($"/api/customers/customers/{id}/stats/", Token), StringComparison.Ordinal);
        Assert.StartsWith("""{"total_orders":2,"total_spent":145.5,"average_order_value":72.75,""",
            await client.GetStringAsync($"/api/customers/{id}/stats", Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/api/customers/customers/999/stats/", Token)).StatusCode);
        using var customer = await app.ClientAsAsync(RoleNames.Customer);
        Assert.Equal(HttpStatusCode.Forbidden, (await customer.GetAsync($"/api/customers/customers/{id}/stats/", Token)).StatusCode);

        Task<long> OrderAsync(string status, string at, decimal price) => MadeAsync(client, "/api/orders", FormattableString.Invariant(
            $$"""{"status":"{{status}}","customer_id":{{id}},"placed_at":"{{at}}","lines":[{"product_code":"A","quantity":1,"unit_price":{{price}}}]}"""));
    }

    private static async Task<long> MadeAsync(HttpClient client, string path, string body)
    {
        var made = await client.SendAsync(HttpMethod.Post, path, body);
        Assert.True(made.StatusCode == HttpStatusCode.Created, await made.Content.ReadAsStringAsync(Token));
        return (long)(await made.ReadAsync())["id"]!;
    }
}
