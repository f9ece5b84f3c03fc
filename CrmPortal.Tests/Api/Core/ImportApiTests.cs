using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api.Core;

/// <summary>A file on its way in, by a program alone.</summary>
public sealed class ImportApiTests
{
    private const string File = "Name,Email,Town\nAda Lovelace,ada@example.com,London\nNo Body,not an address,Bath\nMary Major,mary@example.com,Bath\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task File_UploadedPlannedCheckedPublished_AndTakenBack(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var import = await UploadAsync(client, File);
        var root = $"/api/imports/{(long)import["id"]!}";
        Assert.Equal(("customers", "uploaded", 3, "people.csv"),
            ((string)import["kind"]!, (string)import["state"]!, (int)import["rows"]!, (string)import["file_name"]!));
        Assert.Equal(["Name", "Email", "Town"], import["columns"]!.AsArray().Select(c => (string)c!["name"]!));
        Assert.Equal(1, (int)import["plan"]!["columns"]!["email"]!);

        // Nothing is published that was not checked.
        await client.SendAsync(HttpMethod.Post, root + "/publish", null, HttpStatusCode.BadRequest);
        var planned = await client.SendAsync(HttpMethod.Put, root + "/plan", """{"columns":{"name":0,"email":1,"city":2},"mode":"create"}""",
            HttpStatusCode.OK);
        Assert.Equal((2, "create", "email"),
            ((int)planned["plan"]!["columns"]!["city"]!, (string)planned["plan"]!["mode"]!, (string)planned["plan"]!["match"]!));
        var wrong = await client.SendAsync(HttpMethod.Put, root + "/plan", """{"columns":{"no_such":0}}""", HttpStatusCode.BadRequest);
        Assert.NotNull(wrong["detail"]);

        Assert.Equal("done", (string)(await app.WorkAsync(client, root + "/check"))["state"]!);
        var check = await client.ReadAsync(root);
        Assert.Equal(("checked", 3, 1, 2), ((string)check["state"]!, (int)check["result"]!["rows"]!, (int)check["result"]!["rejected"]!,
            (int)check["result"]!["customers"]!["new"]!));
        Assert.Equal(0, (int)(await client.ReadAsync("/api/customers"))["total"]!);
        var rejected = Assert.Single((await client.ReadAsync(root + "/rejected")).AsArray())!;
        Assert.Equal(3, (int)rejected["row"]!);
        Assert.NotEmpty((string)rejected["reason"]!);
        var csv = await client.GetStringAsync(root + "/rejected?format=csv", Token);
        Assert.Contains("No Body,not an address,Bath", csv, StringComparison.Ordinal);

        Assert.Equal("done", (string)(await app.WorkAsync(client, root + "/publish"))["state"]!);
        Assert.Equal(2, (int)(await client.ReadAsync("/api/customers?city=Bath&filter=&status=active"))["total"]!
            + (int)(await client.ReadAsync("/api/customers?city=London"))["total"]!);
        Assert.True((bool)(await client.ReadAsync(root))["can_undo"]!);
        await client.SendAsync(HttpMethod.Delete, root, null, HttpStatusCode.BadRequest);

        Assert.Equal("done", (string)(await app.WorkAsync(client, root + "/undo"))["state"]!);
        Assert.Equal((0, "undone", false), ((int)(await client.ReadAsync("/api/customers"))["total"]!,
            (string)(await client.ReadAsync(root))["state"]!, (bool)(await client.ReadAsync(root))["can_undo"]!));
        var listed = (await client.ReadAsync("/api/imports"))["items"]!.AsArray();
        Assert.Equal(("undone", 1), ((string)Assert.Single(listed)!["state"]!, (int)listed[0]!["rejected"]!));
    }

    [Fact]
    public async Task Format_IsReadAnew_AndAFileThatIsNotWantedGoes()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var root = $"/api/imports/{(long)(await UploadAsync(client, "Name;Email\nAda;ada@example.com\n"))["id"]!}";
        var read = await client.SendAsync(HttpMethod.Put, root + "/format", """{"delimiter":",","has_header":false}""", HttpStatusCode.OK);
        Assert.Equal((1, 2), (read["columns"]!.AsArray().Count, (int)read["rows"]!));
        await client.SendAsync(HttpMethod.Put, root + "/format", """{"delimiter":";;"}""", HttpStatusCode.BadRequest);
        await client.SendAsync(HttpMethod.Put, root + "/format", """{"encoding":"klingon"}""", HttpStatusCode.BadRequest);
        await client.SendAsync(HttpMethod.Delete, root, null, HttpStatusCode.OK);
        await client.SendAsync(HttpMethod.Get, root, null, HttpStatusCode.NotFound);

        using var agent = await app.ClientAsAsync(RoleNames.SupportAgent);
        await agent.SendAsync(HttpMethod.Get, "/api/imports", null, HttpStatusCode.Forbidden);
        using var empty = await client.PostAsync("/api/imports", new MultipartFormDataContent { { new StringContent("x"), "name" } }, Token);
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Rows_AreMadeOneByOne_AndAWrongOneKeepsNoOtherOut(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        await client.CustomerAsync("Ada", "ada@example.com");
        var answer = await client.SendAsync(HttpMethod.Post, "/api/customers/bulk/import", """
            {"customers":[{"name":"Bo","email":"bo@example.com"},{"name":"Ada again","email":"ADA@example.com"},{"email":"no address"},
              7,{"name":"Cy","points":5}]}
            """, HttpStatusCode.OK);
        Assert.Equal((1, 1, 3), ((int)answer["imported"]!, (int)answer["duplicates"]!, (int)answer["failed"]!));
        Assert.Equal([true, false, false, false, false], answer["rows"]!.AsArray().Select(r => r!["id"] is not null));
        Assert.Equal(["email", "email", "customer", "points"],
            answer["rows"]!.AsArray().Skip(1).Select(r => r!["errors"]!.AsObject().First().Key));
        Assert.Equal(2, (int)(await client.ReadAsync("/api/customers"))["total"]!);
    }

    private static async Task<JsonNode> UploadAsync(HttpClient client, string text)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(text)), "file", "people.csv" } };
        using var answer = await client.PostAsync("/api/imports", form, Token);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Token));
        var import = await answer.ReadAsync();
        Assert.Equal($"/api/imports/{(long)import["id"]!}", answer.Headers.Location!.ToString());
        return import;
    }
}
