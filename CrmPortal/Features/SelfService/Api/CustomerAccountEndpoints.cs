using CrmPortal.Api;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.SelfService;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.SelfService;

/// <summary>The account of a customer, for staff: how far it is, inviting, disabling and enabling.</summary>
internal static class CustomerAccountEndpoints
{
    private const string Invited = """
        {
          "state": "invited", "email": "john.doe@example.com", "created_at": "2026-01-31T09:30:00Z", "last_sign_in_at": null,
          "invited_at": "2026-01-31T09:30:00Z", "invited_by": "Mona Manager", "invitation_ends_at": "2026-02-03T09:30:00Z",
          "disabled_at": null
        }
        """;

    private const string Active = """
        {
          "state": "active", "email": "john.doe@example.com", "created_at": "2026-01-31T09:30:00Z",
          "last_sign_in_at": "2026-03-02T18:05:00Z",
          "invited_at": "2026-01-31T09:30:00Z", "invited_by": "Mona Manager", "invitation_ends_at": null, "disabled_at": null
        }
        """;

    private const string Disabled = """
        {
          "state": "disabled", "email": "john.doe@example.com", "created_at": "2026-01-31T09:30:00Z",
          "last_sign_in_at": "2026-03-02T18:05:00Z",
          "invited_at": null, "invited_by": null, "invitation_ends_at": null, "disabled_at": "2026-03-04T08:00:00Z"
        }
        """;

    public static void MapCustomerAccounts(this RouteGroupBuilder api)
    {
        var account = api.MapGroup(@"/customers/{id:regex(^\d+$)}/account").WithTags("Customers");
        account.MapGet("", GetAsync)
            .Documented("GetCustomerAccount", "Get how far a customer is with an account to sign in with", Permissions.CustomersView, null,
                200, Active);
        account.MapPost("/invite", InviteAsync)
            .Documented("InviteCustomer", "Mail a customer a link with which they choose a password", Permissions.CustomersEdit, null, 200,
                Invited)
            .WithDescription("The link is good for three days; an earlier one dies. The record needs an e-mail.");
        account.MapPost("/disable", DisableAsync)
            .Documented("DisableCustomerAccount", "Keep a customer from signing in; sessions and tokens end at once",
                Permissions.CustomersBlock, null, 200, Disabled);
        account.MapPost("/enable", EnableAsync)
            .Documented("EnableCustomerAccount", "Let a customer sign in again whose account was disabled", Permissions.CustomersBlock,
                null, 200, Active);
    }

    private static async Task<Ok<CustomerAccountAnswer>> GetAsync(long id, CustomerAccountService accounts,
        CancellationToken cancellationToken) => Answer(await accounts.GetAsync(id, cancellationToken));

    private static async Task<Ok<CustomerAccountAnswer>> InviteAsync(long id, CustomerAccountService accounts,
        CancellationToken cancellationToken) => Answer(await accounts.InviteAsync(id, cancellationToken));

    private static async Task<Ok<CustomerAccountAnswer>> DisableAsync(long id, CustomerAccountService accounts,
        CancellationToken cancellationToken) => Answer(await accounts.DisableAsync(id, cancellationToken));

    private static async Task<Ok<CustomerAccountAnswer>> EnableAsync(long id, CustomerAccountService accounts,
        CancellationToken cancellationToken) => Answer(await accounts.EnableAsync(id, cancellationToken));

    private static Ok<CustomerAccountAnswer> Answer(CustomerAccount? account) =>
        TypedResults.Ok(CustomerAccountAnswer.Of(account ?? throw ApiException.NotFound("Customer not found")));
}

/// <summary>The account of a customer; all but the state is null where there is none.</summary>
internal sealed record CustomerAccountAnswer(CustomerAccountState State, string? Email, DateTimeOffset? CreatedAt,
    DateTimeOffset? LastSignInAt, DateTimeOffset? InvitedAt, string? InvitedBy, DateTimeOffset? InvitationEndsAt,
    DateTimeOffset? DisabledAt)
{
    public static CustomerAccountAnswer Of(CustomerAccount account) => new(account.State, account.Email, account.CreatedAt,
        account.LastSignInAt, account.InvitedAt, account.InvitedBy, account.InvitationEndsAt, account.DisabledAt);
}
