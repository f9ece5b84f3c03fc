using System.Net;
using System.Reflection;
using System.Text.Json.Nodes;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

public sealed class ApiDocumentTests
{
    /// <summary>Routes under /api that describe the interface and are no part of it.</summary>
    private static readonly string[] NotDescribed = ["/api/openapi/", "/api/docs/", "/api/redoc/"];

    [Fact]
    public async Task Description_HasEveryRoute_AndNoOther()
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.CreateClient();

        var documents = await DocumentsAsync(client);

        Assert.All(documents, d => Assert.StartsWith("3.1", (string)d["openapi"]!, StringComparison.Ordinal));
        var described = documents.SelectMany(d => d["paths"]!.AsObject())
            .SelectMany(p => p.Value!.AsObject().Select(o => $"{o.Key.ToUpperInvariant()} {p.Key}")).ToList();
        var mapped = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => Path(e).StartsWith("/api/", StringComparison.Ordinal)
                && !NotDescribed.Any(n => Path(e).StartsWith(n, StringComparison.Ordinal)))
            .SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Select(m => $"{m} {Path(e)}") ?? []).ToHashSet();
        Assert.Equal(mapped.Order(), described.Order());
    }

    [Fact]
    public async Task Operation_SaysWhatItDoesNeedsAndAnswers()
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.CreateClient();

        var operations = (await DocumentsAsync(client)).SelectMany(d => d["paths"]!.AsObject())
            .SelectMany(p => p.Value!.AsObject().Select(o => (Name: $"{o.Key} {p.Key}", Operation: o.Value!))).ToList();
        Assert.Equal(operations.Count, operations.Select(o => (string)o.Operation["operationId"]!).Distinct().Count());
        foreach (var (name, operation) in operations)
        {
            Assert.True(!string.IsNullOrEmpty((string?)operation["summary"]) && operation["tags"]!.AsArray().Count > 0, name);
            if (!name.Contains("/api/customers", StringComparison.Ordinal)) continue;
            if (operation["security"] is not JsonArray { Count: 0 })
                Assert.Matches("^Needs (the permission `|the account of a customer|any account)", (string)operation["description"]!);
            var answers = operation["responses"]!.AsObject();
            foreach (var status in new[] { "400", "401", "403", "429", "500" })
                Assert.True(answers[status]?["content"]?["application/problem+json"] is not null, $"{name} {status}");
            var answered = answers.First(a => a.Key[0] == '2').Value!["content"]!;
            Assert.True(answered["application/json"]?["example"] is not null || answered["application/octet-stream"] is not null, name);
        }
    }

    [Fact]
    public async Task Schemas_SayTheTypeOfWhatOurConvertersWrite_AndFilesAreNoRecords()
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.CreateClient();

        var documents = await DocumentsAsync(client);

        Assert.DoesNotContain(documents.SelectMany(Objects), o => o["format"] is JsonValue && o["type"] is null);
        var (core, v2) = (documents[0], documents[3]);
        Assert.Equal("integer", (string)core["components"]!["schemas"]!["OpaqueId"]!["type"]!);
        var customer = core["components"]!["schemas"]!["CustomerAnswer"]!["properties"]!;
        Assert.Equal("""["null","string"]""", customer["last_order_date"]!["type"]!.ToJsonString());
        var answers = core["paths"]!["/api/customers/{id}/documents/{documentId}/download"]!["get"]!["responses"]!["200"]!["content"]!;
        Assert.Equal("""{"type":"string","format":"binary"}""", answers["application/octet-stream"]!["schema"]!.ToJsonString());
        var exported = v2["paths"]!["/api/v2/customers/export"]!["get"]!["responses"]!["200"]!["content"]!;
        Assert.Equal("""{"type":"string"}""", exported["text/csv"]!["schema"]!.ToJsonString());
    }

    /// <summary>All objects within a document.</summary>
    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(f => Objects(f.Value)).Prepend(fields),
        JsonArray list => list.SelectMany(Objects),
        _ => [],
    };

    /// <summary>A document names a type without its namespace, and of two of one name it would describe one for both.</summary>
    [Fact]
    public void Types_ThatAreSentAndAnswered_HaveNamesOfTheirOwn()
    {
        string[] endings = ["Answer", "Body", "Input", "Item", "Line", "Details"];
        var names = new[] { typeof(Program).Assembly, typeof(CrmPortal.Core.Customers.Customer).Assembly }.SelectMany(a => a.GetTypes())
            .Where(t => !t.IsNested && !t.IsAbstract && endings.Any(e => t.Name.EndsWith(e, StringComparison.Ordinal)))
            .Select(t => t.Name).ToList();
        Assert.True(names.Count > 100);
        Assert.Empty(names.CountBy(n => n).Where(n => n.Value > 1).Select(n => n.Key));
    }

    /// <summary>The generator of handlers leaves out what such a type inherits, so that a list would show everything.</summary>
    [Fact]
    public void Parameters_ThatAreGatheredInAType_AreItsOwn()
    {
        const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var gathered = typeof(Program).Assembly.GetTypes().SelectMany(t => t.GetMethods(All)).SelectMany(m => m.GetParameters())
            .Where(p => p.GetCustomAttribute<AsParametersAttribute>() is not null).Select(p => p.ParameterType).Distinct().ToList();
        Assert.NotEmpty(gathered);
        Assert.All(gathered, t => Assert.Equal(typeof(object), t.BaseType));
    }

    [Fact]
    public async Task Pages_ThatShowTheInterface_AskNothingOfOtherServers()
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.CreateClient();

        foreach (var path in new[] { "/api/docs/index.html", "/api/redoc/index.html", "/api/redoc/start.js" })
        {
            var answer = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.DoesNotContain("//", (await answer.Content.ReadAsStringAsync()).Replace("// ", "", StringComparison.Ordinal),
                StringComparison.Ordinal);
        }

        Assert.Contains("disableTelemetry: true", await client.GetStringAsync("/api/redoc/start.js"), StringComparison.Ordinal);
        Assert.DoesNotContain("cdn.redoc.ly", await client.GetStringAsync("/api/redoc/redoc.standalone.js"), StringComparison.Ordinal);
    }

    /// <summary>Each address is described by the document of its contract, and by no other.</summary>
    private static async Task<List<JsonNode>> DocumentsAsync(HttpClient client)
    {
        var documents = new List<JsonNode>();
        foreach (var name in new[] { "core", "shop", "retail-v1", "v2" })
            documents.Add(JsonNode.Parse(await client.GetStringAsync($"/api/openapi/{name}.json"))!);
        return documents;
    }

    private static string Path(RouteEndpoint endpoint)
    {
        var text = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            _ => "",
        }))));
        return text;
    }
}
