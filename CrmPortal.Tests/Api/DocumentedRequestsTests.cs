using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api;

/// <summary>
/// Every request that one of the five documents prints is sent as it is printed, and answers with the status and the fields that are
/// printed. The list of the requests stands beside this file: one that is not replayed here fails the test.
/// </summary>
public sealed partial class DocumentedRequestsTests
{
    private const string Shop = "/api/customers/customers";
    private const string Retail = "/api/v1/retail-customers";
    private const string V2 = "/api/v2/customers";
    private const string Password = "SecureP@ssw0rd123!";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Requests_AsPrinted_AnswerAsPrinted(DatabaseKind kind)
    {
        await using var accounts = await AccountApp.StartAsync(kind);
        using var staff = await accounts.App.ClientAsAsync(RoleNames.Administrator);
        using var anyone = accounts.App.CreateClient();
        var replay = new Replays(staff, anyone);

        await FirstAndFifthAsync(replay, accounts);
        await SecondAsync(replay, accounts);
        await ThirdAsync(replay, accounts);
        await FourthAsync(replay);

        var printed = File.ReadAllLines(Path.Combine(Repository.Root, "CrmPortal.Tests", "Api", "documented-requests.csv"));
        Assert.Equal(129, printed.Length);
        Assert.Equal(printed.Order(StringComparer.Ordinal), replay.Done.Order(StringComparer.Ordinal));
    }

