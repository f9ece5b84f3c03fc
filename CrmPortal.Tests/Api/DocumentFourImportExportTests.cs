using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using CsvHelper;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

/// <summary>Document 4: importing and exporting, as printed, and the tokens with which a browser exports.</summary>
public sealed class DocumentFourImportExportTests
{
    private const string Root = "/api/v2/customers";
    private const string Header = "phoneNumber,firstName,lastName,email,status,segment,tags,notes,createdAt,lastInteraction";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Import_AsPrinted_CreatesEachRow(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        var answer = await ImportedAsync(client, """
            {
              "customers": [
                {
                  "phoneNumber": "529991111111",
                  "firstName": "Customer1",
                  "email": "customer1@example.com"
                },
                {
                  "phoneNumber": "529992222222",
                  "firstName": "Customer2",
                  "email": "customer2@example.com"
                }
              ]
            }
            """);

        var ids = (await (await client.GetAsync(Root + "?sortBy=createdAt&sortOrder=asc", Token)).ReadAsync())["customers"]!.AsArray()
            .Select(c => (string)c!["_id"]!).ToList();
        Assert.Equal("{\"success\":true,\"results\":{\"imported\":2,\"duplicates\":0,\"failed\":0},\"details\":{\"success\":["
            + $$"""{"index":0,"_id":"{{ids[0]}}","phoneNumber":"529991111111"},{"index":1,"_id":"{{ids[1]}}","phoneNumber":"529992222222"}"""
            + "],\"duplicates\":[],\"failed\":[]}}", answer.ToJsonString());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Import_RowsThatAreWrong_AreTold_AndKeepNoOtherOut(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        await client.SendAsync(HttpMethod.Post, Root, """{"phoneNumber":"529991234567","email":"john@example.com"}""");

        var answer = await ImportedAsync(client, """
            {"customers":[{"phoneNumber":"529991234567"},{"phoneNumber":"529990000001","email":"JOHN@example.com"},
              {"phoneNumber":"call me","email":"x"},{"firstName":"Nobody"},{"phoneNumber":5},null,"Jane",
              {"phoneNumber":"529990000002","shoeSize":9},{"phoneNumber":"529990000003","tags":[null]},
              {"phoneNumber":"529990000004","segment":"vip","notes":"Good","customFields":{"company":"Acme"},"tags":["a"]},
              {"phoneNumber":"+52 999 000 0004"}]}
            """);

        Assert.Equal("""{"imported":1,"duplicates":3,"failed":7}""", answer["results"]!.ToJsonString());
        var details = answer["details"]!;
        Assert.Equal([9], details["success"]!.AsArray().Select(r => (int)r!["index"]!));
        Assert.Equal(
            """[{"index":0,"phoneNumber":"529991234567","field":"phoneNumber"},{"index":1,"phoneNumber":"529990000001","field":"email"},"""
            + """{"index":10,"phoneNumber":"+52 999 000 0004","field":"phoneNumber"}]""",
            details["duplicates"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Equal(["2 phoneNumber email", "3 phoneNumber", "4 phoneNumber", "5 customer", "6 customer", "7 shoeSize", "8 tags"], details["failed"]!.AsArray().Select(r => $"{(int)r!["index"]!} "
                + string.Join(' ', r["errors"]!.AsObject().Select(e => e.Key).OrderDescending())));
        Assert.All(details["failed"]!.AsArray(), r => Assert.NotEmpty((string)r!["errors"]!.AsObject().First().Value![0]!));
        var made = (await (await client.GetAsync($"{Root}/{(string)details["success"]![0]!["_id"]!}", Token)).ReadAsync())["customer"]!;
        Assert.Equal(("vip", "Good", """{"company":"Acme"}"""),
            ((string)made["segment"]!, (string)made["notes"]!, made["customFields"]!.ToJsonString()));

        foreach (var body in new[] { "{}", """{"customers":[]}""", """{"customers":null}""",
            $$"""{"customers":[{{string.Join(',', Enumerable.Repeat("{}", 1_001))}}]}""" })
            Assert.NotNull((await (await client.SendAsync(HttpMethod.Post, Root + "/bulk/import", body))
                .ProblemAsync(HttpStatusCode.BadRequest))["errors"]!["customers"]);
        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        Assert.Equal((2, 1), (await db.Customers.CountAsync(Token), await db.Tags.CountAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Export_AsPrinted_HasWhomTheListHas(DatabaseKind kind)
    {
        var clock = new TestClock();
        clock.Set(new(2024, 1, 15, 10, 30, 0, TimeSpan.Zero));
        await using var app = await TestApp.StartAsync(kind, configure: s => s.AddSingleton<TimeProvider>(clock));
        var manager = await TestUsers.CreateAsync(app.Services, RoleNames.Manager);
        using (var first = await app.ClientAsAsync(manager))
        {
            await first.SendAsync(HttpMethod.Post, Root, """
                {"phoneNumber":"529991234567","firstName":"John","lastName":"Doe","email":"john@example.com","segment":"vip",
                 "tags":["premium","loyal"]}
                """);
            await first.SendAsync(HttpMethod.Post, Root, """
                {"phoneNumber":"529990000001","firstName":"=1+1","lastName":"He said \"no\", twice","tags":["@x"],"status":"inactive",
                 "notes":"two\nlines"}
                """);
        }

        clock.Set(new(2024, 12, 10, 15, 45, 0, TimeSpan.Zero));
        using var client = await app.ClientAsAsync(manager);
        var id = (await (await client.GetAsync(Root + "?search=john", Token)).ReadAsync())["customers"]![0]!["_id"]!;
        await client.SendAsync(HttpMethod.Put, $"{Root}/{(string)id!}", """{"notes":"VIP customer"}""");

        var csv = await client.GetAsync(Root + "/export?format=csv&status=active", Token);
        Assert.Equal(("text/csv; charset=utf-8", "attachment; filename=customers-2024-12-10.csv"),
            (csv.Content.Headers.ContentType!.ToString(), csv.Content.Headers.ContentDisposition!.ToString()));
        Assert.Equal(Header + "\r\n"
            + "\"529991234567\",\"John\",\"Doe\",\"john@example.com\",\"active\",\"vip\",\"premium;loyal\",\"VIP customer\",\"2024-01-15T10:30:00.000Z\",\"2024-12-10T15:45:00.000Z\"\r\n",
            await csv.Content.ReadAsStringAsync(Token));
        Assert.Equal((byte)'p', (await csv.Content.ReadAsByteArrayAsync(Token))[0]);

        var all = await RowsAsync(client, Root + "/export?format=csv");
        Assert.Equal(["529991234567", "529990000001"], all.Select(r => r["phoneNumber"]));
        Assert.Equal(("'=1+1", "He said \"no\", twice", "", "inactive", "inactive", "'@x", "two\nlines"), (all[1]["firstName"],
            all[1]["lastName"], all[1]["email"], all[1]["status"], all[1]["segment"], all[1]["tags"], all[1]["notes"]));
        await (await client.GetAsync(Root + "/export?format=csv&raw=true", Token)).ProblemAsync(HttpStatusCode.Forbidden);
        using var admin = await app.ClientAsAsync(RoleNames.Administrator);
        Assert.Equal("=1+1", (await RowsAsync(admin, Root + "/export?format=csv&raw=true"))[1]["firstName"]);

        var json = await client.GetAsync(Root + "/export?format=json&segment=vip&tags=loyal,x&search=doe", Token);
        Assert.Equal("application/json; charset=utf-8", json.Content.Headers.ContentType!.ToString());
        Assert.Equal($$"""{"success":true,"customers":[{"_id":"{{(string)id!}}","phoneNumber":"529991234567","firstName":"John","lastName":"Doe","email":"john@example.com","status":"active","segment":"vip","tags":["premium","loyal"],"notes":"VIP customer","createdAt":"2024-01-15T10:30:00.000000Z","lastInteraction":"2024-12-10T15:45:00.000000Z"}]}""",
            await json.Content.ReadAsStringAsync(Token));
        await client.SendAsync(HttpMethod.Patch, $"{Root}/{(string)id!}/tags", """{"tags":[]}""");
        Assert.Contains("\"tags\":[],\"notes\"", await client.GetStringAsync(Root + "/export?segment=vip", Token),
            StringComparison.Ordinal);
        Assert.Equal("""{"success":true,"customers":[]}""", await client.GetStringAsync(Root + "/export?status=blocked", Token));

        foreach (var (query, field) in new[] { ("format=xlsx", "format"), ("status=gone", "status"), ("segment=x", "segment"), ("raw=x",
            "raw") })
            Assert.NotNull((await (await client.GetAsync($"{Root}/export?{query}", Token)).ProblemAsync(HttpStatusCode.BadRequest))
                ["errors"]![field]);
        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        var logged = await db.AuditEntries.Where(e => e.Action == AuditAction.Exported).OrderBy(e => e.Id).Select(e => e.Fields)
            .ToListAsync(Token);
        Assert.Equal(("csv " + Header.Replace(',', ' '), 6), (logged[0], logged.Count));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Export_OfMany_IsReadInParts(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        var now = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        await using (var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null))
        {
            for (var i = 0; i < 1_100; i++)
            {
                var customer = TestCustomers.Make(i, now);
                customer.Notes.Add(new() { Text = $"Older {i}" });
                customer.Notes.Add(new() { Text = $"Note {i}" });
                customer.Notes.Add(new() { Text = $"Private {i}", IsPrivate = true });
                db.Customers.Add(customer);
            }

            await db.SaveChangesAsync(Token);
        }

        // Those who may not see e-mails and phones, and may export all the same, get blanks.
        using var client = await app.ClientAsAsync(await TestUsers.CreateAsync(app.Services, "Exporter",
            [Permissions.CustomersView, Permissions.CustomersExport]));
        var rows = await RowsAsync(client, Root + "/export?format=csv");

        Assert.Equal(1_100, rows.Select(r => r["notes"]).Distinct().Count());
        Assert.All(rows, r => Assert.StartsWith("Note ", r["notes"], StringComparison.Ordinal));
        Assert.All(rows, r => Assert.Equal(("", ""), (r["phoneNumber"], r["email"])));
        Assert.Equal(rows.Select(r => r["lastInteraction"]).OrderDescending(StringComparer.Ordinal), rows.Select(r => r["lastInteraction"]));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Token_OpensTheExportOnce_WithinAMinute_AndNothingElse(DatabaseKind kind)
    {
        var clock = new TestClock();
        await using var app = await TestApp.StartAsync(kind, configure: s => s.AddSingleton<TimeProvider>(clock));
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        using var browser = app.CreateClient();

        var answer = await (await client.SendAsync(HttpMethod.Post, Root + "/export/token", "", ("Idempotency-Key", "again"))).ReadAsync();
        Assert.Equal(["success", "token", "expiresIn"], answer.Select(f => f.Key));
        Assert.Equal(60, (int)answer["expiresIn"]!);
        var link = $"{Root}/export?format=csv&status=active&token={(string)answer["token"]!}";
        Assert.NotEqual((string)answer["token"]!, await TokenAsync());
        await (await browser.GetAsync($"{Root}?token={await TokenAsync()}", Token)).ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(Header + "\r\n", await browser.GetStringAsync(link, Token));
        await (await browser.GetAsync(link, Token)).ProblemAsync(HttpStatusCode.Unauthorized);
        clock.Advance(TimeSpan.FromSeconds(40));
        await (await browser.GetAsync(link, Token)).ProblemAsync(HttpStatusCode.Unauthorized);

        var late = await TokenAsync();
        clock.Advance(TimeSpan.FromSeconds(61));
        foreach (var wrong in new[] { late, "", "x", "%00", client.DefaultRequestHeaders.Authorization!.Parameter!, late + "&token=" + late })
            Assert.NotEqual(HttpStatusCode.OK, (await browser.GetAsync($"{Root}/export?token={wrong}", Token)).StatusCode);
        var ended = await TokenAsync();
        await client.PostAsync("/api/auth/logout", null, Token);
        await (await browser.GetAsync($"{Root}/export?token={ended}", Token)).ProblemAsync(HttpStatusCode.Unauthorized);
        // Nothing of a token is kept that could be used.
        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        var kept = Assert.Single(await db.IdempotencyRecords.ToListAsync(Token));
        Assert.DoesNotContain((string)answer["token"]!, $"{kept.Key} {kept.Body}", StringComparison.Ordinal);

        async Task<string> TokenAsync() =>
            (string)(await (await client.SendAsync(HttpMethod.Post, Root + "/export/token", "")).ReadAsync())["token"]!;
    }

    private static async Task<JsonObject> ImportedAsync(HttpClient client, string body)
    {
        var answer = await client.SendAsync(HttpMethod.Post, Root + "/bulk/import", body);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Token));
        return await answer.ReadAsync();
    }

    private static async Task<List<Dictionary<string, string>>> RowsAsync(HttpClient client, string path)
    {
        var text = await client.GetStringAsync(path, Token);
        Assert.StartsWith(Header + "\r\n", text, StringComparison.Ordinal);
        using var reader = new CsvReader(new StringReader(text), CultureInfo.InvariantCulture);
        return [.. reader.GetRecords<dynamic>().Cast<IDictionary<string, object>>()
            .Select(row => row.ToDictionary(c => c.Key, c => (string)c.Value))];
    }
}
