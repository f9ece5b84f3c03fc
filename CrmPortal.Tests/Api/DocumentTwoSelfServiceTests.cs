using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.SelfService;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

/// <summary>
/// Document 2, examples 1 to 4, 7 and 8: a customer registers, confirms the mailed link, and reaches what is their own and nothing else.
/// </summary>
public sealed class DocumentTwoSelfServiceTests
{
    private const string Root = "/api/customers";
    private const string Password = "SecureP@ssw0rd123!";

    private const string Registration = """
        {
          "username": "johndoe",
          "email": "john@example.com",
          "password": "SecureP@ssw0rd123!",
          "password2": "SecureP@ssw0rd123!",
          "first_name": "John",
          "last_name": "Doe",
          "phone": "+1234567890"
        }
        """;

    private const string Address = """
        {
          "address_type": "shipping",
          "first_name": "John",
          "last_name": "Doe",
          "phone": "+1234567890",
          "address_line1": "123 Main St",
          "address_line2": "Apt 4B",
          "city": "New York",
          "state": "NY",
          "postal_code": "10001",
          "country": "USA",
          "is_default": true
        }
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_RegistersConfirmsAndChangesTheirProfileAndPassword(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        using var client = accounts.App.CreateClient();

        var answer = await client.SendAsync(HttpMethod.Post, Root + "/register/", Registration);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Token));
        var john = await answer.ReadAsync();
        Assert.Equal(("johndoe", "john@example.com", "John", "Doe", "+1234567890", true, false, 0L), ((string)john["username"]!,
            (string)john["email"]!, (string)john["first_name"]!, (string)john["last_name"]!, (string)john["phone"]!,
            (bool)john["is_active"]!, (bool)john["is_verified"]!, (long)john["loyalty_points"]!));
        Assert.Equal("0.00", (string)john["total_spent"]!);

        // Before the link was followed nobody signs in, with the right password neither.
        await (await LoginAsync(client, "johndoe", Password)).ProblemAsync(HttpStatusCode.Unauthorized);
        await ConfirmAsync(accounts, "john@example.com", Password);
        await SignInAsync(client, "johndoe", Password);

        var me = await (await client.GetAsync(Root + "/customers/me/", Token)).ReadAsync();
        Assert.Equal(((long)john["id"]!, true), ((long)me["id"]!, (bool)me["is_verified"]!));
        var changed = await client.SendAsync(HttpMethod.Patch, Root + "/customers/update_profile/", """
            { "first_name": "John", "last_name": "Smith", "phone": "+1234567890", "accepts_marketing_email": true, "preferred_currency": "USD" }
            """);
        var smith = await changed.ReadAsync();
        Assert.Equal(("Smith", true, "USD", "John"), ((string)smith["last_name"]!, (bool)smith["accepts_marketing_email"]!,
            (string)smith["preferred_currency"]!, (string)smith["first_name"]!));
        var put = await client.SendAsync(HttpMethod.Put, Root + "/customers/update_profile/", """{"gender":"male"}""");
        Assert.Equal("male", (string)(await put.ReadAsync())["gender"]!);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await client.SendAsync(HttpMethod.Patch, Root + "/customers/update_profile/",
            """{"first_name":"Jim"}""", ("If-Match", changed.Headers.ETag!.ToString()))).StatusCode);
        var refused = await (await client.SendAsync(HttpMethod.Patch, Root + "/customers/update_profile/", """{"is_vip":true}"""))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.NotNull(refused["errors"]!["is_vip"]);

        var wrong = await (await PasswordAsync(client, "not this one 1", "NewSecureP@ss456!", "NewSecureP@ss456!"))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.NotNull(wrong["errors"]!["old_password"]);
        Assert.NotNull((await (await PasswordAsync(client, Password, "NewSecureP@ss456!", "other"))
            .ProblemAsync(HttpStatusCode.BadRequest))["errors"]!["new_password2"]);
        Assert.NotNull((await (await PasswordAsync(client, Password, "short", "short"))
            .ProblemAsync(HttpStatusCode.BadRequest))["errors"]!["new_password"]);
        Assert.Equal(HttpStatusCode.OK, (await PasswordAsync(client, Password, "NewSecureP@ss456!", "NewSecureP@ss456!")).StatusCode);
        await (await client.GetAsync(Root + "/customers/me/", Token)).ProblemAsync(HttpStatusCode.Unauthorized);
        await SignInAsync(client, "john@example.com", "NewSecureP@ss456!");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Root + "/customers/me/", Token)).StatusCode);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_HasAddressesOfTheirOwn_AndReachesNobodyElses(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        using var staff = await accounts.App.ClientAsAsync(RoleNames.Manager);
        var other = await staff.CreateCustomerAsync("""{"name":"Mary Major","email":"mary@example.com"}""");
        var theirs = await (await staff.SendAsync(HttpMethod.Post, Root + "/addresses/",
            $$"""{"customer":{{other["id"]}},"address_line1":"1 High St","city":"Newport","country":"GB"}""")).ReadAsync();
        using var client = await CustomerAsync(accounts, "john@example.com");
        var me = await (await client.GetAsync(Root + "/customers/me", Token)).ReadAsync();

        var made = await client.SendAsync(HttpMethod.Post, Root + "/addresses/", Address);
        Assert.True(made.StatusCode == HttpStatusCode.Created, await made.Content.ReadAsStringAsync(Token));
        var address = await made.ReadAsync();
        Assert.Equal(("shipping", "John", "+1234567890", "123 Main St", "Apt 4B", "New York", "NY", "10001", "US", true),
            ((string)address["address_type"]!, (string)address["first_name"]!, (string)address["phone"]!,
            (string)address["address_line1"]!, (string)address["address_line2"]!, (string)address["city"]!, (string)address["state"]!,
            (string)address["postal_code"]!, (string)address["country"]!, (bool)address["is_default"]!));
        Assert.Equal((long)me["id"]!, (long)address["customer"]!);
        var second = await (await client.SendAsync(HttpMethod.Post, Root + "/addresses/",
            """{"address_type":"shipping","address_line1":"5 Elm St","city":"Boston","country":"US"}""")).ReadAsync();
        var chosen = await (await client.SendAsync(HttpMethod.Post, $"{Root}/addresses/{second["id"]}/set_default/")).ReadAsync();
        Assert.True((bool)chosen["is_default"]!);
        var moved = await (await client.SendAsync(HttpMethod.Patch, $"{Root}/addresses/{second["id"]}/", """{"city":"Salem"}""")).ReadAsync();
        Assert.Equal(("Salem", "5 Elm St"), ((string)moved["city"]!, (string)moved["address_line1"]!));

        Assert.Equal([(long)second["id"]!], await IdsAsync(client, "is_default=true"));
        Assert.Equal([(long)second["id"]!], await IdsAsync(client, "city=alE&country=USA"));
        Assert.Equal([(long)address["id"]!], await IdsAsync(client, "state=NY&address_type=shipping"));
        Assert.Equal([(long)address["id"]!, (long)second["id"]!], await IdsAsync(client, "ordering=created_at"));
        Assert.Equal([(long)second["id"]!, (long)address["id"]!], await IdsAsync(client, "ordering=-is_default"));
        Assert.Empty(await IdsAsync(client, $"customer={other["id"]}"));
        Assert.Equal(3, (await IdsAsync(staff, "")).Count);
        Assert.Equal([(long)theirs["id"]!], await IdsAsync(staff, $"customer={other["id"]}"));

        var notTheirs = $"{Root}/addresses/{theirs["id"]}";
        foreach (var (method, path, body) in new (HttpMethod, string, string?)[]
        {
            (HttpMethod.Get, notTheirs, null), (HttpMethod.Put, notTheirs, """{"city":"X"}"""),
            (HttpMethod.Patch, notTheirs, """{"city":"X"}"""), (HttpMethod.Delete, notTheirs, null),
            (HttpMethod.Post, notTheirs + "/set_default", null), (HttpMethod.Get, $"{Root}/customers/{other["id"]}", null),
            (HttpMethod.Patch, $"{Root}/customers/{other["id"]}", """{"first_name":"X"}"""),
            (HttpMethod.Put, $"{Root}/customers/{other["id"]}", """{"first_name":"X"}"""),
            (HttpMethod.Post, $"{Root}/customers/{other["id"]}/deactivate", null),
            (HttpMethod.Get, $"{Root}/customers/{other["id"]}/stats", null),
            (HttpMethod.Get, $"{Root}/customers/{other["id"]}/orders", null),
            (HttpMethod.Get, $"{Root}/customers/{other["id"]}/wishlist", null),
            (HttpMethod.Get, $"{Root}/customers/{other["id"]}/reviews", null),
        }) await (await client.SendAsync(method, path, body)).ProblemAsync(HttpStatusCode.NotFound);
        await (await client.SendAsync(HttpMethod.Post, Root + "/addresses/",
            $$"""{"customer":{{other["id"]}},"address_line1":"x","city":"y","country":"GB"}""")).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal("Newport", (string)(await (await staff.GetAsync(notTheirs, Token)).ReadAsync())["city"]!);
        Assert.Equal("Mary", (string)(await (await staff.GetAsync($"{Root}/customers/{other["id"]}", Token)).ReadAsync())["first_name"]!);

        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync($"{Root}/addresses/{second["id"]}/", Token)).StatusCode);
        await (await client.GetAsync($"{Root}/addresses/{second["id"]}/", Token)).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_SeesTheirOrdersAndPoints_AndNothingOfStaff(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        using var staff = await accounts.App.ClientAsAsync(RoleNames.Manager);
        using var client = await CustomerAsync(accounts, "john@example.com");
        var id = (long)(await (await client.GetAsync(Root + "/customers/me", Token)).ReadAsync())["id"]!;
        foreach (var (number, status) in new[] { ("A-1", "delivered"), ("A-2", "paid") })
        {
            var order = await staff.SendAsync(HttpMethod.Post, "/api/orders",
                $$"""{"external_id":"{{number}}","status":"{{status}}","customer_id":{{id}},"lines":[{"product_code":"MUG","name":"Mug","quantity":2,"unit_price":75}]}""");
            Assert.Equal(HttpStatusCode.Created, order.StatusCode);
        }

        await staff.SendAsync(HttpMethod.Post, $"/api/customers/{id}/wishlist", """{"product_code":"CUP","name":"Cup"}""");
        await staff.SendAsync(HttpMethod.Post, $"/api/customers/{id}/reviews", """{"product_code":"MUG","rating":5}""");

        var delivered = await (await client.GetAsync($"{Root}/customers/{id}/orders/?status=delivered", Token)).ReadAsync();
        var only = Assert.Single(delivered["items"]!.AsArray())!;
        Assert.Equal(("A-1", "delivered", "150.00"), ((string)only["order_number"]!, (string)only["status"]!, (string)only["total"]!));
        Assert.Equal(2, (int)(await (await client.GetAsync($"{Root}/customers/{id}/orders/", Token)).ReadAsync())["total"]!);
        Assert.Equal("300.00", (string)(await (await client.GetAsync($"{Root}/customers/{id}/stats/", Token)).ReadAsync())["total_spent"]!);
        Assert.Single(JsonNode.Parse(await client.GetStringAsync($"{Root}/customers/{id}/wishlist/", Token))!.AsArray());
        Assert.Single(JsonNode.Parse(await client.GetStringAsync($"{Root}/customers/{id}/reviews/", Token))!.AsArray());

        // A list, somebody's points, tags, notes, groups' members, imports, exports, audit: all of it is staff's.
        foreach (var (method, path, body) in new (HttpMethod, string, string?)[]
        {
            (HttpMethod.Get, Root + "/customers/", null), (HttpMethod.Delete, $"{Root}/customers/{id}/", null),
            (HttpMethod.Post, $"{Root}/customers/{id}/verify/", null), (HttpMethod.Post, $"{Root}/customers/{id}/make_vip/", null),
            (HttpMethod.Post, $"{Root}/customers/{id}/add_loyalty_points/", """{"points":5,"reason":"x"}"""),
            (HttpMethod.Post, $"{Root}/customers/{id}/update_loyalty_tier/", null),
            (HttpMethod.Post, $"{Root}/customers/{id}/reactivate/", null), (HttpMethod.Get, $"/api/customers/{id}", null),
            (HttpMethod.Get, $"/api/customers/{id}/notes", null), (HttpMethod.Get, "/api/v1/retail-customers/", null),
            (HttpMethod.Post, "/api/v1/retail-customers/loyalty/earn", $$"""{"customer_id":"{{id}}","points":5}"""),
            (HttpMethod.Get, "/api/orders", null), (HttpMethod.Get, "/api/tickets", null), (HttpMethod.Get, "/api/tags", null),
        }) await (await client.SendAsync(method, path, body)).ProblemAsync(HttpStatusCode.Forbidden);
        // Staff are no customers.
        await (await staff.GetAsync(Root + "/customers/me/", Token)).ProblemAsync(HttpStatusCode.Forbidden);

        // Their own points and record on the retail contract, and the groups that they are in, without whom else and why.
        var points = await (await client.GetAsync($"/api/v1/retail-customers/{id}/loyalty/balance", Token)).ReadAsync();
        Assert.Equal(id.ToString(System.Globalization.CultureInfo.InvariantCulture), (string)points["customer_id"]!);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"/api/v1/retail-customers/{id}", Token)).StatusCode);
        await (await client.GetAsync($"/api/v1/retail-customers/{id + 1}/loyalty/balance", Token)).ProblemAsync(HttpStatusCode.NotFound);
        await (await client.GetAsync($"/api/v1/retail-customers/{id + 1}", Token)).ProblemAsync(HttpStatusCode.NotFound);
        var group = (long)(await (await staff.SendAsync(HttpMethod.Post, Root + "/groups/", """{"name":"Gold","discount_percentage":15}"""))
            .ReadAsync())["id"]!;
        var secret = (long)(await (await staff.SendAsync(HttpMethod.Post, Root + "/groups/", """{"name":"Slow payers"}""")).ReadAsync())["id"]!;
        await staff.SendAsync(HttpMethod.Post, $"{Root}/groups/{group}/add_member/", $$"""{"customer_id":{{id}}}""");
        var groups = (await (await client.GetAsync(Root + "/groups/", Token)).ReadAsync())["items"]!.AsArray();
        Assert.Equal(("Gold", 0), ((string)Assert.Single(groups)!["name"]!, (int)groups[0]!["member_count"]!));
        Assert.False((await (await client.GetAsync($"{Root}/groups/{group}/", Token)).ReadAsync()).ContainsKey("statistics"));
        await (await client.GetAsync($"{Root}/groups/{secret}/", Token)).ProblemAsync(HttpStatusCode.NotFound);
        await (await client.GetAsync($"{Root}/groups/{group}/members/", Token)).ProblemAsync(HttpStatusCode.Forbidden);

        // They close their record themselves; who is blocked is signed out with the next request.
        Assert.False((bool)(await (await client.SendAsync(HttpMethod.Post, $"{Root}/customers/{id}/deactivate/")).ReadAsync())["is_active"]!);
        await staff.SendAsync(HttpMethod.Patch, $"/api/customers/{id}/block", """{"is_blocked":true,"block_reason":"Fraud"}""");
        await (await client.GetAsync(Root + "/customers/me/", Token)).ProblemAsync(HttpStatusCode.Unauthorized);
        await (await LoginAsync(client, "john@example.com", Password)).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Registering_WithTheEmailOfARecord_TellsNothing_AndJoinsItOnceConfirmed(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        using var staff = await accounts.App.ClientAsAsync(RoleNames.Manager);
        var known = await staff.CreateCustomerAsync("""{"name":"Johnny Doe","email":"John@Example.com","phone":"+1234567890"}""");
        using var client = accounts.App.CreateClient();

        var answer = await client.SendAsync(HttpMethod.Post, Root + "/register/", Registration);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var made = await answer.ReadAsync();
        Assert.NotEqual((long)known["id"]!, (long)made["id"]!);
        Assert.Equal(("john@example.com", "+1234567890"), ((string)made["email"]!, (string)made["phone"]!));
        // The same, where nobody has the e-mail: the answers have the same fields.
        using var stranger = accounts.App.CreateClient();
        var fresh = await (await stranger.SendAsync(HttpMethod.Post, Root + "/register/", Registration.Replace("john", "jane",
            StringComparison.Ordinal).Replace("+1234567890", "+1234567899", StringComparison.Ordinal))).ReadAsync();
        Assert.Equal(fresh.Select(p => (p.Key, p.Value?.GetValueKind())), made.Select(p => (p.Key, p.Value?.GetValueKind())));
        // The record that was there is as it was.
        var before = await (await staff.GetAsync($"/api/customers/{known["id"]}", Token)).ReadAsync();
        Assert.Equal(known.ToJsonString(), before.ToJsonString());

        // The link alone is not enough, and a wrong password neither.
        var link = await accounts.LinkToAsync("john@example.com");
        var page = await accounts.OpenBrowser().SubmitAsync(link, "confirm", new() { ["Input.Password"] = "some other sentence" });
        Assert.Contains("not the password", await page.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);

        await (await LoginAsync(client, "johndoe", Password)).ProblemAsync(HttpStatusCode.Unauthorized);
        await ConfirmAsync(accounts, "john@example.com", Password);
        await SignInAsync(client, "johndoe", Password);
        var me = await (await client.GetAsync(Root + "/customers/me/", Token)).ReadAsync();
        Assert.Equal(((long)known["id"]!, "Johnny", true), ((long)me["id"]!, (string)me["first_name"]!, (bool)me["is_verified"]!));
        // The link has done its work.
        var late = await accounts.OpenBrowser().Http.GetStringAsync(new Uri(link, UriKind.Relative), Token);
        Assert.Contains("has expired", late, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Registering_WhatIsWrong_IsToldByField_AndNothingIsHalfDone(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        using var client = accounts.App.CreateClient();
        Assert.Equal(HttpStatusCode.Created, (await client.SendAsync(HttpMethod.Post, Root + "/register", Registration)).StatusCode);

        foreach (var (change, field) in new (Action<JsonObject> Change, string Field)[]
        {
            (b => b["email"] = "nobody", "email"), (b => b.Remove("email"), "email"), (b => b["password"] = "short", "password"),
            (b => b["password2"] = "another one 123", "password2"), (b => b["first_name"] = " ", "first_name"),
            (b => b["username"] = "a@b", "username"), (b => b["username"] = "johndoe", "username"), (b => b["phone"] = "call me", "phone"),
            (b => b["email"] = "JOHN@example.com", "email"), (b => b["loyalty_points"] = 500, "loyalty_points"),
            (b => b["gender"] = "robot", "gender"),
        })
        {
            var body = JsonNode.Parse(Registration)!.AsObject();
            (body["email"], body["username"]) = ("new@example.com", "newone");
            if (field == "password") body.Remove("password2");
            change(body);
            var problem = await (await client.SendAsync(HttpMethod.Post, Root + "/register", body.ToJsonString()))
                .ProblemAsync(HttpStatusCode.BadRequest);
            Assert.True(problem["errors"]?[field] is not null, $"{field}: {problem}");
        }

        var taken = JsonNode.Parse(Registration)!.AsObject();
        taken["username"] = "other";
        Assert.Equal("Email already registered", (string)(await (await client.SendAsync(HttpMethod.Post, Root + "/register",
            taken.ToJsonString())).ProblemAsync(HttpStatusCode.BadRequest))["detail"]!);
        Assert.Equal((1, 1), (await accounts.ReadAsync(db => db.Users.CountAsync(u => u.CustomerId != null, Token)),
            await accounts.ReadAsync(db => db.Set<Customer>().CountAsync(Token))));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Registration_ThatNobodyConfirms_IsRemovedInTime(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        using var client = accounts.App.CreateClient();
        var made = await (await client.SendAsync(HttpMethod.Post, Root + "/register", Registration)).ReadAsync();
        var clean = async () =>
        {
            await using var scope = accounts.App.AsSystem();
            await scope.Get<RegistrationService>().RemoveUnconfirmedAsync(Token);
        };

        accounts.Clock.Leap(RegistrationService.Patience - TimeSpan.FromMinutes(1));
        await clean();
        Assert.Equal(1, await accounts.ReadAsync(db => db.Users.CountAsync(u => u.CustomerId != null, Token)));
        accounts.Clock.Advance(TimeSpan.FromMinutes(2));
        await clean();

        Assert.Equal(0, await accounts.ReadAsync(db => db.Users.CountAsync(u => u.CustomerId != null, Token)));
        var id = (long)made["id"]!;
        Assert.NotNull(await accounts.ReadAsync(db => db.Set<Customer>().Where(c => c.Id == id).Select(c => c.DeletedAt)
            .FirstAsync(Token)));
        Assert.Equal(HttpStatusCode.Created, (await client.SendAsync(HttpMethod.Post, Root + "/register", Registration)).StatusCode);
    }

    private static async Task<HttpClient> CustomerAsync(AccountApp accounts, string email)
    {
        var client = accounts.App.CreateClient();
        var body = JsonNode.Parse(Registration)!.AsObject();
        body["email"] = email;
        Assert.Equal(HttpStatusCode.Created, (await client.SendAsync(HttpMethod.Post, Root + "/register", body.ToJsonString())).StatusCode);
        await ConfirmAsync(accounts, email, Password);
        await SignInAsync(client, email, Password);
        return client;
    }

    private static async Task ConfirmAsync(AccountApp accounts, string email, string password)
    {
        var link = await accounts.LinkToAsync(email);
        var answer = await accounts.OpenBrowser().SubmitAsync(link, "confirm", new() { ["Input.Password"] = password });
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    private static Task<HttpResponseMessage> LoginAsync(HttpClient client, string name, string password) =>
        client.SendAsync(HttpMethod.Post, "/api/auth/login", $$"""{"username":"{{name}}","password":"{{password}}"}""");

    private static async Task SignInAsync(HttpClient client, string name, string password)
    {
        var answer = await LoginAsync(client, name, password);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Token));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer",
            (string)(await answer.ReadAsync())["access_token"]!);
    }

    private static Task<HttpResponseMessage> PasswordAsync(HttpClient client, string old, string password, string again) =>
        client.SendAsync(HttpMethod.Post, Root + "/customers/change_password/",
            $$"""{"old_password":"{{old}}","new_password":"{{password}}","new_password2":"{{again}}"}""");

    private static async Task<List<long>> IdsAsync(HttpClient client, string query) =>
        [.. (await (await client.GetAsync($"{Root}/addresses/?{query}", Token)).ReadAsync())["items"]!.AsArray()
            .Select(a => (long)a!["id"]!)];
}
