using CrmPortal.Account;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace CrmPortal.Api;

/// <summary>Writes each refusal into the audit log before it is answered, and tells programs which permission they lack.</summary>
internal sealed class RefusedPermissions : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _usual = new();

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Forbidden && policy.Requirements.OfType<PermissionRequirement>()
            .FirstOrDefault() is { Permission: var permission })
        {
            await context.RequestServices.GetRequiredService<AuditLog>()
                .WriteAsync(AuditAction.Refused, "Permission", 0, null, permission, context.RequestAborted);
            if (permission == AccountPolicies.OwnAccount && context.Request.IsApi())
                throw new ApiException(StatusCodes.Status403Forbidden, "Only the account of a customer reaches this.");
            if (context.Request.IsApi()) throw new AccessDeniedException(permission);
        }

        await _usual.HandleAsync(next, context, policy, authorizeResult);
    }
}
