using System.ComponentModel;
using CrmPortal.Account;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.SelfService;
using CrmPortal.Core.Verification;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Customers;

/// <summary>
/// Customers as document 3 prints them. Nothing is ever sent to a customer from here, but for the link by which they confirm that they
/// registered.
/// </summary>
internal static class RetailCustomerEndpoints
{
    private const string Creation = """
        { "first_name": "Jane", "last_name": "Smith", "email": "jane@example.com", "phone": "+918765432109", "city": "Delhi", "user_id": "uuid-optional" }
        """;

    private const string Registering = """
        {
          "first_name": "John", "last_name": "Doe", "email": "john@example.com", "phone": "+919876543210", "password": "SecurePass123", "date_of_birth": "1990-01-15", "gender": "Male",
          "city": "Mumbai", "state": "Maharashtra", "country": "India", "email_marketing_consent": true, "sms_marketing_consent": true
        }
        """;

    private const string Change = """
        {
          "first_name": "John", "last_name": "Doe Updated", "email": "john.new@example.com", "phone": "+919876543210", "address_line1": "123 Main St", "city": "Mumbai", "state": "Maharashtra",
          "postal_code": "400001", "email_marketing_consent": false
        }
        """;

    private const string Customer = """
        {
          "id": "17", "customer_number": "CUST-20251217-0001", "first_name": "Jane", "last_name": "Smith", "email": "jane@example.com", "phone": "+918765432109", "date_of_birth": null, "gender": null,
          "address_line1": null, "address_line2": null, "city": "Delhi", "state": null, "postal_code": null, "country": null, "user_id": "uuid-optional",
          "is_active": true, "email_verified": false, "phone_verified": false, "email_marketing_consent": false, "sms_marketing_consent": false, "loyalty_tier": "silver", "loyalty_points": 1500,
          "total_orders": 15, "total_spent": 60000.00, "average_order_value": 4000.00, "first_order_date": "2024-01-15T10:00:00Z", "last_order_date": "2025-12-15T14:30:00Z",
          "created_at": "2024-01-10T09:00:00Z", "updated_at": "2025-12-15T14:30:00Z"
        }
        """;

    private const string Searching = """
        {
          "search": "john", "is_active": true, "loyalty_tier": "silver", "rfm_segment": "Loyal", "city": "Mumbai", "min_total_spent": 10000, "min_orders": 5,
          "registered_after": "2025-01-01T00:00:00Z", "has_email_consent": true
        }
        """;

    private const string NotFound = "Customer not found";

    public static void MapRetailCustomers(this RouteGroupBuilder group)
    {
        group.MapPost("/register", RegisterAsync).AllowAnonymous().WithName("RetailRegisterCustomer").WithSummary("Register a customer")
            .WithDescription("The account can be used once the link that is mailed was followed; consents hold from then on.")
            .WithExample(Registering, 201, Customer).AnswersProblems(400, 413, 415, 422, 429, 500, 503);
        group.MapPost("/", CreateAsync).WithName("RetailCreateCustomer").WithSummary("Create a customer")
            .NeedsPermission(Permissions.CustomersCreate)
            .WithExample(Creation, 201, Customer).AnswersTagged(isConditional: false)
                .AnswersProblems(400, 401, 403, 409, 413, 415, 422, 429, 500, 503);
        group.MapGet("/", ListAsync).Documented("RetailListCustomers", "List customers, the newest first", Permissions.CustomersView, null,
            200, $"[{Customer}]");
        group.MapPost("/search", SearchAsync).Documented("RetailSearchCustomers", "Search customers by several conditions",
            Permissions.CustomersView, Searching, 200, $"[{Customer}]");
        group.MapGet("/{id}", GetAsync).WithName("RetailGetCustomer").WithSummary("Get a customer")
            .NeedsPermissionOrOwner(Permissions.CustomersView)
            .WithExample(null, 200, Customer).AnswersTagged(isConditional: true).AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        group.MapPut("/{id}", ChangeAsync).WithName("RetailUpdateCustomer").WithSummary("Change a customer; absent fields stay as they are")
            .NeedsPermission(Permissions.CustomersEdit).WithExample(Change, 200, Customer).AnswersTagged(isConditional: false)
            .AnswersProblems(400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 500, 503);
        group.MapGet("/number/{number}", GetByNumberAsync).WithName("RetailGetCustomerByNumber")
            .WithSummary("Get a customer by their number").NeedsPermission(Permissions.CustomersView)
            .WithExample(null, 200, Customer).AnswersTagged(isConditional: true).AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        group.MapGet("/email/{email}", GetByEmailAsync).WithName("RetailGetCustomerByEmail")
            .WithSummary("Get a customer by their complete e-mail").NeedsPermission(Permissions.CustomersView)
            .WithExample(null, 200, Customer).AnswersTagged(isConditional: true).AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        group.MapPost("/{id}/deactivate", DeactivateAsync).Documented("RetailDeactivateCustomer", "Deactivate a customer",
            Permissions.CustomersEdit, null, 200, Customer).AnswersTagged(isConditional: false);
        group.MapPost("/{id}/reactivate", ReactivateAsync).Documented("RetailReactivateCustomer", "Activate a customer again",
            Permissions.CustomersEdit, null, 200, Customer).AnswersTagged(isConditional: false);
        MapVerification(group, "email", "123456");
        MapVerification(group, "phone", "654321");
        group.MapRetailPreferences();
    }