    private static async Task FirstAndFifthAsync(Replays replay, AccountApp accounts)
    {
        const string Customers = "/api/customers";
        var john = await replay.SendAsync(5, "POST", Customers + "/", [], HttpStatusCode.Created,
            """{"name":"John Doe","email":"john.doe@example.com","phone":"+12025550123"}""", "id", "name", "email", "phone");
        var id = john["id"]!;
        await replay.SendAsync(1, "GET", Customers + "/{id}", [id], HttpStatusCode.OK, null, "id", "name", "email", "phone");
        var changed = await replay.SendAsync(1, "PUT", Customers + "/{id}", [id], HttpStatusCode.OK,
            """{"name":"Jane Smith","email":"jane.smith@example.com","phone":"+442079460958"}""", "message");
        Assert.Equal("Customer updated successfully.", (string)changed["message"]!);
        await replay.SendAsync(5, "GET", Customers + "/{customer_id}", [id], HttpStatusCode.OK, null, "id", "name");
        await replay.SendAsync(5, "PUT", Customers + "/{customer_id}", [id], HttpStatusCode.OK, """{"language":"es"}""", "id");
        await replay.SendAsync(5, "PUT", Customers + "/{customer_id}/subscription-state", [id], HttpStatusCode.OK, """{"state":"active"}""",
            "subscription_state");

        const string Addresses = Customers + "/{customer_id}/addresses/";
        var address = (await replay.SendAsync(5, "POST", Addresses, [id], HttpStatusCode.Created,
            """{"type":"billing","line1":"1 High Street","city":"London","postal_code":"N1 1AA","country":"GB"}""", "id", "line1"))["id"]!;
        await replay.SendAsync(5, "GET", Addresses, [id], HttpStatusCode.OK);
        await replay.SendAsync(5, "GET", Addresses + "{address_id}", [id, address], HttpStatusCode.OK, null, "id", "city");
        await replay.SendAsync(5, "PUT", Addresses + "{address_id}", [id, address], HttpStatusCode.OK, """{"line2":"Flat 3"}""", "line2");
        await replay.SendAsync(5, "PUT", Addresses + "{address_id}/verify", [id, address], HttpStatusCode.OK, null, "verified_at");
        await replay.SendAsync(5, "DELETE", Addresses + "{address_id}", [id, address], HttpStatusCode.OK, null, "message");

        await PartAsync("contacts", "contact_id", """{"given_name":"Ana","family_name":"Doe"}""", """{"role":"Neighbour"}""");
        await PartAsync("communication-preferences", "preference_id", """{"channel":"email","kind":"newsletter","is_opted_in":true}""",
            """{"is_opted_in":false}""");
        await PartAsync("notes", "note_id", """{"text":"Prefers mornings"}""", """{"text":"Prefers evenings"}""");

        const string Documents = Customers + "/{customer_id}/documents/";
        using var form = new MultipartFormDataContent { { new StringContent("contract"), "kind" } };
        using var file = new ByteArrayContent([.. TestFiles.Pdf()]);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/pdf");
        form.Add(file, "file", "contract.pdf");
        var document = (await replay.UploadAsync(5, Documents, [id], form))["id"]!;
        await replay.SendAsync(5, "GET", Documents, [id], HttpStatusCode.OK, null, "items");
        await replay.SendAsync(5, "GET", Documents + "{document_id}", [id, document], HttpStatusCode.OK, null, "id");
        await replay.SendAsync(5, "GET", Documents + "{document_id}/download", [id, document], HttpStatusCode.OK);
        await replay.SendAsync(5, "PUT", Documents + "{document_id}/verify", [id, document], HttpStatusCode.OK, """{"status":"verified"}""",
            "status");
        await replay.SendAsync(5, "DELETE", Documents + "{document_id}", [id, document], HttpStatusCode.OK);

        var tag = (await replay.SendAsync(5, "POST", "/api/tags/", [], HttpStatusCode.Created, """{"name":"premium"}""", "id", "name"))["id"]!;
        await replay.SendAsync(5, "GET", "/api/tags/", [], HttpStatusCode.OK);
        await replay.SendAsync(5, "GET", "/api/tags/{tag_id}", [tag], HttpStatusCode.OK, null, "id", "name");
        await replay.SendAsync(5, "PUT", "/api/tags/{tag_id}", [tag], HttpStatusCode.OK, """{"name":"Premium plus"}""", "name");
        await replay.SendAsync(5, "POST", Customers + "/{customer_id}/tags/{tag_id}", [id, tag], HttpStatusCode.OK);
        await replay.SendAsync(5, "GET", Customers + "/{customer_id}/tags/", [id], HttpStatusCode.OK);
        await replay.SendAsync(5, "DELETE", Customers + "/{customer_id}/tags/{tag_id}", [id, tag], HttpStatusCode.OK);
        await replay.SendAsync(5, "DELETE", "/api/tags/{tag_id}", [tag], HttpStatusCode.OK);

        await replay.SendAsync(5, "POST", Customers + "/{customer_id}/verify-email", [id], HttpStatusCode.OK, "{}", "message");
        var link = await accounts.LinkToAsync("jane.smith@example.com");
        var token = link.Split('/', '=')[^1];
        await replay.SendAsync(5, "GET", Customers + "/verify-email", [], HttpStatusCode.OK, null, ["message"], query: $"?token={token}",
            isAnonymous: true);
        var gone = await replay.SendAsync(1, "DELETE", Customers + "/{id}", [id], HttpStatusCode.OK, null, "message");
        Assert.Equal("Customer deleted successfully.", (string)gone["message"]!);
        var other = (await replay.StaffAsync("/api/customers/", """{"name":"Mary Major"}"""))["id"]!;
        await replay.SendAsync(5, "DELETE", Customers + "/{customer_id}", [other], HttpStatusCode.OK, null, "message");

        async Task PartAsync(string part, string name, string made, string change)
        {
            var root = $"{Customers}/{{customer_id}}/{part}/";
            var one = (await replay.SendAsync(5, "POST", root, [id], HttpStatusCode.Created, made, "id"))["id"]!;
            await replay.SendAsync(5, "GET", root, [id], HttpStatusCode.OK);
            await replay.SendAsync(5, "GET", $"{root}{{{name}}}", [id, one], HttpStatusCode.OK, null, "id");
            await replay.SendAsync(5, "PUT", $"{root}{{{name}}}", [id, one], HttpStatusCode.OK, change, "id");
            await replay.SendAsync(5, "DELETE", $"{root}{{{name}}}", [id, one], HttpStatusCode.OK, null, "message");
        }
    }

