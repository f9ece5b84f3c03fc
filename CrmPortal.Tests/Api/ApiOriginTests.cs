using System.Net;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api;

/// <summary>Which sites' pages may call the API from a browser.</summary>
public sealed class ApiOriginTests
{
    private const string Shop = "https://shop.example.com";

    private static readonly Dictionary<string, string> Named = new() { ["Api:Origins"] = $"{Shop}, http://localhost:5173" };

    [Theory]
    [InlineData("/api/customers", "PATCH")]
    [InlineData("/api/customers/customers/me/", "GET")]
    [InlineData("/api/v1/retail-customers/register", "POST")]
    public async Task Page_OfANamedSite_MayAsk_WithoutAToken(string path, string method)
    {
        await using var app = await TestApp.StartAsync(settings: Named);
        using var browser = app.CreateClient();

        foreach (var origin in new[] { Shop, "http://localhost:5173" })
        {
            using var answer = await AskAsync(browser, path, method, origin);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            Assert.Equal([origin], answer.Headers.GetValues("Access-Control-Allow-Origin"));
            Assert.Contains(method, Joined(answer, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
            foreach (var header in new[] { "Authorization", "Content-Type", "If-Match", "Idempotency-Key" })
                Assert.Contains(header, Joined(answer, "Access-Control-Allow-Headers"), StringComparison.OrdinalIgnoreCase);
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
        }
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://shop.example.com")]
    [InlineData("https://shop.example.com.evil.example")]
    [InlineData("https://shop.example.com:8443")]
    [InlineData("null")]
    public async Task Page_OfAnotherSite_MayNot(string origin)
    {
        await using var app = await TestApp.StartAsync(settings: Named);
        using var manager = await app.ClientAsAsync(RoleNames.Manager);

        using var asked = await AskAsync(manager, "/api/customers", "GET", origin);
        using var read = await manager.SendAsync(HttpMethod.Get, "/api/customers", null, ("Origin", origin));

        foreach (var answer in new[] { asked, read }) Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Answers_AndRefusals_CanBeRead_WithTheirHeaders()
    {
        await using var app = await TestApp.StartAsync(settings: Named);
        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        using var stranger = app.CreateClient();

        foreach (var (client, path, status) in new[]
        {
            (manager, "/api/customers", HttpStatusCode.OK), (manager, "/api/customers/999999", HttpStatusCode.NotFound),
            (manager, "/api/customers?limit=none", HttpStatusCode.BadRequest), (stranger, "/api/customers", HttpStatusCode.Unauthorized),
            (manager, "/api/nothing-here", HttpStatusCode.NotFound),
        })
        {
            using var answer = await client.SendAsync(HttpMethod.Get, path, null, ("Origin", Shop));
            Assert.Equal(status, answer.StatusCode);
            Assert.Equal([Shop], answer.Headers.GetValues("Access-Control-Allow-Origin"));
            foreach (var header in new[] { "ETag", "Link", "X-Total-Count", "Retry-After", "X-Correlation-Id" })
                Assert.Contains(header, Joined(answer, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
            Assert.Contains("Origin", answer.Headers.Vary);
        }
    }

    [Fact]
    public async Task NothingOutsideTheApi_IsOpenToOtherSites()
    {
        await using var app = await TestApp.StartAsync(settings: Named);
        using var browser = app.CreateClient();

        foreach (var path in new[] { "/account/login", "/health/ready" })
        {
            using var answer = await browser.SendAsync(HttpMethod.Get, path, null, ("Origin", Shop));
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task NoSite_IsLetIn_ByDefault()
    {
        await using var app = await TestApp.StartAsync();
        using var manager = await app.ClientAsAsync(RoleNames.Manager);

        using var answer = await manager.SendAsync(HttpMethod.Get, "/api/customers", null, ("Origin", Shop));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient client, string path, string method, string origin) =>
        client.SendAsync(HttpMethod.Options, path, null, ("Origin", origin), ("Access-Control-Request-Method", method),
            ("Access-Control-Request-Headers", "authorization,content-type,if-match,idempotency-key"));

    private static string Joined(HttpResponseMessage answer, string header) => string.Join(',', answer.Headers.GetValues(header));
}
