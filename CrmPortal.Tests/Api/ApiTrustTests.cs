using System.Net;
using System.Reflection;
using System.Text.Json.Nodes;
using CrmPortal.Api;
using CrmPortal.Commands;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Hosting;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CrmPortal.Tests.Api;

/// <summary>What programs may rely on: who they are, what they have already, and that faults of the machine are told as such.</summary>
public sealed class ApiTrustTests(SharedApp shared) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task Cookie_OfABrowser_OpensNoEndpointOfTheApi()
    {
        await using var app = await AccountApp.StartAsync(DatabaseKind.Sqlite);
        var user = await app.AddUserAsync(RoleNames.Administrator);
        using var program = await app.App.ClientAsAsync(user);
        var id = (long)(await program.CreateCustomerAsync("""{"name":"Ada Lovelace"}"""))["id"]!;
        var browser = app.OpenBrowser();
        using (await browser.SignInAsync(user.Email, AccountApp.Password)) Assert.True(await browser.IsSignedInAsync());
        var before = await program.GetStringAsync($"/api/customers/{id}");

        foreach (var endpoint in app.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            if (!path.StartsWith("/api/", StringComparison.Ordinal)
                || endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is not null) continue;
            var address = System.Text.RegularExpressions.Regex.Replace(path, @"\{[^{}]*(\{[^{}]*\}[^{}]*)*\}",
                id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
            {
                using var answer = await browser.Http.SendAsync(new HttpMethod(method), address, method == "GET" ? null : "{}",
                    ("Origin", "https://evil.example"));
                Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{method} {address}: {(int)answer.StatusCode}");
                Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
            }
        }

        Assert.Equal(before, await program.GetStringAsync($"/api/customers/{id}"));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_WhoseFiguresOrReaderChanged_IsNotAnswered304(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        var id = (long)(await manager
            .CreateCustomerAsync("""{"name":"Ada Lovelace","email":"ada@example.com","phone":"+44 20 7946 0958"}"""))["id"]!;
        var path = $"/api/customers/{id}";
        var tag = (await manager.GetAsync(path)).Headers.ETag!.ToString();
        Assert.Equal(HttpStatusCode.NotModified, (await manager.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", tag))).StatusCode);

        var order = $$"""{"external_id":"A1","customer_id":{{id}},"status":"paid","currency":"EUR","lines":[{"product_code":"TEA-1","name":"Tea","quantity":1,"unit_price":12.5}]}""";
        var ordered = await manager.PostAsync("/api/orders", ApiClient.Json(order));
        Assert.True(ordered.StatusCode == HttpStatusCode.Created, await ordered.Content.ReadAsStringAsync());
        var fresh = await manager.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", tag));
        Assert.Equal((HttpStatusCode.OK, 1), (fresh.StatusCode, (int)(await fresh.ReadAsync())["total_orders"]!));

        // A reader who sees another body under the same version is answered with it.
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        var isAlike = await staff.GetStringAsync(path) == await fresh.Content.ReadAsStringAsync();
        var own = await staff.SendAsync(HttpMethod.Get, path, null, ("If-None-Match", fresh.Headers.ETag!.ToString()));
        Assert.Equal(isAlike ? HttpStatusCode.NotModified : HttpStatusCode.OK, own.StatusCode);
        // The tag still names the version for those who change.
        Assert.Equal(HttpStatusCode.OK,
            (await manager.SendAsync(HttpMethod.Patch, path, """{"language":"es"}""",
            ("If-Match", fresh.Headers.ETag.ToString()))).StatusCode);
        await (await manager.SendAsync(HttpMethod.Patch, path, """{"language":"fr"}""", ("If-Match", fresh.Headers.ETag.ToString())))
            .ProblemAsync(HttpStatusCode.PreconditionFailed);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task NullInAList_IsToldByField(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Administrator);
        var id = (long)(await client.CreateCustomerAsync("""{"name":"Ada Lovelace"}"""))["id"]!;
        (HttpMethod Method, string Path, string Body, string Field)[] requests =
        [
            (HttpMethod.Put, $"/api/customers/{id}/preferences", """{"preferences":[null]}""", "preferences"),
            (HttpMethod.Post, "/api/customers", """{"name":"Eve","tags":["a",null]}""", "tags"),
            (HttpMethod.Post, "/api/orders", """{"customer_id":1,"lines":[null]}""", "lines"),
        ];

        foreach (var (method, path, body, field) in requests)
        {
            var problem = await (await client.SendAsync(method, path, body)).ProblemAsync(HttpStatusCode.BadRequest);
            Assert.True(problem["errors"]?[field] is not null, $"{path}: {problem}");
        }
    }

    [Fact]
    public void NullInAList_IsFound_InEveryInputThatHasOne()
    {
        var inputs = new[] { typeof(ApiSetup).Assembly, typeof(DatabaseOptions).Assembly }.SelectMany(a => a.GetTypes())
            .Where(t => t.GetMethod("<Clone>$") is not null && t.Name is var name
                && (name.EndsWith("Input", StringComparison.Ordinal) || name.EndsWith("Body", StringComparison.Ordinal)))
            .SelectMany(t => t.GetProperties().Select(p => (Type: t, Property: p, Element: ElementOf(p.PropertyType))))
                .Where(x => x.Element is not null).ToList();
        Assert.NotEmpty(inputs);
        foreach (var (type, property, element) in inputs)
        {
            var input = System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
            var list = Activator.CreateInstance(typeof(List<>).MakeGenericType(element!))!;
            ((System.Collections.IList)list).Add(null);
            var value = property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(Optional<>)
                ? Activator.CreateInstance(property.PropertyType, list) : list;
            property.SetValue(input, value);

            var fault = Assert.Throws<ApiException>(() => WholeLists.Demand(input, null));
            Assert.Single(fault.Errors!);
        }

        static Type? ElementOf(Type type)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>)) type = type.GetGenericArguments()[0];
            return type.IsGenericType && type.GetGenericArguments() is [{ IsValueType: false } element]
                && type.IsAssignableFrom(typeof(List<>).MakeGenericType(element)) ? element : null;
        }
    }

    [Theory, InlineData("core"), InlineData("shop"), InlineData("retail-v1"), InlineData("v2")]
    public async Task Document_IsValid_AndDeclaresWhatIsAnswered(string contract)
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.CreateClient();
        var document = JsonNode.Parse(await client.GetStringAsync($"/api/openapi/{contract}.json"))!;

        foreach (var (path, methods) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                var name = $"{method} {path}";
                var parameters = operation!["parameters"]?.AsArray()
                    .Select(p => ((string)p!["in"]! + " " + (string)p["name"]!).ToLowerInvariant()).ToList() ?? [];
                Assert.True(parameters.Count == parameters.Distinct().Count(),
                    $"{name} has a parameter twice: {string.Join(", ", parameters)}");
                foreach (var part in System.Text.RegularExpressions.Regex.Matches(path, @"\{(\w+)\}")
                    .Select(m => $"path {m.Groups[1].Value}".ToLowerInvariant())) Assert.Contains(part, parameters);
                var answers = operation["responses"]!.AsObject().Select(a => a.Key).ToHashSet();
                foreach (var status in new[] { "400", "413", "415", "429", "500", "503", "507" })
                    Assert.True(answers.Contains(status), $"{name} {status}");
                if (parameters.Contains("header idempotency-key")) Assert.True(answers.IsSupersetOf(["409", "422"]), name);
                if (path.StartsWith("/api/v1/", StringComparison.Ordinal) && method != "get") Assert.True(answers.Contains("422"), name);
                foreach (var reference in References(operation))
                    Assert.True(Resolve(document, reference) is not null, $"{name} {reference}");
            }
        }

        static IEnumerable<string> References(JsonNode? node) => node switch
        {
            JsonObject o => o.SelectMany(p => p.Key == "$ref" ? [(string)p.Value!] : References(p.Value)),
            JsonArray a => a.SelectMany(References),
            _ => [],
        };

        static JsonNode? Resolve(JsonNode document, string reference) => reference.TrimStart('#', '/').Split('/')
            .Aggregate<string, JsonNode?>(document, (node, part) => node?[part]);
    }

    [Fact]
    public async Task FullDisk_Is507_AndNotReady()
    {
        var faults = new FaultyCommands();
        await using var app = await TestApp.StartAsync(configure: s => s.AddSingleton<IInterceptor>(faults));
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        faults.Fault = text => text.Contains("INSERT INTO \"Customers\"", StringComparison.Ordinal)
            ? new SqliteException("database or disk is full", 13) : null;

        var problem = await (await client.PostAsync("/api/customers", ApiClient.Json("""{"name":"Ada"}""")))
            .ProblemAsync(HttpStatusCode.InsufficientStorage);

        Assert.Equal(PageFaults.FullSentence, (string)problem["detail"]!);
        faults.Fault = _ => null;
        Assert.Equal(HttpStatusCode.Created, (await client.PostAsync("/api/customers", ApiClient.Json("""{"name":"Ada"}"""))).StatusCode);
        var options = app.Database.Options;
        Assert.Equal(HealthStatus.Unhealthy, (await new DiskHealth(options, _ => DiskSpace.Least - 1).CheckHealthAsync(new())).Status);
        Assert.Equal(HealthStatus.Healthy, (await new DiskHealth(options).CheckHealthAsync(new())).Status);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task FaultOfTheDatabase_IsOneSentence_ForCommands(DatabaseKind kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        var provider = database.CreateProvider();
        Exception full = kind == DatabaseKind.Sqlite
            ? new SqliteException("database or disk is full", 13) : new PostgresException("no room", "ERROR", "ERROR",
            PostgresErrorCodes.DiskFull);
        Exception other = kind == DatabaseKind.Sqlite ? new SqliteException("attempt to write a readonly database", 8)
            : new PostgresException("no such role", "ERROR", "ERROR", "28000");

        Assert.Equal("The disk is full; unfinished work was not saved.",
            CommandLine.DatabaseSentence(provider, new DbUpdateException("x", full)));
        Assert.Equal("The disk is full; unfinished work was not saved.",
            CommandLine.DatabaseSentence(provider, new IOException("No space left on device", 28)));
        Assert.StartsWith("The database reported a fault: ", CommandLine.DatabaseSentence(provider, new DbUpdateException("x", other)),
            StringComparison.Ordinal);
        Assert.Null(CommandLine.DatabaseSentence(provider, new InvalidOperationException()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Requests_ToSeveralNodes_AreCountedTogether(DatabaseKind kind)
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        var (provider, clock) = (database.CreateProvider(), new TestClock());
        using var first = new SharedRequestCounts(provider, clock, NullLogger<SharedRequestCounts>.Instance);
        using var second = new SharedRequestCounts(provider, clock, NullLogger<SharedRequestCounts>.Instance);

        for (var i = 0; i < 10; i++) first.Add("session 1");
        await first.ShareAsync(default);
        second.Add("session 1");
        await second.ShareAsync(default);

        // One process has no others to count with.
        Assert.Equal(provider.HasOneProcess ? 0 : 12, second.Add("session 1"));
        Assert.Equal(provider.HasOneProcess ? 0 : 1, second.Add("session 2"));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(provider.HasOneProcess ? 0 : 1, second.Add("session 1"));
    }

    [Theory]
    [InlineData("/account/reset-password?user=1&token=x", "no-referrer")]
    [InlineData("/account/invitation?user=1&token=x", "no-referrer")]
    [InlineData("/confirm/x", "no-referrer")]
    [InlineData("/preferences/x", "no-referrer")]
    [InlineData("/account/login", "strict-origin-when-cross-origin")]
    public async Task PageWhoseAddressIsAKey_TellsItToNoOtherSite(string path, string policy)
    {
        var app = await shared.StartAsync();
        using var client = app.CreateClient();

        Assert.Equal(policy, (await client.GetAsync(path)).Headers.GetValues("Referrer-Policy").Single());
    }
}
