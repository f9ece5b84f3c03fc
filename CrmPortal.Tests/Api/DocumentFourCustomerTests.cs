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

/// <summary>Document 4: its requests for one customer, as they are printed, and what else they promise.</summary>
public sealed partial class DocumentFourCustomerTests
{
    private const string Root = "/api/v2/customers";

    private const string John = """
        {
          "phoneNumber": "529991234567",
          "firstName": "John",
          "lastName": "Doe",
          "email": "john@example.com",
          "tags": ["premium"],
          "segment": "new",
          "source": "whatsapp",
          "address": {
            "street": "123 Main St",
            "city": "Cancún",
            "state": "Quintana Roo",
            "country": "México",
            "postalCode": "77500"
          },
          "notes": "VIP customer - priority support",
          "customFields": {
            "birthday": "1990-05-15",
            "company": "Acme Corp"
          },
          "preferences": {
            "language": "es",
            "communicationHours": {
              "start": "09:00",
              "end": "18:00"
            }
          }
        }
        """;

    private static readonly string[] Fields =
    [
        "_id", "phoneNumber", "firstName", "lastName", "email", "avatar", "alternativePhones", "address", "tags", "segment", "source",
        "customFields", "preferences", "status", "isBlocked", "blockReason", "notes", "statistics", "firstContact", "lastInteraction",
        "lastMessageAt", "createdAt", "updatedAt",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Requests_AsPrinted_AnswerAsPrinted(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Administrator);

        var created = await client.PostAsync(Root, ApiClient.Json(John), Token);
        Assert.True(created.StatusCode == HttpStatusCode.Created, await created.Content.ReadAsStringAsync(Token));
        var answer = await created.ReadAsync();
        Assert.Equal(["success", "customer"], answer.Select(f => f.Key));
        Assert.True((bool)answer["success"]!);
        var john = answer["customer"]!.AsObject();
        Assert.Equal(Fields, john.Select(f => f.Key));
        foreach (var (name, value) in JsonNode.Parse(John)!.AsObject().Where(f => f.Key is not ("address" or "preferences")))
            Assert.Equal(value!.ToJsonString(), john[name]!.ToJsonString());
        Assert.Equal(
            """{"street":"123 Main St","city":"Cancún","state":"Quintana Roo","country":"MX","postalCode":"77500","coordinates":null}""",
            Plain(john["address"]!));
        Assert.Equal("""{"language":"es","communicationHours":{"start":"09:00","end":"18:00"},"preferredAgent":null}""",
            Plain(john["preferences"]!));
        Assert.Equal(("active", false, "[]"),
            ((string)john["status"]!, (bool)john["isBlocked"]!, john["alternativePhones"]!.ToJsonString()));
        Assert.Equal(
            """{"totalConversations":0,"totalMessages":0,"totalTickets":0,"averageResponseTime":null,"satisfactionScore":null}""",
            john["statistics"]!.ToJsonString());
        Assert.Equal(JsonValueKind.String, john["_id"]!.GetValueKind());
        var address = $"{Root}/{(string)john["_id"]!}";
        Assert.Equal(address, created.Headers.Location!.ToString());

        var details = await GetAsync(client, address);
        Assert.Equal(["success", "customer", "statistics", "recentConversations"], details.Select(f => f.Key));
        Assert.Equal(john.ToJsonString(), details["customer"]!.ToJsonString());
        Assert.Equal("""{"totalConversations":0,"openConversations":0,"resolvedConversations":0}""",
            details["statistics"]!.ToJsonString());
        Assert.Equal("[]", details["recentConversations"]!.ToJsonString());

        john = await ChangedAsync(client, HttpMethod.Put, address, """
            {
              "firstName": "John",
              "lastName": "Smith",
              "email": "john.smith@example.com",
              "segment": "vip",
              "notes": "Updated notes"
            }
            """);
        Assert.Equal(("Smith", "john.smith@example.com", "vip", "active", "Updated notes", "529991234567"), ((string)john["lastName"]!,
            (string)john["email"]!, (string)john["segment"]!, (string)john["status"]!, (string)john["notes"]!,
            (string)john["phoneNumber"]!));

        john = await ChangedAsync(client, HttpMethod.Patch, address + "/tags",
            """{ "tags": ["premium", "loyal", "high-value"], "action": "set" }""");
        Assert.Equal("""["premium","loyal","high-value"]""", john["tags"]!.ToJsonString());
        john = await ChangedAsync(client, HttpMethod.Patch, address + "/tags", """{ "tags": ["Loyal", "new"], "action": "add" }""");
        Assert.Equal("""["premium","loyal","high-value","new"]""", john["tags"]!.ToJsonString());
        john = await ChangedAsync(client, HttpMethod.Patch, address + "/tags", """{ "tags": ["LOYAL"], "action": "remove" }""");
        Assert.Equal("""["premium","high-value","new"]""", john["tags"]!.ToJsonString());
        john = await ChangedAsync(client, HttpMethod.Patch, address + "/tags", """{ "tags": ["premium"] }""");
        Assert.Equal("""["premium"]""", john["tags"]!.ToJsonString());

        john = await ChangedAsync(client, HttpMethod.Patch, address + "/block",
            """{ "isBlocked": true, "blockReason": "Spam or abusive behavior" }""");
        Assert.Equal(("blocked", true, "Spam or abusive behavior"),
            ((string)john["status"]!, (bool)john["isBlocked"]!, (string)john["blockReason"]!));
        john = await ChangedAsync(client, HttpMethod.Patch, address + "/block", """{ "isBlocked": false }""");
        Assert.Equal(("active", false, null), ((string)john["status"]!, (bool)john["isBlocked"]!, (string?)john["blockReason"]));

        Assert.Equal("""{"success":true,"conversations":[],"pagination":{"page":1,"limit":20,"total":0,"pages":0}}""",
            (await GetAsync(client, address + "/conversations?page=1&limit=20")).ToJsonString());
        Assert.Equal("""{"success":true,"message":"Customer deactivated"}""",
            await (await client.DeleteAsync(address + "?permanent=false", Token)).Content.ReadAsStringAsync(Token));
        Assert.Equal("""{"success":true,"message":"Customer deleted permanently"}""",
            await (await client.DeleteAsync(address + "?permanent=true", Token)).Content.ReadAsStringAsync(Token));
        await (await client.GetAsync(address, Token)).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Creation_IsOneChange_AndIsUndoneWhole(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        var manager = await TestUsers.CreateAsync(app.Services, RoleNames.Manager);
        using var client = await app.ClientAsAsync(manager);
        var body = John.Replace("\"segment\": \"new\"", "\"segment\": \"vip\", \"alternativePhones\": [\"529991112222\"]",
            StringComparison.Ordinal);
        var id = (string)(await (await client.PostAsync(Root, ApiClient.Json(body), Token)).ReadAsync())["customer"]!["_id"]!;

        await using var scope = new TestScope(app.Services.CreateAsyncScope(), await TestUsers.SignInAsync(app.Services, manager));
        var changeSets = await scope.Get<UndoService>().LastOwnAsync(5, Token);
        await scope.Get<UndoService>().UndoAsync(Assert.Single(changeSets), false, Token);

        Assert.Equal("inactive", (string)(await GetAsync(client, $"{Root}/{id}"))["customer"]!["status"]!);
        Assert.Equal(HttpStatusCode.Created, (await client.PostAsync(Root, ApiClient.Json(John), Token)).StatusCode);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task WhatIsWrong_IsToldByField_AndNothingIsHalfDone(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        await using (var system = app.AsSystem())
            await system.Get<CustomFieldService>().AddAsync(new() { Key = "birthday", Label = "Birthday", Type = CustomFieldType.Date },
                Token);
        var before = await MadeAsync(client, John);
        var address = $"{Root}/{(string)before["_id"]!}";
        var other = await MadeAsync(client, """{"phoneNumber":"+52 999 765 4321","email":"eve@example.com"}""");

        (string Fields, string Field)[] invalid =
        [
            ("\"phoneNumber\":\"call me\"", "phoneNumber"), ("\"phoneNumber\":null", "phoneNumber"), ("\"phoneNumber\":\" \"", "phoneNumber"),
            ("\"email\":\"nobody\"", "email"), ($"\"firstName\":\"{new string('x', 101)}\"", "firstName"),
            ("\"lastName\":\"a\\u0000b\"", "lastName"), ("\"segment\":\"gold\"", "segment"), ("\"segment\":\"inactive\"", "segment"),
            ("\"segment\":\"new\",\"status\":\"vip\"", "segment"), ("\"status\":\"blocked\"", "status"), ("\"status\":\"gone\"", "status"),
            ("\"status\":null", "status"), ("\"source\":\"fax\"", "source"), ("\"tags\":[\"a,b\"]", "tags"), ("\"tags\":[null]", "tags"),
            ("\"address\":{\"street\":\"1 High Street\",\"city\":null}", "address.city"),
            ("\"address\":{\"city\":\"Delhi\",\"country\":\"Atlantis\"}", "address.country"),
            ("\"address\":{\"city\":\"Delhi\",\"country\":\"India\",\"postalCode\":\"N1\"}", "address.postalCode"),
            ("\"address\":{\"city\":\"Delhi\",\"coordinates\":{\"latitude\":91,\"longitude\":0}}", "address.coordinates.latitude"),
            ("\"address\":{\"city\":\"Delhi\",\"coordinates\":{\"latitude\":9}}", "address.coordinates.latitude"),
            ($"\"notes\":\"{new string('x', 10_001)}\"", "notes"), ("\"customFields\":{\"birthday\":\"in May\"}", "customFields.birthday"),
            ($"\"customFields\":{{\"company\":\"{new string('x', 501)}\"}}", "customFields.company"),
            ("\"customFields\":{\" \":\"x\"}", "customFields"), ("\"preferences\":{\"language\":\"klingon!\"}", "preferences.language"),
            ("\"preferences\":{\"communicationHours\":{\"start\":\"9\",\"end\":\"18:00\"}}", "preferences.communicationHours.start"),
            ("\"preferences\":{\"communicationHours\":{\"start\":\"09:00\"}}", "preferences.communicationHours.end"),
            ("\"preferences\":{\"preferredAgent\":\"999\"}", "preferences.preferredAgent"),
            ("\"preferences\":{\"preferredAgent\":\"Bo\"}", "preferences.preferredAgent"),
            ("\"alternativePhones\":[\"call me\"]", "alternativePhones"), ("\"alternativePhones\":[\"•••\",\"x\"]", "alternativePhones"),
            ("\"isBlocked\":true", "isBlocked"), ("\"statistics\":{}", "statistics"), ("\"_id\":\"5\"", "_id"),
            ("\"firstName\":5", "firstName"), ("\"address\":{\"planet\":\"Mars\"}", "planet"), ("\"customFields\":[]", "customFields"),
        ];
        foreach (var (fields, field) in invalid)
        {
            var isPhone = fields.StartsWith("\"phoneNumber\"", StringComparison.Ordinal);
            var creation = isPhone ? $"{{{fields}}}" : $"{{\"phoneNumber\":\"529990000000\",{fields}}}";
            var change = $$"""{"lastName":"Changed","notes":"Changed",{{fields}}}""".Replace("\"notes\":\"Changed\",\"notes\"", "\"notes\"",
                StringComparison.Ordinal).Replace("\"lastName\":\"Changed\",\"notes\":\"Changed\",\"lastName\"", "\"lastName\"",
                StringComparison.Ordinal);
            foreach (var answer in new[] { await client.SendAsync(HttpMethod.Post, Root, creation),
                await client.SendAsync(HttpMethod.Put, address, change) })
            {
                var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest);
                Assert.True(problem["errors"]?[field] is not null, $"{fields[..Math.Min(60, fields.Length)]} -> {problem.ToJsonString()}");
            }
        }

        var missing = await (await client.SendAsync(HttpMethod.Post, Root, """{"firstName":"John"}""")).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.NotNull(missing["errors"]!["phoneNumber"]);
        foreach (var (fields, field) in new[] { ("\"email\":\"EVE@example.com\"", "email"), ("\"phoneNumber\":\"+529997654321\"",
            "phoneNumber") })
        {
            var creation = fields.Contains("phone", StringComparison.Ordinal) ? $"{{{fields}}}" : $"{{\"phoneNumber\":\"529990000000\",{fields}}}";
            foreach (var answer in new[] { await client.SendAsync(HttpMethod.Post, Root, creation),
                await client.SendAsync(HttpMethod.Put, address, $$"""{"lastName":"Changed",{{fields}}}""") })
                Assert.NotNull((await answer.ProblemAsync(HttpStatusCode.Conflict))["errors"]![field]);
        }

        foreach (var body in new[] { "{}", """{"blockReason":"x"}""", """{"isBlocked":true}""", """{"isBlocked":true,"blockReason":" "}""" })
            await (await client.SendAsync(HttpMethod.Patch, address + "/block", body)).ProblemAsync(HttpStatusCode.BadRequest);
        await (await client.SendAsync(HttpMethod.Patch, address + "/tags", """{"tags":["x"],"action":"replace"}"""))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(before.ToJsonString(), (await GetAsync(client, address))["customer"]!.ToJsonString());
        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        Assert.Equal((2, 1, 1), (await db.Customers.CountAsync(Token), await db.Notes.CountAsync(Token), await db.Tags.CountAsync(Token)));
        Assert.NotNull(other);
    }

    [Fact]
    public async Task Customer_IsForThoseWhoMay_AndMaskedForThoseWhoMayNotSee()
    {
        await using var app = await TestApp.StartAsync();
        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        using var customer = await app.ClientAsAsync(RoleNames.Customer);
        using var nobody = app.CreateClient();
        var id = (string)(await MadeAsync(manager, John))["_id"]!;
        var address = $"{Root}/{id}";
        await ChangedAsync(manager, HttpMethod.Put, address,
            """{"alternativePhones":["529991112222","529993334444"],"address":{"coordinates":{"latitude":21,"longitude":-86} } }""");

        var seen = (await GetAsync(staff, address))["customer"]!;
        Assert.Equal(("52•••67", "j•••@e•••", "•••", "Cancún"), ((string)seen["phoneNumber"]!, (string)seen["email"]!,
            (string)seen["address"]!["street"]!, (string)seen["address"]!["city"]!));
        Assert.Null(seen["address"]!["coordinates"]);
        Assert.Equal(["52•••22", "52•••44"], seen["alternativePhones"]!.AsArray().Select(p => (string)p!));
        Assert.Equal(seen.ToJsonString(), (await GetAsync(staff, Root))["customers"]![0]!.ToJsonString());

        Assert.Equal(1, (int)(await GetAsync(staff, Root + "?search=529991234567"))["pagination"]!["total"]!);
        Assert.Equal(0, (int)(await GetAsync(staff, Root + "?search=52999123456"))["pagination"]!["total"]!);
        Assert.Equal(1, (int)(await GetAsync(manager, Root + "?search=52999123456"))["pagination"]!["total"]!);

        // What is sent back as it was seen stays as it is.
        await ChangedAsync(staff, HttpMethod.Put, address,
            """{"alternativePhones":["52•••22"],"address":{"street":"•••","city":"Mérida"},"lastName":"Smith"}""");
        var kept = (await GetAsync(manager, address))["customer"]!;
        Assert.Equal(("123 Main St", "Mérida", "Smith", """["529991112222"]"""), ((string)kept["address"]!["street"]!,
            (string)kept["address"]!["city"]!, (string)kept["lastName"]!, kept["alternativePhones"]!.ToJsonString()));
        Assert.Equal(21, (double)kept["address"]!["coordinates"]!["latitude"]!);

        (HttpMethod Method, string Path, string? Body, bool IsForStaff)[] requests =
        [
            (HttpMethod.Get, "", null, true), (HttpMethod.Get, $"/{id}", null, true), (HttpMethod.Post, "", "{}", true),
            (HttpMethod.Put, $"/{id}", "{}", true), (HttpMethod.Patch, $"/{id}/tags", """{"tags":[],"action":"add"}""", true),
            (HttpMethod.Patch, $"/{id}/block", """{"isBlocked":false}""", false), (HttpMethod.Delete, $"/{id}", null, false),
            (HttpMethod.Get, $"/{id}/conversations", null, false), (HttpMethod.Get, "/stats/summary", null, false),
            (HttpMethod.Get, "/export", null, false), (HttpMethod.Post, "/export/token", "", false),
            (HttpMethod.Post, "/bulk/import", """{"customers":[]}""", false),
        ];
        foreach (var (method, path, body, isForStaff) in requests)
        {
            await (await customer.SendAsync(method, Root + path, body)).ProblemAsync(HttpStatusCode.Forbidden);
            await (await nobody.SendAsync(method, Root + path, body)).ProblemAsync(HttpStatusCode.Unauthorized);
            if (!isForStaff) await (await staff.SendAsync(method, Root + path, body)).ProblemAsync(HttpStatusCode.Forbidden);
            else Assert.NotEqual(HttpStatusCode.Forbidden, (await staff.SendAsync(method, Root + path, body)).StatusCode);
        }
    }

    [Fact]
    public async Task Phones_AreTakenWithAndWithoutThePlus()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        foreach (var (typed, kept) in new[] { ("529991234567", "529991234567"), ("+52 999 123 4568", "529991234568"), ("447911123456",
            "447911123456"), ("07911 123457", "447911123457"), ("0052 999 123 4569", "529991234569"), ("15551234567", "15551234567") })
        {
            var made = await MadeAsync(client, $$"""{"phoneNumber":"{{typed}}"}""");
            Assert.Equal((typed, kept), (typed, (string)made["phoneNumber"]!));
            var again = await ChangedAsync(client, HttpMethod.Put, $"{Root}/{(string)made["_id"]!}", $$"""{"phoneNumber":"{{kept}}"}""");
            Assert.Equal((typed, kept), (typed, (string)again["phoneNumber"]!));
        }
    }