    private static void MapVerification(RouteGroupBuilder group, string what, string code)
    {
        var kind = what == "email" ? ContactKind.Email : ContactKind.Phone;
        group.MapPost($"/{{id}}/verify-{what}", (string id, RetailVerificationBody body, HttpContext http, VerificationService verification,
                SignInGuard guard, CancellationToken cancellationToken) =>
                VerifyAsync(id, kind, what, body, http, verification, guard, cancellationToken))
            .AllowAnonymous().WithName(what == "email" ? "RetailVerifyEmail" : "RetailVerifyPhone")
            .WithSummary($"Check the code that was sent to the {what} of a customer")
            .WithDescription("Whoever has the code may ask. None is ever sent from here.")
            .WithExample($$"""{ "verification_type": "{{what}}", "verification_code": "{{code}}" }""", 200,
                $$"""{ "message": "{{(what == "email" ? "Email" : "Phone")}} verified successfully.", "verified": true }""")
            .AnswersProblems(400, 413, 415, 422, 429, 500, 503);
    }

    private static async Task<Created<RetailCustomerAnswer>> RegisterAsync(RetailRegistrationBody body, HttpContext http,
        RegistrationService registrations, SignInGuard guard, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        await guard.DemandNotExceededAsync(http);
        var (customer, _) = await NamingDuplicatesAsync(() => registrations.RegisterAsync(body.Registration(), cancellationToken));
        return TypedResults.Created((string?)null, RetailCustomerAnswer.Of(customer, 0, shop.Value.Currency));
    }

    private static async Task<Created<RetailCustomerAnswer>> CreateAsync(RetailCustomerInput body, HttpContext http,
        CustomerProfileService profiles, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var created = await NamingDuplicatesAsync(() => profiles.CreateAsync(body.Read(), cancellationToken));
        var answer = RetailCustomerAnswer.Of(created, 0, shop.Value.Currency);
        http.Response.Headers.ETag = EntityTags.Tag(http, created.Version, answer);
        return TypedResults.Created(http.Contract().AddressOf(created.Id), answer);
    }

