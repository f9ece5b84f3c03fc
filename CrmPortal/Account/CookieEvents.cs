using CrmPortal.Core.Platform.Access;
using CrmPortal.Features.Exports;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.StaticAssets;

namespace CrmPortal.Account;

/// <summary>The cookie only names a session; its user is read from the database with each request.</summary>
internal sealed class CookieEvents(SessionService sessions) : CookieAuthenticationEvents
{
    public override async Task CheckSlidingExpiration(CookieSlidingExpirationContext context)
    {
        if (context.ShouldRenew && context.Principal?.SessionId() is { } session)
            await sessions.ProlongAsync(session, context.HttpContext.RequestAborted);
    }

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        // Style sheets and scripts are for everyone; they need no look-up.
        if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null) return;
        var session = context.Principal?.SessionId();
        var user = session is null ? null : await sessions.FindAsync(session.Value, context.HttpContext.RequestAborted);
        if (user is not null)
        {
            context.ReplacePrincipal(SessionClaims.Principal(user, context.Scheme.Name, context.HttpContext.Connection.RemoteIpAddress?
                .ToString()));
            return;
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(context.Scheme.Name);
    }

    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context) =>
        AnswerAsync(context, StatusCodes.Status401Unauthorized);

    public override Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context) =>
        // A forbidden file is not a page with a link back.
        context.Request.Path.StartsWithSegments(ExportEndpoints.Root)
            ? ExportAnswer.RefuseAsync(context.HttpContext) : AnswerAsync(context, StatusCodes.Status403Forbidden);

    /// <summary>Programs get a status, people a page.</summary>
    private static Task AnswerAsync(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Path.StartsWithSegments("/_blazor")) context.Response.StatusCode = status;
        else context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }
}
