using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using static CrmPortal.Features.Customers.CustomerPartEndpoints;

namespace CrmPortal.Features.Customers;

/// <summary>Whether a customer is blocked, active, a VIP or subscribed, for programs.</summary>
internal static class CustomerStateEndpoints
{
    public static void MapStates(this RouteGroupBuilder customer)
    {
        customer.MapPatch("/block", BlockAsync)
            .Documented("BlockCustomer", "Block a customer with a reason, or unblock them", Permissions.CustomersBlock,
                """{ "is_blocked": true, "block_reason": "Spam or abusive behavior" }""", 200, CustomerExamples.Customer);
        customer.MapPost("/deactivate", DeactivateAsync)
            .Documented("DeactivateCustomer", "Deactivate a customer", Permissions.CustomersEdit, """{ "reason": "Moved abroad" }""", 200,
                CustomerExamples.Customer);
        customer.MapPost("/reactivate", ReactivateAsync)
            .Documented("ReactivateCustomer", "Activate a customer again", Permissions.CustomersEdit, null, 200, CustomerExamples.Customer);
        customer.MapPost("/make_vip", MakeVipAsync)
            .Documented("MakeVip", "Make a customer a VIP, or remove the VIP flag", Permissions.CustomersEdit,
                """{ "is_vip": true, "reason": "Buys every week" }""", 200, CustomerExamples.Customer);
        customer.MapPut("/subscription-state", SubscribeAsync)
            .Documented("SetSubscriptionState", "Set a customer's subscription status", Permissions.CustomersEdit,
                """{ "state": "active" }""", 200, CustomerExamples.Customer);
    }

    private static async Task<Ok<CustomerAnswer>> BlockAsync(long id, BlockInput input, CustomerService customers,
        IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        Answer(shop, input.IsBlocked
            ? await customers.BlockAsync(id, input.BlockReason, cancellationToken)
            : await customers.UnblockAsync(id, cancellationToken));

    private static async Task<Ok<CustomerAnswer>> DeactivateAsync(long id, ReasonInput input, CustomerService customers,
        IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        Answer(shop, await customers.SetActiveAsync(id, false, cancellationToken, input.Reason));

    private static async Task<Ok<CustomerAnswer>> ReactivateAsync(long id, CustomerService customers, IOptions<ShopOptions> shop,
        CancellationToken cancellationToken) =>
        Answer(shop, await customers.SetActiveAsync(id, true, cancellationToken));

    private static async Task<Ok<CustomerAnswer>> MakeVipAsync(long id, VipInput input, CustomerService customers,
        IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        Answer(shop, await customers.SetVipAsync(id, input.IsVip, input.Reason, cancellationToken));

    private static async Task<Ok<CustomerAnswer>> SubscribeAsync(long id, SubscriptionInput input, CustomerService customers,
        IOptions<ShopOptions> shop, CancellationToken cancellationToken) =>
        Answer(shop, await customers.UpdateAsync(id, new() { Subscription = input.State }, null, null, cancellationToken));

    private static Ok<CustomerAnswer> Answer(IOptions<ShopOptions> shop, CustomerChangeResult? changed) =>
        TypedResults.Ok(CustomerAnswer.Of((changed ?? throw ApiException.NotFound(NoCustomer)).Customer, shop.Value.Currency));
}