    private static Task<Ok<List<RetailCustomerAnswer>>> ListAsync([AsParameters] RetailListQuery query, HttpContext http,
        CustomerFinder finder, LedgerService ledger, IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        AnswerAsync(query.Wanted(), query.Skip, query.Limit, http, finder, ledger, shop, cancellationToken);

    private static Task<Ok<List<RetailCustomerAnswer>>> SearchAsync(RetailSearchBody body,
        [FromQuery, Description("How many customers to pass over.")] int? skip,
        [FromQuery, Description("Defaults to 100, at most 1,000.")] int? limit, HttpContext http, CustomerFinder finder,
        LedgerService ledger, IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        AnswerAsync(body.Wanted(), skip, limit, http, finder, ledger, shop, cancellationToken);

    /// <summary>The document prints a list alone; how many there are in all is in a header.</summary>
    private static async Task<Ok<List<RetailCustomerAnswer>>> AnswerAsync(CustomerQuery wanted, int? skip, int? limit, HttpContext http,
        CustomerFinder finder, LedgerService ledger, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        const int UsualLimit = 100;
        var slice = http.Contract().Paging.Slice(skip, limit, UsualLimit);
        var total = (await finder.CountAsync(wanted, null, cancellationToken)).Rows;
        var found = await finder.ListInFullAsync(wanted, slice.Skip, slice.Limit, total, cancellationToken);
        var points = await ledger.SpendableAsync([.. found.Select(c => c.Id)], cancellationToken);
        SliceLinks.Write(http, slice.Skip, slice.Limit, total);
        return TypedResults.Ok(found.Select(c => RetailCustomerAnswer.Of(c, points.GetValueOrDefault(c.Id), shop.Value.Currency)).ToList());
    }

    private static async Task<Results<Ok<RetailCustomerAnswer>, StatusCodeHttpResult>> GetAsync(
        [Description("The id of the customer.")] string id, HttpContext http, CustomerService customers, LedgerService ledger,
            IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        await AnswerAsync(http, await customers.GetAsync(OpaqueId.Read(id), cancellationToken), ledger, shop, cancellationToken);

    private static async Task<Results<Ok<RetailCustomerAnswer>, StatusCodeHttpResult>> GetByNumberAsync(
        [Description("Such as CUST-20251217-0001.")] string number, HttpContext http, CustomerFinder finder, LedgerService ledger,
            IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        await AnswerAsync(http, await finder.FindByNumberAsync(number, cancellationToken), ledger, shop, cancellationToken);

    private static async Task<Results<Ok<RetailCustomerAnswer>, StatusCodeHttpResult>> GetByEmailAsync(
        [Description("The whole e-mail, in any case.")] string email, HttpContext http, CustomerFinder finder, LedgerService ledger,
            IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        await AnswerAsync(http, await finder.FindByEmailAsync(email, cancellationToken), ledger, shop, cancellationToken);

    private static async Task<Ok<RetailCustomerAnswer>> ChangeAsync([Description("The id of the customer.")] string id,
        RetailCustomerInput body, HttpContext http, CustomerProfileService profiles, CustomerService customers, LedgerService ledger,
        IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var customer = OpaqueId.Read(id);
        var expected = await EntityTags.ExpectedAsync(http.Request, async () =>
            (await customers.GetAsync(customer, cancellationToken))?.Version);
        var changed = await NamingDuplicatesAsync(() => profiles.ChangeAsync(customer, body.Read(), expected, cancellationToken))
            ?? throw ApiException.NotFound(NotFound);
        return await ChangedAsync(http, changed, ledger, shop, cancellationToken);
    }

    private static async Task<Ok<RetailCustomerAnswer>> DeactivateAsync([Description("The id of the customer.")] string id,
        [FromQuery, Description("Why, such as Customer request.")] string? reason, HttpContext http, CustomerService customers,
        LedgerService ledger, IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        await ChangedAsync(http, (await customers.SetActiveAsync(OpaqueId.Read(id), false, cancellationToken, reason)
            ?? throw ApiException.NotFound(NotFound)).Customer, ledger, shop, cancellationToken);

    private static async Task<Ok<RetailCustomerAnswer>> ReactivateAsync([Description("The id of the customer.")] string id,
        HttpContext http, CustomerService customers, LedgerService ledger, IOptions<ShopOptions> shop,
        CancellationToken cancellationToken) =>
        await ChangedAsync(http, (await customers.SetActiveAsync(OpaqueId.Read(id), true, cancellationToken)
            ?? throw ApiException.NotFound(NotFound)).Customer, ledger, shop, cancellationToken);

    private static async Task<Ok<RetailVerifiedAnswer>> VerifyAsync(string id, ContactKind kind, string what, RetailVerificationBody body,
        HttpContext http, VerificationService verification, SignInGuard guard, CancellationToken cancellationToken)
    {
        await guard.DemandNotExceededAsync(http);
        if (body.VerificationType is { } type && type != what)
            throw new RuleViolationException(nameof(body.VerificationType), "Here the type is {0}.", what);
        if (string.IsNullOrWhiteSpace(body.VerificationCode))
            throw new RuleViolationException(nameof(body.VerificationCode), "Enter the code that was sent.");
        try
        {
            await verification.ConfirmCodeAsync(OpaqueId.Read(id), kind, body.VerificationCode, cancellationToken);
        }
        catch (RuleViolationException wrong)
        {
            throw new RuleViolationException([.. wrong.Errors.Select(e => e with { Field = nameof(body.VerificationCode) })]);
        }

        return TypedResults.Ok(new RetailVerifiedAnswer(kind == ContactKind.Email ? "Email verified successfully."
            : "Phone verified successfully.", true));
    }

    private static async Task<Results<Ok<RetailCustomerAnswer>, StatusCodeHttpResult>> AnswerAsync(
        HttpContext http, CustomerDetails? customer, LedgerService ledger, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        if (customer is null) throw ApiException.NotFound(NotFound);
        return EntityTags.Answer(http, customer.Version, await AnswerAsync(customer, ledger, shop, cancellationToken));
    }

    private static async Task<Ok<RetailCustomerAnswer>> ChangedAsync(HttpContext http, CustomerDetails customer, LedgerService ledger,
        IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var answer = await AnswerAsync(customer, ledger, shop, cancellationToken);
        http.Response.Headers.ETag = EntityTags.Tag(http, customer.Version, answer);
        return TypedResults.Ok(answer);
    }

    private static async Task<RetailCustomerAnswer> AnswerAsync(CustomerDetails customer, LedgerService ledger,
        IOptions<ShopOptions> shop, CancellationToken cancellationToken) => RetailCustomerAnswer.Of(customer,
            (await ledger.SpendableAsync([customer.Id], cancellationToken)).GetValueOrDefault(customer.Id), shop.Value.Currency);

    /// <summary>The document prints these sentences and knows no 409.</summary>
    private static async Task<T> NamingDuplicatesAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (RuleViolationException violation) when (violation.IsDuplicate)
        {
            var isEmail = violation.Errors.Any(e => e.Field == nameof(CustomerChanges.Email));
            throw ApiException.BadField(isEmail ? "email" : "phone", isEmail ? RegistrationService.Taken : "Phone already registered");
        }
    }
}
