using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Tickets;

/// <summary>Tickets for programs, from the front door.</summary>
public sealed class TicketEndpointTests
{
    private const string Ada = """{"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"}""";

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Ticket_IsMadeReadChangedAndListed(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.SupportAgent);
        var customer = (long)(await client.CreateCustomerAsync(Ada))["id"]!;

        using var created = await client.SendAsync(HttpMethod.Post, "/api/tickets",
            $$"""{"customer_id": {{customer}}, "subject": "Parcel is late", "text": "Where is it?", "tags": ["Delivery"]}""");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var made = await created.ReadAsync();
        var address = created.Headers.Location!.ToString();
        Assert.Equal($"/api/tickets/{made["id"]}", address);
        Assert.Equal(("new", "api", "ada@example.com", "delivery"), ((string)made["state"]!, (string)made["channel"]!,
            (string)made["requester"]!["email"]!, (string)made["tags"]![0]!));

        using var read = await client.GetAsync(address);
        Assert.Equal(created.Headers.ETag, read.Headers.ETag);
        using var same = await client.SendAsync(HttpMethod.Get, address, null, ("If-None-Match", read.Headers.ETag!.Tag));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        using var changed = await client.SendAsync(HttpMethod.Put, address, """{"priority": "urgent"}""", ("If-Match",
            read.Headers.ETag.Tag));
        var urgent = await changed.ReadAsync();
        Assert.Equal(("urgent", "Parcel is late"), ((string)urgent["priority"]!, (string)urgent["subject"]!));
        await (await client.SendAsync(HttpMethod.Patch, address, """{"priority": "low"}""", ("If-Match", read.Headers.ETag.Tag)))
            .ProblemAsync(HttpStatusCode.PreconditionFailed);
        var patched = await (await client.SendAsync(HttpMethod.Patch, address, """{"tags": null, "is_complaint": true}""")).ReadAsync();
        Assert.Equal((0, true, "urgent"), (patched["tags"]!.AsArray().Count, (bool)patched["is_complaint"]!, (string)patched["priority"]!));

        await client.SendAsync(HttpMethod.Post, "/api/tickets", """{"contact_name": "Bo", "subject": "Mug", "text": "It broke."}""");
        foreach (var (query, subjects) in new[]
        {
            ("", "Mug,Parcel is late"), ("?ordering=urgency", "Parcel is late,Mug"), ("?ordering=created_at&limit=1", "Parcel is late"),
            ("?ordering=created_at&limit=1&page=2", "Mug"), ("?search=broke", "Mug"), ("?filter=priority:any:urgent", "Parcel is late"),
            ($"?customer_id={customer}", "Parcel is late"), ("?view=solved", ""), ("?view=unassigned&search=mug", "Mug"),
        })
        {
            var list = await (await client.GetAsync("/api/tickets" + query)).ReadAsync();
            Assert.Equal(subjects, string.Join(',', list["items"]!.AsArray().Select(t => (string)t!["subject"]!)));
        }

