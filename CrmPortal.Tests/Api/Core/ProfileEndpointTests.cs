using System.Net;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api.Core;

/// <summary>What else is known of a customer, the trash, duplicates and the shop's own fields, by a program.</summary>
public sealed class ProfileEndpointTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task ContactPoints_Dates_Relationships_AreAddedAndRemoved(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var ada = await client.CreateCustomerAsync("""{"name":"Ada","email":"ada@example.com"}""");
        var bo = await client.CreateCustomerAsync("""{"name":"Bo","email":"bo@example.com"}""");
        var root = $"/api/customers/{(long)ada["id"]!}";

        var point = await client.SendAsync(HttpMethod.Post, root + "/contact-points",
            """{"kind":"email","value":"ada@work.example","label":"Work"}""", HttpStatusCode.Created);
        await client.SendAsync(HttpMethod.Post, root + "/contact-points", """{"kind":"email","value":"nothing"}""",
            HttpStatusCode.BadRequest);
        var points = await client.SendAsync(HttpMethod.Post, $"{root}/contact-points/{(long)point["id"]!}/make-primary", null,
            HttpStatusCode.OK);
        Assert.Equal(("ada@work.example", "ada@example.com"),
            ((string)(await client.ReadAsync(root))["email"]!, (string)Assert.Single(points.AsArray())!["value"]!));
        await client.SendAsync(HttpMethod.Delete, $"{root}/contact-points/{(long)points[0]!["id"]!}", null, HttpStatusCode.OK);
        Assert.Empty((await client.ReadAsync(root + "/contact-points")).AsArray());
        await client.SendAsync(HttpMethod.Delete, $"{root}/contact-points/{(long)points[0]!["id"]!}", null, HttpStatusCode.NotFound);

        var day = await client.SendAsync(HttpMethod.Post, root + "/important-dates", """{"label":"Wedding","day":"2010-06-12"}""",
            HttpStatusCode.Created);
        Assert.Equal(("Wedding", true), ((string)day["label"]!, (bool)day["is_yearly"]!));
        await client.SendAsync(HttpMethod.Post, root + "/important-dates", """{"label":"Wedding"}""", HttpStatusCode.BadRequest);
        await client.SendAsync(HttpMethod.Delete, $"{root}/important-dates/{(long)day["id"]!}", null, HttpStatusCode.OK);

        var tie = await client.SendAsync(HttpMethod.Post, root + "/relationships",
            $$"""{"other_number":"{{(string)bo["number"]!}}","kind":"parent"}""", HttpStatusCode.Created);
        Assert.Equal(("parent", (long)bo["id"]!), ((string)tie["kind"]!, (long)tie["other_id"]!));
        var back = (await client.ReadAsync($"/api/customers/{(long)bo["id"]!}/relationships")).AsArray();
        Assert.Equal("child", (string)Assert.Single(back)!["kind"]!);
        var wrong = await client.SendAsync(HttpMethod.Post, root + "/relationships", """{"other_number":"CUST-1","kind":"parent"}""",
            HttpStatusCode.BadRequest);
        Assert.True(wrong["errors"]!.AsObject().ContainsKey("other_number"));
        // From the other side as well.
        await client.SendAsync(HttpMethod.Delete, $"/api/customers/{(long)bo["id"]!}/relationships/{(long)tie["id"]!}", null,
            HttpStatusCode.OK);
        Assert.Empty((await client.ReadAsync(root + "/household"))["members"]!.AsArray());
        Assert.True((bool)(await client.SendAsync(HttpMethod.Put, root + "/follow", null, HttpStatusCode.OK))["is_following"]!);
        Assert.False((bool)(await client.SendAsync(HttpMethod.Delete, root + "/follow", null, HttpStatusCode.OK))["is_following"]!);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Trash_IsListed_AndACustomerComesBack(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var id = await client.CustomerAsync("Ada", "ada@example.com");
        await client.SendAsync(HttpMethod.Delete, $"/api/customers/{id}", null, HttpStatusCode.OK);
        await client.CustomerAsync("Another Ada", "ada@example.com");
        Assert.Equal(id, (long)Assert.Single((await client.ReadAsync("/api/customers/trash"))["items"]!.AsArray())!["id"]!);

        await client.SendAsync(HttpMethod.Post, $"/api/customers/{id}/restore", "{}", HttpStatusCode.Conflict);
        var restored = await client.SendAsync(HttpMethod.Post, $"/api/customers/{id}/restore", """{"keep_colliding_as_further":true}""",
            HttpStatusCode.OK);
        Assert.Equal(("Ada", null), ((string)restored["name"]!, (string?)restored["email"]));
        Assert.Equal(0, (int)(await client.ReadAsync("/api/customers/trash"))["total"]!);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        await staff.SendAsync(HttpMethod.Get, "/api/customers/trash", null, HttpStatusCode.Forbidden);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Duplicates_AreFoundByAJob_AndDismissed(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var first = (long)(await client.CreateCustomerAsync("""{"name":"Ada Lovelace","phone":"+442079460958"}"""))["id"]!;
        var second = (long)(await client.CreateCustomerAsync(
            """{"name":"Ada Lovelace","email":"ada@example.com","date_of_birth":"1985-12-10"}"""))["id"]!;
        await client.SendAsync(HttpMethod.Post, $"/api/customers/{second}/contact-points", """{"kind":"phone","value":"+442079460958"}""",
            HttpStatusCode.Created);
        Assert.Contains((await client.ReadAsync($"/api/customers/{first}/duplicates")).AsArray(),
            d => (long)d!["customer_id"]! == second);

        Assert.Equal("done", (string)(await app.WorkAsync(client, "/api/duplicates/scan"))["state"]!);
        var pair = Assert.Single((await client.ReadAsync("/api/duplicates"))["items"]!.AsArray())!;
        Assert.Equal([first, second], new[] { (long)pair["first"]!["id"]!, (long)pair["second"]!["id"]! }.Order());
        await client.SendAsync(HttpMethod.Delete, $"/api/duplicates/{(long)pair["id"]!}", null, HttpStatusCode.OK);
        Assert.Equal(0, (int)(await client.ReadAsync("/api/duplicates"))["total"]!);
        await client.SendAsync(HttpMethod.Delete, $"/api/duplicates/{(long)pair["id"]!}", null, HttpStatusCode.NotFound);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Fields_AreAddedChangedAndFilled(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Administrator);
        var field = await client.SendAsync(HttpMethod.Post, "/api/custom-fields",
            """{"label":"Size","type":"choice","choices":["S","M"]}""", HttpStatusCode.Created);
        Assert.Equal(("size", "choice"), ((string)field["key"]!, (string)field["type"]!));
        await client.SendAsync(HttpMethod.Post, "/api/custom-fields", """{"label":"Size","type":"text"}""", HttpStatusCode.Conflict);
        var changed = await client.SendAsync(HttpMethod.Patch, $"/api/custom-fields/{(long)field["id"]!}", """{"choices":["S","M","L"]}""",
            HttpStatusCode.OK);
        Assert.Equal(("Size", 3), ((string)changed["label"]!, changed["choices"]!.AsArray().Count));
        var id = await client.CustomerAsync("Ada");
        await client.SendAsync(HttpMethod.Patch, $"/api/customers/{id}", """{"custom_fields":{"size":"L"}}""", HttpStatusCode.OK);
        Assert.Equal("L", (string)(await client.ReadAsync($"/api/customers/{id}"))["custom_fields"]!["size"]!);
        await client.SendAsync(HttpMethod.Patch, $"/api/custom-fields/{(long)field["id"]!}", """{"is_archived":true}""", HttpStatusCode.OK);
        Assert.Empty((await client.ReadAsync("/api/custom-fields")).AsArray());
        Assert.Single((await client.ReadAsync("/api/custom-fields?archived=true")).AsArray());
        Assert.NotEmpty((await client.ReadAsync("/api/staff")).AsArray());
        using var manager = await app.ClientAsAsync(RoleNames.Staff);
        await manager.SendAsync(HttpMethod.Post, "/api/custom-fields", """{"label":"x"}""", HttpStatusCode.Forbidden);
    }
}
