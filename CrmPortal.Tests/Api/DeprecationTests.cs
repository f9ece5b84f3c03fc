using System.Net;
using CrmPortal.Api;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Api.Fuzzing;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace CrmPortal.Tests.Api;

/// <summary>Endpoints that stay for old programs say so in each answer and in their document, and name one that is there.</summary>
public sealed class DeprecationTests
{
    private const string AddPoints = "/api/customers/customers/1/add_loyalty_points";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_OfADeprecatedEndpoint_SaysSinceWhen_AndWhatTakesItsPlace()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Administrator);
        using var nobody = app.CreateClient();
        await client.CreateCustomerAsync("""{"name":"Ada"}""");

        foreach (var answer in new[]
        {
            await client.SendAsync(HttpMethod.Post, AddPoints, """{"points":5,"reason":"Bonus"}"""),
            await client.SendAsync(HttpMethod.Post, AddPoints, "{"), await nobody.SendAsync(HttpMethod.Post, AddPoints, "{}"),
        })
        {
            Assert.Equal("@1795996800", Assert.Single(answer.Headers.GetValues("Deprecation")));
            Assert.Contains("""</api/loyalty/adjust>; rel="successor-version", </api/docs/index.html>; rel="deprecation"; type="text/html""",
                answer.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Sunset"));
        }

        var tier = await client.SendAsync(HttpMethod.Post, "/api/customers/customers/1/update_loyalty_tier");
        Assert.Equal(HttpStatusCode.OK, tier.StatusCode);
        Assert.StartsWith("</api/customers/1/loyalty/auto-tier>;", tier.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
        Assert.False((await client.GetAsync("/api/customers", Token)).Headers.Contains("Deprecation"));
    }

    [Fact]
    public async Task Document_ShowsWhatIsDeprecated_AndWhatTakesItsPlaceIsThere()
    {
        await using var app = await TestApp.StartAsync();
        var operations = await DescribedOperation.ReadAllAsync(app, Token);

        var deprecated = operations.Where(o => o.IsDeprecated).ToList();

        Assert.Equal(["ShopAddPoints", "ShopUpdateTier"], deprecated.Select(o => o.Id).Order());
        foreach (var (operation, successor) in deprecated.Select(o => (o, operations.Single(s => !s.IsDeprecated
            && o.Description.Contains($"use {s.Method} {s.Path} instead", StringComparison.Ordinal)))))
            Assert.Equal(operation.Needs, successor.Needs);
    }

    [Fact]
    public void End_IsSaid_WhereItIsDecided()
    {
        var headers = new HeaderDictionary { ["Link"] = "</api/tags?page=2>; rel=\"next\"" };

        new Deprecation(new(2026, 1, 1), "GET", "/api/tags/{id}") { Sunset = new(2027, 1, 1) }.Write(headers, new(new { id = "a b" }));

        Assert.Equal(("@1767225600", "Fri, 01 Jan 2027 00:00:00 GMT"), (headers["Deprecation"].ToString(), headers["Sunset"].ToString()));
        Assert.Equal(2, headers["Link"].Count);
        Assert.StartsWith("</api/tags/a%20b>; rel=\"successor-version\"", headers["Link"][1], StringComparison.Ordinal);
    }
}
