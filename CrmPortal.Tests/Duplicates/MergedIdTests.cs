using System.Net;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Duplicates;

/// <summary>A system that stored the id of a customer who was merged since goes on working with it.</summary>
public sealed class MergedIdTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task IdOfAMergedCustomer_LeadsToTheSurvivor_EverywhereButInRemoving(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Administrator);
        var survivor = (long)(await client.CreateCustomerAsync("""{"name":"Ada Lovelace"}"""))["id"]!;
        var other = (long)(await client.CreateCustomerAsync("""{"name":"Ada King"}"""))["id"]!;
        await client.PostAsync("/api/customers/merge", ApiClient.Json($$"""{"survivor_id":{{survivor}},"ids":[{{other}}]}"""));

        Assert.Equal(survivor, (long)(await (await client.GetAsync($"/api/customers/{other}")).ReadAsync())["id"]!);
        Assert.Equal(survivor.ToString(System.Globalization.CultureInfo.InvariantCulture),
            (string)(await (await client.GetAsync($"/api/v1/retail-customers/{other}")).ReadAsync())["id"]!);
        Assert.Equal(HttpStatusCode.OK,
            (await client.SendAsync(HttpMethod.Patch, $"/api/customers/{other}", """{"first_name":"Augusta"}""")).StatusCode);
        foreach (var path in (string[])["addresses", "notes", "tags", "contacts", "preferences", "wishlist", "carts", "reviews",
            "consents", "documents", "orders", "loyalty/balance", "loyalty/transactions"])
            Assert.True((await client.GetAsync($"/api/customers/{other}/{path}")).StatusCode == HttpStatusCode.OK, path);
        Assert.Equal(HttpStatusCode.Created,
            (await client.SendAsync(HttpMethod.Post, $"/api/customers/{other}/notes", """{"text":"Hello"}""")).StatusCode);
        var earned =
            await (await client.SendAsync(HttpMethod.Post, "/api/loyalty/earn",
            $$"""{"customer_id":{{other}},"points":5,"description":"Till"}""")).ReadAsync();
        Assert.Equal(survivor, (long)earned["customer_id"]!);
        Assert.Equal(HttpStatusCode.Created,
            (await client.SendAsync(HttpMethod.Post, "/api/loyalty/redeem",
            $$"""{"customer_id":{{other}},"points":2,"description":"Till"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.Created,
            (await client.SendAsync(HttpMethod.Post, "/api/loyalty/adjust",
            $$"""{"customer_id":{{other}},"points":2,"reason":"Sorry"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.OK,
            (await client.SendAsync(HttpMethod.Put, "/api/loyalty/tier",
            $$"""{"customer_id":{{other}},"new_tier":"gold","reason":"Kind"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync($"/api/loyalty/expire-points?customer_id={other}", null)).StatusCode);
        var order = await (await client.SendAsync(HttpMethod.Post, "/api/orders",
            $$"""{"external_id":"A-1","customer_id":{{other}},"lines":[{"product_code":"MUG","name":"Mug","quantity":1,"unit_price":10}]}""")).ReadAsync();
        Assert.Equal(survivor, (long)order["customer_id"]!);

        // What is removed is what was named.
        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync($"/api/customers/{other}?permanent=true")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/api/customers/{survivor}")).StatusCode);
        await (await client.GetAsync($"/api/customers/{other}")).ProblemAsync(HttpStatusCode.NotFound);
    }
}
