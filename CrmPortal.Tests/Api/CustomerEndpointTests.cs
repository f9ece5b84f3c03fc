using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

public sealed class CustomerEndpointTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_CreatedReadChangedDeleted_AsTheDocumentsPrint(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Administrator);

        var created = await client
            .PostAsync("/api/customers/",
            ApiClient.Json(
            """{"name":"John Fitzgerald Doe","email":"john.doe@example.com","phone":"+1234567890","tags":["VIP"],"source":"social_media"}"""));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var record = await created.ReadAsync();
        var id = (long)record["id"]!;
        Assert.Equal($"/api/customers/{id}", created.Headers.Location!.ToString());
        Assert.Equal("John Fitzgerald", (string)record["first_name"]!);
        Assert.Equal("Doe", (string)record["last_name"]!);
        Assert.Equal("social_media", (string)record["source"]!);

        var read = await (await client.GetAsync($"/api/customers/{id}/")).ReadAsync();
        Assert.Equal(("John Fitzgerald Doe", "john.doe@example.com", "+1234567890"),
            ((string)read["name"]!, (string)read["email"]!, (string)read["phone"]!));
        Assert.EndsWith("Z", (string)read["created_at"]!, StringComparison.Ordinal);
        Assert.False(read.ContainsKey("message"));
        Assert.Equal(id, (long)(await (await client.GetAsync($"/api/customers/number/{(string)read["number"]!}")).ReadAsync())["id"]!);
        Assert.Equal(id,
            (long)(await (await client
            .GetAsync($"/api/customers/email/{Uri.EscapeDataString(((string)read["email"]!).ToUpperInvariant())}")).ReadAsync())["id"]!);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/api/customers/email/nobody@example.com")).StatusCode);

        var changed = await (await client.PutAsync($"/api/customers/{id}", ApiClient.Json("""{"name":"Jane Smith","phone":null}""")))
            .ReadAsync();
        Assert.Equal("Customer updated successfully.", (string)changed["message"]!);
        Assert.Equal(("Jane Smith", "john.doe@example.com"), ((string)changed["name"]!, (string)changed["email"]!));
        Assert.Null(changed["phone"]);

        var patched = await (await client.PatchAsync($"/api/customers/{id}", ApiClient.Json("""{"last_name":"Jones"}"""))).ReadAsync();
        Assert.Equal("Jane Jones", (string)patched["name"]!);

        var deleted = await (await client.DeleteAsync($"/api/customers/{id}")).ReadAsync();
        Assert.Equal("Customer deleted successfully.", (string)deleted["message"]!);
        var gone = await (await client.GetAsync($"/api/customers/{id}")).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal("Customer not found", (string)gone["detail"]!);
        await (await client.DeleteAsync($"/api/customers/{id}")).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(0, (int)(await (await client.GetAsync("/api/customers")).ReadAsync())["total"]!);
    }

    [Fact]
    public async Task Figures_OfOrders_AreShown_AndCannotBeSet()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Administrator);
        var id = (long)(await client.CreateCustomerAsync("""{"name":"Ada","country":"gb"}"""))["id"]!;

        var record = await (await client.GetAsync($"/api/customers/{id}")).ReadAsync();
        Assert.Equal(("GB", 0, 0m), ((string)record["country"]!, (int)record["total_orders"]!, (decimal)record["total_spent"]!));
        Assert.True(record.ContainsKey("average_order_value") && record["average_order_value"] is null
            && record["first_order_date"] is null);
        var line = (await (await client.GetAsync("/api/customers?ordering=-total_spent")).ReadAsync())["items"]!.AsArray()
            .Single()!.AsObject();
        Assert.Equal(("GB", 0m), ((string)line["country"]!, (decimal)line["total_spent"]!));
        await (await client.PatchAsync($"/api/customers/{id}", ApiClient.Json("""{"total_spent":99}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
        await (await client.PatchAsync($"/api/customers/{id}", ApiClient.Json("""{"country":"XX"}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Delete_Permanent_RemovesAlsoFromTrash_AndNeedsItsOwnPermission(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        using var administrator = await app.ClientAsAsync(RoleNames.Administrator);
        var first = (long)(await manager.CreateCustomerAsync("""{"name":"First"}"""))["id"]!;
        var second = (long)(await manager.CreateCustomerAsync("""{"name":"Second"}"""))["id"]!;

        await (await manager.DeleteAsync($"/api/customers/{first}?permanent=true")).ProblemAsync(HttpStatusCode.Forbidden);
        Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync($"/api/customers/{first}")).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await administrator.DeleteAsync($"/api/customers/{first}?permanent=true")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await manager.DeleteAsync($"/api/customers/{second}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await administrator.DeleteAsync($"/api/customers/{second}?permanent=true")).StatusCode);
        await (await administrator.DeleteAsync($"/api/customers/{second}?permanent=true")).ProblemAsync(HttpStatusCode.NotFound);
        await using var db = await OpenAsync(app);
        Assert.False(await db.Customers.AnyAsync());
    }

    [Fact]
    public async Task List_Paged_NeitherLosesNorRepeats_AndLinksItsNeighbours()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        for (var i = 0; i < 5; i++) await client.CreateCustomerAsync("""{"name":"Kim Same","tags":["x"]}""");
        await client.CreateCustomerAsync("""{"name":"Other Person"}""");

        var seen = new List<long>();
        string? next = "/api/customers?limit=2&ordering=name&search=kim&filter=tags:any:x";
        while (next is not null)
        {
            var answer = await client.GetAsync(next);
            var page = await answer.ReadAsync();
            Assert.Equal((5, 3, 2), ((int)page["total"]!, (int)page["pages"]!, (int)page["limit"]!));
            seen.AddRange(page["items"]!.AsArray().Select(i => (long)i!["id"]!));
            var links = answer.Headers.GetValues("Link").Single().Split(", ")
                .ToDictionary(l => l.Split("rel=")[1].Trim('"'), l => l.Split('<', '>')[1]);
            Assert.Equal(seen.Count > 2, links.ContainsKey("prev"));
            Assert.Contains("page=3", links["last"], StringComparison.Ordinal);
            next = links.GetValueOrDefault("next");
        }

        Assert.Equal(5, seen.Distinct().Count());
        Assert.Equal(5, seen.Count);
        var newest = await (await client.GetAsync("/api/customers/")).ReadAsync();
        Assert.Equal(("Other Person", 20, 6), ((string)newest["items"]![0]!["name"]!, (int)newest["limit"]!, (int)newest["total"]!));
        var oldest = await (await client.GetAsync("/api/customers?ordering=created")).ReadAsync();
        Assert.Equal("Kim Same", (string)oldest["items"]![0]!["name"]!);
    }

    [Fact]
    public async Task Version_Known_IsNotSentAgain_AndStaleOneChangesNothing()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var path = $"/api/customers/{(long)(await client.CreateCustomerAsync("""{"name":"Ada"}"""))["id"]!}";
        var tag = (await client.GetAsync(path)).Headers.ETag!.Tag;

        var known = await client.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", $"W/{tag}"));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        Assert.Empty(await known.Content.ReadAsStringAsync());

        var changed = await client.SendAsync(HttpMethod.Put, path, """{"language":"es"}""", ("If-Match", tag));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(tag, changed.Headers.ETag!.Tag);
        foreach (var stale in new[] { tag, "\"v99\"", "bogus", "W/" + changed.Headers.ETag.Tag })
        {
            await (await client.SendAsync(HttpMethod.Put, path, """{"language":"fr"}""", ("If-Match", stale)))
                .ProblemAsync(HttpStatusCode.PreconditionFailed);
            await (await client.SendAsync(HttpMethod.Delete, path, null, ("If-Match", stale)))
                .ProblemAsync(HttpStatusCode.PreconditionFailed);
        }

        Assert.Equal("es", (string)(await (await client.GetAsync(path)).ReadAsync())["language"]!);
        Assert.Equal(HttpStatusCode.OK,
            (await client.SendAsync(HttpMethod.Put, path, """{"language":"fr"}""",
            ("If-Match", $"{tag}, {changed.Headers.ETag.Tag}"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Delete, path, null, ("If-Match", "*"))).StatusCode);
    }

    [Fact]
    public async Task Role_WithoutPermission_IsRefusedNamed_Logged_AndChangesNothing()
    {
        await using var app = await TestApp.StartAsync();
        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        using var customer = await app.ClientAsAsync(RoleNames.Customer);
        var path = $"/api/customers/{(long)(await manager.CreateCustomerAsync("""{"name":"Ada","email":"ada@example.com","date_of_birth":"1990-05-17"}"""))["id"]!}";
        var before = await manager.GetStringAsync(path);

        var refused = await (await staff.DeleteAsync(path)).ProblemAsync(HttpStatusCode.Forbidden);
        Assert.Contains(Permissions.CustomersDelete, (string)refused["detail"]!, StringComparison.Ordinal);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete })
            await (await customer.SendAsync(method, path, method == HttpMethod.Get ? null : """{"name":"Eve","unknown":1}"""))
                .ProblemAsync(HttpStatusCode.Forbidden);
        await (await customer.GetAsync("/api/customers")).ProblemAsync(HttpStatusCode.Forbidden);

        Assert.Equal(before, await manager.GetStringAsync(path));
        await using var db = await OpenAsync(app);
        Assert.Equal(6, await db.AuditEntries.CountAsync(e => e.Action == AuditAction.Refused));
        var masked = await (await staff.GetAsync(path)).ReadAsync();
        Assert.True((bool)masked["is_masked"]!);
        Assert.DoesNotContain("ada@example.com", masked.ToJsonString(), StringComparison.Ordinal);
        Assert.Null(masked["date_of_birth"]);
        await (await staff.GetAsync("/api/customers?ordering=email")).ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Anonymous_AndEndedSession_Are401()
    {
        await using var app = await TestApp.StartAsync();
        using var anonymous = app.CreateClient();
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        Assert.Equal(HttpStatusCode.OK, (await staff.GetAsync("/api/customers")).StatusCode);
        await using (var db = await OpenAsync(app))
            await db.Sessions.ExecuteUpdateAsync(s => s.SetProperty(x => x.RevokedAt, DateTimeOffset.UnixEpoch));

        foreach (var client in new[] { anonymous, staff })
        {
            var answer = await client.GetAsync("/api/customers");
            await answer.ProblemAsync(HttpStatusCode.Unauthorized);
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.Single().Scheme);
        }
    }

    private static async Task<CrmDbContext> OpenAsync(TestApp app) =>
        await Task.FromResult(app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null));

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Tag_IsThatOfTheVeryBody_AndFollowsFieldsAndPermissions(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        var id = (long)(await manager.CreateCustomerAsync("""{"name":"Ada","email":"ada@example.com"}"""))["id"]!;

        using var read = await manager.GetAsync($"/api/customers/{id}");
        var body = await read.Content.ReadAsByteArrayAsync();
        Assert.Equal("application/json; charset=utf-8", read.Content.Headers.ContentType!.ToString());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 8)), read.Headers.ETag!.Tag.Trim('"').Split('-')[1]);
        using var masked = await (await app.ClientAsAsync(RoleNames.Staff)).GetAsync($"/api/customers/{id}");
        Assert.Equal((HttpStatusCode.OK, false), (masked.StatusCode, masked.Headers.ETag!.Equals(read.Headers.ETag)));
        using var known = await manager.SendAsync(HttpMethod.Get, $"/api/customers/{id}", null,
            ("If-None-Match", read.Headers.ETag.ToString()));
        Assert.Equal((HttpStatusCode.NotModified, 0), (known.StatusCode, (await known.Content.ReadAsByteArrayAsync()).Length));
    }
}
