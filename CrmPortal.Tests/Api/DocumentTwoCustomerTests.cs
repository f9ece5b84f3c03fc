using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

/// <summary>
/// Document 2: the customers of a shop for staff, with eighteen filters, a search and eight orders, against what the customers' own rows
/// say.
/// </summary>
public sealed class DocumentTwoCustomerTests
{
    private const string Root = "/api/customers/customers";

    private static readonly string[] Fields =
    [
        "id", "customer_number", "username", "email", "first_name", "last_name", "phone", "phone_verified", "date_of_birth", "gender",
        "is_active", "is_verified", "is_vip", "loyalty_tier", "loyalty_points", "accepts_marketing_email", "accepts_marketing_sms",
        "preferred_language", "preferred_currency", "total_orders", "total_spent", "average_order_value", "last_order_date", "date_joined",
        "updated_at",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Each filter as it is asked, and whom it means.</summary>
    private static readonly (string Query, Func<Row, bool> Fits)[] Filters =
    [
        ("is_active=true", c => c.Active), ("is_active=false", c => !c.Active), ("is_verified=true", c => c.Verified),
        ("is_verified=false", c => !c.Verified), ("is_vip=true", c => c.Vip), ("is_vip=false", c => !c.Vip),
        ("phone_verified=true", c => c.PhoneVerified), ("phone_verified=false", c => !c.PhoneVerified),
        ("loyalty_tier=gold", c => c.Tier == "gold"), ("loyalty_tier=BRONZE", c => c.Tier == "bronze"),
        ("accepts_marketing_email=true", c => c.Email), ("accepts_marketing_email=false", c => !c.Email),
        ("accepts_marketing_sms=true", c => c.Sms), ("accepts_marketing_sms=false", c => !c.Sms),
        ("min_orders=2", c => c.Orders >= 2), ("max_orders=2", c => c.Orders <= 2), ("min_spent=100.50", c => c.Spent >= 10_050),
        ("max_spent=100.50", c => c.Spent <= 10_050), ("joined_after=2025-03-05", c => c.Joined >= At(5)),
        ("joined_after=2025-03-05T12:00:00Z", c => c.Joined >= At(5).AddHours(12)), ("joined_before=2025-03-05", c => c.Joined < At(5)),
        ("joined_before=2025-03-05T12:00:00Z", c => c.Joined < At(5).AddHours(12)),
        ("joined_before=2025-03-05T13:00:00%2B01:00", c => c.Joined < At(5).AddHours(12)),
        ("last_order_after=2025-06-04", c => c.Last >= At(4, 6)), ("last_order_before=2025-06-04", c => c.Last < At(4, 6)),
        ("preferred_language=es", c => c.Language == "es"), ("preferred_currency=usd", c => c.Currency == "USD"),
        ("preferred_currency=EUR", c => c.Currency is null or "EUR"), ("gender=female", c => c.Gender == Gender.Female),
        ("gender=unspecified", c => c.Gender == Gender.Unspecified),
    ];

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_ByEachFilterAloneAndByTwo_HasWhomTheRowsSay(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, settings: new() { ["Shop:Currency"] = "EUR", ["Shop:TimeZone"] = "UTC",
            ["Api:RequestsPerMinute"] = "100000" });
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var rows = await SeedAsync(app, client);

        foreach (var (query, fits) in Filters) await DemandAsync(query, fits);
        for (var i = 0; i < Filters.Length; i++)
        {
            var (first, second) = (Filters[i], Filters[(i * 7 + 3) % Filters.Length]);
            if (first.Query.Split('=')[0] == second.Query.Split('=')[0]) continue;
            await DemandAsync($"{first.Query}&{second.Query}", c => first.Fits(c) && second.Fits(c));
        }

        async Task DemandAsync(string query, Func<Row, bool> fits)
        {
            var answer = await client.GetAsync($"{Root}/?limit=100&{query}", Token);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{query}: {await answer.Content.ReadAsStringAsync(Token)}");
            var list = await answer.ReadAsync();
            var expected = rows.Where(fits).Select(r => r.Id).OrderDescending().ToList();
            Assert.True(expected.SequenceEqual(list["items"]!.AsArray().Select(c => (long)c!["id"]!)),
                $"{query}: {list["total"]} instead of {expected.Count}");
            Assert.Equal(expected.Count, (int)list["total"]!);
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_IsSearchedOrderedAndCutAsAsked(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, settings: new() { ["Shop:Currency"] = "EUR", ["Shop:TimeZone"] = "UTC" });
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var rows = await SeedAsync(app, client);

        foreach (var (ordering, key) in new (string, Func<Row, object?>)[]
        {
            ("date_joined", r => r.Id), ("total_orders", r => r.Orders), ("total_spent", r => r.Spent), ("last_order_date", r => r.Last),
        })
        {
            // Who has no such date comes last in either direction.
            var known = rows.Where(r => key(r) is not null).ToList();
            var up = known.OrderBy(key).ThenBy(r => r.Id).Concat(rows.Except(known).OrderBy(r => r.Id));
            var down = known.OrderByDescending(key).ThenByDescending(r => r.Id).Concat(rows.Except(known).OrderByDescending(r => r.Id));
            Assert.Equal(up.Select(r => r.Id), await IdsAsync($"ordering={ordering}"));
            Assert.Equal(down.Select(r => r.Id), await IdsAsync($"ordering=-{ordering}"));
        }

        Assert.Equal([rows[3].Id], await IdsAsync("search=given3"));
        Assert.Equal([rows[3].Id], await IdsAsync("search=c3@example.com"));
        Assert.Equal([rows[3].Id], await IdsAsync("search=%2B34600000003"));
        Assert.Equal(rows.Select(r => r.Id).OrderDescending(), await IdsAsync("search=family"));

        var page = await client.GetAsync($"{Root}/?page=2&limit=5&ordering=date_joined", Token);
        var list = await page.ReadAsync();
        Assert.Equal((2, 5, rows.Count, 3), ((int)list["page"]!, (int)list["limit"]!, (int)list["total"]!, (int)list["pages"]!));
        Assert.Equal(rows.Skip(5).Take(5).Select(r => r.Id), list["items"]!.AsArray().Select(c => (long)c!["id"]!));
        Assert.Contains("rel=\"next\"", page.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
        Assert.Equal(Fields, list["items"]![0]!.AsObject().Select(f => f.Key));

        foreach (var (query, field) in new[]
        {
            ("limit=101", "limit"), ("page=0", "page"), ("ordering=email", "ordering"), ("gender=robot", "gender"),
            ("joined_after=soon", "joined_after"), ("last_order_before=2025-13-01", "last_order_before"), ("min_orders=x", "min_orders"),
            ("min_spent=much", "min_spent"), ("is_vip=perhaps", "is_vip"),
        })
        {
            var problem = await (await client.GetAsync($"{Root}/?{query}", Token)).ProblemAsync(HttpStatusCode.BadRequest);
            Assert.True(problem["errors"]?[field] is not null, $"{query}: {problem}");
        }

        async Task<List<long>> IdsAsync(string query) => [.. (await (await client.GetAsync($"{Root}/?limit=100&{query}", Token)).ReadAsync())
            ["items"]!.AsArray().Select(c => (long)c!["id"]!)];
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_IsChangedVerifiedPromotedClosedAndDeleted(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var id = (long)(await client.CreateCustomerAsync("""{"name":"John Doe","email":"john@example.com"}"""))["id"]!;

        var got = await client.GetAsync($"{Root}/{id}/", Token);
        Assert.Equal(Fields, (await got.ReadAsync()).Select(f => f.Key));
        Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(HttpMethod.Get, $"{Root}/{id}/", null,
            ("If-None-Match", got.Headers.ETag!.ToString()))).StatusCode);
        var changed = await (await client.SendAsync(HttpMethod.Patch, $"{Root}/{id}/",
            """{"first_name":"Johnny","accepts_marketing_sms":true,"date_of_birth":"1990-01-15","gender":"Male"}""",
            ("If-Match", got.Headers.ETag.ToString()))).ReadAsync();
        Assert.Equal(("Johnny", "Doe", true, "1990-01-15", "male"), ((string)changed["first_name"]!, (string)changed["last_name"]!,
            (bool)changed["accepts_marketing_sms"]!, (string)changed["date_of_birth"]!, (string)changed["gender"]!));
        Assert.Equal("Smith", (string)(await (await client.SendAsync(HttpMethod.Put, $"{Root}/{id}/", """{"last_name":"Smith"}"""))
            .ReadAsync())["last_name"]!);
        Assert.False((bool)(await (await client.SendAsync(HttpMethod.Patch, $"{Root}/{id}/", """{"accepts_marketing_sms":false}"""))
            .ReadAsync())["accepts_marketing_sms"]!);
        var consents = await (await client.GetAsync($"/api/customers/{id}/consents", Token)).ReadAsync();
        Assert.Equal(["withdrawn", "granted"], consents["items"]!.AsArray().Select(c => (string)c!["state"]!));

        Assert.True((bool)(await PostAsync("verify"))["is_verified"]!);
        Assert.True((bool)(await PostAsync("make_vip"))["is_vip"]!);
        Assert.False((bool)(await PostAsync("deactivate"))["is_active"]!);
        Assert.True((bool)(await PostAsync("reactivate"))["is_active"]!);
        var added = await PostAsync("add_loyalty_points", """{ "points": 500, "reason": "Special promotion bonus" }""");
        Assert.Equal((500L, 500L), ((long)added["points_added"]!, (long)added["loyalty_points"]!));
        Assert.NotNull((await (await client.SendAsync(HttpMethod.Post, $"{Root}/{id}/add_loyalty_points/", """{"points":0,"reason":"x"}"""))
            .ProblemAsync(HttpStatusCode.BadRequest))["errors"]!["points"]);
        // More than the limit of a manager waits for a second person.
        var waiting = await client.SendAsync(HttpMethod.Post, $"{Root}/{id}/add_loyalty_points/", """{"points":6000,"reason":"Gift"}""");
        Assert.Equal((HttpStatusCode.Accepted, 500L), (waiting.StatusCode, (long)(await waiting.ReadAsync())["loyalty_points"]!));
        await client.SendAsync(HttpMethod.Post, "/api/orders",
            $$"""{"status":"paid","customer_id":{{id}},"lines":[{"product_code":"A","quantity":1,"unit_price":1200}]}""");
        Assert.Equal("silver", (string)(await PostAsync("update_loyalty_tier"))["loyalty_tier"]!);

        Assert.Equal("Customer deleted successfully.", (string)(await (await client.DeleteAsync($"{Root}/{id}/", Token)).ReadAsync())
            ["message"]!);
        await (await client.GetAsync($"{Root}/{id}/", Token)).ProblemAsync(HttpStatusCode.NotFound);
        foreach (var action in new[] { "verify", "make_vip", "deactivate", "reactivate", "update_loyalty_tier" })
            await (await client.SendAsync(HttpMethod.Post, $"{Root}/{id}/{action}/")).ProblemAsync(HttpStatusCode.NotFound);

        async Task<JsonObject> PostAsync(string action, string? body = null)
        {
            var answer = await client.SendAsync(HttpMethod.Post, $"{Root}/{id}/{action}/", body);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{action}: {await answer.Content.ReadAsStringAsync(Token)}");
            return await answer.ReadAsync();
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_MasksForWhoMayNotSee_IsLoggedAndCostsTheSameForEveryPage(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, settings: new() { ["Shop:Currency"] = "EUR", ["Shop:TimeZone"] = "UTC" });
        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        await SeedAsync(app, manager);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);

        var seen = (await (await staff.GetAsync($"{Root}/?limit=1", Token)).ReadAsync())["items"]![0]!;
        Assert.Contains("•••", (string)seen["email"]!, StringComparison.Ordinal);
        Assert.Contains("•••", (string)seen["phone"]!, StringComparison.Ordinal);
        Assert.Null(seen["date_of_birth"]);

        await CountAsync(1);
        Assert.Equal(await CountAsync(2), await CountAsync(12));

        async Task<int> CountAsync(int limit)
        {
            app.Commands.Clear();
            Assert.Equal(HttpStatusCode.OK, (await manager.GetAsync($"{Root}/?limit={limit}", Token)).StatusCode);
            return app.Commands.OfRequests.Count;
        }
    }

    private static async Task<List<Row>> SeedAsync(TestApp app, HttpClient client)
    {
        const int Customers = 12;
        for (var i = 0; i < Customers; i++)
        {
            await client.CreateCustomerAsync(string.Create(CultureInfo.InvariantCulture,
                $$"""{"first_name":"Given{{i}}","last_name":"Family","email":"c{{i}}@example.com","phone":"+3460000000{{i % 10}}{{(i > 9 ? "9" : "")}}","language":"{{(i % 3 == 0 ? "es" : "en")}}","gender":"{{(i % 4 == 0 ? "female" : i % 4 == 1 ? "male" : "unspecified")}}","date_of_birth":"1990-01-15"{{(i % 5 == 0 ? ",\"currency\":\"USD\"" : i % 5 == 1 ? ",\"currency\":\"EUR\"" : "")}}}"""));
        }

        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        // What a list asks of is written straight to the rows: how it comes there is looked at where it belongs.
        string?[] tiers = [null, "bronze", "silver", "gold"];
        foreach (var (customer, i) in (await db.Set<Customer>().OrderBy(c => c.Id).ToListAsync(Token)).Select((c, i) => (c, i)))
        {
            var (at, last, now) = (At(1 + i).AddHours(i % 2 * 12), At(1 + i, 6), At(1, 9));
            await db.Set<Customer>().Where(c => c.Id == customer.Id).ExecuteUpdateAsync(s => s
                .SetProperty(c => c.CreatedAt, at)
                .SetProperty(c => c.Status, i % 6 == 5 ? CustomerStatus.Inactive : CustomerStatus.Active)
                .SetProperty(c => c.IsVip, i % 4 == 2).SetProperty(c => c.EmailVerifiedAt, i % 2 == 0 ? now : null)
                .SetProperty(c => c.PhoneVerifiedAt, i % 3 == 1 ? now : null).SetProperty(c => c.EmailMarketing, i % 2 == 1)
                .SetProperty(c => c.SmsMarketing, i % 3 == 2).SetProperty(c => c.OrderCount, i % 4).SetProperty(c => c.Tier, tiers[i % 4])
                .SetProperty(c => c.TotalSpent, i % 4 * 5_025L).SetProperty(c => c.LastOrderAt, i % 4 == 0 ? null : last), Token);
        }

        return [.. (await db.Set<Customer>().AsNoTracking().OrderBy(c => c.Id).ToListAsync(Token)).Select(c => new Row(c.Id,
            c.Status == CustomerStatus.Active, c.EmailVerifiedAt is not null, c.IsVip, c.PhoneVerifiedAt is not null, c.Tier,
            c.EmailMarketing, c.SmsMarketing, c.OrderCount, c.TotalSpent, c.CreatedAt, c.LastOrderAt, c.Language, c.Currency, c.Gender))];
    }

    private static DateTimeOffset At(int day, int month = 3) => new(2025, month, day, 0, 0, 0, TimeSpan.Zero);

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Points_AreThoseThatCanBeSpent_WhereverTheyAreShown(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, settings: new() { ["Shop:Currency"] = "EUR", ["Shop:TimeZone"] = "UTC" });
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var id = (long)(await client.CreateCustomerAsync("""{"name":"John Doe","email":"john@example.com"}"""))["id"]!;
        await EarnAsync(300);
        await using (var system = app.AsSystem())
        {
            var programmes = system.Get<ProgrammeService>();
            var draft = await programmes.SaveDraftAsync(null, "Later", new() { PendingDays = 14 }, null, Token);
            await programmes.ActivateAsync(draft!.Part.Id, Token);
        }

        // These have been earned and wait for two weeks.
        await EarnAsync(1_000);

        Assert.Equal(300L, (long)(await (await client.GetAsync($"{Root}/", Token)).ReadAsync())["items"]![0]!["loyalty_points"]!);
        foreach (var path in new[] { $"{Root}/{id}/", $"{Root}/{id}/stats/", $"/api/v1/retail-customers/{id}" })
            Assert.Equal(300L, (long)(await (await client.GetAsync(path, Token)).ReadAsync())["loyalty_points"]!);

        async Task EarnAsync(long points)
        {
            await using var system = app.AsSystem();
            await system.Get<LedgerService>().EarnAsync(new() { CustomerId = id, Points = points }, null, Token);
        }
    }

    /// <summary>What the filters ask of, as the rows have it.</summary>
    private sealed record Row(long Id, bool Active, bool Verified, bool Vip, bool PhoneVerified, string? Tier, bool Email, bool Sms,
        int Orders, long Spent, DateTimeOffset Joined, DateTimeOffset? Last, string Language, string? Currency, Gender Gender);
}