    [Fact]
    public async Task Description_HasEachRequestOfTheDocument_WithNamesAsItWritesThem()
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.CreateClient();
        var document = JsonNode.Parse(await client.GetStringAsync("/api/openapi/v2.json", Token))!;

        Assert.Equal(
            [
                $"DELETE {Root}/{{id}}", $"GET {Root}", $"GET {Root}/export", $"GET {Root}/stats/summary", $"GET {Root}/{{id}}",
                $"GET {Root}/{{id}}/conversations", $"PATCH {Root}/{{id}}/block", $"PATCH {Root}/{{id}}/tags", $"POST {Root}",
                $"POST {Root}/bulk/import", $"POST {Root}/export/token", $"PUT {Root}/{{id}}",
            ],
            document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(o => $"{o.Key.ToUpperInvariant()} {p.Key}"))
                .Order(StringComparer.Ordinal));
        var schemas = document["components"]!["schemas"]!;
        Assert.Equal(Fields, schemas["CustomerV2"]!["properties"]!.AsObject().Select(p => p.Key));
        Assert.Equal(Fields.Where(f => !new[] { "_id", "avatar", "isBlocked", "blockReason", "statistics" }.Contains(f))
            .Where(f => !f.EndsWith("At", StringComparison.Ordinal) && f is not ("firstContact" or "lastInteraction")).Order(),
            schemas["CustomerV2Body"]!["properties"]!.AsObject().Select(p => p.Key).Order());
        Assert.Equal(["street", "city", "state", "country", "postalCode", "coordinates"],
            schemas["CustomerV2Body"]!["properties"]!["address"]!["properties"]!.AsObject().Select(p => p.Key));
        var exported = document["paths"]![Root + "/export"]!["get"]!["responses"]!["200"]!["content"]!.AsObject();
        Assert.Equal(["application/json", "text/csv"], exported.Select(c => c.Key));
        Assert.Equal(["success", "customers"], exported["application/json"]!["example"]!.AsObject().Select(f => f.Key));
        Assert.Null(exported["text/csv"]!["example"]);
        var example = document["paths"]![Root]!["post"]!["responses"]!["201"]!["content"]!["application/json"]!["example"]!;
        Assert.Equal(Fields, example["customer"]!.AsObject().Select(f => f.Key));
    }

    /// <summary>The text without escapes, which JSON of another writer has.</summary>
    private static string Plain(JsonNode node) => node.ToJsonString(new() { Encoder =
        System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static async Task<JsonObject> MadeAsync(HttpClient client, string body)
    {
        var made = await client.SendAsync(HttpMethod.Post, Root, body);
        Assert.True(made.StatusCode == HttpStatusCode.Created, await made.Content.ReadAsStringAsync(Token));
        return (await made.ReadAsync())["customer"]!.AsObject();
    }

    private static async Task<JsonObject> ChangedAsync(HttpClient client, HttpMethod method, string path, string body)
    {
        var changed = await client.SendAsync(method, path, body);
        Assert.True(changed.StatusCode == HttpStatusCode.OK, $"{body}: {await changed.Content.ReadAsStringAsync(Token)}");
        var answer = await changed.ReadAsync();
        Assert.Equal(["success", "customer"], answer.Select(f => f.Key));
        return answer["customer"]!.AsObject();
    }

    private static async Task<JsonObject> GetAsync(HttpClient client, string path)
    {
        var answer = await client.GetAsync(path, Token);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Token));
        return await answer.ReadAsync();
    }
}
