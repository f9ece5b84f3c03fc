using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Platform.Audit;

/// <summary>The audit log, and who opened which profile.</summary>
internal static class AuditSetup
{
    public static void AddAudit(this IServiceCollection services)
    {
        services.AddScoped<AuditLog>();
        services.AddSingleton<ProfileAccessLog>();
    }
}