    private static async Task SecondAsync(Replays replay, AccountApp accounts)
    {
        string[] customer = ["id", "username", "email", "first_name", "last_name", "phone"];
        string[] list = ["items", "page", "limit", "total", "pages"];
        var id = (await replay.SendAsync(2, "POST", "/api/customers/register/", [], HttpStatusCode.Created, """
            {
              "username": "johndoe", "email": "john@example.com", "password": "SecureP@ssw0rd123!", "password2": "SecureP@ssw0rd123!",
              "first_name": "John", "last_name": "Doe", "phone": "+1234567890"
            }
            """, customer, isAnonymous: true))["id"]!;
        var link = await accounts.LinkToAsync("john@example.com");
        await accounts.OpenBrowser().SubmitAsync(link, "confirm", new() { ["Input.Password"] = Password });
        using var john = accounts.App.CreateClient();
        var tokens = await (await john.SendAsync(HttpMethod.Post, "/api/auth/login",
            $$"""{"username":"johndoe","password":"{{Password}}"}""")).ReadAsync();
        john.DefaultRequestHeaders.Authorization = new("Bearer", (string)tokens["access_token"]!);

        await replay.SendAsync(2, "GET", Shop + "/", [], HttpStatusCode.OK, null, list, query: "?loyalty_tier=gold&min_spent=1000");
        await replay.SendAsync(2, "GET", Shop + "/{id}/", [id], HttpStatusCode.OK, null, customer);
        await replay.SendAsync(2, "PUT", Shop + "/{id}/", [id], HttpStatusCode.OK, """{"last_name":"Smith"}""", customer);
        await replay.SendAsync(2, "PATCH", Shop + "/{id}/", [id], HttpStatusCode.OK, """{"last_name":"Smith"}""", customer, john);
        await replay.SendAsync(2, "GET", Shop + "/me/", [], HttpStatusCode.OK, null, customer, john);
        const string Profile = """
            { "first_name": "John", "last_name": "Smith", "phone": "+1234567890", "accepts_marketing_email": true, "preferred_currency": "USD" }
            """;
        await replay.SendAsync(2, "PUT", Shop + "/update_profile/", [], HttpStatusCode.OK, Profile, customer, john);
        await replay.SendAsync(2, "PATCH", Shop + "/update_profile/", [], HttpStatusCode.OK, Profile, customer, john);
        await replay.SendAsync(2, "GET", Shop + "/{id}/stats/", [id], HttpStatusCode.OK, null,
            ["total_orders", "total_spent", "average_order_value", "last_order_date", "loyalty_points", "loyalty_tier"], john);
        await replay.SendAsync(2, "GET", Shop + "/{id}/orders/", [id], HttpStatusCode.OK, null, list, john, "?status=delivered");
        await replay.SendAsync(2, "GET", Shop + "/{id}/wishlist/", [id], HttpStatusCode.OK, null, [], john);
        await replay.SendAsync(2, "GET", Shop + "/{id}/reviews/", [id], HttpStatusCode.OK, null, [], john);
        await replay.SendAsync(2, "POST", Shop + "/{id}/verify/", [id], HttpStatusCode.OK, null, customer);
        await replay.SendAsync(2, "POST", Shop + "/{id}/make_vip/", [id], HttpStatusCode.OK, null, customer);
        await replay.SendAsync(2, "POST", Shop + "/{id}/update_loyalty_tier/", [id], HttpStatusCode.OK, null, "loyalty_tier");
        await replay.SendAsync(2, "POST", Shop + "/{id}/add_loyalty_points/", [id], HttpStatusCode.OK,
            """{ "points": 500, "reason": "Special promotion bonus" }""", "loyalty_points");
        await replay.SendAsync(2, "POST", Shop + "/{id}/deactivate/", [id], HttpStatusCode.OK, null, customer, john);
        await replay.SendAsync(2, "POST", Shop + "/{id}/reactivate/", [id], HttpStatusCode.OK, null, customer);

        const string Addresses = "/api/customers/addresses/";
        const string Address = """
            {
              "address_type": "shipping", "first_name": "John", "last_name": "Doe", "phone": "+1234567890", "address_line1": "123 Main St",
              "address_line2": "Apt 4B", "city": "New York", "state": "NY", "postal_code": "10001", "country": "USA", "is_default": true
            }
            """;
        string[] parts = [.. JsonNode.Parse(Address)!.AsObject().Select(p => p.Key), "id"];
        var address = (await replay.SendAsync(2, "POST", Addresses, [], HttpStatusCode.Created, Address, parts, john))["id"]!;
        await replay.SendAsync(2, "GET", Addresses, [], HttpStatusCode.OK, null, list, john, "?address_type=shipping&is_default=true");
        await replay.SendAsync(2, "GET", Addresses + "{id}/", [address], HttpStatusCode.OK, null, parts, john);
        await replay.SendAsync(2, "PUT", Addresses + "{id}/", [address], HttpStatusCode.OK, Address, parts, john);
        await replay.SendAsync(2, "PATCH", Addresses + "{id}/", [address], HttpStatusCode.OK, """{"city":"Albany"}""", parts, john);
        await replay.SendAsync(2, "POST", Addresses + "{id}/set_default/", [address], HttpStatusCode.OK, null, parts, john);
        await replay.SendAsync(2, "DELETE", Addresses + "{id}/", [address], HttpStatusCode.OK, null, ["message"], john);

        const string Groups = "/api/customers/groups/";
        var group = (await replay.SendAsync(2, "POST", Groups, [], HttpStatusCode.Created, """
            {
              "name": "VIP Gold Members", "description": "Top tier customers with exclusive benefits", "discount_percentage": 15.00,
              "priority_support": true, "free_shipping": true
            }
            """, "id", "name", "discount_percentage"))["id"]!;
        await replay.SendAsync(2, "GET", Groups, [], HttpStatusCode.OK, null, list);
        await replay.SendAsync(2, "GET", Groups + "{id}/", [group], HttpStatusCode.OK, null, "id", "name");
        await replay.SendAsync(2, "PUT", Groups + "{id}/", [group], HttpStatusCode.OK, """{"description":"Everybody"}""", "description");
        await replay.SendAsync(2, "PATCH", Groups + "{id}/", [group], HttpStatusCode.OK, """{"free_shipping":false}""", "free_shipping");
        var member = $$"""{ "customer_id": {{id}} }""";
        await replay.SendAsync(2, "POST", Groups + "{id}/add_member/", [group], HttpStatusCode.OK, member, "message");
        await replay.SendAsync(2, "GET", Groups + "{id}/members/", [group], HttpStatusCode.OK, null, list);
        await replay.SendAsync(2, "POST", Groups + "{id}/remove_member/", [group], HttpStatusCode.OK, member, "message");
        await replay.SendAsync(2, "DELETE", Groups + "{id}/", [group], HttpStatusCode.OK);

        await replay.SendAsync(2, "POST", Shop + "/change_password/", [], HttpStatusCode.OK, $$"""
            { "old_password": "{{Password}}", "new_password": "NewSecureP@ss456!", "new_password2": "NewSecureP@ss456!" }
            """, ["message"], john);
        await replay.SendAsync(2, "DELETE", Shop + "/{id}/", [id], HttpStatusCode.OK);
        await replay.SendAsync(2, "GET", "/api/docs/", [], HttpStatusCode.OK, null, [], isAnonymous: true);
        await replay.SendAsync(2, "GET", "/api/redoc/", [], HttpStatusCode.OK, null, [], isAnonymous: true);
    }

