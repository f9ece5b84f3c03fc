using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Duplicates;

public sealed class MergeEndpointTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Merge_ByAProgram_PreviewsFirst_ThenMerges_AndTheOldNumberLeadsToTheSurvivor(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var survivor = await client.CreateCustomerAsync("""{"name":"Ada Lovelace"}""");
        var other = await client.CreateCustomerAsync("""{"name":"Ada King","email":"king@example.com"}""");
        var (survivorId, otherId) = ((long)survivor["id"]!, (long)other["id"]!);

        var preview =
            await (await client.PostAsync("/api/customers/merge",
            ApiClient.Json($$"""{"survivor_id":{{survivorId}},"ids":[{{otherId}}],"preview":true}"""))).ReadAsync();
        Assert.True((bool)preview["preview"]!);
        Assert.Equal(otherId, (long)Field(preview, "email")["chosen_id"]!);
        Assert.Equal(survivorId, (long)Field(preview, "family_name")["chosen_id"]!);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/api/customers/{otherId}")).StatusCode);

        var merged =
            await (await client.PostAsync("/api/customers/merge",
            ApiClient.Json($$"""{"survivor_id":{{survivorId}},"ids":[{{otherId}}],"fields":{"family_name":{{otherId}} } }"""))).ReadAsync();
        Assert.Equal("Customers merged successfully.", (string)merged["message"]!);
        Assert.True((long)merged["change_set_id"]! > 0);
        Assert.Equal(survivorId, (long)(await (await client.GetAsync($"/api/customers/{otherId}")).ReadAsync())["id"]!);
        var found = await (await client.GetAsync($"/api/customers/number/{(string)other["number"]!}")).ReadAsync();
        Assert.Equal((survivorId, "Ada King", "king@example.com"), ((long)found["id"]!, (string)found["name"]!, (string)found["email"]!));
    }

    [Fact]
    public async Task Merge_WithABadBodyOrWithoutThePermission_IsRefusedWithAProblem()
    {
        await using var app = await TestApp.StartAsync();
        using var manager = await app.ClientAsAsync(RoleNames.Manager);
        var customer = (long)(await manager.CreateCustomerAsync("""{"name":"Ada Lovelace"}"""))["id"]!;

        foreach (var body in (string[])["{}", $$"""{"survivor_id":{{customer}}}""", $$"""{"survivor_id":{{customer}},"ids":[]}""",
            $$"""{"survivor_id":{{customer}},"ids":[{{customer}}]}""", $$"""{"survivor_id":{{customer}},"ids":[99999]}""",
            $$"""{"survivor_id":{{customer}},"ids":[2],"fields":{"email":2,"Email":2} }"""])
            await (await manager.PostAsync("/api/customers/merge", ApiClient.Json(body))).ProblemAsync(HttpStatusCode.BadRequest);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        await (await staff.PostAsync("/api/customers/merge", ApiClient.Json($$"""{"survivor_id":{{customer}},"ids":[2]}""")))
            .ProblemAsync(HttpStatusCode.Forbidden);
    }

    private static JsonObject Field(JsonObject answer, string name) => answer["fields"]!.AsArray().Select(f => f!.AsObject())
        .Single(f => (string)f["name"]! == name);
}
