using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Features.Loyalty;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

/// <summary>What differs between the published contracts is declared once for each, and everything else follows it.</summary>
public sealed class ApiContractTests
{
    private const string Root = "/api/v7/visitors";

    /// <summary>Unlike the core in everything that a contract decides.</summary>
    private static readonly ApiContract Visitors = new()
    {
        Name = "visitors", Prefix = "/v7/visitors", Naming = JsonNamingPolicy.CamelCase, Ids = IdForm.Text, SuccessField = "success",
        Paging = new(PagingStyle.Slices, 3), InvalidStatus = StatusCodes.Status422UnprocessableEntity,
        FieldNames = new Dictionary<string, string> { ["GivenName"] = "CallName" },
    };

    [Fact]
    public async Task Endpoint_UnderApi_CarriesTheContractOfItsAddress()
    {
        await using var app = await TestApp.StartAsync();

        var endpoints = app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(e => (Path: "/" + e.RoutePattern.RawText!.Trim('/'), Contract: e.Metadata.GetMetadata<ApiContract>()))
            .Where(e => e.Path.StartsWith(ApiSetup.Root + "/", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(endpoints);
        Assert.All(endpoints, e => Assert.True(e.Contract is not null, e.Path));
        Assert.All(endpoints, e => Assert.StartsWith(ApiSetup.Root + e.Contract!.Prefix, e.Path, StringComparison.Ordinal));
        var contracts = app.Services.GetServices<ApiMount>().Select(m => m.Contract).ToList();
        Assert.Equal([ApiContract.Core, ApiContract.Shop, ApiContract.RetailV1, ApiContract.V2], contracts);
        // No endpoint of the core stands where another contract does.
        Assert.DoesNotContain(endpoints, e => e.Contract != ApiContract.Shop
            && e.Path.StartsWith(ApiSetup.Root + "/customers/groups", StringComparison.Ordinal));
        // Document 2 has its addresses among those of the core's customers; the others have a root of their own.
        foreach (var other in contracts.Where(c => c.Prefix.Length > 0 && c != ApiContract.Shop))
        {
            Assert.DoesNotContain(endpoints, e => e.Contract != other
                && e.Path.StartsWith(ApiSetup.Root + other.Prefix, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Contract_IsMounted_ByItsDeclarationAlone()
    {
        await using var app = await TestApp.StartAsync(configure: s => s.AddApiMount(Visitors, MapVisitors));
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        const string visit = """{"visitorId":"9","visitKind":"atTheDoor","lastSeenAt":"2026-01-31T10:30:00+01:00","shortNote":null}""";

        var made = await client.SendAsync(HttpMethod.Post, Root, visit, ("Idempotency-Key", "v"));
        Assert.True(made.StatusCode == HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        Assert.Equal(("/api/v7/visitors/9", "application/json; charset=utf-8"),
            (made.Headers.Location!.ToString(), made.Content.Headers.ContentType!.ToString()));
        Assert.Equal("""
            {"success":true,"visitorId":"9","visitKind":"atTheDoor","lastSeenAt":"2026-01-31T09:30:00Z","isNoteCleared":true}
            """, await made.Content.ReadAsStringAsync());
        var again = await client.SendAsync(HttpMethod.Post, Root, visit, ("Idempotency-Key", "v"));
        Assert.Equal(await made.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());

        Assert.Equal("""{"success":true,"items":["1","2"]}""", await client.GetStringAsync(Root + "?skip=1&limit=2"));
        var gone = await client.GetAsync(Root + "/1");
        Assert.Equal((HttpStatusCode.NoContent, ""), (gone.StatusCode, await gone.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("""{"visitorId":9,"visitKind":"byPost"}""", 400, "visitorId")]
    [InlineData("""{"visitorId":"9","visitKind":"by_post"}""", 400, "visitKind")]
    [InlineData("""{"visitor_id":"9","visitKind":"byPost"}""", 400, "visitor_id")]
    [InlineData("""{"visitorId":"9","visitKind":"byPost","petNames":[null]}""", 400, "petNames")]
    [InlineData("""{"visitorId":"0","visitKind":"byPost"}""", 422, "callName")]
    public async Task Contract_NamesFieldsThatAreWrong_InItsOwnSpelling(string body, int status, string field)
    {
        await using var app = await TestApp.StartAsync(configure: s => s.AddApiMount(Visitors, MapVisitors));
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        var problem = await (await client.PostAsync(Root, ApiClient.Json(body))).ProblemAsync((HttpStatusCode)status);

        Assert.Equal(field, Assert.Single(problem["errors"]!.AsObject()).Key);
        Assert.True(problem.ContainsKey("correlationId"), problem.ToJsonString());
    }

    [Fact]
    public async Task Contract_ReusesTheHandlersOfTheCore()
    {
        await using var app = await TestApp.StartAsync(
            configure: s => s.AddApiMount(Visitors, group => group.MapLoyalty(Visitors, "Visitors")));
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var id = ((long)(await client.CreateCustomerAsync("""{"name":"John Doe"}"""))["id"]!).ToString(Invariant);

        var earned = await (await client.PostAsync(Root + "/loyalty/earn",
            ApiClient.Json($$"""{"customerId":"{{id}}","points":200,"orderId":"A1"}"""))).ReadAsync();
        Assert.Equal((true, id, "EARNED", "A1"),
            ((bool)earned["success"]!, (string)earned["customerId"]!, (string)earned["transactionType"]!, (string)earned["orderId"]!));
        var balance = await (await client.GetAsync($"{Root}/{id}/loyalty/balance")).ReadAsync();
        Assert.Equal((id, 200), ((string)balance["customerId"]!, (int)balance["currentBalance"]!));
        await (await client.GetAsync($"{Root}/{id}/loyalty/transactions?limit=4")).ProblemAsync(HttpStatusCode.UnprocessableEntity);
        await (await client.PostAsync(Root + "/loyalty/redeem", ApiClient.Json($$"""{"customerId":"{{id}}","points":900}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);

        // The core goes on as it was.
        var core = await (await client.GetAsync($"/api/customers/{id}/loyalty/balance")).ReadAsync();
        Assert.Equal((JsonValueKind.Number, 200), (core["customer_id"]!.GetValueKind(), (int)core["current_balance"]!));
        var example = (await DocumentAsync(client, "visitors"))["paths"]![Root + "/loyalty/earn"]!["post"]!["responses"]!["201"]!
            ["content"]!["application/json"]!["example"]!.AsObject();
        Assert.Equal(earned.Select(f => f.Key), example.Select(f => f.Key));
        Assert.Equal("17", (string)example["customerId"]!);
    }

    [Fact]
    public async Task Contract_HasADocument_ThatSaysWhatItWrites()
    {
        await using var app = await TestApp.StartAsync(configure: s => s.AddApiMount(Visitors, MapVisitors));
        using var client = app.CreateClient();

        var document = await DocumentAsync(client, "visitors");
        Assert.Equal([Root, Root + "/{id}"], Paths(document).Order());
        var schemas = document["components"]!["schemas"]!;
        var visit = schemas["VisitBody"]!;
        Assert.Equal(["visitorId", "visitKind", "lastSeenAt", "shortNote", "petNames"],
            visit["properties"]!.AsObject().Select(p => p.Key));
        Assert.Equal(["visitorId", "visitKind"], visit["required"]!.AsArray().Select(r => (string)r!));
        Assert.Equal("string", (string)schemas["OpaqueId"]!["type"]!);
        Assert.Equal(["atTheDoor", "byPost"], schemas["VisitKind"]!["enum"]!.AsArray().Select(v => (string)v!));
        Assert.Contains("correlationId", schemas["Problem"]!["properties"]!.AsObject().Select(p => p.Key));
        var get = document["paths"]![Root + "/{id}"]!["get"]!;
        Assert.Equal("string", (string)get["parameters"]![0]!["schema"]!["type"]!);
        var post = document["paths"]![Root]!["post"]!;
        Assert.NotNull(post["responses"]!["422"]);
        var answer = post["responses"]!["201"]!["content"]!["application/json"]!;
        Assert.Equal(["success", "visitorId"], answer["schema"]!["properties"]!.AsObject().Select(p => p.Key).Take(2));
        Assert.Contains("success", answer["schema"]!["required"]!.AsArray().Select(r => (string)r!));
        Assert.Equal("""{"success":true,"visitorId":"9"}""", answer["example"]!.ToJsonString());
        Assert.DoesNotContain(Paths(await DocumentAsync(client, "core")), p => p.StartsWith(Root, StringComparison.Ordinal));
        Assert.Contains("/api/openapi/visitors.json", await client.GetStringAsync("/api/docs/index.js"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retail_HasADocumentOfItsOwn_AndStandsInNoOther()
    {
        await using var app = await TestApp.StartAsync();
        using var client = app.CreateClient();

        var (core, retail) = (await DocumentAsync(client, "core"), await DocumentAsync(client, "retail-v1"));

        var root = ApiSetup.Root + ApiContract.RetailV1.Prefix;
        Assert.All(Paths(retail), p => Assert.StartsWith(root, p, StringComparison.Ordinal));
        Assert.DoesNotContain(Paths(core), p => p.StartsWith(root, StringComparison.Ordinal));
        Assert.Equal("string", (string)retail["components"]!["schemas"]!["OpaqueId"]!["type"]!);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/api/openapi/nothing.json")).StatusCode);
    }

    [Theory, InlineData("/api/customers/{0}", false), InlineData("/api/v1/retail-customers/{0}", true)]
    public async Task LongestList_IsThatOfTheContract(string customer, bool isRetail)
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var contract = isRetail ? ApiContract.RetailV1 : ApiContract.Core;
        var id = (long)(await client.CreateCustomerAsync("""{"name":"John Doe"}"""))["id"]!;
        var list = string.Format(Invariant, customer, id) + "/loyalty/transactions?limit=";

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(list + contract.Paging.LargestLimit.ToString(Invariant))).StatusCode);
        var problem = await (await client.GetAsync(list + (contract.Paging.LargestLimit + 1).ToString(Invariant)))
            .ProblemAsync((HttpStatusCode)contract.InvalidStatus);

        Assert.NotNull(problem["errors"]!["limit"]);
    }

    [Theory]
    [InlineData("/api/loyalty/earn", """{"customer_id":"1","points":5}""", "The id of a customer is a number here.")]
    [InlineData("/api/v1/retail-customers/loyalty/earn", """{"customer_id":1,"points":5}""", "The id of a customer is a string here.")]
    [InlineData("/api/loyalty/earn", """{"customer_id":true,"points":5}""", "The value of customer_id cannot be read.")]
    public async Task Id_InTheFormOfAnotherContract_IsRefusedByName(string path, string body, string sentence)
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        var problem = await (await client.PostAsync(path, ApiClient.Json(body))).ProblemAsync(HttpStatusCode.BadRequest);

        Assert.Equal((sentence, sentence), ((string)problem["detail"]!, (string)problem["errors"]!["customer_id"]![0]!));
    }

    [Theory, InlineData("/api/v7/nothing"), InlineData("/api/v1/retail-customers/1/nothing"), InlineData("/api/nothing")]
    public async Task Address_ThatNoEndpointHas_IsAnsweredAsOnTheCore(string path)
    {
        await using var app = await TestApp.StartAsync(configure: s => s.AddApiMount(Visitors, MapVisitors));
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        var problem = await (await client.GetAsync(path)).ProblemAsync(HttpStatusCode.NotFound);

        Assert.True(problem.ContainsKey("correlation_id"), problem.ToJsonString());
    }

    private static IFormatProvider Invariant => System.Globalization.CultureInfo.InvariantCulture;

    private static async Task<JsonNode> DocumentAsync(HttpClient client, string name) =>
        JsonNode.Parse(await client.GetStringAsync($"/api/openapi/{name}.json"))!;

    private static IEnumerable<string> Paths(JsonNode document) => document["paths"]!.AsObject().Select(p => p.Key);

    private static void MapVisitors(RouteGroupBuilder visitors)
    {
        visitors.WithTags("Visitors");
        visitors.MapPost("", AddVisit).Documented("AddVisit", "Note a visit", Permissions.CustomersView, """{"visitor_id":"9"}""", 201,
            """{"visitor_id":"9"}""");
        visitors.MapGet("", ListVisitors)
            .Documented("ListVisitors", "List who came", Permissions.CustomersView, null, 200, """["1"]""");
        visitors.MapGet("/{id}", SeeVisitor).Documented("SeeVisitor", "See who came", Permissions.CustomersView, null, 204, "{}");
    }

    private static Created<VisitAnswer> AddVisit(VisitBody body, HttpContext http) => body.VisitorId.Value > 0
        ? TypedResults.Created(http.Contract().AddressOf(body.VisitorId.Value),
            new VisitAnswer(body.VisitorId, body.VisitKind, body.LastSeenAt, body.ShortNote is { IsPresent: true, Value: null }))
        : throw new RuleViolationException("GivenName", "Visitors have a name.");

    private static Results<Ok<IReadOnlyList<OpaqueId>>, NoContent> ListVisitors(HttpContext http, int? skip = null, int? limit = null)
    {
        var slice = http.Contract().Paging.Slice(skip, limit, 3);
        return TypedResults.Ok<IReadOnlyList<OpaqueId>>(
            [.. Enumerable.Range(slice.Skip, slice.Limit).Select(number => new OpaqueId(number))]);
    }

    private static NoContent SeeVisitor(string id) =>
        OpaqueId.Read(id) > 0 ? TypedResults.NoContent() : throw ApiException.NotFound("Nobody came.");

    internal enum VisitKind
    {
        AtTheDoor,
        ByPost,
    }

    internal sealed record VisitBody
    {
        public required OpaqueId VisitorId { get; init; }
        public required VisitKind VisitKind { get; init; }
        public DateTimeOffset? LastSeenAt { get; init; }
        public Optional<string?> ShortNote { get; init; }
        public IReadOnlyList<string>? PetNames { get; init; }
    }

    internal sealed record VisitAnswer(OpaqueId VisitorId, VisitKind VisitKind, DateTimeOffset? LastSeenAt, bool IsNoteCleared);
}