    private static async Task ThirdAsync(Replays replay, AccountApp accounts)
    {
        string[] customer = ["id", "customer_number", "first_name", "last_name", "email", "phone", "city"];
        await replay.SendAsync(3, "POST", Retail + "/register", [], HttpStatusCode.Created, """
            {
              "first_name": "John", "last_name": "Doe", "email": "john3@example.com", "phone": "+919876543210", "password": "SecurePass123",
              "date_of_birth": "1990-01-15", "gender": "Male", "city": "Mumbai", "state": "Maharashtra", "country": "India",
              "email_marketing_consent": true, "sms_marketing_consent": true
            }
            """, customer, isAnonymous: true);
        var jane = await replay.SendAsync(3, "POST", Retail + "/", [], HttpStatusCode.Created, """
            { "first_name": "Jane", "last_name": "Smith", "email": "jane@example.com", "phone": "+918765432109", "city": "Delhi", "user_id": "uuid-optional" }
            """, customer);
        var id = jane["id"]!;
        await replay.SendAsync(3, "GET", Retail + "/{customer_id}", [id], HttpStatusCode.OK, null, customer);
        await replay.SendAsync(3, "GET", Retail + "/number/{customer_number}", [jane["customer_number"]!], HttpStatusCode.OK, null, customer);
        await replay.SendAsync(3, "GET", Retail + "/email/{email}", [JsonValue.Create("jane@example.com")], HttpStatusCode.OK, null, customer);
        await replay.SendAsync(3, "GET", Retail + "/", [], HttpStatusCode.OK, null, [],
            query: "?skip=0&limit=100&is_active=true&loyalty_tier=silver");
        await replay.SendAsync(3, "POST", Retail + "/search", [], HttpStatusCode.OK, """
            {
              "search": "john", "is_active": true, "loyalty_tier": "silver", "rfm_segment": "Loyal", "city": "Mumbai", "min_total_spent": 10000,
              "min_orders": 5, "registered_after": "2025-01-01T00:00:00Z", "has_email_consent": true
            }
            """, [], query: "?skip=0&limit=100");
        await replay.SendAsync(3, "PUT", Retail + "/{customer_id}", [id], HttpStatusCode.OK, """
            {
              "first_name": "John", "last_name": "Doe Updated", "email": "john.new@example.com", "phone": "+918765432109",
              "address_line1": "123 Main St", "city": "Mumbai", "state": "Maharashtra", "postal_code": "400001", "email_marketing_consent": false
            }
            """, customer);
        await replay.StaffAsync($"/api/customers/{id}/verify-email", "{}");
        await accounts.LinkToAsync("john.new@example.com");
        var code = Digits().Match(accounts.Mails.All.Last(m => m.To == "john.new@example.com").Text).Value;
        await replay.SendAsync(3, "POST", Retail + "/{customer_id}/verify-email", [id], HttpStatusCode.OK,
            $$"""{ "verification_type": "email", "verification_code": "{{code}}" }""", ["message"], isAnonymous: true);
        // Nothing was sent to the phone, so the printed code is not good.
        await replay.SendAsync(3, "POST", Retail + "/{customer_id}/verify-phone", [id], HttpStatusCode.UnprocessableEntity,
            """{ "verification_type": "phone", "verification_code": "654321" }""", ["detail"], isAnonymous: true);
        await replay.SendAsync(3, "POST", Retail + "/{customer_id}/deactivate", [id], HttpStatusCode.OK, null, customer,
            query: "?reason=Customer%20request");
        await replay.SendAsync(3, "POST", Retail + "/{customer_id}/reactivate", [id], HttpStatusCode.OK, null, customer);

        await replay.SendAsync(3, "POST", Retail + "/loyalty/earn", [], HttpStatusCode.Created,
            $$"""{ "customer_id": "{{id}}", "points": 900, "description": "Purchase reward - Order #12345", "order_id": "order-uuid", "expiry_days": 365 }""");
        await replay.SendAsync(3, "POST", Retail + "/loyalty/redeem", [], HttpStatusCode.Created,
            $$"""{ "customer_id": "{{id}}", "points": 500, "description": "Discount redemption", "order_id": "order-uuid" }""");
        await replay.SendAsync(3, "POST", Retail + "/loyalty/adjust", [], HttpStatusCode.Created,
            $$"""{ "customer_id": "{{id}}", "points": 100, "reason": "Compensation for delayed delivery" }""");
        await replay.SendAsync(3, "GET", Retail + "/{customer_id}/loyalty/balance", [id], HttpStatusCode.OK, null, "customer_id",
            "current_balance", "lifetime_points", "points_expiring_soon", "points_expiring_date", "tier");
        await replay.SendAsync(3, "GET", Retail + "/{customer_id}/loyalty/transactions", [id], HttpStatusCode.OK, null, [],
            query: "?transaction_type=EARNED&skip=0&limit=50");
        await replay.SendAsync(3, "POST", Retail + "/loyalty/expire-points", [], HttpStatusCode.OK, null, ["message"],
            query: $"?customer_id={id}");
        await replay.SendAsync(3, "PUT", Retail + "/loyalty/tier", [], HttpStatusCode.OK,
            $$"""{ "customer_id": "{{id}}", "new_tier": "gold", "reason": "Promotional upgrade", "tier_expiry_date": "2030-12-31" }""");
        await replay.SendAsync(3, "POST", Retail + "/{customer_id}/loyalty/auto-tier", [id], HttpStatusCode.OK);

        const string Preferences = Retail + "/{customer_id}/preferences";
        var preference = (await replay.SendAsync(3, "POST", Preferences, [id], HttpStatusCode.Created,
            """{ "preference_type": "communication", "preference_key": "email_frequency", "preference_value": "weekly" }""", "id"))["id"]!;
        await replay.SendAsync(3, "GET", Preferences, [id], HttpStatusCode.OK, null, [], query: "?preference_type=communication");
        await replay.SendAsync(3, "PUT", Preferences + "/{preference_id}", [id, preference], HttpStatusCode.OK,
            """{ "preference_value": "daily" }""", "preference_value");
        await replay.SendAsync(3, "POST", Preferences + "/bulk", [id], HttpStatusCode.OK,
            """{ "preferences": [ { "preference_type": "payment", "preference_key": "preferred_method", "preference_value": "card" } ] }""");
        await replay.SendAsync(3, "DELETE", Preferences + "/{preference_id}", [id, preference], HttpStatusCode.NoContent);

        await FiveBuyersAsync(replay);
        await replay.SendAsync(3, "POST", Retail + "/analytics/rfm/calculate", [], HttpStatusCode.OK,
            """{ "customer_ids": null, "recalculate": false }""", "message", "customers_updated");
        var buyer = JsonValue.Create(replay.Buyer);
        await replay.SendAsync(3, "GET", Retail + "/{customer_id}/analytics/rfm", [buyer], HttpStatusCode.OK, null, "customer_id",
            "customer_number", "customer_name", "recency_score", "frequency_score", "monetary_score", "rfm_segment", "total_orders",
            "total_spent", "last_order_date", "days_since_last_order", "calculated_at");
        await replay.SendAsync(3, "GET", Retail + "/analytics/rfm/distribution", [], HttpStatusCode.OK, null, "total_customers_analyzed",
            "segment_distribution", "champion_count", "cannot_lose_count", "lost_count", "analysis_date");
        await replay.SendAsync(3, "POST", Retail + "/analytics/clv/calculate", [], HttpStatusCode.OK,
            """{ "customer_ids": null, "prediction_months": 12, "recalculate": false }""", "message", "customers_updated", "prediction_months");
        await replay.SendAsync(3, "GET", Retail + "/{customer_id}/analytics/clv", [buyer], HttpStatusCode.OK, null, "customer_id", "clv",
            "predicted_orders", "predicted_revenue", "average_order_value", "purchase_frequency", "customer_lifespan_months", "calculated_at");
        await replay.SendAsync(3, "GET", Retail + "/analytics/clv/analysis", [], HttpStatusCode.OK, null,
            ["total_customers_analyzed", "total_clv", "average_clv", "median_clv", "distribution", "top_customers"], query: "?limit=100");
        await replay.SendAsync(3, "POST", Retail + "/bulk/status", [], HttpStatusCode.OK,
            $$"""{ "customer_ids": ["{{id}}"], "is_active": false, "reason": "Bulk deactivation for maintenance" }""", "customers_updated");
        await replay.SendAsync(3, "POST", Retail + "/bulk/tier", [], HttpStatusCode.OK,
            $$"""{ "customer_ids": ["{{id}}"], "new_tier": "gold", "tier_expiry_date": "2030-12-31" }""", "customers_updated");
        await replay.SendAsync(3, "GET", Retail + "/analytics/loyalty/metrics", [], HttpStatusCode.OK, null, "total_members",
            "active_members", "bronze_members", "total_points_issued", "current_outstanding_points", "redemption_rate");
        await replay.SendAsync(3, "GET", Retail + "/{customer_id}/analytics/summary", [id], HttpStatusCode.OK, null, "customer_id",
            "purchase_summary", "loyalty_tier", "loyalty_points", "rfm_segment", "clv", "email_open_rate", "email_click_rate",
            "last_activity_at");
    }

