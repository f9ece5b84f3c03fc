using System.Net;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Segments;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api.Core;

/// <summary>Segments by rules, by a program.</summary>
public sealed class SegmentEndpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Segment_IsTriedMadeChangedExplainedComparedAndRemoved(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var (ada, bo) = (await client.CustomerAsync("Ada"), await client.CustomerAsync("Bo"));
        await client.SendAsync(HttpMethod.Post, $"/api/customers/{ada}/make_vip", """{"is_vip":true}""", HttpStatusCode.OK);
        const string Rules = """{"all":[{"field":"vip","is":"yes"}]}""";

        foreach (var body in new[] { """{"filter":"vip:yes"}""", $$"""{"rules":{{Rules}}}""" })
        {
            var preview = await client.SendAsync(HttpMethod.Post, "/api/segments/preview", body, HttpStatusCode.OK);
            Assert.Equal((1, ada), ((int)preview["customers"]!, (long)Assert.Single(preview["sample"]!.AsArray())!["id"]!));
        }

        var made = await client.SendAsync(HttpMethod.Post, "/api/segments", $$"""{"name":"Best","rules":{{Rules}}}""",
            HttpStatusCode.Created);
        var root = $"/api/segments/{(long)made["id"]!}";
        Assert.Equal(("vip:yes", Rules, 1), ((string)made["filter"]!, made["rules"]!.ToJsonString(), (int)made["member_count"]!));
        await client.SendAsync(HttpMethod.Post, "/api/segments", """{"name":"best","filter":"vip:no"}""", HttpStatusCode.Conflict);
        var others = await client.SendAsync(HttpMethod.Post, "/api/segments", """{"name":"Others","filter":"vip:no"}""",
            HttpStatusCode.Created);

        var why = await client.ReadAsync($"{root}/members/{bo}");
        Assert.Equal((false, "vip:yes", false), ((bool)why["is_met"]!, (string)why["parts"]![0]!["rule"]!,
            (bool)why["parts"]![0]!["is_met"]!));
        await CountAsync(app);
        var compared = await client.ReadAsync($"/api/segments/compare?first={(long)made["id"]!}&second={(long)others["id"]!}");
        Assert.Equal((1, 1, 0), ((int)compared["first"]!["customers"]!, (int)compared["second"]!["only"]!, (int)compared["both"]!));

        // A tag names a version; what is absent stays.
        using var first = await client.GetAsync(root, Token);
        using var change = new HttpRequestMessage(HttpMethod.Patch, root) { Content = ApiClient.Json("""{"description":"Ours"}""") };
        change.Headers.TryAddWithoutValidation("If-Match", first.Headers.ETag!.ToString());
        Assert.Equal("vip:yes", (string)(await (await client.SendAsync(change, Token)).ReadAsync())["filter"]!);
        using var late = new HttpRequestMessage(HttpMethod.Put, root) { Content = ApiClient.Json("""{"name":"Late"}""") };
        late.Headers.TryAddWithoutValidation("If-Match", first.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await client.SendAsync(late, Token)).StatusCode);

        Assert.Equal(["Best", "Others"], (await client.ReadAsync("/api/segments"))["items"]!.AsArray().Select(s => (string)s!["name"]!));
        await client.SendAsync(HttpMethod.Delete, root, null, HttpStatusCode.OK);
        await client.SendAsync(HttpMethod.Get, root, null, HttpStatusCode.NotFound);
        await client.SendAsync(HttpMethod.Get, root + "/members", null, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task WrongRules_AreSaidOfTheFieldThatWasSent()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        foreach (var (body, field) in new[]
        {
            ("""{"name":"x","filter":"no_such:yes"}""", "filter"), ("""{"name":"x","rules":{"all":[{"field":"no_such","is":"yes"}]}}""", "rules"),
            ("""{"name":"x"}""", "filter"), ("""{"filter":"vip:yes"}""", "name"), ("""{"name":"x","filter":"vip:yes","rules":null}""", "rules"),
        })
        {
            var problem = await (await client.PostAsync("/api/segments", ApiClient.Json(body), Token))
                .ProblemAsync(HttpStatusCode.BadRequest);
            Assert.True(problem["errors"]?.AsObject().ContainsKey(field) == true, $"{body}: {problem.ToJsonString()}");
        }

        using var agent = await app.ClientAsAsync(RoleNames.SupportAgent);
        await agent.SendAsync(HttpMethod.Post, "/api/segments", """{"name":"x","filter":"vip:yes"}""", HttpStatusCode.Forbidden);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Members_AreThoseOfTheLastCount(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var made = await client.SendAsync(HttpMethod.Post, "/api/segments", """{"name":"All","filter":"vip:no"}""", HttpStatusCode.Created);
        var ada = await client.CustomerAsync("Ada");
        await CountAsync(app);
        var members = await client.ReadAsync($"/api/segments/{(long)made["id"]!}/members");
        Assert.Equal((1, ada), ((int)members["total"]!, (long)Assert.Single(members["items"]!.AsArray())!["customer_id"]!));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task GroupChoices_AreListed_AndTheRulesDecideAgain(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var ada = await client.CustomerAsync("Ada");
        var group = await client.SendAsync(HttpMethod.Post, "/api/groups",
            """{"name":"Everybody","assignment_rules":{"all":[{"field":"vip","is":"no"}]}}""", HttpStatusCode.Created);
        var root = $"/api/groups/{(long)group["id"]!}";
        await client.SendAsync(HttpMethod.Post, root + "/remove_member", $$"""{"customer_id":{{ada}}}""", HttpStatusCode.OK);
        Assert.Equal(ada, (long)Assert.Single((await client.ReadAsync(root + "/kept-out")).AsArray())!["customer_id"]!);
        await client.SendAsync(HttpMethod.Post, root + "/let-rules-decide", $$"""{"customer_id":{{ada}}}""", HttpStatusCode.OK);
        Assert.Empty((await client.ReadAsync(root + "/kept-out")).AsArray());
    }

    private static async Task CountAsync(TestApp app)
    {
        await using var system = app.AsSystem();
        await system.Get<SegmentService>().CountAllAsync(Token);
    }
}
