using CrmPortal.Core.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace CrmPortal.Account;

internal static class AccountSetup
{
    public const string CookieScheme = CookieAuthenticationDefaults.AuthenticationScheme;
    private const string ChosenScheme = "Chosen";

    public static void AddCrmAccounts(this IServiceCollection services)
    {
        services.AddAuthentication(ChosenScheme)
            .AddPolicyScheme(ChosenScheme, null, o => o.ForwardDefaultSelector = c => c.Request.Headers.Authorization.Count > 0 ? BearerHandler.SchemeName : CookieScheme)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, null)
            .AddCookie(CookieScheme);

        // Deny by default: whatever does not say otherwise needs a sign-in. Each permission is a policy of its own name.
        var authorization = services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        foreach (var permission in Permissions.All) authorization.AddPolicy(permission, p => p.RequireAuthenticatedUser().AddRequirements(new PermissionRequirement(permission)));
        services.AddScoped<IAuthorizationHandler, PermissionHandler>();
        services.AddCascadingAuthenticationState();
    }

    public static void UseCrmAccounts(this WebApplication app)
    {
        app.UseAuthentication();
        app.Use((context, next) =>
        {
            var origin = context.Request.Path.StartsWithSegments("/api") ? ActorOrigin.Api : ActorOrigin.Browser;
            context.RequestServices.GetRequiredService<CurrentUser>().Set(context.User.Actor(origin, context.Connection.RemoteIpAddress?.ToString()));
            return next(context);
        });
        app.UseAuthorization();
        app.UseAntiforgery();
    }

    public static void MapCrmAccounts(this WebApplication app)
    {
    }
}

/// <summary>Demands a permission of the acting user, asked of the database.</summary>
internal sealed record PermissionRequirement(string Permission) : IAuthorizationRequirement;

internal sealed class PermissionHandler(AccessControl access, ICurrentUser currentUser) : AuthorizationHandler<PermissionRequirement>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, PermissionRequirement requirement)
    {
        var grant = await access.FindAsync(currentUser.Actor, CancellationToken.None);
        if (grant?.Has(requirement.Permission) == true) context.Succeed(requirement);
    }
}
