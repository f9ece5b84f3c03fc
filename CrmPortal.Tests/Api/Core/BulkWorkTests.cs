using System.Net;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api.Core;

/// <summary>Many at once by a program: as a job, and taken back as one.</summary>
public sealed class BulkWorkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Action_ByFilter_IsDone_LookedAt_AndUndone(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var ids = new List<long>();
        for (var i = 0; i < 3; i++) ids.Add(await client.CustomerAsync($"Person {i}"));
        await client.SendAsync(HttpMethod.Post, $"/api/customers/{ids[0]}/make_vip", """{"is_vip":true}""", HttpStatusCode.OK);

        var job = await app.WorkAsync(client, "/api/customers/bulk", """{"action":"add_tag","argument":"spring","filter":"vip:no"}""");
        Assert.Equal(("done", "customers.bulk", 2), ((string)job["state"]!, (string)job["kind"]!, (int)job["done"]!));
        var result = await client.ReadAsync($"/api/customers/bulk/{(long)job["id"]!}");
        Assert.Equal(("add_tag", 2, 2, false), ((string)result["action"]!, (int)result["changed"]!, (int)result["total"]!,
            (bool)result["was_cancelled"]!));
        Assert.Equal(2, (int)(await client.ReadAsync("/api/customers?tags=spring"))["total"]!);

        var undone = await client.SendAsync(HttpMethod.Post, $"/api/changes/{(long)result["change_set_id"]!}/undo", "{}",
            HttpStatusCode.OK);
        Assert.Empty(undone["kept"]!.AsArray());
        Assert.Equal(0, (int)(await client.ReadAsync("/api/customers?tags=spring"))["total"]!);
        // Once is enough.
        await client.SendAsync(HttpMethod.Post, $"/api/changes/{(long)result["change_set_id"]!}/undo", "{}", HttpStatusCode.BadRequest);

        // What somebody else did is not there, and who may not block starts nothing.
        using var other = await app.ClientAsAsync(RoleNames.Manager);
        await other.SendAsync(HttpMethod.Get, $"/api/customers/bulk/{(long)job["id"]!}", null, HttpStatusCode.NotFound);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        await staff.SendAsync(HttpMethod.Post, "/api/customers/bulk", $$"""{"action":"delete","customer_ids":[{{ids[0]}}]}""",
            HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Nobody_IsNeverEverybody()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var id = await client.CustomerAsync("Ada");
        foreach (var (path, body, field) in new[]
        {
            ("customers/bulk", """{"action":"delete"}""", "customer_ids"),
            ("customers/bulk", """{"action":"delete","customer_ids":[],"filter":" "}""", "customer_ids"),
            ("customers/bulk", $$"""{"action":"delete","customer_ids":[{{id}}],"filter":"vip:no"}""", "customer_ids"),
            ("customers/bulk", """{"action":"block","filter":"vip:no"}""", "reason"),
            ("customers/bulk", """{"action":"activate","filter":"no_such:yes"}""", "filter"),
            ("orders/bulk", """{"status":"shipped"}""", "order_ids"),
            ("orders/bulk", """{"status":"shipped","filter":"no_such:yes"}""", "filter"),
            ("customers/bulk/tags", """{"tags":["x"]}""", "customer_ids"),
            ("customers/bulk/tags", $$"""{"customer_ids":[{{id}}],"action":"add"}""", "tags"),
        })
        {
            var problem = await (await client.PostAsync("/api/" + path, ApiClient.Json(body), Token))
                .ProblemAsync(HttpStatusCode.BadRequest);
            Assert.True(problem["errors"]?.AsObject().ContainsKey(field) == true, $"{path} {body}: {problem.ToJsonString()}");
        }

        Assert.Equal(1, (int)(await client.ReadAsync("/api/customers"))["total"]!);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Tags_AreAddedTakenAndSet(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Staff);
        var (ada, bo) = (await client.CustomerAsync("Ada"), await client.CustomerAsync("Bo"));
        Assert.Equal((2, "a b"), await TagAsync("""["a","b"]""", "add"));
        Assert.Equal((2, "b"), await TagAsync("""["a","none"]""", "remove"));
        Assert.Equal((2, "c"), await TagAsync("""["c"]""", "set"));
        Assert.Equal((0, "c"), await TagAsync("""["c"]""", "set"));

        async Task<(int, string)> TagAsync(string tags, string action)
        {
            var answer = await client.SendAsync(HttpMethod.Post, "/api/customers/bulk/tags",
                $$"""{"customer_ids":[{{ada}},{{bo}},{{ada}}],"tags":{{tags}},"action":"{{action}}"}""", HttpStatusCode.OK);
            return ((int)answer["customers_updated"]!,
                string.Join(' ', (await client.ReadAsync($"/api/customers/{bo}"))["tags"]!.AsArray().Select(t => (string)t!).Order()));
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Orders_AreMovedTogether_AndBack(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        for (var i = 0; i < 2; i++)
            await client.SendAsync(HttpMethod.Post, "/api/orders", $$"""
                {"external_id":"S{{i}}","placed_at":"2025-06-0{{i + 1}}T10:00:00Z","status":"paid","lines":[{"product_code":"P","name":"Pen","quantity":1,"unit_price":5}]}
                """, HttpStatusCode.Created);
        var job = await app.WorkAsync(client, "/api/orders/bulk", """{"status":"shipped","filter":"status:any:paid"}""");
        var result = await client.ReadAsync($"/api/orders/bulk/{(long)job["id"]!}");
        Assert.Equal(("shipped", 2), ((string)result["status"]!, (int)result["changed"]!));
        // A job of another kind is none of these.
        await client.SendAsync(HttpMethod.Get, $"/api/customers/bulk/{(long)job["id"]!}", null, HttpStatusCode.NotFound);
        await client.SendAsync(HttpMethod.Post, $"/api/changes/{(long)result["change_set_id"]!}/undo", "{}", HttpStatusCode.OK);
        Assert.Equal(2, (int)(await client.ReadAsync("/api/orders?filter=status:any:paid"))["total"]!);

        // Jobs: one's own by its key, all of them for who may see them, and nothing to stop where it is over.
        await client.SendAsync(HttpMethod.Post, $"/api/jobs/{(long)job["id"]!}/cancel", null, HttpStatusCode.BadRequest);
        await client.SendAsync(HttpMethod.Post, $"/api/jobs/{(long)job["id"]!}/retry", null, HttpStatusCode.BadRequest);
        Assert.Contains((await client.ReadAsync("/api/jobs?state=done"))["items"]!.AsArray(),
            j => (long)j!["job"]!["id"]! == (long)job["id"]!);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        await staff.SendAsync(HttpMethod.Get, $"/api/jobs/{(long)job["id"]!}", null, HttpStatusCode.NotFound);
        Assert.NotEmpty((await client.ReadAsync("/api/jobs/schedule")).AsArray());
    }
}
