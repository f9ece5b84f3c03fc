using CrmPortal.Core.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Platform.Access;

/// <summary>Who acts, what they may do, and how they sign in.</summary>
internal static class AccessSetup
{
    public static void AddAccess(this IServiceCollection services)
    {
        services.AddScoped<CurrentUser>();
        services.AddScoped<ICurrentUser>(s => s.GetRequiredService<CurrentUser>());
        services.AddScoped<AccessControl>();
        services.AddScoped<SessionService>();
        services.AddScoped<SignInGuard>();
        services.AddScoped<AddressGuard>();
        services.AddScoped<ProfileService>();
        services.AddScoped<UserService>();
        services.AddScoped<ApiKeyService>();
        services.AddScoped<RoleService>();
        services.AddScoped<IJobHandler, SessionCleanUp>();
    }
}
