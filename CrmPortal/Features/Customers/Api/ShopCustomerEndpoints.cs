using System.ComponentModel;
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

/// <summary>Customers as document 2 prints them, for staff and for each customer themselves.</summary>
internal static class ShopCustomerEndpoints
{
    private const string NotFound = "Customer not found";
    private const string ById = @"/{id:regex(^\d+$)}";

    /// <summary>Since when the core does it better, and only document 2 keeps the address.</summary>
    private static readonly DateOnly OnlyPrinted = new(2026, 11, 30);

    public static void MapShopCustomers(this RouteGroupBuilder shop)
    {
        var customers = shop.MapGroup("/customers").WithTags("Customers");
        customers.MapGet("/", ListAsync).Documented("ShopListCustomers", "List customers, one page at a time", Permissions.CustomersView,
            null, 200, ShopExamples.List);
        customers.MapGet(ById, GetAsync).NeedsPermissionOrOwner(Permissions.CustomersView)
            .Documented("ShopGetCustomer", "Get a customer", null, 200, ShopExamples.Customer).AnswersTagged(isConditional: true);
        customers.MapPut(ById, ChangeAsync).NeedsPermissionOrOwner(Permissions.CustomersEdit)
            .Documented("ShopReplaceCustomer", "Change a customer; absent fields stay as they are", ShopExamples.Change, 200,
                ShopExamples.Customer).AnswersTagged(isConditional: false);
        customers.MapPatch(ById, ChangeAsync).NeedsPermissionOrOwner(Permissions.CustomersEdit)
            .Documented("ShopUpdateCustomer", "Change some fields of a customer", ShopExamples.Change, 200, ShopExamples.Customer)
            .AnswersTagged(isConditional: false);
        customers.MapDelete(ById, DeleteAsync).Documented("ShopDeleteCustomer", "Move a customer to the trash",
            Permissions.CustomersDelete, null, 200, CustomerPartExamples.Done("Customer deleted successfully.")).AnswersProblems(412);
        var customer = customers.MapGroup(ById);
        customer.MapPost("/verify", VerifyAsync).Documented("ShopVerifyCustomer", "Note that the e-mail of a customer is theirs",
            Permissions.CustomersEdit, null, 200, ShopExamples.Customer).AnswersTagged(isConditional: false);
        customer.MapPost("/make_vip", MakeVipAsync).Documented("ShopMakeVip", "Make a customer a VIP", Permissions.CustomersEdit, null,
            200, ShopExamples.Customer).AnswersTagged(isConditional: false);
        customer.MapPost("/update_loyalty_tier", UpdateTierAsync).Documented("ShopUpdateTier", "Set the tier that the customer has reached",
            Permissions.LoyaltyAdjust, null, 200, """{"message":"Loyalty tier updated successfully.","loyalty_tier":"gold"}""")
            .DeprecatedFor(OnlyPrinted, HttpMethods.Post, "/api/customers/{id}/loyalty/auto-tier");
        customer.MapPost("/add_loyalty_points", AddPointsAsync).Documented("ShopAddPoints", "Add points to a customer's account",
            Permissions.LoyaltyAdjust, """{ "points": 500, "reason": "Special promotion bonus" }""", 200,
            """{"message":"Loyalty points added successfully.","points_added":500,"loyalty_points":2950}""")
            .DeprecatedFor(OnlyPrinted, HttpMethods.Post, "/api/loyalty/adjust");
        customer.MapPost("/deactivate", DeactivateAsync).NeedsPermissionOrOwner(Permissions.CustomersEdit)
            .Documented("ShopDeactivateCustomer", "Deactivate a customer", null, 200, ShopExamples.Customer)
            .AnswersTagged(isConditional: false);
        customer.MapPost("/reactivate", ReactivateAsync).Documented("ShopReactivateCustomer", "Activate a customer again",
            Permissions.CustomersEdit, null, 200, ShopExamples.Customer).AnswersTagged(isConditional: false);
    }

    private static async Task<Ok<ListAnswer<ShopCustomerAnswer>>> ListAsync([AsParameters] ShopListQuery query, HttpContext http,
        CustomerFinder finder, ShopCustomerSight sight, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        var wanted = query.Wanted(shop.Value.Currency);
        var page = http.Contract().Paging.Page(query.Page, query.Limit, ShopListQuery.UsualLimit);
        var (skip, take) = page.Validated();
        var total = (await finder.CountAsync(wanted, null, cancellationToken)).Rows;
        var found = await finder.ListInFullAsync(wanted, skip, take, total, cancellationToken);
        return TypedResults.Ok(ListAnswer<ShopCustomerAnswer>.Of(http, await sight.OfAsync(found, cancellationToken), page.Number,
            page.Size, total));
    }