        using var page = await client.GetAsync("/api/tickets?limit=1");
        Assert.Contains("rel=\"next\"", page.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
        var first = await page.ReadAsync();
        Assert.Equal((2, 2), ((int)first["total"]!, (int)first["pages"]!));
        var own = await (await client.GetAsync($"/api/customers/{customer}/tickets")).ReadAsync();
        Assert.Equal((1, "Parcel is late"), ((int)own["total"]!, (string)own["items"]![0]!["subject"]!));
        await (await client.GetAsync("/api/customers/999/tickets")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Conversation_IsWrittenWithFiles_AndTakenBack(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.SupportAgent);
        using var colleague = await app.ClientAsAsync(RoleNames.SupportAgent);
        var id = await CreateAsync(client);
        var other = await CreateAsync(client);
        var address = $"/api/tickets/{id}";

        using var form = new MultipartFormDataContent { { new StringContent("a.txt"), "name" }, { new ByteArrayContent("hi"u8.ToArray()),
            "file", "b.txt" } };
        using var uploaded = await client.PostAsync(address + "/files", form);
        Assert.Equal(HttpStatusCode.Created, uploaded.StatusCode);
        var file = await uploaded.ReadAsync();
        Assert.Equal(("a.txt", 2), ((string)file["name"]!, (int)file["size"]!));
        // Until it is sent, it is its uploader's.
        await (await colleague.GetAsync($"{address}/files/{file["id"]}/download")).ProblemAsync(HttpStatusCode.NotFound);
        using var written = await client.SendAsync(HttpMethod.Post, address + "/messages",
            $$"""{"text": "Tomorrow", "file_ids": [{{file["id"]}}], "state": "pending"}""");
        Assert.Equal(HttpStatusCode.Created, written.StatusCode);
        var reply = await written.ReadAsync();
        Assert.Equal(("reply", "scheduled", "bo@example.com", "a.txt"), ((string)reply["kind"]!, (string)reply["delivery"]!,
            (string)reply["recipient"]!, (string)reply["files"]![0]!["name"]!));
        Assert.Equal("Tomorrow", (string)(await (await client.GetAsync(written.Headers.Location!.ToString())).ReadAsync())["text"]!);
        Assert.Equal("pending", (string)(await (await client.GetAsync(address)).ReadAsync())["state"]!);
        using var download = await colleague.GetAsync($"{address}/files/{file["id"]}/download");
        Assert.Equal(("hi", "attachment"), (await download.Content.ReadAsStringAsync(),
            download.Content.Headers.ContentDisposition!.DispositionType));
        await (await client.GetAsync($"/api/tickets/{other}/files/{file["id"]}/download")).ProblemAsync(HttpStatusCode.NotFound);

        await (await colleague.DeleteAsync($"{address}/messages/{reply["id"]}")).ProblemAsync(HttpStatusCode.BadRequest);
        await (await client.DeleteAsync($"/api/tickets/{other}/messages/{reply["id"]}")).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync($"{address}/messages/{reply["id"]}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync($"{address}/files/{file["id"]}")).StatusCode);
        await (await client.DeleteAsync($"{address}/files/{file["id"]}")).ProblemAsync(HttpStatusCode.NotFound);

        using var note = await client.SendAsync(HttpMethod.Post, address + "/messages", """{"kind": "internal", "text": "Ask again"}""");
        Assert.Equal("internal", (string)(await note.ReadAsync())["kind"]!);
        var all = await (await client.GetAsync(address + "/messages")).ReadAsync();
        Assert.Equal("incoming:It broke.,internal:Ask again", string.Join(',', all["items"]!.AsArray().Select(m =>
            $"{m!["kind"]}:{m["text"]}")));
        Assert.Null(all["earlier"]);
        var before = await (await client.GetAsync($"{address}/messages?before={all["items"]![1]!["id"]}")).ReadAsync();
        Assert.Single(before["items"]!.AsArray());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Work_IsGivenStatedMergedSplitLinkedAndFollowed(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        var user = await TestUsers.CreateAsync(app.Services, RoleNames.SupportAgent);
        using var client = await app.ClientAsAsync(user);
        var (first, second, third) = (await CreateAsync(client), await CreateAsync(client), await CreateAsync(client));
        var address = $"/api/tickets/{first}";

        async Task<JsonObject> PostAsync(string path, string body) =>
            await (await client.SendAsync(HttpMethod.Post, address + path, body)).ReadAsync();

        Assert.Equal(user.Id, (long)(await PostAsync("/assign", "{}"))["assignee_id"]!);
        Assert.Equal("open", (string)(await (await client.GetAsync(address)).ReadAsync())["state"]!);
        Assert.Null((await PostAsync("/assign", """{"assignee_id": null}"""))["assignee_id"]);
        Assert.Equal("solved", (string)(await PostAsync("/state", """{"state": "solved"}"""))["state"]!);
        await (await client.SendAsync(HttpMethod.Post, address + "/state", """{"state": "new"}""")).ProblemAsync(HttpStatusCode.BadRequest);

        var merged = await PostAsync("/merge", $$"""{"ticket_ids": [{{second}}]}""");
        Assert.Equal((2, "merged_here"), ((int)merged["message_count"]!, (string)merged["related"]![0]!["tie"]!));
        var gone = await (await client.GetAsync($"/api/tickets/{second}")).ReadAsync();
        Assert.Equal(("closed", first), ((string)gone["state"]!, (long)gone["merged_into_id"]!));
        var messages = await (await client.GetAsync(address + "/messages")).ReadAsync();
        using var split = await client.SendAsync(HttpMethod.Post, address + "/split",
            $$"""{"message_id": {{messages["items"]![1]!["id"]}}, "subject": "Another matter"}""");
        Assert.Equal(HttpStatusCode.Created, split.StatusCode);
        Assert.Equal("split_from", (string)(await split.ReadAsync())["related"]![0]!["tie"]!);
        await (await client.SendAsync(HttpMethod.Post, $"/api/tickets/{third}/split",
            $$"""{"message_id": {{messages["items"]![0]!["id"]}}, "subject": "Not here"}""")).ProblemAsync(HttpStatusCode.NotFound);

        var linked = await (await client.SendAsync(HttpMethod.Put, $"{address}/links/{third}")).ReadAsync();
        Assert.Contains(linked["related"]!.AsArray(), r => (long)r!["id"]! == third && (string)r["tie"]! == "linked");
        var unlinked = await (await client.DeleteAsync($"{address}/links/{third}")).ReadAsync();
        Assert.DoesNotContain(unlinked["related"]!.AsArray(), r => (long)r!["id"]! == third);
        Assert.True((bool)(await (await client.SendAsync(HttpMethod.Put, address + "/follow")).ReadAsync())["is_followed"]!);
        Assert.True((bool)(await (await client.GetAsync(address)).ReadAsync())["is_followed"]!);
        Assert.False((bool)(await (await client.DeleteAsync(address + "/follow")).ReadAsync())["is_followed"]!);

        var events = await (await client.GetAsync(address + "/events?limit=2")).ReadAsync();
        Assert.Equal("created,assigned", string.Join(',', events["items"]!.AsArray().Select(e => (string)e!["kind"]!)));
        Assert.Equal(user.DisplayName, (string)events["items"]![1]!["subject"]!);
        Assert.True((int)events["total"]! > 2);
        Assert.NotNull((await (await client.GetAsync(address + "/targets")).ReadAsync())["held_seconds"]);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Tools_AreListedAndUsed(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.SupportAgent);
        await using var manager = await app.AsRoleAsync(RoleNames.Manager);
        var replies = manager.Get<SavedReplyService>();
        var saved = (await replies.SaveAsync(null, "Thanks", "Dear {{customer.first_name}}", null, false, default))!.Part;
        var macro = (await replies.SaveMacroAsync(null, "Spam", new(TicketState.Closed, Tags: ["spam"], Reply: "Bye {{customer.name}}"),
            default))!.Part;
        var id = await CreateAsync(client);

        Assert.Contains("\"is_usual\":true", await client.GetStringAsync("/api/tickets/queues"), StringComparison.Ordinal);
        Assert.Contains("Dear {{customer.first_name}}", await client.GetStringAsync("/api/tickets/saved-replies"),
            StringComparison.Ordinal);
        Assert.Contains("\"state\":\"closed\"", await client.GetStringAsync("/api/tickets/macros"), StringComparison.Ordinal);
        Assert.Equal("Dear Bo",
            (string)(await (await client.GetAsync($"/api/tickets/{id}/saved-replies/{saved.Id}")).ReadAsync())["text"]!);
        var run = await (await client.SendAsync(HttpMethod.Post, $"/api/tickets/{id}/macros/{macro.Id}")).ReadAsync();
        Assert.Equal(("closed", "spam"), ((string)run["ticket"]!["state"]!, (string)run["ticket"]!["tags"]![0]!));
        Assert.Contains("Bye Bo", await client.GetStringAsync($"/api/tickets/{id}/messages/{run["reply_id"]}"), StringComparison.Ordinal);
        await (await client.SendAsync(HttpMethod.Post, $"/api/tickets/{id}/macros/999")).ProblemAsync(HttpStatusCode.NotFound);
        await (await client.GetAsync($"/api/tickets/999/saved-replies/{saved.Id}")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Feedback_IsListedFilteredAndSummedUp(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var agent = await app.ClientAsAsync(RoleNames.SupportAgent);
        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        var (rated, asked) = (await CreateAsync(agent), await CreateAsync(agent));
        await using (var system = app.AsSystem())
        {
            await using var db = system.OpenContext();
            var now = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
            foreach (var (ticket, days, score) in new (long, int, int?)[] { (rated, 0, 5), (rated, 1, 2), (asked, 2, null) })
                db.TicketRatings.Add(new() { TicketId = ticket, QueueId = 1, SentAt = now.AddDays(days), Score = score,
                    Comment = score == 5 ? "Kind" : null });
            await db.SaveWithoutRecordAsync(default);
        }

        var list = await (await manager.GetAsync("/api/feedback?limit=2")).ReadAsync();
        Assert.Equal((3, "Mug"), ((int)list["total"]!, (string)list["items"]![0]!["subject"]!));
        Assert.Equal(("bo@example.com", "Kind"), ((string)list["items"]![0]!["requester"]!["email"]!,
            (string)(await (await manager.GetAsync("/api/feedback?score=5")).ReadAsync())["items"]![0]!["comment"]!));
        foreach (var (query, total) in new[]
        {
            ("answered=false", 1), ("answered=true", 2), ("queue_id=2", 0), ("agent_id=1", 0), ("from=2026-05-02T00:00:00Z", 2),
            ("to=2026-05-02T00:00:00Z", 1), ("customer_id=7", 0),
        }) Assert.Equal(total, (int)(await (await manager.GetAsync("/api/feedback?" + query)).ReadAsync())["total"]!);

        var summary = await (await manager.GetAsync("/api/feedback/summary")).ReadAsync();
        Assert.Equal((3, 2, 0.6667m, 3.5m, 0.5m), ((int)summary["sent"]!, (int)summary["answered"]!, (decimal)summary["response_rate"]!,
            (decimal)summary["average_score"]!, (decimal)summary["satisfied_share"]!));
        Assert.Equal((1, 0), ((int)summary["scores"]!["5"]!, (int)summary["scores"]!["1"]!));
        Assert.Null((await (await manager.GetAsync("/api/feedback/summary?queue_id=9")).ReadAsync())["response_rate"]);
        Assert.Equal(2, (int)(await (await agent.GetAsync($"/api/tickets/{rated}/ratings")).ReadAsync())["total"]!);
        await (await agent.GetAsync("/api/feedback")).ProblemAsync(HttpStatusCode.Forbidden);
        await (await agent.GetAsync("/api/feedback/summary")).ProblemAsync(HttpStatusCode.Forbidden);
        await (await manager.GetAsync("/api/feedback?score=6")).ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task WrongInput_IsToldByField_AndPermissionsHold(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var agent = await app.ClientAsAsync(RoleNames.SupportAgent);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        using var customer = await app.ClientAsAsync(RoleNames.Customer);
        using var nobody = app.CreateClient();
        var id = await CreateAsync(agent);
        var address = $"/api/tickets/{id}";

        foreach (var (method, path, body, field) in new[]
        {
            ("POST", "/api/tickets", "{}", "subject"), ("POST", "/api/tickets", """{"subject": "a", "text": "b"}""", "customer_id"),
            ("POST", "/api/tickets", """{"subject": "a", "text": "b", "contact_email": "x"}""", "contact_email"),
            ("POST", "/api/tickets", """{"subject": "a", "text": "b", "contact_name": "x", "queue_id": 99}""", "queue_id"),
            ("POST", "/api/tickets", """{"subject": "a", "text": "b", "contact_name": "x", "assignee_id": 99}""", "assignee_id"),
            ("POST", "/api/tickets", """{"subject": "a", "text": "b", "customer_id": 99}""", "customer_id"),
            ("POST", "/api/tickets", """{"subject": "a", "text": "b", "contact_name": "x", "tags": [null]}""", "tags"),
            ("POST", "/api/tickets", """{"subject": "a\u0000", "text": "b", "contact_name": "x"}""", "subject"),
            ("POST", "/api/tickets", """{"subject": "a", "text": "b", "contact_name": "x", "state": "solved"}""", "state"),
            ("PUT", address, """{"subject": null}""", "subject"), ("PUT", address, """{"priority": null}""", "priority"),
            ("PUT", address, """{"order_id": 99}""", "order_id"), ("PUT", address, """{"version": 9}""", "version"),
            ("PUT", address, """{"state": "pending", "pending_until": "2020-01-01T00:00:00Z"}""", "pending_until"),
            ("POST", address + "/messages", """{"text": " "}""", "text"), ("POST", address + "/messages",
                """{"kind": "notice", "text": "a"}""", "kind"),
            ("POST", address + "/messages", """{"kind": "internal", "text": "a", "state": "solved"}""", "state"),
            ("POST", address + "/messages", """{"text": "a", "file_ids": [99]}""", "file_ids"),
            ("POST", address + "/merge", "{}", "ticket_ids"), ("POST", address + "/merge", """{"ticket_ids": [999]}""", "ticket_ids"),
        })
        {
            var problem = await (await agent.SendAsync(new(method), path, body)).ProblemAsync(HttpStatusCode.BadRequest);
            Assert.True(problem["errors"]?[field] is not null, $"{method} {path} {body}: {problem}");
        }

        foreach (var query in new[] { "view=loud", "view=2", "ordering=subject", "ordering=--created_at", "filter=loud:is:x", "page=0",
            "limit=101" })
            await (await agent.GetAsync("/api/tickets?" + query)).ProblemAsync(HttpStatusCode.BadRequest);
        foreach (var (method, path) in new[]
        {
            ("GET", "/api/tickets/999"), ("PUT", "/api/tickets/999"), ("POST", "/api/tickets/999/state"), ("POST",
                "/api/tickets/999/assign"),
            ("GET", "/api/tickets/999/messages"), ("POST", "/api/tickets/999/messages"), ("GET", "/api/tickets/999/events"),
            ("GET", "/api/tickets/999/targets"), ("GET", "/api/tickets/999/ratings"), ("PUT", "/api/tickets/999/follow"),
            ("PUT", $"{address}/links/999"), ("GET", $"{address}/messages/999"), ("POST", "/api/tickets/999/split"),
        })
        {
            var body = method == "GET" ? null : path.EndsWith("state", StringComparison.Ordinal) ? """{"state": "open"}"""
                : path.EndsWith("messages", StringComparison.Ordinal) ? """{"text": "a"}"""
                : path.EndsWith("split", StringComparison.Ordinal) ? """{"message_id": 1, "subject": "a"}"""
                : path.Contains("links", StringComparison.Ordinal) || path.EndsWith("follow", StringComparison.Ordinal) ? null : "{}";
            await (await agent.SendAsync(new(method), path, body)).ProblemAsync(HttpStatusCode.NotFound);
        }

        foreach (var path in new[]
        {
            "/api/tickets", address, address + "/messages", address + "/events", address + "/targets", address + "/ratings",
            address + "/files/1/download", "/api/tickets/queues", "/api/tickets/saved-replies", "/api/tickets/macros",
            "/api/customers/1/tickets", "/api/feedback",
        })
        {
            await (await staff.GetAsync(path)).ProblemAsync(HttpStatusCode.Forbidden);
            await (await customer.GetAsync(path)).ProblemAsync(HttpStatusCode.Forbidden);
            await (await nobody.GetAsync(path)).ProblemAsync(HttpStatusCode.Unauthorized);
        }

        foreach (var (method, path, body) in new[]
        {
            ("PUT", address, """{"subject": "Mine"}"""), ("POST", address + "/messages", """{"text": "Mine"}"""),
            ("POST", address + "/state", """{"state": "closed"}"""), ("POST", address + "/assign", "{}"),
            ("POST", address + "/merge", """{"ticket_ids": [1]}"""), ("PUT", address + "/follow", null!),
        }) await (await staff.SendAsync(new(method), path, body)).ProblemAsync(HttpStatusCode.Forbidden);
        var kept = await (await agent.GetAsync(address)).ReadAsync();
        Assert.Equal(("Mug", 1, "new"), ((string)kept["subject"]!, (int)kept["message_count"]!, (string)kept["state"]!));
    }

    /// <summary>Whoever may not see addresses gets them masked, and may not search for one by trying.</summary>
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Addresses_AreMasked_AndOneKeyMakesOneTicket(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(await TestUsers.CreateAsync(app.Services, "Blind", [Permissions.TicketsWork]));

        const string Body = """{"contact_email": "bo@example.com", "subject": "Mug", "text": "It broke."}""";
        var first = await (await client.SendAsync(HttpMethod.Post, "/api/tickets", Body, ("Idempotency-Key", "k1"))).ReadAsync();
        var again = await (await client.SendAsync(HttpMethod.Post, "/api/tickets", Body, ("Idempotency-Key", "k1"))).ReadAsync();

        Assert.Equal((long)first["id"]!, (long)again["id"]!);
        Assert.Equal(1, (int)(await (await client.GetAsync("/api/tickets")).ReadAsync())["total"]!);
        foreach (var path in new[] { "/api/tickets", $"/api/tickets/{first["id"]}", $"/api/tickets/{first["id"]}/messages" })
            Assert.DoesNotContain("bo@example.com", await client.GetStringAsync(path), StringComparison.Ordinal);
    }

    /// <summary>The list asks the same few questions however long it is.</summary>
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_CostsTheSame_HoweverManyTicketsThereAre(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.SupportAgent);
        await CreateAsync(client);

        async Task<int> Cost(string path)
        {
            app.Commands.Clear();
            using var answer = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return app.Commands.OfRequests.Count(s => s.Contains("Ticket", StringComparison.Ordinal));
        }

        var (list, events) = (await Cost("/api/tickets?view=open&ordering=urgency"), await Cost("/api/tickets/1/events"));
        for (var i = 0; i < 20; i++) await CreateAsync(client);
        Assert.Equal((list, events), (await Cost("/api/tickets?view=open&ordering=urgency"), await Cost("/api/tickets/1/events")));
        Assert.InRange(list, 1, 4);
    }

    private static async Task<long> CreateAsync(HttpClient client)
    {
        using var created = await client.SendAsync(HttpMethod.Post, "/api/tickets",
            """{"contact_name": "Bo", "contact_email": "bo@example.com", "subject": "Mug", "text": "It broke."}""");
        Assert.True(created.StatusCode == HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        return (long)(await created.ReadAsync())["id"]!;
    }
}
