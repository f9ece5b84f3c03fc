using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Analytics;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

/// <summary>
/// Document 3, “Bulk operations” and the summary of “Analytics”; document 4, “Get customer statistics”; figures of the core tree.
/// </summary>
public sealed class DocumentThreeAnalyticsTests
{
    private const string Root = "/api/v1/retail-customers";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Summary_HasWhatTheDocumentPrints(DatabaseKind kind)
    {
        await using var app = await StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var id = (string)(await PostAsync(client, $"{Root}/",
            """{"first_name":"John","last_name":"Doe","email":"john@example.com"}"""))["id"]!;
        await OrderAsync(client, id, "2025-11-15", "SHIRT", 3_000);
        await OrderAsync(client, id, "2025-12-15", "SOCKS", 100);

        var summary = await GetAsync(client, $"{Root}/{id}/analytics/summary");

        Assert.Equal(
            $$"""{"customer_id":"{{id}}","customer_number":"CUST-20251217-0001","customer_name":"John Doe","email":"john@example.com","purchase_summary":{"customer_id":"{{id}}","total_orders":2,"total_spent":3100,"average_order_value":1550,"first_order_date":"2025-11-15T10:30:00Z","last_order_date":"2025-12-15T10:30:00Z","favorite_category":null,"favorite_brand":null,"most_purchased_product":"SHIRT","purchase_frequency_days":30},""",
            summary.ToJsonString()[..summary.ToJsonString().IndexOf("\"loyalty_tier\"", StringComparison.Ordinal)]);
        Assert.Equal(["loyalty_tier", "loyalty_points", "rfm_recency_score", "rfm_frequency_score", "rfm_monetary_score", "rfm_segment",
            "clv", "email_open_rate", "email_click_rate", "last_activity_at"], summary.Select(p => p.Key).Skip(5));
        Assert.Equal((null, null), ((string?)summary["rfm_segment"], (decimal?)summary["clv"]));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/api/customers/{id}/analytics/summary", Token)).StatusCode);
        var none = await (await client.GetAsync($"{Root}/999/analytics/summary", Token)).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal("Customer not found", (string)none["detail"]!);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task BulkStatusAndTier_ChangeThoseThatAreThere(DatabaseKind kind)
    {
        await using var app = await StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        List<string> ids = [];
        for (var i = 0; i < 3; i++)
            ids.Add((string)(await PostAsync(client, $"{Root}/", $$"""{"first_name":"Guest{{i}}","last_name":"Doe"}"""))["id"]!);
        var named = string.Join(',', ids.Append(ids[0]).Append("999").Select(i => $"\"{i}\""));

        var status = await PostAsync(client, $"{Root}/bulk/status",
            $$"""{"customer_ids":[{{named}}],"is_active":false,"reason":"Bulk deactivation for maintenance"}""");
        Assert.Equal("""{"message":"Updated status for 3 customers","customers_updated":3}""", status.ToJsonString());
        Assert.False((bool)(await GetAsync(client, $"{Root}/{ids[2]}"))["is_active"]!);
        var tier = await PostAsync(client, $"{Root}/bulk/tier",
            $$"""{"customer_ids":[{{named}}],"new_tier":"gold","tier_expiry_date":"2026-12-31"}""");
        Assert.Equal("""{"message":"Updated tier for 3 customers","customers_updated":3}""", tier.ToJsonString());
        Assert.Equal("gold", (string)(await GetAsync(client, $"{Root}/{ids[1]}"))["loyalty_tier"]!);

        await RefusedAsync("bulk/tier", """{"customer_ids":["1"],"new_tier":"wood"}""");
        await RefusedAsync("bulk/tier", """{"customer_ids":[],"new_tier":"gold"}""");
        var many = string.Join(',', Enumerable.Range(1, 1_001).Select(i => $"\"{i}\""));
        await RefusedAsync("bulk/status", $$"""{"customer_ids":[{{many}}],"is_active":true}""");
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        await (await staff.SendAsync(HttpMethod.Post, $"{Root}/bulk/tier", """{"customer_ids":["1"],"new_tier":"gold"}"""))
            .ProblemAsync(HttpStatusCode.Forbidden);

        async Task RefusedAsync(string path, string body) =>
            await (await client.SendAsync(HttpMethod.Post, $"{Root}/{path}", body)).ProblemAsync(HttpStatusCode.UnprocessableEntity);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task RetentionAndTrends_AreThoseOfThePages(DatabaseKind kind)
    {
        await using var app = await StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var id = (string)(await PostAsync(client, $"{Root}/", """{"first_name":"John","last_name":"Doe"}"""))["id"]!;
        await OrderAsync(client, id, "2025-11-15", "SHIRT", 30);
        await OrderAsync(client, id, "2025-12-15", "SHIRT", 10);
        await app.Services.GetRequiredService<CohortKeeper>().RunAsync(Token);
        await app.Services.GetRequiredService<DayKeeper>().RunAsync(Token);

        var cohort = Assert.Single((await GetAsync(client, "/api/analytics/retention"))["cohorts"]!.AsArray())!;
        Assert.Equal("""{"month":"2025-11-01","customers":1,"months":[{"months_since":0,"customers":1,"percentage":100,"orders":1,"revenue":30},{"months_since":1,"customers":1,"percentage":100,"orders":1,"revenue":10}]}""",
            cohort.ToJsonString());
        Assert.Empty((await GetAsync(client, "/api/analytics/retention?year=2024"))["cohorts"]!.AsArray());
        var trends = await GetAsync(client, "/api/analytics/trends?from=2025-12-01&to=2025-12-17");
        Assert.Equal("""{"revenue":10,"orders":1,"average_order_value":10,"new_customers":0,"returning_orders":1,"anonymous_orders":0}""",
            trends["period"]!.ToJsonString());
        Assert.Equal((30m, 17), ((decimal)trends["period_before"]!["revenue"]!, trends["points"]!.AsArray().Count));
        await (await client.GetAsync("/api/analytics/trends?from=2025-12-01", Token)).ProblemAsync(HttpStatusCode.BadRequest);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        await (await staff.GetAsync("/api/analytics/trends", Token)).ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Stats_OfDocumentFour_CountStatusAndSegments(DatabaseKind kind)
    {
        await using var app = await StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        List<long> ids = [];
        for (var i = 0; i < 4; i++) ids.Add((long)(await PostAsync(client, "/api/customers", $$"""{"name":"Guest {{i}}"}"""))["id"]!);
        await PostAsync(client, $"/api/customers/{ids[0]}/make_vip", """{"is_vip":true,"reason":"Good"}""");
        await PostAsync(client, $"/api/customers/{ids[1]}/deactivate", """{"reason":"Moved"}""");

        var answer = await GetAsync(client, "/api/v2/customers/stats/summary");

        Assert.Equal("""{"success":true,"summary":{"totalCustomers":4,"activeCustomers":3,"vipCustomers":1,"blockedCustomers":0,"newThisMonth":4},"segments":[{"_id":"vip","count":1},{"_id":"regular","count":0},{"_id":"new","count":2}]}""",
            answer.ToJsonString());
        Assert.Equal("""{"summary":{"total_customers":4,"active_customers":3,"vip_customers":1,"blocked_customers":0,"new_this_month":4},"segments":[{"segment":"vip","count":1},{"segment":"regular","count":0},{"segment":"new","count":2}]}""",
            (await GetAsync(client, "/api/customers/stats/summary")).ToJsonString());
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        await (await staff.GetAsync("/api/v2/customers/stats/summary", Token)).ProblemAsync(HttpStatusCode.Forbidden);
    }

    private static Task<TestApp> StartAsync(DatabaseKind kind)
    {
        var clock = new TestClock();
        clock.Set(DateTimeOffset.Parse("2025-12-17T08:00:00Z", CultureInfo.InvariantCulture));
        return TestApp.StartAsync(kind, configure: s => s.AddSingleton<TimeProvider>(clock));
    }

    private static async Task OrderAsync(HttpClient client, string customer, string day, string product, int amount)
    {
        var order = await client.PostAsync("/api/orders", ApiClient.Json(string.Create(CultureInfo.InvariantCulture,
            $$"""{"external_id":"W-{{day}}","status":"paid","customer_id":{{customer}},"placed_at":"{{day}}T10:30:00Z","lines":[{"product_code":"{{product}}","quantity":1,"unit_price":{{amount}}}]}""")),
            Token);
        Assert.True(order.StatusCode == HttpStatusCode.Created, await order.Content.ReadAsStringAsync(Token));
    }

    private static async Task<JsonObject> PostAsync(HttpClient client, string path, string body)
    {
        var answer = await client.SendAsync(HttpMethod.Post, path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        return (await answer.ReadAsync()).AsObject();
    }

    private static async Task<JsonObject> GetAsync(HttpClient client, string path)
    {
        var answer = await client.GetAsync(path, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        return (await answer.ReadAsync()).AsObject();
    }
}
