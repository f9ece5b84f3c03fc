using System.Net;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.HelpCentre;

/// <summary>Articles of the help centre for programs.</summary>
public sealed class ArticleEndpointTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Article_IsWrittenReadChangedFoundAndDeleted(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        await using var system = app.AsSystem();
        var category = await system.AddCategoryAsync("Returns", "Devoluciones");
        using var client = await app.ClientAsAsync(RoleNames.SupportAgent);

        using var created = await client.SendAsync(HttpMethod.Post, "/api/articles", $$"""
            {"category_id": {{category.Id}}, "state": "published", "translations": [{"language": "en", "title": "Send back",
                "body": "By post"}]}
            """);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var made = await created.ReadAsync();
        var address = created.Headers.Location!.ToString();
        Assert.Equal($"/api/articles/{made["id"]}", address);
        Assert.Equal("/help/en/returns/send-back", (string)made["translations"]![0]!["address"]!);

        using var read = await client.GetAsync(address);
        var tag = read.Headers.ETag!.Tag;
        using var changed = await client.SendAsync(HttpMethod.Put, address,
            """{"translations": [{"language": "es", "title": "Devolver", "body": "Por correo"}]}""", ("If-Match", tag));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Equal(2, (await changed.ReadAsync())["translations"]!.AsArray().Count);
        await (await client.SendAsync(HttpMethod.Put, address, """{"state": "draft"}""", ("If-Match", tag)))
            .ProblemAsync(HttpStatusCode.PreconditionFailed);

        var list = await (await client.GetAsync("/api/articles?q=post&language=en&state=published")).ReadAsync();
        Assert.Equal((1, "Send back", "Returns"), ((int)list["total"]!, (string)list["items"]![0]!["title"]!,
            (string)list["items"]![0]!["category"]!));
        Assert.Equal(0, (int)(await (await client.GetAsync("/api/articles?state=draft")).ReadAsync())["total"]!);
        var proposed = await client.GetStringAsync("/api/articles/suggestions?text=how%20do%20I%20send%20it%20back");
        Assert.Contains("/help/en/returns/send-back", proposed, StringComparison.Ordinal);
        Assert.Contains("\"article_count\":1", await client.GetStringAsync("/api/articles/categories"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync(address)).StatusCode);
        await (await client.GetAsync(address)).ProblemAsync(HttpStatusCode.NotFound);
        await (await client.DeleteAsync(address)).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task WrongInput_IsSaid_AndPermissionsHold(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        await using var system = app.AsSystem();
        var category = await system.AddCategoryAsync();
        var article = await system.AddArticleAsync(category, "Kept");
        using var agent = await app.ClientAsAsync(RoleNames.SupportAgent);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        using var nobody = app.CreateClient();

        foreach (var body in new[]
        {
            "{}", $$"""{"category_id": {{category.Id}}}""",
                """{"category_id": 999, "translations": [{"language": "en", "title": "a", "body": "b"}]}""",
            $$"""{"category_id": {{category.Id}}, "translations": [{"language": "fr", "title": "a", "body": "b"}]}""",
            $$"""{"category_id": {{category.Id}}, "state": "loud", "translations": []}""",
            $$"""{"category_id": {{category.Id}}, "translations": [{"language": "en", "title": "a\u0000", "body": "b"}]}""",
        }) await (await agent.SendAsync(HttpMethod.Post, "/api/articles", body)).ProblemAsync(HttpStatusCode.BadRequest);
        foreach (var query in new[] { "state=loud", "language=xx", "q=%00", "page=0", "limit=1000" })
            Assert.InRange((int)(await agent.GetAsync("/api/articles?" + query)).StatusCode, 400, 422);

        await (await staff.SendAsync(HttpMethod.Post, "/api/articles", "{}")).ProblemAsync(HttpStatusCode.Forbidden);
        await (await staff.DeleteAsync($"/api/articles/{article.Id}")).ProblemAsync(HttpStatusCode.Forbidden);
        await (await nobody.GetAsync($"/api/articles/{article.Id}")).ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.OK, (await staff.GetAsync("/api/articles/suggestions?text=kept")).StatusCode);
        Assert.NotNull(await system.Get<ArticleService>().GetAsync(article.Id, default));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Published_IsReadByStaff_InternalByAgents_AndDraftsByWriters(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        await using var system = app.AsSystem();
        var category = await system.AddCategoryAsync();
        var open = await system.AddArticleAsync(category, "Open");
        var inner = await system.AddArticleAsync(category, "Inner", state: ArticleState.Internal);
        var draft = await system.AddArticleAsync(category, "Unfinished", state: ArticleState.Draft);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        using var writer = await app.ClientAsAsync(RoleNames.SupportAgent);
        using var agent = await app.ClientAsAsync(await TestUsers.CreateAsync(app.Services, "Answers", [Permissions.TicketsWork]));
        using var customer = await app.ClientAsAsync(RoleNames.Customer);

        async Task<string> Titles(HttpClient client) => string.Join(' ',
            (await (await client.GetAsync("/api/articles")).ReadAsync())["items"]!
            .AsArray().Select(a => (string)a!["title"]!).Order());

        Assert.Equal(("Open", "Inner Open", "Inner Open Unfinished"), (await Titles(staff), await Titles(agent), await Titles(writer)));
        Assert.Equal(HttpStatusCode.OK, (await staff.GetAsync($"/api/articles/{open.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await agent.GetAsync($"/api/articles/{inner.Id}")).StatusCode);
        await (await staff.GetAsync($"/api/articles/{inner.Id}")).ProblemAsync(HttpStatusCode.NotFound);
        await (await agent.GetAsync($"/api/articles/{draft.Id}")).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(0, (int)(await (await staff.GetAsync("/api/articles?state=draft")).ReadAsync())["total"]!);
        await (await customer.GetAsync("/api/articles")).ProblemAsync(HttpStatusCode.Forbidden);
        await (await customer.GetAsync($"/api/articles/{open.Id}")).ProblemAsync(HttpStatusCode.Forbidden);
    }
}
