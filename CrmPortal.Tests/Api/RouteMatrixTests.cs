using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

/// <summary>
/// Every route of the API against every role, without a token, with one that has ended, and with that of a customer: what each needs stands
/// in a list beside this file, and a route that is not in it fails.
/// </summary>
public sealed partial class RouteMatrixTests
{
    private const string Open = "open";

    /// <summary>From the weakest on, so that nobody finds what a stronger one has removed.</summary>
    private static readonly string[] Roles =
        [RoleNames.Customer, RoleNames.Staff, RoleNames.SupportAgent, RoleNames.Manager, RoleNames.Administrator];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Routes_NeedWhatTheListSays()
    {
        await using var app = await TestApp.StartAsync();

        Assert.Equal(string.Join('\n', Listed()), string.Join('\n', Routes(app).Select(r => $"{r.Method} {r.Path}: {r.Needs}")));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Routes_ForEveryRole_AnswerAsTheListSays_AndChangeNothingWhereTheyRefuse(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, settings: new()
        {
            ["Api:RequestsPerMinute"] = "1000000", ["SignIn:PerMinute"] = "1000000",
        });
        var routes = Routes(app);
        using var nobody = app.CreateClient();
        using var forged = app.CreateClient();
        forged.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "a-token-that-was-never-given");
        using var stale = await app.ClientAsAsync(RoleNames.Administrator);
        Assert.Equal(HttpStatusCode.NoContent, (await stale.PostAsync("/api/auth/logout", null, Token)).StatusCode);
        using (var manager = await app.ClientAsAsync(RoleNames.Manager)) await manager.CreateCustomerAsync("""{"name":"Mary Major"}""");

        var before = await WritesAsync(app);
        foreach (var route in routes)
        {
            foreach (var client in new[] { nobody, forged, stale })
            {
                var status = await AskAsync(client, route);
                Assert.True(route.Needs == Open == status is not HttpStatusCode.Unauthorized || IsSignIn(route),
                    $"{route.Method} {route.Path} without a good token: {status}");
            }
        }

        foreach (var role in Roles)
        {
            using var client = await app.ClientAsAsync(await UserAsync(app, role));
            foreach (var route in routes.Where(r => !May(role, r.Needs)))
                Assert.Equal((route, role, HttpStatusCode.Forbidden), (route, role, await AskAsync(client, route)));
        }

        Assert.Equal(before, await WritesAsync(app));

        foreach (var role in Roles)
        {
            var user = await UserAsync(app, role);
            foreach (var route in routes.Where(r => May(role, r.Needs) && r.Needs != Open))
            {
                // Some of them end the session that asks.
                using var client = await app.ClientAsAsync(user);
                var status = await AskAsync(client, route);
                Assert.True(status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) && (int)status < 500,
                    $"{route.Method} {route.Path} as {role}: {status}");
                // The first customer is not the one whose account asks.
                if (role == RoleNames.Customer && route.Needs.StartsWith("owner or ", StringComparison.Ordinal)
                    && Parameter().IsMatch(route.Path))
                    Assert.True((int)status >= 400, $"{route.Method} {route.Path} of another customer: {status}");
            }
        }
    }

    private static bool May(string role, string needs) => needs switch
    {
        Open or "account" => true,
        "customer account" => role == RoleNames.Customer,
        _ when needs.StartsWith("owner or ", StringComparison.Ordinal) =>
            role == RoleNames.Customer || Permissions.DefaultRoles[role].Contains(needs["owner or ".Length..]),
        _ => needs.Split(" or ").Any(Permissions.DefaultRoles[role].Contains),
    };

    private static bool IsSignIn(Route route) => route.Path.StartsWith("/api/auth/", StringComparison.Ordinal)
        || route.Path == "/api/tickets/mail";

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, Route route)
    {
        var address = Parameter().Replace(route.Path, "1");
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), address);
        // A body of the wrong kind would be refused before anybody asks who sends it.
        if (route.IsForm) request.Content = new MultipartFormDataContent { { new StringContent("x"), "kind" } };
        else if (route.Method is not ("GET" or "DELETE")) request.Content = ApiClient.Json("{}");
        using var answer = await client.SendAsync(request, Token);
        return answer.StatusCode;
    }

    /// <summary>How much was written: of everything that is written there are audit rows.</summary>
    private static async Task<(int Rows, long Versions)> WritesAsync(TestApp app)
    {
        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        // The users who ask are made meanwhile.
        return (await db.AuditEntries.CountAsync(e => e.Action != AuditAction.Refused && e.Action != AuditAction.Viewed
            && e.EntityType != nameof(User), Token),
            await db.Set<Customer>().SumAsync(c => c.Version, Token));
    }

    /// <summary>A customer's account has a record of its own, which is not the one that is asked for.</summary>
    private static async Task<User> UserAsync(TestApp app, string role)
    {
        var user = await TestUsers.CreateAsync(app.Services, role);
        if (role != RoleNames.Customer) return user;
        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        var own = new Customer { Number = $"CUST-20260101-{user.Id:0000}", GivenName = "Own", CreatedAt = user.CreatedAt };
        db.Add(own);
        await db.SaveChangesAsync(Token);
        await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(u => u.SetProperty(x => x.CustomerId, own.Id), Token);
        return user;
    }

    private static string[] Listed() => File.ReadAllLines(Path.Combine(Repository.Root, "CrmPortal.Tests", "Api", "route-permissions.txt"));

    private static List<Route> Routes(TestApp app) => [.. app.Services.GetRequiredService<EndpointDataSource>().Endpoints
        .OfType<RouteEndpoint>().SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
            .Select(method => new Route(method, PathOf(e), NeedOf(e),
                e.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes.Contains("multipart/form-data") == true)))
        .Where(r => r.Path.StartsWith("/api/", StringComparison.Ordinal) && !Described().IsMatch(r.Path))
        .OrderBy(r => r.Path, StringComparer.Ordinal).ThenBy(r => r.Method, StringComparer.Ordinal)];

    private static string NeedOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null ? Open
        : endpoint.Metadata.OfType<NeededPermission>().LastOrDefault() is { Permission.Length: > 0, IsOpenToOwner: false } needed
            ? needed.Permission.Replace("` or `", " or ", StringComparison.Ordinal)
        : endpoint.Metadata.OfType<IAuthorizeData>().LastOrDefault(d => !string.IsNullOrEmpty(d.Policy))?.Policy ?? "account";

    private static string PathOf(RouteEndpoint endpoint) => "/" + string.Join('/', endpoint.RoutePattern.PathSegments
        .Select(s => string.Concat(s.Parts.Select(p => p switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            _ => "",
        }))));

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("^/api/(openapi|docs|redoc)/")]
    private static partial Regex Described();

    private sealed record Route(string Method, string Path, string Needs, bool IsForm);
}
