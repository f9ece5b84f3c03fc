using System.Net;
using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Api;

/// <summary>Document 3, “Customer management”: its requests for making and getting a customer, as they are printed.</summary>
public sealed class DocumentThreeCustomerTests
{
    private const string Root = "/api/v1/retail-customers";

    private const string Jane = """
        {
          "first_name": "Jane",
          "last_name": "Smith",
          "email": "jane@example.com",
          "phone": "+918765432109",
          "city": "Delhi",
          "user_id": "uuid-optional"
        }
        """;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task CreateCustomer_AsPrinted_IsKeptWhole_AndFoundByIdNumberAndEmail(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        var created = await client.PostAsync(Root + "/", ApiClient.Json(Jane));
        Assert.True(created.StatusCode == HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        var jane = await created.ReadAsync();

        Assert.Equal(
            ["id", "customer_number", "first_name", "last_name", "email", "phone", "date_of_birth", "gender", "address_line1",
                "address_line2", "city", "state", "postal_code", "country", "user_id", "is_active", "email_verified",
                "phone_verified", "email_marketing_consent", "sms_marketing_consent", "loyalty_tier", "loyalty_points", "total_orders",
                    "total_spent", "average_order_value", "first_order_date", "last_order_date", "created_at", "updated_at"],
            jane.Select(p => p.Key));
        foreach (var (field, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(Jane)!)
            Assert.Equal(value, (string)jane[field]!);
        Assert.Equal(JsonValueKind.String, jane["id"]!.GetValueKind());
        Assert.Matches(@"^CUST-\d{8}-\d{4}$", (string)jane["customer_number"]!);
        Assert.True((bool)jane["is_active"]!);
        Assert.Equal((0, 0m), ((int)jane["loyalty_points"]!, (decimal)jane["total_spent"]!));
        foreach (var unknown in new[] { "address_line1", "country", "gender", "loyalty_tier" }) Assert.Null(jane[unknown]);
        Assert.Equal($"{Root}/{(string)jane["id"]!}", created.Headers.Location!.ToString());

        foreach (var path in new[] { $"/{(string)jane["id"]!}", $"/{(string)jane["id"]!}/", $"/number/{(string)jane["customer_number"]!}",
            "/email/jane@example.com", "/email/JANE%40example.com/" })
        {
            var answer = await client.GetAsync(Root + path);
            Assert.Equal((HttpStatusCode.OK, created.Headers.ETag), (answer.StatusCode, answer.Headers.ETag));
            Assert.Equal(jane.ToJsonString(), (await answer.ReadAsync()).ToJsonString());
        }

        // The core shows the same customer, their city as an address of which no more is known.
        var core = await (await client.GetAsync($"/api/customers/{(string)jane["id"]!}")).ReadAsync();
        Assert.Equal(("Jane Smith", "uuid-optional", "Delhi", ""),
            ((string)core["name"]!, (string)core["external_id"]!, (string)core["addresses"]![0]!["city"]!,
            (string)core["addresses"]![0]!["line1"]!));
        Assert.Equal(1, (int)(await (await client.GetAsync("/api/customers?filter=city:is:delhi")).ReadAsync())["total"]!);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task CreateCustomer_WithEveryFieldOfTheDocument_KeepsThemAll_AndIsUndoneWhole(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        var manager = await TestUsers.CreateAsync(app.Services, RoleNames.Manager);
        using var client = await app.ClientAsAsync(manager);

        var john = await (await client.PostAsync(Root, ApiClient.Json("""
            { "first_name": "John", "last_name": "Doe", "email": "john@example.com", "phone": "98765 43210", "date_of_birth": "1990-01-15", "gender": "Male",
              "address_line1": "123 Main St", "address_line2": "Flat 2", "city": "Mumbai", "state": "Maharashtra", "postal_code": "400001", "country": "India" }
            """))).ReadAsync();

        Assert.Equal(
            ("+919876543210", "1990-01-15", "Male", "123 Main St", "Flat 2", "Mumbai", "Maharashtra", "400001", "IN"),
            ((string)john["phone"]!, (string)john["date_of_birth"]!, (string)john["gender"]!, (string)john["address_line1"]!,
                (string)john["address_line2"]!, (string)john["city"]!, (string)john["state"]!, (string)john["postal_code"]!,
                (string)john["country"]!));

        await using var scope = new TestScope(app.Services.CreateAsyncScope(), await TestUsers.SignInAsync(app.Services, manager));
        var changeSet = Assert.Single((await scope.Get<UndoService>().LastOwnAsync(5, TestContext.Current.CancellationToken)).Take(1));
        await scope.Get<UndoService>().UndoAsync(changeSet, false, TestContext.Current.CancellationToken);
        await (await client.GetAsync($"{Root}/{(string)john["id"]!}")).ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.Created,
            (await client
            .PostAsync(Root, ApiClient.Json("""{"first_name":"John","email":"john@example.com","country":"gb"}"""))).StatusCode);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task CreateCustomer_WhatIsWrong_IsToldByField_AndNothingIsHalfDone(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        await client.PostAsync(Root, ApiClient.Json(Jane));

        (string Body, string Field)[] invalid =
        [
            ("{}", "first_name"), ("""{"first_name":"J","email":"nobody"}""", "email"),
                ("""{"first_name":"J","phone":"call me"}""", "phone"), ("""{"first_name":"J","gender":"robot"}""", "gender"),
            ("""{"first_name":"J","gender":"1"}""", "gender"), ("""{"first_name":"J","gender":"Male,Female"}""", "gender"),
                ("""{"first_name":"J","date_of_birth":"1200-01-01"}""", "date_of_birth"),
            ("""{"first_name":"J","country":"Atlantis"}""", "country"), ("""{"first_name":"J","address_line1":"1 High Street"}""", "city"),
                ("""{"first_name":"J","state":"Delhi"}""", "city"),
            ("""{"first_name":"J","postal_code":"110001","city":" "}""", "city"),
                ("""{"first_name":"J","city":"Delhi","country":"India","postal_code":"N1"}""", "postal_code"),
            ($$"""{"first_name":"J","city":"Delhi","address_line1":"{{new string('x', 201)}}"}""", "address_line1"),
                ($$"""{"first_name":"J","user_id":"{{new string('x', 101)}}"}""", "user_id"),
                ("""{"first_name":"a\u0000b"}""", "first_name"),
            ($$"""{"last_name":"{{new string('x', 101)}}"}""", "last_name"),
        ];
        foreach (var (body, field) in invalid)
        {
            var problem = await (await client.PostAsync(Root, ApiClient.Json(body))).ProblemAsync(HttpStatusCode.UnprocessableEntity);
            Assert.True(problem["errors"]?[field] is not null, $"{body[..Math.Min(60, body.Length)]} -> {problem}");
        }

        (string Body, string? Field)[] unreadable =
        [
            ("", null), ("[]", null), ("null", null), ("{", null), ("""{"first_name":5}""", "first_name"),
                ("""{"first_name":"J","loyalty_points":9}""", "loyalty_points"), ("""{"first_name":"J","tier":"gold"}""", "tier"),
            ("""{"first_name":"J","role":"admin"}""", "role"),
                ("""{"first_name":"J","date_of_birth":"15.1.1990"}""", "date_of_birth"),
        ];
        foreach (var (body, field) in unreadable)
        {
            var problem = await (await client.PostAsync(Root, ApiClient.Json(body))).ProblemAsync(HttpStatusCode.BadRequest);
            if (field is not null) Assert.True(problem["errors"]?[field] is not null, $"{body} -> {problem}");
        }

        // The document prints this sentence, and 400 for what the data does not allow: it knows no 409.
        var email = await (await client
            .PostAsync(Root, ApiClient.Json("""{"first_name":"Eve","email":"JANE@example.com","city":"Paris"}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(("Email already registered", "Email already registered"),
            ((string)email["detail"]!, (string)email["errors"]!["email"]![0]!));
        var phone = await (await client
            .PostAsync(Root, ApiClient.Json("""{"first_name":"Eve","phone":"+91 87654 32109","city":"Paris"}""")))
            .ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal("Phone already registered", (string)phone["detail"]!);

        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        Assert.Equal((1, 1),
            (await db.Customers.CountAsync(TestContext.Current.CancellationToken),
            await db.Addresses.CountAsync(TestContext.Current.CancellationToken)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task CreateCustomer_WithTheSameKey_IsDoneOnce(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);

        var first = await client.SendAsync(HttpMethod.Post, Root + "/", Jane, ("Idempotency-Key", "jane-1"));
        var again = await client.SendAsync(HttpMethod.Post, Root, Jane, ("Idempotency-Key", "jane-1"));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created, "true"),
            (first.StatusCode, again.StatusCode, again.Headers.GetValues("Idempotency-Replayed").Single()));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        await (await client.SendAsync(HttpMethod.Post, Root, """{"first_name":"Eve"}""", ("Idempotency-Key", "jane-1")))
            .ProblemAsync(HttpStatusCode.UnprocessableEntity);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task GetCustomer_WhoIsNotThere_IsNotFound_AndAFurtherEmailLeadsToTheOnlyOneWhoHasIt(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await app.ClientAsAsync(RoleNames.Manager);
        var id = (string)(await (await client.PostAsync(Root, ApiClient.Json(Jane))).ReadAsync())["id"]!;
        var other = (string)(await (await client.PostAsync(Root, ApiClient.Json("""{"first_name":"Joe"}"""))).ReadAsync())["id"]!;

        foreach (var path in new[] { "/999", "/nobody", "/-1", $"/{new string('9', 40)}", "/number/CUST-20251217-0001x",
            "/number/%F0%9F%92%A9", "/email/nobody@example.com", "/email/jane", "/email/%20" })
            Assert.Equal("Customer not found",
                (string)(await (await client.GetAsync(Root + path)).ProblemAsync(HttpStatusCode.NotFound))["detail"]!);

        await using var system = app.AsSystem();
        await AddAsync(id);
        Assert.Equal(id, (string)(await (await client.GetAsync(Root + "/email/home@example.com")).ReadAsync())["id"]!);
        await AddAsync(other);
        await (await client.GetAsync(Root + "/email/home@example.com")).ProblemAsync(HttpStatusCode.NotFound);

        Assert.Equal(HttpStatusCode.OK, (await client.DeleteAsync($"/api/customers/{id}")).StatusCode);
        foreach (var path in new[] { "/" + id, "/email/jane@example.com" })
            await (await client.GetAsync(Root + path)).ProblemAsync(HttpStatusCode.NotFound);

        Task AddAsync(string customer) => system.Get<AddressService>()
            .AddContactPointAsync(long.Parse(customer, System.Globalization.CultureInfo.InvariantCulture), ContactKind.Email,
            "home@example.com", null, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Customer_IsForThoseWhoMay_AndMaskedForThoseWhoMayNotSee()
    {
        await using var app = await TestApp.StartAsync();
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        using var customer = await app.ClientAsAsync(RoleNames.Customer);
        using var nobody = app.CreateClient();

        var jane = await (await staff.PostAsync(Root, ApiClient.Json(Jane))).ReadAsync();
        Assert.Equal("Jane", (string)jane["first_name"]!);
        Assert.NotEqual("jane@example.com", (string)jane["email"]!);
        // Found by the complete e-mail only, and that is logged.
        var found = await (await staff.GetAsync(Root + "/email/jane@example.com")).ReadAsync();
        Assert.Equal((string)jane["id"]!, (string)found["id"]!);
        await (await staff.GetAsync(Root + "/email/jane@example")).ProblemAsync(HttpStatusCode.NotFound);
        await using (var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null))
            Assert.Equal(1, await db.AuditEntries.CountAsync(e => e.Action == AuditAction.Revealed
                && e.EntityId == long.Parse((string)jane["id"]!, System.Globalization.CultureInfo.InvariantCulture),
                TestContext.Current.CancellationToken));

        foreach (var path in new[] { $"/{(string)jane["id"]!}", $"/number/{(string)jane["customer_number"]!}", "/email/jane@example.com" })
        {
            await (await customer.GetAsync(Root + path)).ProblemAsync(HttpStatusCode.Forbidden);
            await (await nobody.GetAsync(Root + path)).ProblemAsync(HttpStatusCode.Unauthorized);
        }

        await (await customer.PostAsync(Root, ApiClient.Json(Jane))).ProblemAsync(HttpStatusCode.Forbidden);
        await (await nobody.PostAsync(Root, ApiClient.Json(Jane))).ProblemAsync(HttpStatusCode.Unauthorized);
    }
}
