using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Verification;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

/// <summary>Document 3: listing, searching, changing, verifying and closing customers, and their preferences, as it prints them.</summary>
public sealed class DocumentThreeListTests
{
    private const string Root = "/api/v1/retail-customers";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task ListAndSearch_ByEachCondition_FindWhomItMeans(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, settings: new() { ["Shop:Currency"] = "INR", ["Shop:TimeZone"] = "UTC" });
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var john = await MadeAsync(client, """{"first_name":"John","last_name":"Doe","email":"john@example.com","city":"Mumbai","state":"Maharashtra","country":"India","email_marketing_consent":true}""");
        var jane = await MadeAsync(client, """{"first_name":"Jane","last_name":"Roe","email":"jane@example.com","city":"Delhi","country":"India","sms_marketing_consent":true}""");
        var jim = await MadeAsync(client, """{"first_name":"Jim","last_name":"Poe","phone":"+34600000001","city":"Madrid","country":"Spain"}""");
        await using (var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null))
        {
            // What a list asks of is written straight to the rows: how it comes there is looked at where it belongs.
            await SetAsync(db, john, new(2024, 12, 1, 0, 0, 0, TimeSpan.Zero), 6, 1_500_000, "silver", new(2025, 6, 1, 10, 30, 0, TimeSpan.Zero));
            await SetAsync(db, jane, new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero), 1, 5_000, "bronze", new(2025, 3, 1, 0, 0, 0, TimeSpan.Zero));
            await SetAsync(db, jim, new(2025, 2, 1, 0, 0, 0, TimeSpan.Zero), 0, 0, null, null);
            db.Add(new CustomerScore { CustomerId = john, Segment = RfmSegment.AtRisk, Recency = 2, Frequency = 4, Monetary = 4 });
            await db.SaveChangesAsync(Token);
        }

        await client.SendAsync(HttpMethod.Post, $"{Root}/{jim}/deactivate?reason=Customer%20request");

        foreach (var (name, value, found) in new (string, object, long[])[]
        {
            ("search", "john", [john]), ("search", "+34600000001", [jim]), ("is_active", true, [jane, john]), ("is_active", false, [jim]),
            ("loyalty_tier", "silver", [john]), ("rfm_segment", "At Risk", [john]), ("rfm_segment", "at_risk", [john]),
            ("rfm_segment", "Loyal", []), ("city", "mumbai", [john]), ("state", "Maharashtra", [john]), ("country", "India", [jane, john]),
            ("country", "ES", [jim]), ("min_total_spent", 10000, [john]), ("max_total_spent", 50, [jim, jane]), ("min_orders", 1, [jane, john]),
            ("max_orders", 1, [jim, jane]), ("registered_after", "2025-01-01T00:00:00Z", [jim, jane]),
            ("registered_before", "2025-01-01T00:00:00Z", [john]), ("last_order_after", "2025-06-01T10:30:00Z", [john]),
            ("last_order_before", "2025-06-01", [jane]), ("has_email_consent", true, [john]), ("has_email_consent", false, [jim, jane]),
            ("has_sms_consent", true, [jane]),
        })
        {
            var text = value is bool yes ? yes ? "true" : "false" : value.ToString()!;
            Assert.Equal((name, value, string.Join(' ', found)), (name, value, string.Join(' ',
                await IdsAsync(await client.GetAsync($"{Root}/?{name}={Uri.EscapeDataString(text)}", Token)))));
            var body = new JsonObject { [name] = JsonValue.Create(value) }.ToJsonString();
            Assert.Equal((name, value, string.Join(' ', found)), (name, value, string.Join(' ',
                await IdsAsync(await client.SendAsync(HttpMethod.Post, $"{Root}/search", body)))));
        }

        // As the document prints them.
        Assert.Equal([john], await IdsAsync(await client.GetAsync($"{Root}/?skip=0&limit=100&is_active=true&loyalty_tier=silver", Token)));
        Assert.Equal([john], await IdsAsync(await client.SendAsync(HttpMethod.Post, $"{Root}/search?skip=0&limit=100", """
            { "search": "john", "is_active": true, "loyalty_tier": "silver", "rfm_segment": "At Risk", "city": "Mumbai", "min_total_spent": 10000, "min_orders": 5,
              "registered_after": "2024-01-01T00:00:00Z", "has_email_consent": true }
            """)));

        var part = await client.GetAsync($"{Root}/?skip=1&limit=1", Token);
        Assert.Equal([jane], await IdsAsync(part));
        Assert.Equal("3", part.Headers.GetValues("X-Total-Count").Single());
        Assert.Contains("skip=2&limit=1>; rel=\"next\"", part.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
        Assert.Equal(3, (await IdsAsync(await client.GetAsync($"{Root}/?limit=1000", Token))).Count);
        foreach (var (query, field) in new[]
        {
            ("limit=1001", "limit"), ("skip=-1", "skip"), ("rfm_segment=Best", "rfm_segment"), ("country=Atlantis", "country"),
            ("registered_after=soon", "registered_after"), ("min_orders=x", "min_orders"),
        })
        {
            var answer = await client.GetAsync($"{Root}/?{query}", Token);
            Assert.True(answer.StatusCode is HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest, query);
            Assert.True((await answer.ReadAsync())["errors"]?[field] is not null, query);
        }

        static Task SetAsync(CrmDbContext db, long id, DateTimeOffset created, int orders, long spent, string? tier,
            DateTimeOffset? last) =>
            db.Set<Customer>().Where(c => c.Id == id).ExecuteUpdateAsync(s => s.SetProperty(c => c.CreatedAt, created)
                .SetProperty(c => c.OrderCount, orders).SetProperty(c => c.TotalSpent, spent).SetProperty(c => c.Tier, tier)
                .SetProperty(c => c.LastOrderAt, last), Token);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_IsChangedAsPrinted_InOneSave(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var id = await MadeAsync(client, """{"first_name":"John","last_name":"Doe","email":"john@example.com","country":"IN","email_marketing_consent":true}""");
        await MadeAsync(client, """{"first_name":"Other","email":"other@example.com"}""");
        var before = await client.GetAsync($"{Root}/{id}", Token);

        var answer = await client.SendAsync(HttpMethod.Put, $"{Root}/{id}", """
            {
              "first_name": "John", "last_name": "Doe Updated", "email": "john.new@example.com", "phone": "+919876543210",
              "address_line1": "123 Main St", "city": "Mumbai", "state": "Maharashtra", "postal_code": "400001", "email_marketing_consent": false
            }
            """, ("If-Match", before.Headers.ETag!.ToString()));
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Token));
        var john = await answer.ReadAsync();
        Assert.Equal(("Doe Updated", "john.new@example.com", "+919876543210", "123 Main St", "Mumbai", "Maharashtra", "400001", false),
            ((string)john["last_name"]!, (string)john["email"]!, (string)john["phone"]!, (string)john["address_line1"]!,
            (string)john["city"]!, (string)john["state"]!, (string)john["postal_code"]!, (bool)john["email_marketing_consent"]!));
        Assert.Equal(answer.Headers.ETag, (await client.GetAsync($"{Root}/{id}", Token)).Headers.ETag);
        // A part of the address alone, and a field that is cleared.
        var moved = await (await client.SendAsync(HttpMethod.Put, $"{Root}/{id}", """{"city":"Pune","phone":null}""")).ReadAsync();
        Assert.Equal(("Pune", "123 Main St", null), ((string)moved["city"]!, (string)moved["address_line1"]!, (string?)moved["phone"]));

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await client.SendAsync(HttpMethod.Put, $"{Root}/{id}", """{"last_name":"X"}""",
            ("If-Match", before.Headers.ETag.ToString()))).StatusCode);
        Assert.Equal("Email already registered", (string)(await (await client.SendAsync(HttpMethod.Put, $"{Root}/{id}",
            """{"last_name":"Z","email":"other@example.com"}""")).ProblemAsync(HttpStatusCode.BadRequest))["detail"]!);
        foreach (var (body, field) in new[] { ("""{"city":" "}""", "city"), ("""{"last_name":"Z","gender":"robot"}""", "gender"),
            ("""{"last_name":"Z","country":"Atlantis"}""", "country"), ("""{"last_name":"Z","postal_code":"N1"}""", "postal_code") })
            Assert.NotNull((await (await client.SendAsync(HttpMethod.Put, $"{Root}/{id}", body))
                .ProblemAsync(HttpStatusCode.UnprocessableEntity))["errors"]![field]);
        Assert.Equal("Doe Updated", (string)(await (await client.GetAsync($"{Root}/{id}", Token)).ReadAsync())["last_name"]!);
        await (await client.SendAsync(HttpMethod.Put, $"{Root}/999", "{}")).ProblemAsync(HttpStatusCode.NotFound);
        var back = await (await client.SendAsync(HttpMethod.Post, $"{Root}/{id}/deactivate?reason=Customer%20request")).ReadAsync();
        Assert.False((bool)back["is_active"]!);
        Assert.True((bool)(await (await client.SendAsync(HttpMethod.Post, $"{Root}/{id}/reactivate")).ReadAsync())["is_active"]!);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Codes_AreCheckedForWhoeverHasThem_AndTellNothingElse(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        using var staff = await accounts.App.ClientAsAsync(RoleNames.Manager);
        var id = await MadeAsync(staff, """{"first_name":"John","email":"john@example.com"}""");
        Assert.Equal(HttpStatusCode.OK, (await staff.SendAsync(HttpMethod.Post, $"/api/customers/{id}/verify-email", "{}")).StatusCode);
        await accounts.LinkToAsync("john@example.com");
        var code = System.Text.RegularExpressions.Regex.Match(accounts.Mails.All.Last(m => m.To == "john@example.com").Text, @"\b\d{6}\b").Value;
        using var anyone = accounts.App.CreateClient();

        foreach (var (path, body, field) in new[]
        {
            ($"{Root}/{id}/verify-email", "{}", "verification_code"),
            ($"{Root}/{id}/verify-email", """{"verification_type":"phone","verification_code":"123456"}""", "verification_type"),
            ($"{Root}/{id}/verify-email", $$"""{"verification_type":"email","verification_code":"{{(code == "123456" ? "654321" : "123456")}}"}""", "verification_code"),
            ($"{Root}/{id}/verify-phone", """{"verification_type":"phone","verification_code":"654321"}""", "verification_code"),
            ($"{Root}/9999/verify-email", """{"verification_type":"email","verification_code":"123456"}""", "verification_code"),
        }) Assert.NotNull((await (await anyone.SendAsync(HttpMethod.Post, path, body)).ProblemAsync(HttpStatusCode.UnprocessableEntity))
            ["errors"]![field]);

        var verified = await (await anyone.SendAsync(HttpMethod.Post, $"{Root}/{id}/verify-email",
            $$"""{"verification_type":"email","verification_code":"{{code}}"}""")).ReadAsync();
        Assert.Equal(("Email verified successfully.", true), ((string)verified["message"]!, (bool)verified["verified"]!));
        Assert.True((bool)(await (await staff.GetAsync($"{Root}/{id}", Token)).ReadAsync())["email_verified"]!);
        Assert.Equal(1, await accounts.ReadAsync(db => db.VerificationCodes.CountAsync(c => c.UsedAt != null, Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Preferences_AreSetChangedAndRemovedAsPrinted(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var root = $"{Root}/{await MadeAsync(client, """{"first_name":"John"}""")}/preferences";

        var made = await client.SendAsync(HttpMethod.Post, root,
            """{ "preference_type": "communication", "preference_key": "email_frequency", "preference_value": "weekly" }""");
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var one = await made.ReadAsync();
        Assert.Equal(["id", "customer_id", "preference_type", "preference_key", "preference_value"], one.Select(f => f.Key));
        var changed = await (await client.SendAsync(HttpMethod.Put, $"{root}/{one["id"]}", """{ "preference_value": "daily" }""")).ReadAsync();
        Assert.Equal(((string)one["id"]!, "daily"), ((string)changed["id"]!, (string)changed["preference_value"]!));
        var many = await client.SendAsync(HttpMethod.Post, root + "/bulk", """
            { "preferences": [
              { "preference_type": "communication", "preference_key": "email_frequency", "preference_value": "weekly" },
              { "preference_type": "shopping", "preference_key": "favorite_category", "preference_value": "shirts" },
              { "preference_type": "payment", "preference_key": "preferred_method", "preference_value": "card" } ] }
            """);
        Assert.Equal(HttpStatusCode.OK, many.StatusCode);
        Assert.Equal(3, JsonNode.Parse(await many.Content.ReadAsStringAsync(Token))!.AsArray().Count);
        Assert.Equal(["weekly"], await ValuesAsync("?preference_type=communication"));
        Assert.Equal(["weekly", "card", "shirts"], await ValuesAsync(""));

        foreach (var (path, body, field) in new[]
        {
            (root, """{"preference_type":"a","preference_key":"b"}""", "preference_value"),
            (root, """{"preference_key":"b","preference_value":"c"}""", "preference_type"),
            (root + "/bulk", """{"preferences":[{"preference_type":"a","preference_value":"c"}]}""", "preference_key"),
            (root + "/bulk", """{"preferences":[]}""", "preferences"),
        }) Assert.NotNull((await (await client.SendAsync(HttpMethod.Post, path, body)).ProblemAsync(HttpStatusCode.UnprocessableEntity))
            ["errors"]![field]);

        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync($"{root}/{one["id"]}", Token)).StatusCode);
        await (await client.DeleteAsync($"{root}/{one["id"]}", Token)).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(["card", "shirts"], await ValuesAsync(""));

        async Task<List<string>> ValuesAsync(string query) =>
            [.. JsonNode.Parse(await client.GetStringAsync(root + query, Token))!.AsArray().Select(p => (string)p!["preference_value"]!)];
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Registering_AsPrinted_WaitsForTheLink_AndThenHoldsTheConsents(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        using var client = accounts.App.CreateClient();
        using var staff = await accounts.App.ClientAsAsync(RoleNames.Manager);

        var answer = await client.SendAsync(HttpMethod.Post, $"{Root}/register", """
            {
              "first_name": "John", "last_name": "Doe", "email": "john@example.com", "phone": "+919876543210", "password": "SecurePass123",
              "date_of_birth": "1990-01-15", "gender": "Male", "city": "Mumbai", "state": "Maharashtra", "country": "India",
              "email_marketing_consent": true, "sms_marketing_consent": true
            }
            """);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Token));
        var john = await answer.ReadAsync();
        Assert.Equal(("1990-01-15", "Male", "Mumbai", "Maharashtra", "IN", false, false), ((string)john["date_of_birth"]!,
            (string)john["gender"]!, (string)john["city"]!, (string)john["state"]!, (string)john["country"]!,
            (bool)john["email_verified"]!, (bool)john["email_marketing_consent"]!));
        var link = await accounts.LinkToAsync("john@example.com");
        await accounts.OpenBrowser().SubmitAsync(link, "confirm", new() { ["Input.Password"] = "SecurePass123" });

        var confirmed = await (await staff.GetAsync($"{Root}/{john["id"]}", Token)).ReadAsync();
        Assert.Equal((true, true, true), ((bool)confirmed["email_verified"]!, (bool)confirmed["email_marketing_consent"]!,
            (bool)confirmed["sms_marketing_consent"]!));
        Assert.Equal("Email already registered", (string)(await (await client.SendAsync(HttpMethod.Post, $"{Root}/register",
            """{"first_name":"J","email":"JOHN@example.com","password":"SecurePass123"}""")).ProblemAsync(HttpStatusCode.BadRequest))
            ["detail"]!);
    }

    private static async Task<long> MadeAsync(HttpClient client, string body)
    {
        var made = await client.SendAsync(HttpMethod.Post, Root, body);
        Assert.True(made.StatusCode == HttpStatusCode.Created, await made.Content.ReadAsStringAsync(Token));
        return long.Parse((string)(await made.ReadAsync())["id"]!, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<List<long>> IdsAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Token));
        return [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!.AsArray()
            .Select(c => long.Parse((string)c!["id"]!, System.Globalization.CultureInfo.InvariantCulture))];
    }
}
