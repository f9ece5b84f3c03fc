using System.Net;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Hosting;

public sealed class SecurityHeadersTests(SharedApp shared) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task Headers_StandOnEveryAnswer_AlsoOnRefusalsAndFaults()
    {
        await using var app = await TestApp.StartAsync(settings: new() { ["AllowedHosts"] = "localhost" },
            configure: s => s.AddTransient<IStartupFilter, FailingPages>());
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        using var anonymous = app.CreateClient();

        var answers = new Dictionary<string, HttpResponseMessage>
        {
            ["page"] = await anonymous.GetAsync("/account/login"), ["redirect"] = await anonymous.GetAsync("/customers"),
                ["asset"] = await anonymous.GetAsync("/app.css"),
            ["missing asset"] = await staff.GetAsync("/nothing.css"), ["missing page"] = await staff.GetAsync("/nothing"),
                ["list"] = await staff.GetAsync("/api/customers"),
            ["missing"] = await staff.GetAsync("/api/customers/999"), ["bad"] = await staff.GetAsync("/api/customers?limit=0"),
                ["refused"] = await anonymous.GetAsync("/api/customers"),
            ["fault"] = await staff.GetAsync("/api/fail"), ["page fault"] = await staff.GetAsync("/fail"),
                ["health"] = await anonymous.GetAsync("/health/live"),
            ["trace"] = await anonymous.SendAsync(HttpMethod.Trace, "/"), ["docs"] = await anonymous.GetAsync("/api/docs/index.html"),
            ["host"] = await anonymous.SendAsync(HttpMethod.Get, "/health/live", null, ("Host", "evil.example")),
        };

        Assert.Equal((HttpStatusCode.InternalServerError, HttpStatusCode.InternalServerError),
            (answers["fault"].StatusCode, answers["page fault"].StatusCode));
        Assert.Equal((HttpStatusCode.MethodNotAllowed, HttpStatusCode.BadRequest),
            (answers["trace"].StatusCode, answers["host"].StatusCode));
        foreach (var (name, answer) in answers)
        {
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
            Assert.Equal("same-origin", answer.Headers.GetValues("Cross-Origin-Opener-Policy").Single());
            Assert.Contains("max-age=31536000", answer.Headers.GetValues("Strict-Transport-Security").Single(), StringComparison.Ordinal);
            Assert.True(answer.Headers.Contains("Referrer-Policy") && answer.Headers.Contains("Permissions-Policy")
                && answer.Headers.Contains("X-Correlation-Id"), name);
            Assert.False(answer.Headers.Contains("Server") || answer.Headers.Contains("X-Powered-By"), name);
            Assert.True(name == "asset" || answer.Headers.CacheControl?.NoStore == true, $"{name} may be stored");
        }

        Assert.NotEqual(true, answers["asset"].Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task Fault_TellsItsNumber_AndNothingOfTheInside()
    {
        await using var app = await TestApp.StartAsync(configure: s => s.AddTransient<IStartupFilter, FailingPages>());
        using var staff = await app.ClientAsAsync(RoleNames.Staff);

        var answer = await staff.GetAsync("/api/fail");
        var problem = await answer.ProblemAsync(HttpStatusCode.InternalServerError);
        Assert.Equal(answer.Headers.GetValues("X-Correlation-Id").Single(), (string)problem["correlation_id"]!);
        Assert.DoesNotContain(FailingPages.Secret, problem.ToJsonString(), StringComparison.Ordinal);

        var page = await staff.GetAsync("/fail");
        var text = await page.Content.ReadAsStringAsync();
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.Contains(page.Headers.GetValues("X-Correlation-Id").Single(), text, StringComparison.Ordinal);
        Assert.DoesNotContain(FailingPages.Secret, text, StringComparison.Ordinal);
        // A page about a fault must not need the circuit that may have failed.
        Assert.DoesNotContain("<!--Blazor:", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Missing_IsSaidByAPage_ToPeopleOnly()
    {
        await using var app = await TestApp.StartAsync();
        using var staff = await app.ClientAsAsync(RoleNames.Staff);

        var page = await staff.GetAsync("/nothing");
        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        Assert.Contains("<h1", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(await (await staff.PostAsync("/nothing", null)).Content.ReadAsStringAsync());
        Assert.Empty(await (await staff.GetAsync("/_framework/nothing.js")).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("https://localhost.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("https://localhost", HttpStatusCode.OK)]
    public async Task Circuit_FromAForeignPage_IsRefused(string origin, HttpStatusCode expected)
    {
        var app = await shared.StartAsync();
        using var staff = await app.ClientAsAsync(RoleNames.Staff);

        var answer = await staff.SendAsync(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", "", ("Origin", origin));

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task ForwardedHeaders_OfAnyone_HaveNoEffect()
    {
        await using var app = await TestApp.StartAsync(settings: new() { ["Api:RequestsPerMinute"] = "2" });
        using var client = app.CreateClient();

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 4; i++)
            answers.Add((await client.SendAsync(HttpMethod.Get, "/api/customers", null, ("X-Forwarded-For", $"10.0.0.{i}"))).StatusCode);

        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
    }

    [Fact]
    public async Task Requests_BeyondTheLimit_Are429_ForThatSessionOnly()
    {
        await using var app = await TestApp.StartAsync(settings: new() { ["Api:RequestsPerMinute"] = "3" });
        using var busy = await app.ClientAsAsync(RoleNames.Staff);
        using var other = await app.ClientAsAsync(RoleNames.Staff);

        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, (await busy.GetAsync("/api/customers")).StatusCode);
        var refused = await busy.GetAsync("/api/customers");

        await refused.ProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.True(refused.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/api/customers")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await busy.GetAsync("/health/live")).StatusCode);
    }

    /// <summary>Adds addresses that fail, after all that the program itself answers.</summary>
    private sealed class FailingPages : IStartupFilter
    {
        public const string Secret = "the inside";

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            next(app);
            app.Use((HttpContext context, RequestDelegate following) => context.Request.Path.Value!
                .EndsWith("/fail", StringComparison.Ordinal) ? throw new InvalidOperationException(Secret) : following(context));
        };
    }
}