    private static async Task FourthAsync(Replays replay)
    {
        const string Customer = """
            {
              "phoneNumber": "529991234567", "firstName": "John", "lastName": "Doe", "email": "john4@example.com", "tags": ["premium"],
              "segment": "new", "source": "whatsapp",
              "address": { "street": "123 Main St", "city": "Cancún", "state": "Quintana Roo", "country": "México", "postalCode": "77500" },
              "notes": "VIP customer - priority support", "customFields": { "birthday": "1990-05-15", "company": "Acme Corp" },
              "preferences": { "language": "es", "communicationHours": { "start": "09:00", "end": "18:00" } }
            }
            """;
        string[] one = ["success", "customer"];
        var made = await replay.SendAsync(4, "POST", V2, [], HttpStatusCode.Created, Customer, one);
        var id = made["customer"]!["_id"]!;
        await replay.SendAsync(4, "GET", V2, [], HttpStatusCode.OK, null, ["success", "customers", "pagination"],
            query: "?page=1&limit=20&status=active&segment=vip&search=john");
        await replay.SendAsync(4, "GET", V2 + "/{id}", [id], HttpStatusCode.OK, null, "success", "customer", "statistics",
            "recentConversations");
        await replay.SendAsync(4, "PUT", V2 + "/{id}", [id], HttpStatusCode.OK, """
            { "firstName": "John", "lastName": "Smith", "email": "john.smith@example.com", "segment": "vip", "notes": "Updated notes" }
            """, one);
        await replay.SendAsync(4, "PATCH", V2 + "/{id}/tags", [id], HttpStatusCode.OK,
            """{ "tags": ["premium", "loyal", "high-value"], "action": "set" }""", one);
        await replay.SendAsync(4, "PATCH", V2 + "/{id}/block", [id], HttpStatusCode.OK,
            """{ "isBlocked": true, "blockReason": "Spam or abusive behavior" }""", one);
        await replay.SendAsync(4, "GET", V2 + "/stats/summary", [], HttpStatusCode.OK, null, "success", "summary", "segments");
        await replay.SendAsync(4, "GET", V2 + "/{id}/conversations", [id], HttpStatusCode.OK, null,
            ["success", "conversations", "pagination"], query: "?page=1&limit=20");
        await replay.SendAsync(4, "POST", V2 + "/bulk/import", [], HttpStatusCode.OK, """
            {
              "customers": [
                { "phoneNumber": "529991111111", "firstName": "Customer1", "email": "customer1@example.com" },
                { "phoneNumber": "529992222222", "firstName": "Customer2", "email": "customer2@example.com" } ]
            }
            """, "success", "results", "details");
        await replay.SendAsync(4, "GET", V2 + "/export", [], HttpStatusCode.OK, null, ["success", "customers"],
            query: "?format=json&status=active");
        var gone = await replay.SendAsync(4, "DELETE", V2 + "/{id}", [id], HttpStatusCode.OK, null, ["success", "message"],
            query: "?permanent=false");
        Assert.Equal("Customer deactivated", (string)gone["message"]!);
    }

