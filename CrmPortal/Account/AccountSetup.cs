using CrmPortal.Api;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Features.SelfService;
using CrmPortal.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace CrmPortal.Account;

internal static class AccountSetup
{
    public const string CookieScheme = CookieAuthenticationDefaults.AuthenticationScheme;
    private const string ChosenScheme = "Chosen";

    public static void AddCrmAccounts(this IServiceCollection services)
    {
        services.AddAuthentication(ChosenScheme)
            .AddPolicyScheme(ChosenScheme, null, o => o.ForwardDefaultSelector = SchemeOf)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, null)
            .AddCookie(CookieScheme);
        services.AddOptions<CookieAuthenticationOptions>(CookieScheme).Configure<IHostEnvironment>(SetCookie);
        services.AddScoped<CookieEvents>();
        services.AddSingleton<OneTimeTokens>();
        services.AddIdentity();

        // Deny by default: whatever does not say otherwise needs a sign-in. Each permission is a policy of its own name.
        var authorization = services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser()
            .Build());
        foreach (var permission in Permissions.All)
        {
            authorization.AddPolicy(permission, p => p.RequireAuthenticatedUser().AddRequirements(new PermissionRequirement(permission)));
            authorization.AddPolicy(AccountPolicies.OwnerOr(permission), p => p.RequireAuthenticatedUser()
                .AddRequirements(new PermissionRequirement(permission) { IsOpenToOwner = true }));
        }

        authorization.AddPolicy(AccountPolicies.AnyAccount, p => p.RequireAuthenticatedUser());
        authorization.AddPolicy(AccountPolicies.OwnAccount, p => p.RequireAuthenticatedUser()
            .AddRequirements(new PermissionRequirement(AccountPolicies.OwnAccount) { IsOpenToOwner = true }));
        services.AddScoped<IAuthorizationHandler, PermissionHandler>();

        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, CircuitAuthentication>();
        services.AddScoped<CircuitHandler, CircuitActor>();

        services.AddSingleton<ServerAddress>();
        services.AddScoped<IAccountLetters, AccountLetters>();
        services.AddScoped<AccountLetters>();
        services.AddMail();

        services.AddSingleton<FirstStart>();
        services.AddScoped<IStartUpStep, RolesStep>();
        services.AddScoped<IStartUpStep, DemoAccountsStep>();
        services.AddScoped<IStartUpStep, FirstAdministratorStep>();
        services.AddHostedService<StartNotice>();
    }

    /// <summary>
    /// Programs sign in by tokens alone: a browser sends its cookie along with requests of pages on neighbouring hosts too, and nothing
    /// under /api asks for an antiforgery token.
    /// </summary>
    private static string SchemeOf(HttpContext context) =>
        context.Request.IsApi() || context.Request.Headers.Authorization.Count > 0 ? BearerHandler.SchemeName : CookieScheme;

    public static void UseCrmAccounts(this WebApplication app)
    {
        app.UseAuthentication();
        app.Use((context, next) =>
        {
            var origin = context.Request.IsApi() ? ActorOrigin.Api : ActorOrigin.Browser;
            context.RequestServices.GetRequiredService<CurrentUser>()
                .SetForRequest(context.User.Actor(origin, context.Connection.RemoteIpAddress?.ToString()));
            return next(context);
        });
        // Customers begin at their own pages, whatever leads to the beginning.
        app.Use((context, next) =>
        {
            if (context.Request.Path != "/" || !HttpMethods.IsGet(context.Request.Method) || !context.User.IsCustomer())
                return next(context);
            context.Response.Redirect(OwnUrls.Home);
            return Task.CompletedTask;
        });
        app.UseApiRateLimit();
        app.UseAuthorization();
        app.UseAntiforgery();
    }

    public static void MapCrmAccounts(this WebApplication app)
    {
        app.MapAuth();
        app.MapPasskeys();
        app.MapSignOut();
    }

    private static void SetCookie(CookieAuthenticationOptions options, IHostEnvironment environment)
    {
        options.Cookie.Name = environment.IsDevelopment() ? "crm" : "__Host-crm";
        options.Cookie.Path = "/";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = environment.IsDevelopment() ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
        options.ExpireTimeSpan = SessionService.BrowserLifetime;
        options.SlidingExpiration = true;
        options.LoginPath = "/account/login";
        options.AccessDeniedPath = "/account/denied";
        options.ReturnUrlParameter = "returnUrl";
        options.EventsType = typeof(CookieEvents);
    }

    private static void AddIdentity(this IServiceCollection services)
    {
        services.AddSettings<SignInLimits, SignInLimitsCheck>(SignInLimits.Section);
        services.AddScoped<IPasswordValidator<User>, PasswordCheck>();
        services.AddScoped<IPasskeyHandler<User>, PasskeyHandler<User>>();
        services.AddIdentityCore<User>(o =>
        {
            o.User.RequireUniqueEmail = true;
            // Any letter of the world; texts that cannot be stored are refused where they are typed.
            o.User.AllowedUserNameCharacters = "";
            o.Tokens.PasswordResetTokenProvider = LinkTokens.Provider;
        }).AddUserStore<UserStore>().AddTokenProvider<LinkTokens>(LinkTokens.Provider);
        services.AddScoped<LinkTokens>();
        services.AddOptions<IdentityPasskeyOptions>().Configure<IOptions<ShopOptions>>((o, shop) =>
        {
            o.ServerDomain = shop.Value.BaseUrl?.Host;
            // A passkey stands for both factors, so the device must have asked who holds it.
            o.UserVerificationRequirement = "required";
            o.ResidentKeyRequirement = "required";
        });
        services.AddScoped<SignInService>();
        services.AddScoped<AccountChanges>();
        services.AddSingleton<StepCookie>();
        services.AddSingleton<DeviceCookie>();
    }
}

/// <summary>The policies that are no permission.</summary>
internal static class AccountPolicies
{
    /// <summary>Whoever is signed in, for their own account.</summary>
    public const string AnyAccount = "account";

    /// <summary>A customer with an account, for what is their own.</summary>
    public const string OwnAccount = AccessControl.OwnAccount;

    /// <summary>Staff with a permission, and a customer with an account, of whom the service asks whose the record is.</summary>
    public static string OwnerOr(string permission) => $"owner or {permission}";
}

/// <summary>Demands a permission of the acting user, asked of the database.</summary>
internal sealed record PermissionRequirement(string Permission) : IAuthorizationRequirement
{
    /// <summary>Whether the account of a customer is enough.</summary>
    public bool IsOpenToOwner { get; init; }
}

/// <summary>
/// Decides what a page shows. One page asks many times at once, so an answer holds for a moment; what a page then does is
/// asked again by the service, every time.
/// </summary>
internal sealed class PermissionHandler(AccessControl access, ICurrentUser currentUser,
    TimeProvider clock) : AuthorizationHandler<PermissionRequirement>
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private (Actor? Actor, DateTimeOffset At, Task<Grant?>? Answer) _last;

    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, PermissionRequirement requirement)
    {
        var (actor, now) = (currentUser.Actor, clock.GetUtcNow());
        if (_last.Answer is null || _last.Actor != actor || now - _last.At > Moment)
            _last = (actor, now, access.FindAsync(actor, CancellationToken.None));
        var grant = await _last.Answer!;
        if (grant is null) return;
        if (grant.Has(requirement.Permission) || (requirement.IsOpenToOwner && grant.OwnCustomerId is not null))
            context.Succeed(requirement);
    }
}
