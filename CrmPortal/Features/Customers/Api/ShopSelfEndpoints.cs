using CrmPortal.Account;
using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.SelfService;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Customers;

/// <summary>What a customer does for themselves, as document 2 prints it: registering, their profile, their password.</summary>
internal static class ShopSelfEndpoints
{
    private const string NotFound = "This account belongs to no customer.";
    private const string LinkSent = "A link was sent to the new address. Nothing changes before it is confirmed.";

    public static void MapShopSelfService(this RouteGroupBuilder shop)
    {
        shop.MapPost("/register", RegisterAsync).WithTags("Self-service").AllowAnonymous().WithName("ShopRegister")
            .WithSummary("Register a customer")
            .WithDescription("The account can be used once the link that is mailed was followed; consents hold from then on.")
            .WithExample(ShopExamples.Registration, 201, ShopExamples.Customer)
            .AnswersProblems(400, 401, 403, 413, 415, 429, 500, 503);
        var own = shop.MapGroup("/customers").WithTags("Self-service");
        own.MapGet("/me", GetAsync).NeedsOwnAccount()
            .Documented("ShopGetOwn", "Get your own record", null, 200, ShopExamples.Customer).AnswersTagged(isConditional: true);
        own.MapPut("/update_profile", ChangeAsync).NeedsOwnAccount()
            .Documented("ShopReplaceOwn", "Change your own record; absent fields stay as they are", ShopExamples.Change, 200,
                ShopExamples.Customer).AnswersTagged(isConditional: false);
        own.MapPatch("/update_profile", ChangeAsync).NeedsOwnAccount()
            .Documented("ShopUpdateOwn", "Change some fields of your own record", ShopExamples.Change, 200, ShopExamples.Customer)
            .AnswersTagged(isConditional: false);
        own.MapPost("/me/email", ChangeEmailAsync).NeedsOwnAccount()
            .Documented("ShopChangeOwnEmail", "Ask for another e-mail to sign in with", ShopExamples.NewEmail, 200,
                CustomerPartExamples.Done(LinkSent))
            .WithDescription("Mails a link to the new address, and a note to the present one. The link asks for the password; then the "
                + "e-mail changes, the customer's record with it, and every session ends. Where an account has the address, the answer is "
                + "the same.");
        own.MapPost("/change_password", ChangePasswordAsync).NeedsAnyAccount()
            .Documented("ShopChangePassword", "Change your own password; every token ends with it", ShopExamples.Password, 200,
                CustomerPartExamples.Done("Password changed successfully. Sign in again."))
            // The session that might ask again has ended.
            .WithMetadata(new NotRemembered());
    }

    private static async Task<Ok<DoneAnswer>> ChangeEmailAsync(ShopEmailBody body, HttpContext http, AccountChanges changes,
        UserManager<User> users, SignInGuard guard, CancellationToken cancellationToken)
    {
        await guard.DemandNotExceededAsync(http);
        var user = await UserAsync(http, users);
        try
        {
            await changes.AskForEmailAsync(user, body.Password, body.Email, cancellationToken);
        }
        catch (RuleViolationException wrong)
        {
            throw Renamed(wrong, nameof(body.Password));
        }

        return TypedResults.Ok(new DoneAnswer(LinkSent));
    }

    private static async Task<Created<ShopCustomerAnswer>> RegisterAsync(ShopRegistrationBody body, HttpContext http,
        RegistrationService registrations, SignInGuard guard, IOptions<ShopOptions> shop, CancellationToken cancellationToken)
    {
        await guard.DemandNotExceededAsync(http);
        if (body.Password2 is { } again && again != body.Password)
            throw new RuleViolationException(nameof(body.Password2), "The passwords are not the same.");
        try
        {
            var (customer, userName) = await registrations.RegisterAsync(body.Registration(), cancellationToken);
            return TypedResults.Created((string?)null, ShopCustomerAnswer.Of(customer, userName, 0, shop.Value.Currency));
        }
        catch (RuleViolationException violation) when (violation.IsDuplicate)
        {
            // The documents know no 409 here.
            var error = violation.Errors[0];
            throw ApiException.BadField(error.Field == nameof(Registration.UserName) ? "username" : "email", error.Message);
        }
    }

    private static async Task<Results<Ok<ShopCustomerAnswer>, StatusCodeHttpResult>> GetAsync(HttpContext http,
        CustomerProfileService profiles, ShopCustomerSight sight, CancellationToken cancellationToken)
    {
        var customer = await profiles.OwnAsync(cancellationToken) ?? throw ApiException.NotFound(NotFound);
        return EntityTags.Answer(http, customer.Version, await sight.OfAsync(customer, cancellationToken));
    }

    private static async Task<Ok<ShopCustomerAnswer>> ChangeAsync(ShopCustomerBody body, HttpContext http,
        CustomerProfileService profiles, ShopCustomerSight sight, CancellationToken cancellationToken)
    {
        var present = await profiles.OwnAsync(cancellationToken) ?? throw ApiException.NotFound(NotFound);
        var expected = await EntityTags.ExpectedAsync(http.Request, () => Task.FromResult<long?>(present.Version));
        var changed = await profiles.ChangeAsync(present.Id, body.Read("profile"), expected, cancellationToken)
            ?? throw ApiException.NotFound(NotFound);
        var answer = await sight.OfAsync(changed, cancellationToken);
        http.Response.Headers.ETag = EntityTags.Tag(http, changed.Version, answer);
        return TypedResults.Ok(answer);
    }

    private static async Task<Ok<DoneAnswer>> ChangePasswordAsync(ShopPasswordBody body, HttpContext http, AccountChanges changes,
        UserManager<User> users, SignInGuard guard, CancellationToken cancellationToken)
    {
        await guard.DemandNotExceededAsync(http);
        if (body.NewPassword2 is { } again && again != body.NewPassword)
            throw new RuleViolationException(nameof(body.NewPassword2), "The passwords are not the same.");
        var user = await UserAsync(http, users);
        try
        {
            await changes.ChangePasswordAsync(user, body.OldPassword, body.NewPassword, cancellationToken);
        }
        catch (RuleViolationException wrong)
        {
            throw Renamed(wrong, nameof(body.OldPassword));
        }

        return TypedResults.Ok(new DoneAnswer("Password changed successfully. Sign in again."));
    }

    private static async Task<User> UserAsync(HttpContext http, UserManager<User> users)
    {
        var id = http.User.UserId() ?? throw new SignedOutException();
        return await users.FindByIdAsync(id.ToString(System.Globalization.CultureInfo.InvariantCulture)) ?? throw new SignedOutException();
    }

    /// <summary>What is wrong by the names of the body, which calls the current password in its own way.</summary>
    private static RuleViolationException Renamed(RuleViolationException wrong, string password) =>
        new([.. wrong.Errors.Select(e => e.Field == "CurrentPassword" ? e with { Field = password } : e)]);
}
