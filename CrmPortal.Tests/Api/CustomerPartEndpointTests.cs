using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api;

/// <summary>What hangs on a customer, for programs.</summary>
public sealed class CustomerPartEndpointTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Addresses_AddedChangedVerifiedDeleted(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.SupportAgent);
        var root = $"/api/customers/{(long)(await client.CreateCustomerAsync("""{"name":"Ada"}"""))["id"]!}/addresses";

        var created = await client
            .PostAsync(root + "/",
            ApiClient.Json("""{"type":"billing","line1":"1 High Street","city":"London","postal_code":"n1  1aa","country":"gb"}"""));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var address = await created.ReadAsync();
        var one = $"{root}/{(long)address["id"]!}";
        Assert.Equal((true, "N1 1AA", "GB"), ((bool)address["is_default"]!, (string)address["postal_code"]!, (string)address["country"]!));
        Assert.Equal(one, created.Headers.Location!.ToString());

        var verified = await (await client.PutAsync(one + "/verify", null)).ReadAsync();
        Assert.NotNull(verified["verified_at"]);
        var changed = await (await client.PutAsync(one, ApiClient.Json("""{"line2":"Flat 3"}"""))).ReadAsync();
        Assert.Equal(("1 High Street", "Flat 3", true),
            ((string)changed["line1"]!, (string)changed["line2"]!, changed["verified_at"] is null));
        var second =
            await (await client
            .PostAsync(root, ApiClient.Json("""{"type":"billing","is_default":true,"line1":"2","city":"Leeds","country":"GB"}""")))
            .ReadAsync();
        Assert.Equal([true, false], (await ListAsync(client, root)).OrderByDescending(a => (long)a!["id"]! == (long)second["id"]!)
            .Select(a => (bool)a!["is_default"]!));

        var refused =
            await (await client.PostAsync(root, ApiClient.Json("""{"line1":"3","city":"Berlin","country":"DE","postal_code":"123"}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.True(refused["errors"]!.AsObject().ContainsKey("postal_code"));
        Assert.Equal("Address deleted successfully.", (string)(await (await client.DeleteAsync(one)).ReadAsync())["message"]!);
        await (await client.GetAsync(one)).ProblemAsync(HttpStatusCode.NotFound);
        await (await client.GetAsync("/api/customers/4711/addresses")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Addresses_MaskedForStaff_KeepTheLinesThatStaffDoesNotSend()
    {
        await using var app = await TestApp.StartAsync();
        using var agent = await app.ClientAsAsync(RoleNames.SupportAgent);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        var root = $"/api/customers/{(long)(await agent.CreateCustomerAsync("""{"name":"Ada"}"""))["id"]!}/addresses";
        var one = $"{root}/{(long)(await (await agent.PostAsync(root, ApiClient.Json("""{"line1":"Old 1","line2":"Flat 1","city":"Bath","country":"GB"}"""))).ReadAsync())["id"]!}";

        Assert.Equal(("Old 1", "Flat 2"), await PutAsync("""{"line2":"Flat 2"}"""));
        Assert.Equal(("New 5", "Flat 2"), await PutAsync("""{"line1":"New 5"}"""));
        Assert.Equal(("New 5", "Flat 2"), await PutAsync("""{"line1":"•••","line2":"•••","city":"Bristol"}"""));

        async Task<(string, string)> PutAsync(string change)
        {
            Assert.Equal(HttpStatusCode.OK, (await staff.PutAsync(one, ApiClient.Json(change))).StatusCode);
            var now = await (await agent.GetAsync(one)).ReadAsync();
            return ((string)now["line1"]!, (string)now["line2"]!);
        }
    }

    [Fact]
    public async Task Contacts_MaskedForStaff_KeepWhatStaffDoesNotSee()
    {
        await using var app = await TestApp.StartAsync();
        using var agent = await app.ClientAsAsync(RoleNames.SupportAgent);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        var root = $"/api/customers/{(long)(await agent.CreateCustomerAsync("""{"name":"Ada"}"""))["id"]!}/contacts";
        var id = (long)(
            await (await agent.PostAsync(root, ApiClient.Json("""{"given_name":"Ana","phone":"+442079460958","is_main":true}""")))
            .ReadAsync())["id"]!;

        Assert.Equal("+44•••58", (string)(await (await staff.GetAsync($"{root}/{id}")).ReadAsync())["phone"]!);
        await staff.PutAsync($"{root}/{id}", ApiClient.Json("""{"role":"Daughter"}"""));

        var now = await (await agent.GetAsync($"{root}/{id}")).ReadAsync();
        Assert.Equal(("Ana", "Daughter", "+442079460958", true), ((string)now["given_name"]!, (string)now["role"]!, (string)now["phone"]!,
            (bool)now["is_main"]!));
        await (await agent.PostAsync(root, ApiClient.Json("""{"role":"Nobody"}"""))).ProblemAsync(HttpStatusCode.BadRequest);
        await (await agent.PostAsync(root, ApiClient.Json("""{"given_name":"A","password":"x"}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.OK, (await staff.DeleteAsync($"{root}/{id}")).StatusCode);
        await (await staff.DeleteAsync($"{root}/{id}")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Preferences_SetChangedForgotten()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Staff);
        var customer = $"/api/customers/{(long)(await client.CreateCustomerAsync("""{"name":"Ada"}"""))["id"]!}";
        var root = customer + "/communication-preferences";

        var set = await (await client.PostAsync(root, ApiClient.Json("""{"channel":"email","kind":"newsletter","is_opted_in":true}""")))
            .ReadAsync();
        var changed = await (await client.PutAsync($"{root}/{(long)set["id"]!}", ApiClient.Json("""{"is_opted_in":false}"""))).ReadAsync();
        Assert.False((bool)changed["is_opted_in"]!);
        Assert.Single(await ListAsync(client, root));
        await (await client.PostAsync(root, ApiClient.Json("""{"channel":"pigeon","kind":"newsletter","is_opted_in":true}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync($"{root}/{(long)set["id"]!}")).StatusCode);
        Assert.Empty(await ListAsync(client, root));

        var preferences = await client.PutAsync(customer + "/preferences",
            ApiClient.Json(
            """{"preferences":[{"type":"delivery","key":"day","value":"Friday"},{"type":"size","key":"shoe","value":"42"}]}"""));
        Assert.Equal(2, (await preferences.Content.ReadFromJsonAsync<JsonArray>())!.Count);
        await client.PutAsync(customer + "/preferences", ApiClient.Json("""{"preferences":[{"type":"size","key":"shoe","value":null}]}"""));
        Assert.Equal("Friday", (string)Assert.Single(await ListAsync(client, customer + "/preferences"))!["value"]!);
    }

    [Fact]
    public async Task Notes_OfOthersMayBePinnedAndNotChanged()
    {
        await using var app = await TestApp.StartAsync();
        using var author = await app.ClientAsAsync(RoleNames.Staff);
        using var other = await app.ClientAsAsync(RoleNames.Manager);
        var root = $"/api/customers/{(long)(await author.CreateCustomerAsync("""{"name":"Ada"}"""))["id"]!}/notes";
        var note = await (await author.PostAsync(root, ApiClient.Json("""{"text":"first"}"""))).ReadAsync();
        var secret = await (await author.PostAsync(root, ApiClient.Json("""{"text":"secret","is_private":true}"""))).ReadAsync();

        Assert.True((bool)(await (await other.PutAsync($"{root}/{(long)note["id"]!}", ApiClient.Json("""{"is_pinned":true}""")))
            .ReadAsync())["is_pinned"]!);
        await (await other.PutAsync($"{root}/{(long)note["id"]!}", ApiClient.Json("""{"text":"mine"}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
        await (await other.GetAsync($"{root}/{(long)secret["id"]!}")).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal((1, 2),
            ((int)(await (await other.GetAsync(root)).ReadAsync())["total"]!,
            (int)(await (await author.GetAsync(root)).ReadAsync())["total"]!));
        await (await author.PostAsync(root, ApiClient.Json("""{"text":"  "}"""))).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.OK, (await other.DeleteAsync($"{root}/{(long)note["id"]!}")).StatusCode);
    }

    [Fact]
    public async Task Tags_MadeAssignedChanged_AsDocumentsFourAndFivePrint()
    {
        await using var app = await TestApp.StartAsync();
        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        var customer = $"/api/customers/{(long)(await staff.CreateCustomerAsync("""{"name":"Ada"}"""))["id"]!}";
        var tag = (long)(await (await staff.PostAsync("/api/tags/", ApiClient.Json("""{"name":"premium","colour":"green"}""")))
            .ReadAsync())["id"]!;

        await staff.PostAsync($"{customer}/tags/{tag}", null);
        var set = await (await staff.PatchAsync(customer + "/tags",
            ApiClient.Json("""{"tags":["loyal","PREMIUM"],"action":"set"}"""))).Content.ReadFromJsonAsync<JsonArray>();
        Assert.Equal(["loyal", "premium"], set!.Select(t => (string)t!["name"]!).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await staff.DeleteAsync($"{customer}/tags/{tag}")).StatusCode);
        Assert.Equal("loyal", (string)Assert.Single(await ListAsync(staff, customer + "/tags"))!["name"]!);

        await (await staff.PutAsync($"/api/tags/{tag}", ApiClient.Json("""{"name":"x"}"""))).ProblemAsync(HttpStatusCode.Forbidden);
        await (await manager.PutAsync($"/api/tags/{tag}", ApiClient.Json("""{"name":"Loyal"}"""))).ProblemAsync(HttpStatusCode.Conflict);
        Assert.Equal("Gold",
            (string)(await (await manager.PutAsync($"/api/tags/{tag}", ApiClient.Json("""{"name":"Gold","colour":"yellow"}""")))
            .ReadAsync())["name"]!);
        Assert.Equal(HttpStatusCode.OK, (await manager.DeleteAsync($"/api/tags/{tag}")).StatusCode);
        await (await manager.GetAsync($"/api/tags/{tag}")).ProblemAsync(HttpStatusCode.NotFound);
        await (await staff.PatchAsync(customer + "/tags", ApiClient.Json("""{"tags":["a"],"action":"burn"}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task States_Block_Deactivate_Vip_Subscription()
    {
        await using var app = await TestApp.StartAsync();
        using var agent = await app.ClientAsAsync(RoleNames.SupportAgent);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        var customer = $"/api/customers/{(long)(await agent.CreateCustomerAsync("""{"name":"Ada"}"""))["id"]!}";

        await (await staff.PatchAsync(customer + "/block", ApiClient.Json("""{"is_blocked":true,"block_reason":"Spam"}""")))
            .ProblemAsync(HttpStatusCode.Forbidden);
        await (await agent.PatchAsync(customer + "/block", ApiClient.Json("""{"is_blocked":true}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal("blocked",
            (string)(await (await agent.PatchAsync(customer + "/block", ApiClient.Json("""{"is_blocked":true,"block_reason":"Spam"}""")))
            .ReadAsync())["status"]!);
        await (await staff.PostAsync(customer + "/reactivate", null)).ProblemAsync(HttpStatusCode.Forbidden);
        Assert.Equal("active", (string)(await (await agent.PatchAsync(customer + "/block", ApiClient.Json("""{"is_blocked":false}""")))
            .ReadAsync())["status"]!);
        Assert.Equal("inactive", (string)(await (await staff.PostAsync(customer + "/deactivate", ApiClient.Json("""{"reason":"Moved"}""")))
            .ReadAsync())["status"]!);
        Assert.Equal("active", (string)(await (await staff.PostAsync(customer + "/reactivate", null)).ReadAsync())["status"]!);
        Assert.True((bool)(await (await staff.PostAsync(customer + "/make_vip", ApiClient.Json("""{"reason":"Loyal"}""")))
            .ReadAsync())["is_vip"]!);
        Assert.Equal("suspended",
            (string)(await (await staff.PutAsync(customer + "/subscription-state", ApiClient.Json("""{"state":"suspended"}""")))
            .ReadAsync())["subscription_state"]!);
        await (await staff.PutAsync(customer + "/subscription-state", ApiClient.Json("""{"state":"sleeping"}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task OwnFields_AreSetAndRead_AndUnknownOnesRefused(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        await using (var system = app.AsSystem())
        {
            await system.Get<CustomFieldService>().AddAsync(new() { Label = "Shoe size", Type = CustomFieldType.Number }, default);
            await system.Get<CustomFieldService>().AddAsync(new() { Label = "Passport", IsSensitive = true }, default);
        }

        using var agent = await app.ClientAsAsync(RoleNames.SupportAgent);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        var created = await agent
            .CreateCustomerAsync(
            """{"name":"Ada","custom_fields":{"shoe_size":"42.0","passport":"X-1"},"time_zone":"Europe/Madrid","contact_from":"09:00:00","contact_until":"18:00:00"}""");
        var customer = $"/api/customers/{(long)created["id"]!}";

        Assert.Equal(("42", "X-1", "09:00:00"),
            ((string)created["custom_fields"]!["shoe_size"]!, (string)created["custom_fields"]!["passport"]!,
            (string)created["contact_from"]!));
        Assert.Equal(["shoe_size"], (await (await staff.GetAsync(customer)).ReadAsync())["custom_fields"]!.AsObject().Select(f => f.Key));
        Assert.Equal(1, (int)(await (await staff.GetAsync("/api/customers?filter=field.shoe_size:more:41.5")).ReadAsync())["total"]!);
        await (await staff.PatchAsync(customer, ApiClient.Json("""{"custom_fields":{"hat_size":"1"}}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
        await (await staff.PatchAsync(customer, ApiClient.Json("""{"custom_fields":{"passport":"Y"}}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Empty((await (await staff.PatchAsync(customer, ApiClient.Json("""{"custom_fields":{"shoe_size":null}}""")))
            .ReadAsync())["custom_fields"]!.AsObject());
    }

    [Fact]
    public async Task Timeline_GoesOnWhereThePageEnded()
    {
        await using var app = await TestApp.StartAsync();
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var customer = $"/api/customers/{(long)(await client.CreateCustomerAsync("""{"name":"Ada"}"""))["id"]!}";
        for (var i = 0; i < 5; i++) await client.PostAsync(customer + "/notes", ApiClient.Json($$"""{"text":"note {{i}}"}"""));

        var first = await (await client.GetAsync(customer + "/timeline?limit=4")).ReadAsync();
        var rest = await (await client.GetAsync($"{customer}/timeline?limit=4&before={(string)first["next"]!}")).ReadAsync();

        Assert.Equal(["note 4", "note 3", "note 2", "note 1", "note 0"], first["items"]!.AsArray().Concat(rest["items"]!.AsArray())
            .Select(e => (string?)e!["text"]).Take(5));
        Assert.Equal("customer.create", (string)rest["items"]!.AsArray()[^1]!["title"]!);
        Assert.Null(rest["next"]);
        Assert.Empty((await (await client.GetAsync(customer + "/timeline?kinds=order,refund")).ReadAsync())["items"]!.AsArray());
        await (await client.GetAsync(customer + "/timeline?kinds=dance")).ProblemAsync(HttpStatusCode.BadRequest);
        await (await client.GetAsync(customer + "/timeline?before=x")).ProblemAsync(HttpStatusCode.BadRequest);
        await (await client.GetAsync(customer + "/timeline?limit=1000")).ProblemAsync(HttpStatusCode.BadRequest);
    }

    private static async Task<JsonArray> ListAsync(HttpClient client, string path) => (await client.GetFromJsonAsync<JsonArray>(path))!;
}