    private static async Task<Results<Ok<ShopCustomerAnswer>, StatusCodeHttpResult>> GetAsync(
        [Description("The id of the customer.")] long id, HttpContext http, CustomerService customers, ShopCustomerSight sight,
        CancellationToken cancellationToken)
    {
        var customer = await customers.GetAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return EntityTags.Answer(http, customer.Version, await sight.OfAsync(customer, cancellationToken));
    }

    private static async Task<Ok<ShopCustomerAnswer>> ChangeAsync([Description("The id of the customer.")] long id,
        ShopCustomerBody body, HttpContext http, CustomerService customers, CustomerProfileService profiles, ShopCustomerSight sight,
        CancellationToken cancellationToken)
    {
        var expected = await EntityTags.ExpectedAsync(http.Request, async () => (await customers.GetAsync(id, cancellationToken))?.Version);
        var changed = await profiles.ChangeAsync(id, body.Read("API"), expected, cancellationToken)
            ?? throw ApiException.NotFound(NotFound);
        return await AnswerAsync(http, changed, sight, cancellationToken);
    }

    private static async Task<Ok<DoneAnswer>> DeleteAsync([Description("The id of the customer.")] long id, HttpContext http,
        CustomerService customers, CustomerTrash trash, CancellationToken cancellationToken)
    {
        var expected = await EntityTags.ExpectedAsync(http.Request, async () => (await customers.GetAsync(id, cancellationToken))?.Version);
        _ = await trash.DeleteAsync(id, cancellationToken, expected) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(new DoneAnswer("Customer deleted successfully."));
    }

    private static async Task<Ok<ShopCustomerAnswer>> VerifyAsync([Description("The id of the customer.")] long id, HttpContext http,
        VerificationService verification, ShopCustomerSight sight,
        CancellationToken cancellationToken) =>
        await AnswerAsync(http, await verification.VouchAsync(id, cancellationToken), sight, cancellationToken);

    private static async Task<Ok<ShopCustomerAnswer>> MakeVipAsync([Description("The id of the customer.")] long id, HttpContext http,
        CustomerService customers, ShopCustomerSight sight, CancellationToken cancellationToken) =>
        await AnswerAsync(http, await customers.SetVipAsync(id, true, null, cancellationToken), sight, cancellationToken);

    private static async Task<Ok<ShopTierAnswer>> UpdateTierAsync([Description("The id of the customer.")] long id, TierService tiers,
        CancellationToken cancellationToken)
    {
        var standing = await tiers.AutoAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return TypedResults.Ok(new ShopTierAnswer("Loyalty tier updated successfully.", standing.Tier?.Code));
    }

    private static async Task<Results<Ok<ShopPointsAnswer>, Accepted<ShopPointsAnswer>>> AddPointsAsync(
        [Description("The id of the customer.")] long id, ShopPointsBody body, [FromHeader(Name = Idempotency.Header)] string? key,
        LedgerService ledger, CancellationToken cancellationToken)
    {
        if (body.Points < 1) throw new RuleViolationException(nameof(body.Points), "The points must be 1 or more.");
        var adjusted = await ledger.AdjustAsync(new() { CustomerId = id, Points = body.Points, Reason = body.Reason }, key,
            cancellationToken) ?? throw ApiException.NotFound(NotFound);
        var balance = await ledger.BalanceAsync(id, cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return adjusted.Booked is not null
            ? TypedResults.Ok(new ShopPointsAnswer("Loyalty points added successfully.", body.Points, balance.Current))
            : TypedResults.Accepted((string?)null, new ShopPointsAnswer("The points wait for a second person.", 0, balance.Current));
    }

    private static async Task<Ok<ShopCustomerAnswer>> DeactivateAsync([Description("The id of the customer.")] long id, HttpContext http,
        CustomerService customers, ShopCustomerSight sight, CancellationToken cancellationToken) =>
        await AnswerAsync(http, await customers.SetActiveAsync(id, false, cancellationToken), sight, cancellationToken);

    private static async Task<Ok<ShopCustomerAnswer>> ReactivateAsync([Description("The id of the customer.")] long id, HttpContext http,
        CustomerService customers, ShopCustomerSight sight, CancellationToken cancellationToken) =>
        await AnswerAsync(http, await customers.SetActiveAsync(id, true, cancellationToken), sight, cancellationToken);

    private static Task<Ok<ShopCustomerAnswer>> AnswerAsync(HttpContext http, CustomerChangeResult? changed,
        ShopCustomerSight sight, CancellationToken cancellationToken) =>
        AnswerAsync(http, (changed ?? throw ApiException.NotFound(NotFound)).Customer, sight, cancellationToken);

    private static async Task<Ok<ShopCustomerAnswer>> AnswerAsync(HttpContext http, CustomerDetails customer,
        ShopCustomerSight sight, CancellationToken cancellationToken)
    {
        var answer = await sight.OfAsync(customer, cancellationToken);
        http.Response.Headers.ETag = EntityTags.Tag(http, customer.Version, answer);
        return TypedResults.Ok(answer);
    }
}
