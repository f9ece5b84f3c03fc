using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

/// <summary>Document 3, “RFM analysis”, example by example, and the same in the core tree.</summary>
public sealed class DocumentThreeRfmTests
{
    private const string Root = "/api/v1/retail-customers";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Scores_AreCalculatedReadAndDistributed(DatabaseKind kind)
    {
        var clock = new TestClock();
        clock.Set(DateTimeOffset.Parse("2025-12-17T08:00:00Z", CultureInfo.InvariantCulture));
        await using var app = await TestApp.StartAsync(kind, configure: s => s.AddSingleton<TimeProvider>(clock));
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        List<string> ids = [];
        for (var i = 0; i < 10; i++)
            ids.Add((string)(await PostAsync(client, "/",
                $$"""{"first_name":"{{(i == 0 ? "John" : $"Guest{i}")}}","last_name":"Doe"}"""))["id"]!);
        // Three bought more often and for more than John, six less; nobody bought later.
        for (var k = 0; k < 3; k++) await OrderAsync(client, ids[0], 3_000, 13 + k);
        for (var i = 1; i < 7; i++) await OrderAsync(client, ids[i], 100, i);
        for (var i = 7; i < 10; i++)
            for (var k = 0; k < 4; k++) await OrderAsync(client, ids[i], 4_000, k + 1);

        // Before the first calculation there is nothing, and it says so.
        var empty = await GetAsync(client, "/analytics/rfm/distribution");
        Assert.Equal((0, 0, null), ((int)empty["total_customers_analyzed"]!, (int)empty["lost_count"]!, empty["analysis_date"]));
        var none = await (await client.GetAsync($"{Root}/{ids[0]}/analytics/rfm", Token)).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal("RFM scores not calculated for this customer", (string)none["detail"]!);

        var calculated = await PostAsync(client, "/analytics/rfm/calculate", """{"customer_ids":null,"recalculate":false}""");
        Assert.Equal("""{"message":"RFM scores calculated for 10 customers","customers_updated":10}""", calculated.ToJsonString());
        Assert.Equal(0, (int)(await PostAsync(client, "/analytics/rfm/calculate", "{}"))["customers_updated"]!);
        Assert.Equal("RFM scores calculated for 1 customer", (string)(await PostAsync(client, "/analytics/rfm/calculate",
            $$"""{"customer_ids":["{{ids[3]}}"],"recalculate":true}"""))["message"]!);

        var john = await GetAsync(client, $"/{ids[0]}/analytics/rfm");
        Assert.Equal(
            $$"""{"customer_id":"{{ids[0]}}","customer_number":"CUST-20251217-0001","customer_name":"John Doe","recency_score":5,"frequency_score":4,"monetary_score":4,"rfm_segment":"Loyal","total_orders":3,"total_spent":9000,"last_order_date":"2025-12-15T10:30:00Z","days_since_last_order":2,"calculated_at":"2025-12-17T08:00:00Z"}""",
            john.ToJsonString());

        var all = await GetAsync(client, "/analytics/rfm/distribution");
        Assert.Equal((10, 11, "2025-12-17T08:00:00Z"), ((int)all["total_customers_analyzed"]!, all["segment_distribution"]!.AsArray().Count,
            (string)all["analysis_date"]!));
        var loyal = all["segment_distribution"]!.AsArray().Single(s => (string)s!["segment"]! == "Loyal")!;
        Assert.Equal((int)all["loyal_count"]!, (int)loyal["count"]!);
        Assert.Equal(10, all.Where(p => p.Key.EndsWith("_count", StringComparison.Ordinal)).Sum(p => (int)p.Value!));
        Assert.Equal(57_600m, all["segment_distribution"]!.AsArray().Sum(s => (decimal)s!["total_revenue"]!));
        Assert.Equal(100m, all["segment_distribution"]!.AsArray().Sum(s => (decimal)s!["percentage"]!));

        // The core tree has the same, with its own form of ids.
        var core = (await (await client.GetAsync($"/api/customers/{ids[0]}/analytics/rfm", Token)).ReadAsync()).AsObject();
        Assert.Equal((long.Parse(ids[0], CultureInfo.InvariantCulture), "Loyal"),
            ((long)core["customer_id"]!, (string)core["rfm_segment"]!));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/analytics/rfm/distribution", Token)).StatusCode);

        await (await client.GetAsync($"{Root}/999/analytics/rfm", Token)).ProblemAsync(HttpStatusCode.NotFound);
        await (await client.SendAsync(HttpMethod.Post, $"{Root}/analytics/rfm/calculate", $$"""{"customer_ids":[{{string.Join(',',
            Enumerable.Range(1, 1_001).Select(i => $"\"{i}\""))}}]}""")).ProblemAsync(HttpStatusCode.UnprocessableEntity);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        Assert.Equal(HttpStatusCode.OK, (await staff.GetAsync($"{Root}/{ids[0]}/analytics/rfm", Token)).StatusCode);
        await (await staff.SendAsync(HttpMethod.Post, $"{Root}/analytics/rfm/calculate", "{}")).ProblemAsync(HttpStatusCode.Forbidden);
    }

    private static async Task OrderAsync(HttpClient client, string customer, int amount, int day)
    {
        var order = await client.PostAsync("/api/orders", ApiClient.Json(string.Create(CultureInfo.InvariantCulture,
            $$"""{"external_id":"W-{{customer}}-{{day}}","status":"paid","customer_id":{{customer}},"placed_at":"2025-12-{{day:00}}T10:30:00Z","lines":[{"product_code":"SHIRT","quantity":1,"unit_price":{{amount}}}]}""")),
            Token);
        Assert.True(order.StatusCode == HttpStatusCode.Created, await order.Content.ReadAsStringAsync(Token));
    }

    private static async Task<JsonObject> PostAsync(HttpClient client, string path, string body)
    {
        var answer = await client.SendAsync(HttpMethod.Post, Root + path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        return (await answer.ReadAsync()).AsObject();
    }

    private static async Task<JsonObject> GetAsync(HttpClient client, string path)
    {
        var answer = await client.GetAsync(Root + path, Token);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Token));
        return (await answer.ReadAsync()).AsObject();
    }
}
