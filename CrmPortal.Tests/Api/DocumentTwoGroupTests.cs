using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api;

/// <summary>Document 2, “Customer Groups API”, request by request, and the same in the core tree.</summary>
public sealed class DocumentTwoGroupTests
{
    /// <summary>Example 12, as it is printed.</summary>
    private const string Gold = """
        {
          "name": "VIP Gold Members",
          "description": "Top tier customers with exclusive benefits",
          "discount_percentage": 15.00,
          "priority_support": true,
          "free_shipping": true
        }
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Group_IsMadeFilledChangedAndRemoved_AtBothAddresses(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        foreach (var root in new[] { "/api/customers/groups", "/api/groups" })
        {
            var john = (long)(await SendAsync(client, HttpMethod.Post, "/api/customers", """{"first_name":"John","last_name":"Doe"}""",
                HttpStatusCode.Created))["id"]!;

            var made = await SendAsync(client, HttpMethod.Post, root + "/", Gold, HttpStatusCode.Created);
            var id = (long)made["id"]!;
            Assert.Equal(("VIP Gold Members", "Top tier customers with exclusive benefits", "15.00", true, true, null, 0),
                ((string)made["name"]!, (string)made["description"]!, made["discount_percentage"]!.ToJsonString(),
                    (bool)made["priority_support"]!, (bool)made["free_shipping"]!, (string?)made["assignment_rules"],
                    (int)made["member_count"]!));
            // The name is taken now; another one is not, and the trailing slash is none of the address.
            Assert.Equal(HttpStatusCode.Conflict, (await client.PostAsync(root, Json(Gold), Token)).StatusCode);

            // Example 13.
            var added = await SendAsync(client, HttpMethod.Post, $"{root}/{id}/add_member/", $$"""{"customer_id": {{john}}}""");
            Assert.Equal("Customer added to group successfully.", (string)added["message"]!);
            var members = await SendAsync(client, HttpMethod.Get, $"{root}/{id}/members/");
            Assert.Equal((1, john, "John Doe", true), ((int)members["total"]!, (long)members["items"]![0]!["customer_id"]!,
                (string)members["items"]![0]!["customer_name"]!, (bool)members["items"]![0]!["added_by_hand"]!));
            var money = root == "/api/groups" ? "0" : "\"0.00\"";
            Assert.Equal(money, members["items"]![0]!["total_spent"]!.ToJsonString());
            var one = await SendAsync(client, HttpMethod.Get, $"{root}/{id}/");
            Assert.Equal((1, 1, 1, money), ((int)one["member_count"]!, (int)one["statistics"]!["member_count"]!,
                (int)one["statistics"]!["added_by_hand"]!, one["statistics"]!["total_spent"]!.ToJsonString()));

            // What is absent stays as it is; rules are JSON and come back as they were given.
            const string Ways = """{"any":[{"field":"vip","is":"yes"},{"not":{"field":"tags","is":"any","values":["old","a,b"]}}]}""";
            const string Rules = $$"""{"all":[{"field":"spent","is":"more","values":["500"]},{{Ways}}]}""";
            var changed = await SendAsync(client, HttpMethod.Patch, $"{root}/{id}",
                $$"""{"discount_percentage": 7.5, "assignment_rules": {{Rules}}}""");
            Assert.Equal(("VIP Gold Members", "7.50", Rules), ((string)changed["name"]!, changed["discount_percentage"]!.ToJsonString(),
                changed["assignment_rules"]!.ToJsonString()));
            Assert.Equal("Gold", (string)(await SendAsync(client, HttpMethod.Put, $"{root}/{id}", """{"name": "Gold"}"""))["name"]!);
            Assert.Null((await SendAsync(client, HttpMethod.Put, $"{root}/{id}", """{"assignment_rules": null}"""))["assignment_rules"]);

            await SendAsync(client, HttpMethod.Post, $"{root}/{id}/remove_member/", $$"""{"customer_id": {{john}}}""");
            Assert.Equal(0, (int)(await SendAsync(client, HttpMethod.Get, $"{root}/{id}/members"))["total"]!);
            Assert.Equal(("Gold", 1), ((string)(await SendAsync(client, HttpMethod.Get, root))["items"]![0]!["name"]!,
                (int)(await SendAsync(client, HttpMethod.Get, root))["total"]!));
            await SendAsync(client, HttpMethod.Delete, $"{root}/{id}/");
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"{root}/{id}", Token)).StatusCode);
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task WrongInput_IsSaid_AndPermissionsHold(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        const string Root = "/api/customers/groups";
        foreach (var (body, field) in new[]
        {
            ("""{"name":"x","discount_percentage":100.01}""", "discount_percentage"),
            ("""{"name":"x","discount_percentage":1.005}""", "discount_percentage"), ("""{"discount_percentage":1}""", "name"),
            ("""{"name":"x","assignment_rules":{"all":[{"field":"no_such","is":"yes"}]}}""", "assignment_rules"),
            ("""{"name":"x","assignment_rules":{"some":[]}}""", "assignment_rules"),
            ("""{"name":"x","assignment_rules":[1]}""", "assignment_rules"),
        })
        {
            var refused = await client.PostAsync(Root, Json(body), Token);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains($"\"{field}\"", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync(Root, Json("""{"name":"x","members":3}"""), Token)).StatusCode);
        var id = (long)(await SendAsync(client, HttpMethod.Post, Root, Gold, HttpStatusCode.Created))["id"]!;
        Assert.Equal("Customer not found", await DetailAsync($"{Root}/{id}/add_member"));
        Assert.Equal("Group not found", await DetailAsync($"{Root}/999/add_member"));

        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        Assert.Equal(HttpStatusCode.OK, (await staff.GetAsync($"{Root}/{id}", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await staff.PostAsync(Root, Json(Gold), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await staff.DeleteAsync($"{Root}/{id}", Token)).StatusCode);

        async Task<string> DetailAsync(string address)
        {
            using var answer = await client.PostAsync(address, Json("""{"customer_id": 999}"""), Token);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["detail"]!;
        }
    }

    private static async Task<JsonNode> SendAsync(HttpClient client, HttpMethod method, string address, string? body = null,
        HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(method, address) { Content = body is null ? null : Json(body) };
        using var answer = await client.SendAsync(request, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(expected == answer.StatusCode, $"{method} {address}: {answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
