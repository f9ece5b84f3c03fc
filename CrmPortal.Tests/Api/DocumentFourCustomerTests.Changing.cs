using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

/// <summary>Changing, by parts and in what order.</summary>
public sealed partial class DocumentFourCustomerTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Change_LeavesWhatIsAbsent_AndClearsWhatIsNull(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        var manager = await TestUsers.CreateAsync(app.Services, RoleNames.Manager);
        using var client = await app.ClientAsAsync(manager);
        await using (var system = app.AsSystem())
            await system.Get<CustomFieldService>().AddAsync(new() { Key = "birthday", Label = "Birthday", Type = CustomFieldType.Date },
                Token);
        var john = await MadeAsync(client, John);
        var address = $"{Root}/{(string)john["_id"]!}";

        var same = await ChangedAsync(client, HttpMethod.Put, address, "{}");
        Assert.Equal(john.ToJsonString(), same.ToJsonString());

        var agent = manager.Id.ToString(CultureInfo.InvariantCulture);
        john = await ChangedAsync(client, HttpMethod.Put, address, $$"""
            {"alternativePhones":["+52 999 111 2222","529993334444","529991112222"],"source":"social_media",
             "address":{"city":"Mérida","coordinates":{"latitude":20.97,"longitude":-89.62} },
             "customFields":{"company":"Acme","shoe size":"9"},"preferences":{"preferredAgent":"{{agent}}"} }
            """);
        Assert.Equal("""["529991112222","529993334444"]""", john["alternativePhones"]!.ToJsonString());
        Assert.Equal("""{"street":"123 Main St","city":"Mérida","state":"Quintana Roo","country":"MX","postalCode":"77500","coordinates":{"latitude":20.97,"longitude":-89.62}}""",
            Plain(john["address"]!));
        Assert.Equal("""{"birthday":"1990-05-15","company":"Acme","shoe size":"9"}""", john["customFields"]!.ToJsonString());
        Assert.Equal($$"""{"language":"es","communicationHours":{"start":"09:00","end":"18:00"},"preferredAgent":"{{agent}}"}""",
            john["preferences"]!.ToJsonString());
        Assert.Equal("social_media", (string)john["source"]!);

        john = await ChangedAsync(client, HttpMethod.Put, address, """
            {"firstName":null,"email":null,"alternativePhones":["529993334444"],"address":{"coordinates":null},"tags":null,"source":null,
             "customFields":{"company":null},"preferences":{"communicationHours":null},"notes":null}
            """);
        Assert.Equal((null, null, "Doe", "other", "VIP customer - priority support"), ((string?)john["firstName"], (string?)john["email"],
            (string?)john["lastName"], (string?)john["source"], (string?)john["notes"]));
        Assert.Equal(("""["529993334444"]""", "[]", """{"birthday":"1990-05-15","shoe size":"9"}"""),
            (john["alternativePhones"]!.ToJsonString(), john["tags"]!.ToJsonString(), john["customFields"]!.ToJsonString()));
        Assert.Null(john["address"]!["coordinates"]);
        Assert.Null(john["preferences"]!["communicationHours"]);

        john = await ChangedAsync(client, HttpMethod.Put, address,
            """{"address":null,"alternativePhones":null,"customFields":null,"preferences":null}""");
        Assert.Equal((null, "[]", "{}", """{"language":"en","communicationHours":null,"preferredAgent":null}"""),
            (john["address"]?.ToJsonString(), john["alternativePhones"]!.ToJsonString(), john["customFields"]!.ToJsonString(),
            john["preferences"]!.ToJsonString()));
        john = await ChangedAsync(client, HttpMethod.Put, address, """{"address":{"city":"Delhi"} }""");
        Assert.Equal("""{"street":null,"city":"Delhi","state":null,"country":null,"postalCode":null,"coordinates":null}""",
            john["address"]!.ToJsonString());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Words_OfAFieldOfTheShop_AreItsValues_AndTheOthersStayBeside(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var john = await MadeAsync(client, John);
        var address = $"{Root}/{(string)john["_id"]!}";
        var core = $"/api/customers/{(string)john["_id"]!}";
        Assert.Equal("{}", (await (await client.GetAsync(core, Token)).ReadAsync())["custom_fields"]!.ToJsonString());
        Assert.Contains("Acme Corp", await client.GetStringAsync(core + "/preferences", Token), StringComparison.Ordinal);
        await using var system = app.AsSystem();
        await system.Get<CustomFieldService>().AddAsync(new() { Key = "company", Label = "Company" }, Token);

        // The word of before is shown until the field has a value of its own.
        Assert.Equal("Acme Corp", (string)(await GetAsync(client, address))["customer"]!["customFields"]!["company"]!);
        var version = (long)(await (await client.GetAsync(core, Token)).ReadAsync())["version"]!;
        john = await ChangedAsync(client, HttpMethod.Put, address, """{"customFields":{"company":"Umbrella"} }""");
        Assert.Equal("""{"company":"Umbrella","birthday":"1990-05-15"}""", john["customFields"]!.ToJsonString());
        var after = await (await client.GetAsync(core, Token)).ReadAsync();
        Assert.Equal("""{"company":"Umbrella"}""", after["custom_fields"]!.ToJsonString());
        Assert.True((long)after["version"]! > version);
        Assert.DoesNotContain("Acme", await client.GetStringAsync(core + "/preferences", Token), StringComparison.Ordinal);
        john = await ChangedAsync(client, HttpMethod.Put, address, """{"customFields":{"company":null} }""");
        Assert.Equal("""{"birthday":"1990-05-15"}""", john["customFields"]!.ToJsonString());

        // What those may not see who have no right to, they neither set nor clear.
        await system.Get<CustomFieldService>().AddAsync(new() { Key = "passport", Label = "Passport", IsSensitive = true }, Token);
        john = await ChangedAsync(client, HttpMethod.Put, address, """{"customFields":{"passport":"X1"} }""");
        Assert.Equal("""{"passport":"X1","birthday":"1990-05-15"}""", john["customFields"]!.ToJsonString());
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        var refused = await (await staff.SendAsync(HttpMethod.Put, address, """{"customFields":{"passport":"X2"} }"""))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.NotNull(refused["errors"]!["customFields.passport"]);
        Assert.Equal("{}", (await ChangedAsync(staff, HttpMethod.Put, address, """{"customFields":null}"""))["customFields"]!.ToJsonString());
        Assert.Equal("""{"passport":"X1"}""", (await GetAsync(client, address))["customer"]!["customFields"]!.ToJsonString());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Notes_AreAddedWhereTheyDiffer_AndNeverChanged(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var john = await MadeAsync(client, John);
        var (address, notes) = ($"{Root}/{(string)john["_id"]!}", $"/api/customers/{(string)john["_id"]!}/notes");

        foreach (var text in new[] { "VIP customer - priority support", " ", "Second", "Second", "VIP customer - priority support" })
            john = await ChangedAsync(client, HttpMethod.Put, address, $$"""{"notes":"{{text}}"}""");
        await client.SendAsync(HttpMethod.Post, notes, """{"text":"Only mine","is_private":true}""");

        Assert.Equal("VIP customer - priority support", (string)(await GetAsync(client, address))["customer"]!["notes"]!);
        var kept = (await (await client.GetAsync(notes, Token)).ReadAsync())["items"]!.AsArray().Select(n => (string)n!["text"]!);
        Assert.Equal(["Only mine", "VIP customer - priority support", "Second", "VIP customer - priority support"], kept);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task SegmentAndStatus_SetTheFlagAndTheStatus(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var john = await MadeAsync(client, """{"phoneNumber":"529991234567","status":"vip"}""");
        var address = $"{Root}/{(string)john["_id"]!}";
        Assert.Equal(("active", "vip"), ((string)john["status"]!, (string)john["segment"]!));
        await client.SendAsync(HttpMethod.Post, $"/api/customers/{(string)john["_id"]!}/make_vip", """{"reason":"Buys every week"}""");

        foreach (var (body, status, segment) in new[]
        {
            ("""{"segment":"vip"}""", "active", "vip"), ("""{"status":"inactive"}""", "inactive", "vip"),
            ("""{"status":"active"}""", "active", "vip"), ("""{"segment":"regular"}""", "active", "new"),
            ("""{"segment":"new"}""", "active", "new"), ("""{"segment":"inactive","status":"inactive"}""", "inactive", "inactive"),
            ("""{"segment":"inactive"}""", "inactive", "inactive"), ("""{"status":"vip","segment":"vip"}""", "inactive", "vip"),
            ("""{"status":"active","segment":null}""", "active", "new"),
        })
        {
            john = await ChangedAsync(client, HttpMethod.Put, address, body);
            Assert.Equal((body, status, segment), (body, (string)john["status"]!, (string)john["segment"]!));
        }

        var made = await MadeAsync(client, """{"phoneNumber":"529991234568","status":"inactive","segment":"inactive"}""");
        Assert.Equal(("inactive", "inactive"), ((string)made["status"]!, (string)made["segment"]!));

        // Creating alone makes nobody a VIP, and editing alone lifts no block.
        using var maker = await app.ClientAsAsync(await TestUsers.CreateAsync(app.Services, "Maker",
            [Permissions.CustomersView, Permissions.CustomersCreate]));
        foreach (var word in new[] { "\"segment\":\"vip\"", "\"status\":\"vip\"", "\"status\":\"inactive\"" })
            await (await maker.SendAsync(HttpMethod.Post, Root, $$"""{"phoneNumber":"529991234569",{{word}}}"""))
                .ProblemAsync(HttpStatusCode.Forbidden);
        await MadeAsync(maker, """{"phoneNumber":"529991234569","notes":"Came by","segment":"new","status":"active"}""");
        await ChangedAsync(client, HttpMethod.Patch, address + "/block", """{"isBlocked":true,"blockReason":"Spam"}""");
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        await (await staff.SendAsync(HttpMethod.Put, address, """{"status":"active","lastName":"Changed"}"""))
            .ProblemAsync(HttpStatusCode.Forbidden);
        Assert.Equal(("blocked", null), ((string)(await GetAsync(client, address))["customer"]!["status"]!,
            (string?)(await GetAsync(client, address))["customer"]!["lastName"]));
        john = await ChangedAsync(client, HttpMethod.Put, address, """{"status":"active"}""");
        Assert.Equal("active", (string)john["status"]!);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Trash_IsReadable_AsInactive_AndAnswersNothingElse(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        using var admin = await app.ClientAsAsync(RoleNames.Administrator);
        var john = await MadeAsync(manager, John);
        var address = $"{Root}/{(string)john["_id"]!}";

        await (await manager.DeleteAsync(address + "?permanent=true", Token)).ProblemAsync(HttpStatusCode.Forbidden);
        Assert.Equal("active", (string)(await GetAsync(manager, address))["customer"]!["status"]!);
        Assert.Equal(HttpStatusCode.OK, (await manager.DeleteAsync(address, Token)).StatusCode);

        var gone = (await GetAsync(manager, address))["customer"]!;
        Assert.Equal(("inactive", "inactive", "john@example.com", "VIP customer - priority support"), ((string)gone["status"]!,
            (string)gone["segment"]!, (string)gone["email"]!, (string)gone["notes"]!));
        Assert.Equal(0, (int)(await GetAsync(manager, Root))["pagination"]!["total"]!);
        foreach (var (method, path, body) in new[]
        {
            (HttpMethod.Put, "", """{"lastName":"X"}"""), (HttpMethod.Patch, "/tags", """{"tags":["x"]}"""),
            (HttpMethod.Patch, "/block", """{"isBlocked":true,"blockReason":"x"}"""), (HttpMethod.Get, "/conversations", null),
            (HttpMethod.Delete, "", null),
        })
            Assert.Equal("Customer not found", (string)(await (await manager.SendAsync(method, address + path, body))
                .ProblemAsync(HttpStatusCode.NotFound))["detail"]!);
        foreach (var path in new[] { "/999", "/nobody", "/-1", $"/{new string('9', 40)}", "/999/conversations" })
            await (await manager.GetAsync(Root + path, Token)).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.OK, (await admin.DeleteAsync(address + "?permanent=true", Token)).StatusCode);
        await (await admin.GetAsync(address, Token)).ProblemAsync(HttpStatusCode.NotFound);
        await (await admin.DeleteAsync(address + "?permanent=true", Token)).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Change_OfAnOlderVersion_IsRefused(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var address = $"{Root}/{(string)(await MadeAsync(client, John))["_id"]!}";
        var first = await client.GetAsync(address, Token);
        var stale = first.Headers.ETag!.ToString();
        Assert.Equal(HttpStatusCode.NotModified,
            (await client.SendAsync(HttpMethod.Get, address, null, ("If-None-Match", stale))).StatusCode);

        var changed = await client.SendAsync(HttpMethod.Put, address, """{"customFields":{"company":"Umbrella"} }""", ("If-Match", stale));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);

        foreach (var (method, path, body) in new[]
        {
            (HttpMethod.Put, "", """{"lastName":"X"}"""), (HttpMethod.Patch, "/tags", """{"tags":["x"]}"""),
            (HttpMethod.Patch, "/block", """{"isBlocked":true,"blockReason":"x"}"""), (HttpMethod.Patch, "/block", """{"isBlocked":false}"""),
            (HttpMethod.Delete, "", null),
        })
            await (await client.SendAsync(method, address + path, body, ("If-Match", stale)))
                .ProblemAsync(HttpStatusCode.PreconditionFailed);
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Patch, address + "/tags", """{"tags":["x"]}""",
            ("If-Match", changed.Headers.ETag!.ToString()))).StatusCode);
    }
}
