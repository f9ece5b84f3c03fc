using System.Net;
using System.Text.Json.Nodes;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api;

/// <summary>Wishes, reviews and carts for programs.</summary>
public sealed class ShoppingEndpointTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Shopping_OfACustomer_IsWrittenReadAndRemoved(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Staff);
        var customer = (long)(await client.CreateCustomerAsync("""{"name":"Ada","email":"ada@example.com"}"""))["id"]!;
        var root = $"/api/customers/{customer}";

        var wish = await (await client.PostAsync(root + "/wishlist", ApiClient.Json("""{"product_code":"MUG-1","name":"Mug"}""")))
            .ReadAsync();
        Assert.Equal(("MUG-1", "Mug"), ((string)wish["product_code"]!, (string)wish["name"]!));
        Assert.Single(await ListAsync(client, root + "/wishlist"));
        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync($"{root}/wishlist/{(long)wish["id"]!}")).StatusCode);
        await (await client.DeleteAsync($"{root}/wishlist/{(long)wish["id"]!}")).ProblemAsync(HttpStatusCode.NotFound);

        var review =
            await (await client.PostAsync(root + "/reviews", ApiClient.Json("""{"product_code":"MUG-1","rating":5,"title":"Lovely"}""")))
            .ReadAsync();
        Assert.Equal((5, "Lovely", "Mug"), ((int)review["rating"]!, (string)review["title"]!, (string)review["product_name"]!));
        Assert.Equal("rating",
            Assert.Single((await (await client.PostAsync(root + "/reviews", ApiClient.Json("""{"product_code":"MUG-1"}""")))
            .ProblemAsync(HttpStatusCode.BadRequest))["errors"]!.AsObject()).Key);
        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync($"{root}/reviews/{(long)review["id"]!}")).StatusCode);
        Assert.Empty(await ListAsync(client, root + "/reviews"));

        const string Cart = """{"email":"ada@example.com","lines":[{"product_code":"MUG-1","quantity":2,"unit_price":12.5}]}""";
        var cart = await (await client.PutAsync("/api/carts/C-77", ApiClient.Json(Cart))).ReadAsync();
        Assert.Equal((customer, 25m, "open"), ((long)cart["customer_id"]!, (decimal)cart["total"]!, (string)cart["state"]!));
        Assert.Equal((long)cart["version"]!, (long)(await (await client.PutAsync("/api/carts/C-77", ApiClient.Json(Cart)))
            .ReadAsync())["version"]!);
        Assert.Equal("C-77", (string)Assert.Single(await ListAsync(client, root + "/carts"))!["external_id"]!);
        Assert.Equal("lines[0].unit_price",
            Assert.Single((await (await client.PutAsync("/api/carts/C-77", ApiClient.Json("""{"lines":[{"product_code":"MUG-1"}]}""")))
            .ProblemAsync(HttpStatusCode.BadRequest))["errors"]!.AsObject()).Key);
        foreach (var part in new[] { "wishlist", "reviews", "carts" }) await (await client.GetAsync($"/api/customers/4711/{part}"))
            .ProblemAsync(HttpStatusCode.NotFound);
        using var nobody = app.CreateClient();
        await (await nobody.PutAsync("/api/carts/C-77", ApiClient.Json(Cart))).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    private static async Task<JsonArray> ListAsync(HttpClient client, string path) => JsonNode.Parse(await client.GetStringAsync(path))!
        .AsArray();
}
