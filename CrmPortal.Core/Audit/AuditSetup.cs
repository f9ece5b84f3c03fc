using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Audit;

/// <summary>The audit log and what is read from it: history, undo, the state of a day.</summary>
internal static class AuditSetup
{
    public static void AddAudit(this IServiceCollection services)
    {
        services.AddScoped<AuditLog>();
        services.AddSingleton<ProfileAccessLog>();
        services.AddScoped<UndoService>();
        services.AddScoped<HistoryService>();
        services.AddScoped<AsAtService>();
    }
}
