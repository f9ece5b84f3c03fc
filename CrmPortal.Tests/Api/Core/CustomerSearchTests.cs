using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api.Core;

/// <summary>The list of the core with the conditions of every document, in an address and in a body.</summary>
public sealed class CustomerSearchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Conditions_OfEachDocument_FindTheSameInAddressAndBody_AsTheRowsSay(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var all = await SeedAsync(app);

        foreach (var (query, body, fits) in Conditions())
        {
            var expected = all.Where(fits).Select(c => c.Id).Order().ToList();
            Assert.True(expected.Count > 0 && expected.Count < all.Count, $"{query} tells nothing apart.");
            Assert.Equal((query, string.Join(' ', expected)), (query, await IdsAsync($"/api/customers?limit=100&{query}", null)));
            body["limit"] = 100;
            Assert.Equal((query, string.Join(' ', expected)), (query, await IdsAsync("/api/customers/search", body.ToJsonString())));
        }

        async Task<string> IdsAsync(string path, string? body)
        {
            var found = body is null ? await client.ReadAsync(path)
                : await client.SendAsync(HttpMethod.Post, path, body, HttpStatusCode.OK);
            return string.Join(' ', found["items"]!.AsArray().Select(c => (long)c!["id"]!).Order());
        }
    }

    [Fact]
    public async Task Search_PagesSortsAndSaysWhatIsWrong()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Staff);
        var all = await SeedAsync(app);
        var page = await client.SendAsync(HttpMethod.Post, "/api/customers/search",
            """{"ordering":"-total_spent","page":2,"limit":2}""", HttpStatusCode.OK);
        Assert.Equal((all.Count, 2, 2), ((int)page["total"]!, (int)page["page"]!, (int)page["limit"]!));
        Assert.Equal(all.OrderByDescending(c => c.TotalSpent).Skip(2).Take(2).Select(c => c.Id),
            page["items"]!.AsArray().Select(c => (long)c!["id"]!));
        Assert.Equal(all.Count, (int)(await client.SendAsync(HttpMethod.Post, "/api/customers/search", "{}", HttpStatusCode.OK))["total"]!);

        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        var grace = await manager.CustomerAsync("Grace Hopper", "grace@example.com");
        var found = await client.SendAsync(HttpMethod.Post, "/api/customers/search", """{"search":"hopp"}""", HttpStatusCode.OK);
        Assert.Equal(grace, (long)Assert.Single(found["items"]!.AsArray())!["id"]!);

        foreach (var (body, field) in new[]
        {
            ("""{"filter":"vip:yes","rules":{"all":[]}}""", "rules"), ("""{"rules":{"some":[]}}""", "rules"),
            ("""{"filter":"no_such:yes"}""", "filter"), ("""{"limit":101}""", "limit"), ("""{"page":0}""", "page"),
            ("""{"status":"lost"}""", "status"), ("""{"joined_after":"soon"}""", "joined_after"), ("""{"ordering":"luck"}""", "ordering"),
            ("""{"country":"Nowhere"}""", "country"), ("""{"no_such_field":1}""", "no_such_field"),
        })
        {
            var problem = await (await client.PostAsync("/api/customers/search", ApiClient.Json(body), Token))
                .ProblemAsync(HttpStatusCode.BadRequest);
            Assert.True(problem["errors"]?.AsObject().ContainsKey(field) == true, $"{body}: {problem.ToJsonString()}");
        }
    }

    private static IEnumerable<(string Query, JsonObject Body, Func<Customer, bool> Fits)> Conditions()
    {
        yield return ("status=blocked", new() { ["status"] = "blocked" }, c => c.Status == CustomerStatus.Blocked);
        yield return ("is_active=false", new() { ["is_active"] = false }, c => c.Status != CustomerStatus.Active);
        yield return ("is_vip=true", new() { ["is_vip"] = true }, c => c.IsVip);
        yield return ("is_verified=true", new() { ["is_verified"] = true }, c => c.EmailVerifiedAt is not null);
        yield return ("loyalty_tier=gold", new() { ["loyalty_tier"] = "gold" }, c => c.Tier == "gold");
        yield return ("has_email_consent=true", new() { ["has_email_consent"] = true }, c => c.EmailMarketing);
        yield return ("accepts_marketing_email=true", new() { ["accepts_marketing_email"] = true }, c => c.EmailMarketing);
        yield return ("min_orders=2&max_orders=4", new() { ["min_orders"] = 2, ["max_orders"] = 4 }, c => c.OrderCount is >= 2 and <= 4);
        yield return ("min_spent=20", new() { ["min_spent"] = 20 }, c => c.TotalSpent >= 2_000);
        yield return ("max_total_spent=30.00", new() { ["max_total_spent"] = 30.00m }, c => c.TotalSpent <= 3_000);
        yield return ("min_spent=10&max_total_spent=30", new() { ["min_spent"] = 10, ["max_total_spent"] = 30 },
            c => c.TotalSpent is >= 1_000 and <= 3_000);
        yield return ("preferred_language=es", new() { ["preferred_language"] = "es" }, c => c.Language == "es");
        yield return ("gender=female", new() { ["gender"] = "female" }, c => c.Gender == Gender.Female);
        yield return ("country=Spain", new() { ["country"] = "Spain" }, c => c.Country == "ES");
        yield return ("joined_after=2025-01-03", new() { ["joined_after"] = "2025-01-03" }, c => c.CreatedAt >= Day(3));
        yield return ("registered_before=2025-01-03", new() { ["registered_before"] = "2025-01-03" }, c => c.CreatedAt < Day(3));
        yield return ("filter=vip:yes&status=active", new() { ["filter"] = "vip:yes", ["status"] = "active" },
            c => c.IsVip && c.Status == CustomerStatus.Active);
        yield return ("filter=any(vip:yes;language:is:es)&max_orders=3",
            new()
            {
                ["max_orders"] = 3,
                ["rules"] = JsonNode.Parse(
                    """{"any":[{"field":"vip","is":"yes"},{"field":"language","is":"is","values":["es"]}]}"""),
            }, c => (c.IsVip || c.Language == "es") && c.OrderCount <= 3);
    }

    private static DateTimeOffset Day(int day) => new(2025, 1, day, 0, 0, 0, TimeSpan.Zero);

    private static async Task<List<Customer>> SeedAsync(TestApp app)
    {
        var customers = Enumerable.Range(0, 8).Select(i => new Customer
        {
            Number = $"CUST-20250101-000{i}", GivenName = $"Person{i}", Email = $"p{i}@example.com", CreatedAt = Day(1 + i).AddHours(9),
            EmailVerifiedAt = i % 2 == 0 ? Day(9) : null, Tier = i > 4 ? "gold" : "bronze", EmailMarketing = i < 3, OrderCount = i,
            TotalSpent = i * 555, Language = i % 4 == 1 ? "es" : "en", Gender = i % 2 == 1 ? Gender.Female : Gender.Male,
            Country = i > 5 ? "ES" : "GB", LastInteractionAt = Day(1 + i), UpdatedAt = Day(1 + i),
        }).ToList();
        customers[5].Block("Fraud");
        customers[6].Deactivate(null);
        foreach (var customer in customers.Where((_, i) => i % 3 == 0)) customer.SetVip(true, null, null, Day(9));
        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        db.AddRange(customers);
        await db.SaveChangesAsync(Token);
        return customers;
    }
}
