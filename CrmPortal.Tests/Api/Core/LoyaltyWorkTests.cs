using System.Net;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api.Core;

/// <summary>The programme, rewards and adjustments that wait, and what leaves as a file, by a program.</summary>
public sealed class LoyaltyWorkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Programme_IsDraftedChangedAndPutInForce(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var present = await client.ReadAsync("/api/loyalty/programme");
        Assert.Equal(("active", "bronze"), ((string)present["state"]!, (string)present["rules"]!["tiers"]![0]!["code"]!));

        // What was read can be sent again, with one rule changed.
        var rules = present["rules"]!.DeepClone();
        rules["points_per_unit"] = 3;
        var draft = await client.SendAsync(HttpMethod.Post, "/api/loyalty/programme/versions",
            $$"""{"name":"Spring","rules":{{rules.ToJsonString()}}}""", HttpStatusCode.Created);
        var root = $"/api/loyalty/programme/versions/{(long)draft["id"]!}";
        Assert.Equal(("draft", 3m), ((string)draft["state"]!, (decimal)draft["rules"]!["points_per_unit"]!));
        rules["points_per_unit"] = -1;
        var wrong = await client.SendAsync(HttpMethod.Put, root, $$"""{"rules":{{rules.ToJsonString()}}}""", HttpStatusCode.BadRequest);
        Assert.True(wrong["errors"]!.AsObject().ContainsKey("points_per_unit"), wrong.ToJsonString());
        Assert.Equal("Summer", (string)(await client.SendAsync(HttpMethod.Put, root, """{"name":"Summer"}""", HttpStatusCode.OK))["name"]!);
        Assert.Equal("active", (string)(await client.SendAsync(HttpMethod.Post, root + "/activate", null, HttpStatusCode.OK))["state"]!);
        Assert.Equal((long)draft["id"]!, (long)(await client.ReadAsync("/api/loyalty/programme"))["id"]!);
        await client.SendAsync(HttpMethod.Put, root, """{"name":"Late"}""", HttpStatusCode.BadRequest);
        await client.SendAsync(HttpMethod.Delete, root, null, HttpStatusCode.NotFound);
        Assert.Equal(["active", "retired"],
            (await client.ReadAsync("/api/loyalty/programme/versions")).AsArray().Select(p => (string)p!["state"]!));
        Assert.Equal(0, (long)(await client.ReadAsync("/api/loyalty/liability"))["points"]!);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        await staff.SendAsync(HttpMethod.Post, root + "/activate", null, HttpStatusCode.Forbidden);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Reward_IsOfferedTakenUsedAndCancelled_AndAKeyTakesItOnce(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var id = await client.CustomerAsync("Ada");
        await client.SendAsync(HttpMethod.Post, "/api/loyalty/earn", $$"""{"customer_id":{{id}},"points":500,"description":"Gift"}""",
            HttpStatusCode.Created);
        var reward = await client.SendAsync(HttpMethod.Post, "/api/loyalty/rewards", """{"name":"Coffee","price":150,"stock":3}""",
            HttpStatusCode.Created);
        var body = $$"""{"customer_id":{{id}},"reward_id":{{(long)reward["id"]!}}}""";

        var codes = new HashSet<string>();
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/loyalty/redemptions") { Content = ApiClient.Json(body) };
            request.Headers.Add("Idempotency-Key", "once");
            var answer = await client.SendAsync(request, Token);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            codes.Add((string)(await answer.ReadAsync())["code"]!);
        }

        Assert.Single(codes);
        var second = await client.SendAsync(HttpMethod.Post, "/api/loyalty/redemptions", body, HttpStatusCode.Created);
        await client.SendAsync(HttpMethod.Post, $"/api/loyalty/redemptions/{(long)second["id"]!}/cancel", null, HttpStatusCode.OK);
        await client.SendAsync(HttpMethod.Post, $"/api/loyalty/redemptions/{(long)second["id"]!}/use", null, HttpStatusCode.BadRequest);
        Assert.Equal(350, (long)(await client.ReadAsync($"/api/customers/{id}/loyalty/balance"))["current_balance"]!);
        var found = await client.ReadAsync($"/api/loyalty/redemptions?search={codes.First()}");
        Assert.Equal((1, "issued"), ((int)found["total"]!, (string)found["items"]![0]!["state"]!));
        Assert.Equal(1, (int)(await client.ReadAsync($"/api/loyalty/redemptions?customer_id={id}&state=cancelled"))["total"]!);

        // The stock went down in between; what is not named stays as that left it.
        var changed = await client.SendAsync(HttpMethod.Put, $"/api/loyalty/rewards/{(long)reward["id"]!}", """{"price":200}""",
            HttpStatusCode.OK);
        Assert.Equal((200, 2), ((long)changed["price"]!, (long)changed["stock"]!));
        await client.SendAsync(HttpMethod.Post, $"/api/loyalty/rewards/{(long)reward["id"]!}/archive", "{}", HttpStatusCode.OK);
        Assert.Empty((await client.ReadAsync("/api/loyalty/rewards")).AsArray());
        await client.SendAsync(HttpMethod.Post, "/api/loyalty/redemptions", body, HttpStatusCode.BadRequest);
        await client.SendAsync(HttpMethod.Post, "/api/loyalty/rewards", """{"name":"x","price":0}""", HttpStatusCode.BadRequest);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Adjustment_WaitsForASecondPerson(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var asking = await app.ClientAsAsync(RoleNames.SupportAgent);
        using var deciding = await app.ClientAsAsync(RoleNames.Manager);
        var id = await deciding.CustomerAsync("Ada");
        foreach (var points in new[] { 90_000, 80_000, 70_000 })
            await asking.SendAsync(HttpMethod.Post, "/api/loyalty/adjust",
                $$"""{"customer_id":{{id}},"points":{{points}},"reason":"Goodwill"}""", HttpStatusCode.Accepted);
        var waiting = (await deciding.ReadAsync("/api/loyalty/adjustments")).AsArray().Select(a => (long)a!["id"]!).ToList();
        Assert.Equal(3, waiting.Count);
        await asking.SendAsync(HttpMethod.Post, $"/api/loyalty/adjustments/{waiting[0]}/approve", null, HttpStatusCode.Forbidden);
        await deciding.SendAsync(HttpMethod.Post, $"/api/loyalty/adjustments/{waiting[0]}/approve", null, HttpStatusCode.OK);
        await deciding.SendAsync(HttpMethod.Post, $"/api/loyalty/adjustments/{waiting[0]}/approve", null, HttpStatusCode.NotFound);
        await deciding.SendAsync(HttpMethod.Post, $"/api/loyalty/adjustments/{waiting[1]}/reject", "{}", HttpStatusCode.BadRequest);
        await deciding.SendAsync(HttpMethod.Post, $"/api/loyalty/adjustments/{waiting[1]}/reject", """{"reason":"Too much"}""",
            HttpStatusCode.OK);
        await deciding.SendAsync(HttpMethod.Post, $"/api/loyalty/adjustments/{waiting[2]}/withdraw", null, HttpStatusCode.NotFound);
        await asking.SendAsync(HttpMethod.Post, $"/api/loyalty/adjustments/{waiting[2]}/withdraw", null, HttpStatusCode.OK);
        Assert.Equal(90_000, (long)(await deciding.ReadAsync($"/api/customers/{id}/loyalty/balance"))["current_balance"]!);
        Assert.Equal(["withdrawn", "rejected", "approved"],
            (await deciding.ReadAsync("/api/loyalty/adjustments?waiting=false")).AsArray().Select(a => (string)a!["state"]!));

        await deciding.SendAsync(HttpMethod.Put, "/api/loyalty/tier", $$"""{"customer_id":{{id}},"new_tier":"gold","reason":"Thanks"}""", HttpStatusCode.OK);
        var taken = await deciding.SendAsync(HttpMethod.Post, $"/api/customers/{id}/loyalty/take-tier", """{"reason":"By mistake"}""",
            HttpStatusCode.OK);
        Assert.Equal(("bronze", false), ((string)taken["tier"]!, (bool)taken["is_manual"]!));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Lists_LeaveAsFiles_InEachFormat(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var id = await client.CustomerAsync("Ada", "ada@example.com");
        await client.SendAsync(HttpMethod.Post, "/api/orders", $$"""
            {"external_id":"S1","customer_id":{{id}},"placed_at":"2025-06-01T10:00:00Z","status":"paid","lines":[{"product_code":"P","name":"Pen","quantity":2,"unit_price":5}]}
            """, HttpStatusCode.Created);
        foreach (var (path, formats) in new[]
        {
            ("/api/customers/export", "json csv xlsx"), ("/api/orders/export", "json csv xlsx"),
            ($"/api/customers/{id}/loyalty/transactions/export", "json csv xlsx pdf"), ("/api/reports/orders", "json csv xlsx pdf"),
        })
        {
            Assert.Equal(path, (path, (await client.ReadAsync(path)).AsArray().Count > 0).Item2 ? path : $"{path} is empty");
            foreach (var format in formats.Split(' '))
            {
                using var answer = await client.GetAsync($"{path}?format={format}", Token);
                var bytes = await answer.Content.ReadAsByteArrayAsync(Token);
                Assert.True(answer.IsSuccessStatusCode && bytes.Length > 0, $"{path} {format}: {(int)answer.StatusCode}");
                Assert.Contains($".{format}", answer.Content.Headers.ContentDisposition!.FileName!, StringComparison.Ordinal);
                Assert.Equal(format switch { "xlsx" => "PK", "pdf" => "%P", _ => null }, format is "xlsx" or "pdf"
                    ? System.Text.Encoding.ASCII.GetString(bytes, 0, 2) : null);
            }

            await client.SendAsync(HttpMethod.Get, $"{path}?format=exe", null, HttpStatusCode.BadRequest);
        }

        var order = (await client.ReadAsync("/api/orders/export?columns=status,total&filter=status:any:paid"))[0]!.AsObject();
        Assert.Equal(("S1", "paid"), ((string)order["order"]!, (string)order["status"]!));
        await client.SendAsync(HttpMethod.Get, "/api/orders/export?columns=luck", null, HttpStatusCode.BadRequest);
        Assert.NotEmpty((await client.ReadAsync("/api/reports")).AsArray());
        await client.SendAsync(HttpMethod.Get, "/api/reports/no-such", null, HttpStatusCode.NotFound);
        await client.SendAsync(HttpMethod.Get, "/api/reports/orders?period=once", null, HttpStatusCode.BadRequest);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        await staff.SendAsync(HttpMethod.Get, "/api/orders/export", null, HttpStatusCode.Forbidden);
    }
}
