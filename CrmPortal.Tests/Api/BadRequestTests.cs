using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api;

/// <summary>Whatever a client sends is answered by a problem that says what is wrong, on both databases alike.</summary>
public sealed class BadRequestTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private static readonly string Deep = "{\"name\":" + new string('[', 3000) + new string(']', 3000) + "}";

    private static readonly (string Body, string? Field)[] Bodies =
    [
        ("""{"name":"J","status":"blocked"}""", "status"), ("""{"is_vip":true}""", "is_vip"), ("""{"Name":"J"}""", "Name"),
            ("""{"name":"J","name":"K"}""", "name"),
        ("""{"name":"J K","first_name":"L"}""", "name"), ("""{"gender":"robot"}""", "gender"), ("""{"gender":1}""", "gender"),
            ("""{"gender":null}""", "gender"),
        ("""{"name":{"a":1}}""", "name"), ("""{"name":5}""", "name"), ("""{"tags":"x"}""", "tags"), ("""{"tags":["a",5]}""", "tags"),
            ("""{"tags":["a",null]}""", "tags"),
        ("""{"tags":["a,b"]}""", "tags"), ("""{"date_of_birth":"2020-13-01"}""", "date_of_birth"),
            ("""{"date_of_birth":"1200-01-01"}""", "date_of_birth"), ("""{"email":"nobody"}""", "email"),
        ("""{"phone":"call me"}""", "phone"), ("""{"currency":"XX"}""", "currency"), ("""{"language":null}""", "language"),
            ("""{"name":"a\u0000b"}""", "name"), ("""{"name":"\ud800"}""", null),
        ("""{"external_id":"\u0000"}""", "external_id"), ("""{"source":"\u0000"}""", "source"), ("{}", "first_name"), ("", null),
            ("null", null), ("[]", null), ("5", null), ("{", null),
        ("""{"name":"J",}""", null), (Deep, null), ($$"""{"name":"{{new string('x', 500)}}"}""", "name"),
    ];

    private static readonly (string Query, string Field)[] Queries =
    [
        ("page=abc", "page"), ("page=0", "page"), ("page=-1", "page"), ("page=", "page"), ("page=99999999999999", "page"),
            ("limit=0", "limit"), ("limit=101", "limit"), ("limit=1e3", "limit"),
        ("ordering=zzz", "ordering"), ("ordering=--name", "ordering"), ("ordering=id;select", "ordering"), ("filter=a:b", "filter"),
            ("filter=nofield:is:1", "filter"),
        ("filter=status:any:1'%20or%20'1'%3D'1", "filter"), ("filter=((((", "filter"), ("filter=created:before:nonsense", "filter"),
    ];

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Bad_BodyQueryOrPath_IsToldByField_AndChangesNothing(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Administrator);
        var id = (long)(await client.CreateCustomerAsync("""{"name":"Ada Lovelace","email":"ada@example.com"}"""))["id"]!;
        var before = await client.GetStringAsync($"/api/customers/{id}");

        foreach (var (body, field) in Bodies)
        {
            foreach (var answer in new[] { await client.PostAsync("/api/customers/", ApiClient.Json(body)), body == "{}"
                ? null : await client.PatchAsync($"/api/customers/{id}", ApiClient.Json(body)) })
            {
                if (answer is null) continue;
                var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest);
                if (field is not null)
                    Assert.True(problem["errors"]?[field] is not null, $"{body[..Math.Min(60, body.Length)]} -> {problem}");
            }
        }

        foreach (var (query, field) in Queries)
        {
            var problem = await (await client.GetAsync($"/api/customers?{query}")).ProblemAsync(HttpStatusCode.BadRequest);
            Assert.True(problem["errors"]?[field] is not null, $"{query} -> {problem}");
        }

        foreach (var path in new[] { "?search=a%00b", "?x%00=1", "/99999999999999999999", $"/{id}?permanent=maybe" })
            await (await client.SendAsync(path.Contains("permanent", StringComparison.Ordinal) ? HttpMethod.Delete : HttpMethod.Get,
                "/api/customers" + path)).ProblemAsync(HttpStatusCode.BadRequest);
        foreach (var path in new[] { "/abc", "/-1", "/1.5", $"/{long.MaxValue}", "/number/nothing", "/number/%F0%9F%92%A9", "//",
            $"/{new string('9', 3000)}x", "/1/nothing" })
            await (await client.GetAsync("/api/customers" + path)).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(before, await client.GetStringAsync($"/api/customers/{id}"));
        Assert.Equal(1, (int)(await (await client.GetAsync("/api/customers")).ReadAsync())["total"]!);
    }

    [Fact]
    public async Task Duplicate_IsConflict_NamingTheField()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        await client.CreateCustomerAsync("""{"name":"Ada","email":"ada@example.com"}""");

        var problem = await (await client.PostAsync("/api/customers", ApiClient.Json("""{"name":"Eve","email":"ADA@example.com"}""")))
            .ProblemAsync(HttpStatusCode.Conflict);

        Assert.NotNull(problem["errors"]!["email"]);
    }

    [Theory]
    [InlineData("application/json; charset=utf-7")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=nonsense")]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("rubbish")]
    public async Task MediaType_OtherThanJsonInUtf8_Is415(string type)
    {
        var app = await shared.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        using var content = new ByteArrayContent("""{"name":"Ada"}"""u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        await (await client.PostAsync("/api/customers", content)).ProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Body_TooLarge_Is413()
    {
        var app = await shared.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        var answer = await client.PostAsync("/api/customers", ApiClient.Json($$"""{"name":"{{new string('x', 1024 * 1024)}}"}"""));

        await answer.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Errors_AreProblems_WhateverTheClientAccepts_AndWhateverTheMethod()
    {
        var app = await shared.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/xml"));

        await (await client.GetAsync("/api/customers/999999")).ProblemAsync(HttpStatusCode.NotFound);
        await (await client.GetAsync("/api/nothing")).ProblemAsync(HttpStatusCode.NotFound);
        await (await client.GetAsync("/api/customers?limit=0")).ProblemAsync(HttpStatusCode.BadRequest);
        await (await client.SendAsync(HttpMethod.Patch, "/api/customers")).ProblemAsync(HttpStatusCode.MethodNotAllowed);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.SendAsync(HttpMethod.Trace, "/api/customers")).StatusCode);
    }
}