    /// <summary>Scores are there from five customers with orders on.</summary>
    private static async Task FiveBuyersAsync(Replays replay)
    {
        for (var i = 1; i <= 5; i++)
        {
            var buyer = (long)(await replay.StaffAsync("/api/customers/", string.Create(CultureInfo.InvariantCulture,
                $$"""{"name":"Buyer {{i}}"}""")))["id"]!;
            for (var order = 0; order < i; order++)
                await replay.StaffAsync("/api/orders", string.Create(CultureInfo.InvariantCulture,
                    $$"""{"status":"paid","customer_id":{{buyer}},"lines":[{"product_code":"MUG","name":"Mug","quantity":1,"unit_price":{{10 * i}}}]}"""));
            replay.Buyer = buyer.ToString(CultureInfo.InvariantCulture);
        }
    }

    [GeneratedRegex(@"\b\d{6}\b")]
    private static partial Regex Digits();

    /// <summary>Sends requests and notes which of the documents' they are.</summary>
    private sealed partial class Replays(HttpClient staff, HttpClient anyone)
    {
        public List<string> Done { get; } = [];

        public string Buyer { get; set; } = "";

        public Task<JsonObject> SendAsync(int document, string method, string path, JsonNode[] values, HttpStatusCode status,
            string? body = null, params string[] keys) => SendAsync(document, method, path, values, status, body, keys, null);

