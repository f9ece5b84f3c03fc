using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Documents;

/// <summary>Documents by HTTP: the API, and the addresses that the browser uses.</summary>
public sealed class DocumentEndpointTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Document_UploadedListedDownloadedVerifiedDeleted(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        var customer = (long)(await manager.CreateCustomerAsync("""{"name":"Ada"}"""))["id"]!;

        using var created = await manager.PostAsync($"/api/customers/{customer}/documents/",
            Form(TestFiles.PngWithNotes(), "..\\..\\me.html", ("kind", "photo"), ("expires_on", "2031-05-17")));
        Assert.True(created.StatusCode == HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        var document = await created.ReadAsync();
        var address = $"/api/customers/{customer}/documents/{(long)document["id"]!}";
        Assert.Equal(address, created.Headers.Location!.ToString());
        Assert.Equal(("me.html.png", "image/png", "photo", "pending", "2031-05-17", 24),
            ((string)document["name"]!, (string)document["content_type"]!, (string)document["kind"]!, (string)document["status"]!,
            (string)document["expires_on"]!, (int)document["width"]!));

        Assert.Equal(1, (int)(await (await manager.GetAsync($"/api/customers/{customer}/documents?limit=5")).ReadAsync())["total"]!);
        Assert.Equal((string)document["sha256"]!, (string)(await (await manager.GetAsync(address)).ReadAsync())["sha256"]!);
        foreach (var path in new[] { address + "/download", $"/files/documents/{(long)document["id"]!}" })
        {
            using var download = await manager.GetAsync(path);
            Assert.Equal(TestFiles.Png, await download.Content.ReadAsByteArrayAsync());
            Assert.Equal(("image/png", "attachment"),
                (download.Content.Headers.ContentType!.MediaType, download.Content.Headers.ContentDisposition!.DispositionType));
            Assert.Equal("nosniff", download.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.True(download.Headers.CacheControl!.NoStore);
        }

        using var preview = await manager.GetAsync($"/files/documents/{(long)document["id"]!}/preview");
        Assert.Equal("inline", preview.Content.Headers.ContentDisposition!.DispositionType);
        Assert.StartsWith("default-src 'none';", preview.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("SAMEORIGIN", preview.Headers.GetValues("X-Frame-Options").Single());
        await using (var scope = app.AsSystem())
        await using (var db = scope.OpenContext())
            Assert.Equal(["Download", "Download", "Preview"], await db.AuditEntries.Where(e => e.EntityType == "Document"
                && (e.Action == AuditAction.Exported || e.Action == AuditAction.Viewed)).OrderBy(e => e.Id).Select(e => e.Fields)
                .ToListAsync());

        await (await manager.PutAsync(address + "/verify", ApiClient.Json("""{"status":"rejected"}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal("Blurred",
            (string)(await (await manager.PutAsync(address + "/verify", ApiClient.Json("""{"status":"rejected","reason":"Blurred"}""")))
            .ReadAsync())["reject_reason"]!);
        Assert.Equal("verified", (string)(await (await manager.PutAsync(address + "/verify", ApiClient.Json("{}")))
            .ReadAsync())["status"]!);
        Assert.Equal("Document deleted successfully.", (string)(await (await manager.DeleteAsync(address)).ReadAsync())["message"]!);
        foreach (var path in new[] { address, address + "/download" })
            await (await manager.GetAsync(path)).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync($"/files/documents/{(long)document["id"]!}")).StatusCode);
    }

    [Fact]
    public async Task Document_OfAnotherCustomer_OrWithoutTheRight_IsNotThere()
    {
        await using var app = await TestApp.StartAsync();
        using var agent = await app.ClientAsAsync(RoleNames.SupportAgent);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        using var anybody = app.CreateClient();
        var (ada, ben) = ((long)(await agent.CreateCustomerAsync("""{"name":"Ada"}"""))["id"]!,
            (long)(await agent.CreateCustomerAsync("""{"name":"Ben"}"""))["id"]!);
        var id = (long)(await (await agent.PostAsync($"/api/customers/{ada}/documents", Form(TestFiles.Pdf(), "x.pdf")))
            .ReadAsync())["id"]!;

        foreach (var path in new[] { $"/api/customers/{ben}/documents/{id}", $"/api/customers/{ben}/documents/{id}/download",
            $"/api/customers/{ada}/documents/{id + 1}", "/api/customers/4711/documents" })
            await (await agent.GetAsync(path)).ProblemAsync(HttpStatusCode.NotFound);
        await (await agent.DeleteAsync($"/api/customers/{ben}/documents/{id}")).ProblemAsync(HttpStatusCode.NotFound);
        await (await agent.PostAsync("/api/customers/4711/documents", Form(TestFiles.Pdf(), "x.pdf")))
            .ProblemAsync(HttpStatusCode.NotFound);
        await (await agent.PutAsync($"/api/customers/{ada}/documents/{id}/verify", ApiClient.Json("{}")))
            .ProblemAsync(HttpStatusCode.Forbidden);
        foreach (var path in new[] { $"/api/customers/{ada}/documents", $"/api/customers/{ada}/documents/{id}",
            $"/api/customers/{ada}/documents/{id}/download" })
        {
            await (await staff.GetAsync(path)).ProblemAsync(HttpStatusCode.Forbidden);
            await (await anybody.GetAsync(path)).ProblemAsync(HttpStatusCode.Unauthorized);
        }

        Assert.Equal(HttpStatusCode.Redirect, (await anybody.GetAsync($"/files/documents/{id}")).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await staff.GetAsync($"/files/documents/{id}")).StatusCode);
    }

    [Fact]
    public async Task Attack_ByHttp_IsAProblemWithASentence_AndLeavesNothing()
    {
        await using var app = await TestApp.StartAsync(settings: new() { ["Documents:LargestFileMegabytes"] = "1" });
        using var agent = await app.ClientAsAsync(RoleNames.SupportAgent);
        var customer = (long)(await agent.CreateCustomerAsync("""{"name":"Ada"}"""))["id"]!;
        var path = $"/api/customers/{customer}/documents/";

        foreach (var (content, name) in new[]
        {
            ([], "empty.pdf"), (TestFiles.Exe, "x.pdf"), ("<html><script>1</script>"u8.ToArray(), "x.txt"),
                ("<svg onload='1'/>"u8.ToArray(), "x.png"), (TestFiles.Bomb(), "x.docx"),
            (TestFiles.Pdf("/OpenAction<</S/JavaScript/JS(1)>>"), "x.pdf"), (TestFiles.PngOf(30_000, 30_000), "x.png"),
                (TestFiles.Docx("", ("../../kit-escape", [1])), "x.docx"), (new byte[(1024 * 1024) + 1], "x.txt"),
        })
        {
            var problem = await (await agent.PostAsync(path, Form(content, name))).ProblemAsync(HttpStatusCode.BadRequest);
            Assert.EndsWith(".", (string)problem["errors"]!["file"]![0]!, StringComparison.Ordinal);
        }

        await (await agent.PostAsync(path, Form(new byte[3 * 1024 * 1024], "x.txt"))).ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
        await (await agent.PostAsync(path, ApiClient.Json("{}"))).ProblemAsync(HttpStatusCode.UnsupportedMediaType);
        await (await agent.PostAsync(path, new MultipartFormDataContent())).ProblemAsync(HttpStatusCode.BadRequest);
        await (await agent.PostAsync(path, Form(TestFiles.Pdf(), "x.pdf", ("status", "verified")))).ProblemAsync(HttpStatusCode.BadRequest);
        await (await agent.PostAsync(path, Form(TestFiles.Pdf(), "x.pdf", ("kind", "7")))).ProblemAsync(HttpStatusCode.BadRequest);
        using var two = Form(TestFiles.Pdf(), "x.pdf");
        two.Add(new ByteArrayContent(TestFiles.Pdf()), "file", "y.pdf");
        await (await agent.PostAsync(path, two)).ProblemAsync(HttpStatusCode.BadRequest);

        Assert.Equal(0, (int)(await (await agent.GetAsync(path)).ReadAsync())["total"]!);
        Assert.Empty(Directory.EnumerateFiles(app.Database.Options.DocumentFolder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Browser_SendsAFile_OnlyWithTheTokenOfItsPage()
    {
        await using var app = await TestApp.StartAsync();
        using var agent = await app.ClientAsAsync(RoleNames.SupportAgent);
        var customer = (long)(await agent.CreateCustomerAsync("""{"name":"Ada"}"""))["id"]!;

        using var raw = new ByteArrayContent(TestFiles.Pdf());
        raw.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        Assert.Equal(HttpStatusCode.BadRequest,
            (await agent.PostAsync($"/files/customers/{customer}/documents?name=x.pdf", raw)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest,
            (await agent.PostAsync($"/files/customers/{customer}/documents?name=x.pdf", Form(TestFiles.Pdf(), "x.pdf"))).StatusCode);
        Assert.Equal(0, (int)(await (await agent.GetAsync($"/api/customers/{customer}/documents")).ReadAsync())["total"]!);
    }

    private static MultipartFormDataContent Form(byte[] content, string name, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (field, value) in fields) form.Add(new StringContent(value, Encoding.UTF8), field);
        form.Add(new ByteArrayContent(content), "file", name);
        return form;
    }
}
