using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

/// <summary>Document 3, “CLV calculation”, example by example, and the same in the core tree.</summary>
public sealed class DocumentThreeClvTests
{
    private const string Root = "/api/v1/retail-customers";
    private static readonly DateTimeOffset Now = new(2025, 12, 17, 8, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task LifetimeValue_IsCalculatedReadAndAnalysed(DatabaseKind kind)
    {
        var clock = new TestClock();
        clock.Set(Now);
        await using var app = await TestApp.StartAsync(kind, configure: s => s.AddSingleton<TimeProvider>(clock));
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        List<string> ids = [];
        for (var i = 0; i < 3; i++)
            ids.Add((string)(await PostAsync(client, "/",
                $$"""{"first_name":"{{(i == 0 ? "John" : $"Guest{i}")}}","last_name":"Doe"}"""))["id"]!);
        // John bought twelve times for 4,000 in ten months, up to the end of the day: 1.2 orders a month.
        var end = new DateTimeOffset(Now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1);
        await OrderAsync(client, ids[0], 4_000, end.AddDays(-304.375));
        for (var i = 0; i < 11; i++) await OrderAsync(client, ids[0], 4_000, Now.AddDays(-1 - i));
        await OrderAsync(client, ids[1], 50, Now.AddDays(-2));

        // Before the first calculation there is nothing, and it says so.
        Assert.Equal(
            """{"total_customers_analyzed":0,"total_clv":0,"average_clv":0,"median_clv":0,"distribution":[],"top_customers":[],"analysis_date":null}""",
            (await GetAsync(client, "/analytics/clv/analysis?limit=100")).ToJsonString());
        var none = await (await client.GetAsync($"{Root}/{ids[0]}/analytics/clv", Token)).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal("CLV not calculated for this customer", (string)none["detail"]!);

        Assert.Equal("""{"message":"CLV calculated for 2 customers","customers_updated":2,"prediction_months":12}""",
            (await PostAsync(client,
            "/analytics/clv/calculate", """{"customer_ids":null,"prediction_months":12,"recalculate":false}""")).ToJsonString());
        Assert.Equal(0, (int)(await PostAsync(client, "/analytics/clv/calculate", "{}"))["customers_updated"]!);
        Assert.Equal("CLV calculated for 1 customer", (string)(await PostAsync(client, "/analytics/clv/calculate",
            $$"""{"customer_ids":["{{ids[1]}}"],"recalculate":true}"""))["message"]!);

        // Not the printed 12 orders: 1.2 a month are 14.4 in twelve months.
        Assert.Equal(
            $$"""{"customer_id":"{{ids[0]}}","customer_number":"CUST-20251217-0001","customer_name":"John Doe","clv":57600,"predicted_orders":14.4,"predicted_revenue":57600,"average_order_value":4000,"purchase_frequency":1.2,"customer_lifespan_months":12,"calculated_at":"2025-12-17T08:00:00Z"}""",
            (await GetAsync(client, $"/{ids[0]}/analytics/clv")).ToJsonString());

        var all = await GetAsync(client, "/analytics/clv/analysis?limit=1");
        Assert.Equal((2, 58_200m, 29_100m, 29_100m, "2025-12-17T08:00:00Z"), ((int)all["total_customers_analyzed"]!,
            (decimal)all["total_clv"]!, (decimal)all["average_clv"]!, (decimal)all["median_clv"]!, (string)all["analysis_date"]!));
        Assert.Equal("""{"range_label":"0-1000","min_value":0,"max_value":1000,"count":1,"percentage":50,"total_clv":600}""",
            all["distribution"]![0]!.ToJsonString());
        Assert.Equal(["0-1000", "1000-5000", "5000-10000", "10000-25000", "25000-50000", "50000+"],
            all["distribution"]!.AsArray().Select(r => (string)r!["range_label"]!));
        Assert.Equal((1, null, 57_600m), ((int)all["distribution"]![5]!["count"]!, all["distribution"]![5]!["max_value"],
            (decimal)all["distribution"]![5]!["total_clv"]!));
        var top = Assert.Single(all["top_customers"]!.AsArray())!;
        Assert.Equal((ids[0], "John Doe", 57_600m, 12), ((string)top["customer_id"]!, (string)top["customer_name"]!, (decimal)top["clv"]!,
            (int)top["total_orders"]!));

        // The core tree has the same, with its own form of ids.
        var core = (await (await client.GetAsync($"/api/customers/{ids[0]}/analytics/clv", Token)).ReadAsync()).AsObject();
        Assert.Equal((long.Parse(ids[0], CultureInfo.InvariantCulture), 14.4m),
            ((long)core["customer_id"]!, (decimal)core["predicted_orders"]!));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/analytics/clv/analysis", Token)).StatusCode);

        await (await client.GetAsync($"{Root}/999/analytics/clv", Token)).ProblemAsync(HttpStatusCode.NotFound);
        await (await client.GetAsync($"{Root}/analytics/clv/analysis?limit=101", Token)).ProblemAsync(HttpStatusCode.UnprocessableEntity);
        await (await client.SendAsync(HttpMethod.Post, $"{Root}/analytics/clv/calculate", """{"prediction_months":0}"""))
            .ProblemAsync(HttpStatusCode.UnprocessableEntity);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        Assert.Equal(HttpStatusCode.OK, (await staff.GetAsync($"{Root}/{ids[0]}/analytics/clv", Token)).StatusCode);
        await (await staff.SendAsync(HttpMethod.Post, $"{Root}/analytics/clv/calculate", "{}")).ProblemAsync(HttpStatusCode.Forbidden);
    }

    private static async Task OrderAsync(HttpClient client, string customer, int amount, DateTimeOffset at)
    {
        var order = await client.PostAsync("/api/orders", ApiClient.Json(string.Create(CultureInfo.InvariantCulture,
            $$"""{"external_id":"W-{{customer}}-{{at:yyyyMMdd}}","status":"paid","customer_id":{{customer}},"placed_at":"{{at:yyyy-MM-dd'T'HH:mm:ss'Z'}}","lines":[{"product_code":"SHIRT","quantity":1,"unit_price":{{amount}}}]}""")),
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