        /// <param name="path">As the document prints it; its parameters are filled with the values in turn.</param>
        public async Task<JsonObject> SendAsync(int document, string method, string path, JsonNode[] values, HttpStatusCode status,
            string? body, string[] keys, HttpClient? client = null, string query = "", bool isAnonymous = false)
        {
            var next = 0;
            var address = Parameter().Replace(path, _ => Uri.EscapeDataString(values[next++].ToString())) + query;
            var answer = await (isAnonymous ? anyone : client ?? staff).SendAsync(new HttpMethod(method), address, body);
            return await NotedAsync(document, method, path, answer, status, keys);
        }

        public async Task<JsonObject> UploadAsync(int document, string path, JsonNode[] values, MultipartFormDataContent form)
        {
            var address = Parameter().Replace(path, _ => values[0].ToString());
            return await NotedAsync(document, "POST", path, await staff.PostAsync(new Uri(address, UriKind.Relative), form, Token),
                HttpStatusCode.Created, ["id"]);
        }

        /// <summary>What has to be there for a replay.</summary>
        public async Task<JsonObject> StaffAsync(string address, string body)
        {
            var answer = await staff.SendAsync(HttpMethod.Post, address, body);
            Assert.True(answer.IsSuccessStatusCode, $"{address}: {await answer.Content.ReadAsStringAsync(Token)}");
            return await answer.ReadAsync();
        }

        private async Task<JsonObject> NotedAsync(int document, string method, string path, HttpResponseMessage answer,
            HttpStatusCode status, string[] keys)
        {
            var text = await answer.Content.ReadAsStringAsync(Token);
            // The reader's page is behind a redirection of its own.
            if (path is "/api/docs/" or "/api/redoc/" && answer.StatusCode is HttpStatusCode.Moved or HttpStatusCode.Redirect)
                answer = await anyone.GetAsync(answer.Headers.Location!.IsAbsoluteUri ? answer.Headers.Location
                    : new Uri(new Uri("https://localhost" + path), answer.Headers.Location), Token);
            Assert.True(answer.StatusCode == status, $"{document} {method} {path}: {(int)answer.StatusCode} {text}");
            Done.Add(string.Create(CultureInfo.InvariantCulture, $"{document},{method},{path}"));
            var fields = answer.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true
                ? JsonNode.Parse(text) as JsonObject : null;
            foreach (var key in keys) Assert.True(fields?.ContainsKey(key) == true, $"{document} {method} {path}: no {key} in {text}");
            return fields ?? [];
        }

        [GeneratedRegex(@"\{\w+\}")]
        private static partial Regex Parameter();
    }
}
