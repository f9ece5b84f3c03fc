using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Customers;

/// <summary>Making and reading customers as document 3 prints it. Nothing is ever sent to a customer from here.</summary>
internal static class RetailCustomerEndpoints
{
    private const string Creation = """
        { "first_name": "Jane", "last_name": "Smith", "email": "jane@example.com", "phone": "+918765432109", "city": "Delhi", "user_id": "uuid-optional" }
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

    private const string NotFound = "Customer not found";

    public static void MapRetailCustomers(this RouteGroupBuilder group)
    {
        group.MapPost("/", CreateAsync).WithName("RetailCreateCustomer").WithSummary("Create a customer")
            .NeedsPermission(Permissions.CustomersCreate)
            .WithExample(Creation, 201, Customer).AnswersTagged(isConditional: false)
                .AnswersProblems(400, 401, 403, 409, 413, 415, 422, 429, 500, 503);
        group.MapGet("/{id}", GetAsync).WithName("RetailGetCustomer").WithSummary("Get a customer")
            .NeedsPermission(Permissions.CustomersView)
            .WithExample(null, 200, Customer).AnswersTagged(isConditional: false).AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        group.MapGet("/number/{number}", GetByNumberAsync).WithName("RetailGetCustomerByNumber")
            .WithSummary("Get a customer by their number").NeedsPermission(Permissions.CustomersView)
            .WithExample(null, 200, Customer).AnswersTagged(isConditional: false).AnswersProblems(400, 401, 403, 404, 429, 500, 503);
        group.MapGet("/email/{email}", GetByEmailAsync).WithName("RetailGetCustomerByEmail")
            .WithSummary("Get a customer by their complete e-mail").NeedsPermission(Permissions.CustomersView)
            .WithExample(null, 200, Customer).AnswersTagged(isConditional: false).AnswersProblems(400, 401, 403, 404, 429, 500, 503);
    }

    private static async Task<Created<RetailCustomerAnswer>> CreateAsync(RetailCustomerBody body, HttpContext http,
        CustomerService customers, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var (fields, address) = body.Read();
        try
        {
            var created = (await customers.CreateAsync(fields, cancellationToken, address)).Customer;
            http.Response.Headers.ETag = EntityTags.Tag(created.Version);
            return TypedResults.Created(http.Contract().AddressOf(created.Id), RetailCustomerAnswer.Of(created, null, shop.Value.Currency));
        }
        catch (RuleViolationException violation) when (violation.IsDuplicate)
        {
            // The document prints this sentence and knows no 409.
            var isEmail = violation.Errors.Any(e => e.Field == nameof(CustomerChanges.Email));
            throw ApiException.BadField(isEmail ? "email" : "phone", isEmail ? "Email already registered" : "Phone already registered");
        }
    }

    private static async Task<Ok<RetailCustomerAnswer>> GetAsync(
        [Description("The id of the customer.")] string id, HttpContext http, CustomerService customers, LedgerService ledger,
            IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        await AnswerAsync(http, await customers.GetAsync(OpaqueId.Read(id), cancellationToken), ledger, shop, cancellationToken);

    private static async Task<Ok<RetailCustomerAnswer>> GetByNumberAsync(
        [Description("Such as CUST-20251217-0001.")] string number, HttpContext http, CustomerFinder finder, LedgerService ledger,
            IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        await AnswerAsync(http, await finder.FindByNumberAsync(number, cancellationToken), ledger, shop, cancellationToken);

    private static async Task<Ok<RetailCustomerAnswer>> GetByEmailAsync(
        [Description("The whole e-mail, in any case.")] string email, HttpContext http, CustomerFinder finder, LedgerService ledger,
            IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        await AnswerAsync(http, await finder.FindByEmailAsync(email, cancellationToken), ledger, shop, cancellationToken);

    private static async Task<Ok<RetailCustomerAnswer>> AnswerAsync(
        HttpContext http, CustomerDetails? customer, LedgerService ledger, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        if (customer is null) throw ApiException.NotFound(NotFound);
        // For conditional changes only: points do not raise the version, so 304 would be wrong.
        http.Response.Headers.ETag = EntityTags.Tag(customer.Version);
        return TypedResults
            .Ok(RetailCustomerAnswer.Of(customer, await ledger.BalanceAsync(customer.Id, cancellationToken), shop.Value.Currency));
    }
}
