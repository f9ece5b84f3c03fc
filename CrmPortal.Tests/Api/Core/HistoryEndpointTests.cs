using System.Net;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api.Core;

/// <summary>What was changed, by whom, and taking it back, by a program.</summary>
public sealed class HistoryEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Change_IsInTheHistory_AndIsTakenBack(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var root = $"/api/customers/{await client.CustomerAsync("Ada Lovelace", "ada@example.com")}";
        await client.SendAsync(HttpMethod.Patch, root, """{"last_name":"Byron"}""", HttpStatusCode.OK);

        var change = (await client.ReadAsync(root + "/history?limit=1"))["items"]![0]!;
        Assert.Equal(("customer.edit", true, false, "api"),
            ((string)change["kind"]!, (bool)change["may_undo"]!, (bool)change["is_undone"]!, (string)change["origin"]!));
        var field = change["rows"]![0]!["fields"]!.AsArray().Single(f => (string)f!["name"]! == "FamilyName")!;
        Assert.Equal(("Lovelace", "Byron"), ((string)field["before"]!, (string)field["after"]!));
        Assert.Equal(["Byron", "Lovelace"],
            (await client.ReadAsync(root + "/history/FamilyName")).AsArray().Select(c => (string)c!["after"]!));

        // Whoever may not edit takes nothing back; who did it may.
        using var other = await app.ClientAsAsync(RoleNames.Customer);
        await other.SendAsync(HttpMethod.Post, $"/api/changes/{(long)change["id"]!}/undo", "{}", HttpStatusCode.BadRequest);
        var undone = await client.SendAsync(HttpMethod.Post, $"/api/changes/{(long)change["id"]!}/undo", "{}", HttpStatusCode.OK);
        Assert.Equal((1, 0), ((int)undone["undone"]!, undone["kept"]!.AsArray().Count));
        Assert.Equal("Lovelace", (string)(await client.ReadAsync(root))["last_name"]!);
        await client.SendAsync(HttpMethod.Post, $"/api/changes/{(long)undone["change_set_id"]!}/undo", """{"also_changed_later":true}""",
            HttpStatusCode.OK);
        Assert.Equal("Byron", (string)(await client.ReadAsync(root))["last_name"]!);

        Assert.False((bool)(await client.ReadAsync(root + "/as-at?day=2020-01-01"))["was_there"]!);
        await client.SendAsync(HttpMethod.Get, $"{root}/as-at?day=2999-01-01", null, HttpStatusCode.BadRequest);
        await client.SendAsync(HttpMethod.Get, "/api/customers/4711/history", null, HttpStatusCode.NotFound);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Audit_IsFilteredPagedAndExported_ForThoseWhoMaySeeIt(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Administrator);
        var id = await client.CustomerAsync("Ada Lovelace");
        await client.SendAsync(HttpMethod.Patch, $"/api/customers/{id}", """{"last_name":"Byron"}""", HttpStatusCode.OK);
        var query = $"/api/audit?record=customer&record_id={id}";

        var rows = (await client.ReadAsync(query))["items"]!.AsArray();
        Assert.Contains("updated", rows.Select(r => (string)r!["action"]!));
        var only = (await client.ReadAsync(query + "&action=created"))["items"]!.AsArray();
        Assert.Equal(("created", "Customer", id), ((string)Assert.Single(only)!["action"]!, (string)only[0]!["record"]!,
            (long)only[0]!["record_id"]!));
        var first = await client.ReadAsync(query + "&limit=1");
        var second = await client.ReadAsync($"{query}&limit=1&after={(string)first["next"]!}");
        Assert.NotEqual((long)first["items"]![0]!["id"]!, (long)second["items"]![0]!["id"]!);
        Assert.Contains("Customer", (await client.ReadAsync("/api/audit/records")).AsArray().Select(r => (string)r!));

        var exported = await client.GetStringAsync($"/api/audit/export?format=csv&record=customer&record_id={id}", Token);
        Assert.Equal(rows.Count + 1, exported.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        foreach (var wrong in new[] { "record=ghost", "action=danced", "record_id=1", "after=here", "limit=101", "from=2026-02-02&until=2026-02-01" })
            await client.SendAsync(HttpMethod.Get, "/api/audit?" + wrong, null, HttpStatusCode.BadRequest);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        await staff.SendAsync(HttpMethod.Get, "/api/audit", null, HttpStatusCode.Forbidden);
    }
}
